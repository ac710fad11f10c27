"""Corrections of labels in a tier of their own, so that what a person wrote is never overwritten.

The tier of corrections to a tier stands below it and has its name with ``-corrected``. It is empty
but for the intervals that were decided on, each with the times that it had then.
"""

from __future__ import annotations

from vowelscope.core import edits
from vowelscope.core.edit_search import labelled_spans
from vowelscope.core.edit_tiers import add_interval_tier, paste_span, set_labels
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.translation import tr

__all__ = ["correction_of", "correction_tier", "correction_tier_name", "put_correction"]

_SUFFIX = "-corrected"


def correction_tier_name(name: str) -> str:
    """Name of the tier of corrections to a tier of that name."""
    return name + _SUFFIX


def correction_tier(textgrid: TextGrid, tier_index: int) -> int | None:
    """Index of the tier of corrections to a tier: the next one of that name, or the first."""
    name = correction_tier_name(edits._tier(textgrid, tier_index).name)
    found = [
        index
        for index, tier in enumerate(textgrid.tiers)
        if tier.name == name and isinstance(tier, IntervalTier)
    ]
    return next((index for index in found if index > tier_index), found[0] if found else None)


def correction_of(textgrid: TextGrid, tier_index: int, index: int) -> str:
    """What the tier of corrections has in the middle of an interval; "" for nothing."""
    tier = edits._interval_tier(textgrid, tier_index)
    edits._check_index(index, len(tier.intervals), "interval", tier.name)
    below = correction_tier(textgrid, tier_index)
    if below is None:
        return ""
    other = edits._interval_tier(textgrid, below)
    at = other.index_at(tier.intervals[index].midpoint_s)
    return "" if at is None else other.intervals[at].text


def put_correction(textgrid: TextGrid, tier_index: int, index: int, label: str) -> TextGrid:
    """Write a label for an interval into the tier of corrections, which is made where it is not.

    Parameters
    ----------
    textgrid, tier_index, index
        The interval that is corrected; its tier does not change.
    label
        What it should be.

    Raises
    ------
    TextGridError
        There is no such interval, it has no length, or its tier holds corrections itself.
    """
    tier = edits._interval_tier(textgrid, tier_index)
    edits._check_index(index, len(tier.intervals), "interval", tier.name)
    if tier.name.endswith(_SUFFIX):
        raise TextGridError(
            tr("“{name}” holds corrections itself: choose the tier above it.").format(
                name=tier.name
            )
        )
    start_s, stop_s = tier.intervals[index].tmin_s, tier.intervals[index].tmax_s
    if stop_s <= start_s:
        raise TextGridError(
            tr("Interval {value} of “{name}” has no length.").format(
                value=index + 1, name=tier.name
            )
        )
    below = correction_tier(textgrid, tier_index)
    if below is None:
        below = tier_index + 1
        textgrid = add_interval_tier(textgrid, correction_tier_name(tier.name), below)
    # Had the interval other ends when it was corrected before, nothing of that may be left over.
    old = {
        at: ""
        for at, (tmin_s, tmax_s, text) in enumerate(labelled_spans(textgrid.tiers[below]))
        if text and start_s <= 0.5 * (tmin_s + tmax_s) < stop_s
    }
    textgrid = set_labels(textgrid, below, old)
    piece = IntervalTier(tier.name, start_s, stop_s, (Interval(start_s, stop_s, label),))
    return paste_span(textgrid, TextGrid(start_s, stop_s, (piece,)), start_s, below)
