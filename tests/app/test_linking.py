from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from vowelscope.app.linking import Linking
from vowelscope.app.session import Session
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid


@pytest.fixture
def pair(tone_wav: Callable[..., Path], qapp: object) -> tuple[Session, Session]:
    """A session of 8 s without a TextGrid, and one of 1 s with words and phones."""
    words = (Interval(0.0, 0.4, "one"), Interval(0.4, 1.0, "two"))
    phones = (Interval(0.0, 0.2, "w"), Interval(0.2, 0.4, "n"), Interval(0.4, 1.0, "t"))
    tiers = (IntervalTier("words", 0.0, 1.0, words), IntervalTier("phones", 0.0, 1.0, phones))
    long, short = Session(), Session()
    long.open(tone_wav(freq_hz=200.0, duration_s=8.0))
    wav = tone_wav(freq_hz=300.0, duration_s=1.0)
    write_textgrid(wav.with_suffix(".TextGrid"), TextGrid(0.0, 1.0, tiers))
    short.open(wav)
    return long, short


def emissions(session: Session) -> list[str]:
    """What the session says from now on."""
    said: list[str] = []
    for name in ("view_changed", "cursor_changed", "selection_changed"):
        getattr(session, name).connect(lambda name=name: said.append(name))
    return said


def test_each_follows_the_other(pair: tuple[Session, Session]) -> None:
    long, short = pair
    linking = Linking(long, short)
    long.set_view(0.2, 0.6)
    assert short.view == pytest.approx((0.2, 0.6))
    short.set_cursor(0.5)
    assert long.cursor_s == 0.5
    short.select_times(0.3, 0.4)
    assert long.selection == (0.3, 0.4)
    long.clear_selection()
    assert short.selection is None
    short.set_view(0.0, 1.0)
    assert long.view == (0.0, 1.0)
    assert linking.is_on and linking.offset_s == 0.0


def test_times_are_cut_to_what_there_is_and_never_led_back(pair: tuple[Session, Session]) -> None:
    long, short = pair
    linking = Linking(long, short)
    said = emissions(long)
    long.set_view(5.0, 7.0)
    assert long.view == (5.0, 7.0) and short.view == (0.0, 1.0)
    long.set_view(5.0, 5.5)
    assert long.view == (5.0, 5.5) and short.view == (0.5, 1.0)
    long.select_times(0.8, 3.0)
    assert long.selection == (0.8, 3.0) and short.selection == (0.8, 1.0)
    long.select_times(4.0, 5.0)
    assert long.selection == (4.0, 5.0) and short.selection is None
    long.set_cursor(6.0)
    assert long.cursor_s == 6.0 and short.cursor_s == 1.0
    # Each change was told once.
    assert said == ["view_changed"] * 2 + ["selection_changed"] * 2 + ["cursor_changed"]
    linking.close()


def test_the_offset_counts_both_ways(pair: tuple[Session, Session]) -> None:
    long, short = pair
    linking = Linking(long, short)
    long.set_view(2.0, 2.5)
    linking.set_offset(-2.0)
    assert short.view == pytest.approx((0.0, 0.5)) and long.view == (2.0, 2.5)
    short.select_times(0.25, 0.75)
    assert long.selection == (2.25, 2.75)
    long.set_cursor(2.5)
    assert short.cursor_s == 0.5


def test_the_item_under_the_cursor_goes_with_it(pair: tuple[Session, Session]) -> None:
    long, short = pair
    linking = Linking(long, short)
    short.select_item(1, 0)
    long.clear_selection()
    long.set_cursor(0.7)
    assert short.selected_label == "t" and short.selection is None
    long.select_times(0.25, 0.3)
    long.set_cursor(0.25)
    assert short.selected_label == "n" and short.selection == (0.25, 0.3)
    long.clear_selection()
    long.set_cursor(3.0)
    assert short.item_index is None, "a label typed there would land out of sight"
    linking.set_on(False)
    long.set_cursor(0.7)
    assert short.item_index is None


def test_switched_off_each_goes_its_own_way(pair: tuple[Session, Session]) -> None:
    long, short = pair
    linking = Linking(long, short)
    linking.set_on(False)
    long.set_view(0.2, 0.4)
    assert short.view == (0.0, 1.0)
    short.set_view(0.5, 0.8)
    linking.set_on(True, short)
    assert long.view == pytest.approx((0.5, 0.8))
    linking.close()
    long.set_view(0.0, 0.1)
    assert short.view == pytest.approx((0.5, 0.8))


def test_starts_of_selections_are_aligned(pair: tuple[Session, Session]) -> None:
    long, short = pair
    linking = Linking(long, short)
    linking.set_on(False)
    long.select_times(5.0, 5.5)
    short.select_times(0.25, 0.5)
    assert linking.align() == pytest.approx(-4.75)
    assert linking.is_on
    assert short.selection == pytest.approx((0.25, 0.75))
    short.set_view(0.25, 0.5)
    assert long.view == pytest.approx((5.0, 5.25))


def test_a_recording_that_is_opened_goes_where_the_other_is(
    pair: tuple[Session, Session], tone_wav: Callable[..., Path], qtbot: QtBot
) -> None:
    long, short = pair
    linking = Linking(long, short)
    long.set_view(2.0, 3.0)
    short.open(tone_wav(freq_hz=500.0, duration_s=6.0))
    assert long.view == (2.0, 3.0)
    qtbot.waitUntil(lambda: short.view == (2.0, 3.0), timeout=2000)
    assert linking.is_on


def test_the_first_may_lead(
    pair: tuple[Session, Session], tone_wav: Callable[..., Path], qtbot: QtBot
) -> None:
    long, short = pair
    linking = Linking(long, short, first_leads=True)
    short.set_view(0.5, 1.0)
    long.open(tone_wav(freq_hz=500.0, duration_s=6.0))
    qtbot.waitUntil(lambda: short.view == (0.0, 1.0), timeout=2000)
    assert long.view == (0.0, 6.0)
    linking.close()
