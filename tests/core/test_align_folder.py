"""A folder of recordings, in real processes."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from vowelscope.core.align_folder import align_tasks, plan
from vowelscope.core.errors import AlignmentError
from vowelscope.core.textgrid_io import read_textgrid

TEXT = "We see the father's cat in the blue bird house."


def test_plan_keeps_subfolders_and_matches_names(tmp_path: Path) -> None:
    for name in ("a.wav", "anna/b.FLAC", "anna/notes.txt"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    tasks = plan(tmp_path / "in", {"a": "one", "anna/b": "two"}, tmp_path / "out")
    assert [(t.recording.name, t.text, t.target) for t in tasks] == [
        ("a.wav", "one", tmp_path / "out" / "a.TextGrid"),
        ("b.FLAC", "two", tmp_path / "out" / "anna" / "b.TextGrid"),
    ]


def test_plan_refuses_nothing_and_two_of_a_name(tmp_path: Path) -> None:
    with pytest.raises(AlignmentError, match="no recordings"):
        plan(tmp_path, {}, tmp_path)
    (tmp_path / "a.wav").write_bytes(b"x")
    (tmp_path / "a.flac").write_bytes(b"x")
    with pytest.raises(AlignmentError, match="the same TextGrid"):
        plan(tmp_path, {}, tmp_path)


def test_failures_are_reported_and_do_not_stop_the_rest(speech, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("good", "untold", "misfit"):
        shutil.copy(speech.wav, folder / f"{name}.wav")
    (folder / "broken.wav").write_bytes(b"RIFF and nothing")
    texts = {"good": TEXT, "misfit": "never mind seven oceans of treacle", "broken": TEXT}
    outcomes = {
        o.task.recording.stem: o for o in align_tasks(plan(folder, texts, tmp_path / "out"), jobs=2)
    }
    assert outcomes["good"].reason == ""
    assert "no transcript" in outcomes["untold"].reason
    assert "does not fit" in outcomes["misfit"].reason
    assert "not a sound file" in outcomes["broken"].reason
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["good.TextGrid"]
    assert len(read_textgrid(tmp_path / "out" / "good.TextGrid").textgrid.tiers) == 2


class Deadly:
    """Ends the process that unpickles it, as the system ends one that has eaten the memory."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (9,)


def test_a_process_that_dies_costs_its_recording_only(speech, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a", "b", "c"):
        shutil.copy(speech.wav, folder / f"{name}.wav")
    tasks = plan(folder, dict.fromkeys("abc", TEXT), tmp_path / "out")
    tasks[1] = replace(tasks[1], text=Deadly())  # type: ignore[arg-type]
    outcomes = {o.task.recording.stem: o.reason for o in align_tasks(tasks, jobs=2)}
    assert "ended by the system" in outcomes.pop("b")
    assert outcomes == {"a": "", "c": ""}
