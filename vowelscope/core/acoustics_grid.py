"""Frames, values and means exactly as Praat's sampled objects have them.

Praat centres the frames of an analysis in the Sound, so the times of all frames follow from the
length of the whole Sound. Everything here is in those terms: whatever part is asked for, the
frames are those of the whole.

Sources: Praat's `Sampled.cpp` (Sampled_shortTermAnalysis, Sampled_getValueAtX,
Sampled_getSumAndDefinitionRange) and the manual pages "Get value at time..." and "Get mean...".
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.core.audio import Recording
from vowelscope.core.errors import AnalysisError
from vowelscope.core.translation import tr

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chunking:
    """How a file too long for one analysis is cut, in samples of the file.

    The cuts stand at fixed places of the file, never at the edges of a view, so that a value
    does not depend on what is in view. A file of at most `whole` samples is one chunk. Sizes are
    powers of two, `block` the unit in which what lies far from a chunk is summed.
    """

    whole: int = 1 << 21
    core: int = 1 << 20
    margin: int = 1 << 19
    block: int = 1 << 12

    def count(self, n_samples: int) -> int:
        """Number of chunks."""
        return 1 if n_samples <= self.whole else -(-n_samples // self.core)

    def chunk_of(self, sample: float, n_samples: int) -> int:
        """The chunk that answers for a (fractional) sample of the file."""
        if n_samples <= self.whole:
            return 0
        return min(max(int(sample // self.core), 0), self.count(n_samples) - 1)

    def span(self, chunk: int, n_samples: int, reach: int = 0) -> tuple[int, int]:
        """First and last + 1 sample of a chunk widened by `reach` on both sides."""
        if n_samples <= self.whole:
            return 0, n_samples
        first = max(chunk * self.core - reach, 0)
        return first, min((chunk + 1) * self.core + reach, n_samples)


@dataclass(frozen=True, slots=True)
class Grid:
    """Regular frames: the first at `first_s`, `count` of them, `step_s` apart (seconds)."""

    first_s: float
    step_s: float
    count: int

    @property
    def times_s(self) -> Doubles:
        """Times of all frames in seconds, shape (count,)."""
        return self.at(np.arange(self.count))

    def at(self, indices: npt.NDArray[np.int64]) -> Doubles:
        """Times of the frames with these 0-based indices."""
        times: Doubles = self.first_s + np.asarray(indices, dtype=np.float64) * self.step_s
        return times

    def between(self, start_s: float | None, stop_s: float | None) -> range:
        """0-based indices of the frames with start_s <= time <= stop_s; None is open."""
        first, last = 0, self.count - 1
        if start_s is not None:
            first = max(first, math.ceil((start_s - self.first_s) / self.step_s - 1e-9))
        if stop_s is not None:
            last = min(last, math.floor((stop_s - self.first_s) / self.step_s + 1e-9))
        return range(first, max(last + 1, first))


def short_term_grid(n_samples: int, rate_hz: float, window_s: float, step_s: float) -> Grid:
    """Frames of an analysis in windows, as Praat's Sampled_shortTermAnalysis places them.

    Raises
    ------
    AnalysisError
        The sound is shorter than one window.
    """
    duration_s = n_samples * (1.0 / rate_hz)
    if window_s > duration_s:
        raise AnalysisError(
            tr(
                "the sound lasts {duration_s:.4f} s, which is shorter than the analysis "
                "window of {window_s:.4f} s."
            ).format(duration_s=duration_s, window_s=window_s)
        )
    count = math.floor((duration_s - window_s) / step_s) + 1
    return Grid(0.5 * duration_s - 0.5 * count * step_s + 0.5 * step_s, step_s, count)


def chunk_frames(
    grid: Grid, frames: range, n_samples: int, rate_hz: float, chunking: Chunking
) -> Iterator[tuple[int, range]]:
    """Yield (chunk, frames of it) for the wanted frames, in order."""
    start = frames.start
    while start < frames.stop:
        time_s = grid.first_s + start * grid.step_s
        chunk = chunking.chunk_of(time_s * rate_hz, n_samples)
        if chunk == chunking.count(n_samples) - 1:
            stop = frames.stop
        else:
            edge_s = (chunk + 1) * chunking.core / rate_hz
            stop = min(math.ceil((edge_s - grid.first_s) / grid.step_s), frames.stop)
            stop = max(stop, start + 1)
        yield chunk, range(start, stop)
        start = stop


def value_at(first_s: float, step_s: float, values: Doubles, times_s: Doubles) -> Doubles:
    """Values at times, linearly between frames, as Praat's "Get value at time..." does.

    Parameters
    ----------
    first_s, step_s
        Time of the first frame and distance of frames (s).
    values
        Shape (frames,) or (frames, k); NaN where undefined.
    times_s
        Shape (m,).

    Returns
    -------
    numpy.ndarray
        (m,) or (m, k). Undefined (NaN) where the *nearest* frame is; where only the other
        neighbour is undefined, or missing at the edge, the nearest frame's value.
    """
    times_s = np.asarray(times_s, dtype=np.float64)
    shape = (len(times_s), *values.shape[1:])
    if len(values) == 0:
        return np.full(shape, np.nan)
    real = (times_s - first_s) / step_s
    left = np.floor(real).astype(np.int64)
    phase = real - left
    near = np.where(phase < 0.5, left, left + 1)
    far = np.where(phase < 0.5, left + 1, left)
    share = np.where(phase < 0.5, phase, 1.0 - phase).reshape(-1, *[1] * (values.ndim - 1))
    last = len(values) - 1
    near_value = values[np.clip(near, 0, last)].copy()
    near_value[(near < 0) | (near > last)] = np.nan
    far_value = values[np.clip(far, 0, last)].copy()
    far_value[(far < 0) | (far > last)] = np.nan
    between = near_value + share * (far_value - near_value)
    out: Doubles = np.where(np.isnan(far_value), near_value, between)
    return out


def mean_over(
    first_s: float, step_s: float, values: Doubles, tmin_s: float, tmax_s: float
) -> float:
    """Mean of the interpolated curve between two times, as Praat's "Get mean..." does.

    Parameters
    ----------
    values
        Shape (frames,), NaN where undefined (unvoiced); those stretches do not count.

    Returns
    -------
    float
        NaN where nothing is defined.
    """
    if not tmax_s > tmin_s or len(values) == 0:
        return math.nan
    first = max(math.ceil((tmin_s - first_s) / step_s), 0)
    last = min(math.floor((tmax_s - first_s) / step_s), len(values) - 1)
    if last < first:
        return _mean_between_frames(first_s, step_s, values, tmin_s, tmax_s)
    inside = values[first : last + 1]
    defined = ~np.isnan(inside)
    total, weight = float(inside[defined].sum()), float(defined.sum())
    left_edge_s = first_s - 0.5 * step_s
    if tmin_s > left_edge_s:
        phase = (first_s + first * step_s - tmin_s) / step_s
        change = _edge(values, first, first - 1, phase)
        total, weight = total + change[0], weight + change[1]
    if tmax_s < left_edge_s + len(values) * step_s:
        phase = (tmax_s - (first_s + last * step_s)) / step_s
        change = _edge(values, last, last + 1, phase)
        total, weight = total + change[0], weight + change[1]
    return total / weight if weight > 0 else math.nan


def _edge(values: Doubles, inner: int, outer: int, phase: float) -> tuple[float, float]:
    """What the part-frame at one edge of a window adds to sum and weight."""
    inner_value = float(values[inner])
    outer_value = float(values[outer]) if 0 <= outer < len(values) else math.nan
    if not math.isnan(inner_value):
        total, weight = -0.5 * inner_value, -0.5
        if not math.isnan(outer_value):
            total += phase * (inner_value + 0.5 * phase * (outer_value - inner_value))
            return total, weight + phase
        phase = min(phase, 0.5)
        return total + phase * inner_value, weight + phase
    if not math.isnan(outer_value) and phase > 0.5:
        return (phase - 0.5) * outer_value, phase - 0.5
    return 0.0, 0.0


def _mean_between_frames(
    first_s: float, step_s: float, values: Doubles, tmin_s: float, tmax_s: float
) -> float:
    ends = value_at(first_s, step_s, values, np.array([tmin_s, tmax_s]))
    defined = ends[~np.isnan(ends)]
    return float(defined.mean()) if len(defined) else math.nan


def read_span(recording: Recording, first: int, stop: int, channel: int | None) -> Doubles:
    """Samples `first` to `stop` as float64; channel None is Praat's "Convert to mono".

    Raises
    ------
    AnalysisError
        The recording has no such channel.
    """
    if channel is not None and not 0 <= channel < recording.n_channels:
        raise AnalysisError(
            tr("{path}: there is no channel {value}; the recording has {n_channels}.").format(
                path=recording.path, value=channel + 1, n_channels=recording.n_channels
            )
        )
    frames = recording.read_frames(first, stop)
    if channel is not None:
        return frames[:, channel].astype(np.float64)
    mono: Doubles = frames.mean(axis=1, dtype=np.float64)
    return mono


@dataclass(frozen=True, slots=True)
class FileKey:
    """What a cached analysis belongs to: the file as it was, and the channel."""

    path: str
    size: int
    mtime_ns: int
    channel: int | None

    @classmethod
    def of(cls, path: str | Path, channel: int | None) -> FileKey:
        """The key of a file that exists; a missing file has size -1 (opening it says why)."""
        try:
            stat = Path(path).stat()
        except OSError:
            return cls(str(path), -1, 0, channel)
        return cls(str(path), stat.st_size, stat.st_mtime_ns, channel)
