"""New recordings from a window: put together, cut, silence, pasted; stopped half way."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from vowelscope.app.workbench import Workbench
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.textgrid_io import read_textgrid
from vowelscope.ui.ask import Ask
from vowelscope.ui.concatenate_dialog import ConcatenateDialog
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.splice_verbs import SpliceVerbs

LONG_MS = 60_000


@pytest.fixture
def window(
    qtbot: QtBot, speech: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    bench = Workbench(only_looks=True)
    monkeypatch.setattr(bench.explaining, "explain", lambda *_: None)
    window = MainWindow(bench)
    window.show()
    with qtbot.waitSignal(bench.opened, timeout=LONG_MS):
        bench.open(speech[0])
    yield window
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


def _verbs(window: MainWindow) -> SpliceVerbs:
    verbs = window.grid_editing.verbs["splice"]
    assert isinstance(verbs, SpliceVerbs)
    return verbs


def _save_as(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def _samples(path: Path) -> np.ndarray:
    return sf.read(path, dtype="int16")[0]


def test_recordings_are_put_together_and_opened(
    window: MainWindow,
    qtbot: QtBot,
    speech: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = Path(shutil.copy(speech[0], tmp_path / "other.wav"))
    window.actions_by_id["splice.concatenate"].trigger()
    dialog = window.findChild(ConcatenateDialog)
    assert dialog is not None and dialog.paths() == [speech[0]]
    dialog.accept()
    assert "two recordings" in dialog.error.text() and dialog.isVisible()
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(other)], ""))
    dialog.add.click()
    dialog.list.setCurrentRow(1)
    dialog.up.click()
    assert dialog.paths() == [other, speech[0]]
    out = tmp_path / "chain.wav"
    _save_as(monkeypatch, out)
    with qtbot.waitSignal(window.bench.opened, timeout=LONG_MS):
        dialog.accept()
    recording, textgrid = window.session.recording, window.session.textgrid
    assert recording is not None and recording.path == out and textgrid is not None
    np.testing.assert_array_equal(_samples(out), np.tile(_samples(speech[0]), 2))
    names = textgrid.tiers[-1]
    assert isinstance(names, IntervalTier)
    assert [x.text for x in names.intervals] == ["other", speech[0].stem]
    assert _verbs(window).bar is None


def test_time_is_cut_and_pasted_into_new_files(
    window: MainWindow,
    qtbot: QtBot,
    speech: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, before = window.session, _samples(speech[0])
    said: list[str] = []
    session.message.connect(said.append)
    session.clear_selection()
    window.actions_by_id["splice.remove"].trigger()
    assert "Select a stretch" in said[-1]
    window.actions_by_id["splice.paste"].trigger()
    assert "No time was copied" in said[-1]
    session.select_times(1.0, 1.5)
    window.actions_by_id["splice.copy"].trigger()
    cut = tmp_path / "cut.wav"
    _save_as(monkeypatch, cut)
    with qtbot.waitSignal(window.bench.opened, timeout=LONG_MS):
        window.actions_by_id["splice.remove"].trigger()
    np.testing.assert_array_equal(_samples(cut), np.delete(before, slice(16000, 24000)))
    # What was copied goes back to where it was.
    session.set_cursor(1.0)
    back = tmp_path / "back.wav"
    _save_as(monkeypatch, back)
    with qtbot.waitSignal(window.bench.opened, timeout=LONG_MS):
        window.actions_by_id["splice.paste"].trigger()
    np.testing.assert_array_equal(_samples(back), before)
    assert read_textgrid(back.with_suffix(".TextGrid")).textgrid.tmax_s == len(before) / 16000
    np.testing.assert_array_equal(_samples(speech[0]), before)


def test_silence_is_put_in_and_unsaved_edits_stay_open(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session
    assert session.textgrid is not None and session.recording is not None
    more = (*session.textgrid.tiers, session.textgrid.tiers[0])
    session.replace_textgrid(replace(session.textgrid, tiers=more), "Duplicate tier")
    assert session.is_modified
    path, tiers = session.recording.path, len(more)
    session.set_cursor(0.5)
    out = tmp_path / "quiet"
    _save_as(monkeypatch, out)
    window.actions_by_id["splice.silence"].trigger()
    dialog = window.findChild(Ask)
    assert dialog is not None
    dialog.inputs["duration"].setText("-1")  # type: ignore[union-attr]
    dialog.accept()
    assert "between 0 and" in dialog.error.text()
    dialog.inputs["duration"].setText("0,25")  # type: ignore[union-attr]
    with qtbot.waitSignal(_verbs(window).splicing.ended, timeout=LONG_MS):
        dialog.accept()
    made = out.with_suffix(".wav")
    assert not _samples(made)[8000:12000].any()
    assert len(read_textgrid(made.with_suffix(".TextGrid")).textgrid.tiers) == tiers
    assert session.recording.path == path and session.is_modified
    # A TextGrid that is there is asked about.
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    made.unlink()
    window.actions_by_id["splice.silence"].trigger()
    again = window.findChildren(Ask)[-1]
    again.accept()
    assert not made.exists() and not _verbs(window).splicing.is_busy


def test_a_long_work_shows_how_far_it_is_and_stops(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vowelscope.core import sound_pieces

    write = sf.SoundFile.write
    monkeypatch.setattr(sound_pieces, "_BLOCK_FRAMES", 400)
    monkeypatch.setattr(
        sf.SoundFile, "write", lambda file, data: (time.sleep(0.03), write(file, data))[1]
    )
    window.session.select_times(1.0, 1.1)
    out = tmp_path / "cut.wav"
    _save_as(monkeypatch, out)
    verbs = _verbs(window)
    window.actions_by_id["splice.remove"].trigger()
    bar = verbs.bar
    assert bar is not None
    qtbot.waitUntil(lambda: bar.isVisible() and bar.value() > 300, timeout=LONG_MS)
    assert "s left" in bar.labelText()
    button = bar.findChild(QPushButton)
    assert button is not None
    button.click()
    assert verbs.bar is None
    qtbot.waitUntil(lambda: not list(tmp_path.glob(".vowelscope-*.tmp")), timeout=LONG_MS)
    assert not out.exists() and not verbs.splicing.is_busy
