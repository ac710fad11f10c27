"""The confusion lens: what decided b against a in the tokens of a that were called b."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vowelscope.explain.browse import Browsed, read_maps
from vowelscope.explain.mean_maps import MeanMap, cluster_means, mean_with_interval

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MOST_TOKENS = 2000
"""Tokens whose maps are read for each of the three means; more are thinned evenly."""


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """One cell of the confusion matrix, a called b, and what belongs to it.

    Attributes
    ----------
    a, b
        Names of the classes.
    there, back, right
        Mean contrast map M_b − M_a, (rows, columns) in logits a cell, with intervals over
        utterances: over the tokens of a called b, those of b called a, and those of a called a.
    rate_there, rate_back
        Shares of a called b, and of b called a.
    asymmetry
        The first less the second with its 95 % interval, (value, low, high); the ends are NaN
        where nothing can be drawn.
    """

    a: str
    b: str
    there: MeanMap
    back: MeanMap
    right: MeanMap
    rate_there: float
    rate_back: float
    asymmetry: tuple[float, float, float]


def look(browsed: Browsed, a: int, b: int, part: str = "") -> Lens:
    """Look at a called b.

    Parameters
    ----------
    a, b
        Class numbers of the label and of the prediction.
    part
        Part of the split; "" for all.
    """
    keep = browsed.matching(part=part)
    of_a, of_b = keep & (browsed.y == a), keep & (browsed.y == b)
    there, back = of_a & (browsed.said == b), of_b & (browsed.said == a)
    clusters = np.char.add(
        np.char.add(browsed.texts["set"].astype(str), "\0"),
        browsed.texts["utterance"].astype(str),
    )
    return Lens(
        a=browsed.plan.classes[a],
        b=browsed.plan.classes[b],
        there=_mean(browsed, there, clusters, a, b),
        back=_mean(browsed, back, clusters, a, b),
        right=_mean(browsed, of_a & (browsed.said == a), clusters, a, b),
        rate_there=_rate(there, of_a),
        rate_back=_rate(back, of_b),
        asymmetry=_asymmetry(there, back, of_a, of_b, clusters),
    )


def _mean(
    browsed: Browsed, chosen: Flags, clusters: npt.NDArray[np.str_], a: int, b: int
) -> MeanMap:
    places = np.flatnonzero(chosen)
    if len(places) > MOST_TOKENS:
        places = places[np.linspace(0, len(places) - 1, MOST_TOKENS).round().astype(int)]
    shape = browsed.plan.cells
    maps = read_maps(browsed, [int(at) for at in places])
    contrast = np.array([held[b] - held[a] for held in maps]) if maps else np.empty((0, *shape))
    return mean_with_interval(contrast, clusters[places])


def _rate(wrong: Flags, of: Flags) -> float:
    return float(wrong[of].mean()) if of.any() else float("nan")


def _asymmetry(
    there: Flags, back: Flags, of_a: Flags, of_b: Flags, clusters: npt.NDArray[np.str_]
) -> tuple[float, float, float]:
    value = _rate(there, of_a) - _rate(back, of_b)
    if min(len(np.unique(clusters[of])) for of in (of_a, of_b)) < 2:
        return value, float("nan"), float("nan")
    rates = [
        cluster_means(wrong[of].astype(np.float64), clusters[of], seed=seed)[:, 0]
        for seed, (wrong, of) in enumerate(((there, of_a), (back, of_b)))
    ]
    low, high = np.percentile(rates[0] - rates[1], [2.5, 97.5])
    return value, float(low), float(high)
