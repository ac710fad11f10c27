"""Edits of whole tiers, and cutting and pasting of labels and of spans of time.

A span is a TextGrid of its own: the pieces of some tiers between two times, at the times where
they were. See the Praat manual, "TextGridEditor" (Tier menu) and "TextGrid: Extract part...".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from vowelscope.core import edits
from vowelscope.core.edit_boundaries import SAME_TIME_S
from vowelscope.core.edit_intervals import snapped
from vowelscope.core.edit_times import extract_time, insert_time, remove_time, shift_times
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid, Tier
from vowelscope.core.translation import tr

_T = TypeVar("_T", Interval, Point)


def add_interval_tier(textgrid: TextGrid, name: str, at: int | None = None) -> TextGrid:
    """Add a tier of one empty interval.

    Parameters
    ----------
    textgrid, name
        Another tier may have the same name; most other programs then see only one of the two.
    at
        Index of the new tier; None puts it below the others.

    Raises
    ------
    TextGridError
        The name is blank or has a line break, or there is no such place.
    """
    _check_name(name)
    ends = textgrid.tmin_s, textgrid.tmax_s
    return _insert(textgrid, IntervalTier(name, *ends, (Interval(*ends),)), at)


def add_point_tier(textgrid: TextGrid, name: str, at: int | None = None) -> TextGrid:
    """Add a tier without points; see `add_interval_tier`."""
    _check_name(name)
    return _insert(textgrid, PointTier(name, textgrid.tmin_s, textgrid.tmax_s), at)


def rename_tier(textgrid: TextGrid, tier_index: int, name: str) -> TextGrid:
    """Give a tier another name.

    Raises
    ------
    TextGridError
        There is no such tier, or the name is blank or has a line break.
    """
    tier = edits._tier(textgrid, tier_index)
    _check_name(name)
    return textgrid.with_tier(tier_index, replace(tier, name=name))


def duplicate_tier(
    textgrid: TextGrid, tier_index: int, name: str | None = None, at: int | None = None
) -> TextGrid:
    """Copy a tier (Praat: "Duplicate tier...").

    Parameters
    ----------
    textgrid, tier_index
        Which.
    name
        None keeps the name, as Praat offers.
    at
        Index of the copy; None puts it below the original.

    Raises
    ------
    TextGridError
        There is no such tier or place, or the name is blank or has a line break.
    """
    tier = edits._tier(textgrid, tier_index)
    if name is not None:
        _check_name(name)
        tier = replace(tier, name=name)
    return _insert(textgrid, tier, tier_index + 1 if at is None else at)


def remove_tier(textgrid: TextGrid, tier_index: int) -> TextGrid:
    """Remove a tier.

    Raises
    ------
    TextGridError
        There is no such tier, or it is the only one: Praat opens no TextGrid without tiers.
    """
    tier = edits._tier(textgrid, tier_index)
    if len(textgrid.tiers) == 1:
        raise TextGridError(
            tr("“{name}” is the only tier, so it cannot be removed.").format(name=tier.name)
        )
    tiers = textgrid.tiers[:tier_index] + textgrid.tiers[tier_index + 1 :]
    return replace(textgrid, tiers=tiers)


def move_tier(textgrid: TextGrid, tier_index: int, to: int) -> TextGrid:
    """Reorder: the tier is taken out and put back so that its index is `to`.

    Raises
    ------
    TextGridError
        There is no such tier or place.
    """
    tiers = list(textgrid.tiers)
    edits._tier(textgrid, tier_index)
    edits._tier(textgrid, to)
    tiers.insert(to, tiers.pop(tier_index))
    return replace(textgrid, tiers=tuple(tiers))


def set_labels(textgrid: TextGrid, tier_index: int, labels: Mapping[int, str]) -> TextGrid:
    """Give many intervals (or points) of a tier new labels.

    Parameters
    ----------
    textgrid, tier_index
        The tier.
    labels
        Index -> label.

    Raises
    ------
    TextGridError
        There is no such tier, or no such interval or point.
    """
    tier = edits._tier(textgrid, tier_index)
    what = "point" if isinstance(tier, PointTier) else "interval"
    for index in labels:
        edits._check_index(index, len(_items(tier)), what, tier.name)
    if isinstance(tier, PointTier):
        points = _relabelled(tier.points, labels)
        return textgrid.with_tier(tier_index, replace(tier, points=points))
    intervals = _relabelled(tier.intervals, labels)
    return textgrid.with_tier(tier_index, replace(tier, intervals=intervals))


def copy_labels(
    textgrid: TextGrid, tier_index: int, start_s: float, stop_s: float
) -> tuple[str, ...]:
    """The labels of the intervals (or points) that share time with `start_s`-`stop_s`.

    Raises
    ------
    TextGridError
        There is no such tier.
    """
    tier = edits._tier(textgrid, tier_index)
    return tuple(_items(tier)[index].text for index in _inside(tier, start_s, stop_s))


def cut_labels(
    textgrid: TextGrid, tier_index: int, start_s: float, stop_s: float
) -> tuple[TextGrid, tuple[str, ...]]:
    """Empty those labels; returns the TextGrid and what they were. Boundaries stay."""
    labels = copy_labels(textgrid, tier_index, start_s, stop_s)
    inside = _inside(textgrid.tiers[tier_index], start_s, stop_s)
    return set_labels(textgrid, tier_index, dict.fromkeys(inside, "")), labels


def paste_labels(
    textgrid: TextGrid, tier_index: int, index: int, labels: Sequence[str]
) -> TextGrid:
    """Write labels into interval (or point) `index` and those after it.

    Raises
    ------
    TextGridError
        There is no such tier, or not as many intervals from there on.
    """
    tier = edits._tier(textgrid, tier_index)
    room = len(_items(tier)) - index
    if index < 0 or len(labels) > room:
        raise TextGridError(
            tr("{count} labels do not fit into tier “{name}” from number {value} on.").format(
                count=len(labels), name=tier.name, value=index + 1
            )
        )
    return set_labels(textgrid, tier_index, dict(enumerate(labels, index)))


def copy_span(
    textgrid: TextGrid, start_s: float, stop_s: float, tiers: Iterable[int] | None = None
) -> TextGrid:
    """The pieces of tiers between two times, at their times, cut at the ends.

    Parameters
    ----------
    textgrid, start_s, stop_s
        The stretch of time.
    tiers
        Indices of tiers; None takes all.

    Raises
    ------
    TextGridError
        There is no such tier, or the span is empty or not within the TextGrid.
    """
    if start_s < textgrid.tmin_s or stop_s > textgrid.tmax_s:
        raise TextGridError(
            tr(
                "{start_s:.6f}-{stop_s:.6f} s is not within the TextGrid ({tmin_s:g}-{tmax_s:g} s)."
            ).format(start_s=start_s, stop_s=stop_s, tmin_s=textgrid.tmin_s, tmax_s=textgrid.tmax_s)
        )
    chosen = _chosen(textgrid, tiers)
    return extract_time(
        replace(textgrid, tiers=tuple(textgrid.tiers[index] for index in chosen)), start_s, stop_s
    )


def cut_span(
    textgrid: TextGrid,
    start_s: float,
    stop_s: float,
    tiers: Iterable[int] | None = None,
    close: bool = False,
) -> tuple[TextGrid, TextGrid]:
    """Take a span out.

    Parameters
    ----------
    textgrid, start_s, stop_s, tiers
        As for `copy_span`.
    close
        False leaves one empty interval in each of the tiers, in time with the recording. True
        takes the time out of all tiers, and what follows moves up (`remove_time`).

    Returns
    -------
    tuple of TextGrid
        What is left, and the span.

    Raises
    ------
    TextGridError
        As `copy_span`; or all of the time would be taken out.
    """
    chosen = _chosen(textgrid, tiers)
    span = copy_span(textgrid, start_s, stop_s, chosen)
    if close:
        return remove_time(textgrid, start_s, stop_s), span
    after = textgrid
    for index in chosen:
        tier = textgrid.tiers[index]
        empty: Tier
        if isinstance(tier, PointTier):
            empty = PointTier(tier.name, start_s, stop_s)
        else:
            empty = IntervalTier(tier.name, start_s, stop_s, (Interval(start_s, stop_s),))
        after = after.with_tier(index, _overwritten(tier, empty))
    return after, span


def paste_span(
    textgrid: TextGrid, span: TextGrid, time_s: float, tier_index: int = 0, insert: bool = False
) -> TextGrid:
    """Put the tiers of a span onto tier `tier_index` and those below it, from `time_s` on.

    Parameters
    ----------
    textgrid, span
        Where to, and what `copy_span` gave.
    time_s
        Where the span begins.
    tier_index
        Tier of the span's first tier.
    insert
        False overwrites: an interval that is cut keeps its label on what is left of it (on the
        left piece, where both ends are left). True first makes room on all tiers (`insert_time`),
        so that the TextGrid becomes longer.

    Raises
    ------
    TextGridError
        A tier is missing, holds points where the span holds intervals, or the span does not fit.
    """
    for offset, piece in enumerate(span.tiers):
        tier = edits._tier(textgrid, tier_index + offset)
        if isinstance(tier, PointTier) != isinstance(piece, PointTier):
            raise TextGridError(
                tr(
                    "Tier “{name}” of the clipboard and tier “{name2}” are not of one "
                    "kind: one holds points, the other intervals."
                ).format(name=piece.name, name2=tier.name)
            )
    if insert:
        textgrid = insert_time(textgrid, time_s, span.duration_s)
    stop_s = time_s + span.duration_s
    if time_s < textgrid.tmin_s or stop_s > textgrid.tmax_s + SAME_TIME_S:
        raise TextGridError(
            tr(
                "{duration_s:.6f} s do not fit at {time_s:.6f} s: the TextGrid "
                "ends at {tmax_s:.6f} s."
            ).format(duration_s=span.duration_s, time_s=time_s, tmax_s=textgrid.tmax_s)
        )
    moved = shift_times(span, time_s - span.tmin_s)
    for offset, piece in enumerate(moved.tiers):
        tier = textgrid.tiers[tier_index + offset]
        pasted = _overwritten(tier, piece, keep_points=insert)
        textgrid = textgrid.with_tier(tier_index + offset, pasted)
    return textgrid


def _overwritten(tier: Tier, piece: Tier, keep_points: bool = False) -> Tier:
    """`tier` with `piece` in its place; both are of one kind."""
    if isinstance(tier, PointTier) and isinstance(piece, PointTier):
        low_s, high_s = tier.tmin_s, tier.tmax_s
        # A shift may have moved a point at the end of the domain out of it by the last bit.
        new = {min(max(p.time_s, low_s), high_s): p.text for p in piece.points}
        kept = {
            point.time_s: point.text
            for point in tier.points
            if keep_points or not piece.tmin_s <= point.time_s <= piece.tmax_s
        }
        points = tuple(Point(time_s, text) for time_s, text in sorted((kept | new).items()))
        return replace(tier, points=points)
    assert isinstance(tier, IntervalTier)
    assert isinstance(piece, IntervalTier)
    start_s, stop_s = snapped(tier, piece.tmin_s), snapped(tier, piece.tmax_s)
    before = [i for i in tier.intervals if i.tmin_s < start_s]
    after = [i for i in tier.intervals if i.tmax_s > stop_s]
    split = before and after and before[-1] is after[0]
    left = [replace(i, tmax_s=min(i.tmax_s, start_s)) for i in before]
    right = [replace(i, tmin_s=max(i.tmin_s, stop_s)) for i in after]
    if split:
        right[0] = replace(right[0], text="")
    times = [start_s, *(min(max(t, start_s), stop_s) for t in piece.boundaries_s()), stop_s]
    middle = [
        Interval(a, b, i.text)
        for a, b, i in zip(times, times[1:], piece.intervals, strict=False)
        if a < b
    ]
    return replace(tier, intervals=(*left, *middle, *right))


def _insert(textgrid: TextGrid, tier: Tier, at: int | None) -> TextGrid:
    at = len(textgrid.tiers) if at is None else at
    if not 0 <= at <= len(textgrid.tiers):
        raise TextGridError(
            tr("A tier cannot become number {value}: the TextGrid has {count}.").format(
                value=at + 1, count=len(textgrid.tiers)
            )
        )
    return replace(textgrid, tiers=(*textgrid.tiers[:at], tier, *textgrid.tiers[at:]))


def _check_name(name: str) -> None:
    if not name.strip() or len(name.splitlines()) > 1:
        raise TextGridError(tr("The name of a tier must be one line of text that is not blank."))


def _chosen(textgrid: TextGrid, tiers: Iterable[int] | None) -> tuple[int, ...]:
    if tiers is None:
        return tuple(range(len(textgrid.tiers)))
    chosen = tuple(tiers)
    for index in chosen:
        edits._tier(textgrid, index)
    return chosen


def _items(tier: Tier) -> tuple[Interval, ...] | tuple[Point, ...]:
    return tier.points if isinstance(tier, PointTier) else tier.intervals


def _inside(tier: Tier, start_s: float, stop_s: float) -> Iterator[int]:
    """Indices of what shares time with a span; with a span of no length, of what is there."""
    if isinstance(tier, PointTier):
        yield from (index for index, _ in tier.between(start_s, stop_s))
    elif start_s == stop_s:
        index = tier.index_at(start_s)
        yield from () if index is None else (index,)
    else:
        for index, interval in tier.between(start_s, stop_s):
            if interval.tmin_s < stop_s and interval.tmax_s > start_s:
                yield index


def _relabelled(items: tuple[_T, ...], new: Mapping[int, str]) -> tuple[_T, ...]:
    return tuple(
        replace(item, text=new[index]) if index in new else item for index, item in enumerate(items)
    )
