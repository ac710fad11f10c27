from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vowelscope.app.editing_settings import MAX_RECENT_SYMBOLS, EditingSettings
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.symbol_picker import SymbolPicker

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(show_grid: Callable[[TextGrid], MainWindow]) -> MainWindow:
    tier = IntervalTier("phones", 0.0, 2.0, (Interval(0.0, 1.0, "bt"), Interval(1.0, 2.0, "")))
    return show_grid(TextGrid(0.0, 2.0, (tier,)))


def back(window: MainWindow, qtbot: QtBot) -> None:
    """The window is active again; a desktop's window manager sees to that."""
    window.activateWindow()
    qtbot.waitUntil(window.label_bar.field.hasFocus, timeout=10_000)


def open_picker(window: MainWindow, qtbot: QtBot) -> SymbolPicker:
    qtbot.keyClick(window.label_bar.field, Qt.Key.Key_I, CONTROL | SHIFT)
    (picker,) = (found for found in window.findChildren(SymbolPicker) if found.isVisible())
    qtbot.waitUntil(picker.field.hasFocus, timeout=10_000)
    return picker


def test_a_symbol_is_put_in_at_the_cursor_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    session, field = window.session, window.label_bar.field
    session.select_item(0, 0)
    window.actions_by_id["edit.label"].trigger()
    field.setCursorPosition(1)
    picker = open_picker(window, qtbot)
    qtbot.keyClicks(picker.field, "ash")
    qtbot.keyClick(picker.field, Qt.Key.Key_Return)
    back(window, qtbot)
    assert field.text() == "bæt" and field.cursorPosition() == 2
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.selected_label == "bæt"
    assert window.bench.settings.editing.recent_symbols == ("æ",)
    session.undo_stack.undo()
    assert session.selected_label == "bt"


def test_trigraphs_are_put_in_where_that_is_wanted(window: MainWindow, qtbot: QtBot) -> None:
    field = window.label_bar.field
    window.session.select_item(0, 1)
    picker = open_picker(window, qtbot)
    picker.as_trigraph.setChecked(True)
    qtbot.keyClicks(picker.field, "\\ng")
    qtbot.keyClick(picker.field, Qt.Key.Key_Return, SHIFT)
    assert field.text() == "\\ng" and picker.isVisible() and picker.field.text() == ""
    assert picker.table.model().index(0, 0).data() == " ŋ"  # recent, so first
    qtbot.keyClick(picker.field, Qt.Key.Key_Down)
    qtbot.keyClick(picker.field, Qt.Key.Key_Return)
    assert field.text() == "\\ngi"
    assert window.bench.settings.editing.trigraphs
    back(window, qtbot)
    again = open_picker(window, qtbot)
    assert again.as_trigraph.isChecked()
    qtbot.keyClick(again.field, Qt.Key.Key_Escape)
    back(window, qtbot)
    assert field.text() == "\\ngi"


def test_without_an_interval_it_says_so(window: MainWindow) -> None:
    window.actions_by_id["symbol.pick"].trigger()
    assert not window.findChildren(SymbolPicker)
    assert "interval" in window.notice.text.text()


def test_only_so_many_symbols_are_recent() -> None:
    editing = EditingSettings()
    for number in range(40):
        editing = editing.with_symbol(chr(0x250 + number))
    assert len(editing.recent_symbols) == MAX_RECENT_SYMBOLS
    assert editing.with_symbol("ɶ").with_symbol("ɶ").recent_symbols.count("ɶ") == 1
