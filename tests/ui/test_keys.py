from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from vowelscope.app.editing_settings import EditingSettings, KeyChoice
from vowelscope.app.keymap import spelled
from vowelscope.app.settings import Settings, SettingsFile
from vowelscope.app.workbench import Workbench
from vowelscope.ui.actions import TABLE
from vowelscope.ui.key_sheet import KeySheet
from vowelscope.ui.main_window import MainWindow

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def make() -> MainWindow:
    window = MainWindow(Workbench(only_looks=True))
    window.show()
    window.activateWindow()
    window.editor.setFocus()
    return window


def end(window: MainWindow) -> None:
    window.close()
    window.deleteLater()


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = make()
    yield window
    end(window)


def sheet_of(window: MainWindow, qtbot: QtBot) -> KeySheet:
    qtbot.keyClick(window.editor, Qt.Key.Key_F1, SHIFT)
    sheets = window.findChildren(KeySheet)
    assert len(sheets) == 1
    return sheets[0]


def test_every_key_of_the_table_is_a_key_and_is_used_once() -> None:
    keys = [spelled(key) for row in TABLE for key in row.keys]
    assert all(keys) and len(keys) == len(set(keys))
    menus = {row.menu for row in TABLE}
    assert "" not in menus


def test_the_sheet_has_every_action_with_its_key(window: MainWindow, qtbot: QtBot) -> None:
    sheet = sheet_of(window, qtbot)
    for row in TABLE:
        sheet.choose(row.id)
        item = sheet.tree.currentItem()
        assert item is not None
        assert item.text(0) == row.text.replace("&", "").rstrip("…")
        assert all(spelled(key) in item.text(1) for key in row.keys)
        action = window.actions_by_id[row.id]
        assert [key.toString() for key in action.shortcuts()] == [spelled(x) for x in row.keys]
    sheet.field.setText("find next")
    seen = [item.text(0) for item in sheet._items.values() if not item.isHidden()]
    assert seen == ["Find next", "Next finding"]
    sheet.field.setText("ctrl+g")
    seen = [item.text(0) for item in sheet._items.values() if not item.isHidden()]
    assert "Find next" in seen and "Show all" not in seen


def test_a_key_is_changed_with_a_warning_and_for_the_next_start(
    window: MainWindow, qtbot: QtBot
) -> None:
    sheet = sheet_of(window, qtbot)
    sheet.choose("checks.show")
    assert not sheet.set_key.isEnabled()
    sheet.key.setKeySequence(QKeySequence("Ctrl+A"))
    assert "Show all" in sheet.sentence.text() and sheet.set_key.isEnabled()
    sheet.set_key.click()
    assert window.actions_by_id["view.all"].shortcuts() == []
    sheet.close()
    window.activateWindow()
    qtbot.waitUntil(window.editor.hasFocus, timeout=10_000)
    qtbot.keyClick(window.editor, Qt.Key.Key_A, CONTROL)
    assert window.editing.check_panel.isVisible()
    assert SettingsFile().load().editing.keys
    again = make()
    keys = {name: action.shortcuts() for name, action in again.actions_by_id.items()}
    assert keys["checks.show"] == [QKeySequence("Ctrl+A")] and keys["view.all"] == []
    end(again)


def test_reset_gives_praats_keys_back(window: MainWindow, qtbot: QtBot) -> None:
    sheet = sheet_of(window, qtbot)
    for action, key in (("find.next", "Ctrl+I"), ("edit.undo", "")):
        sheet.choose(action)
        sheet.key.setKeySequence(QKeySequence(key))
        sheet.set_key.click()
    actions = window.actions_by_id
    assert actions["view.zoom_in"].shortcuts() == actions["edit.undo"].shortcuts() == []
    sheet.choose("edit.undo")
    sheet.default.click()
    assert actions["edit.undo"].shortcut() == QKeySequence("Ctrl+Z")
    sheet.all_defaults.click()
    assert actions["view.zoom_in"].shortcut() == QKeySequence("Ctrl+I")
    assert actions["find.next"].shortcut() == QKeySequence("Ctrl+G")
    assert SettingsFile().load().editing.keys == ()


def test_f1_is_the_formant_in_the_views_and_the_sheet_in_a_dock(
    window: MainWindow, qtbot: QtBot
) -> None:
    notes: list[str] = []
    for signal in (window.session.note, window.session.message):
        signal.connect(notes.append)
    qtbot.keyClick(window.editor, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: len(notes) == 1, timeout=20_000)
    assert not window.findChildren(KeySheet)
    window.inspector.chooser.whose.setFocus()
    qtbot.keyClick(window.inspector.chooser.whose, Qt.Key.Key_F1)
    assert len(window.findChildren(KeySheet)) == 1 and len(notes) == 1


def test_two_actions_with_one_key_in_the_settings_are_said(qtbot: QtBot) -> None:
    clash = (KeyChoice("find.next", ("Ctrl+I",)),)
    SettingsFile().save(Settings(editing=EditingSettings(keys=clash)))
    window = make()
    qtbot.waitUntil(lambda: "Ctrl+I" in window.notice.text.text(), timeout=10_000)
    assert "Find next" in window.notice.text.text() and "Zoom in" in window.notice.text.text()
    end(window)
