from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from vowelscope.core.textgrid import TextGrid

WORDS, PHONES, TONES = 0, 1, 2
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
KEY = Qt.Key


# Intervals


def test_splitting_divides_the_label_at_the_caret(desk: Any, small_grid: TextGrid) -> None:
    desk.session.select_item(WORDS, 0)
    desk.session.set_cursor(0.1)
    desk.do("edit.label")
    field = desk.window.label_bar.field
    field.setCursorPosition(2)
    desk.qtbot.keyClick(field, KEY.Key_Return, CTRL)
    assert desk.labels(WORDS) == ["on", "e", "two"] and desk.times(WORDS) == [0.1, 0.4]
    assert desk.undo_gives(small_grid)
    desk.window.editor.setFocus()
    desk.session.set_cursor(0.1)
    desk.press(KEY.Key_Return, CTRL)
    assert desk.labels(WORDS) == ["one", "", "two"]


def test_merging(desk: Any, small_grid: TextGrid) -> None:
    desk.session.select_item(PHONES, 0)
    desk.press(KEY.Key_M, CTRL)
    assert desk.labels(PHONES) == ["wn", "t"]
    assert desk.undo_gives(small_grid)
    desk.session.select_times(0.1, 0.5)
    desk.press(KEY.Key_M, CTRL | SHIFT)
    assert desk.labels(PHONES) == ["w n t"]


@pytest.mark.parametrize(
    ("id", "left"),
    [
        ("interval.clear_label", ["w", "", "t"]),
        ("interval.remove_left", ["wn", "t"]),
        ("interval.remove_right", ["w", "nt"]),
        ("interval.remove_both", ["wnt"]),
        ("interval.remove_all", ["wt"]),
    ],
)
def test_removing_labels_and_boundaries(
    desk: Any, small_grid: TextGrid, id: str, left: list[str]
) -> None:
    desk.session.select_item(PHONES, 1)
    desk.do(id)
    assert desk.labels(PHONES) == left
    assert desk.undo_gives(small_grid)


def test_what_cannot_be_done_is_one_sentence(desk: Any, small_grid: TextGrid) -> None:
    desk.session.select_item(TONES, 0)
    for id in ("interval.merge_next", "interval.split", "interval.remove_left"):
        desk.do(id)
    desk.session.select_item(PHONES, 2)
    desk.do("interval.merge_next")
    desk.do("interval.remove_right")
    assert desk.session.textgrid == small_grid
    assert len(desk.said) == 5 and all(text.endswith(".") for text in desk.said)


# Selecting and the clipboard


def test_shift_alt_arrows_extend_by_an_interval(desk: Any) -> None:
    desk.session.select_item(PHONES, 1)
    desk.press(KEY.Key_Left, SHIFT | ALT)
    assert desk.session.selection == (0.0, 0.4)
    desk.press(KEY.Key_Right, SHIFT | ALT)
    desk.press(KEY.Key_Right, SHIFT | ALT)
    assert desk.session.selection == (0.0, 1.0)
    assert desk.session.selected_label == "n"


def test_labels_are_copied_cut_and_pasted(desk: Any, small_grid: TextGrid) -> None:
    desk.session.select_item(PHONES, 0)
    desk.session.select_times(0.0, 0.4)
    desk.press(KEY.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "w\nn"
    desk.session.select_item(WORDS, 0)
    desk.press(KEY.Key_V, CTRL)
    assert desk.labels(WORDS) == ["w", "n"]
    assert desk.undo_gives(small_grid)
    desk.session.select_item(PHONES, 0)
    desk.session.select_times(0.0, 0.4)
    desk.press(KEY.Key_X, CTRL)
    assert desk.labels(PHONES) == ["", "", "t"] and desk.times(PHONES) == [0.2, 0.4]
    assert desk.undo_gives(small_grid)
    desk.session.select_item(PHONES, 2)
    desk.press(KEY.Key_V, CTRL)
    assert desk.session.textgrid == small_grid
    assert "do not fit" in desk.said[-1]


def test_a_stretch_of_a_tier_goes_elsewhere_with_its_boundaries(
    desk: Any, small_grid: TextGrid
) -> None:
    desk.press(KEY.Key_V, CTRL | ALT)
    assert "No stretch" in desk.said[-1]
    desk.session.select_item(PHONES, 0)
    desk.session.select_times(0.1, 0.3)
    desk.press(KEY.Key_C, CTRL | ALT)
    desk.session.select_item(WORDS, 1)
    desk.session.set_cursor(0.5)
    desk.press(KEY.Key_V, CTRL | ALT)
    assert desk.labels(WORDS) == ["one", "two", "w", "n", ""]
    assert desk.times(WORDS) == pytest.approx([0.4, 0.5, 0.6, 0.7])
    assert desk.session.selection == pytest.approx((0.5, 0.7))
    assert desk.undo_gives(small_grid)
    desk.session.select_item(PHONES, 0)
    desk.session.select_times(0.1, 0.3)
    desk.press(KEY.Key_X, CTRL | ALT)
    assert desk.labels(PHONES) == ["w", "", "n", "t"]
    assert desk.undo_gives(small_grid)
    desk.session.select_item(TONES, 0)
    desk.press(KEY.Key_V, CTRL | ALT)
    assert desk.session.textgrid == small_grid and "not of one kind" in desk.said[-1]


def test_text_of_another_program_becomes_one_label(desk: Any) -> None:
    QGuiApplication.clipboard().setText("ta\nta")
    desk.session.select_item(TONES, 0)
    desk.press(KEY.Key_V, CTRL)
    assert desk.labels(TONES) == ["ta ta", "L%"]


def test_copying_in_the_text_field_copies_its_text(desk: Any) -> None:
    desk.session.select_item(WORDS, 0)
    desk.do("edit.label")
    field = desk.window.label_bar.field
    field.setSelection(0, 2)
    desk.qtbot.keyClick(field, KEY.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "on"
    desk.qtbot.keyClick(field, KEY.Key_X, CTRL)
    assert field.text() == "e" and desk.labels(WORDS) == ["one", "two"]


def test_typed_text_is_not_lost_by_an_edit(desk: Any) -> None:
    desk.session.select_item(WORDS, 0)
    desk.do("edit.label")
    desk.qtbot.keyClicks(desk.window.label_bar.field, "new")
    desk.session.set_cursor(0.1)
    desk.qtbot.keyClick(desk.window.label_bar.field, KEY.Key_F1, CTRL)
    assert desk.labels(WORDS) == ["new", "", "two"]


def test_nothing_is_edited_in_a_window_that_only_reads(desk: Any, small_grid: TextGrid) -> None:
    desk.session.is_read_only = True
    desk.session.select_item(PHONES, 1)
    for key in (KEY.Key_F1, KEY.Key_M, KEY.Key_Right):
        desk.press(key, CTRL)
    assert desk.session.textgrid == small_grid and desk.session.undo_stack.count() == 0


def test_without_a_textgrid_keys_say_what_to_do(
    desk: Any, tone_wav: Callable[..., Path], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(desk.window.bench.opened, timeout=20_000):
        desk.window.bench.open(tone_wav(freq_hz=300))
    desk.press(KEY.Key_F1, CTRL)
    desk.press(KEY.Key_Return)
    assert desk.said == ["There is no TextGrid; Tier → Add interval tier… makes one."] * 2
