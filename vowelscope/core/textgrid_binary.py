"""A TextGrid as Praat's binary files have it: big-endian doubles, so each time is exact."""

from __future__ import annotations

import struct

from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid, Tier
from vowelscope.core.textgrid_style import BINARY_MAGIC

_HEAD = BINARY_MAGIC + b"\x08TextGrid"
_UTF16_FOLLOWS = 0xFFFF


def to_binary(textgrid: TextGrid) -> bytes:
    """The bytes of "Save as binary file..."."""
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
    """The TextGrid of a binary file that Praat has just written.

    Raises
    ------
    ValueError, struct.error, IndexError
        On bytes that are no such file.
    """
    if not data.startswith(_HEAD):
        raise ValueError("not a binary TextGrid")
    tmin_s, tmax_s, exists = struct.unpack_from(">dd?", data, len(_HEAD))
    place = len(_HEAD) + 17
    count = 0
    if exists:
        (count,) = struct.unpack_from(">i", data, place)
        place += 4
    tiers: list[Tier] = []
    for _ in range(count):
        tier, place = _read_tier(data, place)
        tiers.append(tier)
    return TextGrid(tmin_s, tmax_s, tuple(tiers))


def _read_tier(data: bytes, place: int) -> tuple[Tier, int]:
    kind = data[place + 1 : place + 1 + data[place]]
    name, place = _read_string(data, place + 1 + data[place])
    tmin_s, tmax_s, count = struct.unpack_from(">ddi", data, place)
    place += 20
    if kind == b"IntervalTier":
        two = struct.Struct(">dd").unpack_from
        intervals: list[Interval] = []
        for _ in range(count):
            start_s, stop_s = two(data, place)
            text, place = _read_string(data, place + 16)
            intervals.append(Interval(start_s, stop_s, text))
        return IntervalTier(name, tmin_s, tmax_s, tuple(intervals)), place
    one = struct.Struct(">d").unpack_from
    points: list[Point] = []
    for _ in range(count):
        (time_s,) = one(data, place)
        text, place = _read_string(data, place + 8)
        points.append(Point(time_s, text))
    return PointTier(name, tmin_s, tmax_s, tuple(points)), place


def _string(text: str) -> bytes:
    if text.isascii():
        return struct.pack(">H", len(text)) + text.encode("ascii")
    wide = text.encode("utf-16-be")
    return struct.pack(">HH", _UTF16_FOLLOWS, len(text)) + wide


def _read_string(data: bytes, place: int) -> tuple[str, int]:
    length = data[place] << 8 | data[place + 1]
    place += 2
    if length != _UTF16_FOLLOWS:
        return data[place : place + length].decode("latin-1"), place + length
    length = data[place] << 8 | data[place + 1]
    place += 2
    stop = place + 2 * length
    text = data[place:stop].decode("utf-16-be", "surrogatepass")
    # Praat counts characters, not 16-bit units: beyond the BMP a character takes two.
    while len(text) < length and stop < len(data):
        stop += 2 * (length - len(text))
        text = data[place:stop].decode("utf-16-be", "surrogatepass")
    return text, stop
