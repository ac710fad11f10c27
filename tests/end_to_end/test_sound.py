"""Playback through the real PortAudio, into devices that write down what they are given."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

RATE_HZ = 16000


_PLAYER = """
    import json, os, sys, time
    from PySide6.QtCore import QCoreApplication, QObject, QTimer
    from vowelscope.app.player import Player
    from vowelscope.core.audio import Recording

    zero = time.monotonic()

    class Log(QObject):
        def __init__(self):
            super().__init__()
            self.events = []
        def note(self, what, value=None):
            self.events.append([time.monotonic() - zero, what, value])
        def started(self): self.note("started"); on_started()
        def stopped(self): self.note("stopped"); on_stopped()
        def failed(self, sentence): self.note("failed", sentence); on_failed()
        def moved(self, position): self.note("position", position)

    def on_started(): pass
    def on_stopped(): app.quit()
    def on_failed(): app.quit()

    app = QCoreApplication([])
    log, player = Log(), Player()
    player.started.connect(log.started)
    player.stopped.connect(log.stopped)
    player.failed.connect(log.failed)
    player.position_changed.connect(log.moved)
    recording = Recording(sys.argv[1])
    QTimer.singleShot(8000, app.quit)
    {script}
    app.exec()
    log.note("playing", player.is_playing)
    player.shutdown()
    print(json.dumps(log.events))
"""


class Events(list[tuple[float, str, Any]]):
    """What the player told, with its time in seconds."""

    def at(self, what: str) -> float:
        return next(time_s for time_s, name, _ in self if name == what)

    def values(self, what: str) -> list[Any]:
        return [value for _, name, value in self if name == what]

    @property
    def names(self) -> list[str]:
        return [name for _, name, _ in self if name != "position"]


def _play(wav: Path, env: dict[str, str], script: str) -> Events:
    program = textwrap.dedent(_PLAYER).format(script=textwrap.dedent(script))
    run = subprocess.run(
        [sys.executable, "-c", program, str(wav)],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert run.returncode == 0, run.stderr
    assert "Traceback" not in run.stderr, run.stderr
    return Events(tuple(event) for event in json.loads(run.stdout.splitlines()[-1]))


def _captured(raw: Path, columns: int) -> np.ndarray[Any, Any]:
    """What was played: float32 samples without the silence before and after them."""
    data = np.fromfile(raw, dtype=np.float32).reshape(-1, columns)
    sounding = np.flatnonzero(data.any(axis=1))
    return data[sounding[0] : sounding[-1] + 1]


@pytest.mark.parametrize(
    ("start_s", "stop_s", "channels"), [(0.5, 2.5, None), (1.0, 1.03125, (1,)), (0.0, 6.0, (0,))]
)
def test_the_device_gets_the_selection_to_the_sample(
    noise: Path,
    capture: tuple[dict[str, str], Path],
    start_s: float,
    stop_s: float,
    channels: tuple[int, ...] | None,
) -> None:
    env, raw = capture
    events = _play(noise, env, f"player.play(recording, {start_s}, {stop_s}, {channels})")
    assert events.names == ["started", "stopped", "playing"]
    assert events.values("playing") == [False]
    data, _ = sf.read(noise, dtype="float32", always_2d=True)
    wanted = data[round(start_s * RATE_HZ) : round(stop_s * RATE_HZ)]
    wanted = wanted if channels is None else wanted[:, list(channels)]
    assert np.array_equal(_captured(raw, wanted.shape[1]), wanted)


def test_a_device_of_another_rate_gets_the_sound_resampled(
    tmp_path: Path, capture: tuple[dict[str, str], Path]
) -> None:
    env, raw = capture
    times_s = np.arange(RATE_HZ) / RATE_HZ
    wav = tmp_path / "tone.wav"
    sf.write(wav, 0.5 * np.sin(2 * np.pi * 1000 * times_s), RATE_HZ, subtype="FLOAT")
    script = """
        import sounddevice
        real = sounddevice.OutputStream
        def strict(**options):  # a card that knows no rate but its own
            if options["samplerate"] != 44100:
                raise sounddevice.PortAudioError("Invalid sample rate", -9997)
            return real(**options)
        sounddevice.OutputStream = strict
        player.play(recording, 0.0, 1.0)
    """
    events = _play(wav, env, script)
    assert events.names == ["started", "stopped", "playing"]
    wave = _captured(raw, 1)[:, 0]
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    assert abs(np.argmax(spectrum) * 44100 / len(wave) - 1000) < 2
    assert abs(len(wave) - 44100) < 20


def test_a_named_device_and_one_that_is_not_there(
    noise: Path, capture: tuple[dict[str, str], Path]
) -> None:
    env, raw = capture
    names = _play(
        noise,
        env,
        """
        def found():
            devices = player.devices()
            log.note("devices", [device.name for device in devices])
            player.set_device(devices[0].name)
            player.play(recording, 0.0, 0.1)
        player.devices_changed.connect(found)
        assert player.devices() == ()
        """,
    )
    assert "default" in names.values("devices")[0]
    assert len(_captured(raw, 2)) == RATE_HZ // 10
    raw.unlink()
    script = """
        player.noted.connect(lambda sentence: log.note("noted", sentence))
        player.set_device('Moon'); player.play(recording, 0.0, 0.1)
    """
    events = _play(noise, env, script)
    assert events.names == ["noted", "started", "stopped", "playing"]
    assert events.values("noted") == [
        "The sound device 'Moon' is not there, so the system's default plays."
    ]
    assert len(_captured(raw, 2)) == RATE_HZ // 10


def test_no_device_is_one_sentence(noise: Path, tmp_path: Path, portaudio: None) -> None:
    config = tmp_path / "asound.conf"
    config.write_text("pcm.nothing { type empty }\n")
    env = {"ALSA_CONFIG_PATH": str(config), "HOME": str(tmp_path)}
    events = _play(noise, env, "player.play(recording, 0.0, 1.0)")
    assert events.names == ["failed", "playing"]
    assert events.values("failed") == [
        "There is no sound device to play on; connect one and play again."
    ]


def test_no_portaudio_is_one_sentence(noise: Path) -> None:
    script = """
        import ctypes.util
        ctypes.util.find_library = lambda name: None
        player.play(recording, 0.0, 1.0)
    """
    events = _play(noise, {}, script)
    assert events.names == ["failed", "playing"]
    assert "PortAudio library is not installed" in events.values("failed")[0]


def test_an_empty_selection_is_one_sentence(noise: Path) -> None:
    events = _play(noise, {}, "player.play(recording, 1.0, 1.0)")
    assert events.values("failed") == ["There is nothing to play: the selection holds no sample."]


def test_the_position_moves_in_real_time_to_the_end(noise: Path, pulse: dict[str, str]) -> None:
    events = _play(noise, pulse, "player.play(recording, 2.0, 3.2)")
    assert events.names == ["started", "stopped", "playing"]
    moved = [(time_s, value) for time_s, name, value in events if name == "position"]
    assert len(moved) > 20, "about 30 times a second"
    times_s, positions_s = np.array(moved).T
    assert (np.diff(positions_s) >= 0).all()
    assert positions_s.min() >= 2.0
    assert 3.0 < positions_s.max() <= 3.2
    inner = (positions_s > 2.1) & (positions_s < 3.1)
    speed = np.polyfit(times_s[inner], positions_s[inner], 1)[0]
    assert speed == pytest.approx(1.0, abs=0.1)
    assert events.at("stopped") - events.at("started") == pytest.approx(1.2, abs=0.25)


def test_stop_silences_the_device_within_a_tenth_of_a_second(
    noise: Path, pulse: dict[str, str]
) -> None:
    script = """
        import subprocess, threading
        parec = subprocess.Popen(
            ["parec", "-d", "probe.monitor", "--raw", "--format=float32le", "--rate=8000",
             "--channels=1", "--latency-msec=10"], stdout=subprocess.PIPE)
        def listen():
            import numpy as np
            while data := parec.stdout.read1(4096):
                data = data[: len(data) // 4 * 4]
                if np.abs(np.frombuffer(data, np.float32)).max(initial=0) > 0.01:
                    log.note("heard")
        threading.Thread(target=listen, daemon=True).start()
        def stop():
            log.note("stop")
            player.stop()
            log.note("returned")
        def on_started(): QTimer.singleShot(600, stop)
        def on_stopped(): QTimer.singleShot(400, end)
        def end():
            parec.kill()
            parec.wait()
            app.quit()
        QTimer.singleShot(300, lambda: player.play(recording, 0.0, 6.0))
    """
    delays_s = []
    for _ in range(3):  # a busy machine may well be late once
        events = _play(noise, pulse, script)
        stop_s = events.at("stop")
        heard = [time_s for time_s, name, _ in events if name == "heard"]
        assert min(heard) < stop_s - 0.2, "it must have been heard at all"
        assert events.at("returned") - stop_s < 0.05, "the window does not wait for the device"
        delays_s.append(max(max(heard), events.at("stopped")) - stop_s)
        if delays_s[-1] < 0.1:
            break
    assert min(delays_s) < 0.1


def test_a_new_request_ends_the_one_before(noise: Path, pulse: dict[str, str]) -> None:
    script = """
        starts = []
        def on_started():
            starts.append(1)
            if len(starts) == 1:
                QTimer.singleShot(200, lambda: player.play(recording, 4.0, 4.3))
        def on_stopped():
            if len(starts) == 2:
                app.quit()
        player.play(recording, 0.0, 6.0)
    """
    events = _play(noise, pulse, script)
    assert events.names == ["started", "stopped", "started", "stopped", "playing"]
    assert events.values("playing") == [False]
    assert max(events.values("position")) > 4.0


def test_a_device_that_is_lost_is_one_sentence(noise: Path, pulse: dict[str, str]) -> None:
    script = f"""
        def on_started():
            QTimer.singleShot(300, lambda: os.kill({pulse["PULSE_PID"]}, {int(signal.SIGKILL)}))
        def on_failed(): pass
        player.play(recording, 0.0, 6.0)
    """
    events = _play(noise, pulse, script)
    assert events.names == ["started", "failed", "stopped", "playing"]
    assert "'default' was lost at 0." in events.values("failed")[0]
    assert events.values("playing") == [False]
