"""`vowelscope textgrid`: TextGrid files in other formats and encodings, and as JSON."""

from __future__ import annotations

import json as json_format
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from vowelscope.core import atomic
from vowelscope.core.errors import TextGridError
from vowelscope.core.interchange import (
    TIMIT_RATE_HZ,
    is_foreign,
    read_annotations,
    write_annotations,
)
from vowelscope.core.textgrid import IntervalTier, Tier
from vowelscope.core.textgrid_io import (
    Document,
    FileStyle,
    looks_like_textgrid,
    read_textgrid,
    write_textgrid,
)
from vowelscope.core.textgrid_style import Newline

Format = Literal["long", "short", "binary", "chronological"]
SourceEncoding = Literal[
    "utf-8", "utf-8-sig", "utf-16-be", "utf-16-le", "latin-1", "cp1252", "mac-roman"
]
Encoding = Literal[SourceEncoding, "praat"]
_NEWLINES: dict[str, Newline] = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


def convert(
    source: Path,
    target: Path,
    *,
    format: Format | None = None,
    encoding: Encoding | None = None,
    newline: Literal["lf", "crlf", "cr"] | None = None,
    from_encoding: SourceEncoding | None = None,
    tier: str | None = None,
    rate: float = TIMIT_RATE_HZ,
) -> int:
    """Write a TextGrid in another format or encoding, or from or for another program.

    What is not named stays as it is in SOURCE. Times keep every bit. Files of ELAN (.eaf), TIMIT
    (.phn, .wrd), Audacity (.txt), .ctm and .csv are read and written by their suffix.

    Parameters
    ----------
    source
        TextGrid of any format that Praat reads.
    target
        File to write; it may be SOURCE itself.
    format
        Praat's long, short or chronological text, or its binary format.
    encoding
        Encoding of a text format. "praat" is Praat's own rule: ASCII where it is enough, else
        UTF-16BE.
    newline
        End of each line: lf, crlf or cr.
    from_encoding
        Encoding of SOURCE, where it is not guessed rightly, such as mac-roman.
    tier
        Tier to write to .phn, .wrd, .ctm or .txt, which hold one; else the first interval tier.
    rate
        Sampling rate in Hz that the sample numbers of .phn and .wrd count in.
    """
    document = _read(source, from_encoding, rate)
    if is_foreign(target) and format is None:
        write_annotations(target, document.textgrid, tier, rate)
        return 0
    style = document.style
    if format is not None:
        style = replace(style, format=format)
    if encoding is not None:
        style = replace(style, encoding=encoding)
    if newline is not None:
        style = replace(style, newline=_NEWLINES[newline])
    write_textgrid(target, document.textgrid, style)
    return 0


def json(
    source: Path,
    *,
    output: Path | None = None,
    from_encoding: SourceEncoding | None = None,
) -> int:
    """Write a TextGrid as JSON.

    Parameters
    ----------
    source
        TextGrid of any format that Praat reads.
    output
        File to write instead of the standard output.
    from_encoding
        Encoding of SOURCE, where it is not guessed rightly, such as mac-roman.
    """
    text = json_format.dumps(as_json(_read(source, from_encoding)), ensure_ascii=False, indent=1)
    if output is None:
        print(text)
    else:
        atomic.write_bytes(output, (text + "\n").encode("utf-8"), TextGridError)
    return 0


def as_json(document: Document) -> dict[str, Any]:
    """The content of a TextGrid file and its style, of JSON's types; times in seconds."""
    textgrid, style = document.textgrid, document.style
    return {
        "file": str(document.path),
        "tmin_s": textgrid.tmin_s,
        "tmax_s": textgrid.tmax_s,
        "style": _style(style),
        "warnings": list(document.warnings),
        "tiers": [_tier(tier) for tier in textgrid.tiers],
    }


def _style(style: FileStyle) -> dict[str, str]:
    names = {value: name for name, value in _NEWLINES.items()}
    return {
        "format": style.format,
        "encoding": style.encoding,
        "newline": names[style.newline],
    }


def _tier(tier: Tier) -> dict[str, Any]:
    head = {"name": tier.name, "tmin_s": tier.tmin_s, "tmax_s": tier.tmax_s}
    if isinstance(tier, IntervalTier):
        intervals = [
            {"tmin_s": x.tmin_s, "tmax_s": x.tmax_s, "text": x.text} for x in tier.intervals
        ]
        return {"class": "IntervalTier", **head, "intervals": intervals}
    points = [{"time_s": x.time_s, "text": x.text} for x in tier.points]
    return {"class": "PointTier", **head, "points": points}


def _read(source: Path, encoding: str | None, rate_hz: float = TIMIT_RATE_HZ) -> Document:
    if is_foreign(source) and not looks_like_textgrid(source):
        return Document(source, read_annotations(source, rate_hz=rate_hz), FileStyle())
    document = read_textgrid(source, encoding)
    for warning in document.warnings:
        print(f"vowelscope: {source}: {warning}", file=sys.stderr)
    return document
