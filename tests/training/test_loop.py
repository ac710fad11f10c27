from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from torch.nn.functional import conv2d

from vowelscope.core.errors import ConfigError
from vowelscope.core.features import normalise
from vowelscope.explain.model import load_model
from vowelscope_training.config import load_config
from vowelscope_training.data import augment, draw, load_tokens
from vowelscope_training.evaluate import scores
from vowelscope_training.loop import train
from vowelscope_training.pack import pack, table, write_results


def start(corpus, preset, run):
    words = ["train", str(corpus), "--preset", str(preset), "-o", str(run)]
    return subprocess.Popen(
        [sys.executable, "-I", "-m", "vowelscope_training", *words],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


@pytest.mark.slow
def test_a_run_killed_five_times_ends_as_an_unbroken_one(corpus, preset, tmp_path):
    """kill -9 after a random step, five times: the same weights, bit for bit."""
    keys = ("deterministic = true", "micro_batch = 5", "validate_steps = 2", "patience = 9")
    text = preset.read_text().replace("batch = 10", "\n".join(("batch = 10", *keys)))
    preset.write_text(text.replace("steps = 3", "steps = 7\nmixup = 0.3"))
    whole = start(corpus, preset, tmp_path / "whole")
    events = [json.loads(line) for line in whole.stdout]
    assert whole.wait() == 0
    assert [e["total_step"] for e in events if e["event"] == "step"] == list(range(1, 15))
    assert events[-1]["event"] == "finished"

    chance = random.Random(5)
    reached = []
    for _ in range(5):
        broken = start(corpus, preset, tmp_path / "broken")
        steps = 0
        last = chance.randint(1, 3)
        for line in broken.stdout:
            event = json.loads(line)
            if event["event"] == "step":
                steps, at = steps + 1, event["total_step"]
                if steps == last:
                    time.sleep(chance.uniform(0, 0.2))
                    broken.send_signal(signal.SIGKILL)
                    break
        assert broken.wait() == -signal.SIGKILL
        broken.stdout.close()
        reached.append(at)
        assert not (tmp_path / "broken" / "average.safetensors").exists()
    assert reached[-1] > 3
    again = start(corpus, preset, tmp_path / "broken")
    resumed = [json.loads(line) for line in again.stdout]
    assert again.wait() == 0 and resumed[-1]["event"] == "finished"
    assert min(e["total_step"] for e in resumed if e["event"] == "step") >= reached[-1]
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
    # Of a map of 1 × 2 cells nothing can be said.
    assert model.card.results["alternation"] == {"rows": None, "columns": None}
    results["alternation"] = {"rows": 6.0, "columns": 1.0}
    assert "even rows of the map hold 6.00 times" in table(results)


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


def test_scores_are_those_of_the_confusion_matrix():
    y = np.array([0, 0, 1, 1, 1])
    predicted = np.array([0, 1, 1, 1, 1])
    result = scores(y, predicted, ("a", "b", "c"))
    assert result["accuracy"] == 0.8
    assert result["confusion"] == [[1, 1, 0], [0, 3, 0], [0, 0, 0]]
    assert result["macro_f1"] == pytest.approx((2 / 3 + 6 / 7) / 2, abs=1e-4)
    assert result["counts"] == {"a": 2, "b": 3, "c": 0}
