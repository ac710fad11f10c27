"""Tiers collapsed, hidden, alone, higher and lower; the file knows nothing of it."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from vowelscope.app.tier_layout import COLLAPSED_PX, TierLayout

LEFT = Qt.MouseButton.LeftButton
WORDS, PHONES, TONES = range(3)


@pytest.fixture(autouse=True)
def _plain(desk: Any) -> None:
    desk.session.set_tier_layout(TierLayout())
    desk.session.select_item(PHONES, None)


def heights(desk: Any) -> list[float]:
    view = desk.window.tiers
    return [view.row_rect(index).height() for index in range(3)]


def test_a_collapsed_tier_is_a_line_and_a_click_opens_it(desk: Any) -> None:
    view, before = desk.window.tiers, desk.session.textgrid
    even, full_px = heights(desk), view.height()
    desk.do("layout.collapse")
    desk.qtbot.waitUntil(lambda: view.height() < full_px)
    assert heights(desk)[PHONES] == COLLAPSED_PX
    assert heights(desk)[WORDS] == pytest.approx(even[WORDS], abs=1.5)
    assert desk.window.actions_by_id["layout.collapse"].isChecked()
    assert "phones is collapsed" in view.accessibleDescription()
    # Its boundaries are still there, its labels are not.
    picture = view.grab().toImage()
    ratio = picture.width() / view.width()
    y = round(view.row_rect(PHONES).center().y() * ratio)
    row = [picture.pixelColor(x, y) for x in range(picture.width())]
    assert row.count(QColor(view._theme.boundary)) >= 2
    # A boundary in it is not taken by the mouse: the click opens it.
    place = view.row_rect(PHONES).center().toPoint()
    desk.qtbot.mouseClick(view, LEFT, pos=place)
    desk.qtbot.waitUntil(lambda: view.height() == full_px)
    assert heights(desk) == pytest.approx(even)
    assert desk.session.textgrid == before and desk.session.undo_stack.count() == 0
    # A double click on the name.
    name = QPoint(30, round(view.row_rect(WORDS).center().y()))
    desk.qtbot.mouseClick(view, LEFT, pos=name)
    desk.qtbot.mouseDClick(view, LEFT, pos=name)
    assert heights(desk)[WORDS] == COLLAPSED_PX
    assert desk.session.tier_index == WORDS


def test_one_tier_alone_and_all_again(desk: Any) -> None:
    desk.do("layout.only")
    assert [height > 0 for height in heights(desk)] == [False, True, False]
    assert "words is hidden" in desk.window.tiers.accessibleDescription()
    assert desk.window.tiers.row_at(1) == PHONES
    desk.do("layout.only")
    assert all(height > 0 for height in heights(desk))
    assert not desk.window.actions_by_id["layout.only"].isChecked()


def test_a_hidden_tier_is_skipped_and_the_last_stays(desk: Any) -> None:
    said: list[str] = []
    desk.session.note.connect(said.append)
    desk.do("layout.hide")
    assert heights(desk)[PHONES] == 0 and "All tiers" in said[-1]
    # The keyboard never stands in a tier that is not seen.
    assert desk.session.tier_index in (WORDS, TONES)
    desk.session.select_item(WORDS, 0)
    desk.press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert desk.session.tier_index == TONES
    desk.press(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert desk.session.tier_index == WORDS
    desk.do("layout.hide")
    desk.do("layout.hide")
    assert "stays" in said[-1] and heights(desk)[TONES] > 0
    desk.do("layout.all")
    assert all(height > 0 for height in heights(desk))


def test_heights_by_menu_and_by_mouse(desk: Any) -> None:
    view = desk.window.tiers
    usual_px = heights(desk)[PHONES]
    for _ in range(2):
        desk.do("layout.taller")
    desk.qtbot.waitUntil(lambda: heights(desk)[PHONES] > 1.5 * usual_px)
    assert heights(desk)[WORDS] == pytest.approx(usual_px, abs=1.5)
    desk.do("layout.even")
    desk.qtbot.waitUntil(lambda: heights(desk)[PHONES] == pytest.approx(usual_px, abs=1.5))
    # Its upper edge is dragged up by 30 pixels; the view grows upwards.
    edge = QPoint(20, round(view.row_rect(PHONES).top()))
    start = view.mapToGlobal(edge)
    desk.qtbot.mousePress(view, LEFT, pos=edge)
    for by in (10, 20, 30):
        desk.qtbot.mouseMove(view, view.mapFromGlobal(start - QPoint(0, by)))
        desk.qtbot.wait(20)
    desk.qtbot.mouseRelease(view, LEFT, pos=view.mapFromGlobal(start - QPoint(0, 30)))
    assert heights(desk)[PHONES] == pytest.approx(usual_px + 30, abs=3)
    assert heights(desk)[WORDS] == pytest.approx(usual_px, abs=1.5)


def test_a_renamed_tier_stays_collapsed_and_a_new_one_is_open(desk: Any) -> None:
    from vowelscope.core.edit_tiers import add_interval_tier, rename_tier

    session = desk.session
    desk.do("layout.collapse")
    session.replace_textgrid(rename_tier(session.textgrid, PHONES, "segments"), "Rename tier")
    assert heights(desk)[PHONES] == COLLAPSED_PX
    session.replace_textgrid(add_interval_tier(session.textgrid, "top", 0), "Add tier")
    assert [desk.window.tiers.row_rect(i).height() == COLLAPSED_PX for i in range(4)] == [
        False,
        False,
        True,
        False,
    ]
