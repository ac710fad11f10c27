"""Whether the maps of a network follow a grid of its own: rows, or columns, that alternate.

With stage 4 dilated by two, cells of even and of odd rows see pictures of their own, and a network
can come to use one of them more (gridding: Yu, Koltun and Funkhouser 2017, "Dilated residual
networks", section 4). Nothing in speech alternates from cell to cell, so where a mean map does, it
shows the network.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.core.translation import Said, said

LARGEST = 2.0
"""Ratio from which, or from whose inverse, `follows_a_grid` is true. Our choice: a
network that was dilated from its first step had 1.2, one that was dilated after it had learnt 5."""


def alternation(maps: npt.NDArray[np.float32], y: npt.NDArray[np.int64]) -> tuple[float, float]:
    """How much more even rows hold than the odd rows between them, and even than odd columns.

    Each odd row is held against the mean of its two neighbours, so that a slope along the axis
    alone gives 1.

    Parameters
    ----------
    maps
        (n, classes, rows, columns), signed, in logits.
    y
        (n,) the class of each token, whose map less the mean of all classes is taken.

    Returns
    -------
    rows, columns : float
        Ratios of mean sizes; NaN where the odd ones hold nothing, or there are fewer than three.
    """
    taken = maps[np.arange(len(y)), y].astype(np.float64) - maps.mean(axis=1, dtype=np.float64)
    held = np.abs(taken).mean(axis=0) if len(y) else np.zeros(maps.shape[2:])
    return _ratio(held.mean(axis=1)), _ratio(held.mean(axis=0))


def _ratio(held: npt.NDArray[np.float64]) -> float:
    odd = held[1:-1:2]
    beside = (held[:-2:2] + held[2::2])[: len(odd)] / 2
    whole = float(odd.sum())
    return float(beside.sum()) / whole if whole > 0 else float("nan")


def follows_a_grid(rows: float, columns: float) -> bool:
    """Whether one of two ratios of `alternation` is far from 1; NaN is not."""
    return any(one >= LARGEST or one <= 1 / LARGEST for one in (rows, columns))


def ratios_of(held: Any) -> tuple[float, float]:
    """The two ratios as the results of a card have them, under ``alternation``; or NaN."""
    if not isinstance(held, dict):
        return math.nan, math.nan
    rows, columns = (
        float(value) if isinstance(value, int | float) else math.nan
        for value in (held.get("rows"), held.get("columns"))
    )
    return rows, columns


def grid_words(rows: float, columns: float) -> tuple[Said, ...]:
    """What two ratios of `alternation` say, in one sentence or two; none if they are NaN."""
    if np.isnan([rows, columns]).all():
        return ()
    told = said(
        "Over held-out tokens, even rows of the map hold {rows:.2f} times what the odd rows "
        "between them hold, even columns {columns:.2f} times.",
        rows=rows,
        columns=columns,
    )
    if not follows_a_grid(rows, columns):
        return (told,)
    warning = said(
        "So the maps follow a grid of the network's own: do not read a cell against the next one."
    )
    return told, warning
