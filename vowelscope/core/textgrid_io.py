"""TextGrid files: read by Praat's own parser, saved atomically in the style they had."""

from __future__ import annotations

import math
import os
import tempfile
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path

from vowelscope.core import atomic
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import IntervalTier, TextGrid, Tier
from vowelscope.core.textgrid_binary import MAX_LABEL, DamagedError, from_binary, to_binary
from vowelscope.core.textgrid_scan import PlaceError, scan
from vowelscope.core.textgrid_style import (
    ENCODINGS,
    FORMATS,
    FileStyle,
    decode,
    encode,
    is_binary,
    is_text,
    shorten,
    sniff,
    unify_newlines,
)
from vowelscope.core.textgrid_text import to_chronological_text, to_long_text, to_short_text
from vowelscope.core.translation import tr

__all__ = [
    "Document",
    "FileStyle",
    "from_bytes",
    "looks_like_textgrid",
    "read_textgrid",
    "to_bytes",
    "write_textgrid",
]

# Praat keeps the state of its reader in global variables.
_PRAAT = threading.Lock()
_NEW = FileStyle()


@dataclass(frozen=True, slots=True)
class Document:
    """A TextGrid with the file it came from and the style that a save keeps.

    Attributes
    ----------
    path, textgrid, style
        The file, its content, and how it was written.
    warnings
        Sentences on what Praat left out when it read the file, such as the second of two points
        at one time.
    """

    path: Path
    textgrid: TextGrid
    style: FileStyle
    warnings: tuple[str, ...] = ()


def read_textgrid(path: str | os.PathLike[str], encoding: str | None = None) -> Document:
    """Read a TextGrid of any format and encoding that Praat reads, each time to its last bit.

    Parameters
    ----------
    path
        The file.
    encoding
        Python's name of the file's encoding, where Praat's guess would be wrong: without a byte
        order mark and no UTF-8, a file is taken for Latin-1 (on a Mac for MacRoman, on Windows for
        Windows' Latin-1).

    Returns
    -------
    Document
        The TextGrid as Praat has it: overlaps and gaps are kept, intervals and points sorted.

    Raises
    ------
    TextGridError
        The file is missing, is a folder, is no TextGrid or is damaged; with the place.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise TextGridError(tr("{path} does not exist.").format(path=path)) from None
    except IsADirectoryError:
        raise TextGridError(
            tr("{path} is a folder, not a TextGrid file.").format(path=path)
        ) from None
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise TextGridError(
            tr("{path} cannot be read: {reason}.").format(path=path, reason=reason)
        ) from fault
    return from_bytes(data, path, encoding)


def looks_like_textgrid(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins as one of Praat's; False as well where it cannot be read."""
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(400)
    except (OSError, ValueError):
        return False
    return is_binary(data) or is_text(data)


def from_bytes(data: bytes, path: str | os.PathLike[str], encoding: str | None = None) -> Document:
    """Read a TextGrid from the bytes of a file; `path` is for messages. See `read_textgrid`."""
    path = Path(path)
    if encoding is not None and (encoding == "praat" or encoding not in ENCODINGS):
        raise TextGridError(
            tr("{path} cannot be read as {encoding!r}: no such encoding is known.").format(
                path=path, encoding=encoding
            )
        )
    if not data:
        raise TextGridError(tr("{path} is empty, not a TextGrid file.").format(path=path))
    style = sniff(data, encoding)
    try:
        if is_binary(data):
            announced = from_binary(data)
            textgrid = _through_praat(path, data)
        elif is_text(data):
            text = unify_newlines(decode(data, style.encoding))
            # Praat crashes where there is no list of tiers, so the beginning is looked at first.
            scan(text, upto_flag=True)
            plain = data.isascii() and b"\0" not in data
            textgrid = _through_praat(path, data if plain else text.encode("utf-8"), text)
            announced = _announced(text, textgrid)
            if _may_be_cut(textgrid):
                textgrid = scan(text).as_praat()
            if not _is_finite(textgrid):
                # The scan names the line; where it finds nothing, _check names the interval.
                scan(text)
        else:
            raise TextGridError(
                tr("{path} is not a TextGrid: it does not begin as Praat's files do.").format(
                    path=path
                )
            )
    except PlaceError as fault:
        raise TextGridError(
            tr("{path} is not a good TextGrid: {fault}.").format(path=path, fault=fault)
        ) from None
    except DamagedError as fault:
        raise TextGridError(
            tr("{path} is not a good binary TextGrid: {fault}.").format(path=path, fault=fault)
        ) from None
    _check(path, textgrid)
    return Document(path, textgrid, style, _left_out(announced, textgrid))


def to_bytes(textgrid: TextGrid, style: FileStyle = _NEW) -> bytes:
    """The bytes of a TextGrid file in `style`, as Praat would write them.

    A one-byte encoding that cannot hold the labels is replaced by UTF-8, so that nothing is lost.

    Raises
    ------
    TextGridError
        A time is no number, a label holds a character that no file can hold, or is too long for
        the binary format.
    """
    if style.format not in FORMATS:
        raise TextGridError(
            tr("The format {format!r} is none of {join}.").format(
                format=style.format, join=", ".join(FORMATS)
            )
        )
    if style.encoding not in ENCODINGS:
        raise TextGridError(
            tr("The encoding {encoding!r} is none of {join}.").format(
                encoding=style.encoding, join=", ".join(ENCODINGS)
            )
        )
    _check(None, textgrid)
    try:
        if style.format == "binary":
            return to_binary(textgrid)
        write = {"long": to_long_text, "short": to_short_text}.get(
            style.format, to_chronological_text
        )
        text = write(textgrid)
        if style.newline != "\n":
            text = text.replace("\n", style.newline)
        return encode(text, style.encoding)
    except UnicodeEncodeError:
        raise TextGridError(
            tr("{odd_label} holds half a character.").format(odd_label=_odd_label(textgrid))
        ) from None
    except DamagedError as fault:
        raise TextGridError(
            tr("The TextGrid cannot be saved in this format: {fault}.").format(fault=fault)
        ) from None


def write_textgrid(
    path: str | os.PathLike[str], textgrid: TextGrid, style: FileStyle = _NEW
) -> None:
    """Save a TextGrid atomically; without a `style`, UTF-8 long text as Praat writes it.

    Parameters
    ----------
    path
        The file to make or replace.
    textgrid
        What to write, with every time to its last bit.
    style
        Format, encoding and newlines; give `Document.style` to keep those of the file read.

    Raises
    ------
    TextGridError
        The file cannot be written; the old one is then untouched.
    """
    atomic.write_bytes(path, to_bytes(textgrid, style), TextGridError)


def _through_praat(path: Path, data: bytes, text: str | None = None) -> TextGrid:
    """Let Praat parse `data` and hand it on as a binary file, whose doubles are exact."""
    import parselmouth

    with tempfile.TemporaryDirectory(prefix="vowelscope-") as folder:
        source, binary = Path(folder, "in.TextGrid"), Path(folder, "out.TextGrid")
        source.write_bytes(data)
        try:
            with _PRAAT, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                thing = parselmouth.Data.read(str(source))
                if isinstance(thing, parselmouth.TextGrid):
                    thing.save_as_binary_file(str(binary))
        except Exception as fault:
            if text is not None:
                scan(text)
            first = str(fault).partition("\n")[0].rstrip(".")
            raise TextGridError(
                tr("{path} is not a TextGrid that Praat reads: {first}.").format(
                    path=path, first=first
                )
            ) from None
        if not isinstance(thing, parselmouth.TextGrid):
            raise TextGridError(
                tr("{path} holds another kind of Praat object, not a TextGrid.").format(path=path)
            )
        try:
            return from_binary(binary.read_bytes())
        except DamagedError:
            # Praat lets a tier be of any class, a PitchTier for one; the scan says which line.
            if text is not None:
                scan(text)
            raise


def _announced(text: str, textgrid: TextGrid) -> TextGrid:
    """`textgrid`, or what the file says where Praat may have left something out.

    Each label and name stands between two quotes, its own quotes doubled: a count that differs
    shows that something was dropped, or only that a comment has quotes.
    """
    first = text[: text.find("\n")]
    expected = first.count('"') + (2 if "ooTextFile" in first else 0)
    for tier in textgrid.tiers:
        expected += 4 + 2 * tier.name.count('"')
        expected += sum(2 + 2 * label.count('"') for label in _labels(tier))
    if text.count('"') == expected and not _may_be_cut(textgrid):
        return textgrid
    found = scan(text)
    return TextGrid(found.tmin_s, found.tmax_s, tuple(found.tiers))


def _left_out(announced: TextGrid, textgrid: TextGrid) -> tuple[str, ...]:
    out = []
    for number, (said, kept) in enumerate(zip(announced.tiers, textgrid.tiers, strict=True), 1):
        thing = "intervals" if isinstance(said, IntervalTier) else "points"
        count = len(_labels(said))
        lost = count - len(_labels(kept))
        if lost > 0:
            out.append(
                f"Tier {number} ({shorten(said.name)}): {lost} of {count} {thing} "
                "left out, as Praat does, because another one begins at the same time."
            )
    return tuple(out)


def _labels(tier: Tier) -> list[str]:
    return [
        item.text for item in (tier.intervals if isinstance(tier, IntervalTier) else tier.points)
    ]


def _may_be_cut(textgrid: TextGrid) -> bool:
    """Whether a label is as long as Praat's binary format allows, and may have been longer."""
    return any(len(label) >= MAX_LABEL for tier in textgrid.tiers for label in _labels(tier))


def _is_finite(textgrid: TextGrid) -> bool:
    times = [textgrid.tmin_s, textgrid.tmax_s]
    for tier in textgrid.tiers:
        times += (tier.tmin_s, tier.tmax_s)
        if isinstance(tier, IntervalTier):
            times += [x.tmin_s for x in tier.intervals]
            times += [x.tmax_s for x in tier.intervals]
        else:
            times += [x.time_s for x in tier.points]
    return all(map(math.isfinite, times))


def _check(path: Path | None, textgrid: TextGrid) -> None:
    """Refuse times that are undefined and texts with a null character, saying where."""
    subject = "The TextGrid" if path is None else str(path)
    bad_times = not _is_finite(textgrid)
    if bad_times and not (math.isfinite(textgrid.tmin_s) and math.isfinite(textgrid.tmax_s)):
        raise TextGridError(
            tr("{subject} has a time domain that is no number.").format(subject=subject)
        )
    for number, tier in enumerate(textgrid.tiers, 1):
        place = f"{subject}: tier {number} ({shorten(tier.name)})"
        if bad_times:
            for index, times in enumerate(_times(tier)):
                if not all(map(math.isfinite, times)):
                    what = f"item {index}" if index else "the domain"
                    raise TextGridError(
                        tr("{place}, {what} has a time that is no number.").format(
                            place=place, what=what
                        )
                    )
        for index, label in enumerate([tier.name, *_labels(tier)]):
            if "\0" in label:
                what = f"label {index}" if index else "the name"
                raise TextGridError(
                    tr("{place}, {what} has a null character.").format(place=place, what=what)
                )


def _times(tier: Tier) -> list[tuple[float, ...]]:
    """The tier's own domain, then the time or times of each item."""
    out: list[tuple[float, ...]] = [(tier.tmin_s, tier.tmax_s)]
    if isinstance(tier, IntervalTier):
        return out + [(x.tmin_s, x.tmax_s) for x in tier.intervals]
    return out + [(x.time_s,) for x in tier.points]


def _odd_label(textgrid: TextGrid) -> str:
    """Where the first text is that has half a surrogate pair."""
    for number, tier in enumerate(textgrid.tiers, 1):
        for index, text in enumerate([tier.name, *_labels(tier)]):
            if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
                what = f"label {index}" if index else "the name"
                return f"Tier {number}, {what},"
    return "A label"
