from __future__ import annotations

import numpy as np
import pytest

from vowelscope.core.errors import ConfigError
from vowelscope.explain.interventions import FILLS, erb_number
from vowelscope.explain.randomised import Randomised
from vowelscope.explain.ranks import RankCorrelation, rank_correlation, spearman
from vowelscope.explain.tuning import TuningSettings, lamp, spectral_tuning

ROWS, STRIDE = 8, 16


class Linear:
    """A model that reads rows with given weights, (k, rows of the input), evenly in time."""

    def __init__(self, weights):
        self.weights = np.asarray(weights, np.float64)

    def run(self, images):
        pixels = images[:, 0].astype(np.float64)
        gives = np.einsum("kr,nrc->nkrc", self.weights, pixels) / pixels.shape[2]
        n, k, rows, columns = gives.shape
        cells = gives.reshape(n, k, ROWS, rows // ROWS, 1, columns).sum(axis=(3, 5))
        return gives.sum(axis=(2, 3)).astype(np.float32), (cells * ROWS).astype(np.float32)


@pytest.fixture
def token(explanation_of):
    """Explain one noisy input by a linear model: ``token(weights)`` gives both."""

    def make(weights):
        rng = np.random.default_rng(4)
        db = rng.uniform(-60, 0, (ROWS * STRIDE, STRIDE))
        seen = explanation_of(np.zeros((len(weights), ROWS, 1)), stride=STRIDE, db=db)
        runtime = Linear(weights)
        _, maps = runtime.run(seen.input.image()[None])
        return explanation_of(maps[0], stride=STRIDE, db=db), runtime

    return make


def _weights(low_hz, high_hz, sign=1.0):
    centres_hz = (np.arange(ROWS * STRIDE) + 0.5) * 8000 / (ROWS * STRIDE)
    return np.where((centres_hz >= low_hz) & (centres_hz < high_hz), sign, 0.0)


@pytest.mark.parametrize("fill", ["floor", "neighbours"])
@pytest.mark.parametrize("band_hz", [(1500.0, 1800.0), (3000.0, 4000.0)])
def test_a_model_that_reads_one_band_is_found_out(token, band_hz, fill):
    weights = np.stack([_weights(*band_hz), _weights(0, 0)])
    made, runtime = token(weights)
    tuning = spectral_tuning(made, runtime, TuningSettings(fill, controls=2))
    change = np.abs(tuning.of(tuning.stop, "i"))
    low, high = tuning.bands_hz[change.argmax()]
    assert low < band_hz[1] and high > band_hz[0]
    untouched = (tuning.bands_hz[:, 1] <= band_hz[0]) | (tuning.bands_hz[:, 0] >= band_hz[1])
    assert untouched.sum() > 15
    assert change[untouched].max() < 1e-5 < 0.1 < change.max()
    assert np.abs(tuning.of(tuning.stop, "æ")).max() < 1e-6
    assert np.array_equal(tuning.of(tuning.stop, "i", "æ"), tuning.of(tuning.stop, "i"))


def test_what_a_band_alone_adds_is_what_its_loss_costs_in_a_linear_model(token):
    made, runtime = token(np.stack([_weights(1000, 3000), _weights(2000, 8000, -1)]))
    tuning = spectral_tuning(made, runtime, TuningSettings("floor"))
    assert np.allclose(tuning.alone, -tuning.stop, atol=1e-4)
    assert tuning.logits == pytest.approx(made.logits, abs=1e-4)


def test_control_bands_of_a_flat_model_cost_as_much(token):
    made, runtime = token(np.ones((2, ROWS * STRIDE)))
    tuning = spectral_tuning(made, runtime, TuningSettings("floor", controls=4))
    same = tuning.stop[:, 0] / tuning.controls[:, :, 0].mean(axis=1)
    assert tuning.controls.shape == (len(tuning.bands_hz), 4, 2)
    assert np.abs(same - 1).max() < 0.5
    assert np.median(np.abs(same - 1)) < 0.15
    assert float(erb_number(8000)) > len(tuning.bands_hz) - 1


def test_the_profile_is_the_map_by_row(token):
    made, runtime = token(np.random.default_rng(1).standard_normal((3, ROWS * STRIDE)))
    tuning = spectral_tuning(made, runtime, TuningSettings("floor", controls=0))
    assert tuning.profile.sum(axis=0) == pytest.approx(made.logits, abs=1e-4)
    assert tuning.rows_hz[[0, -1]].ravel().tolist() == [0, 1000, 7000, 8000]


def test_map_and_intervention_agree_in_a_linear_model(token):
    # Offsets from the floor are all positive, so that a row's weight decides its rank in both.
    steps = np.repeat([3.0, -2, 8, 1, -6, 5, -1, 0.5], STRIDE)
    made, runtime = token(np.stack([steps, -steps]))
    made.maps[:] = runtime.run(made.input.image()[None] - made.input.image().min())[1][0]
    tuning = spectral_tuning(made, runtime, TuningSettings("floor", controls=0))
    assert tuning.agreement("i").rho == pytest.approx(1)
    assert tuning.agreement("i", "æ").rho == pytest.approx(1)
    made.maps[:] = made.maps[::-1].copy()
    wrong = spectral_tuning(made, runtime, TuningSettings("floor", controls=0))
    assert wrong.agreement("i").rho == pytest.approx(-1)


def test_bad_settings():
    with pytest.raises(ConfigError, match="no fill"):
        TuningSettings("zero")
    with pytest.raises(ConfigError, match="control bands"):
        TuningSettings(controls=51)
    with pytest.raises(ConfigError, match="step"):
        TuningSettings(step_erb=0)
    assert TuningSettings().fill in FILLS


def test_the_rank_correlation_is_scipy_s():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(8)
    for _ in range(20):
        a, b = rng.integers(0, 6, (2, 12)).astype(float)
        assert float(spearman(a, b)) == pytest.approx(spearmanr(a, b).statistic)
    assert np.isnan(spearman(np.ones(5), np.arange(5.0)))


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(9)
    held = 0
    for at in range(40):
        a, b = rng.standard_normal((2, 20))
        found = rank_correlation(a, b, seed=at)
        held += found.low <= 0 <= found.high
    assert held >= 33  # of 38 expected
    assert np.isnan(rank_correlation(np.ones(6), np.arange(6.0)).low)


GOOD = RankCorrelation(0.9, 0.4, 1.0, 7)
LEARNT = Randomised(("fc", "layer4"), (0.3, 0.2), 0.995, 6)


@pytest.mark.parametrize(
    ("agreement", "test", "colour", "words"),
    [
        (GOOD, LEARNT, "green", "agree (rank correlation +0.90, 95 % interval +0.40 to +1.00"),
        (RankCorrelation(0.6, -0.1, 0.9, 7), LEARNT, "yellow", "is open"),
        (GOOD, None, "yellow", "not tested"),
        (GOOD, Randomised(("fc",), (0.6,), 0.995, 6), "yellow", "rather alike"),
        (RankCorrelation(1.0, 1.0, 1.0, 4), LEARNT, "yellow", "4 rows: too few"),
        (RankCorrelation(-0.2, -0.8, 0.6, 7), LEARNT, "red", "Nothing shows that"),
        (RankCorrelation(-0.8, -1.0, -0.3, 7), LEARNT, "red", "disagree"),
        (RankCorrelation(np.nan, np.nan, np.nan, 7), LEARNT, "red", "nothing to agree"),
        (GOOD, Randomised(("fc", "layer4"), (0.2, 0.9), 0.995, 6), "red", "0.90 at most, after l"),
        (GOOD, Randomised(("fc",), (0.2,), 0.6, 6), "red", "no stronger"),
    ],
)
def test_the_lamp(agreement, test, colour, words):
    shown = lamp(agreement, test)
    assert shown.colour == colour
    assert any(words in reason for reason in shown.reasons)
    if colour == "green":
        assert len(shown.reasons) == 3
    if words == "is open":
        assert len(shown.reasons) == 1, "what is good is not a reason for yellow"
