"""Runs as the window follows them, with real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from vowelscope.app.jobs import Jobs
from vowelscope.app.process_identity import ProcessIdentity
from vowelscope.app.run_index import RunEntry, default_runs_folder, forget, known_runs, remember
from vowelscope.app.run_story import RunStory, glance
from vowelscope.app.training import Plan, Training, sentence_of, state_of
from vowelscope.app.training_process import environment_for
from vowelscope.core.errors import ConfigError


@pytest.fixture
def training(qapp: object):
    jobs = Jobs(threads=2)
    made = Training(jobs)
    made.set_watched(True)
    yield made
    made.shutdown()
    jobs.shutdown()


def write(folder: Path, *events: dict[str, object], end: str = "\n") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "events.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n".join(json.dumps({"time_s": 0.0, **event}) for event in events) + end)


def step(number: int, loss: float = 1.0, time_s: float = 0.0) -> dict[str, object]:
    return {
        "event": "step",
        "total_step": number,
        "total": 10,
        "loss": loss,
        "accuracy": 0.5,
        "images_per_s": 8.0,
        "time_s": time_s,
    }


def valid(number: int) -> dict[str, object]:
    return {
        "event": "validation",
        "total_step": number,
        "accuracy": 0.5,
        "macro_f1": 0.4,
        "confusion": [[1, 0], [0, 1]],
        "counts": {"i": 1, "u": 1},
        "tokens": 2,
    }


def read(story: RunStory, folder: Path) -> None:
    story.take(glance(folder, story.offset, None))


def test_events_are_read_as_they_come_and_halves_wait(tmp_path: Path) -> None:
    story = RunStory()
    write(tmp_path, step(1), step(2), end="")
    read(story, tmp_path)
    assert story.steps == [1]
    write(tmp_path, {}, end="\n")
    write(tmp_path, valid(2), {"event": "other"}, {"event": "step", "total_step": 3})
    read(story, tmp_path)
    assert story.valid_f1s == [0.4] and story.steps in ([1], [1, 2])
    assert story.validation["confusion"] == [[1, 0], [0, 1]]
    (tmp_path / "events.jsonl").write_text("")
    read(story, tmp_path)
    assert story.steps == [] and story.offset == 0


def test_steps_that_are_repeated_after_a_crash_replace_the_lost_ones(tmp_path: Path) -> None:
    story = RunStory()
    write(tmp_path, *(step(n) for n in range(1, 8)), valid(5), valid(7))
    write(tmp_path, step(6, loss=2.0), step(7), valid(7), {"event": "finished", "steps": 7})
    read(story, tmp_path)
    assert story.steps == [1, 2, 3, 4, 5, 6, 7] and story.losses[5] == 2.0
    assert story.valid_steps == [5, 7] and story.is_trained
    assert state_of(story) == "finished"


def test_what_is_left_is_told_at_the_pace_of_the_last_steps(tmp_path: Path) -> None:
    story = RunStory()
    write(tmp_path, *(step(n, time_s=100.0 + 2 * n) for n in range(1, 7)))
    read(story, tmp_path)
    assert story.left_s is None
    story.at_work = True
    assert story.left_s == pytest.approx((10 - 6) * 2.0)


def test_known_runs_are_kept_and_their_neighbours_found(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    (tmp_path / "b" / "run.json").write_text("{}")
    entry = RunEntry(tmp_path / "a", ProcessIdentity.mine(), "cpu")
    remember(entry)
    default = default_runs_folder() / "d"
    default.mkdir(parents=True)
    (default / "run.json").write_text("{}")
    assert known_runs() == {
        entry.folder: entry,
        tmp_path / "b": RunEntry(tmp_path / "b"),
        default: RunEntry(default),
    }
    forget(entry.folder)
    assert list(known_runs()) == [default]


def test_a_run_that_cannot_begin_says_its_one_sentence(
    training: Training, qtbot: QtBot, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.parquet"
    bad.write_text("no corpus")
    run = tmp_path / "run"
    training.start(Plan(bad, "vowels-8k", run))
    story = training.story(run)
    assert story.at_work and "Starting" in sentence_of(story)
    qtbot.waitUntil(lambda: not story.at_work and bool(story.said), timeout=120_000)
    assert str(bad) in sentence_of(story) and "Traceback" not in sentence_of(story)
    assert state_of(story) == "broken off"
    with pytest.raises(ConfigError, match="holds a run already"):
        training.start(Plan(bad, "vowels-8k", run))
    with pytest.raises(ConfigError, match="holds no run"):
        training.add(tmp_path)


def test_a_run_outlives_its_window_and_a_killed_one_is_seen(
    qapp: object, qtbot: QtBot, tmp_path: Path
) -> None:
    """Another program starts a process that only sleeps; this one follows it and its death."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_text("{}")
    code = (
        "import subprocess, sys\n"
        "from pathlib import Path\n"
        "from unittest.mock import patch\n"
        "from vowelscope.app import training_process as t\n"
        "words = [sys.executable, '-c', 'import time; time.sleep(300)']\n"
        "with patch.object(t, 'training_command', lambda _: words):\n"
        "    print(t.start_detached([], Path(sys.argv[1]) / 'process.log').pid)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(run)], capture_output=True, text=True, timeout=60
    )
    pid = int(done.stdout)
    process = ProcessIdentity.of(pid)
    assert process is not None and process.is_alive()
    assert os.getsid(pid) == pid and os.getpriority(os.PRIO_PROCESS, pid) >= 5
    remember(RunEntry(run, process))
    write(run, step(1), step(2))
    jobs = Jobs(threads=2)
    training = Training(jobs)
    training.set_watched(True)
    qtbot.waitUntil(lambda: run in training.entries, timeout=10_000)
    qtbot.waitUntil(lambda: training.story(run).at_work, timeout=10_000)
    with pytest.raises(ConfigError, match="at work already"):
        training.resume(run)
    with qtbot.waitSignal(training.ended, timeout=20_000):
        os.kill(pid, signal.SIGKILL)
    story = training.story(run)
    assert state_of(story) == "broken off" and "last checkpoint" in sentence_of(story)
    training.shutdown()
    jobs.shutdown()


def test_reading_a_long_run_does_not_hold_the_window(
    training: Training, qtbot: QtBot, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    write(run, *(step(n) for n in range(1, 30_001)))
    (run / "run.json").write_text("{}")
    training.add(run)
    longest_s, last_s = 0.0, time.perf_counter()
    deadline_s = last_s + 60
    from PySide6.QtCore import QCoreApplication

    while len(training.story(run).steps) < 30_000 and last_s < deadline_s:
        QCoreApplication.processEvents()
        now_s = time.perf_counter()
        longest_s, last_s = max(longest_s, now_s - last_s), now_s
        time.sleep(0.001)
    assert len(training.story(run).steps) == 30_000
    # The bound is for a machine that others use too; alone it is some 20 ms.
    assert longest_s < 0.5


def test_a_plan_says_what_differs_from_the_preset(tmp_path: Path) -> None:
    plain = Plan(tmp_path / "c.parquet", "vowels-8k", tmp_path / "run")
    assert not any(word.endswith("tensorboard") for word in plain.words())
    assert "--architecture" not in plain.words()
    words = replace(plain, architecture="resnet18").words()
    assert words[words.index("--architecture") + 1] == "resnet18"
    assert replace(plain, tensorboard=True).words()[-1] == "--tensorboard"
    assert replace(plain, tensorboard=False).words()[-1] == "--no-tensorboard"


def test_one_device_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert environment_for("cpu")["CUDA_VISIBLE_DEVICES"] == ""
    assert environment_for("cuda:1")["CUDA_VISIBLE_DEVICES"] == "1"
    assert "CUDA_VISIBLE_DEVICES" not in environment_for("")
    assert environment_for("")["OMP_WAIT_POLICY"] == "PASSIVE"
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    assert environment_for("cpu")["OMP_WAIT_POLICY"] == "ACTIVE"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    assert environment_for("cuda:1")["CUDA_VISIBLE_DEVICES"] == "7"
    assert environment_for("cuda:0,cuda:1")["CUDA_VISIBLE_DEVICES"] == "4,7"


def test_a_run_goes_on_on_its_gpus_and_is_evaluated_on_one(
    training: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[list[str], str]] = []
    children: list[subprocess.Popen[bytes]] = []
    sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]

    def start(words: list[str], log: Path, device: str) -> subprocess.Popen[bytes]:
        started.append((words, device))
        children.append(subprocess.Popen(sleeping))
        return children[-1]

    monkeypatch.setattr("vowelscope.app.training.start_detached", start)
    several, run = "cuda:0,cuda:2", tmp_path / "run"
    run.mkdir()
    training.start(Plan(tmp_path / "c.parquet", "vowels-8k", run, device=several))
    for again in (training.resume, training.evaluate):
        training.story(run).at_work = False
        again(run)
    for child in children:
        child.kill()
        child.wait()
    (begun, on), (resumed, again_on), (evaluated, one) = started
    assert begun[-2:] == resumed[-2:] == ["--gpus", "0,2"] and on == again_on == several
    assert evaluated == ["evaluate", str(run)] and one == "cuda:0"
    assert training.entries[run].device == several
