"""Several processes share a run: chosen, stopped, killed, gone on with."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys

import psutil
import pytest
import torch
from safetensors import safe_open

from vowelscope.core.errors import ConfigError
from vowelscope_training import checkpoint
from vowelscope_training.launch import _chosen, shared, told_to_launcher
from vowelscope_training.stopping import LAUNCHER, STOP_NAME, PeerLost, Stopping


@pytest.fixture
def shared_preset(preset):
    """Steps enough to be interrupted in, in micro-batches that two processes can share."""
    text = preset.read_text().replace("batch = 10", "batch = 10\nmicro_batch = 5")
    head, stage, _ = text.split("[[stages]]")
    preset.write_text(f"{head}[[stages]]{stage.replace('steps = 3', 'steps = 60')}")
    return preset


def start(corpus, preset, run, *more, **environment):
    words = ["train", str(corpus), "--preset", str(preset), "-o", str(run), *more]
    return subprocess.Popen(
        [sys.executable, "-I", "-m", "vowelscope_training", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""} | environment,
    )


def until(process, count):
    """Read on until so many steps were told; the number of the last."""
    seen = 0
    for line in process.stdout:
        event = json.loads(line)
        seen += event["event"] == "step"
        if seen == count:
            return event["total_step"]
    raise AssertionError(process.stderr.read())


def workers(process):
    """The processes that train, by rank."""
    children = psutil.Process(process.pid).children(recursive=True)
    return {int(c.environ()["RANK"]): c for c in children if "vowelscope_training" in c.cmdline()}


def ended(processes, within_s=60.0):
    return not psutil.wait_procs(processes, timeout=within_s)[1]


@pytest.mark.slow
def test_two_processes_stop_go_on_and_bear_that_one_is_killed(corpus, shared_preset, tmp_path):
    run = tmp_path / "run"
    stopped = start(corpus, shared_preset, run, "--processes", "2")
    until(stopped, 2)
    both = workers(stopped)
    assert sorted(both) == [0, 1]
    # Isolated: nothing of the working directory or PYTHONPATH is imported.
    assert all("-I" in process.cmdline() for process in both.values())
    stopped.send_signal(signal.SIGTERM)
    out, error = stopped.communicate(timeout=120)
    assert stopped.returncode == 0 and "vowelscope:" not in error
    assert json.loads(out.splitlines()[-1])["event"] == "stopped"
    assert ended(both.values()) and not (run / STOP_NAME).exists()
    at = checkpoint.where(run)["step"]
    assert 2 <= at < 60

    killed = start(corpus, shared_preset, run, "--processes", "2")
    assert until(killed, 1) == at + 1
    both = workers(killed)
    both[1].kill()
    _, error = killed.communicate(timeout=120)
    assert killed.returncode == 2 and "Traceback" not in error
    (said,) = [line for line in error.splitlines() if line.startswith("vowelscope:")]
    assert "process 2 of 2 ended unexpectedly (SIGKILL)" in said and "last checkpoint" in said
    assert ended(both.values())
    assert checkpoint.where(run)["step"] >= at


@pytest.mark.slow
def test_without_their_launcher_processes_stop_with_a_checkpoint(corpus, shared_preset, tmp_path):
    run = tmp_path / "run"
    launcher = start(corpus, shared_preset, run, "--gpus", "0", "--processes", "2")
    until(launcher, 1)
    both = workers(launcher)
    launcher.kill()
    assert ended(both.values())
    *_, last = (run / "events.jsonl").read_text().splitlines()
    said = json.loads(last)
    assert said["event"] == "stopped" and said["total_step"] == checkpoint.where(run)["step"]
    launcher.communicate()


@pytest.mark.slow
def test_what_is_wrong_is_said_once_for_all(corpus, shared_preset, tmp_path):
    shared_preset.write_text(shared_preset.read_text().replace("batch = 10", "batch = 15"))
    process = start(corpus, shared_preset, tmp_path / "run", "--processes", "2")
    _, error = process.communicate(timeout=120)
    assert process.returncode == 2 and "Traceback" not in error
    (said,) = error.splitlines()
    assert "which 2 processes cannot share evenly" in said


@pytest.mark.slow
def test_processes_of_a_cluster_stop_by_its_signal(corpus, shared_preset, tmp_path):
    """As srun starts them: each with its rank, and each gets the signal itself."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = tmp_path / "run"
    both = [
        start(
            corpus,
            shared_preset,
            run,
            RANK=str(rank),
            LOCAL_RANK=str(rank),
            WORLD_SIZE="2",
            MASTER_ADDR="127.0.0.1",
            MASTER_PORT=str(port),
            ACCELERATE_USE_CPU="true",
        )
        for rank in range(2)
    ]
    until(both[0], 2)
    for process in both:
        process.send_signal(signal.SIGUSR1)
    for process in both:
        _, error = process.communicate(timeout=120)
        assert process.returncode == 0, error
    assert checkpoint.where(run)["step"] < 60
    with safe_open(run / checkpoint.NAME, framework="np") as file:
        assert any(key.startswith("optimiser.") for key in file.keys())  # noqa: SIM118


def test_gpus_are_chosen_by_number_or_count(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)

    def seen(processes, gpus):
        count, environment = _chosen(processes, gpus)
        return count, environment.get("CUDA_VISIBLE_DEVICES")

    assert seen(None, None) == seen(1, None) == (1, None)
    assert seen(None, "2") == seen(2, None) == seen(2, "2") == (2, "0,1")
    assert seen(None, "0,2") == (2, "0,2") and seen(None, "3,") == (1, "3")
    assert seen(None, "0") == (1, "") and seen(3, "0") == (3, "")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,5,GPU-6,7")
    assert seen(None, "0,2") == (2, "4,GPU-6")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    count, environment = _chosen(2, None)
    assert count == 2 and environment["ACCELERATE_USE_CPU"] == "true"
    assert int(environment["OMP_NUM_THREADS"]) >= 1


@pytest.mark.parametrize(
    ("processes", "gpus", "said"),
    [
        (None, "0,9", "this machine has 1 GPU, counted from 0"),
        (None, "2", "--gpus 2: this machine has 1 GPU"),
        (2, None, "with --gpus 0 they share the processor"),
        (2, "0,", "one process a GPU"),
        (0, None, "must be 1 or more"),
        (None, "a", "not a number of GPUs"),
        (None, "1,1", "not a number of GPUs"),
        (None, ",", "not a number of GPUs"),
        (None, "", "not a number of GPUs"),
        (None, "-1", "not a number of GPUs"),
    ],
)
def test_gpus_that_cannot_be_are_one_sentence(monkeypatch, tmp_path, processes, gpus, said):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(ConfigError, match=said) as caught:
        shared([], tmp_path, processes, gpus)
    assert "\n" not in str(caught.value)


def test_one_process_trains_by_itself(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1,2,3")
    assert not shared([], tmp_path, None, "2,")
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "2"
    monkeypatch.setenv(LAUNCHER, "1")
    assert not shared([], tmp_path, 4, None)


def test_the_launcher_is_told_what_it_is_to_say(monkeypatch, tmp_path):
    path = tmp_path / "error.json"
    monkeypatch.setenv("TORCHELASTIC_ERROR_FILE", str(path))
    monkeypatch.delenv(LAUNCHER, raising=False)
    assert not told_to_launcher(ConfigError("no")) and not path.exists()
    monkeypatch.setenv(LAUNCHER, "1")
    assert told_to_launcher(PeerLost("another is gone"))
    assert json.loads(path.read_text())["peer_lost"]
    assert told_to_launcher(ConfigError("a reason"))
    held = json.loads(path.read_text())
    assert held["message"] == "a reason" and not held["peer_lost"]
    monkeypatch.setenv("TORCHELASTIC_ERROR_FILE", str(tmp_path / "none" / "error.json"))
    assert not told_to_launcher(ConfigError("a reason"))


def test_of_several_processes_one_takes_a_wish_away(monkeypatch, tmp_path):
    """A wish that is younger than the launcher is for a process that only starts."""
    wish = tmp_path / STOP_NAME
    wish.write_text("now")
    monkeypatch.setenv(LAUNCHER, str(os.getpid()))
    with Stopping(tmp_path, owner=False) as other:
        assert other.wanted() == "now"
    assert wish.exists()
    born_s = psutil.Process().create_time()
    os.utime(wish, (born_s + 1, born_s + 1))
    with Stopping(tmp_path) as first:
        assert first.wanted() == "now"
    assert not wish.exists()
