"""The vowel chart of an explained corpus: where its tokens lie, and what their colours say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from vowelscope.core.formant_plane import Quantity, coordinates
from vowelscope.core.vowel_chart import Ellipse, Normalisation, ellipses
from vowelscope.explain.browse_orders import NOT_ASKED

if TYPE_CHECKING:
    from vowelscope.explain.browse import Browsed

__all__ = [
    "COLOURINGS",
    "MOST_GROUPS",
    "ChartChoice",
    "Colouring",
    "CorpusChart",
    "EllipsesOf",
    "Shade",
    "agreement_shade",
    "class_shade",
    "corpus_chart",
    "doubt_shade",
    "nearly_all",
    "shade_of",
    "within",
]

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Colouring = Literal[
    "label",
    "predicted",
    "agreement",
    "doubt",
    "formants",
    "duration",
    "set",
    "speaker",
    "part",
]
EllipsesOf = Literal["label", "predicted", "none"]

COLOURINGS: tuple[Colouring, ...] = get_args(Colouring)
MOST_GROUPS = 6
"""Sets or speakers that get a colour of their own: those of the most tokens."""

_MANY = 200
_MOST_PERCENT = (0.5, 99.5)
_MOST_MARGIN = 0.15
_SHORT_LONG = (2.0, 98.0)
"""Percentiles of the duration at the ends of its scale."""


@dataclass(frozen=True, slots=True)
class ChartChoice:
    """What a chart shows.

    Attributes
    ----------
    x, y
        What lies on the axes, both with their origin at the top right.
    how
        Scale or normalisation, by speaker.
    colour
        What the colours say; see `shade_of`.
    ellipses
        Whose ellipses are drawn: of the labels' classes, of the predicted ones, or none.
    """

    x: Quantity = "F2"
    y: Quantity = "F1"
    how: Normalisation = "none"
    colour: Colouring = "label"
    ellipses: EllipsesOf = "label"


@dataclass(frozen=True, slots=True, eq=False)
class Shade:
    """What the colours of tokens say.

    Attributes
    ----------
    colouring
        Which it is.
    names
        Kinds in the order of their numbers, in English; () for a scale.
    values
        (n,) number of each token's kind, or its value on the scale; NaN where there is none.
    low, high
        Ends of the scale; what lies beyond has the colour of the end.
    """

    colouring: Colouring
    names: tuple[str, ...]
    values: Doubles
    low: float = 0.0
    high: float = 1.0

    @property
    def is_scale(self) -> bool:
        """Whether the values are on a scale, and not numbers of kinds."""
        return not self.names

    def codes(self, steps: int = 256) -> Ints:
        """(n,) the kind of each token, or its step on the scale; −1 where there is none."""
        share = self.values
        if self.is_scale:
            share = np.clip((share - self.low) / (self.high - self.low), 0.0, 1.0) * (steps - 1)
        return np.where(np.isfinite(share), np.round(share), -1.0).astype(np.int64)

    def counts(self, places: Ints) -> list[int]:
        """How many of some tokens are of each kind; none for a scale."""
        held = self.values[places]
        known = held[np.isfinite(held)].astype(np.int64)
        return [int(n) for n in np.bincount(known, minlength=len(self.names))[: len(self.names)]]


@dataclass(frozen=True, slots=True, eq=False)
class CorpusChart:
    """The tokens of a chart.

    Attributes
    ----------
    choice
        What was asked for.
    places
        (n,) of the tokens among those that were browsed, rising.
    points
        (n, 2): y and x in the middle, never NaN; as everywhere F1 comes first.
    tracks
        (n, 3, 2): y and x at 20, 50 and 80 %, NaN where undefined.
    undefined
        How many more tokens have no such formants in their middle.
    shade
        Of all tokens that were browsed, not only of those in the chart.
    ellipses
        One a class that has tokens in the chart.
    """

    choice: ChartChoice
    places: Ints
    points: Doubles
    tracks: Doubles
    undefined: int
    shade: Shade
    ellipses: tuple[Ellipse, ...]

    def __len__(self) -> int:
        return len(self.places)

    def at(self, places: Ints) -> Ints:
        """Where tokens are in the chart; those that are not in it are left out."""
        if not len(self.places):
            return np.empty(0, np.int64)
        found = np.minimum(np.searchsorted(self.places, places), len(self.places) - 1)
        held: Ints = found[self.places[found] == places]
        return held


def corpus_chart(browsed: Browsed, chosen: Flags, choice: ChartChoice) -> CorpusChart:
    """Lay out the chosen tokens.

    Normalisations go by all tokens of a speaker, chosen or not, so that a filter moves nothing.

    Parameters
    ----------
    chosen
        (n,) tokens that are to be in the chart.
    """
    speakers = browsed.groups["speaker"][1]
    tracks = np.stack(
        [
            coordinates(browsed.formants_hz, quantity, choice.how, speakers)
            for quantity in (choice.y, choice.x)
        ],
        axis=-1,
    )
    defined = np.isfinite(tracks[:, 1]).all(axis=-1)
    places = np.flatnonzero(chosen & defined).astype(np.int64)
    points = tracks[places, 1]
    drawn: list[Ellipse] = []
    if choice.ellipses != "none":
        number = (browsed.y if choice.ellipses == "label" else browsed.said)[places]
        known = number != NOT_ASKED
        names = np.array(browsed.plan.classes, dtype=object)[number[known]]
        drawn = ellipses(points[known], list(names))
    return CorpusChart(
        choice=choice,
        places=places,
        points=points,
        tracks=tracks[places],
        undefined=int((chosen & ~defined).sum()),
        shade=shade_of(browsed, choice.colour),
        ellipses=tuple(drawn),
    )


def shade_of(browsed: Browsed, colouring: Colouring) -> Shade:
    """What the colours say of each token.

    ``label`` and ``predicted`` are classes; ``agreement`` is whether the prediction is the label's
    class, ``formants`` whether it is what a discriminant analysis of the formants says;
    ``doubt`` is 1 less the probability of the prediction, from 0 to what it is where all classes
    are alike; ``duration`` in ms, its scale from the 2nd to the 98th percentile of all tokens;
    ``set``, ``speaker`` and ``part`` are those of the corpus.
    """
    classes = browsed.plan.classes
    if colouring == "doubt":
        return doubt_shade(browsed.doubt, len(classes))
    if colouring == "duration":
        lasts_ms = 1000.0 * (browsed.tmax_s - browsed.tmin_s)
        ends = np.percentile(lasts_ms, _SHORT_LONG) if len(lasts_ms) else (0.0, 0.0)
        low, high = float(ends[0]), float(ends[1])
        return Shade(colouring, (), lasts_ms, low, high if high > low else low + 1.0)
    if colouring in ("label", "predicted"):
        return class_shade(colouring, classes, browsed.y if colouring == "label" else browsed.said)
    if colouring in ("agreement", "formants"):
        other = browsed.y if colouring == "agreement" else browsed.by_formants
        differs = np.where(other == NOT_ASKED, np.nan, (other != browsed.said).astype(np.float64))
        if colouring == "agreement":
            return agreement_shade(differs)
        return Shade(colouring, ("formants say the same", "formants say otherwise"), differs)
    return _of_groups(*browsed.groups["split" if colouring == "part" else colouring], colouring)


def _of_groups(names: tuple[str, ...], number: Ints, colouring: Colouring) -> Shade:
    """The largest groups, and one kind for all others."""
    count = np.bincount(number, minlength=len(names))
    order = np.argsort(-count, kind="stable")
    own = np.sort(order[:MOST_GROUPS])
    values = np.full(len(names), np.nan)
    values[own] = np.arange(len(own))
    return Shade(colouring, tuple(names[at] or "–" for at in own), values[number])


def doubt_shade(doubt: Doubles, classes: int) -> Shade:
    """Doubt, 1 less a probability, on a scale up to where all of so many classes are alike."""
    return Shade("doubt", (), doubt, 0.0, 1.0 - 1.0 / classes if classes > 1 else 1.0)


def class_shade(colouring: Colouring, classes: Sequence[str], number: Ints) -> Shade:
    """Classes by their number; `NOT_ASKED` has no colour."""
    values = np.where(number == NOT_ASKED, np.nan, number.astype(np.float64))
    return Shade(colouring, tuple(f"/{name}/" for name in classes), values)


def agreement_shade(differs: Doubles) -> Shade:
    """Whether the prediction is another class than the label's: 0, 1, or NaN."""
    return Shade("agreement", ("predicted as labelled", "predicted otherwise"), differs)


def nearly_all(points: Doubles) -> tuple[Doubles, Doubles]:
    """Lower and upper end, (2,) each, of a view of points (n, 2), n > 0.

    From the 0.5th to the 99.5th percentile and 15 % more on either side, for a formant that was
    measured wrong must not make all else small; of fewer than 200 points all are in view.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    if len(points) >= _MANY:
        inner, outer = np.percentile(points, _MOST_PERCENT, axis=0)
        room = _MOST_MARGIN * (outer - inner)
        low, high = np.maximum(low, inner - room), np.minimum(high, outer + room)
    # A range must not be empty.
    return low, np.where(high > low, high, low + 1.0)


def within(points: Doubles, outline: Doubles) -> Flags:
    """Which points lie within an outline.

    Parameters
    ----------
    points
        (n, 2).
    outline
        (corners, 2) of the same plane; it is closed from its last corner to its first.
    """
    inside = np.zeros(len(points), bool)
    if len(outline) < 3 or not len(points):
        return inside
    # It takes long to import: only ever on a job's thread.
    from matplotlib.path import Path as Outline

    low, high = outline.min(axis=0), outline.max(axis=0)
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    closed = np.vstack([outline, outline[:1]])
    inside[near] = Outline(closed).contains_points(points[near])
    return inside
