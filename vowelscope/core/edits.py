"""Edits of a TextGrid: pure functions from one value to the next.

Every edit keeps an interval tier sorted and tiling its domain, or refuses with one sentence
(Praat manual, "TextGridEditor": Add interval on tier, Remove, Move boundary).
"""

from __future__ import annotations

from dataclasses import replace

from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid, Tier
from vowelscope.core.translation import tr


def set_label(textgrid: TextGrid, tier_index: int, index: int, text: str) -> TextGrid:
    """The TextGrid with the label of interval (or point) `index` of tier `tier_index` replaced.

    Raises
    ------
    TextGridError
        There is no such tier, interval or point.
    """
    tier = _tier(textgrid, tier_index)
    if isinstance(tier, PointTier):
        _check_index(index, len(tier.points), "point", tier.name)
        points = list(tier.points)
        points[index] = replace(points[index], text=text)
        return textgrid.with_tier(tier_index, replace(tier, points=tuple(points)))
    _check_index(index, len(tier.intervals), "interval", tier.name)
    intervals = list(tier.intervals)
    intervals[index] = replace(intervals[index], text=text)
    return textgrid.with_tier(tier_index, replace(tier, intervals=tuple(intervals)))


def add_boundary(textgrid: TextGrid, tier_index: int, time_s: float) -> TextGrid:
    """Split the interval at `time_s`; the label stays with the left part, as in Praat.

    On a point tier, an empty point is added.

    Raises
    ------
    TextGridError
        The time lies outside the tier, or a boundary or point is already there.
    """
    tier = _tier(textgrid, tier_index)
    if isinstance(tier, PointTier):
        return _add_point(textgrid, tier_index, tier, time_s)
    index = tier.index_at(time_s)
    if index is None:
        raise TextGridError(
            tr("{time_s:.6f} s lies outside tier “{name}” ({tmin_s:g}-{tmax_s:g} s).").format(
                time_s=time_s, name=tier.name, tmin_s=tier.tmin_s, tmax_s=tier.tmax_s
            )
        )
    split = tier.intervals[index]
    if time_s in (split.tmin_s, split.tmax_s):
        raise TextGridError(
            tr("Tier “{name}” already has a boundary at {time_s:.6f} s.").format(
                name=tier.name, time_s=time_s
            )
        )
    halves = (Interval(split.tmin_s, time_s, split.text), Interval(time_s, split.tmax_s))
    return _with_intervals(textgrid, tier_index, tier, index, index + 1, halves)


def remove_boundary(textgrid: TextGrid, tier_index: int, index: int) -> TextGrid:
    """Join interval `index` with the one before it; their labels are joined, as in Praat.

    Raises
    ------
    TextGridError
        There is no inner boundary at the start of that interval.
    """
    tier = _interval_tier(textgrid, tier_index)
    _check_boundary(tier, index)
    left, right = tier.intervals[index - 1 : index + 1]
    joined = Interval(left.tmin_s, right.tmax_s, left.text + right.text)
    return _with_intervals(textgrid, tier_index, tier, index - 1, index + 1, (joined,))


def remove_point(textgrid: TextGrid, tier_index: int, index: int) -> TextGrid:
    """The TextGrid without point `index` of a point tier.

    Raises
    ------
    TextGridError
        There is no such point.
    """
    tier = _tier(textgrid, tier_index)
    if not isinstance(tier, PointTier):
        raise TextGridError(tr("Tier “{name}” holds intervals, not points.").format(name=tier.name))
    _check_index(index, len(tier.points), "point", tier.name)
    points = tier.points[:index] + tier.points[index + 1 :]
    return textgrid.with_tier(tier_index, replace(tier, points=points))


def move_boundary(textgrid: TextGrid, tier_index: int, index: int, time_s: float) -> TextGrid:
    """Move the boundary at the start of interval `index` to `time_s`.

    Raises
    ------
    TextGridError
        There is no such inner boundary, or the move would pass a neighbouring boundary.
    """
    tier = _interval_tier(textgrid, tier_index)
    _check_boundary(tier, index)
    left, right = tier.intervals[index - 1 : index + 1]
    if not left.tmin_s < time_s < right.tmax_s:
        raise TextGridError(
            tr(
                "The boundary at {tmin_s:.6f} s of tier “{name}” must stay within "
                "{tmin_s2:.6f}-{tmax_s:.6f} s."
            ).format(tmin_s=right.tmin_s, name=tier.name, tmin_s2=left.tmin_s, tmax_s=right.tmax_s)
        )
    moved = (replace(left, tmax_s=time_s), replace(right, tmin_s=time_s))
    return _with_intervals(textgrid, tier_index, tier, index - 1, index + 1, moved)


def _add_point(textgrid: TextGrid, tier_index: int, tier: PointTier, time_s: float) -> TextGrid:
    if not tier.tmin_s <= time_s <= tier.tmax_s:
        raise TextGridError(
            tr("{time_s:.6f} s lies outside tier “{name}” ({tmin_s:g}-{tmax_s:g} s).").format(
                time_s=time_s, name=tier.name, tmin_s=tier.tmin_s, tmax_s=tier.tmax_s
            )
        )
    if any(point.time_s == time_s for point in tier.points):
        raise TextGridError(
            tr("Tier “{name}” already has a point at {time_s:.6f} s.").format(
                name=tier.name, time_s=time_s
            )
        )
    points = sorted((*tier.points, Point(time_s)), key=lambda point: point.time_s)
    return textgrid.with_tier(tier_index, replace(tier, points=tuple(points)))


def _with_intervals(
    textgrid: TextGrid,
    tier_index: int,
    tier: IntervalTier,
    start: int,
    stop: int,
    new: tuple[Interval, ...],
) -> TextGrid:
    intervals = tier.intervals[:start] + new + tier.intervals[stop:]
    return textgrid.with_tier(tier_index, replace(tier, intervals=intervals))


def _tier(textgrid: TextGrid, tier_index: int) -> Tier:
    if not 0 <= tier_index < len(textgrid.tiers):
        raise TextGridError(
            tr("There is no tier {value}: the TextGrid has {count}.").format(
                value=tier_index + 1, count=len(textgrid.tiers)
            )
        )
    return textgrid.tiers[tier_index]


def _interval_tier(textgrid: TextGrid, tier_index: int) -> IntervalTier:
    tier = _tier(textgrid, tier_index)
    if not isinstance(tier, IntervalTier):
        raise TextGridError(
            tr("Tier “{name}” holds points and has no boundaries.").format(name=tier.name)
        )
    return tier


def _check_index(index: int, count: int, what: str, name: str) -> None:
    if not 0 <= index < count:
        raise TextGridError(
            tr("Tier “{name}” has {count} {what}s and no number {value}.").format(
                name=name, count=count, what=what, value=index + 1
            )
        )


def _check_boundary(tier: IntervalTier, index: int) -> None:
    if not 1 <= index < len(tier.intervals):
        raise TextGridError(
            tr("The ends of tier “{name}” cannot be moved or removed.").format(name=tier.name)
        )
