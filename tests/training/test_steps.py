from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file

from vowelscope.core.errors import ConfigError
from vowelscope.explain.model import load_model
from vowelscope.explain.runtime import open_runtime
from vowelscope_training import checkpoint, loop, steps
from vowelscope_training.batches import ahead, make_batch, micro_batches
from vowelscope_training.config import load_config
from vowelscope_training.data import load_tokens
from vowelscope_training.loop import train
from vowelscope_training.pack import pack
from vowelscope_training.settings import Config, Stage
from vowelscope_training.steps import Best

CLASSES = ("i", "æ", "ɝ", "ɑ", "u")


@pytest.fixture(autouse=True)
def _few_batches(monkeypatch):
    """The statistics of the averaged weights settle on fewer batches than in a real run."""
    monkeypatch.setattr(loop, "_SETTLING_BATCHES", 2)


def one_stage(preset, **changes):
    """The tiny preset with its first stage alone."""
    config = load_config(str(preset))
    stage = replace(config.stages[0], steps=changes.pop("steps"))
    return replace(config, stages=(stage,), **changes)


def story(run):
    return [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]


def test_the_best_is_kept_and_what_came_after_is_counted():
    best = Best()
    assert best.take(0.5, 10) and not best.take(0.4, 20) and not best.take(0.5, 30)
    assert (best.macro_f1, best.step, best.waited) == (0.5, 10, 2)
    assert best.take(0.6, 40) and best.waited == 0


def test_a_stage_stops_when_nothing_gets_better_and_keeps_its_best_weights(
    corpus, preset, tmp_path, monkeypatch
):
    """The scores are told; weights, files and the end are real."""
    scores = iter([0.3, 0.6, 0.5, 0.4, 0.9])
    averages = {}

    def scored(work, model, average, number, done):
        averages[done] = average["fc.weight"].clone().numpy()
        return next(scores)

    monkeypatch.setattr(steps, "validate", scored)
    config = one_stage(preset, steps=30, patience=2, validate_steps=2, ema=0.0)
    run = tmp_path / "run"
    assert train(corpus, config, run)
    said = story(run)
    stop = next(e for e in said if e["event"] == "early_stop")
    assert (stop["total_step"], stop["best_step"], stop["macro_f1"]) == (8, 4, 0.6)
    assert [e["total_step"] for e in said if e["event"] == "step"][-1] == 8
    kept = load_file(run / "average.safetensors")["fc.weight"]
    assert np.array_equal(kept, averages[4])
    assert not np.array_equal(kept, averages[8])
    assert not list(run.glob("best-*"))
    assert checkpoint.where(run)["step"] == 30  # nothing is left to do


def test_a_run_that_was_done_but_for_the_end_takes_its_best_weights(
    corpus, preset, tmp_path, monkeypatch
):
    config = one_stage(preset, steps=6, patience=9, validate_steps=2)
    run, whole = tmp_path / "run", tmp_path / "whole"
    train(corpus, config, whole)
    with monkeypatch.context() as patch:
        patch.setattr(loop, "_settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            train(corpus, config, run)
    train(corpus, config, run)
    a, b = load_file(whole / "average.safetensors"), load_file(run / "average.safetensors")
    assert all(np.array_equal(a[key], b[key]) for key in a)


def test_micro_batches_are_the_same_images_however_they_are_shared(corpus, preset, tmp_path):
    config = replace(load_config(str(preset)), batch=12, micro_batch=3)
    stage = replace(config.stages[0], mixup=0.3)
    tokens = load_tokens(corpus, CLASSES, config.features, 4, tmp_path / "features")
    assert micro_batches(config, 1) == micro_batches(config, 2) == 4
    whole = make_batch(tokens, stage, config, 5, 4, range(4))
    half = make_batch(tokens, stage, config, 5, 4, range(1, 4, 2))
    assert [micro.x.shape for micro in whole] == [(3, 3, 32, 32)] * 4
    for a, b in zip(whole[1::2], half, strict=True):
        assert np.array_equal(a.x, b.x) and np.array_equal(a.other, b.other)
        assert np.array_equal(a.weight, b.weight) and a.of == b.of == 12
    assert not np.array_equal(whole[0].weight, whole[1].weight)
    with pytest.raises(ConfigError, match="3 processes cannot share"):
        micro_batches(config, 3)


def test_batches_come_in_order_ahead_of_time_and_a_fault_comes_where_it_belongs():
    made = []

    def make(step):
        made.append(step)
        if step == 7:
            raise ConfigError("seven")
        return step

    batches = ahead(make, range(2, 9), threads=2)
    assert next(batches) == 2
    assert [next(batches) for _ in range(4)] == [3, 4, 5, 6]
    assert len(made) >= 5
    with pytest.raises(ConfigError, match="seven"):
        next(batches)


@pytest.mark.slow
def test_a_dilated_model_says_so_and_has_twice_the_cells(corpus, preset, tmp_path):
    config = load_config(str(preset))
    stage = Stage("resnet50", columns=32, lr=1e-3, steps=1)
    features = replace(config.features, rows=64, columns=32)
    config = replace(config, stages=(stage,), features=features, batch=5, dilated=True)
    run = tmp_path / "run"
    train(corpus, config, run)
    pack(run, tmp_path / "model", "tiny", "by a test", storage="float32", say=lambda line: None)
    model = load_model(tmp_path / "model")
    assert model.card.dilated_stage4
    maps = open_runtime(model).run(np.zeros((1, 3, 64, 32), dtype=np.float32))[1]
    assert maps.shape == (1, 5, 4, 2)


def test_bfloat16_and_the_determinism_switch_train(corpus, preset, tmp_path):
    config = one_stage(preset, steps=2, precision="bfloat16", deterministic=True)
    train(corpus, config, tmp_path / "half")
    train(corpus, one_stage(preset, steps=2), tmp_path / "whole")
    a = load_file(tmp_path / "half" / "average.safetensors")
    b = load_file(tmp_path / "whole" / "average.safetensors")
    assert a["conv1.weight"].dtype == np.float32
    assert 0 < np.abs(a["conv1.weight"] - b["conv1.weight"]).max() < 0.01


def test_the_learning_rate_rises_and_falls():
    stage = Stage("resnet18", 64, 1e-3, steps=100)
    rates = [steps.learning_rate(stage, step, Config("t")) for step in range(100)]
    assert np.argmax(rates) in (9, 10)
    assert max(rates) == pytest.approx(1e-3)
    assert rates[-1] < 0.03e-3
    assert steps.learning_rate(stage, 99, Config("t", schedule="constant")) == 1e-3
