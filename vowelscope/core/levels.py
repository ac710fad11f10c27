"""How loud a sound is, in dB re full scale, while it plays or is recorded."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vowelscope.core.audio import Samples

FLOOR_DB = -90.0
"""What is below is shown as this: the step of 16 bits is at -90.3 dB."""
RMS_S = 0.3
"""The RMS is over this long: as a VU meter's needle takes to rise (IEC 60268-17: 300 ms)."""
HOLD_S = 1.5
CLIPPED = 32767 / 32768
"""The largest sample of 16 bits."""
_SLICE_S = 0.02


@dataclass(frozen=True, slots=True)
class Level:
    """A level of each channel, in dB re full scale (a sample of 1).

    Attributes
    ----------
    peak_db
        Largest magnitude of the last 0.3 s; `FLOOR_DB` for silence.
    held_db
        Largest magnitude of the last 1.5 s.
    rms_db
        Root mean square of the last 0.3 s; a full-scale sine has -3.0 dB.
    clipped
        Whether any sample since the start was as large as 16 bits can hold.
    """

    peak_db: tuple[float, ...]
    held_db: tuple[float, ...]
    rms_db: tuple[float, ...]
    clipped: bool = False


@dataclass(frozen=True, slots=True)
class _Slice:
    due_s: float
    peaks: npt.NDArray[np.float64]
    squares: npt.NDArray[np.float64]
    frames: int


class LevelMeter:
    """Takes blocks on one thread and tells the level on another.

    Parameters
    ----------
    rate_hz
        Of the blocks.
    """

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._coming: deque[_Slice] = deque()
        self._heard: deque[_Slice] = deque()
        self._clipped = False

    def add(self, block: Samples, due_s: float) -> None:
        """Take samples (frames, channels), the first of which is heard at `due_s` seconds."""
        if not len(block):
            return
        step = max(round(_SLICE_S * self._rate_hz), 1)
        starts = np.arange(0, len(block), step)
        peaks = np.maximum.reduceat(np.abs(block), starts, axis=0).astype(np.float64)
        squares = np.add.reduceat(np.square(block, dtype=np.float64), starts, axis=0)
        for at, start in enumerate(starts):
            frames = min(step, len(block) - int(start))
            self._coming.append(
                _Slice(due_s + start / self._rate_hz, peaks[at], squares[at], frames)
            )

    def read(self, now_s: float) -> Level | None:
        """The level at `now_s`; None before anything was heard."""
        while self._coming and self._coming[0].due_s <= now_s:
            self._heard.append(self._coming.popleft())
            self._clipped = self._clipped or bool((self._heard[-1].peaks >= CLIPPED).any())
        while len(self._heard) > 1 and self._heard[0].due_s < now_s - HOLD_S:
            self._heard.popleft()
        if not self._heard:
            return None
        width = len(self._heard[-1].peaks)
        held = [one for one in self._heard if len(one.peaks) == width]
        late = [one for one in held if one.due_s >= now_s - RMS_S]
        nothing = np.zeros(width)
        frames = sum(one.frames for one in late)
        squares = sum((one.squares for one in late), nothing)
        return Level(
            _in_db(np.max([one.peaks for one in late], axis=0) if late else nothing),
            _in_db(np.max([one.peaks for one in held], axis=0)),
            _in_db(np.sqrt(squares / max(frames, 1))),
            self._clipped,
        )


def _in_db(values: npt.NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(
        max(20 * math.log10(value), FLOOR_DB) if value > 0 else FLOOR_DB for value in values
    )
