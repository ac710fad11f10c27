from __future__ import annotations

from typing import Any

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vowelscope.core.edit_boundaries import move
from vowelscope.core.textgrid import TextGrid
from vowelscope.ui.timeline import x_at

WORDS, PHONES, TONES = 0, 1, 2
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
KEY = Qt.Key


# Adding and removing


@pytest.mark.parametrize("tier_index", [WORDS, PHONES])
def test_ctrl_f_adds_a_boundary_on_that_tier(
    desk: Any, small_grid: TextGrid, tier_index: int
) -> None:
    desk.session.set_cursor(0.55)
    before = desk.times(tier_index)
    desk.press(Qt.Key(KEY.Key_F1 + tier_index), CTRL)
    assert desk.times(tier_index) == [*before, 0.55]
    assert desk.session.tier_index == tier_index and desk.session.cursor_s == 0.55
    assert desk.undo_gives(small_grid)


def test_ctrl_f_on_a_point_tier_adds_a_point(desk: Any) -> None:
    desk.session.set_cursor(0.55)
    desk.press(KEY.Key_F3, CTRL)
    assert desk.times(TONES) == [0.4, 0.55, 0.7]


def test_ctrl_f_beyond_the_last_tier_says_so(desk: Any, small_grid: TextGrid) -> None:
    desk.session.set_cursor(0.55)
    desk.press(KEY.Key_F8, CTRL)
    assert desk.session.textgrid == small_grid
    assert desk.said == ["There is no tier 8: the TextGrid has 3."]


def test_ctrl_f9_adds_on_all_tiers_and_keeps_what_is_there(desk: Any, small_grid: TextGrid) -> None:
    desk.session.set_cursor(0.7)
    desk.press(KEY.Key_F9, CTRL)
    assert [desk.times(tier)[-1] for tier in (WORDS, PHONES, TONES)] == [0.7, 0.7, 0.7]
    assert desk.labels(TONES) == ["H*", "L%"]
    assert desk.undo_gives(small_grid)


def test_enter_adds_both_ends_of_the_selection(desk: Any, small_grid: TextGrid) -> None:
    desk.session.select_item(WORDS, None)
    desk.session.set_cursor(0.5)
    desk.session.select_times(0.5, 0.8)
    desk.press(KEY.Key_Return)
    assert desk.times(WORDS) == [0.4, 0.5, 0.8]
    assert desk.labels(WORDS) == ["one", "two", "", ""]
    assert desk.session.selection == (0.5, 0.8), "the new interval is selected"
    assert desk.undo_gives(small_grid)


def test_enter_with_a_selection_adds_both_points(desk: Any) -> None:
    desk.session.select_item(TONES, None)
    desk.session.select_times(0.5, 0.7)
    desk.session.set_cursor(0.5)
    desk.press(KEY.Key_Return)
    assert desk.times(TONES) == [0.4, 0.5, 0.7], "where there is one, none is added"


def test_enter_within_the_selected_interval_adds_at_the_cursor(desk: Any) -> None:
    desk.session.select_item(PHONES, 2)
    desk.session.set_cursor(0.6)
    desk.press(KEY.Key_Return)
    assert desk.times(PHONES) == [0.2, 0.4, 0.6]


def test_ctrl_number_makes_the_selection_an_interval_of_that_tier(
    desk: Any, small_grid: TextGrid
) -> None:
    desk.session.select_item(PHONES, 0)
    desk.press(KEY.Key_1, CTRL)
    assert desk.times(WORDS) == [0.2, 0.4]
    assert (desk.session.tier_index, desk.session.selection) == (WORDS, (0.0, 0.2))
    assert desk.undo_gives(small_grid)


def test_ctrl_number_needs_a_selection_within_one_interval(desk: Any, small_grid: TextGrid) -> None:
    desk.press(KEY.Key_1, CTRL)
    desk.session.select_times(0.1, 0.5)
    desk.press(KEY.Key_2, CTRL)
    assert desk.session.textgrid == small_grid
    assert "Select a stretch of time first" in desk.said[0]
    assert "over a boundary" in desk.said[1]


def test_times_of_another_tier_that_differ_by_rounding_make_no_sliver(desk: Any) -> None:
    desk.session.select_times(0.4 + 1e-12, 0.6)
    desk.press(KEY.Key_2, CTRL)
    assert desk.times(PHONES) == [0.2, 0.4, 0.6]
    desk.session.clear_selection()
    desk.session.set_cursor(0.6 - 1e-12)
    desk.press(KEY.Key_F2, CTRL)
    assert desk.times(PHONES) == [0.2, 0.4, 0.6]
    assert "already has a boundary" in desk.said[-1]


def test_alt_backspace_removes_what_the_cursor_is_on(desk: Any, small_grid: TextGrid) -> None:
    desk.session.select_item(PHONES, 0)
    desk.session.set_cursor(0.4)
    desk.press(KEY.Key_Backspace, ALT)
    assert desk.labels(PHONES) == ["w", "nt"]
    assert desk.undo_gives(small_grid)
    desk.session.select_item(TONES, 1)
    desk.press(KEY.Key_Backspace, ALT)
    assert desk.labels(TONES) == ["H*"]


# Moving


def test_nudges_move_the_boundary_at_the_cursor_by_the_step_of_the_settings(desk: Any) -> None:
    step_s = desk.window.bench.settings.editing.nudge_s
    desk.session.select_item(PHONES, 2)
    desk.press(KEY.Key_Right, CTRL)
    desk.press(KEY.Key_Right, CTRL)
    desk.press(KEY.Key_Left, CTRL)
    assert desk.times(PHONES)[1] == pytest.approx(0.4 + step_s)
    assert desk.session.cursor_s == desk.times(PHONES)[1]
    assert desk.session.selected_label == "t"
    assert desk.times(WORDS) == [0.4] and desk.session.undo_stack.count() == 3


def test_nudges_with_shift_move_all_tiers(desk: Any, small_grid: TextGrid) -> None:
    desk.session.select_item(PHONES, 2)
    desk.press(KEY.Key_Left, CTRL | SHIFT)
    moved_s = desk.times(PHONES)[1]
    assert moved_s < 0.4
    assert desk.times(WORDS) == [moved_s] and desk.times(TONES)[0] == moved_s
    assert desk.undo_gives(small_grid)


def test_a_nudge_stops_before_the_neighbour_and_says_where_nothing_is(
    desk: Any, small_grid: TextGrid
) -> None:
    assert desk.session.textgrid is not None
    from vowelscope.core.edit_boundaries import Handle

    desk.session.replace_textgrid(move(small_grid, [Handle(PHONES, 1)], 0.3985), "close")
    desk.session.select_item(PHONES, 1)
    desk.press(KEY.Key_Right, CTRL)
    desk.press(KEY.Key_Right, CTRL)
    assert desk.times(PHONES) == pytest.approx([0.399, 0.4])
    desk.session.set_cursor(0.7)
    count = desk.session.undo_stack.count()
    desk.press(KEY.Key_Right, CTRL)
    assert desk.session.undo_stack.count() == count
    assert "stands at the cursor" in desk.said[-1]


def test_the_nearest_boundary_goes_to_the_cursor(desk: Any, small_grid: TextGrid) -> None:
    desk.session.select_item(PHONES, None)
    desk.session.set_cursor(0.45)
    desk.press(KEY.Key_K, CTRL)
    assert desk.times(PHONES) == [0.2, 0.45] and desk.times(WORDS) == [0.4]
    assert desk.undo_gives(small_grid)
    desk.session.set_cursor(0.45)
    desk.press(KEY.Key_K, CTRL | SHIFT)
    assert desk.times(PHONES)[1] == desk.times(WORDS)[0] == desk.times(TONES)[0] == 0.45


def test_moves_to_zero_crossings(desk: Any, qtbot: QtBot) -> None:
    # 100 Hz: zero every 5 ms, but for half a sample.
    session = desk.session
    session.set_cursor(0.5012)
    desk.press(KEY.Key_0, CTRL)
    qtbot.waitUntil(lambda: session.cursor_s != 0.5012, timeout=10_000)
    assert session.cursor_s == pytest.approx(0.5, abs=1e-4)
    session.select_times(0.2512, 0.6521)
    desk.press(KEY.Key_Comma, CTRL)
    qtbot.waitUntil(lambda: session.selection != (0.2512, 0.6521), timeout=10_000)
    assert session.selection == pytest.approx((0.25, 0.6521), abs=1e-4)
    desk.press(KEY.Key_Period, CTRL)
    qtbot.waitUntil(
        lambda: session.selection is not None and session.selection[1] != 0.6521, timeout=10_000
    )
    assert session.selection == pytest.approx((0.25, 0.65), abs=1e-4)
    assert not session.is_modified


def test_a_boundary_goes_to_the_nearest_zero_crossing(
    desk: Any, small_grid: TextGrid, qtbot: QtBot
) -> None:
    from vowelscope.core.edit_boundaries import Handle

    desk.session.replace_textgrid(move(small_grid, [Handle(PHONES, 1)], 0.2012), "off")
    desk.session.select_item(PHONES, 1)
    desk.press(KEY.Key_0, CTRL | ALT)
    qtbot.waitUntil(lambda: desk.session.undo_stack.count() == 2, timeout=10_000)
    assert desk.times(PHONES)[0] == pytest.approx(0.2, abs=1e-4)
    assert desk.session.cursor_s == desk.times(PHONES)[0]


def test_the_magnet_is_switched_and_remembered(desk: Any) -> None:
    action = desk.window.actions_by_id["boundary.magnet"]
    assert action.isChecked() and desk.session.magnet
    action.trigger()
    assert not desk.session.magnet
    assert not desk.window.bench.settings.editing.magnet


def test_a_drag_is_seen_in_every_view_and_keeps_what_was_typed(desk: Any) -> None:
    window, session = desk.window, desk.session
    session.select_item(WORDS, 0)
    desk.do("edit.label")
    desk.qtbot.keyClicks(window.label_bar.field, "new")
    tiers, left = window.tiers, Qt.MouseButton.LeftButton
    y = round(tiers.row_rect(PHONES).center().y())
    from_px, to_px = (round(x_at(session, tiers.width(), time_s)) for time_s in (0.2, 0.3))
    desk.qtbot.mousePress(tiers, left, NONE, QPoint(from_px, y))
    assert desk.labels(WORDS)[0] == "new"
    place = QPointF(to_px, y)
    QApplication.sendEvent(
        tiers,
        QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            tiers.mapToGlobal(place),
            Qt.MouseButton.NoButton,
            left,
            NONE,
        ),
    )
    held = session.held
    assert held is not None and held.time_s == pytest.approx(0.3, abs=0.003)
    for plot in (window.waveform, window.spectrogram):
        lines = [item for item in plot.items() if isinstance(item, pg.InfiniteLine)]
        assert any(line.isVisible() and line.value() == held.time_s for line in lines)
    texts = [item for item in window.spectrogram.items() if isinstance(item, pg.TextItem)]
    said = [item.toPlainText() for item in texts if item.isVisible()]
    assert any(f"{held.time_s:.6f} s" in text for text in said)
    desk.qtbot.keyClick(tiers, KEY.Key_Escape)
    assert session.held is None and desk.times(PHONES) == [0.2, 0.4]
    desk.qtbot.mouseRelease(tiers, left, NONE, QPoint(to_px, y))
