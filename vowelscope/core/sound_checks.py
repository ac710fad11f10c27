"""Where a recording is silent and where it is clipped, for the checks of a corpus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vowelscope.core.audio import Recording

FRAME_S = 0.01
SILENCE_DB = 35.0
LEAST_SILENCE_S = 0.1
TOP = 0.9995
LEAST_RUN = 3

_SMOOTHED = 3


@dataclass(frozen=True, eq=False)
class SoundOutline:
    """Silences and clipped samples of a recording.

    Attributes
    ----------
    silences_s
        (n, 2) start and end of each silence, in seconds, in order.
    clipped
        Numbers of the clipped samples, in order.
    """

    rate_hz: int
    silences_s: npt.NDArray[np.float64]
    clipped: npt.NDArray[np.int64]

    def silence_s(self, tmin_s: float, tmax_s: float) -> float:
        """How much of an interval is silent, in seconds."""
        starts, ends = self.silences_s.T
        shared = np.minimum(ends, tmax_s) - np.maximum(starts, tmin_s)
        return float(np.maximum(shared, 0.0).sum())

    def clipped_samples(self, tmin_s: float, tmax_s: float) -> int:
        """How many samples of an interval are clipped."""
        first, last = np.searchsorted(
            self.clipped, (round(tmin_s * self.rate_hz), round(tmax_s * self.rate_hz))
        )
        return int(last - first)


def outline_of(recording: Recording) -> SoundOutline:
    """Read a recording once, block by block, and note its silences and clipped samples.

    Parameters
    ----------
    recording
        Open; all channels are looked at: it is silent where their mean power is low, and clipped
        where one is.

    Returns
    -------
    SoundOutline
        A silence is `LEAST_SILENCE_S` or more whose level, in frames of `FRAME_S` smoothed over
        three, is `SILENCE_DB` or more below that of the loudest; Praat's "To TextGrid (silences)"
        does the same with 25 dB by default, which takes in weak vowels. Clipped are runs of
        `LEAST_RUN` samples or more at full scale (above `TOP`).

    Raises
    ------
    AudioError
        The samples cannot be read.

    Notes
    -----
    A recording that was clipped and made softer afterwards is not found.
    """
    rate_hz = recording.rate_hz
    length = max(1, round(FRAME_S * rate_hz))
    powers: list[npt.NDArray[np.float64]] = []
    tops: list[npt.NDArray[np.int64]] = []
    for start, block in recording.blocks((1 << 18) // length * length or length):
        square = np.einsum("ij,ij->i", block, block, dtype=np.float64) / block.shape[1]
        edges = np.arange(0, len(square), length)
        counts = np.diff(np.append(edges, len(square)))
        powers.append(np.add.reduceat(square, edges) / counts)
        if max(block.max(), -block.min()) > TOP:
            tops.append(start + np.flatnonzero((np.abs(block) > TOP).any(axis=1)))
    power = np.convolve(np.concatenate(powers), np.full(_SMOOTHED, 1 / _SMOOTHED), mode="same")
    quiet = power <= power.max() * 10 ** (-SILENCE_DB / 10)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
    silences = edges.reshape(-1, 2) * (length / rate_hz)
    silences = np.minimum(silences, recording.duration_s)
    long = silences[:, 1] - silences[:, 0] >= LEAST_SILENCE_S - 1e-9
    return SoundOutline(rate_hz, silences[long], _in_runs(tops))


def _in_runs(tops: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    if not tops:
        return np.zeros(0, dtype=np.int64)
    every = np.concatenate(tops)
    runs = np.cumsum(np.diff(every, prepend=every[0] - 1) > 1)
    return every[np.bincount(runs)[runs] >= LEAST_RUN]
