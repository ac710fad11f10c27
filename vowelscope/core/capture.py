"""Recording through PortAudio into a file that grows on the disk, without Qt.

A thread of its own owns the stream, a second one writes the file, and PortAudio's callback only
hands over what it was given.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vowelscope.core.devices import (
    PORTAUDIO,
    CaptureError,
    SoundDevice,
    find_device,
    list_devices,
    load_portaudio,
    look_again,
    note_stream,
    reason_of,
)
from vowelscope.core.errors import UserError
from vowelscope.core.levels import Level, LevelMeter
from vowelscope.core.translation import tr
from vowelscope.core.wav_stream import Frames, WavStream

# It delays the meter a little and saves the recording from gaps on a busy machine.
_LATENCY_S = 0.2
_LOST_AFTER_S = 4.0
_WRITE_S = 0.2
_FULL_SCALE = 32768.0


@dataclass(frozen=True, slots=True)
class Source:
    """What to listen to.

    Attributes
    ----------
    device
        Name or key of a `SoundDevice`; None for the system's default.
    """

    device: str | None = None
    rate_hz: int = 44100
    channels: int = 1


@dataclass(frozen=True, slots=True)
class CaptureEvent:
    """ "listening", "recording", "saved", "failed", "note" or "devices".

    Attributes
    ----------
    path, duration_s
        Of the file that was "saved".
    gaps
        How often the sound system dropped samples while it was recorded.
    """

    what: str
    sentence: str = ""
    path: Path | None = None
    duration_s: float = 0.0
    gaps: int = 0
    devices: tuple[SoundDevice, ...] = ()


class _Take:
    """One recording: a file and the thread that writes it."""

    def __init__(self, stream: WavStream) -> None:
        self.file = stream
        self.gaps = 0
        self.error: CaptureError | None = None
        self._blocks: queue.SimpleQueue[Frames | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="vowelscope-write", daemon=True)
        self._thread.start()

    def put(self, block: Frames) -> None:
        self._blocks.put(block)

    def end(self) -> None:
        self._blocks.put(None)
        self._thread.join()
        self.file.close()

    def _run(self) -> None:
        least = round(_WRITE_S * self.file.rate_hz)
        waiting: list[Frames] = []
        while True:
            block = self._blocks.get()
            if block is not None:
                waiting.append(block)
            if waiting and (block is None or sum(map(len, waiting)) >= least):
                if self.error is None:
                    try:
                        self.file.write(np.concatenate(waiting))
                    except CaptureError as error:
                        self.error = error
                waiting = []
            if block is None:
                return


class CaptureEngine:
    """Listens to one device at a time; what it hears can be recorded.

    Parameters
    ----------
    on_event
        Called on the engine's thread.
    """

    def __init__(self, on_event: Callable[[CaptureEvent], None]) -> None:
        self._on_event = on_event
        self._commands: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stream: Any = None
        self._name = ""
        self._source = Source()
        self._take: _Take | None = None
        self._meter = LevelMeter(self._source.rate_hz)
        self._heard_of = 0.0

    def listen(self, source: Source) -> None:
        """Listen to `source`; "listening" or "failed" follows."""
        self._send("listen", source)

    def record(self, path: Path) -> None:
        """Write what is heard from now on to a new file; "recording" or "failed" follows."""
        self._send("record", path)

    def finish(self) -> None:
        """End the recording; "saved" follows."""
        self._send("finish", None)

    def ask_for_devices(self) -> None:
        """Look for devices and answer with a "devices" event."""
        self._send("devices", None)

    def level(self) -> Level | None:
        """How loud it is now; None before anything was heard."""
        return self._meter.read(time.monotonic())

    def elapsed_s(self) -> float | None:
        """Seconds that are recorded and in the file; None while nothing is recorded."""
        take = self._take
        return None if take is None else take.file.duration_s

    def close(self, timeout_s: float = 3.0) -> None:
        """End the recording, let the device go, and end the thread."""
        if self._thread is not None:
            self._send("quit", None)
            self._thread.join(timeout_s)
            self._thread = None

    def _send(self, command: str, value: Any) -> None:
        if self._thread is None:
            # A daemon: a sound server that hangs must not keep the program alive.
            self._thread = threading.Thread(target=self._run, name="vowelscope-record", daemon=True)
            self._thread.start()
        self._commands.put((command, value))

    def _run(self) -> None:
        while True:
            try:
                command, value = self._commands.get(timeout=0.25 if self._stream else None)
            except queue.Empty:
                self._check()
                continue
            try:
                self._do(command, value)
            except UserError as error:
                self._on_event(CaptureEvent("failed", str(error)))
            if command == "quit":
                return

    def _do(self, command: str, value: Any) -> None:
        if command == "listen":
            self._end_take()
            self._open(value)
            self._on_event(CaptureEvent("listening"))
        elif command == "record":
            if self._stream is None:
                raise CaptureError(tr("There is no sound to record: choose an input device."))
            self._take = _Take(WavStream(value, self._source.rate_hz, self._source.channels))
            self._meter = LevelMeter(self._source.rate_hz)  # what clipped before does not count
            self._on_event(CaptureEvent("recording", path=value))
        elif command == "finish":
            if self._take is not None and self._stream is not None:
                # What sounded before the button was pressed is still on its way.
                time.sleep(min(float(self._stream.latency), 0.5))
            self._end_take()
        elif command == "devices":
            self._on_event(CaptureEvent("devices", devices=_devices()))
        else:
            self._end_take()
            self._shut()

    def _check(self) -> None:
        """Is the device still there, and the disk?"""
        if self._take is not None and self._take.error is not None:
            error = self._take.error
            self._end_take(
                tr("Recording stopped: {error}. What was recorded before is in the file.").format(
                    error=error
                )
            )
        elif self._stream is not None and time.monotonic() - self._heard_of > _LOST_AFTER_S:
            sentence = tr("The input device {name!r} was lost.").format(name=self._name)
            self._shut()
            if self._take is None:
                self._on_event(CaptureEvent("failed", sentence))
            else:
                self._end_take(
                    tr("{sentence} What was recorded before is in the file.").format(
                        sentence=sentence
                    )
                )

    def _end_take(self, sentence: str = "") -> None:
        take, self._take = self._take, None
        if take is None:
            return
        take.end()
        if not take.file.n_frames:
            take.file.path.unlink(missing_ok=True)
        if take.error is not None and not sentence:
            sentence = tr(
                "Recording stopped: {error}. What was recorded before is in the file."
            ).format(error=take.error)
        if sentence:
            self._on_event(CaptureEvent("failed", sentence))
        self._on_event(
            CaptureEvent(
                "saved", path=take.file.path, duration_s=take.file.duration_s, gaps=take.gaps
            )
        )

    def _open(self, source: Source) -> None:
        with PORTAUDIO:
            self._shut()
            sd = load_portaudio()
            device = None
            if source.device is not None:
                device = find_device(sd, source.device, "input")
                if device is None:
                    look_again(sd)
                    device = find_device(sd, source.device, "input")
            self._source, self._name = source, source.device or ""
            self._meter = LevelMeter(source.rate_hz)
            self._stream = _stream(sd, device, source, self._callback)
            note_stream(self, True)
            self._name = str(sd.query_devices(device, "input")["name"])
            self._heard_of = time.monotonic()
            self._stream.start()
        if device is None and source.device is not None:
            sentence = tr(
                "The input device {device!r} is not there, so the system's default is listened to."
            ).format(device=source.device)
            self._on_event(CaptureEvent("note", sentence))

    def _shut(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            with PORTAUDIO:
                stream.abort(ignore_errors=True)
                stream.close(ignore_errors=True)
                note_stream(self, False)

    def _callback(self, data: Frames, _frames: int, _timing: Any, status: Any) -> None:
        self._heard_of = time.monotonic()
        block = data.copy()  # PortAudio uses its buffer again
        self._meter.add((block / _FULL_SCALE).astype(np.float32), self._heard_of)
        take = self._take
        if take is not None:
            take.gaps += bool(status.input_overflow)
            take.put(block)


def _stream(sd: Any, device: int | None, source: Source, callback: Any) -> Any:
    """An input stream of 16 bits, not started.

    Raises
    ------
    CaptureError
        There is no such device, or it does not do what was asked of it.
    """
    name = ""
    for attempt in (1, 2):
        try:
            name = str(sd.query_devices(device, "input")["name"])
            return sd.InputStream(
                samplerate=source.rate_hz,
                channels=source.channels,
                device=device,
                dtype="int16",
                latency=_LATENCY_S,
                callback=callback,
            )
        except (sd.PortAudioError, ValueError) as error:
            if attempt == 1 and device is None:
                look_again(sd)  # a microphone may have come since PortAudio was loaded
                continue
            if not name:
                raise CaptureError(
                    tr("There is no sound device to record from; connect one and try again.")
                ) from error
            channels = "mono" if source.channels == 1 else f"{source.channels} channels"
            raise CaptureError(
                tr(
                    "The input device {name!r} cannot record {channels} at {rate_hz:,} "
                    "Hz ({value})."
                ).format(
                    name=name, channels=channels, rate_hz=source.rate_hz, value=reason_of(error)
                )
            ) from error
    raise AssertionError("unreachable")


def _devices() -> tuple[SoundDevice, ...]:
    try:
        sd = load_portaudio()
    except UserError:
        return ()
    with PORTAUDIO:
        look_again(sd)
        try:
            return list_devices(sd, "input")
        except sd.PortAudioError:
            return ()
