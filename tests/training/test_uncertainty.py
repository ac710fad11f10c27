from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, recall_score

from vowelscope_training.uncertainty import calibration, probabilities, resample


def drawn(seed: int, n: int = 200, k: int = 4, right: float = 0.8):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, k, n)
    predicted = np.where(rng.random(n) < right, y, rng.integers(0, k, n))
    return y, predicted


def test_values_are_scikit_learns() -> None:
    y, predicted = drawn(0)
    held = resample(y, predicted, np.arange(len(y)) // 5, 4, draws=50)
    assert held.accuracy()[0] == pytest.approx(accuracy_score(y, predicted))
    assert held.macro_f1()[0] == pytest.approx(f1_score(y, predicted, average="macro"))
    expected = recall_score(y, predicted, average=None)
    assert [held.recall(k)[0] for k in range(4)] == pytest.approx(list(expected))


def test_classes_that_nobody_names_do_not_count() -> None:
    y, predicted = drawn(1, k=3)
    held = resample(y, predicted, np.arange(len(y)), 5, draws=50)
    assert held.macro_f1()[0] == pytest.approx(f1_score(y, predicted, average="macro"))
    assert np.isnan(held.recall(4)).all()


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Utterances that are all right or all wrong: only their number carries information."""
    inside = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        utterances = np.repeat(np.arange(60), 8)
        y = rng.integers(0, 3, len(utterances))
        predicted = np.where((rng.random(60) < 0.7)[utterances], y, (y + 1) % 3)
        _, low, high = resample(y, predicted, utterances, 3, draws=400, seed=seed).accuracy()
        inside += low <= 0.7 <= high
    assert 0.89 <= inside / 200 <= 0.99


def test_tokens_of_one_utterance_make_the_interval_wider() -> None:
    rng = np.random.default_rng(2)
    utterances = np.repeat(np.arange(40), 10)
    y = rng.integers(0, 3, 400)
    predicted = np.where((rng.random(40) < 0.7)[utterances], y, (y + 1) % 3)
    _, low, high = resample(y, predicted, utterances, 3).accuracy()
    _, near, far = resample(y, predicted, np.arange(400), 3).accuracy()
    assert high - low > 2 * (far - near)


def test_one_utterance_has_no_interval() -> None:
    y, predicted = drawn(3)
    value, low, high = resample(y, predicted, np.zeros(len(y)), 4).accuracy()
    assert np.isfinite(value) and np.isnan([low, high]).all()


def test_calibration_finds_a_network_that_is_too_sure() -> None:
    rng = np.random.default_rng(4)
    logits = 2.0 * rng.normal(size=(4000, 5))
    honest = probabilities(logits)
    y = np.array([rng.choice(5, p=chances) for chances in honest])
    assert calibration(y, honest)["ece"] < 0.03
    sure = calibration(y, probabilities(5 * logits))
    assert sure["ece"] > 0.15
    assert sure["log_loss"] > calibration(y, honest)["log_loss"]
    assert sum(row[2] for row in sure["bins"]) == 4000


def test_probabilities_of_large_logits_are_numbers() -> None:
    chances = probabilities(np.array([[1000.0, 0.0], [-1000.0, -1001.0]]))
    assert chances.sum(1) == pytest.approx([1, 1]) and np.isfinite(chances).all()
