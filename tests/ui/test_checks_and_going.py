from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vowelscope.app.settings import SettingsFile
from vowelscope.core.phones import load_class_map
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.ui.main_window import MainWindow

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LABELS = ("IY1", "%%", "", "AE1", "&&", "\\ae", " ", "N", "i")


@pytest.fixture
def window(show_grid: Callable[[TextGrid], MainWindow]) -> Iterator[MainWindow]:
    intervals = tuple(Interval(float(i), i + 1.0, label) for i, label in enumerate(LABELS))
    tiers = (
        IntervalTier("phones", 0.0, 9.0, intervals),
        PointTier("tones", 0.0, 9.0, (Point(1.5, "H*"), Point(2.5, ""), Point(3.5, "L%"))),
    )
    window = show_grid(TextGrid(0.0, 9.0, tiers))
    window.session.set_view(0.0, 2.0)
    yield window
    window.bench.class_map = None


def wait(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.editing.checking.is_checking, timeout=10_000)


def test_findings_are_gone_to_and_mended_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    session, panel = window.session, window.editing.check_panel
    qtbot.keyClick(window.editor, Qt.Key.Key_L, CONTROL | SHIFT)
    assert panel.isVisible() and panel.table.hasFocus()
    wait(window, qtbot)
    assert [row.kind for row in panel.table.model().rows] == [
        "unknown label",
        "unknown label",
        "blanks",
    ]
    window.editor.setFocus()
    qtbot.keyClick(window.editor, Qt.Key.Key_F9)
    assert (session.item_index, session.selection) == (1, (1.0, 2.0))
    assert "%%" in panel.sentence.text()
    window.label_bar.field.setText("AA1")
    window.label_bar.field.setModified(True)
    window.label_bar.commit()
    wait(window, qtbot)
    assert len(panel.table.model().rows) == 2
    qtbot.keyClick(window.editor, Qt.Key.Key_F9)
    assert session.item_index == 4  # none was passed over
    assert session.view[0] <= 4.0 and session.view[1] >= 5.0
    qtbot.keyClick(window.editor, Qt.Key.Key_F9)
    assert session.item_index == 6
    qtbot.keyClick(window.editor, Qt.Key.Key_F9, SHIFT)
    assert session.item_index == 4


def test_findings_of_one_kind(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.editing.check_panel
    window.actions_by_id["checks.show"].trigger()
    wait(window, qtbot)
    assert [panel.kinds.itemText(row) for row in range(panel.kinds.count())] == [
        "All findings (3)",
        "blanks (1)",
        "unknown label (2)",
    ]
    panel.kinds.setCurrentIndex(1)
    panel.kinds.activated.emit(1)
    panel.table.setFocus()
    panel.table.selectRow(0)
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert window.session.item_index == 6


def test_the_check_list_is_remembered(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text('[[tiers]]\ntier = "*"\nallow_empty = false\n', encoding="utf-8")
    window.actions_by_id["checks.show"].trigger()
    window.editing.check_panel.check_list_chosen.emit(str(own))
    wait(window, qtbot)
    assert {finding.kind for finding in window.editing.checking.findings} == {
        "empty label",
        "blanks",
    }
    folder = window.bench._settings_file.path.parent
    assert SettingsFile(folder).load().editing.check_list == str(own)


def test_next_and_previous_empty_interval(window: MainWindow, qtbot: QtBot) -> None:
    session, editor = window.session, window.editor
    notes: list[str] = []
    session.note.connect(notes.append)
    visited = []
    for _ in range(3):
        qtbot.keyClick(editor, Qt.Key.Key_J, CONTROL)
        visited.append(session.item_index)
    assert visited == [2, 6, 6] and len(notes) == 1 and "phones" in notes[0]
    assert session.view[1] >= 7.0
    qtbot.keyClick(editor, Qt.Key.Key_J, CONTROL | SHIFT)
    assert session.item_index == 2
    session.select_item(1, None)
    session.set_cursor(2.0)
    qtbot.keyClick(editor, Qt.Key.Key_J, CONTROL)
    assert (session.tier_index, session.item_index, session.cursor_s) == (1, 1, 2.5)


def test_without_a_selected_interval_it_goes_on_from_the_cursor(
    window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    session.set_cursor(4.2)
    qtbot.keyClick(window.editor, Qt.Key.Key_J, CONTROL)
    assert session.item_index == 6
    session.select_item(0, None)
    session.set_cursor(4.2)
    qtbot.keyClick(window.editor, Qt.Key.Key_J, CONTROL | SHIFT)
    assert session.item_index == 2


def test_next_vowel_of_the_models_and_of_one_class(window: MainWindow, qtbot: QtBot) -> None:
    session, editor = window.session, window.editor
    window.bench.class_map = load_class_map("vowels5")
    visited = []
    for _ in range(4):
        qtbot.keyClick(editor, Qt.Key.Key_T, CONTROL)
        visited.append(session.item_index)
    assert visited == [0, 3, 5, 8]
    qtbot.keyClick(editor, Qt.Key.Key_R, CONTROL | SHIFT)
    assert session.item_index == 0
    qtbot.keyClick(editor, Qt.Key.Key_R, CONTROL)
    assert session.item_index == 8
    qtbot.keyClick(editor, Qt.Key.Key_T, CONTROL | SHIFT)
    assert session.item_index == 5
    notes: list[str] = []
    session.note.connect(notes.append)
    session.select_item(0, 7)
    qtbot.keyClick(editor, Qt.Key.Key_R, CONTROL)
    assert session.item_index == 7 and len(notes) == 1


def test_before_the_model_is_there_it_says_so(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(window.bench.explaining, "load", lambda: asked.append(True))
    qtbot.keyClick(window.editor, Qt.Key.Key_T, CONTROL)
    assert window.session.item_index is None and asked
    assert "loading" in window.statusBar().currentMessage()
