"""Playing a stretch of a recording through PortAudio, without Qt.

The samples of a selection go to the device exactly as they are in the file: no gain, and no fades
but at the seams of a loop. A thread of its own owns PortAudio (whose calls may take long and must
not meet each other), a second one reads the file ahead, and PortAudio's callback only copies.
PortAudio is loaded at the first request, since it may be missing and takes long to look at the
sound cards.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vowelscope.core.audio import Samples
from vowelscope.core.devices import (
    PORTAUDIO,
    PlaybackError,
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
from vowelscope.core.passages import Passage, Passes
from vowelscope.core.read_ahead import ReadAhead
from vowelscope.core.translation import tr

__all__ = ["PlaybackEngine", "PlaybackError", "PlaybackEvent"]

# A device that has asked for nothing for so long is taken for lost; some sound servers ask only
# once in two seconds.
_LOST_AFTER_S = 4.0
# Python answers late at times, when the machine is busy. It delays nothing: the buffer is filled
# before the sound starts, and stopping does not wait until it is empty.
_LATENCY_S = 0.2
# What follows a pass is decided so long before the end of what was read.
_LATE_S = 0.25


@dataclass(frozen=True, slots=True)
class PlaybackEvent:
    """What became of request `request`: "started", "stopped", "failed", "note" or "devices"."""

    what: str
    request: int = 0
    sentence: str = ""
    devices: tuple[SoundDevice, ...] = ()


class _Voice:
    """One open stream and where it is."""

    def __init__(
        self, request: int, first: Passage, following: Callable[[], Passage | None]
    ) -> None:
        self.request = request
        self.first = first
        self.device_name = ""
        self.heard_of = time.monotonic()
        self.reader: ReadAhead | None = None
        self._following = following
        self._passes = Passes(first, 1, first.rate_hz)
        self._levels = LevelMeter(first.rate_hz)
        self._rate_hz = first.rate_hz
        self._stream: Any = None
        self._sd: Any = None
        self._frames = 0
        # (monotonic time at which frame n leaves the device, n, frames handed over)
        self._clock: tuple[float, int, int] | None = None
        self._ends_s = 0.0
        self._last_frame = 0.0

    def open(self, sd: Any, device: int | None, on_end: Callable[[int], None]) -> None:
        self._sd = sd
        info = sd.query_devices(device, "output")
        self.device_name = str(info["name"])
        first_error: Exception | None = None
        for rate_hz, columns in self._layouts(float(info["default_samplerate"])):
            try:
                self._stream = sd.OutputStream(
                    samplerate=rate_hz,
                    channels=columns,
                    device=device,
                    dtype="float32",
                    latency=_LATENCY_S,
                    prime_output_buffers_using_stream_callback=True,
                    callback=self._callback,
                    finished_callback=lambda: on_end(self.request),
                )
            except (sd.PortAudioError, ValueError) as error:
                first_error = first_error or error
                continue
            note_stream(self, True)
            self._rate_hz = rate_hz
            self._passes = Passes(self.first, columns, rate_hz, self._following)
            self._levels = LevelMeter(rate_hz)
            self.reader = ReadAhead(self._passes.blocks(), round(_LATE_S * rate_hz))
            self._stream.start()
            self.heard_of = time.monotonic()
            return
        assert first_error is not None
        raise first_error

    def _layouts(self, device_rate_hz: float) -> list[tuple[float, int]]:
        rates = dict.fromkeys((self.first.rate_hz, device_rate_hz))
        columns = dict.fromkeys((self.first.n_channels, 2, 1))
        return [(rate, count) for rate in rates for count in columns]

    def _callback(self, out: Samples, _frames: int, timing: Any, _status: object) -> None:
        assert self.reader is not None
        now = self.heard_of = time.monotonic()
        lead_s = float(timing.outputBufferDacTime) - float(timing.currentTime)
        if not 0 <= lead_s < 5:  # some host interfaces leave the times empty
            lead_s = float(self._stream.latency)
        first = self._frames
        taken = self.reader.pull(out)
        self._frames += taken
        if taken:
            self._levels.add(out[:taken], now + lead_s)
            self._clock = (now + lead_s, first, self._frames)
            self._ends_s = now + lead_s + taken / self._rate_hz
        # Silence until the last frame has left: a stream that ends takes with it what is still
        # in the buffers of a sound server.
        if self.reader.exhausted and now >= self._ends_s:
            raise self._sd.CallbackStop

    def position_s(self) -> float:
        """Seconds of the recording that leave the device now; runs back at a seam alone."""
        clock = self._clock
        if clock is not None:
            at, first, handed_over = clock
            frame = first + (time.monotonic() - at) * self._rate_hz
            self._last_frame = max(self._last_frame, min(max(frame, 0.0), handed_over))
        return self._passes.time_at(self._last_frame)

    def level(self) -> Level | None:
        """The level of what leaves the device now."""
        return self._levels.read(time.monotonic())

    @property
    def lost(self) -> bool:
        return time.monotonic() - self.heard_of > _LOST_AFTER_S

    def close(self) -> None:
        if self._stream is not None:
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)
            note_stream(self, False)
        if self.reader is not None:
            self.reader.close()


class PlaybackEngine:
    """Owns PortAudio on a thread; a new request ends the one before.

    Parameters
    ----------
    on_event
        Called on the engine's thread. A request gives "failed" alone, or "started" and later
        "stopped", with a "failed" just before it if the device was lost.
    """

    def __init__(self, on_event: Callable[[PlaybackEvent], None]) -> None:
        self._on_event = on_event
        self._commands: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._voice: _Voice | None = None
        self._device: str | None = None
        self._request = 0
        self._following: tuple[int, Passage | None] = (0, None)
        self._thread: threading.Thread | None = None

    def play(self, passage: Passage, again: bool = False) -> int:
        """Play `passage`, once or `again` and again; give the number that its events carry."""
        self._request += 1
        self._following = (self._request, passage if again else None)
        self._send("play", (self._request, passage))
        return self._request

    def follow(self, passage: Passage | None) -> None:
        """After this pass play `passage`, again and again, or for None nothing more."""
        self._following = (self._request, passage)

    def stop(self) -> None:
        """Stop at once, in the middle of a buffer."""
        if self._thread is not None:
            self._send("stop", None)

    def set_device(self, name: str | None) -> None:
        """Play on the device of that name from the next request on; None is the default one.

        Where it is not there, the default one plays, and a "note" says so.
        """
        self._device = name

    def ask_for_devices(self) -> None:
        """Look for devices anew and answer with a "devices" event."""
        self._send("devices", None)

    def position_s(self) -> float | None:
        """Where the device is in the recording, in seconds; None when nothing plays."""
        voice = self._voice
        return None if voice is None else voice.position_s()

    def level(self) -> Level | None:
        """How loud it is now; None when nothing plays."""
        voice = self._voice
        return None if voice is None else voice.level()

    def close(self, timeout_s: float = 2.0) -> None:
        """Stop and end the thread."""
        if self._thread is not None:
            self._send("quit", None)
            self._thread.join(timeout_s)
            self._thread = None

    def _send(self, command: str, value: Any) -> None:
        if self._thread is None:
            # A daemon: a sound server that hangs must not keep the program alive.
            self._thread = threading.Thread(target=self._run, name="vowelscope-play", daemon=True)
            self._thread.start()
        self._commands.put((command, value))

    def _run(self) -> None:
        while True:
            try:
                command, value = self._commands.get(timeout=0.25 if self._voice else None)
            except queue.Empty:
                if self._voice is not None and self._voice.lost:
                    self._end(_lost(self._voice))
                continue
            if command == "play":
                self._end()
                self._begin(*value)
            elif command == "ended":
                self._ended(value)
            elif command == "devices":
                self._on_event(PlaybackEvent("devices", devices=self._look_for_devices()))
            else:
                self._end()
            if command == "quit":
                return

    def _begin(self, request: int, passage: Passage) -> None:
        try:
            with PORTAUDIO:
                voice = self._open(request, passage)
        except UserError as error:
            self._on_event(PlaybackEvent("failed", request, str(error)))
            return
        self._voice = voice
        self._on_event(PlaybackEvent("started", request))

    def _open(self, request: int, passage: Passage) -> _Voice:
        if not passage.n_frames:
            raise PlaybackError(tr("There is nothing to play: the selection holds no sample."))
        sd = load_portaudio()
        for attempt in (1, 2):
            voice = _Voice(request, passage, lambda: self._after(request))
            try:
                device = self._device_index(sd)
                voice.open(sd, device, self._on_end)
                if device is None and self._device is not None:
                    sentence = tr(
                        "The sound device {device!r} is not there, so the system's default plays."
                    ).format(device=self._device)
                    self._on_event(PlaybackEvent("note", request, sentence))
                return voice
            except (sd.PortAudioError, ValueError) as error:
                voice.close()
                if attempt == 1:
                    look_again(sd)  # the device may have come since PortAudio was loaded
                    continue
                if not voice.device_name:
                    raise PlaybackError(
                        tr("There is no sound device to play on; connect one and play again.")
                    ) from error
                raise PlaybackError(
                    tr("The sound device {device_name!r} cannot be opened ({value}).").format(
                        device_name=voice.device_name, value=reason_of(error)
                    )
                ) from error
        raise AssertionError("unreachable")

    def _after(self, request: int) -> Passage | None:
        wanted, passage = self._following
        return passage if wanted == request else None

    def _device_index(self, sd: Any) -> int | None:
        if self._device is None:
            return None
        index = find_device(sd, self._device, "output")
        if index is None:
            look_again(sd)  # it may have come since PortAudio was loaded
            index = find_device(sd, self._device, "output")
        return index

    def _on_end(self, request: int) -> None:
        self._commands.put(("ended", request))

    def _ended(self, request: int) -> None:
        voice = self._voice
        if voice is None or voice.request != request:
            return  # the end of a stream that we closed ourselves
        assert voice.reader is not None
        if voice.reader.error is not None:
            self._end(str(voice.reader.error))
        else:
            self._end("" if voice.reader.exhausted else _lost(voice))

    def _end(self, sentence: str = "") -> None:
        voice, self._voice = self._voice, None
        if voice is None:
            return
        with PORTAUDIO:
            voice.close()
        if sentence:
            self._on_event(PlaybackEvent("failed", voice.request, sentence))
        self._on_event(PlaybackEvent("stopped", voice.request))

    def _look_for_devices(self) -> tuple[SoundDevice, ...]:
        try:
            sd = load_portaudio()
        except UserError:
            return ()
        with PORTAUDIO:
            look_again(sd)
            try:
                return list_devices(sd, "output")
            except sd.PortAudioError:
                return ()


def _lost(voice: _Voice) -> str:
    return tr(
        "The sound device {device_name!r} was lost at {time_s:.2f} s; playing stopped."
    ).format(device_name=voice.device_name, time_s=voice.position_s())
