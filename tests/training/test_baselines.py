from __future__ import annotations

import numpy as np
import pytest
import soundfile as sf

from vowelscope_training.baselines import BASELINES, COLUMNS, fitted, measure
from vowelscope_training.data import TokenSet
from vowelscope_training.known_vowels import known_vowels


@pytest.fixture(scope="module")
def vowels(tmp_path_factory):
    """Vowels of a synthesiser with known formants, as a TokenSet without images."""
    path = tmp_path_factory.mktemp("vowels") / "woman.wav"
    made = known_vowels("woman", seed=3, vowels=("i", "ɑ", "u") * 8)
    sf.write(path, made.samples, 44100, subtype="FLOAT")
    rows = [
        {"recording": str(path), "tmin_s": start_s, "tmax_s": stop_s, "utterance": str(n)}
        for n, (_, start_s, stop_s) in enumerate(made.tokens)
    ]
    classes = ("i", "ɑ", "u")
    y = np.array([classes.index(label) for label, *_ in made.tokens])
    tokens = TokenSet(
        rows=rows,
        db=np.empty((0, 0, 0), np.float16),
        y=y,
        split=np.full(len(rows), "train"),
        sets=np.full(len(rows), "known"),
        train_only=np.zeros(len(rows), bool),
        classes=classes,
        extra=0,
        info={},
        refused=[],
    )
    return tokens, made, measure(tokens, np.arange(len(rows)))


def test_measurements_are_those_of_the_sound(vowels) -> None:
    tokens, made, values = vowels
    named = dict(zip(COLUMNS, values.T, strict=True))
    spans = np.array([(row["tmin_s"], row["tmax_s"]) for row in tokens.rows])
    middle = made.truth_hz(spans.mean(axis=1))
    assert np.median(np.abs(named["f1_50_hz"] - middle[:, 0])) < 60
    assert np.median(np.abs(named["f2_50_hz"] - middle[:, 1])) < 90
    assert 150 < np.nanmedian(named["f0_hz"]) < 240
    assert np.nanmin(named["voiced"]) > 0.8
    assert np.exp(named["log_duration"]) == pytest.approx(spans[:, 1] - spans[:, 0])
    assert np.isfinite(named["intensity_db"]).all()


def test_formants_tell_these_vowels_apart_and_shuffled_labels_do_not(vowels) -> None:
    tokens, _, values = vowels
    train, test = slice(0, 15), slice(15, None)

    def right(name: str) -> float:
        said = fitted(name, values[train], tokens.y[train], values[test])
        return float((said == tokens.y[test]).mean())

    assert right("LDA on F1-F3") == right("LDA on F1-F3, f0, duration") == 1.0
    assert right("shuffled labels") < 0.8
    assert right("duration alone") < 0.8


@pytest.mark.parametrize("name", BASELINES)
def test_undefined_values_and_constant_columns_are_borne(name: str) -> None:
    rng = np.random.default_rng(0)
    train, test = rng.normal(size=(30, 13)), rng.normal(size=(6, 13))
    train[:, 10], test[:, 10] = 1.0, 1.0
    train[::3, 0], test[0] = np.nan, np.nan
    train[:, 12] = np.nan
    said = fitted(name, train, np.arange(30) % 3, test)
    assert said.shape == (6,) and set(said.tolist()) <= {0, 1, 2}


def test_one_class_is_all_there_is_to_say() -> None:
    said = fitted("LDA on F1-F3", np.ones((4, 13)), np.ones(4, int), np.zeros((2, 13)))
    assert said.tolist() == [1, 1]
