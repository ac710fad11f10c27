"""More edits of boundaries and points: on all tiers, linked, drawn to others, nudged.

As in `edits`, each is a pure function from one TextGrid to the next that keeps interval tiers
sorted and tiling and points in rising order, or refuses with one sentence (Praat manual,
"TextGridEditor", "Boundary menu", "Point menu").
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

from vowelscope.core import edits
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import IntervalTier, Point, PointTier, TextGrid, Tier
from vowelscope.core.translation import tr

__all__ = [
    "SAME_TIME_S",
    "Handle",
    "add_boundary_on_all",
    "add_point",
    "handle_near",
    "handle_time_s",
    "linked",
    "move",
    "move_point",
    "nearest_boundary_s",
    "nudge",
    "room_s",
]

SAME_TIME_S = 1e-9
"""Times closer than this are one time: far below a sample, far above the last bit of an hour."""


@dataclass(frozen=True, slots=True)
class Handle:
    """What the mouse can take: the boundary at the start of interval `index`, or point `index`."""

    tier: int
    index: int


def add_boundary_on_all(textgrid: TextGrid, time_s: float) -> TextGrid:
    """Add a boundary to each interval tier and a point to each point tier (Praat's Ctrl-F9).

    Labels stay on the left. Tiers that have a boundary or point within `SAME_TIME_S` keep it.

    Raises
    ------
    TextGridError
        The time lies outside a tier, or every tier already has a boundary there.
    """
    after = textgrid
    for tier_index, tier in enumerate(textgrid.tiers):
        if _index_at(tier, time_s, SAME_TIME_S, ends=True) is None:
            after = edits.add_boundary(after, tier_index, time_s)
    if after is textgrid:
        raise TextGridError(
            tr("Every tier already has a boundary at {time_s:.6f} s.").format(time_s=time_s)
        )
    return after


def add_point(textgrid: TextGrid, tier_index: int, time_s: float, text: str = "") -> TextGrid:
    """Add a point with a label to a point tier (Praat: "Add point").

    Raises
    ------
    TextGridError
        The tier holds intervals, the time lies outside it, or a point is already there.
    """
    tier = _point_tier(textgrid, tier_index)
    index = bisect_right(tier.points, time_s, key=lambda point: point.time_s)
    after = edits.add_boundary(textgrid, tier_index, time_s)
    return edits.set_label(after, tier_index, index, text) if text else after


def move_point(textgrid: TextGrid, tier_index: int, index: int, time_s: float) -> TextGrid:
    """Move a point; it may pass others, and then has another index.

    Raises
    ------
    TextGridError
        There is no such point, another one is at that time, or the time lies outside the tier.
    """
    label = _point(_point_tier(textgrid, tier_index), index).text
    return add_point(edits.remove_point(textgrid, tier_index, index), tier_index, time_s, label)


def handle_near(
    textgrid: TextGrid, tier_index: int, time_s: float, reach_s: float = SAME_TIME_S
) -> Handle | None:
    """The inner boundary or point of a tier that is nearest to a time, within a reach.

    Parameters
    ----------
    textgrid, tier_index, time_s
        Where to look.
    reach_s
        How far away it may stand, in seconds.

    Raises
    ------
    TextGridError
        There is no such tier.
    """
    index = _index_at(edits._tier(textgrid, tier_index), time_s, reach_s)
    return None if index is None else Handle(tier_index, index)


def handle_time_s(textgrid: TextGrid, handle: Handle) -> float:
    """Time of a boundary or point in seconds.

    Raises
    ------
    TextGridError
        There is no such point or inner boundary.
    """
    tier = edits._tier(textgrid, handle.tier)
    if isinstance(tier, PointTier):
        return _point(tier, handle.index).time_s
    edits._check_boundary(tier, handle.index)
    return tier.intervals[handle.index].tmin_s


def linked(
    textgrid: TextGrid, handle: Handle, tolerance_s: float = SAME_TIME_S
) -> tuple[Handle, ...]:
    """Boundaries and points of all tiers that stand at the same time, `handle` among them.

    Parameters
    ----------
    textgrid, handle
        The boundary or point that was taken.
    tolerance_s
        How far apart two times may be: half a sample for hand-made files.

    Returns
    -------
    tuple of Handle
        At most one a tier, top first. With Shift (or Alt) held, these move together: `move`.

    Raises
    ------
    TextGridError
        There is no such point or inner boundary.

    Notes
    -----
    Praat manual, "TextGridEditor": Shift-drag moves all boundaries and points that coincide.
    """
    time_s = handle_time_s(textgrid, handle)
    found = []
    for tier_index, tier in enumerate(textgrid.tiers):
        if tier_index == handle.tier:
            found.append(handle)
        elif (index := _index_at(tier, time_s, tolerance_s)) is not None:
            found.append(Handle(tier_index, index))
    return tuple(found)


def room_s(textgrid: TextGrid, handles: Iterable[Handle]) -> tuple[float, float]:
    """The span in seconds within which all `handles` can move, its ends excluded for boundaries.

    A point's room ends at its neighbours, or with the tier.

    Raises
    ------
    TextGridError
        There is no such point or inner boundary.
    """
    low_s, high_s = float("-inf"), float("inf")
    for handle in handles:
        handle_time_s(textgrid, handle)
        tier = textgrid.tiers[handle.tier]
        if isinstance(tier, PointTier):
            near = tier.points[max(handle.index - 1, 0) : handle.index + 2]
            times = [tier.tmin_s, *(point.time_s for point in near), tier.tmax_s]
            here_s = tier.points[handle.index].time_s
            low_s = max(low_s, *(t for t in times if t < here_s), tier.tmin_s)
            high_s = min(high_s, *(t for t in times if t > here_s), tier.tmax_s)
        else:
            low_s = max(low_s, tier.intervals[handle.index - 1].tmin_s)
            high_s = min(high_s, tier.intervals[handle.index].tmax_s)
    return low_s, high_s


def move(textgrid: TextGrid, handles: Iterable[Handle], time_s: float) -> TextGrid:
    """Move boundaries and points, one a tier, to one time.

    Raises
    ------
    TextGridError
        One of them would pass or meet a neighbour; nothing is moved then.
    """
    for handle in handles:
        if isinstance(edits._tier(textgrid, handle.tier), PointTier):
            textgrid = _move_point_between(textgrid, handle.tier, handle.index, time_s)
        else:
            textgrid = edits.move_boundary(textgrid, handle.tier, handle.index, time_s)
    return textgrid


def nudge(
    textgrid: TextGrid, handles: Iterable[Handle], by_s: float, margin_s: float = 0.001
) -> TextGrid:
    """Move boundaries and points that stand at one time by `by_s`, stopped before a neighbour.

    Parameters
    ----------
    textgrid, handles
        One handle, or those of `linked`; the first gives the time.
    by_s
        Seconds, negative for earlier.
    margin_s
        What is left at least between them and the next boundary in the way.

    Returns
    -------
    TextGrid
        The same object where there is no room, so that no undo step is made.

    Raises
    ------
    TextGridError
        There is no such point or inner boundary.
    """
    handles = tuple(handles)
    if not handles:
        return textgrid
    time_s = handle_time_s(textgrid, handles[0])
    low_s, high_s = room_s(textgrid, handles)
    if by_s > 0:
        target_s = max(time_s, min(time_s + by_s, high_s - margin_s))
    else:
        target_s = min(time_s, max(time_s + by_s, low_s + margin_s))
    return textgrid if target_s == time_s else move(textgrid, handles, target_s)


def nearest_boundary_s(
    textgrid: TextGrid,
    time_s: float,
    reach_s: float,
    but_tiers: Iterable[int] = (),
) -> float | None:
    """The boundary or point nearest to a time: the magnet of a drag.

    Parameters
    ----------
    textgrid, time_s
        Where the mouse is.
    reach_s
        How far the magnet reaches, in seconds.
    but_tiers
        Indices of the tiers that do not attract, such as the one that is edited.

    Returns
    -------
    float or None
        Seconds, or None where nothing is within reach. The ends of tiers do not attract.
    """
    excluded = frozenset(but_tiers)
    times = [
        found
        for tier_index, tier in enumerate(textgrid.tiers)
        if tier_index not in excluded
        for found in _around(tier, time_s)
        if abs(found - time_s) <= reach_s
    ]
    return min(times, key=lambda found: abs(found - time_s), default=None)


def _around(tier: Tier, time_s: float) -> list[float]:
    """Times of the inner boundaries or points next to `time_s`, one or none on each side."""
    if isinstance(tier, PointTier):
        at = bisect_right(tier.points, time_s, key=lambda point: point.time_s)
        return [point.time_s for point in tier.points[max(at - 1, 0) : at + 1]]
    at = bisect_right(tier.intervals, time_s, key=lambda interval: interval.tmin_s)
    return [interval.tmin_s for interval in tier.intervals[max(at - 1, 1) : max(at + 1, 1)]]


def _index_at(tier: Tier, time_s: float, tolerance_s: float, ends: bool = False) -> int | None:
    """Index of the boundary or point at a time; with `ends`, the two ends of a tier count too."""
    items = _around(tier, time_s)
    near = [found for found in items if abs(found - time_s) <= tolerance_s]
    if near:
        best = min(near, key=lambda found: abs(found - time_s))
        if isinstance(tier, PointTier):
            return bisect_right(tier.points, best, key=lambda point: point.time_s) - 1
        return bisect_right(tier.intervals, best, key=lambda interval: interval.tmin_s) - 1
    if ends and isinstance(tier, IntervalTier):
        for index, end_s in ((0, tier.tmin_s), (len(tier.intervals), tier.tmax_s)):
            if abs(end_s - time_s) <= tolerance_s:
                return index
    return None


def _move_point_between(textgrid: TextGrid, tier_index: int, index: int, time_s: float) -> TextGrid:
    tier = _point_tier(textgrid, tier_index)
    low_s, high_s = room_s(textgrid, (Handle(tier_index, index),))
    others = {point.time_s for i, point in enumerate(tier.points) if i != index}
    if not low_s <= time_s <= high_s or time_s in others:
        raise TextGridError(
            tr(
                "The point at {time_s:.6f} s of tier “{name}” must stay within "
                "{low_s:.6f}-{high_s:.6f} s."
            ).format(time_s=tier.points[index].time_s, name=tier.name, low_s=low_s, high_s=high_s)
        )
    points = list(tier.points)
    points[index] = replace(points[index], time_s=time_s)
    return textgrid.with_tier(tier_index, replace(tier, points=tuple(points)))


def _point_tier(textgrid: TextGrid, tier_index: int) -> PointTier:
    tier = edits._tier(textgrid, tier_index)
    if not isinstance(tier, PointTier):
        raise TextGridError(tr("Tier “{name}” holds intervals, not points.").format(name=tier.name))
    return tier


def _point(tier: PointTier, index: int) -> Point:
    edits._check_index(index, len(tier.points), "point", tier.name)
    return tier.points[index]
