"""Formants, pitch and intensity by Praat itself, on the one grid of the whole recording.

The numbers are those of the Praat that Parselmouth embeds (`praat_version`; 6.1.38 in
Parselmouth 0.4.7), for the frames that Praat's analysis of the whole Sound has: no value depends
on what part is asked for. Formants are those of the whole Sound at any length. Pitch and
intensity are too in files of up to 2**23 samples (6 minutes at 22,050 Hz, 3 at 48,000); longer
ones are read in chunks at fixed places, where a frame may lie one sample beside that of the whole.

Parselmouth holds Python's lock for the whole of a call: a program with a window calls these
functions in a worker process. Arguments and results can be pickled; what costs time (the
anti-aliased samples, the pitch track of a chunk) is kept in the process that computed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics_burg import FormantAnalysis
from vowelscope.core.acoustics_grid import Chunking, Doubles, FileKey, value_at
from vowelscope.core.acoustics_pitch import CHUNKING, track
from vowelscope.core.acoustics_settings import (
    FormantSettings,
    FormantTrack,
    IntensitySettings,
    IntensityTrack,
    PitchSettings,
    PitchTrack,
)
from vowelscope.core.errors import AnalysisError
from vowelscope.core.hand_points import HandPoints
from vowelscope.core.translation import tr

__all__ = [
    "FormantAnalysis",
    "FormantSettings",
    "FormantTrack",
    "IntensitySettings",
    "IntensityTrack",
    "PitchSettings",
    "PitchTrack",
    "formants",
    "formants_at",
    "intensity",
    "pitch",
    "praat_version",
    "values_at",
    "visible",
    "vowel_formants",
]


def praat_version() -> str:
    """Version of the Praat that computes: say it beside the numbers."""
    import parselmouth

    return str(parselmouth.PRAAT_VERSION)


def formants(
    path: str | Path,
    settings: FormantSettings | None = None,
    start_s: float | None = None,
    stop_s: float | None = None,
    channel: int | None = None,
    *,
    chunking: Chunking | None = None,
    hand: HandPoints | None = None,
) -> FormantTrack:
    """Formants by Burg's method for the frames between two times.

    Parameters
    ----------
    start_s, stop_s
        Seconds; None is the start or the end of the recording.
    channel
        0-based, or None for the mean of all (Praat's "Convert to mono").
    hand
        Formants that were set by hand, in the place of Praat's.

    Returns
    -------
    FormantTrack
        Every frame, weak ones too: `visible` tells which have dots.

    Raises
    ------
    AudioError
        The file cannot be read.
    AnalysisError
        The sound is shorter than the window, or there is no such channel.

    Notes
    -----
    A ceiling above the Nyquist frequency is Praat's affair and allowed: it then resamples
    upwards. Praat manual, "Sound: To Formant (burg)...".
    """
    analysis = FormantAnalysis(path, settings, channel, chunking, hand)
    return analysis.track(analysis.grid.between(start_s, stop_s))


def visible(track: FormantTrack, range_db: float | None = None) -> npt.NDArray[np.bool_]:
    """Which frames have dots: those within `range_db` of the loudest frame within 2.5 s.

    Parameters
    ----------
    range_db
        None takes the track's own `settings.dynamic_range_db`.

    Returns
    -------
    numpy.ndarray
        Shape (n,).

    Notes
    -----
    Praat compares with the loudest frame in view, so that its dots change with the zoom. Five
    seconds around each frame are what is mostly in view, and stay the same at every zoom.
    """
    if range_db is None:
        range_db = track.settings.dynamic_range_db
    shown: npt.NDArray[np.bool_] = np.isfinite(track.intensity_db) & (
        track.intensity_db >= track.reference_db - range_db
    )
    if track.by_hand is not None:
        shown |= track.by_hand.any(axis=1)
    return shown


def pitch(
    path: str | Path,
    settings: PitchSettings | None = None,
    start_s: float | None = None,
    stop_s: float | None = None,
    channel: int | None = None,
    *,
    chunking: Chunking | None = None,
) -> PitchTrack:
    """Pitch by autocorrelation for the frames between two times.

    Raises
    ------
    AudioError
        The file cannot be read.
    AnalysisError
        The sound is shorter than three periods of the floor, or there is no such channel.
    """
    settings = settings or PitchSettings()
    grid, wanted, values = track(
        FileKey.of(path, channel), settings, start_s, stop_s, chunking or CHUNKING
    )
    return PitchTrack(grid.at(np.arange(wanted.start, wanted.stop)), values, settings)


def intensity(
    path: str | Path,
    settings: IntensitySettings | None = None,
    start_s: float | None = None,
    stop_s: float | None = None,
    channel: int | None = None,
    *,
    chunking: Chunking | None = None,
) -> IntensityTrack:
    """Intensity in dB re 2e-5 Pa (full scale taken as 1 Pa) between two times.

    Raises
    ------
    AudioError
        The file cannot be read.
    AnalysisError
        The sound is shorter than 6.4 periods of the minimum pitch, or there is no such channel.
    """
    settings = settings or IntensitySettings()
    grid, wanted, values = track(
        FileKey.of(path, channel), settings, start_s, stop_s, chunking or CHUNKING
    )
    return IntensityTrack(grid.at(np.arange(wanted.start, wanted.stop)), values, settings)


def formants_at(
    path: str | Path,
    times_s: Iterable[float],
    settings: FormantSettings | None = None,
    channel: int | None = None,
    *,
    count: int = 4,
    hand: HandPoints | None = None,
) -> Doubles:
    """F1 to F`count` at given times, as Praat's "Get value at time..." (linear, Hz).

    Formants that were set by hand stand in the place of Praat's.

    Returns
    -------
    numpy.ndarray
        (n, count) in the order of `times_s`; NaN where Praat says undefined.
    """
    analysis = FormantAnalysis(path, settings, channel, hand=hand)
    return values_at(analysis, np.fromiter(times_s, dtype=np.float64), count)


def vowel_formants(
    path: str | Path,
    intervals: Sequence[tuple[float, float]],
    points: Sequence[float] = (0.2, 0.5, 0.8),
    settings: FormantSettings | None = None,
    channel: int | None = None,
    *,
    count: int = 4,
) -> Doubles:
    """F1 to F`count` at relative points of many intervals, by one analysis of the file.

    Parameters
    ----------
    intervals
        (tmin_s, tmax_s) of each.
    points
        Places within an interval, 0 its start and 1 its end.

    Returns
    -------
    numpy.ndarray
        (intervals, points, count) in Hz, NaN where Praat says undefined.

    Raises
    ------
    AnalysisError
        A point outside 0-1, or what `formants` raises.
    """
    if any(not 0 <= point <= 1 for point in points):
        raise AnalysisError(tr("the points of an interval must lie within 0-1."))
    analysis = FormantAnalysis(path, settings, channel)
    bounds = np.array(intervals, dtype=np.float64).reshape(-1, 2)
    share = np.array(points, dtype=np.float64)
    times_s = bounds[:, :1] + share * (bounds[:, 1:] - bounds[:, :1])
    values = values_at(analysis, times_s.reshape(-1), count)
    return values.reshape(len(bounds), len(share), count)


def values_at(analysis: FormantAnalysis, times_s: Doubles, count: int) -> Doubles:
    """Interpolated values; only the two frames around each time are computed."""
    grid = analysis.grid
    out = np.full((len(times_s), count), np.nan)
    left = np.floor((times_s - grid.first_s) / grid.step_s).astype(np.int64)
    order = np.argsort(left, kind="stable")
    for group in _runs(left[order]):
        picked = order[group]
        first = min(max(int(left[picked[0]]), 0), grid.count - 1)
        stop = min(max(int(left[picked[-1]]) + 2, first + 1), grid.count)
        freqs = analysis.frames(range(first, stop)).freqs_hz[:, :count]
        values = value_at(grid.first_s + first * grid.step_s, grid.step_s, freqs, times_s[picked])
        out[picked, : freqs.shape[1]] = values
    return out


def _runs(rising: npt.NDArray[np.int64]) -> Iterable[slice]:
    """Slices of neighbours that lie within a few frames of each other."""
    if len(rising) == 0:
        return []
    breaks = np.flatnonzero(np.diff(rising) > 4) + 1
    edges = [0, *breaks.tolist(), len(rising)]
    return [slice(a, b) for a, b in pairwise(edges)]
