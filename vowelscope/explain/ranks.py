"""Rank correlation with an interval: whether two curves rise and fall together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """Spearman's rank correlation of `n` pairs, with the 95 % interval of a bootstrap over them."""

    rho: float
    low: float
    high: float
    n: int


def ranks(values: Doubles) -> Doubles:
    """Ranks along the last axis, from 0; equal values share the middle of theirs."""
    lower = (values[..., None, :] < values[..., :, None]).sum(axis=-1)
    equal = (values[..., None, :] == values[..., :, None]).sum(axis=-1)
    middle: Doubles = lower + 0.5 * (equal - 1)
    return middle


def spearman(first: Doubles, second: Doubles) -> Doubles:
    """Spearman's rank correlation along the last axis; NaN where one side is all equal."""
    a, b = ranks(first), ranks(second)
    a = a - a.mean(axis=-1, keepdims=True)
    b = b - b.mean(axis=-1, keepdims=True)
    spread = np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
    with np.errstate(invalid="ignore", divide="ignore"):
        rho: Doubles = np.where(spread > 0, (a * b).sum(axis=-1) / spread, np.nan)
    return rho


def rank_correlation(first: Doubles, second: Doubles, seed: int = 1) -> RankCorrelation:
    """Spearman's rank correlation of two curves (n,), with its bootstrap interval.

    The pairs are drawn with replacement; draws in which a side is all equal do not count. The
    interval is NaN where the correlation is.
    """
    n = len(first)
    rho = float(spearman(first, second))
    if not np.isfinite(rho):
        return RankCorrelation(rho, np.nan, np.nan, n)
    drawn = np.random.default_rng(seed).integers(0, n, (RESAMPLES, n))
    found = spearman(first[drawn], second[drawn])
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return RankCorrelation(rho, float(low), float(high), n)
