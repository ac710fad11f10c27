"""Finding and replacing in labels, and going to the next interval of some kind.

A hit names a stretch of the raw label, also where the label was searched as it is shown (`\\ae`
as æ), so that everything else in the label stays as it was written. See the Praat manual,
"TextGridEditor", Search menu, and "Regular expressions" (here they are Python's).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import regex

from vowelscope.core import edits, label_search
from vowelscope.core.edit_tiers import set_labels
from vowelscope.core.errors import TextGridError
from vowelscope.core.label_search import Match, Query, Search, go_on
from vowelscope.core.phones import ClassMap, display_label, to_trigraphs
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid, Tier
from vowelscope.core.translation import tr

__all__ = [
    "Hit",
    "Query",
    "find",
    "labelled_spans",
    "next_empty",
    "next_hit",
    "next_of_class",
    "next_where",
    "replace_all",
    "replace_hit",
]


@dataclass(frozen=True, slots=True)
class Hit:
    """A stretch of a label that a query found.

    Attributes
    ----------
    tier, index
        Index of the tier, and of the interval or point in it.
    start, stop
        Where in the raw label, in characters.
    tmin_s, tmax_s
        The interval in seconds; a point has both the same.
    label
        The whole raw label.
    """

    tier: int
    index: int
    start: int
    stop: int
    tmin_s: float
    tmax_s: float
    label: str

    @property
    def text(self) -> str:
        """The stretch itself, raw."""
        return self.label[self.start : self.stop]


def find(
    textgrid: TextGrid, query: Query, stop_if_stale: Callable[[], None] = go_on
) -> tuple[Hit, ...]:
    """Everything that a query finds: tier by tier, in the order of time.

    Parameters
    ----------
    stop_if_stale
        Is called at each label, and raises to leave the search.

    Raises
    ------
    TextGridError
        There is nothing to look for, the regular expression is wrong or takes longer than
        `label_search.LIMIT_S`, or there is no such tier.
    """
    search = Search(query, label_search.LIMIT_S, stop_if_stale)
    return tuple(
        Hit(tier_index, index, start, stop, tmin_s, tmax_s, label)
        for tier_index in _tiers(textgrid, query)
        for index, (tmin_s, tmax_s, label) in enumerate(labelled_spans(textgrid.tiers[tier_index]))
        for start, stop, _ in search.matches(label)
    )


def replace_hit(textgrid: TextGrid, hit: Hit, query: Query, replacement: str) -> TextGrid:
    r"""Replace what one hit found.

    Parameters
    ----------
    textgrid, hit, query
        The hit is one that `find` gave for this TextGrid and query.
    replacement
        With a regular expression, ``\1`` and ``\g<name>`` stand for its groups, ``\\`` for a
        backslash; else taken as it is.

    Raises
    ------
    TextGridError
        The label is no longer what it was, or the replacement names a group that is not there.
    """
    items = _items(edits._tier(textgrid, hit.tier))
    if hit.index >= len(items) or items[hit.index].text != hit.label:
        raise TextGridError(
            tr("The label “{label}” has changed since it was found: search again.").format(
                label=hit.label
            )
        )
    for start, stop, match in Search(query, label_search.WAITING_S).matches(hit.label):
        if (start, stop) == (hit.start, hit.stop):
            new = _expanded(query, match, hit.label[start:stop], replacement)
            text = hit.label[:start] + new + hit.label[stop:]
            return edits.set_label(textgrid, hit.tier, hit.index, text)
    raise TextGridError(
        tr("“{text}” does not find “{text2}”: search again.").format(
            text=query.text, text2=hit.text
        )
    )


def replace_all(
    textgrid: TextGrid,
    query: Query,
    replacement: str,
    stop_if_stale: Callable[[], None] = go_on,
) -> tuple[TextGrid, int]:
    """Replace everything that a query finds; returns the TextGrid and the number of places.

    Raises
    ------
    TextGridError
        As `find` and `replace_hit`; nothing is replaced then.
    """
    search = Search(query, label_search.LIMIT_S, stop_if_stale)
    count = 0
    for tier_index in _tiers(textgrid, query):
        new: dict[int, str] = {}
        for index, (_, _, label) in enumerate(labelled_spans(textgrid.tiers[tier_index])):
            pieces, last = [], 0
            for start, stop, match in search.matches(label):
                pieces += [
                    label[last:start],
                    _expanded(query, match, label[start:stop], replacement),
                ]
                last = stop
                count += 1
            if pieces:
                new[index] = "".join(pieces) + label[last:]
        if new:
            textgrid = set_labels(textgrid, tier_index, new)
    return textgrid, count


def next_hit(
    hits: Sequence[Hit],
    tier: int,
    index: int,
    start: int = -1,
    backwards: bool = False,
    wrap: bool = True,
) -> Hit | None:
    """The hit after (or before) a place, in the order of `find`.

    Parameters
    ----------
    hits
        What `find` gave.
    tier, index, start
        The place: an interval, and a character in its label; hits at the place itself are passed
        over. -1 stands before the label's first character.
    backwards
        Search up.
    wrap
        Go on at the other end.
    """
    here = (tier, index, start)
    if backwards:
        beyond = [hit for hit in hits if (hit.tier, hit.index, hit.start) < here]
        return beyond[-1] if beyond else (hits[-1] if wrap and hits else None)
    beyond = [hit for hit in hits if (hit.tier, hit.index, hit.start) > here]
    return beyond[0] if beyond else (hits[0] if wrap and hits else None)


def next_where(
    textgrid: TextGrid,
    tier_index: int,
    index: int | None,
    wanted: Callable[[str], bool],
    backwards: bool = False,
    wrap: bool = False,
) -> int | None:
    """Index of the next interval (or point) of a tier whose label is wanted.

    Parameters
    ----------
    textgrid, tier_index
        Where to look.
    index
        Where the search stands; None begins at the end that the search comes from.
    wanted
        Is asked about each raw label.
    backwards, wrap
        Search up; go on at the other end (and then come to `index` itself at last).

    Raises
    ------
    TextGridError
        There is no such tier.
    """
    items = _items(edits._tier(textgrid, tier_index))
    order: Iterable[int]
    if backwards:
        at = len(items) if index is None else index
        order, rest = range(at - 1, -1, -1), range(len(items) - 1, at - 1, -1)
    else:
        at = -1 if index is None else index
        order, rest = range(at + 1, len(items)), range(min(at + 1, len(items)))
    if wrap:
        order = chain(order, rest)
    return next((i for i in order if wanted(items[i].text)), None)


def next_empty(
    textgrid: TextGrid,
    tier_index: int,
    index: int | None = None,
    backwards: bool = False,
    wrap: bool = False,
) -> int | None:
    """Index of the next interval without a label, or with blanks only; see `next_where`."""
    return next_where(textgrid, tier_index, index, lambda label: not label.strip(), backwards, wrap)


def next_of_class(
    textgrid: TextGrid,
    tier_index: int,
    index: int | None,
    class_map: ClassMap,
    class_name: str | None = None,
    backwards: bool = False,
    wrap: bool = False,
) -> int | None:
    """Index of the next interval of a class, or of any class for None; see `next_where`."""

    def wanted(label: str) -> bool:
        found = class_map.class_of(label)
        return found is not None and class_name in (None, found)

    return next_where(textgrid, tier_index, index, wanted, backwards, wrap)


def labelled_spans(tier: Tier) -> list[tuple[float, float, str]]:
    """Start and end in seconds and raw label of each interval or point (with start and end one)."""
    if isinstance(tier, PointTier):
        return [(point.time_s, point.time_s, point.text) for point in tier.points]
    assert isinstance(tier, IntervalTier)
    return [(i.tmin_s, i.tmax_s, i.text) for i in tier.intervals]


def _items(tier: Tier) -> Sequence[Interval | Point]:
    return tier.points if isinstance(tier, PointTier) else tier.intervals


def _tiers(textgrid: TextGrid, query: Query) -> Sequence[int]:
    if query.tiers is None:
        return range(len(textgrid.tiers))
    for tier_index in query.tiers:
        edits._tier(textgrid, tier_index)
    return sorted(set(query.tiers))


def _expanded(query: Query, match: Match, raw: str, replacement: str) -> str:
    if query.mode == "regex":
        try:
            new = match.expand(replacement)
        except (re.error, regex.error, IndexError) as error:
            raise TextGridError(
                tr(
                    "“{replacement}” cannot replace: {error} (a backslash itself is written \\\\)."
                ).format(replacement=replacement, error=error)
            ) from None
    else:
        new = replacement
    # Where the label was written in trigraphs, it stays so.
    return to_trigraphs(display_label(new)) if query.shown and match.group() != raw else new
