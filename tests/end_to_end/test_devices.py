"""Devices and levels: a device that is gone, the meter, a busy window, and the recorder."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import textwrap
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

RATE_HZ = 16000
Drive = Callable[[Path, dict[str, str], str], dict[str, Any]]
Captured = Callable[[Path, int], np.ndarray]
Capture = tuple[dict[str, str], Path]


def test_a_device_that_is_gone_is_said_and_the_default_plays(
    noise: Path, capture: Capture, drive: Drive, captured: Captured
) -> None:
    env, raw = capture
    script = """
        bench.change(device="Moon, ALSA")
        player.set_device("Moon, ALSA")
        session.select_times(1.0, 1.1)
        play()
        until(lambda: not window.playing.listening.is_active)
        menu = next(one for one in window.findChildren(QMenu) if one.title() == "&Output device")
        menu.aboutToShow.emit()
        until(lambda: any(one.text().startswith("default") for one in menu.actions()))
        told["menu"] = [(one.text(), one.isChecked()) for one in menu.actions()]
        default = next(one for one in menu.actions() if one.text().startswith("default"))
        default.trigger()
        told["chosen"] = bench.settings.device
    """
    told = drive(noise, env, script)
    assert told["said"] == [
        "The sound device 'Moon, ALSA' is not there, so the system's default plays."
    ]
    assert len(captured(raw, 2)) == 1600
    assert ["Moon, ALSA (not there)", True] in told["menu"]
    assert ["System's &default", False] in told["menu"]
    assert told["chosen"] == "default, ALSA"


def test_the_meter_shows_what_is_heard_and_is_painted_thirty_times_a_second(
    tmp_path: Path, pulse: dict[str, str], drive: Drive
) -> None:
    times_s = np.arange(5 * RATE_HZ) / RATE_HZ
    # Steady, so that its level is known; then softer and softer, so that the meter moves.
    wave = 0.5 * np.sin(2 * np.pi * 500 * times_s) * np.minimum(1, 10 ** ((2 - times_s) / 2))
    sf.write(tmp_path / "tone.wav", np.stack([wave, wave / 10], axis=1), RATE_HZ, subtype="FLOAT")
    script = """
        class Paints(QObject):
            count = 0
            def eventFilter(self, _watched, event):
                self.count += event.type() == QEvent.Type.Paint
                return False
        meter, paints = window.playing.meter, Paints()
        meter.installEventFilter(paints)
        session.select_times(0.0, 4.5)
        do("play.toggle")
        until(lambda: at and at[-1][1] > 1.0)
        told["peak"], told["rms"] = meter.level.peak_db, meter.level.rms_db
        until(lambda: at[-1][1] > 2.5)
        paints.count = 0
        begun = time.monotonic()
        pump(1.5)
        told["paints_a_second"] = paints.count / (time.monotonic() - begun)
        told["clipped"] = meter.level.clipped
        do("play.stop")
        until(lambda: meter.level is None)
    """
    told = drive(tmp_path / "tone.wav", pulse, script)
    assert told["peak"] == pytest.approx([-6.02, -26.02], abs=0.1)
    assert told["rms"] == pytest.approx([-9.03, -29.03], abs=0.2)
    assert not told["clipped"]
    assert 8 < told["paints_a_second"] <= 32


def test_it_does_not_stutter_while_the_window_works_and_is_heard_to_its_last_sample(
    noise: Path, pulse: dict[str, str], tmp_path: Path, drive: Drive, captured: Captured
) -> None:
    raw = tmp_path / "heard.raw"
    script = """
        listen()
        session.select_times(2.0, 4.0)
        do("play.toggle")
        turn = 0
        while window.playing.listening.is_active:
            turn += 1
            session.set_view(0.01 * (turn % 300), 0.01 * (turn % 300) + 0.5 + 0.001 * turn)
            QApplication.processEvents()
        told["turns"] = turn
        heard()
    """
    told = drive(noise, {**pulse, "HEARD": str(raw)}, script)
    assert told["turns"] > 20
    data, _ = sf.read(noise, dtype="float32")
    heard = captured(raw, 2)
    assert len(heard) == 2 * RATE_HZ
    np.testing.assert_allclose(heard, data[2 * RATE_HZ : 4 * RATE_HZ], atol=1e-4)


_RECORD = """
        do("record.open")
        dialog = QApplication.activeModalWidget()
        dialog.rate.setCurrentIndex(dialog.rate.findData(16000))
        dialog.channels.setCurrentIndex(dialog.channels.findData({channels}))
        dialog.channels.activated.emit(0)
        until(dialog.button.isEnabled)
        dialog.file.setText(os.environ["NEW"])
        dialog.button.click()
        until(lambda: dialog.recorder.is_recording)
        source = subprocess.Popen(["paplay", "-d", "probe", os.environ["SOUND"]])
        times = []
        dialog.recorder.elapsed_changed.connect(times.append)
        source.wait()
        pump(0.3)
        told["state"] = dialog.state.text()
        told["level"] = dialog.meter.level.held_db
        told["clock"] = dialog.elapsed.text()
        told["times"] = times
        told["enabled"] = dialog.file.isEnabled()
        dialog.button.click()
        until(lambda: session.recording.path == Path(os.environ["NEW"]))
        told["open"] = QApplication.activeModalWidget() is not None
        told["folder"] = bench.settings.sound.record_folder
"""


def test_what_is_recorded_is_what_sounded_and_is_opened(
    noise: Path, pulse: dict[str, str], tmp_path: Path, drive: Drive
) -> None:
    new = tmp_path / "new.wav"
    env = {**pulse, "NEW": str(new), "SOUND": str(noise)}
    told = drive(noise, env, _RECORD.format(channels=2))
    assert told["said"] == []
    assert not told["open"] and not told["enabled"]
    assert told["folder"] == str(tmp_path)
    assert told["state"].startswith("Recording.")
    assert told["level"] == pytest.approx([-6.02, -6.02], abs=0.2)
    assert told["times"] == sorted(told["times"]) and told["times"][-1] > 5.5
    assert told["clock"].startswith("0:0")
    info = sf.info(new)
    assert (info.samplerate, info.channels, info.subtype) == (RATE_HZ, 2, "PCM_16")
    heard, _ = sf.read(new, dtype="float32")
    data, _ = sf.read(noise, dtype="float32")
    # Where it begins in the recording: the noise is like itself at one place alone.
    lag = int(np.argmax(np.correlate(heard[:, 0], data[:4000, 0], "valid")))
    assert len(heard) - lag >= len(data), "to the last sample that sounded before Stop"
    np.testing.assert_allclose(heard[lag : lag + len(data)], data, atol=2 / 32768)


def test_clipping_is_said_while_it_is_recorded(
    noise: Path, pulse: dict[str, str], tmp_path: Path, drive: Drive
) -> None:
    times_s = np.arange(2 * RATE_HZ) / RATE_HZ
    sf.write(
        tmp_path / "loud.wav",
        np.clip(3 * np.sin(2 * np.pi * 200 * times_s), -1, 1),
        RATE_HZ,
        subtype="PCM_16",
    )
    env = {**pulse, "NEW": str(tmp_path / "new.wav"), "SOUND": str(tmp_path / "loud.wav")}
    told = drive(noise, env, _RECORD.format(channels=1))
    assert told["state"].startswith("Clipped at about 0.")
    assert sf.info(tmp_path / "new.wav").channels == 1


def test_what_cannot_be_recorded_is_one_sentence(
    noise: Path, pulse: dict[str, str], tmp_path: Path, drive: Drive
) -> None:
    (tmp_path / "old.wav").write_bytes(b"precious")
    script = """
        do("record.open")
        dialog = QApplication.activeModalWidget()
        until(dialog.button.isEnabled)
        for name in ("old.wav", "none/new.wav", ""):
            dialog.file.setText(os.path.join(os.environ["FOLDER"], name))
            dialog.state.setText("")
            dialog.button.click()
            until(lambda: dialog.state.text())
            told[name] = dialog.state.text()
            dialog.button.setEnabled(True)
        bench.change(sound=__import__("dataclasses").replace(
            bench.settings.sound, input_device="Moon, ALSA"))
        dialog._fill_devices()
        dialog.device.activated.emit(0)
        until(lambda: "Moon" in dialog.state.text())
        told["moon"] = dialog.state.text()
        told["shown"] = dialog.device.currentText()
        dialog.reject()
        until(lambda: QApplication.activeModalWidget() is None)
    """
    told = drive(noise, {**pulse, "FOLDER": str(tmp_path)}, script)
    assert told["old.wav"] == "old.wav is there already: choose another name."
    assert (tmp_path / "old.wav").read_bytes() == b"precious"
    assert "cannot be made (No such file or directory)" in told["none/new.wav"]
    assert told[""] == "Give the file a name."
    assert told["moon"] == (
        "The input device 'Moon, ALSA' is not there, so the system's default is listened to."
    )
    assert told["shown"] == "Moon, ALSA (not there)"


def test_without_an_input_device_one_sentence(
    noise: Path, tmp_path: Path, portaudio: None, drive: Drive
) -> None:
    config = tmp_path / "asound.conf"
    config.write_text("pcm.nothing { type empty }\n")
    script = """
        do("record.open")
        dialog = QApplication.activeModalWidget()
        until(lambda: "Opening" not in dialog.state.text())
        told["state"], told["enabled"] = dialog.state.text(), dialog.button.isEnabled()
        dialog.close()
    """
    told = drive(noise, {"ALSA_CONFIG_PATH": str(config), "HOME": str(tmp_path)}, script)
    assert told["state"] == "There is no sound device to record from; connect one and try again."
    assert not told["enabled"]


def test_a_recorder_that_is_killed_loses_less_than_a_second(
    pulse: dict[str, str], tmp_path: Path
) -> None:
    new = tmp_path / "new.wav"
    program = """
        import sys, time
        from pathlib import Path
        from vowelscope.core.capture import CaptureEngine, Source
        engine = CaptureEngine(lambda event: print(event.what, event.sentence, flush=True))
        engine.listen(Source(None, 44100, 1))
        engine.record(Path(sys.argv[1]))
        time.sleep(60)
    """
    for _ in range(3):
        new.unlink(missing_ok=True)
        run = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(program), str(new)],
            env={**os.environ, **pulse},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert run.stdout is not None
        while not run.stdout.readline().startswith("recording"):
            assert run.poll() is None
        begun_s = time.monotonic()
        time.sleep(2.0 + random.random())
        run.kill()
        recorded_s = time.monotonic() - begun_s
        run.wait()
        with wave.open(str(new)) as reader:  # mends nothing: the header itself must be right
            kept_s = reader.getnframes() / reader.getframerate()
            assert len(reader.readframes(reader.getnframes())) == 2 * reader.getnframes()
        assert recorded_s - 1.0 < kept_s <= recorded_s + 0.3


def test_a_microphone_that_is_lost_leaves_what_was_recorded(
    noise: Path, pulse: dict[str, str], tmp_path: Path, drive: Drive
) -> None:
    new = tmp_path / "new.wav"
    script = """
        import signal
        do("record.open")
        dialog = QApplication.activeModalWidget()
        until(dialog.button.isEnabled)
        dialog.file.setText(os.environ["NEW"])
        dialog.button.click()
        times = []
        dialog.recorder.elapsed_changed.connect(times.append)
        until(lambda: times and times[-1] > 1.0)
        os.kill(int(os.environ["PULSE_PID"]), signal.SIGKILL)
        until(lambda: session.recording.path == Path(os.environ["NEW"]))
        told["elapsed"] = times[-1]
    """
    told = drive(noise, {**pulse, "NEW": str(new)}, script)
    assert len(told["said"]) == 1
    assert told["said"][0].startswith("The input device 'default' was lost.")
    assert told["said"][0].endswith("What was recorded before is in the file.")
    assert sf.info(new).duration >= 1.0


def test_a_disk_that_is_full_ends_the_recording_and_keeps_it(
    noise: Path, pulse: dict[str, str], tmp_path: Path, drive: Drive
) -> None:
    new = tmp_path / "new.wav"
    script = """
        import resource
        do("record.open")
        dialog = QApplication.activeModalWidget()
        until(dialog.button.isEnabled)
        dialog.file.setText(os.environ["NEW"])
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
        dialog.button.click()
        until(lambda: session.recording.path == Path(os.environ["NEW"]))
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    """
    told = drive(noise, {**pulse, "NEW": str(new)}, script)
    assert told["said"] == [
        f"Recording stopped: {new} cannot be written (File too large). "
        "What was recorded before is in the file."
    ]
    with wave.open(str(new)) as reader:
        assert 1.3 < reader.getnframes() / 44100 <= 1.7
