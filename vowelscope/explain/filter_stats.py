"""Whether a network's filters follow formants, or tell classes apart, against shuffled tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Told = Callable[[int, int], None]

SHUFFLES = 200
LEVEL = 0.95
LEAST = 20
"""Tokens without which nothing is said."""

_BINS = 8
_BLOCK = 128
_LEAST_UTTERANCES = 10


@dataclass(frozen=True, slots=True, eq=False)
class Follows:
    """How the filters go with one measure.

    Attributes
    ----------
    rho
        (filters,) Spearman's rank correlation over all tokens; NaN where a filter never varies.
    rho_limit
        What the *largest* |rho| of all filters stays below in 95 % of the shuffles: a filter beyond
        it follows the measure though that many filters were looked at.
    within, within_limit
        The same among tokens of one class and speaker: the means of the ranks of each class and
        speaker are taken off first, so that a filter that only tells classes or speakers apart
        follows nothing.
    tokens, within_tokens
        In which the measure is defined; of those, the ones with another of their class and speaker.
    """

    rho: Doubles
    rho_limit: float
    within: Doubles
    within_limit: float
    tokens: int
    within_tokens: int


@dataclass(frozen=True, slots=True, eq=False)
class Tells:
    """How the filters tell the classes apart.

    Attributes
    ----------
    d_prime
        (filters, classes) mean over the class's tokens less that over the others, in units of the
        root of their mean variance (Green, Swets 1966); NaN for a class of fewer than two tokens.
    bits
        (filters,) mutual information of the class and the activation in eight steps of equally many
        tokens.
    bits_limit
        What the largest of all filters stays below in 95 % of the shuffles.
    """

    d_prime: Doubles
    bits: Doubles
    bits_limit: float


def block_shuffles(utterances: npt.NDArray[Any], shuffles: int, seed: int) -> Ints:
    """Orders of tokens in which whole utterances have changed places, (shuffles, tokens).

    Tokens of one utterance are alike, and single ones are no free draws. With fewer than ten
    utterances there are too few orders of them, and tokens are shuffled.
    """
    rng = np.random.default_rng(seed)
    _, at = np.unique(utterances, return_inverse=True)
    count = int(at.max()) + 1
    orders = np.empty((shuffles, len(at)), np.int64)
    for number in range(shuffles):
        if count < _LEAST_UTTERANCES:
            orders[number] = rng.permutation(len(at))
        else:
            orders[number] = np.argsort(rng.permutation(count)[at], kind="stable")
    return orders


def inner_shuffles(strata: Ints, shuffles: int, seed: int) -> Ints:
    """Orders in which tokens change places with others of their stratum, (shuffles, tokens)."""
    rng = np.random.default_rng(seed)
    own = np.argsort(strata, kind="stable")
    orders = np.empty((shuffles, len(strata)), np.int64)
    for number in range(shuffles):
        orders[number, own] = np.lexsort((rng.random(len(strata)), strata))
    return orders


def follows(
    values: Floats,
    measure: Doubles,
    utterances: npt.NDArray[Any],
    strata: npt.NDArray[Any],
    told: Told | None = None,
    shuffles: int = SHUFFLES,
    seed: int = 0,
) -> Follows:
    """Compare each filter with a measure.

    Parameters
    ----------
    values
        (tokens, filters) pooled activations.
    measure
        (tokens,), NaN where undefined.
    utterances, strata
        (tokens,) the utterance of each, and its class and speaker.
    told
        Called with filters done and filters in all; may raise to end the work.
    """
    from scipy.stats import rankdata

    there = np.isfinite(measure)
    n, filters = int(there.sum()), values.shape[1]
    nothing = np.full(filters, np.nan)
    if n < LEAST or np.ptp(measure[there]) == 0:
        return Follows(nothing, np.nan, nothing.copy(), np.nan, n, 0)
    values, wanted = values[there], rankdata(measure[there])
    _, group = np.unique(strata[there], return_inverse=True)
    sizes = np.bincount(group)
    paired = int(sizes[sizes > 1].sum())
    plain = _unit(wanted - wanted.mean())
    inner = _unit(_less_means(wanted[:, None], group)[:, 0])
    outer_null = plain[block_shuffles(utterances[there], shuffles, seed)].T
    inner_null = inner[inner_shuffles(group, shuffles, seed)].T
    rho, within = nothing.copy(), nothing.copy()
    largest, largest_within = np.zeros(shuffles), np.zeros(shuffles)
    for first in range(0, filters, _BLOCK):
        part = slice(first, first + _BLOCK)
        ranks = rankdata(values[:, part], axis=0)
        whole = _unit(ranks - ranks.mean(axis=0))
        less = _unit(_less_means(ranks, group))
        rho[part], within[part] = whole.T @ plain, less.T @ inner
        largest = _larger(largest, whole.T @ outer_null)
        largest_within = _larger(largest_within, less.T @ inner_null)
        if told is not None:
            told(min(first + _BLOCK, filters), filters)
    enough = paired >= LEAST and bool(np.isfinite(within).any())
    return Follows(
        rho,
        float(np.quantile(largest, LEVEL)),
        within if enough else nothing,
        float(np.quantile(largest_within, LEVEL)) if enough else np.nan,
        n,
        paired,
    )


def _less_means(ranks: Doubles, group: Ints) -> Doubles:
    sums = np.zeros((int(group.max()) + 1, ranks.shape[1]))
    np.add.at(sums, group, ranks)
    means = sums / np.bincount(group)[:, None]
    return np.asarray(ranks - means[group], dtype=np.float64)


def _unit(values: Doubles) -> Doubles:
    """Columns of length 1; NaN where one is nothing but rounding."""
    length = np.sqrt((values**2).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(length > 1e-6, values / length, np.nan), dtype=np.float64)


def _larger(held: Doubles, found: Doubles) -> Doubles:
    """The largest |found| (filters, shuffles) of each shuffle, or what was held."""
    return np.asarray(np.fmax(held, np.fmax.reduce(np.abs(found), axis=0)), dtype=np.float64)


def tells(
    values: Floats,
    y: Ints,
    classes: int,
    utterances: npt.NDArray[Any],
    told: Told | None = None,
    shuffles: int = SHUFFLES,
    seed: int = 0,
) -> Tells:
    """Ask each filter which class a token is of.

    Parameters
    ----------
    y
        (tokens,) class of each, 0 to classes - 1; tokens of others (< 0) do not count.
    """
    from scipy.stats import rankdata

    known = y >= 0
    values, y, utterances = values[known], y[known], utterances[known]
    n, filters = len(y), values.shape[1]
    if n < LEAST:
        nothing = np.full((filters, classes), np.nan)
        return Tells(nothing, nothing[:, 0].copy(), np.nan)
    own = y[:, None] == np.arange(classes)
    orders = block_shuffles(utterances, shuffles, seed)
    # (tokens, classes * (shuffles + 1)): the true classes first.
    asked = np.concatenate([own, own[orders].transpose(1, 0, 2).reshape(n, -1)], axis=1)
    asked = asked.astype(np.float32)
    d_prime, bits = np.empty((filters, classes)), np.empty(filters)
    largest = np.zeros(shuffles)
    for first in range(0, filters, _BLOCK):
        part = slice(first, first + _BLOCK)
        held = values[:, part].astype(np.float64)
        d_prime[part] = _d_prime(held, own)
        steps = np.minimum((rankdata(held, axis=0) - 0.5) * _BINS // n, _BINS - 1).astype(np.int64)
        for at in range(steps.shape[1]):
            in_step = (steps[:, at, None] == np.arange(_BINS)).astype(np.float32)
            counts = (in_step.T @ asked).reshape(_BINS, shuffles + 1, classes)
            found = _information(counts.transpose(1, 0, 2).astype(np.float64))
            bits[first + at] = found[0]
            largest = np.maximum(largest, found[1:])
        if told is not None:
            told(min(first + _BLOCK, filters), filters)
    return Tells(d_prime, bits, float(np.quantile(largest, LEVEL)))


def _d_prime(values: Doubles, own: npt.NDArray[np.bool_]) -> Doubles:
    found = np.full((values.shape[1], own.shape[1]), np.nan)
    for k in range(own.shape[1]):
        a, b = values[own[:, k]], values[~own[:, k]]
        if min(len(a), len(b)) < 2:
            continue
        spread = np.sqrt(0.5 * (a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1)))
        apart = a.mean(axis=0) - b.mean(axis=0)
        found[:, k] = np.divide(apart, spread, out=np.zeros_like(apart), where=spread > 0)
    return found


def _information(counts: Doubles) -> Doubles:
    """Mutual information in bits of tables of counts, (tables, steps, classes)."""
    shares = counts / counts.sum(axis=(1, 2), keepdims=True)
    steps, classes = shares.sum(axis=2, keepdims=True), shares.sum(axis=1, keepdims=True)
    expected = steps * classes
    logs = np.zeros_like(shares)
    np.log2(shares / np.where(expected > 0, expected, 1), out=logs, where=shares > 0)
    return np.asarray((shares * logs).sum(axis=(1, 2)), dtype=np.float64)


def top_tokens(values: Floats, count: int) -> Ints:
    """The tokens that fire each filter most, (filters, count), the strongest first."""
    count = min(count, len(values))
    found = np.empty((values.shape[1], count), np.int64)
    for at in range(values.shape[1]):
        column = values[:, at]
        part = np.argpartition(-column, count - 1)[:count]
        # Of equals the earlier in the corpus.
        found[at] = part[np.lexsort((part, -column[part]))]
    return found
