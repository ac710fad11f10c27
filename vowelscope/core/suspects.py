"""Tokens to look at again, in an interval tier of their own.

Each is an interval with the times of its token and a text that says what is doubted. What a person
wrote into the tier stays: a token that would share time with a label there is left out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

from vowelscope.core.edit_boundaries import SAME_TIME_S
from vowelscope.core.edit_tiers import add_interval_tier
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.translation import tr
from vowelscope.core.validate import problems

__all__ = ["SUSPECT_TIER", "Put", "Suspect", "put_suspects"]

SUSPECT_TIER = "suspect"
_SAME_TOKEN_S = 1e-6
"""Times of a corpus may have gone through a file of six decimals."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A token, from `tmin_s` to `tmax_s` (seconds) of the tier `tier`, and what is said of it."""

    tier: str
    tmin_s: float
    tmax_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Put:
    """A TextGrid with suspects, and how many were written or not.

    Attributes
    ----------
    textgrid
        The same object as before where nothing was written.
    written
        New intervals.
    there
        Were there already, with this text.
    labelled
        Share time with another label of the tier, which stays.
    changed
        Have no interval in their own tier any more.
    """

    textgrid: TextGrid
    written: int = 0
    there: int = 0
    labelled: int = 0
    changed: int = 0


def put_suspects(textgrid: TextGrid, suspects: Iterable[Suspect], name: str = SUSPECT_TIER) -> Put:
    """Write tokens into an interval tier, which is made below the others where there is none.

    Parameters
    ----------
    textgrid, suspects
        No other tier changes.
    name
        Of the tier.

    Raises
    ------
    TextGridError
        The name is blank, has a line break, or is that of a tier of points or of a tier that a
        token is in; or the tier of that name has gaps or overlaps.
    """
    wanted = sorted(set(suspects), key=lambda suspect: (suspect.tmin_s, suspect.tmax_s))
    if any(suspect.tier == name for suspect in wanted):
        raise TextGridError(
            tr("The tokens are in “{name}” themselves: choose another tier.").format(name=name)
        )
    grown = textgrid
    at = _tier_called(textgrid, name)
    if at is None:
        at, grown = len(textgrid.tiers), add_interval_tier(textgrid, name)
    tier = grown.tiers[at]
    assert isinstance(tier, IntervalTier)
    if at < len(textgrid.tiers):
        faults = problems(replace(textgrid, tiers=(tier,)))
        if faults:
            raise TextGridError(
                tr("The tier “{name}” is not whole, so nothing was written: {why}").format(
                    name=name, why=faults[0]
                )
            )
    intervals = list(tier.intervals)
    written = there = labelled = changed = 0
    for suspect in wanted:
        token = _token(textgrid, suspect)
        if token is None or not tier.tmin_s <= token.tmin_s < token.tmax_s <= tier.tmax_s:
            changed += 1
            continue
        first, last = _between(intervals, token)
        held = intervals[first:last]
        if any(interval.text for interval in held):
            same = len(held) == 1 and held[0].text == suspect.text
            there, labelled = there + same, labelled + (not same)
            continue
        start_s, stop_s = held[0].tmin_s, held[-1].tmax_s
        begin_s = start_s if token.tmin_s - start_s <= SAME_TIME_S else token.tmin_s
        end_s = stop_s if stop_s - token.tmax_s <= SAME_TIME_S else token.tmax_s
        pieces = [Interval(begin_s, end_s, suspect.text)]
        if begin_s > start_s:
            pieces.insert(0, Interval(start_s, begin_s))
        if end_s < stop_s:
            pieces.append(Interval(end_s, stop_s))
        intervals[first:last] = pieces
        written += 1
    if not written:
        return Put(textgrid, 0, there, labelled, changed)
    after = grown.with_tier(at, replace(tier, intervals=tuple(intervals)))
    return Put(after, written, there, labelled, changed)


def _tier_called(textgrid: TextGrid, name: str) -> int | None:
    """Index of the first interval tier of that name."""
    called = [at for at, tier in enumerate(textgrid.tiers) if tier.name == name]
    found = [at for at in called if isinstance(textgrid.tiers[at], IntervalTier)]
    if called and not found:
        raise TextGridError(
            tr("“{name}” is a tier of points: choose another name.").format(name=name)
        )
    return found[0] if found else None


def _token(textgrid: TextGrid, suspect: Suspect) -> Interval | None:
    """The interval of a token as it stands in its own tier."""
    for tier in textgrid.tiers:
        if tier.name != suspect.tier or not isinstance(tier, IntervalTier):
            continue
        at = tier.index_at(0.5 * (suspect.tmin_s + suspect.tmax_s))
        if at is None:
            continue
        held = tier.intervals[at]
        apart_s = max(abs(held.tmin_s - suspect.tmin_s), abs(held.tmax_s - suspect.tmax_s))
        if apart_s <= _SAME_TOKEN_S:
            return held
    return None


def _between(intervals: list[Interval], token: Interval) -> tuple[int, int]:
    """First and stop index of the intervals that share time with a token."""
    first = bisect_right(intervals, token.tmin_s + SAME_TIME_S, key=lambda x: x.tmax_s)
    last = bisect_left(intervals, token.tmax_s - SAME_TIME_S, key=lambda x: x.tmin_s)
    # A token shorter than what counts as one time lies in one interval all the same.
    first = min(first, len(intervals) - 1)
    return first, max(last, first + 1)
