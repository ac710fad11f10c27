from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.ui.main_window import MainWindow

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def grid(*tiers: tuple[str, str]) -> TextGrid:
    made = []
    for name, labels in tiers:
        words = labels.split(",")
        intervals = tuple(Interval(float(i), i + 1.0, word) for i, word in enumerate(words))
        made.append(IntervalTier(name, 0.0, float(len(words)), intervals))
    return TextGrid(0.0, made[0].tmax_s, tuple(made))


@pytest.fixture
def window(show_grid: Callable[[TextGrid], MainWindow]) -> MainWindow:
    return show_grid(grid(("words", "one,two,one,three"), ("phones", "w,t,w,th")))


def wait(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.editing.finding.is_searching, timeout=10_000)


def test_find_and_replace_by_keys_alone(window: MainWindow, qtbot: QtBot) -> None:
    session, panel = window.session, window.editing.find_panel
    qtbot.keyClick(window.editor, Qt.Key.Key_F, CONTROL)
    assert panel.isVisible() and panel.text.hasFocus()
    qtbot.keyClicks(panel.text, "one")
    qtbot.keyClick(panel.text, Qt.Key.Key_Return)
    wait(window, qtbot)
    assert panel.table.model().rowCount() == 2
    assert session.item_index == 0 and panel.table.currentIndex().row() == 0
    qtbot.keyClick(panel.text, Qt.Key.Key_Return)
    assert session.item_index == 2
    qtbot.keyClick(panel.text, Qt.Key.Key_Return, SHIFT)
    assert session.item_index == 0
    panel.replacement.setFocus()
    qtbot.keyClicks(panel.replacement, "1")
    qtbot.keyClick(panel.replacement, Qt.Key.Key_Return)
    wait(window, qtbot)
    assert session.textgrid == grid(("words", "1,two,one,three"), ("phones", "w,t,w,th"))
    assert session.item_index == 2
    qtbot.keyClick(panel.replacement, Qt.Key.Key_Escape)
    assert not panel.isVisible() and window.editor.hasFocus()
    qtbot.keyClick(window.editor, Qt.Key.Key_G, CONTROL)
    wait(window, qtbot)
    assert session.item_index == 2
    qtbot.keyClick(window.editor, Qt.Key.Key_Z, CONTROL)
    session.select_item(0, 1)
    qtbot.keyClick(window.editor, Qt.Key.Key_G, CONTROL | SHIFT)
    wait(window, qtbot)
    assert session.item_index == 0


def test_replace_all_by_its_button(window: MainWindow, qtbot: QtBot) -> None:
    session, panel = window.session, window.editing.find_panel
    window.actions_by_id["find.open"].trigger()
    assert not panel.every.isEnabled()
    panel.text.setText("W")
    wait(window, qtbot)
    assert panel.table.model().rowCount() == 3
    panel.match_case.setChecked(True)
    wait(window, qtbot)
    assert panel.table.model().rowCount() == 0 and not panel.every.isEnabled()
    panel.match_case.setChecked(False)
    panel.tiers.menu().actions()[2].setChecked(False)
    assert panel.tiers.text() == "In 2 phones"
    wait(window, qtbot)
    panel.replacement.setText("v")
    qtbot.mouseClick(panel.every, Qt.MouseButton.LeftButton)
    wait(window, qtbot)
    assert session.textgrid == grid(("words", "one,two,one,three"), ("phones", "v,t,v,th"))
    assert panel.sentence.text() == "Replaced in 2 places."
    assert window.statusBar().currentMessage() == "Replaced in 2 places."


def test_a_wrong_expression_is_said_in_the_dock(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.editing.find_panel
    window.actions_by_id["find.open"].trigger()
    panel.mode.setCurrentIndex(panel.mode.findData("regex"))
    panel.text.setText("[")
    wait(window, qtbot)
    assert "regular expression" in panel.sentence.text()
    assert not window.notice.isVisible()


def test_what_is_typed_into_a_label_is_not_lost_to_the_search(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, panel = window.session, window.editing.find_panel
    session.select_item(0, 1)
    window.actions_by_id["edit.label"].trigger()
    qtbot.keyClicks(window.label_bar.field, "one")
    window.actions_by_id["find.open"].trigger()
    panel.text.setText("one")
    wait(window, qtbot)
    assert panel.table.model().rowCount() == 3
    panel.replacement.setText("1")
    qtbot.mouseClick(panel.every, Qt.MouseButton.LeftButton)
    wait(window, qtbot)
    assert session.textgrid == grid(("words", "1,1,1,three"), ("phones", "w,t,w,th"))


def test_a_click_on_a_hit_goes_there(window: MainWindow, qtbot: QtBot) -> None:
    session, panel = window.session, window.editing.find_panel
    window.actions_by_id["find.open"].trigger()
    panel.text.setText("w")
    wait(window, qtbot)
    table = panel.table
    place = table.visualRect(table.model().index(2, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (session.tier_index, session.item_index) == (1, 2)
    assert panel.table.model().index(2, 2).data() == "w"
