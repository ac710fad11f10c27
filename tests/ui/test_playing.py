"""The menu Play and its keys in a window; what is heard is in end_to_end/test_listening.py."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from vowelscope.core.passages import Passage, Selection


@pytest.fixture
def played(desk: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Passage, bool]]:
    """What is asked of the player, which plays nothing."""
    asked: list[tuple[Passage, bool]] = []
    player = desk.window.bench.player

    def play(passage: Passage, again: bool) -> int:
        asked.append((passage, again))
        player._request = len(asked)
        return len(asked)

    def stop() -> None:
        player._request = None

    monkeypatch.setattr(player, "play_passage", play)
    monkeypatch.setattr(player, "stop", stop)
    return asked


def _spans(played: list[tuple[Passage, bool]]) -> list[tuple[float, float]]:
    return [(one.start_s, one.stop_s) for one, _ in played if isinstance(one, Selection)]


def test_tab_plays_and_stops_a_loop(desk: Any, played: list[tuple[Passage, bool]]) -> None:
    listening = desk.window.playing.listening
    desk.session.select_times(0.2, 0.6)
    desk.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert listening.loop and desk.window.actions_by_id["play.loop"].isChecked()
    desk.press(Qt.Key.Key_Tab)
    assert _spans(played) == [(0.2, 0.6)] and played[0][1]
    desk.press(Qt.Key.Key_Tab)
    assert not listening.is_active and len(played) == 1
    desk.press(Qt.Key.Key_Tab)
    desk.press(Qt.Key.Key_Escape)
    assert not listening.is_active and len(played) == 2
    desk.do("play.loop")
    assert not listening.loop


def test_keys_from_the_cursor(desk: Any, played: list[tuple[Passage, bool]]) -> None:
    control, alt = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
    desk.session.set_view(0.0, 0.8)
    desk.session.set_cursor(0.3)
    desk.press(Qt.Key.Key_P, control)
    desk.press(Qt.Key.Key_P, control | alt)
    assert _spans(played) == [(0.3, 0.8), (0.3, 1.0)]


def test_one_speed_is_ticked_and_others_are_not(desk: Any) -> None:
    actions = desk.window.actions_by_id
    percents = (100, 75, 50, 25)
    for chosen in (*percents[1:], 100):
        desk.do(f"play.speed:{chosen}")
        ticked = [one for one in percents if actions[f"play.speed:{one}"].isChecked()]
        assert ticked == [chosen]
        assert desk.window.playing.listening.speed == chosen / 100


def test_an_interval_of_the_correction_mode_is_heard_as_the_menu_says(
    desk: Any, played: list[tuple[Passage, bool]]
) -> None:
    correcting = desk.window.editing.correcting
    correcting.set_options(correction_classes_only=False, correction_plays=True)
    desk.session.select_item(1, 0)
    desk.do("play.loop")
    desk.do("correct.mode")
    desk.do("correct.next")
    assert _spans(played)[-1] == (0.2, 0.4)
    assert played[-1][1], "it loops"
    desk.do("correct.mode")
    desk.do("play.loop")
    desk.do("play.stop")
