"""Edits on their way to the disk: the journal, the save, and disks that are full, gone or locked.

A full disk is a small one in memory, which only root may mount.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from vowelscope.app.files import read_files
from vowelscope.app.keeping import Keeping
from vowelscope.app.process_identity import ProcessIdentity
from vowelscope.app.recovery import RecoveryEntry
from vowelscope.app.session import Session
from vowelscope.core import atomic, edits
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid_io import read_textgrid, write_textgrid

Kept = tuple[Session, Keeping]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def kept(qapp: Any, speech: Any, state: Path) -> Iterator[Kept]:
    session = Session()
    keeping = Keeping(session, state)
    yield session, keeping
    keeping.close()
    if session.recording is not None:
        session.recording.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def show(kept: Kept, wav: Path, textgrid: Path) -> None:
    session, keeping = kept
    keeping.take(textgrid)
    session.adopt(read_files(wav, textgrid))


def label(session: Session, text: str) -> None:
    assert session.textgrid is not None
    session.replace_textgrid(edits.set_label(session.textgrid, 1, 2, text), "Change label")


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(b"x" * 1024)
        except OSError:
            return filler


def journal(keeping: Keeping, monkeypatch: pytest.MonkeyPatch) -> list[RecoveryEntry]:
    """What would be offered were this process gone."""
    with monkeypatch.context() as patch:
        patch.setattr(ProcessIdentity, "is_alive", lambda self: False)
        return keeping.recovery.pending()


def said(session: Session) -> list[str]:
    sentences: list[str] = []
    session.message.connect(sentences.append)
    return sentences


def test_the_first_edit_after_opening_or_saving_is_in_the_journal(
    kept: Kept, speech: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, keeping = kept
    show(kept, speech.wav, speech.textgrid)
    for text in ("one", "two"):
        label(session, text)
        qtbot.waitUntil(lambda: len(journal(keeping, monkeypatch)) == 1, timeout=10_000)
        (entry,) = journal(keeping, monkeypatch)
        assert keeping.recovery.load(entry) == session.textgrid
        keeping.save()
        assert not journal(keeping, monkeypatch)
    # Taking back what was saved is an edit as well.
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: len(journal(keeping, monkeypatch)) == 1, timeout=10_000)
    assert keeping.recovery.load(journal(keeping, monkeypatch)[0]) == session.textgrid


def test_the_journal_is_never_behind_the_file(
    kept: Kept, speech: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, keeping = kept
    show(kept, speech.wav, speech.textgrid)
    label(session, "one")
    keeping.recovery.flush()
    label(session, "two")
    keeping.recovery._write_waiting()  # on its way, perhaps not there yet
    held: list[object] = []

    def die_here(path: Path, *_: object) -> None:
        held.extend(keeping.recovery.load(entry) for entry in journal(keeping, monkeypatch))

    monkeypatch.setattr("vowelscope.app.keeping.write_textgrid", die_here)
    keeping.save()
    assert held == [session.textgrid]


def test_the_original_is_kept_before_the_first_save(kept: Kept, speech: Any) -> None:
    session, keeping = kept
    show(kept, speech.wav, speech.textgrid)
    original = speech.textgrid.read_bytes()
    for text in ("one", "two"):
        label(session, text)
        keeping.save()
    (copy,) = keeping.backups.folder_of(speech.textgrid).glob("*.TextGrid")
    assert copy.read_bytes() == original != speech.textgrid.read_bytes()


def test_a_save_over_another_file_keeps_that_one(kept: Kept, speech: Any, tmp_path: Path) -> None:
    _, keeping = kept
    show(kept, speech.wav, speech.textgrid)
    other = tmp_path / "other.TextGrid"
    other.write_bytes(b"someone's work")
    keeping.save(other)
    (copy,) = keeping.backups.folder_of(other).glob("*.TextGrid")
    assert copy.read_bytes() == b"someone's work"


def test_no_backup_is_said_and_does_not_stop_the_save(kept: Kept, speech: Any, state: Path) -> None:
    session, keeping = kept
    show(kept, speech.wav, speech.textgrid)
    state.mkdir(exist_ok=True)
    (state / "backups").write_text("a file in the way")
    label(session, "one")
    sentences = said(session)
    keeping.save()
    assert [text for text in sentences if "No backup of speech.TextGrid was made" in text]
    assert read_textgrid(speech.textgrid).textgrid == session.textgrid


def test_a_full_disk_leaves_the_old_file_and_can_be_tidied(
    kept: Kept, speech: Any, small_disk: Path
) -> None:
    session, keeping = kept
    textgrid = Path(shutil.copy(speech.textgrid, small_disk))
    show(kept, speech.wav, textgrid)
    label(session, "one")
    before = textgrid.read_bytes()
    filler = fill(small_disk)
    with pytest.raises(TextGridError) as caught:
        keeping.save()
    assert str(caught.value) == f"Cannot save {textgrid}: the disk is full."
    assert session.is_modified and textgrid.read_bytes() == before
    assert {path.name for path in small_disk.iterdir()} == {textgrid.name, filler.name}
    filler.unlink()
    keeping.save()
    assert not session.is_modified
    assert read_textgrid(textgrid).textgrid == session.textgrid


def test_a_journal_on_a_full_disk_says_so_once_and_goes_on_by_itself(
    qtbot: QtBot, speech: Any, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session()
    keeping = Keeping(session, small_disk)
    keeping.recovery._again.setInterval(50)
    show((session, keeping), speech.wav, speech.textgrid)
    label(session, "kept")
    qtbot.waitUntil(lambda: len(journal(keeping, monkeypatch)) == 1, timeout=10_000)
    older = session.textgrid
    filler = fill(small_disk)
    sentences = said(session)
    for text in ("not", "written"):
        label(session, text)
        qtbot.waitUntil(lambda: bool(sentences), timeout=10_000)
        keeping.recovery.flush()
    assert sentences == [
        f"Cannot keep unsaved edits in {small_disk / 'recovery'}: the disk is full. "
        "Save the TextGrid; it is tried again meanwhile."
    ]
    (entry,) = journal(keeping, monkeypatch)
    assert keeping.recovery.load(entry) == older, "what was written before is whole"
    filler.unlink()
    # No further edit is needed.
    qtbot.waitUntil(
        lambda: keeping.recovery.load(journal(keeping, monkeypatch)[0]) == session.textgrid,
        timeout=20_000,
    )
    keeping.save()
    assert not journal(keeping, monkeypatch)
    keeping.recovery.close()


def test_a_read_only_disk(kept: Kept, speech: Any, small_disk: Path) -> None:
    session, keeping = kept
    textgrid = Path(shutil.copy(speech.textgrid, small_disk))
    show(kept, speech.wav, textgrid)
    label(session, "one")
    before = textgrid.read_bytes()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(TextGridError, match=r"Cannot save .*: the folder .* is read-only\."):
        keeping.save()
    assert session.is_modified and textgrid.read_bytes() == before
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    keeping.save()
    assert read_textgrid(textgrid).textgrid == session.textgrid


def test_a_drive_that_vanished(
    kept: Kept, speech: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, keeping = kept
    drive = tmp_path / "drive"
    drive.mkdir()
    textgrid = Path(shutil.copy(speech.textgrid, drive))
    show(kept, speech.wav, textgrid)
    label(session, "one")
    drive.rename(tmp_path / "pulled out")
    with pytest.raises(TextGridError) as caught:
        keeping.save()
    assert str(caught.value) == f"Cannot save {textgrid}: the folder {drive} does not exist."
    (entry,) = journal(keeping, monkeypatch)
    assert keeping.recovery.load(entry) == session.textgrid, "the edits are safe meanwhile"
    (tmp_path / "pulled out").rename(drive)
    keeping.save()
    assert read_textgrid(textgrid).textgrid == session.textgrid
    assert not journal(keeping, monkeypatch)


def test_long_and_unicode_paths(
    kept: Kept, speech: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, keeping = kept
    folder = tmp_path / "日本語 ɑ̃" / ("😀" * 60) / ("ü" * 120) / ("x" * 250)
    folder.mkdir(parents=True)
    # 255 bytes, the longest name that there is: no name beside it may be longer.
    textgrid = folder / ("é" * 123 + ".TextGrid")
    assert len(textgrid.name.encode()) == 255
    shutil.copy(speech.textgrid, textgrid)
    show(kept, speech.wav, textgrid)
    label(session, "ʃ\N{COMBINING TILDE} 😀")
    keeping.recovery.flush()
    (entry,) = journal(keeping, monkeypatch)
    assert entry.textgrid_path == textgrid
    assert keeping.recovery.load(entry) == session.textgrid
    keeping.save()
    assert read_textgrid(textgrid).textgrid == session.textgrid
    assert list(keeping.backups.folder_of(textgrid).glob("*.TextGrid"))
    assert [path.name for path in folder.iterdir()] == [textgrid.name]


def test_a_reason_is_the_end_of_a_sentence(tmp_path: Path) -> None:
    fault = OSError(28, "No space left on device")
    assert atomic.reason(fault, tmp_path / "a") == "the disk is full"


class SlowDisk:
    """A disk that takes its time: each write of the user's file waits for `go`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go, self.begun = threading.Event(), threading.Event()
        self.fault: TextGridError | None = None
        monkeypatch.setattr("vowelscope.app.keeping.write_textgrid", self._write)

    def _write(self, path: Path, textgrid: Any, style: Any) -> None:
        self.begun.set()
        assert threading.current_thread() is not threading.main_thread()
        assert self.go.wait(20)
        if self.fault is not None:
            raise self.fault
        write_textgrid(path, textgrid, style)


def test_saved_is_said_once_the_file_is_on_disk(
    kept: Kept, speech: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, keeping = kept
    show(kept, speech.wav, speech.textgrid)
    disk = SlowDisk(monkeypatch)
    notes: list[str] = []
    session.note.connect(notes.append)
    label(session, "one")
    before = speech.textgrid.read_bytes()
    keeping.begin_save()
    qtbot.waitUntil(disk.begun.is_set, timeout=10_000)
    qtbot.wait(50)
    assert session.is_modified and keeping.is_saving and not notes
    assert speech.textgrid.read_bytes() == before
    assert len(journal(keeping, monkeypatch)) == 1
    disk.go.set()
    qtbot.waitUntil(lambda: not keeping.is_saving, timeout=10_000)
    assert notes == ["Saved speech.TextGrid."] and not session.is_modified
    assert not session.is_changed_outside
    assert read_textgrid(speech.textgrid).textgrid == session.textgrid
    assert not journal(keeping, monkeypatch)


def test_an_edit_while_it_is_saved_stays_unsaved(
    kept: Kept, speech: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, keeping = kept
    show(kept, speech.wav, speech.textgrid)
    disk = SlowDisk(monkeypatch)
    marks: list[bool] = []
    session.modified_changed.connect(marks.append)
    original = session.textgrid
    label(session, "one")
    saved = session.textgrid
    keeping.begin_save()
    label(session, "two")
    disk.go.set()
    qtbot.waitUntil(lambda: not keeping.is_saving, timeout=10_000)
    assert session.is_modified and marks == [True]
    assert read_textgrid(speech.textgrid).textgrid == saved != session.textgrid
    qtbot.waitUntil(lambda: keeping.recovery.is_written, timeout=10_000)
    (entry,) = journal(keeping, monkeypatch)
    assert keeping.recovery.load(entry) == session.textgrid, "what is not in the file is kept"
    # Back to what is in the file there is nothing to save, and before it there is again.
    session.undo_stack.undo()
    assert session.textgrid == saved and not session.is_modified
    session.undo_stack.undo()
    assert session.textgrid == original and session.is_modified
    session.undo_stack.redo()
    assert not session.is_modified and marks == [True, False, True, False]


def test_a_save_that_fails_says_so_and_nothing_else(
    kept: Kept, speech: Any, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, keeping = kept
    show(kept, speech.wav, speech.textgrid)
    disk = SlowDisk(monkeypatch)
    disk.fault = TextGridError("Cannot save it: the disk is full.")
    sentences, notes = said(session), []
    session.note.connect(notes.append)
    label(session, "one")
    keeping.begin_save()
    disk.go.set()
    qtbot.waitUntil(lambda: not keeping.is_saving, timeout=10_000)
    assert sentences == ["Cannot save it: the disk is full."] and not notes
    assert session.is_modified and len(journal(keeping, monkeypatch)) == 1


def test_a_second_save_follows_the_first_and_closing_waits_for_both(
    kept: Kept, speech: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, keeping = kept
    show(kept, speech.wav, speech.textgrid)
    disk = SlowDisk(monkeypatch)
    label(session, "one")
    keeping.begin_save()
    label(session, "two")
    keeping.begin_save()
    label(session, "three")
    keeping.begin_save()
    disk.go.set()
    keeping.close()
    assert not session.is_modified and not journal(keeping, monkeypatch)
    assert read_textgrid(speech.textgrid).textgrid == session.textgrid


def test_edits_while_it_is_saved_as_another_file_belong_to_that_one(
    kept: Kept, speech: Any, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, keeping = kept
    show(kept, speech.wav, speech.textgrid)
    disk = SlowDisk(monkeypatch)
    label(session, "one")
    other = tmp_path / "other.TextGrid"
    keeping.begin_save(other)
    label(session, "two")
    disk.go.set()
    qtbot.waitUntil(lambda: not keeping.is_saving, timeout=10_000)
    qtbot.waitUntil(lambda: keeping.recovery.is_written, timeout=10_000)
    (entry,) = journal(keeping, monkeypatch)
    assert entry.textgrid_path == other
    assert keeping.recovery.load(entry) == session.textgrid
    assert session.document is not None and session.document.path == other
