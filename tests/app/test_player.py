"""What the player makes of the engine's events; sound itself is in end_to_end/test_sound.py."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vowelscope.app.player import Player
from vowelscope.core.audio import Recording
from vowelscope.core.devices import SoundDevice
from vowelscope.core.playback import PlaybackEvent


@pytest.fixture
def player(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Player]:
    player = Player()
    # Nothing is sent to a device: the test plays the part of the engine's thread.
    monkeypatch.setattr(player._engine, "_send", lambda command, value: None)
    yield player
    player.shutdown()


@pytest.fixture
def heard(player: Player) -> list[str]:
    heard: list[str] = []
    player.started.connect(lambda: heard.append(f"started {player.is_playing}"))
    player.stopped.connect(lambda: heard.append(f"stopped {player.is_playing}"))
    player.failed.connect(lambda text: heard.append(f"{text} {player.is_playing}"))
    return heard


def _tell(player: Player, *events: PlaybackEvent) -> None:
    def run() -> None:
        for event in events:
            player._post(event)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


@pytest.fixture
def recording(tone_wav: Any) -> Recording:
    return Recording(tone_wav())


def test_an_undisturbed_request(
    qtbot: Any, player: Player, heard: list[str], recording: Recording
) -> None:
    assert not player.is_playing
    player.play(recording, 0.0, 0.5)
    assert player.is_playing
    _tell(player, PlaybackEvent("started", 1), PlaybackEvent("stopped", 1))
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == ["started True", "stopped False"]


def test_a_request_that_fails_before_it_starts(
    qtbot: Any, player: Player, heard: list[str], recording: Recording
) -> None:
    player.play(recording, 0.0, 0.5)
    _tell(player, PlaybackEvent("failed", 1, "No device."))
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["No device. False"]


def test_a_newer_request_goes_on_playing_when_the_older_one_stops(
    qtbot: Any, player: Player, heard: list[str], recording: Recording
) -> None:
    player.play(recording, 0.0, 0.5)
    player.play(recording, 0.5, 0.7)
    _tell(
        player,
        PlaybackEvent("started", 1),
        PlaybackEvent("stopped", 1),
        PlaybackEvent("started", 2),
        PlaybackEvent("failed", 2, "Lost."),
        PlaybackEvent("stopped", 2),
    )
    qtbot.waitUntil(lambda: len(heard) == 5)
    assert heard == ["started True", "stopped True", "started True", "Lost. True", "stopped False"]


def test_devices_are_told_of_when_they_differ(qtbot: Any, player: Player) -> None:
    device = SoundDevice("Loudspeaker", "ALSA", 2, 48000.0, True)
    event = PlaybackEvent("devices", devices=(device,))
    with qtbot.waitSignal(player.devices_changed):
        _tell(player, event)
    assert player.devices() == (device,)
    with qtbot.assertNotEmitted(player.devices_changed, wait=30):
        _tell(player, event)


def test_shutdown_without_having_played_starts_nothing(qapp: Any, tmp_path: Path) -> None:
    before = threading.active_count()
    player = Player()
    player.stop()
    player.shutdown()
    assert threading.active_count() == before
