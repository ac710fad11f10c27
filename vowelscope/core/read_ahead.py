"""A stretch of a recording as blocks for a sound device, read ahead of who takes them."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vowelscope.core.audio import Recording, Samples, to_mono
from vowelscope.core.errors import UserError

_BLOCK_FRAMES = 1 << 14
_BLOCKS_AHEAD = 8
# PortAudio's callback may wait this long for the disk before it plays silence instead.
_PATIENCE_S = 0.1


@dataclass(frozen=True, slots=True)
class Selection:
    """What to play: `start_s` to `stop_s` (seconds) of one 0-based channel, or of all for None."""

    recording: Recording
    start_s: float
    stop_s: float
    channel: int | None = None

    @property
    def frames(self) -> tuple[int, int]:
        """First frame and the frame after the last, clipped to the file."""
        rate_hz, end = self.recording.rate_hz, self.recording.n_frames
        start = min(max(round(self.start_s * rate_hz), 0), end)
        return start, min(max(round(self.stop_s * rate_hz), start), end)


def arrange(data: Samples, channel: int | None, columns: int) -> Samples:
    """Bring samples (frames, channels) to `columns` channels of a device.

    One channel for several columns is repeated; several for one or for another number are
    averaged. Shape (frames, columns).
    """
    if channel is not None:
        data = data[:, channel : channel + 1]
    if data.shape[1] != columns:
        data = np.repeat(to_mono(data)[:, None], columns, axis=1)
    return np.ascontiguousarray(data)


def blocks_of(selection: Selection, columns: int, rate_hz: float) -> Iterator[Samples]:
    """Yield the selection in blocks of shape (frames, columns) at `rate_hz`.

    At the recording's own rate the samples are untouched; otherwise libsoxr resamples them.
    """
    start, stop = selection.frames
    own_rate_hz = selection.recording.rate_hz
    resampler = None
    if rate_hz != own_rate_hz:
        import soxr

        resampler = soxr.ResampleStream(own_rate_hz, rate_hz, columns, dtype="float32")
    for first in range(start, stop, _BLOCK_FRAMES):
        last = min(first + _BLOCK_FRAMES, stop)
        data = selection.recording.read_frames(first, last)
        data = arrange(data, selection.channel, columns)
        if resampler is not None:
            data = resampler.resample_chunk(data, last=last == stop)
        if len(data):
            yield data


class ReadAhead:
    """Reads blocks on a thread, a few ahead of who takes them."""

    def __init__(self, blocks: Iterator[Samples]) -> None:
        self._queue: queue.Queue[Samples | None] = queue.Queue(_BLOCKS_AHEAD)
        self._blocks = blocks
        self._rest: Samples | None = None
        self._closed = False
        self.exhausted = False
        self.error: UserError | None = None
        self._thread = threading.Thread(target=self._read, name="vowelscope-read", daemon=True)
        self._thread.start()

    def pull(self, out: Samples) -> int:
        """Fill `out` (frames, columns) and give the number of frames; the rest is silence.

        Fewer than asked for means the end (`exhausted`) or a disk that is too slow.
        """
        done = 0
        while done < len(out) and not self.exhausted:
            if self._rest is None:
                try:
                    self._rest = self._queue.get(timeout=_PATIENCE_S)
                except queue.Empty:
                    break
                if self._rest is None:
                    self.exhausted = True
                    break
            part = self._rest[: len(out) - done]
            out[done : done + len(part)] = part
            done += len(part)
            rest = self._rest[len(part) :]
            self._rest = rest if len(rest) else None
        out[done:] = 0
        return done

    def close(self) -> None:
        """Let the thread end."""
        self._closed = True
        with contextlib.suppress(queue.Empty):
            while True:
                self._queue.get_nowait()
        self._thread.join(1.0)

    def _read(self) -> None:
        try:
            for block in self._blocks:
                if not self._put(block):
                    return
        except UserError as error:
            self.error = error
        self._put(None)

    def _put(self, block: Samples | None) -> bool:
        while not self._closed:
            with contextlib.suppress(queue.Full):
                self._queue.put(block, timeout=0.05)
                return True
        return False
