"""Edits of times: shift, scale, take a part, extend or cut the domain, concatenate.

The rules are Praat's (manual pages "TextGrid: Extract part...", "Shift times by...", "Scale
times to...", "TextGrid: Extend time...", "TextGrids: Concatenate"), to the last bit of each time,
but that a part beyond the domain is filled with empty intervals where Praat leaves a gap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid, Tier
from vowelscope.core.translation import tr

__all__ = [
    "concatenate",
    "extract_time",
    "insert_time",
    "remove_time",
    "scale_times",
    "set_domain",
    "shift_times",
]


def shift_times(textgrid: TextGrid, by_s: float) -> TextGrid:
    """Move the domain and everything in it by `by_s` seconds (Praat: "Shift times by...").

    Raises
    ------
    TextGridError
        The number is not finite, or two times would become one.
    """
    _check_finite(by_s)
    return _shifted(textgrid, by_s, textgrid.tmin_s + by_s, textgrid.tmax_s + by_s)


def scale_times(textgrid: TextGrid, tmin_s: float, tmax_s: float) -> TextGrid:
    """Stretch the domain and everything in it to `tmin_s`-`tmax_s` ("Scale times to...").

    Raises
    ------
    TextGridError
        The new domain is empty or not finite, or two times would become one.
    """
    _check_span(tmin_s, tmax_s)
    factor = (tmax_s - tmin_s) / textgrid.duration_s

    def scaled(time_s: float) -> float:
        return tmin_s + (time_s - textgrid.tmin_s) * factor

    return _mapped(textgrid, scaled, tmin_s, tmax_s)


def extract_time(
    textgrid: TextGrid, start_s: float, stop_s: float, reset: bool = False
) -> TextGrid:
    """The part between two times; intervals are cut at its ends and keep their labels.

    Parameters
    ----------
    textgrid, start_s, stop_s
        What lies beyond the domain is filled with empty intervals.
    reset
        True lets the part begin at 0 s; False keeps its times (Praat: "Preserve times").

    Raises
    ------
    TextGridError
        The part is empty, not finite, or has nothing of the TextGrid in it.
    """
    part = set_domain(textgrid, start_s, stop_s)
    if not reset:
        return part
    return _shifted(part, -start_s, 0.0, stop_s - start_s)


def set_domain(
    textgrid: TextGrid, tmin_s: float, tmax_s: float, grow_ends: bool = False
) -> TextGrid:
    """Extend or cut the domain at either end, for instance to that of the recording.

    Parameters
    ----------
    textgrid, tmin_s, tmax_s
        The new domain. Points outside are left out, intervals cut.
    grow_ends
        How a tier is extended: False adds an empty interval, as Praat's "Extend time..." does;
        True lets the first and last interval grow, for a domain that is some samples short.

    Raises
    ------
    TextGridError
        The new domain is empty, not finite, or has nothing of the TextGrid in it.
    """
    _check_span(tmin_s, tmax_s)
    if tmin_s >= textgrid.tmax_s or tmax_s <= textgrid.tmin_s:
        raise TextGridError(
            tr(
                "{tmin_s:.6f}-{tmax_s:.6f} s has nothing of the TextGrid in it, "
                "which is {tmin_s2:.6f}-{tmax_s2:.6f} s."
            ).format(tmin_s=tmin_s, tmax_s=tmax_s, tmin_s2=textgrid.tmin_s, tmax_s2=textgrid.tmax_s)
        )
    tiers = tuple(_part(tier, tmin_s, tmax_s, grow_ends) for tier in textgrid.tiers)
    return TextGrid(tmin_s, tmax_s, tiers)


def insert_time(textgrid: TextGrid, at_s: float, duration_s: float) -> TextGrid:
    """Open up time on all tiers: what begins at `at_s` or later moves on.

    An interval over `at_s` becomes longer; at a boundary, an empty interval comes in between.

    Raises
    ------
    TextGridError
        `at_s` lies outside the domain, or the duration is not positive.
    """
    _check_span(0.0, duration_s)
    if not textgrid.tmin_s <= at_s <= textgrid.tmax_s:
        raise TextGridError(
            tr("{at_s:.6f} s lies outside the TextGrid ({tmin_s:g}-{tmax_s:g} s).").format(
                at_s=at_s, tmin_s=textgrid.tmin_s, tmax_s=textgrid.tmax_s
            )
        )
    filled = set_domain(textgrid, textgrid.tmin_s, textgrid.tmax_s)
    tmax_s = textgrid.tmax_s + duration_s
    tiers: list[Tier] = []
    for tier in filled.tiers:
        if isinstance(tier, PointTier):
            points = tuple(
                replace(point, time_s=point.time_s + duration_s) if point.time_s >= at_s else point
                for point in tier.points
            )
            tiers.append(_checked(replace(tier, tmax_s=tmax_s, points=points)))
            continue
        before = [i for i in tier.intervals if i.tmax_s <= at_s]
        over = [
            replace(i, tmax_s=i.tmax_s + duration_s)
            for i in tier.intervals
            if i.tmin_s < at_s < i.tmax_s
        ]
        after = [
            replace(i, tmin_s=i.tmin_s + duration_s, tmax_s=i.tmax_s + duration_s)
            for i in tier.intervals
            if i.tmin_s >= at_s
        ]
        between = over or [Interval(at_s, at_s + duration_s)]
        tier = replace(tier, tmax_s=tmax_s, intervals=(*before, *between, *after))
        tiers.append(_checked(tier))
    return TextGrid(textgrid.tmin_s, tmax_s, tuple(tiers))


def remove_time(textgrid: TextGrid, start_s: float, stop_s: float) -> TextGrid:
    """Take a stretch of time out of all tiers; what follows moves up.

    An interval that goes on at both ends stays one; points from `start_s` to `stop_s` go.

    Raises
    ------
    TextGridError
        The stretch is empty, not within the domain, or all of it.
    """
    _check_span(start_s, stop_s)
    tmin_s, tmax_s = textgrid.tmin_s, textgrid.tmax_s
    if start_s < tmin_s or stop_s > tmax_s:
        raise TextGridError(
            tr(
                "{start_s:.6f}-{stop_s:.6f} s is not within the TextGrid ({tmin_s:g}-{tmax_s:g} s)."
            ).format(start_s=start_s, stop_s=stop_s, tmin_s=tmin_s, tmax_s=tmax_s)
        )
    if (start_s, stop_s) == (tmin_s, tmax_s):
        raise TextGridError(tr("All of the time cannot be taken out of a TextGrid."))
    if stop_s == tmax_s:
        return _without_points(set_domain(textgrid, tmin_s, start_s), start_s)
    right = _without_points(set_domain(textgrid, stop_s, tmax_s), stop_s)
    by_s = stop_s - start_s
    moved = _shifted(right, -by_s, start_s, tmax_s - by_s)
    if start_s == tmin_s:
        return moved
    left = _without_points(set_domain(textgrid, tmin_s, start_s), start_s)
    joined = _joined(left, moved)
    whole = {
        index
        for index, tier in enumerate(textgrid.tiers)
        if isinstance(tier, IntervalTier)
        and any(i.tmin_s < start_s and i.tmax_s > stop_s for i in tier.intervals)
    }
    return replace(
        joined,
        tiers=tuple(
            _healed(tier, start_s) if index in whole else tier
            for index, tier in enumerate(joined.tiers)
        ),
    )


def concatenate(*textgrids: TextGrid) -> TextGrid:
    """Put TextGrids one after the other, from 0 s on, tier by tier in their order.

    Parameters
    ----------
    *textgrids
        One at least. The names of the tiers are those of the first; a boundary stands at each
        seam; of two points at a seam the first is kept.

    Raises
    ------
    TextGridError
        None is given, or one has more, fewer or other kinds of tiers than the first.
    """
    if not textgrids:
        raise TextGridError(tr("There is no TextGrid to concatenate."))
    first = textgrids[0]
    whole = set_domain(first, first.tmin_s, first.tmax_s)
    for number, textgrid in enumerate(textgrids[1:], 2):
        if len(textgrid.tiers) != len(whole.tiers):
            raise TextGridError(
                tr(
                    "TextGrid {number} has {count} tiers and the first has {count2}: "
                    "the numbers of tiers must be equal."
                ).format(number=number, count=len(textgrid.tiers), count2=len(whole.tiers))
            )
        for tier, own in zip(whole.tiers, textgrid.tiers, strict=True):
            if isinstance(tier, PointTier) != isinstance(own, PointTier):
                raise TextGridError(
                    tr(
                        "Tier “{name}” of TextGrid {number} is of another kind than tier "
                        "“{name2}” of the first: one holds points, the other intervals."
                    ).format(name=own.name, number=number, name2=tier.name)
                )
        filled = set_domain(textgrid, textgrid.tmin_s, textgrid.tmax_s)
        tmax_s = whole.tmax_s + (textgrid.tmax_s - textgrid.tmin_s)
        whole = _joined(
            whole, _shifted(filled, whole.tmax_s - textgrid.tmin_s, whole.tmax_s, tmax_s)
        )
    # Praat shifts last, and so do we: any other order rounds other times.
    return _shifted(whole, -whole.tmin_s, 0.0, whole.tmax_s - whole.tmin_s)


def _shifted(textgrid: TextGrid, by_s: float, tmin_s: float, tmax_s: float) -> TextGrid:
    return _mapped(textgrid, lambda time_s: time_s + by_s, tmin_s, tmax_s)


def _mapped(
    textgrid: TextGrid, to: Callable[[float], float], tmin_s: float, tmax_s: float
) -> TextGrid:
    """Every time sent through `to`, but the ends of the domain to `tmin_s` and `tmax_s`."""

    def new(time_s: float) -> float:
        if time_s == textgrid.tmin_s:
            return tmin_s
        return tmax_s if time_s == textgrid.tmax_s else to(time_s)

    tiers: list[Tier] = []
    for tier in textgrid.tiers:
        ends = new(tier.tmin_s), new(tier.tmax_s)
        if isinstance(tier, PointTier):
            points = tuple(Point(new(point.time_s), point.text) for point in tier.points)
            tiers.append(_checked(PointTier(tier.name, *ends, points), like=tier))
        else:
            intervals = tuple(
                Interval(new(i.tmin_s), new(i.tmax_s), i.text) for i in tier.intervals
            )
            tiers.append(_checked(IntervalTier(tier.name, *ends, intervals), like=tier))
    return TextGrid(tmin_s, tmax_s, tuple(tiers))


def _part(tier: Tier, start_s: float, stop_s: float, grow_ends: bool) -> Tier:
    if isinstance(tier, PointTier):
        points = tuple(point for point in tier.points if start_s <= point.time_s <= stop_s)
        return PointTier(tier.name, start_s, stop_s, points)
    kept = [
        Interval(max(i.tmin_s, start_s), min(i.tmax_s, stop_s), i.text)
        for i in tier.intervals
        if i.tmin_s < stop_s and i.tmax_s > start_s
    ]
    if not kept:
        return IntervalTier(tier.name, start_s, stop_s, (Interval(start_s, stop_s),))
    if grow_ends:
        kept[0] = replace(kept[0], tmin_s=start_s)
        kept[-1] = replace(kept[-1], tmax_s=stop_s)
    if kept[0].tmin_s > start_s:
        kept.insert(0, Interval(start_s, kept[0].tmin_s))
    if kept[-1].tmax_s < stop_s:
        kept.append(Interval(kept[-1].tmax_s, stop_s))
    return IntervalTier(tier.name, start_s, stop_s, tuple(kept))


def _joined(left: TextGrid, right: TextGrid) -> TextGrid:
    """Two TextGrids of the same kinds of tiers, where `right` begins at the end of `left`."""
    tiers: list[Tier] = []
    for before, after in zip(left.tiers, right.tiers, strict=True):
        if isinstance(before, PointTier) and isinstance(after, PointTier):
            taken = {point.time_s for point in before.points}
            points = (*before.points, *(p for p in after.points if p.time_s not in taken))
            tiers.append(PointTier(before.name, left.tmin_s, right.tmax_s, points))
        elif isinstance(before, IntervalTier) and isinstance(after, IntervalTier):
            intervals = before.intervals + after.intervals
            tiers.append(IntervalTier(before.name, left.tmin_s, right.tmax_s, intervals))
    return TextGrid(left.tmin_s, right.tmax_s, tuple(tiers))


def _healed(tier: Tier, seam_s: float) -> Tier:
    """The tier without the boundary at `seam_s`, whose two sides were one interval."""
    assert isinstance(tier, IntervalTier)
    at = next(index for index, i in enumerate(tier.intervals) if i.tmin_s == seam_s)
    left, right = tier.intervals[at - 1 : at + 1]
    one = replace(left, tmax_s=right.tmax_s)
    return replace(tier, intervals=(*tier.intervals[: at - 1], one, *tier.intervals[at + 1 :]))


def _without_points(textgrid: TextGrid, time_s: float) -> TextGrid:
    return replace(
        textgrid,
        tiers=tuple(
            replace(tier, points=tuple(p for p in tier.points if p.time_s != time_s))
            if isinstance(tier, PointTier)
            else tier
            for tier in textgrid.tiers
        ),
    )


def _checked(tier: Tier, like: Tier | None = None) -> Tier:
    """The tier, unless rounding has made two of its times one that were not in `like`."""
    if isinstance(tier, PointTier):
        times = [point.time_s for point in tier.points]
        lost = len(set(times)) < len(times)
    else:
        old = like.intervals if isinstance(like, IntervalTier) else tier.intervals
        lost = any(
            new.tmin_s >= new.tmax_s and (like is None or was.tmin_s < was.tmax_s)
            for new, was in zip(tier.intervals, old, strict=True)
        )
    if lost or not tier.tmin_s < tier.tmax_s:
        raise TextGridError(
            tr("Tier “{name}” has times so close together that they would become one.").format(
                name=tier.name
            )
        )
    return tier


def _check_finite(value_s: float) -> None:
    if not abs(value_s) < float("inf"):
        raise TextGridError(tr("{value_s} is not a time in seconds.").format(value_s=value_s))


def _check_span(start_s: float, stop_s: float) -> None:
    _check_finite(start_s)
    _check_finite(stop_s)
    if not start_s < stop_s:
        raise TextGridError(
            tr(
                "{start_s:.6f}-{stop_s:.6f} s is no stretch of time: its end must "
                "be later than its start."
            ).format(start_s=start_s, stop_s=stop_s)
        )
