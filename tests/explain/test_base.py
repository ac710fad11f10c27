from __future__ import annotations

import numpy as np
import pytest

from vowelscope.core.errors import ConfigError
from vowelscope.core.features import FeatureSpec, ModelInput
from vowelscope.explain.base import Explanation


@pytest.fixture
def explanation():
    spec = FeatureSpec(rows=64, columns=64)
    maps = np.arange(12, dtype=np.float32).reshape(3, 2, 2) - 5
    bias = np.array([1, 0, -1], np.float32)
    seen = ModelInput(
        np.zeros((64, 64), np.float32), spec.freq_edges_hz, spec.time_edges_s(1, 2), spec
    )
    return Explanation(
        method="cam",
        classes=("i", "u", "ɑ"),
        logits=maps.mean(axis=(1, 2)) + bias,
        bias=bias,
        maps=maps,
        freq_edges_hz=np.array([0.0, 4000, 8000]),
        time_edges_s=np.array([1.0, 1.5, 2.0]),
        tmin_s=1.2,
        tmax_s=1.8,
        input=seen,
        model_name="m",
        model_hash="0",
    )


def test_probabilities_are_the_softmax(explanation):
    logits = explanation.logits.astype(float)
    assert np.allclose(explanation.probabilities, np.exp(logits) / np.exp(logits).sum())
    assert explanation.predicted == "ɑ"


def test_large_logits_do_not_overflow(explanation):
    import dataclasses

    large = dataclasses.replace(explanation, logits=np.array([1000, 0, -1000], np.float32))
    assert large.probabilities.tolist() == [1, 0, 0]


def test_maps(explanation):
    assert explanation.map_of("u").tolist() == [[-1, 0], [1, 2]]
    assert explanation.relative_map("u").tolist() == [[0, 0], [0, 0]]
    assert explanation.relative_map("i").tolist() == [[-4, -4], [-4, -4]]
    assert explanation.contrast_map("ɑ", "i").tolist() == [[8, 8], [8, 8]]
    with pytest.raises(ConfigError, match="no class 'y'; it has i, u, ɑ"):
        explanation.map_of("y")
