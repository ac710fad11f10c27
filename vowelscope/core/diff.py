"""What differs between two TextGrids, as a list that a person reads.

A pure function over values, for the question after a crash: what would be restored?
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid, Tier

__all__ = ["Change", "ChangeKind", "differences"]

ChangeKind = Literal["label", "added", "removed", "moved", "tier", "times"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes
    ----------
    kind
        ``label``: another label; ``added``, ``removed``, ``moved``: a boundary or point;
        ``tier``: a tier added, removed, renamed or moved; ``times``: other ends of the whole.
    tier
        Name of the tier, "" for the whole TextGrid.
    time_s
        Where, in seconds.
    message
        One phrase, without the tier and the time.
    """

    kind: ChangeKind
    tier: str
    time_s: float
    message: str


def differences(before: TextGrid, after: TextGrid) -> tuple[Change, ...]:
    """What was done to `before` so that it became `after`; empty only if they are equal.

    Parameters
    ----------
    before, after
        Two states of one file.

    Returns
    -------
    tuple of Change
        Tier by tier of `after`, in the order of time; then the tiers that it has no more.
    """
    return tuple(_changes(before, after))


def _changes(before: TextGrid, after: TextGrid) -> Iterator[Change]:
    ends = (before.tmin_s, before.tmax_s), (after.tmin_s, after.tmax_s)
    if ends[0] != ends[1]:
        yield Change("times", "", after.tmin_s, f"{_span(*ends[0])} became {_span(*ends[1])}")
    partner = _partners(before.tiers, after.tiers)
    kept = [old for old in partner if old is not None]
    for new, old in enumerate(partner):
        tier = after.tiers[new]
        if old is None:
            yield Change("tier", tier.name, tier.tmin_s, "tier added")
            continue
        was = before.tiers[old]
        if was.name != tier.name:
            yield Change("tier", tier.name, tier.tmin_s, f"tier renamed, was “{was.name}”")
        # The rank among the tiers that stay: one that was added above moves no other.
        if sorted(kept).index(old) != kept.index(old):
            yield Change("tier", tier.name, tier.tmin_s, f"tier moved, was number {old + 1}")
        if was != tier:
            yield from _in_tier(was, tier)
    for old, tier in enumerate(before.tiers):
        if old not in kept:
            yield Change("tier", tier.name, tier.tmin_s, "tier removed")


def _partners(before: tuple[Tier, ...], after: tuple[Tier, ...]) -> list[int | None]:
    """For each tier after, the index of the one that it was: the same, by name, or by place."""
    free = dict(enumerate(before))
    found: list[int | None] = [None] * len(after)

    def take(new: int, old: int) -> None:
        found[new] = old
        del free[old]

    for new, tier in enumerate(after):
        same = [
            old for old, was in free.items() if was == tier or (old == new and _alike(was, tier))
        ]
        if same:
            take(new, same[0])
    for new, tier in enumerate(after):
        named = [old for old, was in free.items() if _alike(was, tier)]
        if found[new] is None and named:
            take(new, named[0])
    if len(before) == len(after):
        for new, tier in enumerate(after):
            if found[new] is None and new in free and type(free[new]) is type(tier):
                take(new, new)
    return found


def _alike(one: Tier, other: Tier) -> bool:
    return one.name == other.name and type(one) is type(other)


def _in_tier(before: Tier, after: Tier) -> Iterator[Change]:
    ends = (before.tmin_s, before.tmax_s), (after.tmin_s, after.tmax_s)
    if ends[0] != ends[1]:
        text = f"the tier’s {_span(*ends[0])} became {_span(*ends[1])}"
        yield Change("times", after.name, after.tmin_s, text)
    if isinstance(before, IntervalTier) and isinstance(after, IntervalTier):
        yield from _in_intervals(before, after)
    elif isinstance(before, PointTier) and isinstance(after, PointTier):
        yield from _in_points(before, after)


def _in_intervals(before: IntervalTier, after: IntervalTier) -> Iterator[Change]:
    """Compare what lies between each two boundaries that both have."""
    name = after.name
    old, new = before.intervals, after.intervals
    common = {interval.tmin_s for interval in old} & {interval.tmin_s for interval in new}
    a = b = 0
    while a < len(old) or b < len(new):
        a_stop, b_stop = _next_common(old, a, common), _next_common(new, b, common)
        was, now = old[a:a_stop], new[b:b_stop]
        a, b = a_stop, b_stop
        if was == now:
            continue
        if len(was) == len(now):
            for one, other in zip(was, now, strict=True):
                if one is not was[0] and one.tmin_s != other.tmin_s:
                    text = f"boundary moved from {one.tmin_s:.6f} s to {other.tmin_s:.6f} s"
                    yield Change("moved", name, other.tmin_s, text)
                if one.text != other.text:
                    yield _label(name, other.tmin_s, one.text, other.text)
            if was[0].tmin_s != now[0].tmin_s or was[-1].tmax_s != now[-1].tmax_s:
                text = f"{_span(was[0].tmin_s, was[-1].tmax_s)} became " + _span(
                    now[0].tmin_s, now[-1].tmax_s
                )
                yield Change("times", name, now[0].tmin_s, text)
            continue
        for interval in was[1:]:
            yield Change("removed", name, interval.tmin_s, "boundary removed")
        for interval in now[1:]:
            yield Change("added", name, interval.tmin_s, "boundary added")
        if not was or not now:
            kind: ChangeKind = "added" if now else "removed"
            piece = now or was
            yield Change(kind, name, piece[0].tmin_s, f"interval “{piece[0].text}” {kind}")
            continue
        texts = [" | ".join(interval.text for interval in part) for part in (was, now)]
        yield _label(name, now[0].tmin_s, *texts)


def _next_common(intervals: tuple[Interval, ...], at: int, common: set[float]) -> int:
    stop = min(at + 1, len(intervals))
    while stop < len(intervals) and intervals[stop].tmin_s not in common:
        stop += 1
    return stop


def _in_points(before: PointTier, after: PointTier) -> Iterator[Change]:
    old = {point.time_s: point for point in before.points}
    new = {point.time_s: point for point in after.points}
    found: list[Change] = []
    for time_s in sorted(old.keys() & new.keys()):
        if old[time_s].text != new[time_s].text:
            found.append(_label(after.name, time_s, old[time_s].text, new[time_s].text))
    gone = [point for time_s, point in old.items() if time_s not in new]
    come = [point for time_s, point in new.items() if time_s not in old]
    for point in come:
        was = next((other for other in gone if other.text == point.text), None)
        if was is None:
            found.append(Change("added", after.name, point.time_s, f"{_named(point)} added"))
            continue
        gone.remove(was)
        text = f"{_named(point)} moved from {was.time_s:.6f} s to {point.time_s:.6f} s"
        found.append(Change("moved", after.name, point.time_s, text))
    for point in gone:
        found.append(Change("removed", after.name, point.time_s, f"{_named(point)} removed"))
    yield from sorted(found, key=lambda change: change.time_s)


def _named(point: Point) -> str:
    return f"point “{point.text}”"


def _label(tier: str, time_s: float, before: str, after: str) -> Change:
    return Change("label", tier, time_s, f"label “{before}” became “{after}”")


def _span(start_s: float, stop_s: float) -> str:
    return f"{start_s:.6f}–{stop_s:.6f} s"
