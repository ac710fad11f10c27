"""The vowel chart's numbers: normalisations worked by hand, ellipses, Praat's midpoints."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vowelscope.core.vowel_chart import (
    classes_in_order,
    ellipses,
    lobanov,
    nearey,
    normalised,
    unit_of,
)


def test_lobanov_by_hand() -> None:
    # F1: mean 400, deviations -100 0 100, s = sqrt(20000 / 2) = 100. F2: mean 2000, s = 500.
    points = np.array([[300.0, 2500.0], [400.0, 2000.0], [500.0, 1500.0]])
    expected = [[-1.0, 1.0], [0.0, 0.0], [1.0, -1.0]]
    np.testing.assert_allclose(lobanov(points), expected)
    np.testing.assert_allclose(normalised(points, "lobanov"), expected)
    assert unit_of("lobanov") == "z"


def test_nearey_by_hand() -> None:
    # ln of 200, 800, 400, 400: G = (ln 200 + ln 800 + 2 ln 400) / 4 = ln 400.
    points = np.array([[200.0, 800.0], [400.0, 400.0]])
    ln2 = math.log(2.0)
    np.testing.assert_allclose(nearey(points), [[-ln2, ln2], [0.0, 0.0]], atol=1e-12)
    # One factor for the whole speaker: a shorter vocal tract falls on the same points.
    np.testing.assert_allclose(nearey(1.2 * points), nearey(points), atol=1e-12)


def test_bark_is_praats_formula_and_hz_stay() -> None:
    points = np.array([[650.0, 1300.0]])
    np.testing.assert_allclose(
        normalised(points, "bark"),
        [[7 * math.log(1 + math.sqrt(2)), 7 * math.log(2 + math.sqrt(5))]],
    )
    assert normalised(points, "none") is points


def test_too_little_to_normalise() -> None:
    one = np.array([[500.0, 1500.0]])
    np.testing.assert_array_equal(lobanov(one), [[0.0, 0.0]])
    np.testing.assert_array_equal(lobanov(np.repeat(one, 3, axis=0)), np.zeros((3, 2)))
    assert nearey(np.empty((0, 2))).shape == (0, 2)


def test_ellipse_of_a_known_spread() -> None:
    # Variances 200 and 50 (over n - 1 = 4), no covariance.
    offsets = [[20.0, 0.0], [-20.0, 0.0], [0.0, 10.0], [0.0, -10.0], [0.0, 0.0]]
    points = np.array(offsets) + np.array([500.0, 1500.0])
    (found,) = ellipses(points, ["a"] * 5, share=0.68)
    radius = math.sqrt(-2 * math.log(0.32))
    reach = np.abs(found.outline - (500.0, 1500.0)).max(axis=0)
    np.testing.assert_allclose(
        reach, [radius * math.sqrt(200.0), radius * math.sqrt(50.0)], rtol=2e-3
    )
    assert found.mean == (500.0, 1500.0) and found.count == 5


def test_ellipse_holds_its_share_of_a_tilted_cloud() -> None:
    rng = np.random.default_rng(3)
    points = rng.multivariate_normal([500, 1500], [[900, 1500], [1500, 10000]], 20_000)
    (found,) = ellipses(points, ["a"] * len(points))
    inverse = np.linalg.inv(np.cov(points, rowvar=False))

    def distance(at: np.ndarray) -> np.ndarray:
        away = at - points.mean(axis=0)
        return np.einsum("ij,jk,ik->i", away, inverse, away)

    edge = distance(found.outline)
    assert np.ptp(edge) < 1e-6
    assert np.mean(distance(points) <= edge[0]) == pytest.approx(0.68, abs=0.01)


def test_few_tokens_and_tokens_in_one_place() -> None:
    points = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 5.0], [5.0, 5.0], [5.0, 5.0]])
    two, three = ellipses(points, ["i", "i", "u", "u", "u"])
    assert (two.symbol, two.count, two.mean, len(two.outline)) == ("i", 2, (2.0, 3.0), 0)
    np.testing.assert_allclose(three.outline, np.full((73, 2), 5.0))
    assert ellipses(np.empty((0, 2)), []) == []


def test_classes_that_share_a_colour_lie_apart() -> None:
    found = classes_in_order(["u", "æ", "i", "aɪ", "x", "ɑ", "i"])
    assert found == ["i", "æ", "aɪ", "ɑ", "u", "x"]
