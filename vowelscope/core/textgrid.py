"""The TextGrid as a value: frozen, ordered, compared by content.

The names are Praat's (manual page "TextGrid"): a TextGrid has a time domain and tiers; an
interval tier tiles its domain with labelled intervals; a point tier holds labelled times.
Nothing here reads a file or changes a grid: see `textgrid_io` and `edits`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

_FAR = 64
"""Intervals looked through first: few of them lie between two that are drawn, as a rule."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A labelled stretch of time, from `tmin_s` to `tmax_s` (seconds)."""

    tmin_s: float
    tmax_s: float
    text: str = ""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.tmax_s - self.tmin_s

    @property
    def midpoint_s(self) -> float:
        """Middle of the interval in seconds."""
        return 0.5 * (self.tmin_s + self.tmax_s)


@dataclass(frozen=True, slots=True)
class Point:
    """A labelled moment at `time_s` (seconds)."""

    time_s: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class IntervalTier:
    """An interval tier. A valid one has intervals that are sorted and tile `tmin_s`-`tmax_s`."""

    name: str
    tmin_s: float
    tmax_s: float
    intervals: tuple[Interval, ...] = ()

    def index_at(self, time_s: float) -> int | None:
        """Index of the interval that holds `time_s`; at a boundary, the one that begins there.

        Returns
        -------
        int or None
            None where no interval holds the time.
        """
        index = bisect_right(self.intervals, time_s, key=lambda interval: interval.tmin_s) - 1
        if index < 0:
            return None
        if time_s <= self.intervals[index].tmax_s:
            return index
        return None

    def boundaries_s(self) -> list[float]:
        """Inner boundaries in seconds, without the two ends of the tier."""
        return [interval.tmin_s for interval in self.intervals[1:]]

    def between(
        self, start_s: float, stop_s: float, apart_s: float = 0.0
    ) -> Iterator[tuple[int, Interval]]:
        """Yield (index, interval) for each interval that overlaps `start_s`-`stop_s`.

        Parameters
        ----------
        start_s, stop_s
            Seconds.
        apart_s
            Intervals that end less than this after the last one given are left out, in less time
            than it takes to look at each.
        """
        begin = bisect_right(self.intervals, start_s, key=lambda interval: interval.tmin_s) - 1
        index = max(begin, 0)
        while index < len(self.intervals):
            interval = self.intervals[index]
            if interval.tmin_s > stop_s:
                return
            if interval.tmax_s >= start_s:
                yield index, interval
            index += 1
            next_s = interval.tmax_s + apart_s
            many = apart_s > 0 and index < len(self.intervals)
            if many and self.intervals[index].tmax_s < next_s:
                stop = min(index + _FAR, len(self.intervals))
                if self.intervals[stop - 1].tmax_s < next_s:
                    stop = len(self.intervals)
                index = bisect_left(
                    self.intervals, next_s, index, stop, key=lambda interval: interval.tmax_s
                )


@dataclass(frozen=True, slots=True)
class PointTier:
    """A point tier (Praat's file format calls it TextTier): labelled times in rising order."""

    name: str
    tmin_s: float
    tmax_s: float
    points: tuple[Point, ...] = ()

    def between(self, start_s: float, stop_s: float) -> Iterator[tuple[int, Point]]:
        """Yield (index, point) for each point within `start_s`-`stop_s`."""
        for index, point in enumerate(self.points):
            if start_s <= point.time_s <= stop_s:
                yield index, point


Tier = IntervalTier | PointTier


@dataclass(frozen=True, slots=True)
class TextGrid:
    """A time domain in seconds and its tiers, top first."""

    tmin_s: float
    tmax_s: float
    tiers: tuple[Tier, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length of the time domain in seconds."""
        return self.tmax_s - self.tmin_s

    def tier_index(self, name: str) -> int | None:
        """Index of the first tier called `name`; two tiers may share a name."""
        return next((i for i, tier in enumerate(self.tiers) if tier.name == name), None)

    def with_tier(self, index: int, tier: Tier) -> TextGrid:
        """The same TextGrid with tier `index` replaced."""
        return replace(self, tiers=(*self.tiers[:index], tier, *self.tiers[index + 1 :]))
