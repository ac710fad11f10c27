"""Scales of frequency: Praat's formulas, their inverses, and what stands where on an axis."""

from __future__ import annotations

import numpy as np
import parselmouth
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vowelscope.core.errors import AnalysisError
from vowelscope.core.frequency_axis import (
    FrequencyAxis,
    Scale,
    hz_to_scale,
    repeat_rows,
    scale_edges_hz,
    scale_to_hz,
)

SCALES: tuple[Scale, ...] = ("hz", "mel", "bark", "erb")


@pytest.mark.parametrize("scale", ["hz", "mel", "bark", "erb"])
def test_scales_invert_and_are_praats(scale: str) -> None:
    hz = np.array([0.0, 100.0, 1000.0, 7000.0])
    there = hz_to_scale(hz, scale)  # type: ignore[arg-type]
    np.testing.assert_allclose(scale_to_hz(there, scale), hz, atol=1e-6)  # type: ignore[arg-type]
    names = {"mel": "hertzToMel", "bark": "hertzToBark", "erb": "hertzToErb"}
    if scale in names:
        answer = parselmouth.praat.run(f"writeInfoLine: {names[scale]} (1000)", capture_output=True)
        assert there[2] == pytest.approx(float(answer[-1] if isinstance(answer, tuple) else answer))
    edges = scale_edges_hz(scale, 5000, 50)  # type: ignore[arg-type]
    assert edges[0] == 0
    assert edges[-1] == 5000
    assert (np.diff(edges) > 0).all()


@given(st.sampled_from(SCALES), st.floats(0, 200_000))
def test_there_and_back(scale: Scale, hz: float) -> None:
    back = float(scale_to_hz(hz_to_scale(hz, scale), scale))
    assert back == pytest.approx(hz, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("low_hz", "high_hz"), [(0, 5000), (0, 11025), (300, 3400), (0, 200)])
def test_round_values_have_room_and_lie_in_view(
    scale: Scale, low_hz: float, high_hz: float
) -> None:
    axis = FrequencyAxis(low_hz, high_hz, scale)
    held = axis.round_hz(1 / 12)
    assert 4 <= len(held) <= 13
    assert low_hz <= held[0] and held[-1] <= high_hz
    share = np.diff(axis.place(held)) / (axis.high - axis.low)
    assert share.min() >= 1 / 12 - 1e-9
    assert all(float(f"{hz:.2g}") == hz for hz in held)
    if scale == "hz":
        assert np.ptp(np.diff(held)) == 0


def test_a_stretched_lower_end_has_its_numbers() -> None:
    assert FrequencyAxis(200, 8000, "erb").round_hz(0.06)[:3] == [200, 300, 500]


@pytest.mark.parametrize("scale", SCALES)
def test_rows_of_unequal_height_keep_their_edges(scale: Scale) -> None:
    edges_hz = np.linspace(0, 8000, 8)
    values = np.arange(14, dtype=np.float32).reshape(7, 2)
    fine = repeat_rows(values, edges_hz, scale, 1024)
    fine_edges_hz = scale_edges_hz(scale, 8000, 1024)
    changes = np.flatnonzero(np.diff(fine[:, 0])) + 1
    assert len(changes) == 6
    for edge_hz, at in zip(edges_hz[1:-1], changes, strict=True):
        assert fine_edges_hz[at - 1] <= edge_hz <= fine_edges_hz[at + 1]
    np.testing.assert_array_equal(fine[[0, -1]], values[[0, -1]])


def test_the_ends_must_be_in_order() -> None:
    for low_hz, high_hz in ((-1, 5000), (5000, 4000), (4950, 5000)):
        with pytest.raises(AnalysisError, match="view range"):
            FrequencyAxis(low_hz, high_hz)
    assert FrequencyAxis().contains([np.nan, -1, 0, 5000, 5001]).tolist() == [
        False,
        False,
        True,
        True,
        False,
    ]
