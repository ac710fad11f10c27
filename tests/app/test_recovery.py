from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vowelscope.app.process_identity import ProcessIdentity
from vowelscope.app.recovery import Recovery
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid


def _grid(label: str) -> TextGrid:
    tier = IntervalTier(
        "phones", 0.0, 1.0, (Interval(0.0, 0.1 + 0.2, label), Interval(0.1 + 0.2, 1.0))
    )
    return TextGrid(0.0, 1.0, (tier,))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def recovery(qapp: Any, state: Path) -> Iterator[Recovery]:
    recovery = Recovery(state)
    yield recovery
    recovery.close()


def _notes(state: Path) -> list[Path]:
    return list(state.glob("recovery/*/note.json"))


_CHILD = """
    import sys
    from pathlib import Path
    from PySide6.QtCore import QCoreApplication, QTimer
    from vowelscope.app.recovery import Recovery
    from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid

    app = QCoreApplication([])
    state, textgrid = Path(sys.argv[1]), Path(sys.argv[2])
    recovery = Recovery(state)
    print("lock", recovery.lock(textgrid).held, flush=True)
    number = 0
    def edit():
        global number
        number += 1
        tier = IntervalTier("phones", 0.0, 1.0, (Interval(0.0, 1.0, str(number)),))
        recovery.record(textgrid, textgrid.with_suffix(".wav"), TextGrid(0.0, 1.0, (tier,)))
        print(number, flush=True)
    timer = QTimer()
    timer.timeout.connect(edit)
    timer.start(50)
    {more}
    app.exec()
"""


def _child(state: Path, textgrid: Path, more: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(_CHILD).format(more=more),
            str(state),
            str(textgrid),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_an_edit_is_on_disk_within_a_second_and_gone_when_saved(
    qtbot: Any, recovery: Recovery, state: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.TextGrid"
    started = time.monotonic()
    recovery.record(path, None, _grid("one"))
    recovery.record(path, None, _grid("two"))
    qtbot.waitUntil(lambda: len(_notes(state)) == 1)
    assert time.monotonic() - started < 1
    assert recovery.pending() == [], "the edits of a living window are nobody's to recover"
    recovery.clear(path)
    qtbot.waitUntil(lambda: _notes(state) == [])
    assert not path.exists(), "the user's own file is never touched"


def test_the_window_does_not_wait_for_a_journal_that_is_written(
    qtbot: Any, recovery: Recovery, state: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.TextGrid"
    recovery.record(path, None, _grid("one"))
    qtbot.waitUntil(lambda: len(_notes(state)) == 1)
    with recovery._writing:  # as a thread holds it that waits for a slow disk
        started = time.monotonic()
        recovery.record(path, None, _grid("two"))
        recovery._write_waiting()
        assert not recovery.is_written
        recovery.clear(path)
        assert time.monotonic() - started < 0.05
        assert len(_notes(state)) == 1
    qtbot.waitUntil(lambda: _notes(state) == [])
    assert recovery.is_written


def test_an_edit_that_was_saved_does_not_come_back(
    qtbot: Any, recovery: Recovery, state: Path, tmp_path: Path
) -> None:
    for number in range(20):
        recovery.record(tmp_path / "a.TextGrid", None, _grid(str(number)))
        recovery._write_waiting()  # the write is on its way on its thread
        recovery.clear(tmp_path / "a.TextGrid")
    qtbot.wait(100)
    assert _notes(state) == []


def test_edits_of_a_killed_process_are_offered(
    qtbot: Any, recovery: Recovery, state: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ünter wegs" / "a.TextGrid"
    child = _child(state, path)
    assert child.stdout is not None
    lines = []
    started = 0.0
    while not started or time.monotonic() - started < 1.2:
        lines.append(child.stdout.readline().strip())
        started = started or time.monotonic()
    assert recovery.pending() == []
    assert not recovery.lock(path).held
    child.send_signal(signal.SIGKILL)
    lines += child.communicate()[0].split()
    (entry,) = recovery.pending()
    assert entry.textgrid_path == path
    assert entry.audio_path == path.with_suffix(".wav")
    (tier,) = recovery.load(entry).tiers
    assert isinstance(tier, IntervalTier)
    last = int(tier.intervals[0].text)
    assert last > 1
    assert int(lines[-1]) - last <= 20, "an edit each 50 ms, so no more than a second is lost"
    assert recovery.lock(path).held, "a dead window holds no lock"
    recovery.discard(entry)
    assert recovery.pending() == []
    assert not entry.folder.exists()


def test_what_a_process_closed_with_unsaved_edits_is_offered_too(
    recovery: Recovery, state: Path, tmp_path: Path
) -> None:
    path = tmp_path / "b.TextGrid"
    child = _child(state, path, "QTimer.singleShot(120, lambda: (recovery.close(), app.quit()))")
    child.communicate(timeout=20)
    assert child.returncode == 0
    assert [entry.textgrid_path for entry in recovery.pending()] == [path]


def test_times_and_labels_are_kept_to_the_last_bit(
    recovery: Recovery, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = _grid('ɪ "quoted"\nline \\ae')
    recovery.record(None, tmp_path / "a.wav", grid)
    recovery.flush()
    monkeypatch.setattr(ProcessIdentity, "is_alive", lambda self: False)
    (entry,) = recovery.pending()
    assert entry.textgrid_path is None
    assert entry.audio_path == tmp_path / "a.wav"
    assert recovery.load(entry) == grid


def test_a_damaged_journal_is_no_crash(
    recovery: Recovery, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProcessIdentity, "is_alive", lambda self: False)
    for name, content in {"a": "{", "b": "[]", "c": '{"process": 3}', "d": "\0"}.items():
        folder = state / "recovery" / name
        folder.mkdir(parents=True)
        (folder / "note.json").write_text(content)
    recovery.record(tmp_path / "a.TextGrid", None, _grid("x"))
    recovery.flush()
    (entry,) = recovery.pending()
    (entry.folder / "unsaved.TextGrid").write_text("rubbish")
    with pytest.raises(TextGridError):
        recovery.load(entry)


def test_a_journal_that_cannot_be_written_is_said_once(qtbot: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    recovery = Recovery(tmp_path / "file")
    said: list[str] = []
    recovery.failed.connect(said.append)
    for label in "ab":
        recovery.record(tmp_path / "a.TextGrid", None, _grid(label))
        recovery._write_waiting()
        qtbot.waitUntil(lambda: bool(said))
        qtbot.wait(20)
    assert len(said) == 1
    assert "Cannot keep unsaved edits" in said[0]
    assert recovery.lock(tmp_path / "a.TextGrid").held, "no lock is no reason not to edit"
    recovery.close()


def test_two_windows_on_one_file_are_told_apart(
    recovery: Recovery, state: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.TextGrid"
    (tmp_path / "link.TextGrid").symlink_to(path)
    second = Recovery(state)
    assert recovery.lock(path).held
    assert recovery.lock(path).held, "asking again changes nothing"
    refused = second.lock(tmp_path / "link.TextGrid")
    assert not refused.held
    assert refused.pid == os.getpid()
    assert "link.TextGrid is open in another window already (another window of this program)" in (
        refused.sentence
    )
    assert second.lock(tmp_path / "b.TextGrid").held
    recovery.unlock(path)
    assert second.lock(path).held
    second.close()


def test_a_window_of_another_process_is_named(
    recovery: Recovery, state: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.TextGrid"
    child = _child(state, path)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "lock True"
    refused = recovery.lock(path)
    child.kill()
    child.communicate()
    assert not refused.held
    assert refused.pid == child.pid
    assert f"process {child.pid}" in refused.sentence


def test_a_reused_process_number_is_another_process() -> None:
    me = ProcessIdentity.mine()
    assert me.is_alive()
    assert ProcessIdentity.from_dict(me.to_dict()) == me
    assert not ProcessIdentity(me.pid, me.started - 1, me.boot).is_alive()
    assert not ProcessIdentity(me.pid, me.started, "another boot").is_alive()
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    identity = ProcessIdentity.of(child.pid)
    child.wait()
    assert identity is not None
    assert not identity.is_alive()
