from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from vowelscope.explain.model import save_model
from vowelscope.explain.quantise import compare, dequantise, quantise, quantise_state
from vowelscope.explain.runtime import open_runtime


def _mean_square(array):
    return np.square(array.reshape(len(array), -1)).mean(axis=1)


def test_no_number_is_further_off_than_half_a_step_unless_it_was_clipped():
    weight = np.random.default_rng(3).standard_normal((16, 8, 3, 3), dtype=np.float32)
    q, scale = quantise(weight)
    assert q.dtype == np.int8
    assert np.abs(q.astype(int)).max() <= 127
    off = np.abs(dequantise(q, scale) - weight) / scale[:, None, None, None]
    assert off[np.abs(q) < 127].max() <= 0.5 + 1e-3


def test_clipping_an_outlier_is_found_to_be_better():
    rng = np.random.default_rng(4)
    weight = rng.standard_normal((8, 40000), dtype=np.float32)
    weight[:, 0] = 7.0
    q, scale = quantise(weight)
    plain_scale = np.abs(weight).max(axis=1) / 127
    plain = np.rint(weight / plain_scale[:, None]) * plain_scale[:, None]
    ours, theirs = _mean_square(dequantise(q, scale) - weight), _mean_square(plain - weight)
    assert (ours <= theirs).all()
    assert ours.mean() < 0.9 * theirs.mean()


@pytest.mark.parametrize("value", [0.0, 1e-42, -1e-42, 1e30])
def test_odd_channels(value):
    weight = np.full((2, 9), value, dtype=np.float32)
    q, scale = quantise(weight)
    back = dequantise(q, scale)
    assert np.isfinite(scale).all()
    assert (scale > 0).all()
    assert np.allclose(back, weight, rtol=1e-2, atol=1e-37)


def test_each_channel_has_its_own_scale():
    weight = np.ones((3, 5), dtype=np.float32) * np.array([[1.0], [10.0], [1000.0]], np.float32)
    q, scale = quantise(weight)
    assert np.allclose(dequantise(q, scale), weight, rtol=1e-6)


def test_only_matrices_are_rounded(random_state):
    state = random_state()
    stored = quantise_state(state)
    assert {k for k, v in stored.items() if v.dtype == np.int8} == {
        k for k, v in state.items() if v.ndim > 1
    }
    assert np.array_equal(stored["bn1.running_mean"], state["bn1.running_mean"])


def test_a_rounded_network_says_the_same(tmp_path, random_state, card, images):
    state = random_state()
    full = open_runtime(save_model(tmp_path / "full", state, card))
    small = open_runtime(save_model(tmp_path / "small", state, card, "int8"))
    same = compare(full, full, images)
    assert (same.agree, same.r_min) == (1.0, pytest.approx(1.0))
    near = compare(full, small, images, batch=3)
    assert near.agree == 1.0
    assert 0.995 < near.r_min <= near.r_median < 1.0


def test_compare_tells_strangers_apart(tmp_path, random_state, card, images):
    one = open_runtime(save_model(tmp_path / "a", random_state(seed=1), card, "float16"))
    other = open_runtime(save_model(tmp_path / "b", random_state(seed=5), card, "float16"))
    assert compare(one, other, images).r_median < 0.9


def test_another_name_does_not_change_the_weights(tmp_path, random_state, card):
    state = random_state()
    a = save_model(tmp_path / "a", state, card, "float16")
    b = save_model(tmp_path / "b", state, dataclasses.replace(card, name="other"), "float16")
    assert a.weights_sha256 == b.weights_sha256
