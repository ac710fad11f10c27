from __future__ import annotations

from dataclasses import replace

import numpy as np

from vowelscope.core.audio import Recording
from vowelscope.core.features import FeatureSpec, token_input
from vowelscope_training.config import Augment, load_config
from vowelscope_training.data import augment, draw, load_tokens, mix, plain

CLASSES = ("i", "æ", "ɝ", "ɑ", "u")


def tokens_of(corpus, preset, tmp_path):
    config = load_config(str(preset))
    return config, load_tokens(corpus, CLASSES, config.features, 4, tmp_path / "features")


def test_images_are_those_of_the_one_road(corpus, preset, tmp_path):
    config, tokens = tokens_of(corpus, preset, tmp_path)
    for i in (0, len(tokens.rows) // 2, len(tokens.rows) - 1):
        row = tokens.rows[i]
        with Recording(row["recording"]) as recording:
            made = token_input(recording, row["tmin_s"], row["tmax_s"], config.features)
        held = plain(tokens, np.array([i]), config.features)[0]
        assert np.abs(held - made.db).max() < 0.06  # half precision at 70 dB
        assert CLASSES[tokens.y[i]] == row["class"]


def test_batches_hold_training_tokens_of_every_class_alike(corpus, preset, tmp_path):
    config, tokens = tokens_of(corpus, preset, tmp_path)
    stage = config.stages[0]
    index = np.concatenate([draw(tokens, stage, config, step) for step in range(30)])
    assert set(tokens.split[index]) == {"train"}
    assert np.bincount(tokens.y[index], minlength=5).tolist() == [60] * 5
    again = np.concatenate([draw(tokens, stage, config, step) for step in range(30)])
    assert (index == again).all()
    assert (draw(tokens, stage, replace(config, seed=2), 0) != index[:10]).any()


def test_shuffled_batches_hold_each_training_token_once_an_epoch(corpus, preset, tmp_path):
    config, tokens = tokens_of(corpus, preset, tmp_path)
    config = replace(config, sampling="shuffled", batch=7)
    pool = np.flatnonzero(tokens.split == "train")
    steps = -(-3 * len(pool) // 7)
    drawn = np.concatenate([draw(tokens, config.stages[0], config, step) for step in range(steps)])
    epochs = drawn[: 3 * len(pool)].reshape(3, -1)
    for epoch in epochs:
        assert sorted(epoch) == pool.tolist()
    assert (epochs[0] != epochs[1]).any()


def test_augmentation_never_moves_a_frequency():
    spec = FeatureSpec(rows=64, columns=64)
    db = np.full((6, 64, 96), -60.0, dtype=np.float16)
    db[:, 20] = -5.0
    how = Augment(mask_rows=0, noise_high_db=-40)
    for step in range(10):
        out = augment(db, 64, spec, how, 1, step)
        assert out.shape == (6, 64, 64)
        assert (out.mean(axis=2).argmax(axis=1) == 20).all()
        assert (out >= spec.db_min).all() and (out <= spec.db_max).all()


def test_augmentation_shifts_time_by_the_bound_at_most():
    spec = FeatureSpec(rows=16, columns=64)
    db = np.full((40, 16, 96), -60.0, dtype=np.float16)
    db[:, :, 48] = 0.0
    out = augment(db, 64, spec, Augment(shift_columns=5, noise_high_db=-70, mask_rows=0), 1, 0)
    peaks = out.mean(axis=1).argmax(axis=1)
    assert peaks.min() >= 32 - 5 and peaks.max() <= 32 + 5
    assert len(set(peaks.tolist())) > 5


def test_a_mixture_keeps_rows_and_is_as_the_shares_say():
    rng = np.random.default_rng(5)
    image = rng.normal(size=(12, 6, 4)).astype(np.float32)
    mixed, partner, share = mix(image, 0.3, seed=1, step=7)
    assert sorted(partner) == list(range(12))
    assert share.min() >= 0.5 and share.max() <= 1.0 and share.std() > 0.05
    for i in range(12):
        want = share[i] * image[i] + (1 - share[i]) * image[partner[i]]
        np.testing.assert_allclose(mixed[i], want, atol=1e-6)
    assert np.array_equal(mix(image, 0.3, seed=1, step=7)[0], mixed)
    assert not np.array_equal(mix(image, 0.3, seed=1, step=8)[0], mixed)
