"""What is asked of the player; what is heard is in end_to_end/test_listening.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from vowelscope.app.listening import Listening, Part
from vowelscope.app.workbench import Workbench
from vowelscope.core.audio import Recording
from vowelscope.core.passages import Passage, Rendered, Selection


class Desk:
    """A `Listening` whose player sends nothing to a device."""

    def __init__(self, recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bench = Workbench(only_looks=True)
        self.session = self.bench.session
        self.player = self.bench.player
        self.played: list[tuple[Passage, bool]] = []
        self.next: list[Passage | None] = []
        self.said: list[str] = []
        self.noted: list[str] = []
        monkeypatch.setattr(self.player, "play_passage", self._play)
        monkeypatch.setattr(self.player, "follow", self.next.append)
        monkeypatch.setattr(self.player._engine, "_send", lambda command, value: None)
        self.session.message.connect(self.said.append)
        self.session.note.connect(self.noted.append)
        self.session.recording = recording
        self.listening = Listening(self.bench, self.bench)

    def _play(self, passage: Passage, again: bool) -> int:
        self.played.append((passage, again))
        self.player._request = len(self.played)
        return len(self.played)


@pytest.fixture
def desk(qtbot: QtBot, tone_wav: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    desk = Desk(Recording(tone_wav(freq_hz=200, duration_s=3.0, channels=2)), monkeypatch)
    yield desk
    desk.bench.shutdown()


def test_at_full_speed_it_is_the_selection_itself_and_no_loop(desk: Desk) -> None:
    desk.listening.play(0.5, 1.0)
    passage, again = desk.played[0]
    assert isinstance(passage, Selection) and not again
    assert (passage.start_s, passage.stop_s, passage.channels) == (0.5, 1.0, None)
    desk.session.set_channel(1)
    desk.listening.play(0.5, 1.0)
    assert desk.played[1][0].channels == (1,)  # type: ignore[union-attr]
    desk.session.set_heard((0, 1))
    desk.listening.play(0.5, 1.0)
    assert desk.played[2][0].channels == (0, 1)  # type: ignore[union-attr]


def test_while_it_loops_the_newest_selection_follows(desk: Desk, qtbot: QtBot) -> None:
    desk.session.select_times(0.5, 1.0)
    desk.listening.set_loop(True)
    desk.listening.play(0.5, 1.0)
    assert desk.played[0][1]
    for stop_s in (1.5, 1.6, 1.7):  # as a drag does
        desk.session.select_times(1.2, stop_s)
    qtbot.waitUntil(lambda: len(desk.next) > 0)
    assert len(desk.next) == 1, "a drag asks once"
    assert isinstance(desk.next[0], Selection) and desk.next[0].stop_s == 1.7
    desk.session.clear_selection()
    desk.session.set_heard((1,))
    qtbot.waitUntil(lambda: len(desk.next) > 1)
    last = desk.next[-1]
    assert isinstance(last, Selection) and (last.start_s, last.channels) == (1.2, (1,))
    desk.listening.set_loop(False)
    assert desk.next[-1] is None


def test_another_sound_of_the_player_is_left_alone(desk: Desk, qtbot: QtBot) -> None:
    desk.listening.set_loop(True)
    desk.listening.play(0.5, 1.0)
    desk.player._request = 99
    desk.session.select_times(1.2, 1.5)
    qtbot.wait(150)
    desk.listening.set_loop(False)
    assert desk.next == []


def test_what_is_slower_is_made_first(desk: Desk, qtbot: QtBot) -> None:
    desk.listening.set_speed(0.5)
    desk.listening.play(0.5, 1.0)
    assert desk.played == [] and desk.listening.is_active
    qtbot.waitUntil(lambda: bool(desk.played), timeout=30_000)
    passage, _ = desk.played[0]
    assert isinstance(passage, Rendered)
    assert passage.samples.shape == (16000, 2) and passage.span_s == (0.5, 1.0)
    assert desk.noted == ["At half speed."]


def test_what_is_being_made_can_be_given_up(desk: Desk, qtbot: QtBot) -> None:
    desk.listening.set_speed(0.25)
    desk.listening.play(0.0, 3.0)
    desk.listening.stop()
    assert not desk.listening.is_active
    qtbot.wait(400)
    assert desk.played == []


def test_a_band_of_the_selection_is_the_tone_or_not(desk: Desk, qtbot: QtBot) -> None:
    sound = desk.bench.settings.sound
    for count, (all_but, peak) in enumerate(((False, 0.5), (True, 0.0)), start=1):
        changed = replace(sound, band_low_hz=100.0, band_high_hz=300.0)
        desk.bench.change(sound=changed)
        desk.listening.play(0.5, 1.5, Part("band", all_but))
        qtbot.waitUntil(lambda count=count: len(desk.played) == count)
        made = desk.played[-1][0]
        assert isinstance(made, Rendered)
        assert np.abs(made.samples[2000:-2000]).max() == pytest.approx(peak, abs=0.005)
    assert desk.noted == ["Heard: 100–300 Hz.", "All but 100–300 Hz."]


def test_what_cannot_be_played_is_one_sentence(desk: Desk, qtbot: QtBot) -> None:
    desk.listening.play(0.5, 1.0, Part("cells"))
    sound = replace(desk.bench.settings.sound, band_low_hz=9000.0, band_high_hz=9500.0)
    desk.bench.change(sound=sound)
    desk.listening.play(0.5, 1.0, Part("band"))
    desk.listening.set_speed(0.5)
    desk.listening.play(0.0, 100.0)
    qtbot.waitUntil(lambda: len(desk.said) == 3, timeout=30_000)
    desk.session.recording = None
    desk.listening.play(0.5, 1.0)
    assert desk.said == [
        "There is no map: select a labelled interval and wait for its map.",
        "The recording reaches up to 8,000 Hz: nothing is above 9,000.",
        "Up to 60 s can be played slowed or filtered, and these are 100 s: select less.",
        "Open a recording first.",
    ]
    assert desk.played == []


def test_a_very_short_selection_is_not_looped(desk: Desk) -> None:
    desk.listening.set_loop(True)
    desk.listening.play(0.5, 0.505)
    assert desk.played[0][1] is False
    assert desk.noted == ["What is shorter than 10 ms is not looped."]


def test_another_recording_is_heard_whole(desk: Desk) -> None:
    desk.session.set_heard((1,))
    desk.session.recording_changed.emit()
    assert desk.session.heard_channels is None
