"""Mean maps of the classes in relative time (per cent of the interval) and in absolute time (s).

A model of a fixed window has its cells at the same seconds around the middle of every token, one
that stretches at the same shares of it. Either is brought to the other axis token by token: what a
cell has is spread evenly over it, since of what lies within the map says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import ModelError
from vowelscope.explain.base import cell_edges
from vowelscope.explain.card import ModelCard, read_card
from vowelscope.explain.mean_maps import DRAWS, LEVEL, Explained, MeanMap
from vowelscope.explain.resnet import cell_stride

Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

RELATIVE = np.linspace(-0.5, 1.5, 21)
"""Edges of the bins in relative time: tenths of the interval, half as much again on either side."""
STEP_S = 0.01
LEAST_SHARE = 0.5
"""A bin is drawn where at least this share of the class's tokens reaches over it."""


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """Mean maps on one axis of time.

    Attributes
    ----------
    maps
        For each class (rows, bins), in logits a cell, less the mean of all classes; NaN in bins
        that too few tokens reach over.
    edges
        (bins + 1,): shares of the interval, 0 its start and 1 its end, or seconds from its middle.
    is_relative
        Which of the two.
    cell
        Width of a cell of the map on that axis, median over tokens.
    """

    maps: dict[str, MeanMap]
    edges: Doubles
    is_relative: bool
    cell: float


def card_of(explained: Explained) -> ModelCard | None:
    """Of the model that explained the corpus; None where its folder is no more."""
    try:
        return read_card(Path(explained.plan.model))
    except ModelError:
        return None


def column_edges(explained: Explained, card: ModelCard) -> Doubles:
    """Edges of the map's columns of every token, (n, columns + 1), in seconds of its recording."""
    stride, columns = cell_stride(card.dilated_stage4), explained.plan.cells[1]
    made = [
        cell_edges(card.features.time_edges_s(row["tmin_s"], row["tmax_s"]), columns, stride)
        for row in explained.rows
    ]
    return np.array(made, dtype=np.float64).reshape(-1, columns + 1)


def aligned_maps(explained: Explained, card: ModelCard, relative: bool) -> Aligned:
    """The mean map of each class in relative or in absolute time."""
    edges_s = column_edges(explained, card)
    starts = np.array([row["tmin_s"] for row in explained.rows], dtype=np.float64)[:, None]
    ends = np.array([row["tmax_s"] for row in explained.rows], dtype=np.float64)[:, None]
    edges: Doubles
    if relative:
        held, edges = (edges_s - starts) / (ends - starts), RELATIVE
    else:
        held = edges_s - 0.5 * (starts + ends)
        reach_s = float(np.median(held[:, -1])) if len(held) else STEP_S
        steps = max(1, round(reach_s / STEP_S))
        edges = STEP_S * np.arange(-steps, steps + 1, dtype=np.float64)
    found = {}
    for k, name in enumerate(explained.plan.classes):
        chosen = explained.y == k
        maps = explained.maps[chosen].astype(np.float64)
        brought, covered = on_bins(maps[:, k] - maps.mean(axis=1), held[chosen], edges)
        found[name] = masked_mean(brought, covered, explained.clusters[chosen])
    wide = float(np.median(np.diff(held, axis=1))) if held.size else float("nan")
    return Aligned(found, edges, relative, wide)


def on_bins(maps: Doubles, held: Doubles, edges: Doubles) -> tuple[Doubles, Bools]:
    """Maps (n, rows, columns) brought to bins of time, and which bins each reaches over.

    Parameters
    ----------
    held
        (n, columns + 1) edges of each map's own columns.
    edges
        (bins + 1,) of the bins, in the same unit.

    Returns
    -------
    values, covered
        (n, rows, bins), the mean over each bin, and (n, bins).
    """
    low = np.maximum(held[:, None, :-1], edges[None, :-1, None])
    high = np.minimum(held[:, None, 1:], edges[None, 1:, None])
    shares = np.maximum(high - low, 0.0) / np.diff(edges)[None, :, None]
    covered = shares.sum(axis=2) > 0.999
    return np.einsum("nrc,nbc->nrb", maps, shares), covered


def masked_mean(
    values: Doubles, covered: Bools, clusters: npt.NDArray[np.str_], seed: int = 0
) -> MeanMap:
    """Mean of each bin over the tokens that reach over it, with an interval over utterances.

    Parameters
    ----------
    values, covered
        As `on_bins` gives them.
    clusters
        (n,) utterance of each token, drawn whole.
    """
    n, rows, bins = values.shape
    nothing = np.full((rows, bins), np.nan)
    if not n:
        return MeanMap(nothing, nothing, nothing, 0, 0)
    _, at = np.unique(clusters, return_inverse=True)
    count = int(at.max()) + 1
    sums, sizes = np.zeros((count, rows, bins)), np.zeros((count, bins))
    np.add.at(sums, at, np.where(covered[:, None, :], values, 0.0))
    np.add.at(sizes, at, covered.astype(np.float64))
    enough = covered.mean(axis=0) >= LEAST_SHARE
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(enough, sums.sum(axis=0) / sizes.sum(axis=0), np.nan)
        if count < 2:
            return MeanMap(mean, nothing, nothing, n, count)
        rng = np.random.default_rng(seed)
        weights = rng.multinomial(count, np.full(count, 1 / count), size=DRAWS).astype(np.float64)
        of_sums = (weights @ sums.reshape(count, -1)).reshape(DRAWS, rows, bins)
        drawn = of_sums / (weights @ sizes)[:, None, :]
    tail = 50 * (1 - LEVEL)
    low, high = (
        np.where(enough, one, np.nan)
        for one in np.nanpercentile(np.where(enough, drawn, 0.0), [tail, 100 - tail], axis=0)
    )
    return MeanMap(mean, low, high, n, count)
