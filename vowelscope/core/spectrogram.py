"""The spectrogram that is shown: Praat's "Sound: To Spectrogram..." and its drawing.

Windows, power density and decibels are Praat's. Columns lie on a grid in absolute time whose step
depends on the zoom alone, so that scrolling neither shimmers nor changes a value. Only the
part that is asked for is read, with half a window around it.

numpy's own Fourier transform does it: librosa offers the same transform for five times the
import time, without Praat's scaling and centring, which would remain to be done here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from vowelscope.core.audio import Recording
from vowelscope.core.errors import AnalysisError
from vowelscope.core.frequency_axis import FrequencyAxis, Scale, scale_edges_hz
from vowelscope.core.translation import tr

Doubles = npt.NDArray[np.float64]
WindowShape = Literal["gaussian", "hanning", "hamming", "bartlett", "welch", "square"]

REFERENCE_PA2 = 4e-10
"""Square of 2e-5 Pa, the threshold of hearing: 0 dB."""

_FLOOR_PA2_PER_HZ = 1e-30
_OVERSAMPLING = 8
"""Columns no nearer than an eighth of the window's effective width in time (Praat's limit)."""
_STEPS_PER_OCTAVE = 16
_SPARSE = 8
_BLOCK = 512
_ROW_HZ = 20.0


@dataclass(frozen=True, slots=True)
class SpectrogramSettings:
    """Praat's spectrogram settings, with Praat's defaults.

    Attributes
    ----------
    f_max_hz
        Upper edge of the view; not above the recording's Nyquist frequency when computed.
    window_shape
        ``gaussian``, ``hanning``, ``hamming``, ``bartlett``, ``welch`` or ``square``; all but the
        Gaussian are as long as their effective length.
    f_min_hz
        Lower edge of the view; with `f_max_hz`, Praat's "View range".
    window_s
        Effective length of the Gaussian window (its physical length is twice that). 5 ms gives a
        bandwidth of 260 Hz, 30 ms (narrow-band) 43 Hz.
    dynamic_range_db
        What lies this far below the maximum in view is white.
    pre_emphasis_db_per_octave
        Added to each row relative to 1,000 Hz.
    maximum_db
        Black is this level in dB/Hz and above; None takes the loudest cell in view (Praat's
        "autoscaling").
    time_steps, frequency_steps
        Columns and rows of a view where the caller names none.
    scale
        Spacing of the rows: ``hz``, ``mel``, ``bark`` or ``erb`` (see
        `vowelscope.core.frequency_axis.hz_to_scale`).

    Raises
    ------
    AnalysisError
        A value out of range.
    """

    f_max_hz: float = 5000.0
    window_s: float = 0.005
    dynamic_range_db: float = 70.0
    pre_emphasis_db_per_octave: float = 6.0
    maximum_db: float | None = None
    time_steps: int = 1000
    frequency_steps: int = 250
    scale: Scale = "hz"
    f_min_hz: float = 0.0
    window_shape: WindowShape = "gaussian"

    def __post_init__(self) -> None:
        for holds, sentence in (
            (100 <= self.f_max_hz <= 400_000, tr("the view range must end within 100-400,000 Hz.")),
            (
                0 <= self.f_min_hz <= self.f_max_hz - 100,
                tr("the view range must start at 0 Hz or above and be 100 Hz wide at least."),
            ),
            (0.0001 <= self.window_s <= 1, tr("the spectrogram window must last 0.0001-1 s.")),
            (0 < self.dynamic_range_db <= 300, tr("the dynamic range must lie within 0-300 dB.")),
            (
                -50 <= self.pre_emphasis_db_per_octave <= 50,
                tr("the spectrogram's pre-emphasis must lie within -50 and 50 dB per octave."),
            ),
            (
                self.maximum_db is None or -200 <= self.maximum_db <= 300,
                tr("the spectrogram's maximum must lie within -200 and 300 dB/Hz."),
            ),
            (
                self.time_steps >= 1 and self.frequency_steps >= 1,
                tr("there must be a step at least."),
            ),
            (
                self.window_shape in get_args(WindowShape),
                tr("window_shape = {window_shape!r}: {names}.").format(
                    window_shape=self.window_shape, names=", ".join(get_args(WindowShape))
                ),
            ),
            (
                self.scale in get_args(Scale),
                tr("scale = {scale!r}: hz, mel, bark or erb.").format(scale=self.scale),
            ),
        ):
            if not holds:
                raise AnalysisError(sentence)

    @property
    def axis(self) -> FrequencyAxis:
        """The frequency axis of the view."""
        return FrequencyAxis(self.f_min_hz, self.f_max_hz, self.scale)


@dataclass(frozen=True, slots=True, eq=False)
class SpectrogramImage:
    """A spectrogram with its axes.

    Attributes
    ----------
    db
        float32 (rows, columns): power density in dB re (2e-5 Pa)² / Hz plus pre-emphasis, as
        Praat draws it; row 0 is the lowest frequency.
    freq_edges_hz, time_edges_s
        Edges of rows and columns, (rows + 1,) and (columns + 1,); a column was measured at its
        centre.
    """

    db: npt.NDArray[np.float32]
    freq_edges_hz: Doubles
    time_edges_s: Doubles


def spectrogram(
    recording: Recording,
    start_s: float,
    stop_s: float,
    settings: SpectrogramSettings | None = None,
    columns: int | None = None,
    rows: int | None = None,
    channel: int | None = None,
) -> SpectrogramImage:
    """The spectrogram of a part of a recording.

    Parameters
    ----------
    start_s, stop_s
        The part in seconds; all columns that touch it and lie in the recording are given.
    columns, rows
        About how many columns (the step is rounded down to one of 16 an octave, at most 4 % finer,
        and no finer than Praat's oversampling of 8 allows), and how many rows.
    channel
        0-based, or None for the mean of all.

    Raises
    ------
    AnalysisError
        The part is empty or outside the recording, or there is no such channel.
    AudioError
        The file cannot be read.
    """
    settings = settings or SpectrogramSettings()
    start_s, stop_s = max(start_s, 0.0), min(stop_s, recording.duration_s)
    if not stop_s > start_s:
        raise AnalysisError(
            tr(
                "{path}: nothing to show between {start_s:.4f} and {stop_s:.4f} s of "
                "{duration_s:.4f} s."
            ).format(
                path=recording.path, start_s=start_s, stop_s=stop_s, duration_s=recording.duration_s
            )
        )
    if channel is not None and not 0 <= channel < recording.n_channels:
        raise AnalysisError(
            tr("{path}: there is no channel {value}.").format(
                path=recording.path, value=channel + 1
            )
        )
    step_s = column_step_s((stop_s - start_s) / (columns or settings.time_steps), settings)
    first = math.floor(start_s / step_s + 1e-9)
    last = max(math.ceil(stop_s / step_s - 1e-9), first + 1)
    top_hz = min(settings.f_max_hz, recording.nyquist_hz)
    if top_hz <= settings.f_min_hz:
        raise AnalysisError(
            tr(
                "{path}: sampled at {rate_hz} Hz, it has nothing above {f_min_hz:g} Hz; "
                "lower the view range."
            ).format(path=recording.path, rate_hz=recording.rate_hz, f_min_hz=settings.f_min_hz)
        )
    freq_edges_hz = scale_edges_hz(
        settings.scale, top_hz, rows or settings.frequency_steps, settings.f_min_hz
    )
    time_edges_s = step_s * np.arange(first, last + 1, dtype=np.float64)
    centres_s = time_edges_s[:-1] + 0.5 * step_s
    density = _density(recording, centres_s, freq_edges_hz, settings, channel)
    db = 10.0 * np.log10(np.maximum(density, _FLOOR_PA2_PER_HZ) / REFERENCE_PA2)
    row_hz = 0.5 * (freq_edges_hz[1:] + freq_edges_hz[:-1])
    db += settings.pre_emphasis_db_per_octave * np.log2(row_hz / 1000.0)
    return SpectrogramImage(
        np.ascontiguousarray(db.T, dtype=np.float32),
        freq_edges_hz,
        time_edges_s,
    )


def power_at(
    recording: Recording,
    time_s: float,
    freq_hz: float,
    settings: SpectrogramSettings | None = None,
    channel: int | None = None,
) -> float:
    """Power density at one time and frequency, in Pa²/Hz, whatever is in view.

    As Praat's "Get spectral power at cursor cross" (manual: "Spectrogram: Get power at (time,
    frequency)...") it knows no pre-emphasis. The frequency is a row of 20 Hz about `freq_hz`,
    Praat's frequency step.

    Raises
    ------
    AnalysisError
        The place lies outside the recording or above its Nyquist frequency.
    AudioError
        The file cannot be read.
    """
    settings = settings or SpectrogramSettings()
    nyquist_hz = recording.nyquist_hz
    if not (0 <= time_s <= recording.duration_s and 0 <= freq_hz <= nyquist_hz):
        raise AnalysisError(
            tr(
                "{path}: there is no spectrum at {time_s:.4f} s and {freq_hz:,.0f} Hz; "
                "it ends at {duration_s:.4f} s and {nyquist_hz:,.0f} Hz."
            ).format(
                path=recording.path,
                time_s=time_s,
                freq_hz=freq_hz,
                duration_s=recording.duration_s,
                nyquist_hz=nyquist_hz,
            )
        )
    low_hz = min(max(freq_hz - 0.5 * _ROW_HZ, 0.0), nyquist_hz - _ROW_HZ)
    edges_hz = np.array([low_hz, low_hz + _ROW_HZ])
    return float(_density(recording, np.array([time_s]), edges_hz, settings, channel)[0, 0])


def column_step_s(wanted_s: float, settings: SpectrogramSettings) -> float:
    """The step in seconds that is used where about `wanted_s` is asked for."""
    sixteenths = math.floor(math.log2(wanted_s) * _STEPS_PER_OCTAVE + 1e-6)
    step_s: float = 2.0 ** (sixteenths / _STEPS_PER_OCTAVE)
    return max(step_s, settings.window_s / math.sqrt(math.pi) / _OVERSAMPLING)


def _density(
    recording: Recording,
    centres_s: Doubles,
    freq_edges_hz: Doubles,
    settings: SpectrogramSettings,
    channel: int | None,
) -> Doubles:
    """Power density at each column and row, (columns, rows), Praat's Pa²/Hz."""
    rate_hz = recording.rate_hz
    physical = 2.0 if settings.window_shape == "gaussian" else 1.0
    per_window = physical * settings.window_s * rate_hz
    half = max(math.floor(per_window) // 2 - 1, 1)
    window = _window(settings.window_shape, half, per_window)
    narrowest_hz = float(np.diff(freq_edges_hz).min())
    # Bins at least as fine as half a row (Praat's rule) and a quarter of the window's bandwidth.
    n_fft = 2 * half
    n_fft = max(n_fft, min(math.ceil(rate_hz / narrowest_hz), 4 * n_fft))
    n_fft = 1 << (n_fft - 1).bit_length()
    # Sample i lies at (i + 0.5) / rate; a window has as many samples left of its centre as right.
    first = np.floor(centres_s * rate_hz - 0.5).astype(np.int64) + 1 - half
    bin_hz = rate_hz / n_fft
    bins = min(math.ceil(freq_edges_hz[-1] / bin_hz) + 2, n_fft // 2 + 1)
    out = np.empty((len(centres_s), len(freq_edges_hz) - 1))
    for at in range(0, len(centres_s), _BLOCK):
        frames = _frames(recording, first[at : at + _BLOCK], 2 * half, channel)
        spectrum = np.fft.rfft(frames * window, n_fft, axis=1)[:, :bins]
        power = spectrum.real**2 + spectrum.imag**2
        out[at : at + _BLOCK] = _row_means(power, freq_edges_hz, bin_hz)
    return out / float(window @ window)


def _window(shape: WindowShape, half: int, per_window: float) -> Doubles:
    """Praat's window of `shape`, (2 half,); source: Praat's `Sound_and_Spectrogram.cpp`."""
    index = np.arange(1, 2 * half + 1, dtype=np.float64)
    if shape == "gaussian":
        edge = math.exp(-12.0)
        away = (index - 0.5 * (2 * half + 1)) / per_window
        window: Doubles = (np.exp(-48.0 * away**2) - edge) / (1.0 - edge)
        return window
    phase = index / per_window
    formulas: dict[str, Doubles] = {
        "square": np.ones_like(phase),
        "hamming": 0.54 - 0.46 * np.cos(2.0 * np.pi * phase),
        "hanning": 0.5 - 0.5 * np.cos(2.0 * np.pi * phase),
        "bartlett": 1.0 - np.abs(2.0 * phase - 1.0),
        "welch": 1.0 - (2.0 * phase - 1.0) ** 2,
    }
    return formulas[shape]


def _frames(
    recording: Recording, first: npt.NDArray[np.int64], length: int, channel: int | None
) -> Doubles:
    """Samples of each window, zeros beyond the file, (windows, length)."""
    step = (int(first[-1]) - int(first[0])) / max(len(first) - 1, 1)
    if step > _SPARSE * length:
        # Zoomed far out, windows are specks in the file: read them and nothing between.
        return np.stack([_stretch(recording, int(at), length, channel) for at in first])
    base = int(first[0])
    samples = _stretch(recording, base, int(first[-1]) + length - base, channel)
    frames: Doubles = np.lib.stride_tricks.sliding_window_view(samples, length)[first - base]
    return frames


def _stretch(recording: Recording, first: int, length: int, channel: int | None) -> Doubles:
    stop = first + length
    lo, hi = min(max(first, 0), stop), min(stop, recording.n_frames)
    out = np.zeros(length)
    if hi > lo:
        held = recording.read_frames(lo, hi)
        mono = held[:, channel] if channel is not None else held.mean(axis=1, dtype=np.float64)
        out[lo - first : lo - first + len(mono)] = mono
    return out


def _row_means(power: Doubles, freq_edges_hz: Doubles, bin_hz: float) -> Doubles:
    """Mean over each row of a density that is constant within a bin, (columns, rows).

    By differences of the running sum, so that a row thinner than a bin reads it and a row of a
    warped scale that spans many misses none.
    """
    places = freq_edges_hz / bin_hz + 0.5
    low = np.minimum(places.astype(np.int64), power.shape[1] - 1)
    sums = np.zeros((len(power), power.shape[1] + 1))
    np.cumsum(power, axis=1, out=sums[:, 1:])
    at_edges = sums[:, low] + (places - low) * power[:, low]
    means: Doubles = np.diff(at_edges, axis=1) / np.diff(places)
    return means
