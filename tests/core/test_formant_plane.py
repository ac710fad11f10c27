"""Coordinates of a chart: against the chart of one speaker, and worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vowelscope.core.formant_plane import QUANTITIES, coordinates, quantity_unit
from vowelscope.core.vowel_chart import lobanov, nearey, normalised


def two_speakers() -> tuple[np.ndarray, np.ndarray]:
    """60 tokens of two speakers, three points in time, F1-F4; some undefined."""
    rng = np.random.default_rng(1)
    base = np.array([500.0, 1500.0, 2500.0, 3500.0])
    speakers = rng.integers(0, 2, 60)
    factor = np.where(speakers == 0, 1.0, 1.2)[:, None, None]
    formants = factor * base * np.exp(0.2 * rng.normal(size=(60, 3, 4)))
    formants[3, 1, 0] = formants[7, 0, 1] = formants[9, 1, 2] = np.nan
    return formants, speakers


@pytest.mark.parametrize("how", ["lobanov", "nearey"])
def test_each_speaker_is_normalised_as_in_a_chart_of_its_own(how) -> None:
    formants, speakers = two_speakers()
    found = np.stack([coordinates(formants, name, how, speakers) for name in ("F1", "F2")], -1)
    for who in (0, 1):
        own = (speakers == who) & np.isfinite(formants[:, 1, :2]).all(axis=1)
        expected = normalised(formants[own, 1, :2], how)
        np.testing.assert_allclose(found[own, 1], expected)
    assert np.isnan(found[3, 1, 0]) and np.isfinite(found[3, 0, 0])


def test_other_points_in_time_are_moved_by_the_numbers_of_the_middle() -> None:
    formants, speakers = two_speakers()
    own = (speakers == 1) & np.isfinite(formants[:, 1, :2]).all(axis=1)
    f2 = formants[own, :, 1]
    z = coordinates(formants, "F2", "lobanov", speakers)[own]
    np.testing.assert_allclose(z, (f2 - f2[:, 1].mean()) / f2[:, 1].std(ddof=1))
    logs = np.log(formants[own][:, 1, :2])
    shifted = coordinates(formants, "F3", "nearey", speakers)[own]
    np.testing.assert_allclose(shifted, np.log(formants[own, :, 2]) - logs.mean())


def test_differences_of_formants() -> None:
    formants = np.array([[[400.0, 2000.0, 2500.0]] * 3, [[600.0, 1200.0, 2400.0]] * 3])
    assert coordinates(formants, "F2-F1")[:, 1].tolist() == [1600.0, 600.0]
    bark = 7 * (math.asinh(2000 / 650) - math.asinh(400 / 650))
    assert coordinates(formants, "F2-F1", "bark")[0, 1] == pytest.approx(bark)
    assert coordinates(formants, "F2-F1", "nearey")[0, 1] == pytest.approx(math.log(5))
    z = coordinates(formants, "F2-F1", "lobanov")[:, 1]
    np.testing.assert_allclose(z, lobanov(np.array([[1600.0], [600.0]]))[:, 0])
    np.testing.assert_allclose(
        coordinates(formants, "F1", "nearey")[:, 1], nearey(formants[:, 1, :2])[:, 0]
    )


def test_speakers_of_one_token_or_none() -> None:
    formants = np.array([[[400.0, 2000.0, 2500.0]] * 3, [[np.nan, 1200.0, 2400.0]] * 3])
    z = coordinates(formants, "F2", "lobanov", np.array([0, 1]))
    assert z[0, 1] == 0.0 and np.isnan(z[1]).all()
    assert coordinates(np.empty((0, 3, 4)), "F1", "lobanov").shape == (0, 3)


def test_every_axis_has_a_unit() -> None:
    assert quantity_unit("F2", "none") == "F2 (Hz)"
    assert quantity_unit("F2-F1", "bark") == "F2 − F1 (Bark)"
    assert quantity_unit("F2-F1", "nearey") == "ln F2 − ln F1"
    assert set(QUANTITIES) == {"F1", "F2", "F3", "F2-F1"}
