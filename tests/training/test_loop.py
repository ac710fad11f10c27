from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from torch.nn.functional import conv2d

from vowelscope.core.errors import ConfigError
from vowelscope.core.features import normalise
from vowelscope.explain.model import load_model
from vowelscope_training.config import Config, Stage, load_config
from vowelscope_training.data import augment, draw, load_tokens
from vowelscope_training.evaluate import scores
from vowelscope_training.loop import train
from vowelscope_training.pack import pack, table, write_results
from vowelscope_training.steps import learning_rate


def start(corpus, preset, run):
    words = ["train", str(corpus), "--preset", str(preset), "-o", str(run)]
    return subprocess.Popen(
        [sys.executable, "-I", "-m", "vowelscope_training", *words],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def test_a_killed_run_ends_as_an_unbroken_one(corpus, preset, tmp_path):
    """kill -9 in the second stage, go on: the same weights, bit for bit."""
    whole = start(corpus, preset, tmp_path / "whole")
    events = [json.loads(line) for line in whole.stdout]
    assert whole.wait() == 0
    assert [e["total_step"] for e in events if e["event"] == "step"] == [1, 2, 3, 4, 5, 6]
    assert events[-1]["event"] == "finished"

    broken = start(corpus, preset, tmp_path / "broken")
    for line in broken.stdout:
        event = json.loads(line)
        if event["event"] == "checkpoint" and event["stage"] == 1:
            broken.send_signal(signal.SIGKILL)
            break
    assert broken.wait() == -signal.SIGKILL
    assert not (tmp_path / "broken" / "average.safetensors").exists()
    again = start(corpus, preset, tmp_path / "broken")
    resumed = [json.loads(line) for line in again.stdout]
    assert again.wait() == 0
    assert min(e["total_step"] for e in resumed if e["event"] == "step") > 3
    expected = load_file(tmp_path / "whole" / "average.safetensors")
    got = load_file(tmp_path / "broken" / "average.safetensors")
    assert expected.keys() == got.keys()
    for key, value in expected.items():
        assert np.array_equal(value, got[key]), key


def test_a_finished_run_becomes_a_model_with_its_results_on_the_card(corpus, preset, tmp_path):
    run = tmp_path / "run"
    train(corpus, load_config(str(preset), 0.3), run)
    results = pack(run, tmp_path / "model", "tiny", "made by a test", say=lambda line: None)
    write_results(run, results)
    model = load_model(tmp_path / "model")
    assert model.card.architecture == "resnet34"
    assert model.card.features == load_config(str(preset)).features
    assert "resnet18 to resnet34" in model.card.started_from
    held = model.card.results["sets"]["spoken"]
    assert np.sum(held["confusion"]) == sum(held["counts"].values()) > 10
    assert 0 < held["baselines"]["QDA on F1-F3"]["accuracy"] <= 1
    assert "spoken" in table(results)


def test_the_averaged_weights_have_the_statistics_of_whole_windows(corpus, preset, tmp_path):
    """The first batch norm's mean is that of what the first convolution gives, batch by batch."""
    config = load_config(str(preset))
    run = tmp_path / "run"
    train(corpus, config, run)
    average = load_file(run / "average.safetensors")
    spec, how = config.features, config.augment
    tokens = load_tokens(
        corpus, ("i", "æ", "ɝ", "ɑ", "u"), spec, how.shift_columns, run / "features"
    )
    filters = torch.from_numpy(average["conv1.weight"])
    means = []
    for step in range(config.total_steps, config.total_steps + 16):
        index = draw(tokens, config.stages[-1], config, step)
        image = augment(tokens.db[index], spec.columns, spec, how, config.seed, step)
        seen = conv2d(torch.from_numpy(normalise(image, spec)), filters, stride=2, padding=3)
        means.append(seen.mean((0, 2, 3)).numpy())
    np.testing.assert_allclose(average["bn1.running_mean"], np.mean(means, axis=0), atol=1e-5)


def test_a_folder_with_another_run_is_refused(corpus, preset, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    config = load_config(str(preset))
    other = {"config": replace(config, seed=9).to_dict(), "corpus": str(corpus)}
    (run / "run.json").write_text(json.dumps(other))
    with pytest.raises(ConfigError, match="other settings"):
        train(corpus, config, run)
    (run / "run.json").write_text("{}")
    with pytest.raises(ConfigError, match="damaged"):
        train(corpus, config, run)


def test_an_unfinished_run_makes_no_model(corpus, preset, tmp_path):
    with pytest.raises(ConfigError, match="holds no run"):
        pack(tmp_path, tmp_path / "model", "x", "")


def test_nothing_from_the_working_directory_is_imported(corpus, preset, tmp_path):
    trap = tmp_path / "torch.py"
    trap.write_text("raise SystemExit('imported from the working directory')")
    run = subprocess.run(
        [sys.executable, "-I", "-m", "vowelscope_training", "train", "none.parquet", "-o", "x"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 2
    assert run.stderr.startswith("vowelscope: ") and "none.parquet" in run.stderr
    assert "Traceback" not in run.stderr and "working directory" not in run.stderr


def test_the_learning_rate_rises_and_falls():
    stage = Stage("resnet18", 64, 1e-3, steps=100)
    rates = [learning_rate(stage, step, Config("t")) for step in range(100)]
    assert np.argmax(rates) in (9, 10)
    assert max(rates) == pytest.approx(1e-3)
    assert rates[-1] < 0.03e-3
    assert learning_rate(stage, 99, Config("t", schedule="constant")) == 1e-3


def test_scores_are_those_of_the_confusion_matrix():
    y = np.array([0, 0, 1, 1, 1])
    predicted = np.array([0, 1, 1, 1, 1])
    result = scores(y, predicted, ("a", "b", "c"))
    assert result["accuracy"] == 0.8
    assert result["confusion"] == [[1, 1, 0], [0, 3, 0], [0, 0, 0]]
    assert result["macro_f1"] == pytest.approx((2 / 3 + 6 / 7) / 2, abs=1e-4)
    assert result["counts"] == {"a": 2, "b": 3, "c": 0}
