"""What is played: a stretch of a recording, or one made from it, once or again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from vowelscope.core.audio import Recording, Samples, to_mono

BLOCK_FRAMES = 1 << 14
SEAM_S = 0.005
"""How long the end of one pass is faded over into what leads to the start of the next."""


@dataclass(frozen=True, slots=True)
class Selection:
    """`start_s` to `stop_s` (seconds) of a recording.

    Attributes
    ----------
    channels
        0-based channels that are heard, or None for all. One alone is heard on all loudspeakers.
    """

    recording: Recording
    start_s: float
    stop_s: float
    channels: tuple[int, ...] | None = None

    @property
    def frames(self) -> tuple[int, int]:
        """First frame and the frame after the last, clipped to the file."""
        rate_hz, end = self.recording.rate_hz, self.recording.n_frames
        start = min(max(round(self.start_s * rate_hz), 0), end)
        return start, min(max(round(self.stop_s * rate_hz), start), end)

    @property
    def rate_hz(self) -> float:
        """Samples a second."""
        return float(self.recording.rate_hz)

    @property
    def n_frames(self) -> int:
        """Frames that are heard."""
        start, stop = self.frames
        return stop - start

    @property
    def n_channels(self) -> int:
        """Channels that are heard."""
        return self.recording.n_channels if self.channels is None else len(self.channels)

    @property
    def span_s(self) -> tuple[float, float]:
        """The stretch of the recording that is heard, in seconds."""
        start, stop = self.frames
        return start / self.rate_hz, stop / self.rate_hz

    def read(self, first: int, last: int) -> Samples:
        """Frames `first` to `last` of it, shape (frames, channels)."""
        start, _ = self.frames
        data = self.recording.read_frames(start + first, start + last)
        return data if self.channels is None else data[:, list(self.channels)]

    def lead(self, frames: int) -> Samples | None:
        """What stands before its start; None where the recording has not so many frames there."""
        return None if self.frames[0] < frames else self.read(-frames, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """Sound made from the stretch `span_s` of a recording: slowed, filtered.

    Attributes
    ----------
    samples
        (frames, channels), float32.
    span_s
        The stretch in seconds of the recording that sounds from the first frame to the last.
    """

    samples: Samples
    rate_hz: float
    span_s: tuple[float, float]

    @property
    def n_frames(self) -> int:
        """Frames that are heard."""
        return len(self.samples)

    @property
    def n_channels(self) -> int:
        """Channels that are heard."""
        return int(self.samples.shape[1])

    def read(self, first: int, last: int) -> Samples:
        """Frames `first` to `last`, shape (frames, channels)."""
        return self.samples[first:last]

    def lead(self, _frames: int) -> Samples | None:
        """None: nothing stands before its start."""
        return None


Passage = Selection | Rendered


def arrange(data: Samples, columns: int) -> Samples:
    """Bring samples (frames, channels) to `columns` channels of a device.

    One channel for several columns is repeated; several for one or for another number are
    averaged. Shape (frames, columns).
    """
    if data.shape[1] != columns:
        data = np.repeat(to_mono(data)[:, None], columns, axis=1)
    return np.ascontiguousarray(data)


class Passes:
    """One passage, and after it whatever there is to follow, as blocks for a device.

    The first pass is untouched from its first sample, the last one to its last. At a seam the
    end of a pass is faded over, within `SEAM_S`, into what stands in the recording before the
    start of the next one, whose own samples are untouched: neither a click nor a gap, and each
    pass is as long as its passage. Where nothing stands before, both sides fade to and from 0.

    Parameters
    ----------
    first
        What is played first.
    columns, rate_hz
        Of the device. At the passage's own rate the samples are untouched; otherwise libsoxr
        resamples them.
    following
        Asked near the end of each pass, on the thread that reads; None ends the sound.
    """

    def __init__(
        self,
        first: Passage,
        columns: int,
        rate_hz: float,
        following: Callable[[], Passage | None] = lambda: None,
    ) -> None:
        self._first = first
        self._columns = columns
        self._ratio = rate_hz / first.rate_hz
        self._following = following
        # (frame of the device at which a pass starts, its length in such frames, its stretch)
        self._starts: list[tuple[float, float, tuple[float, float]]] = []
        self._resampler: Any = None
        if rate_hz != first.rate_hz:
            import soxr

            self._resampler = soxr.ResampleStream(first.rate_hz, rate_hz, columns, dtype="float32")

    def time_at(self, frame: float) -> float:
        """The time in seconds of the recording that frame `frame` of the device belongs to."""
        starts = self._starts
        if not starts:
            return self._first.span_s[0]
        at = len(starts) - 1
        while at > 0 and starts[at][0] > frame:
            at -= 1
        begin, length, (start_s, stop_s) = starts[at]
        share = min(max((frame - begin) / length, 0.0), 1.0)
        return start_s + share * (stop_s - start_s)

    def blocks(self) -> Iterator[Samples | None]:
        """Yield blocks of shape (frames, columns).

        None stands where it is to be waited until what was read ahead is nearly used up: what
        follows a pass is asked for as late as may be.
        """
        passage, fade_in = self._first, False
        while True:
            self._note(passage)
            seam = min(round(SEAM_S * passage.rate_hz), passage.n_frames // 2)
            end = passage.n_frames - seam
            for first in range(0, end, BLOCK_FRAMES):
                data = self._read(passage, first, min(first + BLOCK_FRAMES, end))
                if fade_in and first == 0:
                    data[:seam] *= _rise(min(seam, len(data)))
                yield from self._out(data)
            yield None
            following = self._following()
            if following is not None and (
                not following.n_frames or following.rate_hz != self._first.rate_hz
            ):
                following = None
            tail = self._read(passage, end, passage.n_frames)
            if following is not None:
                rise, lead = _rise(seam), following.lead(seam)
                fade_in = lead is None
                tail = tail * (1 - rise)
                if lead is not None:
                    tail += arrange(lead, self._columns) * rise
            yield from self._out(tail, last=following is None)
            if following is None:
                return
            passage = following

    def _note(self, passage: Passage) -> None:
        begin = self._starts[-1][0] + self._starts[-1][1] if self._starts else 0.0
        length = max(passage.n_frames * self._ratio, 1.0)
        # A list of its own, so that a reader on another thread never sees one that changes.
        self._starts = [*self._starts[-64:], (begin, length, passage.span_s)]

    def _read(self, passage: Passage, first: int, last: int) -> Samples:
        data = arrange(passage.read(first, last), self._columns)
        return np.array(data, dtype=np.float32)

    def _out(self, data: Samples, last: bool = False) -> Iterator[Samples]:
        if self._resampler is not None:
            data = self._resampler.resample_chunk(np.ascontiguousarray(data), last=last)
        if len(data):
            yield np.ascontiguousarray(data, dtype=np.float32)


def _rise(frames: int) -> Samples:
    """Half a Hann window, from 0 to 1, of shape (frames, 1)."""
    share = (np.arange(frames, dtype=np.float32) + 0.5) / max(frames, 1)
    rise: Samples = (0.5 - 0.5 * np.cos(np.pi * share)).astype(np.float32)[:, None]
    return rise
