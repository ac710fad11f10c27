"""The zero crossing nearest to a time, by Praat's rule."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.core.audio import Recording

_FIRST_REACH_S = 0.05


def nearest_zero_crossing(
    samples: npt.NDArray[np.floating[Any]], rate_hz: float, start_s: float, time_s: float
) -> float | None:
    """The zero crossing of `samples` that is nearest to a time.

    Parameters
    ----------
    samples
        Shape (n,).
    rate_hz
        Sampling rate.
    start_s
        Time in seconds where the first sample begins; its value stands for half a sample later.
    time_s
        Where to look. A crossing between the two samples around it is taken, else the nearest one
        on either side; of two that are equally near, the later.

    Returns
    -------
    float or None
        Seconds, interpolated linearly between the two samples; None without a crossing.

    Notes
    -----
    Praat manual, "Sound: Get nearest zero crossing..."; zero counts as positive.
    """
    positive = samples >= 0
    crossings = np.flatnonzero(positive[1:] != positive[:-1])
    if not len(crossings):
        return None
    here = math.floor((time_s - start_s) * rate_hz - 0.5)

    def at(index: int) -> float:
        left, right = float(samples[index]), float(samples[index + 1])
        return start_s + (index + 0.5 + left / (left - right)) / rate_hz

    after = int(np.searchsorted(crossings, here))
    if after == len(crossings):
        return at(int(crossings[-1]))
    later_s = at(int(crossings[after]))
    if after == 0 or crossings[after] == here:
        return later_s
    earlier_s = at(int(crossings[after - 1]))
    return earlier_s if time_s - earlier_s < later_s - time_s else later_s


def nearest_zero_crossing_s(
    recording: Recording, time_s: float, channel: int | None = 0
) -> float | None:
    """The zero crossing of a recording that is nearest to a time.

    Parameters
    ----------
    recording, time_s
        Only what is around the time is read, more where there is no crossing near.
    channel
        0-based; Praat's editor takes the first. None is the mean of all.

    Returns
    -------
    float or None
        Seconds, as `nearest_zero_crossing` gives for the whole recording; None without a crossing.

    Raises
    ------
    AudioError
        There is no such channel, or the samples cannot be read.
    """
    rate_hz = recording.rate_hz
    time_s = min(max(time_s, 0.0), recording.duration_s)
    reach_s = _FIRST_REACH_S
    while True:
        first = max(math.floor((time_s - reach_s) * rate_hz), 0)
        last = min(math.ceil((time_s + reach_s) * rate_hz), recording.n_frames)
        samples = recording.read(first / rate_hz, last / rate_hz, channel)
        found = nearest_zero_crossing(samples, rate_hz, first / rate_hz, time_s)
        whole = first == 0 and last == recording.n_frames
        # Beyond what was read, a crossing can be nearer only if this one is within a sample of
        # the edge.
        if whole or (found is not None and abs(found - time_s) < reach_s - 2 / rate_hz):
            return found
        reach_s *= 4
