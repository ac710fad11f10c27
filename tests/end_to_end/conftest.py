"""Sound cards without sound cards: what is played is written down, what is recorded is known."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


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
