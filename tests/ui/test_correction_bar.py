from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vowelscope.core.phones import load_class_map
from vowelscope.core.textgrid import Interval, IntervalTier, PointTier, TextGrid
from vowelscope.ui.main_window import MainWindow

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
LABELS = ("", "IY1", "T", "AE1", "S", "ER0", "")


@pytest.fixture
def window(show_grid: Callable[[TextGrid], MainWindow]) -> Iterator[MainWindow]:
    intervals = tuple(Interval(float(i), i + 1.0, label) for i, label in enumerate(LABELS))
    tiers = (
        IntervalTier("words", 0.0, 7.0, (Interval(0.0, 7.0, "teaser"),)),
        PointTier("tones", 0.0, 7.0),
        IntervalTier("phones", 0.0, 7.0, intervals),
    )
    window = show_grid(TextGrid(0.0, 7.0, tiers))
    window.bench.class_map = load_class_map("vowels5")
    window.session.select_item(2, 0)
    window.actions_by_id["correct.mode"].trigger()
    yield window
    window.editing.correcting.set_on(False)
    window.bench.class_map = None


def test_the_bar_says_what_is_corrected_and_how_far_one_is(
    window: MainWindow, qtbot: QtBot
) -> None:
    bar, session = window.editing.correction_bar, window.session
    assert bar.isVisible() and window.actions_by_id["correct.mode"].isChecked()
    assert [bar.tiers.itemText(row) for row in range(bar.tiers.count())] == ["1 words", "3 phones"]
    assert bar.tiers.currentText() == "3 phones"
    assert "1 of 3" in bar.state.text() and "Alt+Return" in bar.state.text()
    assert session.item_index == 1
    qtbot.keyClick(window.editor, Qt.Key.Key_Return, ALT)
    assert session.item_index == 3 and "2 of 3" in bar.state.text()
    qtbot.keyClick(window.editor, Qt.Key.Key_Return, ALT | SHIFT)
    assert session.item_index == 1
    qtbot.mouseClick(bar.only, Qt.MouseButton.LeftButton)
    assert "1 of 5" in bar.state.text()
    bar.share.setValue(50)
    assert session.view == pytest.approx((0.5, 2.5))
    assert window.bench.settings.editing.correction_share == 0.5


def test_a_label_that_is_typed_is_kept_as_one_goes_on(window: MainWindow, qtbot: QtBot) -> None:
    session, field = window.session, window.label_bar.field
    window.actions_by_id["edit.label"].trigger()
    qtbot.keyClicks(field, "IH1")
    qtbot.keyClick(field, Qt.Key.Key_Return, ALT)
    assert session.item_index == 3 and field.text() == "AE1" and field.hasFocus()
    assert session.textgrid is not None
    tier = session.textgrid.tiers[2]
    assert isinstance(tier, IntervalTier) and tier.intervals[1].text == "IH1"
    assert session.undo_stack.count() == 1


def test_another_tier_from_the_bar_and_the_way_back(window: MainWindow, qtbot: QtBot) -> None:
    bar, session = window.editing.correction_bar, window.session
    window.actions_by_id["correct.options"].trigger()
    assert bar.tiers.hasFocus()
    bar.only.click()
    bar.tiers.setCurrentIndex(0)
    bar.tiers.activated.emit(0)
    assert (session.tier_index, session.item_index) == (0, 0)
    qtbot.keyClick(bar.tiers, Qt.Key.Key_Escape)
    assert window.editor.hasFocus() and bar.isVisible()


def test_the_bar_names_the_key_that_the_user_chose(window: MainWindow) -> None:
    keys = window.editing.keys
    keys._on_keymap(keys.keymap.with_key("correct.next", "F11"))
    assert "F11: next" in window.editing.correction_bar.state.text()
    keys._on_keymap(keys.keymap.with_all_defaults())
    assert "Alt+Return: next" in window.editing.correction_bar.state.text()
