"""Formants that somebody set by hand, frame by frame, in the place of Praat's.

A point belongs to a channel, a formant and a time, not to an interval: where the formant lies does
not depend on how the tiers are cut. It counts for the frames within `reach_s` of it, half a frame
of the grid on which it was set, so that it holds on another grid too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics_settings import FormantTrack

__all__ = ["HIGHEST_FORMANT", "LONGEST_REACH_S", "HandPoint", "HandPoints"]

Doubles = npt.NDArray[np.float64]

HIGHEST_FORMANT = 5
LONGEST_REACH_S = 0.5
_EDGE_S = 1e-9


@dataclass(frozen=True, slots=True)
class HandPoint:
    """One formant at one time.

    Attributes
    ----------
    time_s
        Of the frame on which it was set.
    formant
        Its number, from 1.
    freq_hz
        Where it is, or None: there is no such formant here.
    reach_s
        Frames this far off on each side have it too; at most `LONGEST_REACH_S`.
    channel
        0-based, or None for the mean of all.
    """

    time_s: float
    formant: int
    freq_hz: float | None
    reach_s: float
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class HandPoints:
    """All points of one recording, by time."""

    points: tuple[HandPoint, ...] = ()

    def with_points(self, added: Iterable[HandPoint]) -> HandPoints:
        """The same with more points, each in the place of what its frame and formant had."""
        new = list(added)
        if not new:
            return self
        times_s = [point.time_s for point in new]
        first, stop = self._slice(min(times_s), max(times_s))
        kept = [
            old
            for old in self.points[first:stop]
            if not any(_is_same_frame(old, one) for one in new)
        ]
        return self._with(first, stop, [*kept, *new])

    def without(
        self, channel: int | None, tmin_s: float, tmax_s: float, formant: int | None = None
    ) -> HandPoints:
        """The same without the points of a stretch, of one formant or of all."""
        gone = {
            id(x) for x in self.between(channel, tmin_s, tmax_s) if formant in (None, x.formant)
        }
        first, stop = self._slice(tmin_s, tmax_s)
        return self._with(first, stop, [x for x in self.points[first:stop] if id(x) not in gone])

    def changed_times_s(self, other: HandPoints) -> list[float]:
        """Times, rising, at which one has a point that the other has not."""
        ours, theirs = self.points, other.points
        shorter = min(len(ours), len(theirs))
        left = next((at for at in range(shorter) if ours[at] is not theirs[at]), shorter)
        right = next(
            (at for at in range(shorter - left) if ours[-1 - at] is not theirs[-1 - at]),
            shorter - left,
        )
        middle = set(ours[left : len(ours) - right]) ^ set(theirs[left : len(theirs) - right])
        return sorted(point.time_s for point in middle)

    def between(self, channel: int | None, tmin_s: float, tmax_s: float) -> tuple[HandPoint, ...]:
        """The points of a channel within a stretch, its ends included."""
        return tuple(
            point
            for point in self._around(tmin_s, tmax_s)
            if point.channel == channel and tmin_s - _EDGE_S <= point.time_s <= tmax_s + _EDGE_S
        )

    def formants_in(self, channel: int | None, tmin_s: float, tmax_s: float) -> tuple[int, ...]:
        """Numbers of the formants that have a point whose reach lies within a stretch or on it."""
        return tuple(
            sorted(
                {
                    point.formant
                    for point in self._around(tmin_s, tmax_s)
                    if point.channel == channel
                    and point.time_s + point.reach_s >= tmin_s
                    and point.time_s - point.reach_s <= tmax_s
                }
            )
        )

    def part(self, start_s: float, stop_s: float) -> HandPoints:
        """The points of a part, in times of the part."""
        return HandPoints(
            tuple(
                replace(point, time_s=point.time_s - start_s)
                for point in self.points
                if start_s <= point.time_s < stop_s
            )
        )

    def _around(self, tmin_s: float, tmax_s: float) -> tuple[HandPoint, ...]:
        """The points that may reach into a stretch."""
        first, stop = self._slice(tmin_s, tmax_s)
        return self.points[first:stop]

    def _with(self, first: int, stop: int, points: Iterable[HandPoint]) -> HandPoints:
        """The same with others in the place of a slice."""
        ordered = sorted(points, key=_order)
        return HandPoints((*self.points[:first], *ordered, *self.points[stop:]))

    def _slice(self, tmin_s: float, tmax_s: float) -> tuple[int, int]:
        def time_s(point: HandPoint) -> float:
            return point.time_s

        first = bisect_left(self.points, tmin_s - LONGEST_REACH_S - _EDGE_S, key=time_s)
        stop = bisect_right(self.points, tmax_s + LONGEST_REACH_S + _EDGE_S, key=time_s)
        return first, stop

    def mask(
        self, times_s: Doubles, channel: int | None, columns: int
    ) -> tuple[npt.NDArray[np.bool_], Doubles]:
        """Which formants of which frames are set by hand, and to what: (n, k) each.

        Parameters
        ----------
        times_s
            Times of the frames, rising, (n,).
        columns
            Number of formants k.
        """
        held = np.zeros((len(times_s), columns), dtype=bool)
        freqs_hz = np.full((len(times_s), columns), np.nan)
        if not len(times_s) or not self.points:
            return held, freqs_hz
        nearest = np.full((len(times_s), columns), np.inf)
        step_s = float(np.diff(times_s).min()) if len(times_s) > 1 else 0.0
        first_s, last_s = float(times_s[0]), float(times_s[-1])
        for point in self._around(first_s - step_s, last_s + step_s):
            reach_s = max(point.reach_s, 0.5 * step_s)
            if (
                point.channel != channel
                or point.formant > columns
                or not first_s - reach_s <= point.time_s <= last_s + reach_s
            ):
                continue
            away_s = np.abs(times_s - point.time_s)
            column = point.formant - 1
            here = (away_s <= reach_s + _EDGE_S) & (away_s < nearest[:, column])
            if step_s >= 2 * point.reach_s:
                here &= away_s == away_s.min()  # one frame, where two are as far
            nearest[here, column] = away_s[here]
            held[here, column] = True
            freqs_hz[here, column] = np.nan if point.freq_hz is None else point.freq_hz
        return held, freqs_hz

    def applied(self, times_s: Doubles, freqs_hz: Doubles, channel: int | None) -> Doubles:
        """Formants (n, k) of frames, with what was set by hand in its place."""
        held, by_hand_hz = self.mask(times_s, channel, freqs_hz.shape[1])
        return np.where(held, by_hand_hz, freqs_hz) if held.any() else freqs_hz

    def on(self, track: FormantTrack, channel: int | None) -> FormantTrack:
        """A track of Praat's with what was set by hand in its place, and marked."""
        held, by_hand_hz = self.mask(track.times_s, channel, track.freqs_hz.shape[1])
        if not held.any():
            return track
        freqs_hz = np.where(held, by_hand_hz, track.freqs_hz)
        widths_hz = np.where(held, np.nan, track.bandwidths_hz)
        return replace(track, freqs_hz=freqs_hz, bandwidths_hz=widths_hz, by_hand=held)


def _is_same_frame(old: HandPoint, new: HandPoint) -> bool:
    return (
        old.channel == new.channel
        and old.formant == new.formant
        and abs(old.time_s - new.time_s) < max(0.5 * (old.reach_s + new.reach_s), _EDGE_S)
    )


def _order(point: HandPoint) -> tuple[float, int, int]:
    return point.time_s, point.formant, -1 if point.channel is None else point.channel
