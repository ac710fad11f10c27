from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot

from vowelscope.app.cursor import put_cursor
from vowelscope.app.files import read_files
from vowelscope.app.session import Session
from vowelscope.core.textgrid import Point, PointTier, TextGrid


def opened(speech: Any) -> Session:
    session = Session()
    session.adopt(read_files(speech.wav, speech.textgrid))
    return session


def test_the_selected_interval_is_the_one_under_the_cursor(speech: Any, qtbot: QtBot) -> None:
    session = opened(speech)
    session.select_item(1, 5)
    assert session.textgrid is not None
    there = session.textgrid.tiers[1].intervals[2]
    with qtbot.waitSignal(session.interval_changed):
        put_cursor(session, 0.5 * (there.tmin_s + there.tmax_s))
    assert (session.tier_index, session.item_index, session.selection) == (1, 2, None)
    assert session.cursor_s == 0.5 * (there.tmin_s + there.tmax_s)


def test_within_the_selected_interval_only_the_cursor_moves(speech: Any, qtbot: QtBot) -> None:
    session = opened(speech)
    session.select_item(1, 2)
    there = session.selected_interval
    assert there is not None
    with qtbot.assertNotEmitted(session.interval_changed):
        put_cursor(session, 0.5 * (there.tmin_s + there.tmax_s))
    assert (session.item_index, session.selection) == (2, None)


def test_a_point_is_selected_by_a_cursor_that_stands_on_it(speech: Any) -> None:
    session = opened(speech)
    assert session.textgrid is not None
    low_s, high_s = session.domain
    tones = PointTier("tones", low_s, high_s, (Point(0.4, "H*"), Point(0.7, "L%")))
    tiers = (*session.textgrid.tiers, tones)
    session.replace_textgrid(TextGrid(low_s, high_s, tiers), "Edit")
    session.select_item(2, 0)
    put_cursor(session, 0.7)
    assert session.item_index == 1 and session.selected_label == "L%"
    put_cursor(session, 0.6)
    assert session.item_index is None and session.cursor_s == 0.6


def test_beyond_the_end_is_the_end(speech: Any) -> None:
    session = opened(speech)
    session.select_item(0, 0)
    put_cursor(session, 1e9)
    assert session.textgrid is not None
    assert session.cursor_s == session.domain[1]
    assert session.item_index == len(session.textgrid.tiers[0].intervals) - 1


def test_without_a_textgrid_the_cursor_moves_alone(speech: Any) -> None:
    speech.textgrid.unlink()
    session = Session()
    session.adopt(read_files(speech.wav, None))
    put_cursor(session, 0.5)
    assert (session.cursor_s, session.item_index) == (0.5, None)
