"""Real TextGrid files in several styles, written, taken back, and left alone."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile

from vowelscope.app import suspect_files
from vowelscope.app.recovery import _hash
from vowelscope.app.suspect_files import Outcome, last_writing, take_back, write_all
from vowelscope.core.suspects import Suspect
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import FileStyle, read_textgrid, to_bytes

GRID = TextGrid(
    0.0, 3.0,
    (IntervalTier("phones", 0.0, 3.0, tuple(Interval(x, x + 1.0, "ɑ") for x in range(3))),),
)  # fmt: skip
STYLES = (
    FileStyle("long", "utf-8", "\r\n"),
    FileStyle("short", "utf-16-le", "\n"),
    FileStyle("chronological", "utf-16-be", "\n"),
    FileStyle("long", "utf-8-sig", "\r"),
    FileStyle("binary"),
)
ONE = [Suspect("phones", 1.0, 2.0, "ɑ→ɝ 0.83")]


def corpus(folder: Path) -> dict[Path, bytes]:
    made = {}
    for number, style in enumerate(STYLES):
        path = folder / f"{number}.TextGrid"
        path.write_bytes(to_bytes(GRID, style))
        made[path] = path.read_bytes()
    return made


def write(files: dict[Path, bytes], folder: Path) -> list[Outcome]:
    wanted = dict.fromkeys(files, ONE)
    return write_all(wanted, "suspect", folder / "out", folder / "state", threading.Event())


def undo(folder: Path) -> list[Outcome]:
    last = last_writing(folder / "out")
    assert last is not None
    return take_back(last, folder / "state", threading.Event())


def test_each_file_keeps_its_style_and_all_but_the_new_tier(tmp_path: Path) -> None:
    files = corpus(tmp_path)
    outcomes = write(files, tmp_path)
    assert all(outcome.is_done and outcome.sentence == "1 written." for outcome in outcomes)
    for (path, before), style in zip(files.items(), STYLES, strict=True):
        document = read_textgrid(path)
        assert document.style == style
        assert [x.name for x in document.textgrid.tiers] == ["phones", "suspect"]
        without = replace(document.textgrid, tiers=document.textgrid.tiers[:1])
        assert to_bytes(without, style) == before
    # Byte for byte: the old tier of a long text is the beginning of the new file, but its count.
    path, before = next(iter(files.items()))
    assert path.read_bytes().startswith(before.replace(b"size = 1 \r\n", b"size = 2 \r\n", 1))
    copies = list((tmp_path / "state" / "backups").glob("*/*.TextGrid"))
    assert {copy.read_bytes() for copy in copies} == set(files.values())
    assert all(outcome.is_done for outcome in undo(tmp_path))
    assert {path: path.read_bytes() for path in files} == files
    assert last_writing(tmp_path / "out") is None


def test_what_somebody_changed_since_or_has_open_is_not_taken_back(tmp_path: Path) -> None:
    files = corpus(tmp_path)
    write(files, tmp_path)
    changed, opened, *others = files
    changed.write_bytes(to_bytes(GRID, FileStyle("short")))
    after = opened.read_bytes()
    name = f"{_hash(os.path.realpath(opened))}.lock"
    lock = QLockFile(str(tmp_path / "state" / "locks" / name))
    assert lock.tryLock(0)
    said = {outcome.path: outcome for outcome in undo(tmp_path)}
    assert changed.read_bytes() == to_bytes(GRID, FileStyle("short"))
    assert "Changed since" in said[changed].sentence and not said[changed].is_done
    assert opened.read_bytes() == after and "open in a window" in said[opened].sentence
    assert all(path.read_bytes() == files[path] for path in others)
    lock.unlock()
    (last,) = undo(tmp_path)
    assert last.is_done and opened.read_bytes() == files[opened]


def test_a_file_that_cannot_be_written_leaves_the_others_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = corpus(tmp_path)
    broken, missing, locked, changing, good = files
    broken.write_bytes(b"no TextGrid")
    missing.unlink()
    (tmp_path / "state" / "locks").mkdir(parents=True)
    name = f"{_hash(os.path.realpath(locked))}.lock"
    lock = QLockFile(str(tmp_path / "state" / "locks" / name))
    assert lock.tryLock(0)
    read = suspect_files._read
    seen: list[Path] = []

    def another(path: Path) -> bytes:
        seen.append(path)
        return read(path) if seen.count(path) < 2 or path != changing else b"by another"

    monkeypatch.setattr(suspect_files, "_read", another)
    outcomes = write(files, tmp_path)
    assert [outcome.is_done for outcome in outcomes] == [False] * 4 + [True]
    for outcome, word in zip(
        outcomes, ("not a TextGrid", "cannot be read", "open", "Another program"), strict=False
    ):
        assert word in outcome.sentence and "\n" not in outcome.sentence
    assert locked.read_bytes() == files[locked] and changing.read_bytes() == files[changing]
    assert len(read_textgrid(good).textgrid.tiers) == 2
    lock.unlock()


_KILLED = """
import os, signal, sys, threading
from pathlib import Path
from vowelscope.app import suspect_files
from vowelscope.core.suspects import Suspect
folder, at = Path(sys.argv[1]), int(sys.argv[2])
count, real = 0, os.replace
path_replace = Path.replace
def killing(self, target):
    global count
    count += 1
    if count == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return path_replace(self, target)
Path.replace = killing
files = {path: [Suspect("phones", 1.0, 2.0, "x")] for path in sorted(folder.glob("*.TextGrid"))}
suspect_files.write_all(files, "suspect", folder / "out", folder / "state", threading.Event())
"""


@pytest.mark.parametrize("at", [7, 9, 10])
def test_a_kill_in_the_middle_leaves_each_file_whole_and_can_be_taken_back(
    tmp_path: Path, at: int
) -> None:
    files = corpus(tmp_path)
    done = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path), str(at)], check=False)
    assert done.returncode == -9
    tiers = [len(read_textgrid(path).textgrid.tiers) for path in files]
    assert 1 <= tiers.count(2) < len(files), tiers
    undo(tmp_path)
    assert {path: path.read_bytes() for path in files} == files


def test_stopping_says_which_files_were_not_reached(tmp_path: Path) -> None:
    files = corpus(tmp_path)
    stop = threading.Event()
    outcomes = write_all(
        dict.fromkeys(files, ONE), "suspect", tmp_path / "out", tmp_path / "state", stop,
        lambda numbers: stop.set() if numbers == (2, 5) else None,
    )  # fmt: skip
    assert [outcome.is_done for outcome in outcomes] == [True, True, False, False, False]
    assert "Not reached" in outcomes[2].sentence


def test_an_encoding_without_ipa_becomes_another_and_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "old.TextGrid"
    tier = IntervalTier("phones", 0.0, 3.0, (Interval(0, 1, "ö"), Interval(1, 2), Interval(2, 3)))
    path.write_bytes(to_bytes(TextGrid(0.0, 3.0, (tier,)), FileStyle("long", "latin-1", "\n")))
    (outcome,) = write({path: b""}, tmp_path)
    assert outcome.is_done and "UTF-8" in outcome.sentence
    assert read_textgrid(path).textgrid.tiers[0] == tier
