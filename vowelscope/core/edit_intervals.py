"""Edits of intervals: split at a caret, made from a selection, merged.

Pure functions, as in `edits` (Praat manual, "TextGridEditor", "Add interval on tier").
"""

from __future__ import annotations

from vowelscope.core import edits
from vowelscope.core.edit_boundaries import SAME_TIME_S
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.translation import tr


def split_interval(
    textgrid: TextGrid, tier_index: int, time_s: float, caret: int | None = None
) -> TextGrid:
    """Split the interval at `time_s`, and its label at a caret.

    Parameters
    ----------
    textgrid, tier_index, time_s
        Where.
    caret
        Characters of the label that stay on the left; the rest goes right. None keeps all left.

    Raises
    ------
    TextGridError
        As `edits.add_boundary`; the tier holds points; or the caret lies outside the label.

    Notes
    -----
    Praat manual, "Add interval on tier": the text is divided where the cursor stands in it.
    """
    tier = edits._interval_tier(textgrid, tier_index)
    after = edits.add_boundary(textgrid, tier_index, time_s)
    if caret is None:
        return after
    index = tier.index_at(time_s)
    assert index is not None  # add_boundary refused otherwise
    text = tier.intervals[index].text
    _check_caret(caret, text)
    after = edits.set_label(after, tier_index, index, text[:caret])
    return edits.set_label(after, tier_index, index + 1, text[caret:])


def insert_interval(
    textgrid: TextGrid,
    tier_index: int,
    start_s: float,
    stop_s: float,
    caret: tuple[int, int] | None = None,
) -> TextGrid:
    """Make the selection an interval: boundaries at both ends, where there is none yet.

    Parameters
    ----------
    textgrid, tier_index, start_s, stop_s
        The selection; it lies within one interval. Ends that are boundaries of the tier but for
        rounding, as those of another tier may be, are taken to be those boundaries.
    caret
        Start and end of the text selected in the label: what is before goes left, what is
        selected into the new interval, the rest right. None keeps all in the leftmost piece.

    Raises
    ------
    TextGridError
        The selection is empty, outside the tier or over a boundary, is an interval already, or
        the caret lies outside the label.

    Notes
    -----
    Praat manual, "Add interval on tier", with a stretch of time selected.
    """
    tier = edits._interval_tier(textgrid, tier_index)
    if not start_s < stop_s:
        raise TextGridError(tr("Select a stretch of time first: the selection is empty."))
    start_s, stop_s = snapped(tier, start_s), snapped(tier, stop_s)
    index = tier.index_at(start_s)
    if index is None or not start_s < tier.intervals[index].tmax_s >= stop_s:
        raise TextGridError(
            tr(
                "The selection {start_s:.6f}-{stop_s:.6f} s lies over a boundary "
                "or outside tier “{name}”, so it cannot become one interval."
            ).format(start_s=start_s, stop_s=stop_s, name=tier.name)
        )
    old = tier.intervals[index]
    if (start_s, stop_s) == (old.tmin_s, old.tmax_s):
        raise TextGridError(
            tr("The selection is already interval {value} of tier “{name}”.").format(
                value=index + 1, name=tier.name
            )
        )
    first, last = caret or (len(old.text), len(old.text))
    _check_caret(first, old.text)
    _check_caret(last, old.text)
    pieces = [
        (old.tmin_s, start_s, old.text[:first]),
        (start_s, stop_s, old.text[first:last]),
        (stop_s, old.tmax_s, old.text[last:]),
    ]
    if pieces[0][0] == pieces[0][1]:  # no text is lost with a piece that has no length
        pieces[1] = (start_s, stop_s, pieces[0][2] + pieces[1][2])
    if pieces[2][0] == pieces[2][1]:
        pieces[1] = (start_s, stop_s, pieces[1][2] + pieces[2][2])
    new = tuple(Interval(a, b, text) for a, b, text in pieces if a < b)
    return edits._with_intervals(textgrid, tier_index, tier, index, index + 1, new)


def merge_with_next(textgrid: TextGrid, tier_index: int, index: int, joiner: str = "") -> TextGrid:
    """Join interval `index` with the next one; see `merge_intervals`."""
    return merge_intervals(textgrid, tier_index, index, index + 1, joiner)


def merge_span(
    textgrid: TextGrid, tier_index: int, start_s: float, stop_s: float, joiner: str = " "
) -> TextGrid:
    """Join the intervals that share time with `start_s`-`stop_s`; see `merge_intervals`."""
    tier = edits._interval_tier(textgrid, tier_index)
    inside = [
        index
        for index, interval in tier.between(start_s, stop_s)
        if interval.tmin_s < stop_s and interval.tmax_s > start_s
    ]
    if len(inside) < 2:
        raise TextGridError(
            tr("No boundary of tier “{name}” lies in {start_s:.6f}-{stop_s:.6f} s.").format(
                name=tier.name, start_s=start_s, stop_s=stop_s
            )
        )
    return merge_intervals(textgrid, tier_index, inside[0], inside[-1], joiner)


def merge_intervals(
    textgrid: TextGrid, tier_index: int, first: int, last: int, joiner: str = " "
) -> TextGrid:
    """Join intervals `first` to `last` (both included) into one.

    Parameters
    ----------
    textgrid, tier_index, first, last
        Which.
    joiner
        Goes between the labels; empty labels are left out. Praat joins by nothing.

    Raises
    ------
    TextGridError
        There are no such intervals, or only one.
    """
    tier = edits._interval_tier(textgrid, tier_index)
    for index in (first, last):
        edits._check_index(index, len(tier.intervals), "interval", tier.name)
    if first >= last:
        raise TextGridError(
            tr("Two intervals of tier “{name}” are needed to merge.").format(name=tier.name)
        )
    old = tier.intervals[first : last + 1]
    text = joiner.join(interval.text for interval in old if interval.text)
    merged = Interval(old[0].tmin_s, old[-1].tmax_s, text)
    return edits._with_intervals(textgrid, tier_index, tier, first, last + 1, (merged,))


def snapped(tier: IntervalTier, time_s: float) -> float:
    """The boundary or end of the tier that is at `time_s` but for rounding, or `time_s`."""
    index = tier.index_at(min(max(time_s, tier.tmin_s), tier.tmax_s))
    if index is None:
        return time_s
    ends = (tier.intervals[index].tmin_s, tier.intervals[index].tmax_s)
    return next((end_s for end_s in ends if abs(end_s - time_s) <= SAME_TIME_S), time_s)


def _check_caret(caret: int, text: str) -> None:
    if not 0 <= caret <= len(text):
        raise TextGridError(
            tr("The label “{text}” cannot be divided after {caret} characters.").format(
                text=text, caret=caret
            )
        )
