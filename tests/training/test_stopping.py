from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from filelock import FileLock
from safetensors.numpy import load_file

from vowelscope_training.stopping import LOCK_NAME, STOP_NAME, Stopping


def start(corpus, preset, run):
    words = ["train", str(corpus), "--preset", str(preset), "-o", str(run)]
    return subprocess.Popen(
        [sys.executable, "-I", "-m", "vowelscope_training", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def events_of(process):
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        yield events[-1]


@pytest.fixture
def long_preset(preset):
    """Some steps more, in which a wish can be heard; a checkpoint only where it is heard."""
    text = preset.read_text().replace("steps = 3", "steps = 24", 1)
    preset.write_text(text.replace("checkpoint_s = 0.0", "checkpoint_s = 1000.0"))
    return preset


def test_a_run_stops_with_a_checkpoint_and_goes_on_to_the_same_weights(
    corpus, preset, long_preset, tmp_path
):
    whole = start(corpus, long_preset, tmp_path / "whole")
    assert [e["event"] for e in events_of(whole)][-1] == "finished"
    run = tmp_path / "run"
    for ask in ("file", "signal"):
        process = start(corpus, long_preset, run)
        said = []
        for event in events_of(process):
            said.append(event)
            if event["event"] == "step" and len([e for e in said if e["event"] == "step"]) == 2:
                if ask == "file":
                    (run / STOP_NAME).write_text("now")
                else:
                    process.send_signal(signal.SIGTERM)
        assert process.wait() == 0, process.stderr.read()
        assert said[-1]["event"] == "stopped" and said[-2]["event"] == "checkpoint"
        assert said[-1]["total_step"] < 27
        assert not (run / "average.safetensors").exists() and not (run / STOP_NAME).exists()
    last = start(corpus, long_preset, run)
    said = list(events_of(last))
    assert last.wait() == 0 and said[-1]["event"] == "finished"
    expected = load_file(tmp_path / "whole" / "average.safetensors")
    got = load_file(run / "average.safetensors")
    for key, value in expected.items():
        assert np.array_equal(value, got[key]), key


def test_a_wish_for_the_end_of_the_epoch_waits_for_it(corpus, long_preset, tmp_path):
    process = start(corpus, long_preset, tmp_path / "run")
    said, epoch = [], 0
    for event in events_of(process):
        said.append(event)
        if event["event"] == "data":
            epoch = -(-event["train"] // 10)
        elif event["event"] == "step" and event["total_step"] == 1:
            (tmp_path / "run" / STOP_NAME).write_text("epoch")
    assert process.wait() == 0 and said[-1]["event"] == "stopped"
    assert said[-1]["total_step"] % min(epoch, 24) == 0
    validated = [e for e in said if e["event"] == "validation"]
    assert validated and validated[-1]["total_step"] == said[-1]["total_step"]


def test_a_folder_in_use_is_left_alone(corpus, preset, tmp_path, monkeypatch):
    run = tmp_path / "run"
    run.mkdir()
    with FileLock(run / LOCK_NAME):
        process = start(corpus, preset, run)
        _, error = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "another process is at work" in error and "Traceback" not in error
    assert not (run / "run.json").exists()


def test_an_old_wish_is_forgotten(tmp_path):
    (tmp_path / STOP_NAME).write_text("now")
    assert Stopping(tmp_path).wanted() == "now"
    os.utime(tmp_path / STOP_NAME, (1e9, 1e9))
    with Stopping(tmp_path) as stopping:
        assert stopping.wanted() == ""
        (tmp_path / STOP_NAME).write_text("something else")
        assert stopping.wanted() == ""
        (tmp_path / STOP_NAME).write_text("epoch\n")
        assert stopping.wanted() == "epoch"
    assert not (tmp_path / STOP_NAME).exists()
