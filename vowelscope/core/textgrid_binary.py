"""A TextGrid as Praat's binary files have it: big-endian doubles, so each time is exact."""

from __future__ import annotations

import struct

from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid, Tier
from vowelscope.core.textgrid_style import BINARY_MAGIC, shorten

MAX_LABEL = 65534
"""Characters that a label can have in a binary file; Praat cuts off what is more."""

_HEAD = BINARY_MAGIC + b"\x08TextGrid"
_UTF16_FOLLOWS = 0xFFFF


class DamagedError(ValueError):
    """A binary TextGrid is damaged; the text says where and how, without the file's name."""


def to_binary(textgrid: TextGrid) -> bytes:
    """The bytes of "Save as binary file...".

    Raises
    ------
    DamagedError
        A label is longer than the format allows.
    """
    out = [_HEAD, struct.pack(">dd?i", textgrid.tmin_s, textgrid.tmax_s, True, len(textgrid.tiers))]
    for tier in textgrid.tiers:
        kind = b"\x0cIntervalTier" if isinstance(tier, IntervalTier) else b"\x08TextTier"
        out += [kind, _string(tier.name), struct.pack(">dd", tier.tmin_s, tier.tmax_s)]
        if isinstance(tier, IntervalTier):
            out.append(struct.pack(">i", len(tier.intervals)))
            for interval in tier.intervals:
                out.append(struct.pack(">dd", interval.tmin_s, interval.tmax_s))
                out.append(_string(interval.text))
        else:
            out.append(struct.pack(">i", len(tier.points)))
            for point in tier.points:
                out += [struct.pack(">d", point.time_s), _string(point.text)]
    return b"".join(out)


def from_binary(data: bytes) -> TextGrid:
    """The TextGrid of a binary file, its intervals and points as they stand there.

    Raises
    ------
    DamagedError
        The bytes are no binary TextGrid, or end too early.
    """
    where = "the header"
    try:
        place = _after_header(data)
        tmin_s, tmax_s, exists = struct.unpack_from(">dd?", data, place)
        _check_span("the TextGrid", tmin_s, tmax_s)
        if not exists:
            raise DamagedError("it says that it has no list of tiers")
        (count,) = struct.unpack_from(">i", data, place + 17)
        place += 21
        tiers: list[Tier] = []
        for number in range(1, count + 1):
            where = f"tier {number}"
            tier, place = _read_tier(data, place, where)
            tiers.append(tier)
    except (struct.error, IndexError):
        raise DamagedError(f"it ends too early, in {where}") from None
    except UnicodeDecodeError:
        raise DamagedError(f"it has a character that is none, in {where}") from None
    return TextGrid(tmin_s, tmax_s, tuple(tiers))


def _after_header(data: bytes) -> int:
    """Where the TextGrid begins after "ooBinaryFile", length, class; or an old kind of header."""
    if data.startswith(_HEAD):
        return len(_HEAD)
    if data.startswith(BINARY_MAGIC):
        kind = data[13 : 13 + data[12]].decode("latin-1")
        raise DamagedError(f"it holds a {shorten(kind) or 'thing of no name'}, not a TextGrid")
    kind = data[: data.index(b"BinaryFile")].decode("latin-1")
    if kind != "TextGrid":
        raise DamagedError(f"it holds a {shorten(kind) or 'thing of no name'}, not a TextGrid")
    return len(b"TextGridBinaryFile")


def _read_tier(data: bytes, place: int, where: str) -> tuple[Tier, int]:
    kind = data[place + 1 : place + 1 + data[place]].decode("latin-1")
    if kind not in ("IntervalTier", "TextTier"):
        raise DamagedError(f"{where} is a {shorten(kind)}, neither an IntervalTier nor a TextTier")
    name, place = _read_string(data, place + 1 + len(kind))
    tmin_s, tmax_s, count = struct.unpack_from(">ddi", data, place)
    place += 20
    _check_span(where, tmin_s, tmax_s)
    points: list[Point] = []
    intervals: list[Interval] = []
    try:
        if kind == "TextTier":
            one = struct.Struct(">dH").unpack_from
            for _ in range(count):
                time_s, _ = one(data, place)
                text, place = _read_string(data, place + 8)
                points.append(Point(time_s, text))
            return PointTier(name, tmin_s, tmax_s, tuple(points)), place
        two = struct.Struct(">ddH").unpack_from
        known: dict[bytes, str] = {}
        known_wide: dict[bytes, str] = {}
        for _ in range(count):
            start_s, stop_s, length = two(data, place)
            place += 18
            if length == _UTF16_FOLLOWS:
                stop = place + 2 + 2 * (data[place] << 8 | data[place + 1])
                if stop > len(data):
                    raise IndexError
                raw = data[place + 2 : stop]
                found = known_wide.get(raw)
                if found is not None:
                    text, place = found, stop
                else:
                    text, place = _read_string(data, place - 2)
                    if place == stop:
                        known_wide[raw] = text
            else:
                # Labels repeat: one string for all of a kind saves time and memory.
                raw = data[place : place + length]
                place += length
                if place > len(data):
                    raise IndexError
                text = known.get(raw) or known.setdefault(raw, raw.decode("latin-1"))
            if stop_s < start_s:
                _check_span(f"interval {len(intervals) + 1} of {where}", start_s, stop_s)
            intervals.append(Interval(start_s, stop_s, text))
    except (struct.error, IndexError, UnicodeDecodeError) as fault:
        item = min(len(intervals) + len(points) + 1, count)
        thing = "interval" if kind == "IntervalTier" else "point"
        here = f"in {thing} {item} of {count} of {where} ({shorten(name)})"
        if isinstance(fault, UnicodeDecodeError):
            raise DamagedError(f"it has a character that is none, {here}") from None
        raise DamagedError(f"it ends too early, {here}") from None
    return IntervalTier(name, tmin_s, tmax_s, tuple(intervals)), place


def _check_span(what: str, tmin_s: float, tmax_s: float) -> None:
    if tmax_s < tmin_s:
        raise DamagedError(f"{what} ends at {tmax_s} s, before it begins at {tmin_s} s")


def _string(text: str) -> bytes:
    if len(text) > MAX_LABEL:
        raise DamagedError(
            f"a label of {len(text)} characters does not fit: Praat's binary format has {MAX_LABEL}"
        )
    if text.isascii():
        return struct.pack(">H", len(text)) + text.encode("ascii")
    return struct.pack(">HH", _UTF16_FOLLOWS, len(text)) + text.encode("utf-16-be")


def _read_string(data: bytes, place: int) -> tuple[str, int]:
    length = data[place] << 8 | data[place + 1]
    place += 2
    if length != _UTF16_FOLLOWS:
        stop = place + length
        text = data[place:stop].decode("latin-1")
    else:
        left = data[place] << 8 | data[place + 1]
        place = stop = place + 2
        try:
            text = data[place : place + 2 * left].decode("utf-16-be")
            if len(text) == left:
                return text, place + 2 * left
        except UnicodeDecodeError:
            pass
        # Praat counts characters, not 16-bit units: beyond the BMP a character takes two.
        while left > 0:
            chunk = data[stop : stop + 2 * left]
            left = sum(0xD8 <= high <= 0xDB for high in chunk[::2])
            stop += 2 * len(chunk[::2])
            if len(chunk) == 0:
                raise IndexError
        text = data[place:stop].decode("utf-16-be")
    if stop > len(data):
        raise IndexError
    return text, stop
