"""Praat's pitch and intensity on the frames of its analysis of the whole Sound.

A file of ordinary length is analysed whole, once, and kept; parts are cut from the result. A long
one is analysed in chunks at fixed places, laid so that their frames fall on the frames of the
whole; what Praat takes from the whole Sound (its peak, for the silence threshold) is handed in.

Sources: Praat's `Sound_to_Pitch.cpp`, `Sound_to_Intensity.cpp`; manual pages
"Sound: To Pitch (ac)..." and "Sound: To Intensity...".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from vowelscope.core.acoustics_grid import (
    Chunking,
    Doubles,
    FileKey,
    Grid,
    chunk_frames,
    read_span,
    short_term_grid,
)
from vowelscope.core.acoustics_settings import IntensitySettings, PitchSettings
from vowelscope.core.audio import Recording
from vowelscope.core.errors import AnalysisError
from vowelscope.core.translation import tr

if TYPE_CHECKING:
    import parselmouth

_MARGIN_S = 5.0
"""Beyond a chunk's own frames, so that the path through the pitch candidates has settled."""

_MAX_PHASE_FRAMES = 4096

CHUNKING = Chunking(whole=1 << 23, core=1 << 21)
"""Chunks for pitch and intensity: fewer and longer than those of formants."""


@dataclass(frozen=True, slots=True, eq=False)
class PitchPart:
    """A chunk of a file with Praat's Pitch of it.

    Attributes
    ----------
    samples, rate_hz
        The chunk with its margins, float64.
    first
        Its first sample in the file.
    n_samples
        Of the whole file.
    pitch
        Praat's object, in seconds of the chunk.
    """

    samples: Doubles
    rate_hz: float
    first: int
    n_samples: int
    pitch: parselmouth.Pitch


def pitch_part(key: FileKey, settings: PitchSettings, chunking: Chunking, chunk: int) -> PitchPart:
    """Praat's Pitch of one chunk of a file, whose frames are those of the whole.

    Raises
    ------
    AudioError, AnalysisError
        As `track`.
    """
    grid, n_samples, rate_hz = _grid_of(key, settings)
    _, _, first, stop = _span(grid, settings.window_s, n_samples, rate_hz, chunking, chunk)
    with Recording(key.path) as recording:
        samples = read_span(recording, first, stop, key.channel)
    pitch = _pitch(
        samples, rate_hz, settings, _threshold(key, settings, samples, n_samples), key.path
    )
    return PitchPart(samples, rate_hz, first, n_samples, pitch)


def track(
    key: FileKey,
    settings: PitchSettings | IntensitySettings,
    start_s: float | None,
    stop_s: float | None,
    chunking: Chunking,
) -> tuple[Grid, range, Doubles]:
    """The frames between two times: the grid of the whole, their indices, their values.

    Raises
    ------
    AudioError, AnalysisError
        The file cannot be read, has no such channel, or is shorter than the window.
    """
    grid, n_samples, rate_hz = _grid_of(key, settings)
    wanted = grid.between(start_s, stop_s)
    parts = []
    for chunk, frames in chunk_frames(grid, wanted, n_samples, rate_hz, chunking):
        held, values = _chunk(key, settings, grid, n_samples, rate_hz, chunking, chunk)
        parts.append(values[frames.start - held : frames.stop - held])
    return grid, wanted, np.concatenate(parts) if parts else np.empty(0)


def _grid_of(key: FileKey, settings: PitchSettings | IntensitySettings) -> tuple[Grid, int, float]:
    """The frames of the whole file, its samples and its rate."""
    with Recording(key.path) as recording:
        n_samples, rate_hz = recording.n_frames, recording.rate_hz
        try:
            grid = short_term_grid(n_samples, rate_hz, settings.window_s, settings.step_s)
        except AnalysisError as error:
            what = "pitch floor" if isinstance(settings, PitchSettings) else "minimum pitch"
            raise AnalysisError(
                tr("{path}: {error} Raise the {what}.").format(
                    path=key.path, error=error, what=what
                )
            ) from error
    if isinstance(settings, PitchSettings) and settings.floor_hz > rate_hz / 8:
        raise AnalysisError(
            tr(
                "{path}: a pitch floor of {floor_hz:g} Hz is too high for a recording "
                "sampled at {rate_hz} Hz."
            ).format(path=key.path, floor_hz=settings.floor_hz, rate_hz=rate_hz)
        )
    return grid, n_samples, rate_hz


@lru_cache(maxsize=8)
def _chunk(
    key: FileKey,
    settings: PitchSettings | IntensitySettings,
    grid: Grid,
    n_samples: int,
    rate_hz: float,
    chunking: Chunking,
    chunk: int,
) -> tuple[int, Doubles]:
    """First frame and values of a chunk (with margins)."""
    a, b, first, stop = _span(grid, settings.window_s, n_samples, rate_hz, chunking, chunk)
    with Recording(key.path) as recording:
        samples = read_span(recording, first, stop, key.channel)
    if isinstance(settings, PitchSettings):
        threshold = _threshold(key, settings, samples, n_samples)
        values = _frequencies(_pitch(samples, rate_hz, settings, threshold, key.path))
    else:
        values = _intensity(samples, rate_hz, settings, key.path)
    if len(values) != b - a:
        raise AnalysisError(
            tr("{path}: Praat gave {count} frames where {value} were expected.").format(
                path=key.path, count=len(values), value=b - a
            )
        )
    return a, values


def _span(
    grid: Grid, window_s: float, n_samples: int, rate_hz: float, chunking: Chunking, chunk: int
) -> tuple[int, int, int, int]:
    """Frames a-b and samples first-stop of a chunk with its margins."""
    if chunking.count(n_samples) == 1:
        return 0, grid.count, 0, n_samples
    return _part(grid, window_s, n_samples, rate_hz, chunking, chunk)


def _threshold(key: FileKey, settings: PitchSettings, samples: Doubles, n_samples: int) -> float:
    """The silence threshold that means for a part what the chosen one means for the whole."""
    own_peak = _peak_of(samples)
    if len(samples) == n_samples or own_peak == 0:
        return settings.silence_threshold
    return settings.silence_threshold * _file_peak(key) / own_peak


def _part(
    grid: Grid, window_s: float, n_samples: int, rate_hz: float, chunking: Chunking, chunk: int
) -> tuple[int, int, int, int]:
    """Frames a-b of a chunk and the samples first-stop whose own frames are exactly those."""
    margin = math.ceil(_MARGIN_S / grid.step_s)
    own = grid.between(chunk * chunking.core / rate_hz, (chunk + 1) * chunking.core / rate_hz)
    a, b = max(own.start - margin, 0), min(own.stop + margin, grid.count)
    step = grid.step_s * rate_hz
    # Praat centres its frames in a Sound. The part's middle must lie a whole number of samples
    # (in halves) from that of the file, or its frames fall between those of the whole.
    for _ in range(_MAX_PHASE_FRAMES):
        shift = (a + b - grid.count) * step
        if abs(shift - round(shift)) < 1e-6:
            break
        if a > 0:
            a -= 1
        elif b < grid.count:
            b += 1
        else:
            break
    count = b - a
    if count == grid.count:
        return a, b, 0, n_samples
    # As many samples as still hold `count` frames, with the parity that keeps the middle exact.
    twice_middle = n_samples + round((a + b - grid.count) * step)
    length = math.floor(((count - 0.5) * grid.step_s + window_s) * rate_hz)
    length -= (length - twice_middle) % 2
    first = (twice_middle - length) // 2
    short = max(-first, first + length - n_samples, 0)
    first, length = first + short, length - 2 * short
    return a, b, first, first + length


@lru_cache(maxsize=8)
def _file_peak(key: FileKey) -> float:
    """Largest deviation from the mean over the whole file: Praat's "global absolute peak"."""
    total, low, high = 0.0, math.inf, -math.inf
    with Recording(key.path) as recording:
        for start in range(0, recording.n_frames, 1 << 20):
            block = read_span(recording, start, start + (1 << 20), key.channel)
            total += float(block.sum())
            low, high = min(low, float(block.min())), max(high, float(block.max()))
        mean = total / recording.n_frames
    return max(high - mean, mean - low)


def _peak_of(samples: Doubles) -> float:
    return float(np.abs(samples - samples.mean()).max())


def _pitch(
    samples: Doubles, rate_hz: float, settings: PitchSettings, threshold: float, path: str
) -> parselmouth.Pitch:
    import parselmouth

    try:
        return parselmouth.Sound(samples, rate_hz).to_pitch_ac(
            time_step=settings.step_s,
            pitch_floor=settings.floor_hz,
            max_number_of_candidates=settings.max_candidates,
            very_accurate=False,
            silence_threshold=threshold,
            voicing_threshold=settings.voicing_threshold,
            octave_cost=settings.octave_cost,
            octave_jump_cost=settings.octave_jump_cost,
            voiced_unvoiced_cost=settings.voiced_unvoiced_cost,
            pitch_ceiling=settings.ceiling_hz,
        )
    except parselmouth.PraatError as error:
        raise AnalysisError(
            tr("{path}: Praat finds no pitch ({value}).").format(
                path=path, value=_first_line(error)
            )
        ) from error


def _frequencies(pitch: parselmouth.Pitch) -> Doubles:
    f0_hz = np.array(pitch.selected_array["frequency"], dtype=np.float64)
    f0_hz[f0_hz == 0] = np.nan
    return f0_hz


def _intensity(samples: Doubles, rate_hz: float, settings: IntensitySettings, path: str) -> Doubles:
    import parselmouth

    try:
        intensity = parselmouth.Sound(samples, rate_hz).to_intensity(
            minimum_pitch=settings.min_pitch_hz,
            time_step=settings.step_s,
            subtract_mean=settings.subtract_mean,
        )
    except parselmouth.PraatError as error:
        raise AnalysisError(
            tr("{path}: Praat finds no intensity ({value}).").format(
                path=path, value=_first_line(error)
            )
        ) from error
    return np.array(intensity.values[0], dtype=np.float64)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")
