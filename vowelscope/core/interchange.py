"""Annotations of other programs in and out: ELAN, TIMIT, Audacity, CTM, CSV.

Times are seconds in the TextGrid. What a format cannot hold is rounded as little as it allows:
ELAN keeps whole milliseconds, TIMIT whole samples; the text formats keep every bit.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from vowelscope.core import atomic
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid, Tier
from vowelscope.core.textgrid_style import decode, sniff_encoding, unify_newlines
from vowelscope.core.textgrid_text import format_number
from vowelscope.core.translation import tr

TIMIT_RATE_HZ = 16000
"""Sampling rate whose sample numbers TIMIT's .phn and .wrd files hold."""

_CSV_COLUMNS = ["tier", "class", "tmin_s", "tmax_s", "text"]


@dataclass(frozen=True, slots=True)
class _Span:
    """One annotation as found: where it is from, its times in seconds, its text."""

    place: str
    tmin_s: float
    tmax_s: float
    text: str


def is_foreign(path: str | os.PathLike[str]) -> bool:
    """Whether the suffix is that of a format of this module."""
    return Path(path).suffix.lower() in _READERS


def read_annotations(
    path: str | os.PathLike[str], tmax_s: float | None = None, rate_hz: float = TIMIT_RATE_HZ
) -> TextGrid:
    """Read .eaf, .phn, .wrd, .ctm, .csv, or Audacity's labels (.txt), by the suffix.

    Parameters
    ----------
    path
        The file.
    tmax_s
        Where the recording ends, in seconds; by default where the last annotation ends.
    rate_hz
        Sampling rate that TIMIT's sample numbers count in.

    Returns
    -------
    TextGrid
        From 0 s on, or from the first annotation if that is before; what the file leaves
        unlabelled becomes empty intervals.

    Raises
    ------
    TextGridError
        The file is missing, damaged, or has overlapping annotations in one tier; with the line.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise TextGridError(
            tr("{path} has none of the suffixes {names}.").format(
                path=path, names=", ".join(sorted(_READERS))
            )
        )
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise TextGridError(
            tr("{path} cannot be read: {strerror}.").format(path=path, strerror=fault.strerror)
        ) from fault
    try:
        tiers = reader(data, path.stem, rate_hz)
        return _assemble(tiers, tmax_s)
    except ValueError as fault:
        raise TextGridError(
            tr("{path} cannot be read: {fault}.").format(path=path, fault=fault)
        ) from None


def write_annotations(
    path: str | os.PathLike[str],
    textgrid: TextGrid,
    tier: str | None = None,
    rate_hz: float = TIMIT_RATE_HZ,
) -> None:
    """Write .eaf, .phn, .wrd, .ctm, .csv, or Audacity's labels (.txt), by the suffix, atomically.

    Parameters
    ----------
    path
        The file to make or replace.
    textgrid
        What to write. Empty intervals are left out, except from CSV.
    tier
        The one tier to write. .phn, .wrd, .ctm and .txt hold one tier, by default the first
        interval tier; .eaf and .csv hold all.
    rate_hz
        Sampling rate of the recording, for TIMIT's sample numbers.

    Raises
    ------
    TextGridError
        There is no such tier, the format cannot hold a label or time, or the file cannot be saved.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    chosen = [x for x in textgrid.tiers if tier is None or x.name == tier]
    if not chosen:
        wanted = "has no tiers" if tier is None else f"has no tier {tier}"
        raise TextGridError(
            tr("{path} cannot be written: the TextGrid {wanted}.").format(path=path, wanted=wanted)
        )
    try:
        if suffix == ".eaf":
            data = _to_eaf(chosen)
        elif suffix == ".csv":
            data = _to_csv(chosen).encode()
        elif suffix in _LINE_WRITERS:
            one = next((x for x in chosen if isinstance(x, IntervalTier)), chosen[0])
            make = _LINE_WRITERS[suffix]
            lines = [make(span, path.stem, rate_hz) for span in _spans(one)]
            data = "".join(line + "\n" for line in lines).encode()
        else:
            raise ValueError(f"its suffix is none of {', '.join(sorted(_READERS))}")
    except ValueError as fault:
        raise TextGridError(
            tr("{path} cannot be written: {fault}.").format(path=path, fault=fault)
        ) from None
    atomic.write_bytes(path, data, TextGridError)


# --- reading ------------------------------------------------------------------------------------

_Tiers = dict[str, tuple[str, list[_Span]]]
"""For each tier's name: "IntervalTier", "PointTier" or "" (seen from the spans), and its spans."""


def _lines(data: bytes) -> Iterable[tuple[str, str]]:
    text = unify_newlines(decode(data, sniff_encoding(data)))
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield f"line {number}", line


def _number(word: str, place: str, what: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{place}: {what} should be a number, not {word[:30]!r}")
    return value


def _from_timit(data: bytes, stem: str, rate_hz: float) -> _Tiers:
    spans = []
    for place, line in _lines(data):
        words = line.split(None, 2)
        if len(words) < 2:
            raise ValueError(f"{place}: it should have two sample numbers and a label")
        start, stop = (_number(word, place, "a sample number") / rate_hz for word in words[:2])
        spans.append(_Span(place, start, stop, words[2].strip() if len(words) > 2 else ""))
    return {stem: ("IntervalTier", spans)}


def _from_audacity(data: bytes, stem: str, rate_hz: float) -> _Tiers:  # noqa: ARG001
    spans = []
    for place, line in _lines(data):
        if line.startswith("\\"):
            continue  # the frequencies of the label above, which a TextGrid has no place for
        words = line.split("\t", 2)
        if len(words) < 2:
            raise ValueError(f"{place}: it should have start, end and label between tabs")
        start, stop = (_number(word.replace(",", "."), place, "a time") for word in words[:2])
        spans.append(_Span(place, start, stop, words[2] if len(words) > 2 else ""))
    return {stem: ("", spans)}


def _from_ctm(data: bytes, stem: str, rate_hz: float) -> _Tiers:  # noqa: ARG001
    tiers: _Tiers = {}
    for place, line in _lines(data):
        words = line.split()
        if words[0].startswith(";;"):
            continue  # a comment
        if len(words) < 5:
            raise ValueError(f"{place}: it should have file, channel, start, duration and word")
        start = _number(words[2], place, "the start")
        stop = start + _number(words[3], place, "the duration")
        spans = tiers.setdefault(f"{words[0]} {words[1]}", ("IntervalTier", []))[1]
        if spans and abs(spans[-1].tmax_s - start) < 1e-6:
            # Start plus duration misses the next start by the rounding of either.
            spans[-1] = replace(spans[-1], tmax_s=start)
        spans.append(_Span(place, start, stop, words[4]))
    return tiers


def _from_csv(data: bytes, stem: str, rate_hz: float) -> _Tiers:  # noqa: ARG001
    text = unify_newlines(decode(data, sniff_encoding(data)))
    rows = csv.DictReader(io.StringIO(text, newline=""))
    missing = {"tmin_s", "tmax_s", "text"} - set(rows.fieldnames or ())
    if missing:
        raise ValueError(f"line 1: there is no column {', '.join(sorted(missing))}")
    tiers: _Tiers = {}
    try:
        for row in rows:
            place = f"line {rows.line_num}"
            start = _number(row["tmin_s"] or "", place, "tmin_s")
            stop = _number(row["tmax_s"] or "", place, "tmax_s")
            kept = tiers.setdefault(row.get("tier") or stem, (row.get("class") or "", []))
            kept[1].append(_Span(place, start, stop, row["text"] or ""))
    except csv.Error as fault:
        raise ValueError(f"line {rows.line_num}: {fault}") from None
    return tiers


def _from_eaf(data: bytes, stem: str, rate_hz: float) -> _Tiers:  # noqa: ARG001
    from pympi import Eaf

    tiers: _Tiers = {}
    with tempfile.TemporaryDirectory(prefix="vowelscope-") as folder:
        source = Path(folder, "in.eaf")
        source.write_bytes(data)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                eaf = Eaf(str(source), suppress_version_warning=True)
            for name in eaf.get_tier_names():
                spans = []
                for index, found in enumerate(eaf.get_annotation_data_for_tier(name), 1):
                    place = f"annotation {index} of tier {name}"
                    if found[0] is None or found[1] is None:
                        raise ValueError(f"{place} has no time of its own")
                    spans.append(_Span(place, found[0] / 1000, found[1] / 1000, found[2] or ""))
                tiers[name] = ("IntervalTier", spans)
        except ValueError:
            raise
        except Exception:
            # pympi raises bare exceptions, KeyErrors and the like on anything unexpected.
            raise ValueError("it is not an ELAN file, or damaged") from None
    return tiers


def _assemble(found: _Tiers, tmax_s: float | None) -> TextGrid:
    last_s = max((x.tmax_s for _, spans in found.values() for x in spans), default=0.0)
    stop_s = last_s if tmax_s is None else tmax_s
    start_s = min((x.tmin_s for _, spans in found.values() for x in spans), default=0.0)
    start_s = min(start_s, 0.0)
    if stop_s <= start_s:
        raise ValueError("it has no annotations")
    tiers: list[Tier] = []
    for name, (kind, spans) in found.items():
        spans = sorted(spans, key=lambda x: x.tmin_s)
        for x in spans:
            if not start_s <= x.tmin_s <= x.tmax_s <= stop_s:
                raise ValueError(
                    f"{x.place}: {x.tmin_s} s to {x.tmax_s} s is no span within "
                    f"{start_s} s to {stop_s} s"
                )
        if kind == "PointTier" or (not kind and spans and all(x.tmin_s == x.tmax_s for x in spans)):
            marks = tuple(Point(x.tmin_s, x.text) for x in spans)
            tiers.append(PointTier(name, start_s, stop_s, marks))
        else:
            tiers.append(IntervalTier(name, start_s, stop_s, _tile(spans, start_s, stop_s)))
    return TextGrid(start_s, stop_s, tuple(tiers))


def _tile(spans: list[_Span], start_s: float, stop_s: float) -> tuple[Interval, ...]:
    """The spans with empty intervals between them; ValueError where two overlap."""
    out: list[Interval] = []
    here_s = start_s
    for x in spans:
        if x.tmin_s == x.tmax_s:
            raise ValueError(f"{x.place}: an interval of no length, at {x.tmin_s} s")
        if x.tmin_s < here_s:
            raise ValueError(f"{x.place}: it overlaps the one before, which ends at {here_s} s")
        if x.tmin_s > here_s:
            out.append(Interval(here_s, x.tmin_s))
        out.append(Interval(x.tmin_s, x.tmax_s, x.text))
        here_s = x.tmax_s
    if here_s < stop_s:
        out.append(Interval(here_s, stop_s))
    return tuple(out)


_READERS: dict[str, Callable[[bytes, str, float], _Tiers]] = {
    ".eaf": _from_eaf,
    ".phn": _from_timit,
    ".wrd": _from_timit,
    ".ctm": _from_ctm,
    ".csv": _from_csv,
    ".txt": _from_audacity,
}


# --- writing ------------------------------------------------------------------------------------


def _spans(tier: Tier, with_empty: bool = False) -> list[_Span]:
    if isinstance(tier, PointTier):
        return [_Span(tier.name, x.time_s, x.time_s, x.text) for x in tier.points]
    return [
        _Span(tier.name, x.tmin_s, x.tmax_s, x.text)
        for x in tier.intervals
        if with_empty or x.text.strip()
    ]


def _one_line(span: _Span, separator: str) -> str:
    if re.search(separator, span.text):
        raise ValueError(f"the label {span.text[:30]!r} at {span.tmin_s} s does not fit on a line")
    return span.text


def _audacity_line(span: _Span, stem: str, rate_hz: float) -> str:  # noqa: ARG001
    label = _one_line(span, r"[\t\r\n]")
    return f"{format_number(span.tmin_s)}\t{format_number(span.tmax_s)}\t{label}"


def _timit_line(span: _Span, stem: str, rate_hz: float) -> str:  # noqa: ARG001
    label = _one_line(span, r"[\r\n]")
    return f"{round(span.tmin_s * rate_hz)} {round(span.tmax_s * rate_hz)} {label}"


def _ctm_line(span: _Span, stem: str, rate_hz: float) -> str:  # noqa: ARG001
    label = _one_line(span, r"\s")
    start, length = format_number(span.tmin_s), format_number(span.tmax_s - span.tmin_s)
    return f"{'_'.join(stem.split())} 1 {start} {length} {label}"


_LINE_WRITERS: dict[str, Callable[[_Span, str, float], str]] = {
    ".txt": _audacity_line,
    ".phn": _timit_line,
    ".wrd": _timit_line,
    ".ctm": _ctm_line,
}


def _to_csv(tiers: list[Tier]) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_CSV_COLUMNS)
    for tier in tiers:
        for x in _spans(tier, with_empty=True):
            times = [format_number(x.tmin_s), format_number(x.tmax_s)]
            rows.writerow([tier.name, type(tier).__name__, *times, x.text])
    return out.getvalue()


def _to_eaf(tiers: list[Tier]) -> bytes:
    from pympi import Eaf

    eaf = Eaf(author="vowelscope")
    eaf.remove_tier("default")
    for number, tier in enumerate(tiers, 1):
        name = tier.name or f"tier {number}"
        if name in eaf.get_tier_names():
            raise ValueError(f"two tiers are called {name}, which ELAN does not allow")
        eaf.add_tier(name)
        for x in _spans(tier):
            start, stop = round(x.tmin_s * 1000), round(x.tmax_s * 1000)
            if start < 0:
                raise ValueError(f"ELAN has no times before 0 s, such as {x.tmin_s} s")
            # ELAN has no points, and nothing shorter than a millisecond.
            eaf.add_annotation(name, start, max(stop, start + 1), x.text)
    with tempfile.TemporaryDirectory(prefix="vowelscope-") as folder:
        target = Path(folder, "out.eaf")
        eaf.to_file(str(target))
        return target.read_bytes()
