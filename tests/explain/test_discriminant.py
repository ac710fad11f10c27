from __future__ import annotations

import numpy as np
import pytest

from vowelscope.explain.discriminant import discriminate


@pytest.mark.parametrize("kind", ["lda", "qda"])
def test_classes_far_apart_are_told_apart(kind) -> None:
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    known = rng.normal(size=(90, 4)) + 10 * y[:, None]
    known[::7, 0] = np.nan
    asked = rng.normal(size=(30, 4)) + 10 * (np.arange(30) % 3)[:, None]
    assert discriminate(known, y, asked, kind).tolist() == (np.arange(30) % 3).tolist()


def test_a_class_of_one_token_and_constant_columns_are_left_out() -> None:
    rng = np.random.default_rng(1)
    y = np.array([0] * 20 + [1] * 20 + [2])
    known = rng.normal(size=(41, 3)) + 8 * y[:, None]
    known[:, 1], known[:, 2] = 5.0, np.nan
    said = discriminate(known, y, known)
    assert set(said.tolist()) <= {0, 1} and (said[:40] == y[:40]).all()


def test_where_nothing_can_be_fitted_the_commonest_class_is_named() -> None:
    y = np.array([2, 2, 2, 0])
    assert discriminate(np.ones((4, 2)), y, np.zeros((3, 2))).tolist() == [2, 2, 2]
    assert discriminate(np.empty((0, 2)), np.empty(0, int), np.zeros((1, 2))).tolist() == [0]
