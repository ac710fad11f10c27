"""How far a score may be believed: intervals by resampling utterances, and calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]

DRAWS = 2000
LEVEL = 0.95
BINS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """Confusion matrices of the tokens and of bootstrap draws of whole clusters.

    Attributes
    ----------
    whole
        (k, k) counts, rows are labels.
    draws
        (draws, k, k).
    clusters
        How many clusters were drawn from.
    """

    whole: Doubles
    draws: Doubles
    clusters: int

    def accuracy(self) -> tuple[float, float, float]:
        """Value and the ends of its interval."""
        return self._with_interval(_accuracy)

    def macro_f1(self) -> tuple[float, float, float]:
        """Value and the ends of its interval.

        The classes that count are those that label or prediction holds in the whole set.
        """
        there = (self.whole.sum(0) + self.whole.sum(1)) > 0

        def of(confusion: Doubles) -> Doubles:
            return np.asarray(_f1(confusion)[..., there].mean(-1), dtype=np.float64)

        return self._with_interval(of)

    def recall(self, k: int) -> tuple[float, float, float]:
        """Recall of a class and the ends of its interval; NaN where there is none of it."""
        return self._with_interval(lambda confusion: _recall(confusion)[..., k])

    def _with_interval(self, of: Any) -> tuple[float, float, float]:
        value = float(of(self.whole[None])[0])
        drawn = of(self.draws)
        drawn = drawn[np.isfinite(drawn)]
        if not np.isfinite(value) or self.clusters < 2 or not len(drawn):
            return value, float("nan"), float("nan")
        tail = 50 * (1 - LEVEL)
        low, high = np.percentile(drawn, [tail, 100 - tail])
        return value, float(low), float(high)


def resample(
    y: Ints, predicted: Ints, clusters: npt.NDArray[Any], k: int, draws: int = DRAWS, seed: int = 0
) -> Resampled:
    """Draw whole clusters with replacement (the cluster bootstrap).

    Tokens of one utterance share speaker, rate, recording and wording; drawing tokens one by one
    would make intervals that are too narrow (Davison and Hinkley 1997, Bootstrap Methods and their
    Application, section 3.8).

    Parameters
    ----------
    y, predicted
        (n,) class numbers.
    clusters
        (n,) name of each token's cluster, such as its utterance.
    k
        Number of classes.
    """
    names, at = np.unique(clusters, return_inverse=True)
    each = np.zeros((len(names), k, k))
    np.add.at(each, (at, y, predicted), 1.0)
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    drawn = (counts.astype(np.float64) @ each.reshape(len(names), -1)).reshape(draws, k, k)
    return Resampled(each.sum(0), drawn, len(names))


def _accuracy(confusion: Doubles) -> Doubles:
    right = np.trace(confusion, axis1=-2, axis2=-1)
    return np.asarray(right / confusion.sum((-2, -1)), dtype=np.float64)


def _recall(confusion: Doubles) -> Doubles:
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    with np.errstate(invalid="ignore"):
        return np.asarray(right / confusion.sum(-1), dtype=np.float64)


def _f1(confusion: Doubles) -> Doubles:
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    asked = confusion.sum(-1) + confusion.sum(-2)
    out = np.zeros_like(right)
    np.divide(2 * right, asked, out=out, where=asked > 0)
    return out


def probabilities(logits: npt.NDArray[np.floating[Any]]) -> Doubles:
    """Softmax, (n, k)."""
    shifted = logits.astype(np.float64) - logits.max(1, keepdims=True)
    odds = np.exp(shifted)
    return np.asarray(odds / odds.sum(1, keepdims=True), dtype=np.float64)


def calibration(y: Ints, chances: Doubles, bins: int = BINS) -> dict[str, Any]:
    """Whether a probability of 0.9 is right nine times out of ten.

    Returns
    -------
    dict
        ``ece`` (expected calibration error: Guo et al. 2017, eq. 3), ``brier`` (sum over the
        classes, 0-2), ``log_loss`` in nats, and ``bins``: [low, high, tokens, mean probability,
        share right] of those that hold tokens.
    """
    top, right = chances.max(1), chances.argmax(1) == y
    edges = np.linspace(0.0, 1.0, bins + 1)
    at = np.clip(np.digitize(top, edges[1:-1]), 0, bins - 1)
    held, gap = [], 0.0
    for number in range(bins):
        here = at == number
        if here.any():
            mean, share = float(top[here].mean()), float(right[here].mean())
            gap += here.mean() * abs(mean - share)
            low, high = round(float(edges[number]), 4), round(float(edges[number + 1]), 4)
            held.append([low, high, int(here.sum()), round(mean, 4), round(share, 4)])
    one_hot = np.eye(chances.shape[1])[y]
    likelihood = np.clip(chances[np.arange(len(y)), y], 1e-12, None)
    return {
        "ece": round(float(gap), 4),
        "brier": round(float(((chances - one_hot) ** 2).sum(1).mean()), 4),
        "log_loss": round(float(-np.log(likelihood).mean()), 4),
        "bins": held,
    }
