from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vowelscope.core.errors import ConfigError
from vowelscope.core.features import FeatureSpec, ModelInput
from vowelscope.explain.interventions import (
    band_pass,
    band_stop,
    control_bands,
    erb_bands,
    erb_number,
    erb_to_hz,
    replaced,
    row_weights,
    run_all,
)

SPEC = FeatureSpec(rows=80, columns=10)


def _seen(db):
    return ModelInput(
        np.asarray(db, np.float32), SPEC.freq_edges_hz, SPEC.time_edges_s(0.4, 0.6), SPEC
    )


@pytest.fixture
def seen():
    return _seen(np.random.default_rng(3).uniform(-60, 0, (80, 10)))


def test_the_erb_scale_is_that_of_glasberg_and_moore():
    # Published: 1 kHz is 15.6 Cam; an ERB at 1 kHz is 24.7 (4.37 + 1) = 132.6 Hz wide.
    assert float(erb_number(1000)) == pytest.approx(15.62, abs=0.01)
    assert float(erb_number(0)) == 0
    step_hz = float(erb_to_hz(erb_number(1000) + 0.5) - erb_to_hz(erb_number(1000) - 0.5))
    assert step_hz == pytest.approx(24.7 * 5.37, rel=0.01)
    freqs_hz = np.array([0, 50, 440, 5000, 16000.0])
    assert np.allclose(erb_to_hz(erb_number(freqs_hz)), freqs_hz)


@given(st.floats(1000, 24000), st.floats(0.25, 5), st.floats(0.25, 8))
def test_bands_rise_and_stay_in_the_range(f_max_hz, step_erb, width_erb):
    bands = erb_bands(f_max_hz, step_erb, width_erb)
    assert (bands[:, 1] > bands[:, 0]).all()
    assert bands.min() >= 0 and bands.max() <= f_max_hz
    assert (np.diff(bands.mean(axis=1)) > 0).all()
    if width_erb >= step_erb:
        assert (bands[1:, 0] <= bands[:-1, 1] + 1e-6).all()
        assert bands[0, 0] == pytest.approx(0, abs=1e-6)
        assert bands[-1, 1] == pytest.approx(f_max_hz)


def test_bad_steps():
    for words in ({"step_erb": 0}, {"width_erb": 21}, {"step_erb": float("nan")}):
        with pytest.raises(ConfigError, match="must lie within"):
            erb_bands(8000, **words)


def test_controls_are_as_wide_and_elsewhere():
    bands = erb_bands(8000)
    controls = control_bands(bands, 8000, 4)
    assert np.allclose(controls[..., 1] - controls[..., 0], (bands[:, 1] - bands[:, 0])[:, None])
    assert controls.min() >= 0 and controls.max() <= 8000
    apart = (controls[..., 1] <= bands[:, None, 0] + 1e-6) | (
        controls[..., 0] >= bands[:, None, 1] - 1e-6
    )
    assert apart.all()
    assert np.isnan(control_bands(np.array([[1000.0, 7000]]), 8000, 2)).all()


def test_a_row_on_the_edge_counts_by_its_share():
    weights = row_weights((150.0, 320.0), SPEC.freq_edges_hz)
    assert weights[:4] == pytest.approx([0, 0.5, 1, 0.2])
    assert weights.sum() * 100 == pytest.approx(170)


def test_fills(seen):
    weights = row_weights((1000.0, 2000.0), seen.freq_edges_hz)
    inside, outside = slice(10, 20), np.r_[0:10, 20:80]
    for fill in ("mean", "floor", "neighbours"):
        made = replaced(seen.db, weights, fill, SPEC.db_min)
        assert np.array_equal(made[outside], seen.db[outside])
        assert made.dtype == np.float32
    mean = replaced(seen.db, weights, "mean", SPEC.db_min)[inside]
    assert np.allclose(mean, seen.db[inside].mean(), atol=1e-4)
    assert (replaced(seen.db, weights, "floor", SPEC.db_min)[inside] == SPEC.db_min).all()
    line = replaced(seen.db, weights, "neighbours", SPEC.db_min)
    assert np.allclose(line[9:21], np.linspace(seen.db[9], seen.db[20], 12), atol=1e-4)
    with pytest.raises(ConfigError, match="no fill 'zero'; there are mean, floor, neighbours"):
        replaced(seen.db, weights, "zero", SPEC.db_min)


def test_neighbours_beyond_the_edge_are_constant(seen):
    made = band_stop(seen, (0.0, 500.0), "neighbours")
    assert np.allclose(made[:5], seen.db[5], atol=1e-5)
    everything = band_stop(seen, (0.0, 8000.0), "neighbours")
    assert np.allclose(everything, seen.db.mean(), atol=1e-3)


def test_stop_and_pass_are_each_other_s_rest(seen):
    stop = band_stop(seen, (1000.0, 2000.0), "floor")
    only = band_pass(seen, (1000.0, 2000.0), "floor")
    assert np.array_equal(only[10:20], seen.db[10:20])
    assert np.allclose(stop + only, seen.db + SPEC.db_min)
    assert np.array_equal(band_stop(seen, (9000.0, 9500.0), "floor"), seen.db)


class _Mean:
    """Logit: the mean of the input's first channel."""

    def __init__(self):
        self.sizes = []

    def run(self, images):
        self.sizes.append(len(images))
        logits = images[:, :1].mean(axis=(2, 3))
        return logits, logits[:, :, None, None]


def test_batches_and_progress(seen):
    runtime, said = _Mean(), []
    found = run_all(runtime, [lambda: seen.db] * 19, seen, lambda done, of: said.append((done, of)))
    assert runtime.sizes == [8, 8, 3]
    assert said == [(0, 19), (8, 19), (16, 19), (19, 19)]
    assert found.shape == (19, 1)
    assert np.allclose(found, seen.image()[0].mean(), atol=1e-5)


def test_progress_cancels(seen):
    runtime = _Mean()

    def stop(done, _of):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_all(runtime, [lambda: seen.db] * 19, seen, stop)
    assert runtime.sizes == [8]
