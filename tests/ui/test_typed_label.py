"""Letters typed in the views go into the label of the selected interval or point."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from vowelscope.core.textgrid import TextGrid
from vowelscope.ui.timeline import x_at

_NONE = Qt.KeyboardModifier.NoModifier
_ALT, _CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def type_in(widget: QWidget, text: str) -> None:
    QTest.keyClicks(widget, text)


@pytest.mark.parametrize("where", ["editor", "spectrogram", "waveform"])
def test_letters_and_digits_are_typed_without_opening_the_field(
    where: str, desk: Any, small_grid: TextGrid
) -> None:
    window, field = desk.window, desk.window.label_bar.field
    desk.session.select_item(1, 1)
    widget = getattr(window, where)
    widget.setFocus()
    type_in(widget, "3")
    assert field.hasFocus() and field.text() == "n3"
    type_in(field, "@.")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.editor.hasFocus()
    assert desk.labels(1) == ["w", "n3@.", "t"]
    assert desk.undo_gives(small_grid)


def test_on_to_the_next_interval_while_typing(desk: Any) -> None:
    desk.session.select_item(1, 0)
    type_in(desk.window.editor, "x")
    field = desk.window.label_bar.field
    QTest.keyClick(field, Qt.Key.Key_Right, _ALT)
    assert desk.labels(1) == ["wx", "n", "t"] and desk.session.item_index == 1
    type_in(field, "y")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.labels(1) == ["wx", "ny", "t"]


def test_points_too_and_escape_takes_it_back(desk: Any, small_grid: TextGrid) -> None:
    desk.session.select_item(2, 0)
    type_in(desk.window.editor, "!")
    QTest.keyClick(desk.window.label_bar.field, Qt.Key.Key_Escape)
    assert desk.session.textgrid == small_grid and desk.window.editor.hasFocus()
    type_in(desk.window.editor, "!")
    QTest.keyClick(desk.window.label_bar.field, Qt.Key.Key_Return)
    assert desk.labels(2) == ["H*!", "L%"]


def test_what_is_no_typing(desk: Any, small_grid: TextGrid, monkeypatch: Any) -> None:
    editor, field = desk.window.editor, desk.window.label_bar.field
    desk.session.select_item(1, 1)
    QTest.keyClick(editor, Qt.Key.Key_Space)
    QTest.keyClick(editor, Qt.Key.Key_Q, _ALT | _CTRL)
    QTest.keyClick(editor, Qt.Key.Key_Home)
    assert not field.hasFocus()
    # With the mode for formants on, digits are formants.
    desk.do("formant.mode")
    QTest.keyClick(editor, Qt.Key.Key_2)
    assert not field.hasFocus()
    desk.do("formant.mode")
    # Nothing to write on; not ours to write.
    desk.session.select_item(1, None)
    type_in(editor, "a")
    assert not field.hasFocus()
    desk.session.select_item(1, 1)
    monkeypatch.setattr(desk.session, "is_read_only", True)
    type_in(editor, "a")
    assert not field.hasFocus() and desk.session.textgrid == small_grid


def double_click(desk: Any, tier: int, time_s: float) -> QPoint:
    tiers = desk.window.tiers
    y = tiers.row_rect(tier).center().y()
    place = QPoint(round(x_at(desk.session, tiers.width(), time_s)), round(y))
    QTest.mouseClick(tiers, Qt.MouseButton.LeftButton, _NONE, place)
    QTest.mouseDClick(tiers, Qt.MouseButton.LeftButton, _NONE, place)
    return place


def test_a_double_click_edits_in_place(desk: Any, small_grid: TextGrid) -> None:
    place = double_click(desk, 1, 0.3)
    field = desk.window.tier_field.field
    assert field.isVisible() and field.hasFocus() and field.geometry().contains(place)
    assert field.text() == field.selectedText() == "n"
    type_in(field, "ng2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not field.isVisible() and desk.window.editor.hasFocus()
    assert desk.labels(1) == ["w", "ng2", "t"] and desk.window.label_bar.field.text() == "ng2"
    assert desk.undo_gives(small_grid)


def test_in_place_escape_takes_back_and_going_elsewhere_keeps(desk: Any) -> None:
    field = desk.window.tier_field.field
    double_click(desk, 2, 0.4)
    type_in(field, "L*")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert desk.labels(2) == ["H*", "L%"] and not field.isVisible()
    double_click(desk, 0, 0.2)
    type_in(field, "uno")
    desk.session.scroll(0.1)
    desk.session.zoom(0.5)
    assert desk.labels(0) == ["uno", "two"] and not field.isVisible()
    double_click(desk, 0, 0.35)
    type_in(field, "ein")
    desk.session.select_item(1, 0)
    assert desk.labels(0) == ["ein", "two"] and desk.labels(1) == ["w", "n", "t"]
    # A narrow one gets room to write.
    desk.session.set_view(0.0, 1.0)
    desk.session.select_item(1, 0)
    assert desk.window.tier_field.open() and field.width() >= 90
    desk.window.tier_field.cancel()


def test_in_place_not_where_another_window_has_the_file(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.session, "is_read_only", True)
    double_click(desk, 1, 0.3)
    assert not desk.window.tier_field.field.isVisible()


def test_a_save_takes_what_is_typed_in_place(desk: Any) -> None:
    double_click(desk, 0, 0.2)
    type_in(desk.window.tier_field.field, "uno")
    assert desk.window.file_verbs.save_now()
    assert desk.labels(0) == ["uno", "two"] and not desk.session.is_modified
    # From the field above straight into the tier: both are kept.
    desk.session.select_item(1, 0)
    type_in(desk.window.editor, "x")
    double_click(desk, 1, 0.1)
    assert desk.labels(1)[0] == "wx" and desk.window.tier_field.field.text() == "wx"
    QTest.keyClick(desk.window.tier_field.field, Qt.Key.Key_Escape)
    assert desk.labels(1) == ["wx", "n", "t"]
