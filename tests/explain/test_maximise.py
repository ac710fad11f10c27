"""Gradient ascent in spectrogram space, on planted networks and on a tiny one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vowelscope.core.errors import ConfigError
from vowelscope.core.features import FeatureSpec
from vowelscope.explain.maximise import CONTROL_NAME, ascend, maximise, maximise_control
from vowelscope.explain.maximise_settings import MaximiseSettings, cosines, waves_of
from vowelscope.explain.maximise_starts import Start, start_at_floor

SPEC = FeatureSpec(rows=80, columns=40, column_s=0.005)
BAND_HZ = (1400.0, 1800.0)
BAND = slice(14, 18)
CLASSES = ("i", "u")
FREE = MaximiseSettings(steps=25, restarts=2, smoothness=0.0, detail_hz=0.0)


class OneBand(torch.nn.Module):
    """The first class reads the level of one band, the second that of everything."""

    def forward(self, images):
        level = 10 * images[:, 0]
        return torch.stack([level[:, BAND].mean(dim=(1, 2)), level.mean(dim=(1, 2))], dim=1)


def grey(spec=SPEC, level_db=-40.0, seed=0):
    rng = np.random.default_rng(seed)
    db = (level_db + rng.uniform(-5, 5, (spec.rows, spec.columns))).astype(np.float32)
    return Start("token", "noise", db, spec, spec.time_edges_s(-0.06, 0.06), -0.06, 0.06)


def test_a_network_that_reads_one_band_changes_that_band_alone():
    start = grey()
    assert tuple(SPEC.freq_edges_hz[[BAND.start, BAND.stop]]) == BAND_HZ
    settings = MaximiseSettings(steps=25, smoothness=0.0, detail_hz=0.0, restart_db=0.0)
    found = ascend(OneBand(), start, CLASSES, ("i", None), settings)
    changes = found.changes_db
    assert changes[:, BAND].min() > 10
    outside = np.delete(changes, np.arange(BAND.start, BAND.stop), axis=1)
    assert np.abs(outside).max() < 1e-4
    assert found.score_of(found.logits).min() > found.score_of(found.start_logits) + 1


def test_smooth_pictures_spill_no_further_than_their_detail():
    settings = MaximiseSettings(steps=6, restarts=1, detail_hz=300.0)
    found = ascend(OneBand(), grey(), CLASSES, ("i", None), settings)
    energy = np.square(found.changes_db[0]).sum(axis=1)
    near = slice(BAND.start - 3, BAND.stop + 3)
    assert energy[near].sum() > 0.9 * energy.sum()
    waves = cosines(SPEC.rows, SPEC.rows).T @ found.changes_db[0]
    kept = waves_of(8000, SPEC.rows, 300.0)
    assert kept == 27 and np.abs(waves[kept:]).max() < 1e-3 < np.abs(waves[:kept]).max()


def test_a_contrast_takes_away_what_the_other_class_reads():
    settings = MaximiseSettings(steps=25, restarts=1, detail_hz=0.0, smoothness=0.0)
    found = ascend(OneBand(), grey(), CLASSES, ("i", "u"), settings)
    rows = found.changes_db[0].mean(axis=1)
    assert rows[BAND].min() > 0 > np.delete(rows, np.arange(BAND.start, BAND.stop)).max()
    assert found.name == "/i/ − /u/"
    with pytest.raises(ConfigError, match="cannot be contrasted with itself"):
        ascend(OneBand(), grey(), CLASSES, ("i", "i"))
    with pytest.raises(ConfigError, match="no class 'y'; it has i, u"):
        ascend(OneBand(), grey(), CLASSES, ("y", None))


def test_pictures_keep_to_the_bounds_of_a_model_input():
    start = grey(level_db=-8.0)
    settings = MaximiseSettings(steps=25, nearness=0.0, smoothness=0.0, detail_hz=0.0)
    found = ascend(OneBand(), start, CLASSES, ("i", None), settings)
    inside = start.inside
    assert 20 <= inside.sum() < SPEC.columns
    # Re the token's maximum nothing of the token lies above 0 dB; beside it db_max is the bound.
    assert found.images_db[:, :, inside].max() == 0.0 == found.loudest_db
    assert found.images_db[:, BAND, :5].max() == SPEC.db_max
    down = ascend(OneBand(), grey(level_db=-66.0), CLASSES, ("u", "i"), settings)
    assert down.images_db.min() == SPEC.db_min


def test_the_noise_floor_is_left_where_the_gradient_leads_up():
    settings = MaximiseSettings(steps=6, restarts=1, smoothness=0.0, detail_hz=0.0)
    found = ascend(OneBand(), start_at_floor(SPEC), CLASSES, ("i", None), settings)
    assert (found.images_db[0][BAND] > SPEC.db_min + 5).all()
    outside = np.delete(found.images_db[0], np.arange(BAND.start, BAND.stop), axis=0)
    assert outside.max() == SPEC.db_min
    assert any("no recording gives this picture" in said for said in found.sentences())


def test_a_masked_context_stays_as_it_is():
    spec = FeatureSpec(rows=80, columns=40, column_s=0.005, context="mask")
    start = grey(spec)
    start.db[:, ~start.inside] = spec.db_min
    found = ascend(OneBand(), start, CLASSES, ("u", None), FREE)
    assert (found.images_db[:, :, ~start.inside] == spec.db_min).all()
    assert found.changes_db[:, :, start.inside].min(axis=(1, 2)).max() > 0


def test_changes_are_blurred_in_time_and_not_in_frequency():
    class OneMoment(torch.nn.Module):
        def forward(self, images):
            return images[:, 0, 20, 20:21].repeat(1, 2)

    settings = MaximiseSettings(
        steps=2, restarts=1, smoothness=0.0, detail_hz=0.0, jitter_s=0.0, blur_s=0.01
    )
    found = ascend(OneMoment(), grey(), CLASSES, ("i", None), settings)
    change = found.changes_db[0]
    assert np.flatnonzero(change.any(axis=1)).tolist() == [20]
    # The gradient goes through the Gaussian of 2 columns as well: √2 times as wide.
    expected = np.exp(-0.5 * (np.arange(-3, 4) / np.sqrt(8)) ** 2)
    assert change[20, 17:24] / change[20, 20] == pytest.approx(expected, rel=0.05)


def test_the_anchor_holds_the_picture(images):
    start = grey()
    anchor = Start(
        "token",
        "noise",
        start.db,
        SPEC,
        start.time_edges_s,
        -0.06,
        0.06,
        anchor_db=np.full_like(start.db, -30.0),
    )
    settings = MaximiseSettings(
        steps=60, restarts=1, nearness=500.0, smoothness=0.0, detail_hz=0.0, blur_s=0.0
    )
    held = ascend(OneBand(), start, CLASSES, ("u", None), settings)
    drawn = ascend(OneBand(), anchor, CLASSES, ("u", None), settings)
    assert held.distances_db[0] < 1.5
    assert np.median(drawn.image_db) == pytest.approx(-30, abs=1.5)


@pytest.fixture(scope="module")
def tiny_start(tiny):
    spec = tiny.card.features
    return grey(spec)


SHORT = MaximiseSettings(steps=8, restarts=3)


@pytest.fixture(scope="module")
def raised(tiny, tiny_start):
    return maximise(tiny, tiny_start, "ɝ", None, SHORT)


def test_it_raises_the_logit_and_says_by_how_much(tiny, tiny_start, raised):
    scores = raised.score_of(raised.logits)
    assert (scores > raised.score_of(raised.start_logits) + 0.5).all()
    assert raised.best == int(scores.argmax())
    assert raised.scores.shape == (3, 8)
    assert raised.scores[:, -1].mean() > raised.scores[:, 0].mean()
    assert raised.distances_db == pytest.approx(
        np.sqrt(np.square(raised.images_db - tiny_start.db).mean(axis=(1, 2)))
    )
    from vowelscope.explain.runtime import open_runtime

    images = np.stack([tiny_start.input_of(db).image() for db in raised.images_db])
    logits, _ = open_runtime(tiny).run(images)
    assert logits == pytest.approx(raised.logits, abs=1e-3)
    assert (raised.model_name, raised.model_hash) == ("tiny", tiny.weights_sha256)


def test_the_same_seed_gives_the_same_picture(tiny, tiny_start, raised):
    again = maximise(tiny, tiny_start, "ɝ", None, SHORT)
    assert np.array_equal(again.images_db, raised.images_db)
    assert np.array_equal(again.scores, raised.scores)
    other = maximise(tiny, tiny_start, "ɝ", None, MaximiseSettings(steps=8, restarts=3, seed=2))
    assert not np.array_equal(other.images_db, raised.images_db)


def test_restarts_begin_apart_and_say_whether_they_end_together(raised, tiny_start):
    flat = raised.changes_db.reshape(3, -1)
    pairs = [np.corrcoef(flat[a], flat[b])[0, 1] for a, b in ((0, 1), (0, 2), (1, 2))]
    assert raised.agreement == pytest.approx(np.mean(pairs))
    assert raised.spread_db > 0
    words = "about the same picture" if raised.agreement >= 0.7 else "different pictures"
    assert words in raised.sentences()[2]


def test_the_control_has_other_weights_and_another_picture(tiny, tiny_start, raised):
    control = maximise_control(tiny, tiny_start, "ɝ", None, SHORT)
    assert control.model_name == CONTROL_NAME
    assert not np.allclose(control.start_logits, raised.start_logits)
    both = np.stack([raised.changes_db[0].ravel(), control.changes_db[0].ravel()])
    assert np.corrcoef(both)[0, 1] < 0.7


def test_progress_counts_the_steps_and_may_end_the_work(tiny, tiny_start):
    told = []

    def stop(done, total):
        told.append((done, total))
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        maximise(tiny, tiny_start, "i", None, SHORT, stop)
    assert [done for done, _ in told] == [0, 0, 0, 1, 1, 1, 2] and {x for _, x in told} == {8}


@pytest.mark.parametrize(
    ("name", "value"),
    [("steps", 0), ("restarts", 21), ("step_db", 0.0), ("nearness", -1.0), ("blur_s", 1.0)],
)
def test_a_setting_out_of_range_is_one_sentence(name, value):
    with pytest.raises(ConfigError, match=f"{name} = .*must lie within"):
        MaximiseSettings(**{name: value})


def test_the_floor_has_prices_and_steps_of_its_own():
    settings = MaximiseSettings()
    assert settings.nearness_of("floor") < settings.nearness_of("mean")
    assert settings.step_of("floor") > settings.step_of("token")
    assert MaximiseSettings(nearness=3.0, step_db=2.0).nearness_of("floor") == 3.0
