from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from vowelscope.app.workbench import Workbench
from vowelscope.core import edits
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.textgrid_io import read_textgrid
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.offer_bar import DifferencesDialog

# A real window in a process of its own: it types a label, adds a boundary, and waits to be killed.
_EDITOR = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from vowelscope.app.workbench import Workbench
from vowelscope.ui.main_window import MainWindow

app = QApplication(sys.argv[:1])
window = MainWindow(Workbench())
window.show()

def edit():
    session = window.session
    session.select_item(1, 2)
    window.label_bar.field.setText("typed")
    window.label_bar.field.setModified(True)
    window.label_bar.commit()
    session.set_cursor(session.selected_interval.midpoint_s)
    window.actions_by_id["boundary.on_selected"].trigger()
    say_when_written()

def say_when_written():
    if window.bench.recovery.is_written:
        print("edited", flush=True)
    else:
        QTimer.singleShot(20, say_when_written)

window.bench.opened.connect(edit)
window.bench.open(Path(sys.argv[1]))
app.exec()
"""


@pytest.fixture
def windows(qtbot: QtBot) -> Iterator[list[MainWindow]]:
    made: list[MainWindow] = []
    yield made
    for window in made:
        window.session.undo_stack.setClean()
        window.close()
        window.deleteLater()


def open_window(
    windows: list[MainWindow], qtbot: QtBot, audio: Path | None, *more: Path
) -> MainWindow:
    window = MainWindow(Workbench())
    windows.append(window)
    window.show()
    if audio is not None:
        with qtbot.waitSignal(window.bench.opened, timeout=20_000):
            window.bench.open(audio, *more)
    return window


def edit_and_kill(audio: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _EDITOR, str(audio)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert child.stdout is not None
    line = child.stdout.readline()
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    assert line.strip() == "edited"


def expected(before: TextGrid) -> TextGrid:
    tier = before.tiers[1]
    middle_s = tier.intervals[2].midpoint_s  # type: ignore[union-attr]
    return edits.add_boundary(edits.set_label(before, 1, 2, "typed"), 1, middle_s)


def test_a_killed_window_loses_nothing(
    speech: Any, qtbot: QtBot, windows: list[MainWindow], tmp_path: Path
) -> None:
    on_disk = speech.textgrid.read_bytes()
    before = read_textgrid(speech.textgrid).textgrid
    edit_and_kill(speech.wav)
    assert speech.textgrid.read_bytes() == on_disk, "nothing but Save writes the user's file"

    # Another start, with no file: the offer names file and changes, and opens the file itself.
    window = open_window(windows, qtbot, None)
    window.bench.restoring.look()
    bar = window.offer_bar
    qtbot.waitUntil(bar.isVisible, timeout=10_000)
    assert bar.text.text().startswith("speech.TextGrid was not saved when the program ended")
    assert "(2 changes)" in bar.text.text()
    bar.show_differences.click()
    dialog = window.findChild(DifferencesDialog)
    assert dialog is not None
    rows = [dialog.list.topLevelItem(i) for i in range(dialog.list.topLevelItemCount())]
    assert {row.text(0) for row in rows if row is not None} == {before.tiers[1].name}
    dialog.reject()
    with qtbot.waitSignal(window.bench.opened, timeout=20_000):
        bar.restore.click()
    session = window.session
    qtbot.waitUntil(lambda: session.is_modified, timeout=10_000)
    assert session.textgrid == expected(before)
    assert session.document is not None and session.document.path == speech.textgrid
    assert not bar.isVisible()
    session.undo_stack.undo()
    assert session.textgrid == before
    session.undo_stack.redo()
    assert window.file_verbs.save_now()
    assert read_textgrid(speech.textgrid).textgrid == expected(before)
    assert not list((tmp_path / ".state" / "recovery").iterdir())


def test_opening_the_file_offers_its_edits_and_discard_forgets_them(
    speech: Any, qtbot: QtBot, windows: list[MainWindow], tmp_path: Path
) -> None:
    edit_and_kill(speech.wav)
    window = open_window(windows, qtbot, speech.wav)
    qtbot.waitUntil(window.offer_bar.isVisible, timeout=10_000)
    window.offer_bar.discard.click()
    assert not window.offer_bar.isVisible()
    assert not window.session.is_modified
    assert not list((tmp_path / ".state" / "recovery").iterdir())


def test_edits_of_a_file_that_is_gone_come_back_under_its_name(
    speech: Any, qtbot: QtBot, windows: list[MainWindow]
) -> None:
    before = read_textgrid(speech.textgrid).textgrid
    edit_and_kill(speech.wav)
    speech.textgrid.unlink()
    window = open_window(windows, qtbot, None)
    window.bench.restoring.look()
    qtbot.waitUntil(window.offer_bar.isVisible, timeout=10_000)
    assert "gone" in window.offer_bar.text.text()
    window.offer_bar.restore.click()
    qtbot.waitUntil(lambda: window.session.is_modified, timeout=20_000)
    assert window.session.textgrid == expected(before)
    assert window.file_verbs.save_now()
    assert read_textgrid(speech.textgrid).textgrid == expected(before)


def test_the_second_window_on_a_file_only_reads(
    speech: Any, qtbot: QtBot, windows: list[MainWindow], tmp_path: Path
) -> None:
    first = open_window(windows, qtbot, speech.wav)
    second = open_window(windows, qtbot, speech.wav)
    assert "open in another window already" in second.notice.text.text()
    assert "(read-only)" in second.windowTitle() and "(read-only)" not in first.windowTitle()
    before = second.session.textgrid
    second.session.select_item(1, 2)
    assert second.label_bar.field.isReadOnly()
    second.actions_by_id["boundary.remove"].trigger()
    assert second.session.textgrid is before
    assert "Nothing was changed" in second.notice.text.text()
    assert not second.file_verbs.save_now()
    # A copy under another name is the second window's own.
    second.bench.save(tmp_path / "copy.TextGrid")
    assert not second.session.is_read_only and "(read-only)" not in second.windowTitle()
    second.actions_by_id["boundary.remove"].trigger()
    assert second.session.is_modified and second.file_verbs.save_now()
    assert read_textgrid(tmp_path / "copy.TextGrid").textgrid == second.session.textgrid


def test_a_file_that_changed_outside_is_asked_about(
    speech: Any, qtbot: QtBot, windows: list[MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(windows, qtbot, speech.wav)
    asked: list[str] = []
    answer = QMessageBox.StandardButton.Cancel

    def say(box: QMessageBox) -> QMessageBox.StandardButton:
        asked.append(box.text())
        return answer

    monkeypatch.setattr(QMessageBox, "exec", say)
    window.session.select_item(1, 2)
    window.actions_by_id["boundary.remove"].trigger()
    other = speech.textgrid.read_bytes() + b"\n"
    speech.textgrid.write_bytes(other)
    assert not window.file_verbs.save_now()
    assert "speech.TextGrid was changed by another program" in asked[0]
    assert speech.textgrid.read_bytes() == other and window.session.is_modified
    answer = QMessageBox.StandardButton.Save
    assert window.file_verbs.save_now()
    assert read_textgrid(speech.textgrid).textgrid == window.session.textgrid
    # What was saved here is not taken for another program's.
    window.session.undo_stack.undo()
    assert window.file_verbs.save_now() and len(asked) == 2


def test_what_praat_leaves_out_is_said_at_opening_and_before_saving(
    speech: Any, qtbot: QtBot, windows: list[MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    speech.textgrid.write_text(
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2.7\n<exists>\n1\n'
        '"TextTier"\n"tones"\n0\n2.7\n2\n1.5\n"a"\n1.5\n"b"\n'
    )
    window = open_window(windows, qtbot, speech.wav)
    document = window.session.document
    assert document is not None and document.warnings
    assert document.warnings[0] in window.notice.text.text()
    asked: list[str] = []

    def say(box: QMessageBox) -> QMessageBox.StandardButton:
        asked.append(box.text())
        return QMessageBox.StandardButton.Save

    monkeypatch.setattr(QMessageBox, "exec", say)
    window.session.replace_textgrid(edits.set_label(document.textgrid, 0, 0, "x"), "Change label")
    assert window.file_verbs.save_now()
    assert document.warnings[0] in asked[0]
