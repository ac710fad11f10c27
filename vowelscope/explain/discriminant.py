"""Discriminant analysis of measurements: what formants, or anything measured, make of a token."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]
Kind = Literal["lda", "qda", "one"]
"""Linear or quadratic discriminant analysis, or a normal distribution of one measurement."""


def discriminate(known: Doubles, y: Ints, asked: Doubles, kind: Kind = "qda") -> Ints:
    """Fit on measured tokens and name the classes of others.

    A value that is not there is replaced by the mean of the known tokens; columns are brought to
    unit variance, those that never vary and classes of one token are left out. Where nothing can
    be fitted, the commonest class is named, or class 0 where no token is known.

    Parameters
    ----------
    known, asked
        (n, columns), NaN where undefined.
    y
        (n,) class numbers of `known`, 0 and up.
    """
    if not len(y):
        return np.zeros(len(asked), dtype=np.int64)
    there = np.isfinite(known)
    mean = np.where(there, known, 0.0).sum(0) / np.maximum(there.sum(0), 1)
    known = np.where(there, known, mean) - mean
    asked = np.where(np.isfinite(asked), asked, mean) - mean
    spread = known.std(axis=0)
    varies = spread > 0
    known, asked = known[:, varies] / spread[varies], asked[:, varies] / spread[varies]
    # A class of one token has no spread, so nothing can be fitted to it.
    counts = np.bincount(y)
    enough = counts[y] > 1
    known, y = known[enough], y[enough]
    if len(np.unique(y)) < 2 or not varies.any():
        return np.full(len(asked), counts.argmax(), dtype=np.int64)
    model = _maker(kind)()
    model.fit(known, y)
    return np.asarray(model.predict(asked), dtype=np.int64)


def _maker(kind: Kind) -> Callable[[], Any]:
    from sklearn.discriminant_analysis import (
        LinearDiscriminantAnalysis,
        QuadraticDiscriminantAnalysis,
    )
    from sklearn.naive_bayes import GaussianNB

    # A little shrinkage towards a diagonal covariance keeps classes of few tokens from being
    # singular.
    kinds: dict[str, Callable[[], Any]] = {
        "lda": partial(LinearDiscriminantAnalysis, solver="eigen", shrinkage=1e-3),
        "qda": partial(QuadraticDiscriminantAnalysis, solver="eigen", shrinkage=1e-3),
        "one": partial(GaussianNB, var_smoothing=1e-3),
    }
    return kinds[kind]
