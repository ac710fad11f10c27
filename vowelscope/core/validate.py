"""What is odd in a TextGrid that a file may hold and an editor should not make."""

from __future__ import annotations

from vowelscope.core.textgrid import IntervalTier, TextGrid
from vowelscope.core.textgrid_style import shorten
from vowelscope.core.translation import tr


def problems(textgrid: TextGrid) -> list[str]:
    """One sentence for each gap, overlap, empty span and unsorted or stray time.

    Parameters
    ----------
    textgrid
        Any TextGrid, as read.

    Returns
    -------
    list of str
        Empty where every interval tier tiles its domain and every point lies in it, in order.
    """
    found: list[str] = []
    if textgrid.tmax_s <= textgrid.tmin_s:
        found.append(
            tr("The TextGrid ends ({tmax_s} s) where it begins, or before.").format(
                tmax_s=textgrid.tmax_s
            )
        )
    for number, tier in enumerate(textgrid.tiers, 1):
        place = tr("Tier {number} ({name})").format(number=number, name=shorten(tier.name))
        if (tier.tmin_s, tier.tmax_s) != (textgrid.tmin_s, textgrid.tmax_s):
            found.append(
                tr("{place} has another time domain than the TextGrid.").format(place=place)
            )
        if isinstance(tier, IntervalTier):
            found += _interval_problems(place, tier)
            continue
        last_s = float("-inf")
        for index, point in enumerate(tier.points, 1):
            if point.time_s <= last_s:
                found.append(
                    tr("{place}: point {index} is not later than the one before it.").format(
                        place=place, index=index
                    )
                )
            if not tier.tmin_s <= point.time_s <= tier.tmax_s:
                found.append(
                    tr("{place}: point {index} ({time_s} s) is outside the tier.").format(
                        place=place, index=index, time_s=point.time_s
                    )
                )
            last_s = point.time_s
    return found


def _interval_problems(place: str, tier: IntervalTier) -> list[str]:
    if not tier.intervals:
        return [tr("{place} has no intervals.").format(place=place)]
    found: list[str] = []
    if tier.intervals[0].tmin_s != tier.tmin_s:
        found.append(
            tr("{place}: the first interval does not begin where the tier begins.").format(
                place=place
            )
        )
    stop_s = tier.intervals[0].tmin_s
    for index, interval in enumerate(tier.intervals, 1):
        if interval.tmax_s <= interval.tmin_s:
            found.append(
                tr("{place}: interval {index} has no length ({tmin_s} s).").format(
                    place=place, index=index, tmin_s=interval.tmin_s
                )
            )
        if interval.tmin_s > stop_s:
            found.append(
                tr("{place}: there is a gap before interval {index} ({stop_s} s).").format(
                    place=place, index=index, stop_s=stop_s
                )
            )
        elif interval.tmin_s < stop_s:
            found.append(
                tr("{place}: interval {index} overlaps the one before it ({stop_s} s).").format(
                    place=place, index=index, stop_s=stop_s
                )
            )
        stop_s = interval.tmax_s
    if stop_s != tier.tmax_s:
        found.append(
            tr("{place}: the last interval does not end where the tier ends.").format(place=place)
        )
    return found
