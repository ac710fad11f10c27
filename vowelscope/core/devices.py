"""Sound devices by PortAudio's names, and PortAudio itself, which may be missing."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import Any, Literal

from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr

Kind = Literal["output", "input"]

PORTAUDIO = threading.RLock()
"""Held by whoever calls PortAudio: its calls must not meet each other."""
_open_streams: set[int] = set()


class PlaybackError(UserError):
    """A recording cannot be played."""


class CaptureError(UserError):
    """Nothing can be recorded."""


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """A device that can play or record, by PortAudio's names."""

    name: str
    host: str
    channels: int
    rate_hz: float
    is_default: bool

    @property
    def key(self) -> str:
        """What tells it from a device of the same name at another host interface."""
        return f"{self.name}, {self.host}"


def load_portaudio() -> Any:
    """The sounddevice module.

    Raises
    ------
    PlaybackError
        PortAudio, a library of the system on Linux, is not installed.
    """
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise PlaybackError(
            tr(
                "Nothing can be played or recorded: the PortAudio library is not "
                "installed (on Debian and Ubuntu it is the package libportaudio2)."
            )
        ) from error
    return sounddevice


def note_stream(stream: object, is_open: bool) -> None:
    """Say that a stream was opened or closed: while one is open, devices are not looked for."""
    if is_open:
        _open_streams.add(id(stream))
    else:
        _open_streams.discard(id(stream))


def look_again(sd: Any) -> None:
    """Let PortAudio list the devices anew; nothing is done while a stream is open."""
    if _open_streams:
        return
    # PortAudio lists the devices when it starts and never again; sounddevice has no public way.
    with contextlib.suppress(sd.PortAudioError):
        sd._terminate()
    with contextlib.suppress(sd.PortAudioError):
        sd._initialize()


def list_devices(sd: Any, kind: Kind) -> tuple[SoundDevice, ...]:
    """The devices of one kind, as PortAudio saw them last."""
    hosts = sd.query_hostapis()
    default = sd.default.device[1 if kind == "output" else 0]
    return tuple(
        SoundDevice(
            info["name"],
            hosts[info["hostapi"]]["name"],
            int(info[f"max_{kind}_channels"]),
            float(info["default_samplerate"]),
            index == default,
        )
        for index, info in enumerate(sd.query_devices())
        if info[f"max_{kind}_channels"] > 0
    )


def find_device(sd: Any, wanted: str, kind: Kind) -> int | None:
    """PortAudio's number of a device by its name or its `SoundDevice.key`; None: not there."""
    hosts = sd.query_hostapis()
    for index, info in enumerate(sd.query_devices()):
        names = (info["name"], f"{info['name']}, {hosts[info['hostapi']]['name']}")
        if wanted in names and info[f"max_{kind}_channels"] > 0:
            return index
    return None


def reason_of(error: Exception) -> str:
    """What PortAudio says went wrong, without the name of the call."""
    text = str(error.args[0]) if error.args else type(error).__name__
    for stream in ("OutputStream", "InputStream"):
        text = text.removeprefix(f"Error opening {stream}: ")
    return text.strip().rstrip(".")
