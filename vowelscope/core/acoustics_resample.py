"""Praat's "Sound: Resample..." for any part of a file, equal to that of the whole.

Praat resamples to twice the formant ceiling before it looks for formants. Its way: a brick-wall
low pass over the whole Sound by one Fourier transform, then sinc interpolation over 50 samples to
each side under a raised cosine. The low pass knows the whole file, so it is done once a chunk and
kept (`acoustics_lowpass` has the chunks of long files); the interpolation is local, so it is done
for the part that is asked for.

Source: Praat's `Sound.cpp` (Sound_resample) and `NUM_interpolate_sinc`; manual page
"Sound: Resample...".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics_grid import Chunking, Doubles, FileKey, read_span
from vowelscope.core.acoustics_lowpass import brick_wall, whole_low_pass
from vowelscope.core.audio import Recording

_DEPTH = 50
_REACH_S = 2.7
"""Beyond a chunk's own samples: the formant frames' neighbourhood of 2.5 s, and the kernels."""

_BLOCK = 8192


@dataclass(frozen=True, slots=True)
class Resampling:
    """The sample grid of a whole Sound after resampling.

    Attributes
    ----------
    n_samples, rate_hz
        Of the file.
    new_count, new_rate_hz, first_s
        Number of new samples, their rate, and the time of the first.
    """

    n_samples: int
    rate_hz: float
    new_count: int
    new_rate_hz: float
    first_s: float

    @property
    def kind(self) -> str:
        """``copy``, ``double`` (Praat's own way for a factor of 2), ``down`` or ``up``."""
        factor = self.new_rate_hz / self.rate_hz
        if abs(factor - 1.0) < 1e-12:
            return "copy"
        if abs(factor - 2.0) < 1e-6:
            return "double"
        return "down" if factor < 1.0 else "up"


def resampling(n_samples: int, rate_hz: float, new_rate_hz: float) -> Resampling:
    """Where the samples of the whole Sound lie after resampling to `new_rate_hz`."""
    end_s = n_samples / rate_hz
    if abs(new_rate_hz / rate_hz - 1.0) < 1e-12:
        return Resampling(n_samples, rate_hz, n_samples, rate_hz, 0.5 / rate_hz)
    count = math.floor(end_s * new_rate_hz + 0.5)
    first_s = 0.5 * (end_s - (count - 1) / new_rate_hz)
    return Resampling(n_samples, rate_hz, count, new_rate_hz, first_s)


@lru_cache(maxsize=3)
def _band_limited(
    key: FileKey, plan: Resampling, chunking: Chunking, chunk: int
) -> tuple[int, Doubles]:
    """First sample and samples of a chunk (widened) after Praat's anti-aliasing filter."""
    reach = math.ceil(_REACH_S * plan.rate_hz) + 2 * _DEPTH
    first, stop = chunking.span(chunk, plan.n_samples, reach)
    with Recording(key.path) as recording:
        if plan.kind == "down" and chunking.count(plan.n_samples) > 1:
            low_pass = brick_wall(key, plan.n_samples, plan.new_rate_hz / plan.rate_hz, chunking)
            return first, low_pass.part(recording, first, stop)
        samples = read_span(recording, first, stop, key.channel)
    if plan.kind == "down":
        return first, whole_low_pass(samples, plan.new_rate_hz / plan.rate_hz)
    return first, samples


def resampled(
    key: FileKey, plan: Resampling, chunking: Chunking, chunk: int, first: int, stop: int
) -> Doubles:
    """New samples `first` to `stop` (0-based, of the whole resampled Sound).

    Ask within 2.6 s of the chunk's own samples: more is not at hand.

    Returns
    -------
    numpy.ndarray
        float64 (stop - first,).
    """
    old_first, samples = _band_limited(key, plan, chunking, chunk)
    return new_samples(plan, samples, old_first, first, stop)


def new_samples(
    plan: Resampling, samples: Doubles, old_first: int, first: int, stop: int
) -> Doubles:
    """New samples `first` to `stop` from band-limited samples that begin at `old_first`.

    Returns
    -------
    numpy.ndarray
        float64 (stop - first,).
    """
    if plan.kind == "copy":
        return samples[first - old_first : stop - old_first]
    if plan.kind == "double":
        import parselmouth

        double = parselmouth.Sound(samples, plan.rate_hz).resample(plan.new_rate_hz, _DEPTH)
        return np.array(double.values[0, first - 2 * old_first : stop - 2 * old_first])
    times_s = plan.first_s + np.arange(first, stop, dtype=np.float64) * (1.0 / plan.new_rate_hz)
    places = (times_s - 0.5 / plan.rate_hz) / (1.0 / plan.rate_hz) - old_first
    return interpolate(samples, places)


def interpolate(samples: Doubles, places: Doubles) -> Doubles:
    """Values between samples (Praat's NUM_interpolate_sinc at depth 50).

    Parameters
    ----------
    samples
        Shape (n,).
    places
        Fractional 0-based indices in rising order, shape (m,).

    Returns
    -------
    numpy.ndarray
        Shape (m,). Before the first and after the last sample, the value of that sample.
    """
    left = np.floor(places).astype(np.int64)
    depth = np.minimum(np.minimum(left + 1, len(samples) - 1 - left), _DEPTH)
    out = np.empty(len(places))
    inner = np.flatnonzero(depth == _DEPTH)
    if len(inner):
        lo, hi = int(inner[0]), int(inner[-1]) + 1
        out[lo:hi] = _sinc(samples, left[lo:hi], places[lo:hi] - left[lo:hi], _DEPTH)
    for index in np.flatnonzero(depth < _DEPTH):
        out[index] = _near_edge(samples, float(places[index]), int(depth[index]))
    return out


def _sinc(samples: Doubles, left: npt.NDArray[np.int64], share: Doubles, depth: int) -> Doubles:
    windows = np.lib.stride_tricks.sliding_window_view(samples, 2 * depth)
    first = left - depth + 1
    # Whole-number rates repeat a few phases over and over: weigh each once.
    share = np.round(share, 10)
    phases, which = np.unique(share, return_inverse=True)
    few = len(phases) * 4 < len(share)
    table = _weights(phases, depth) if few else None
    out = np.empty(len(left))
    for start in range(0, len(left), _BLOCK):
        part = slice(start, start + _BLOCK)
        weights = table[which[part]] if table is not None else _weights(share[part], depth)
        out[part] = np.einsum("ij,ij->i", windows[first[part]], weights)
    return out


def _weights(share: Doubles, depth: int) -> Doubles:
    """Weights of the samples around each place, (m, 2 depth), earliest first."""
    before = share[:, None] + np.arange(depth - 1, -1, -1)
    after = (1.0 - share)[:, None] + np.arange(depth)
    reach = np.concatenate(
        [before / (share + depth)[:, None], after / (1.0 - share + depth)[:, None]], axis=1
    )
    distance = np.concatenate([before, after], axis=1)
    weights: Doubles = np.sinc(distance) * 0.5 * (1.0 + np.cos(np.pi * reach))
    return weights


def _near_edge(samples: Doubles, place: float, depth: int) -> float:
    """One value within 50 samples of an end, where Praat shortens the kernel."""
    last = len(samples) - 1
    if place >= last:
        return float(samples[last])
    if place <= 0:
        return float(samples[0])
    left = math.floor(place)
    share = place - left
    low, high = float(samples[left]), float(samples[left + 1])
    if depth <= 0:
        return low if share < 0.5 else high
    if depth == 1:
        return low + share * (high - low)
    if depth == 2:
        slope_low = 0.5 * (high - float(samples[left - 1]))
        slope_high = 0.5 * (float(samples[left + 2]) - low)
        rest = 1.0 - share
        bend = 0.5 * (slope_high - slope_low)
        bend += (share - 0.5) * (slope_low + slope_high - 2.0 * (high - low))
        return low * rest + high * share - share * rest * bend
    return float(_sinc(samples, np.array([left]), np.array([share]), depth)[0])
