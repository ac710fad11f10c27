"""Sound cards without sound cards, and a window in a process of its own that plays on them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

RATE_HZ = 16000

_WINDOW = """
    import json, os, subprocess, sys, time
    from pathlib import Path
    from PySide6.QtCore import QEvent, QObject, QPointF, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QMenu
    from vowelscope.app.workbench import Workbench
    from vowelscope.ui.main_window import MainWindow

    app = QApplication([])
    bench = Workbench()
    window = MainWindow(bench)
    window.resize(1100, 700)
    window.show()
    session, player = bench.session, bench.player
    told, said, noted, at = {{}}, [], [], []
    session.message.connect(said.append)
    session.note.connect(noted.append)
    player.position_changed.connect(lambda time_s: at.append((time.monotonic(), time_s)))

    def pump(seconds):
        QTest.qWait(round(1000 * seconds))

    def until(true, seconds=30.0):
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, "waited in vain"
            pump(0.01)

    def listen():
        told["parec"] = subprocess.Popen(
            ["parec", "-d", "probe.monitor", "--raw", "--format=float32le", "--rate=16000",
             "--channels=2", "--latency-msec=500"], stdout=Path(os.environ["HEARD"]).open("wb"))
        pump(0.4)

    def heard():
        pump(1.0)
        parec = told.pop("parec")
        parec.terminate()
        parec.wait()

    def do(id):
        window.actions_by_id[id].trigger()

    def play(id="play.toggle"):
        do(id)
        until(lambda: said or not window.playing.listening.is_active)

    def open(path):
        bench.open(Path(path))
        until(lambda: not bench.is_opening and session.recording.path == Path(path))

    open(sys.argv[1])
    {script}
    pump(0.05)
    session.undo_stack.setClean()
    window.close()
    print(json.dumps({{"said": said, "noted": noted, "at": at, **told}}))
"""


@pytest.fixture(scope="session")
def portaudio() -> None:
    """Skip without PortAudio and ALSA; asked in another process, since loading it is for good."""
    run = subprocess.run(
        [sys.executable, "-c", "import sounddevice as sd; print(sd.query_hostapis())"],
        capture_output=True,
        text=True,
    )
    if "ALSA" not in run.stdout:
        pytest.skip("PortAudio with ALSA is not installed (Debian: libportaudio2)")


@pytest.fixture
def capture(portaudio: None, tmp_path: Path) -> tuple[dict[str, str], Path]:
    """An ALSA default device that writes its samples to a file as fast as it gets them."""
    raw = tmp_path / "captured.raw"
    home = tmp_path / "home"
    home.mkdir()
    (home / ".asoundrc").write_text(
        f'pcm.!default {{ type file slave.pcm "null" file "{raw}" format "raw" }}\n'
        "ctl.!default { type hw card 0 }\n"
    )
    return {"HOME": str(home)}, raw


@pytest.fixture
def pulse(portaudio: None, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A PulseAudio server of our own with a sink that keeps time, and ALSA's default on it."""
    if shutil.which("pulseaudio") is None or shutil.which("parec") is None:
        pytest.skip("PulseAudio is not installed (Debian: pulseaudio, pulseaudio-utils)")
    home, runtime = tmp_path / "pulse-home", tmp_path / "run"
    home.mkdir()
    runtime.mkdir(mode=0o700)
    (home / ".asoundrc").write_text("pcm.!default { type pulse }\nctl.!default { type pulse }\n")
    socket = runtime / "s"
    env = {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "PULSE_SERVER": f"unix:{socket}",
    }
    server = subprocess.Popen(
        [
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
            "--log-target=stderr",
            "--log-level=error",
            # Without norewinds the sink asks for two seconds at a time.
            "-L",
            "module-null-sink sink_name=probe norewinds=1 rate=16000 channels=2 format=float32le",
            "-L",
            f"module-native-protocol-unix socket={socket}",
        ],
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 5
    while not socket.exists() and time.monotonic() < deadline and server.poll() is None:
        time.sleep(0.02)
    if not socket.exists():
        server.kill()
        server.wait()
        pytest.skip("PulseAudio does not start here")
    yield {**env, "PULSE_PID": str(server.pid)}
    server.kill()
    server.wait()


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """6 s of noise in two channels at 16,000 Hz, in floats."""
    data = np.random.default_rng(2).uniform(-0.5, 0.5, (6 * RATE_HZ, 2)).astype(np.float32)
    sf.write(tmp_path / "noise.wav", data, RATE_HZ, subtype="FLOAT")
    return tmp_path / "noise.wav"


@pytest.fixture
def drive() -> Callable[[Path, dict[str, str], str], dict[str, Any]]:
    """``drive(wav, env, script)`` does a script in a window and gives what it told and said."""
    return _drive


@pytest.fixture
def captured() -> Callable[[Path, int], np.ndarray]:
    """``captured(raw, columns)`` is what was played, without the silence before and after it."""
    return _captured


def _drive(wav: Path, env: dict[str, str], script: str) -> dict[str, Any]:
    program = textwrap.dedent(_WINDOW).format(script=textwrap.dedent(script).strip())
    run = subprocess.run(
        [sys.executable, "-c", program, str(wav)],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert run.returncode == 0, run.stderr
    assert "Traceback" not in run.stderr, run.stderr
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return told


def _captured(raw: Path, columns: int) -> np.ndarray:
    data = np.fromfile(raw, dtype=np.float32)
    data = data[: len(data) // columns * columns].reshape(-1, columns)
    sounding = np.flatnonzero(data.any(axis=1))
    return data[sounding[0] : sounding[-1] + 1]
