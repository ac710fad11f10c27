"""Rows and columns of maps that alternate."""

import numpy as np
import pytest

from vowelscope.explain.gridding import alternation, follows_a_grid, grid_words, ratios_of

Y = np.array([0, 1, 1])


def _maps(row_sizes: np.ndarray, column_sizes: np.ndarray) -> np.ndarray:
    """Three tokens of two classes; the class's map has the given sizes, with mixed signs."""
    own = np.outer(row_sizes, column_sizes)
    signs = np.where(np.arange(own.size).reshape(own.shape) % 3, 1, -1)
    maps = np.zeros((3, 2, *own.shape), np.float32)
    for token, k in enumerate(Y):
        maps[token, k], maps[token, 1 - k] = own * signs, -own * signs
    return maps


@pytest.mark.parametrize("rows", [7, 14])
def test_a_flat_map_and_a_slope_alternate_not_at_all(rows):
    flat, slope = np.ones(rows), np.linspace(5.0, 1.0, rows)
    assert alternation(_maps(flat, flat), Y) == pytest.approx((1, 1))
    assert alternation(_maps(slope, flat), Y) == pytest.approx((1, 1))


@pytest.mark.parametrize("rows", [7, 14])
def test_a_grid_is_measured_where_it_is(rows):
    flat, grid = np.ones(rows), np.where(np.arange(rows) % 2, 1.0, 6.0)
    assert alternation(_maps(grid, flat), Y) == pytest.approx((6, 1))
    assert alternation(_maps(flat, 7 - grid), Y) == pytest.approx((1, 1 / 6))


def test_what_all_classes_share_is_left_out():
    grid = np.where(np.arange(14) % 2, 1.0, 6.0)
    shared = np.outer(grid, np.ones(14)).astype(np.float32)
    maps = _maps(np.ones(14), np.ones(14)) + 100 * shared
    assert alternation(maps, Y) == pytest.approx((1, 1), rel=1e-3)


def test_nothing_has_no_ratio():
    none = np.zeros((0, 2, 14, 14), np.float32)
    assert np.isnan(alternation(none, np.zeros(0, np.int64))).all()
    assert np.isnan(alternation(np.ones((1, 2, 2, 2), np.float32), np.zeros(1, np.int64))).all()


def test_what_counts_as_a_grid():
    assert follows_a_grid(6.0, 1.0) and follows_a_grid(1.0, 0.3)
    assert not follows_a_grid(1.4, 0.9)
    assert not follows_a_grid(float("nan"), float("nan"))


def test_the_warning_is_said_only_of_a_grid():
    (told,) = grid_words(1.3, 0.9)
    assert "1.30 times" in told and "0.90 times" in told
    assert "grid of the network's own" in grid_words(6.0, 1.0)[1]
    assert grid_words(float("nan"), float("nan")) == ()


def test_what_a_card_says_is_asked_not_trusted():
    assert ratios_of({"rows": 6, "columns": 0.9}) == (6.0, 0.9)
    for odd in (None, [], "6.0", {}, {"rows": "6", "columns": None}):
        assert np.isnan(ratios_of(odd)).all()
