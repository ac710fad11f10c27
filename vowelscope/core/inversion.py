"""A spectrogram of the model's kind brought back to sound, by Griffin and Lim's method (librosa).

A spectrogram has lost the phases, and no sound need have exactly these levels: what comes back is
the sound whose own spectrogram is near, and that can be measured by analysing it again
(`vowelscope.core.features.token_input`). Pre-emphasis is taken off, levels become linear
amplitudes, rows are brought to the bins and columns to the frames of a short-time Fourier
transform with the spec's own window at the spec's own sampling rate.

Source: Griffin & Lim (1984), "Signal estimation from modified short-time Fourier transform", IEEE
Trans. ASSP 32; with the momentum of Perraudin, Balazs & Søndergaard (2013), "A fast Griffin-Lim
algorithm", as librosa has it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import AnalysisError
from vowelscope.core.features import FeatureSpec, Floats, gaussian_window, pre_emphasis_db
from vowelscope.core.one_cue import Piece

__all__ = ["ITERATIONS", "sound_of"]

Doubles = npt.NDArray[np.float64]

ITERATIONS = 100
PEAK = 0.5
"""Of the samples where the reference is the token's own maximum: the level is not known then."""
_FADE_S = 0.005
_FRAMES_A_WINDOW = 8
"""Frames in an effective window length at least: a Gaussian needs that much overlap."""


def sound_of(
    db: Floats,
    spec: FeatureSpec,
    time_edges_s: Doubles,
    tmin_s: float,
    tmax_s: float,
    iterations: int = ITERATIONS,
    seed: int = 1,
) -> Piece:
    """Sound whose spectrogram is near an image.

    Parameters
    ----------
    db
        (rows, columns) in dB re the spec's reference; what lies at `spec.db_min` is silent.
    time_edges_s
        (columns + 1,) edges of the columns in seconds.
    tmin_s, tmax_s
        The token, on the same axis.
    iterations
        Rounds of the method.
    seed
        Of the phases it starts from.

    Returns
    -------
    Piece
        At twice `spec.f_max_hz` samples a second. The first and last column are held for half a
        window beyond the image and faded. Under the reference ``token`` the peak is 0.5; under
        ``full_scale`` the level is the image's, lowered only where it would clip.

    Raises
    ------
    AnalysisError
        The image is silent everywhere.
    """
    if not (db > spec.db_min).any():
        raise AnalysisError("The spectrogram is silent everywhere: there is nothing to hear.")
    import librosa

    rate_hz = round(spec.rate_hz)
    half = max(round(spec.window_s * rate_hz), 4)
    window = gaussian_window(2 * half + 1)
    n_fft = 1 << int(np.ceil(np.log2(max(2 * half + 1, 2 * spec.rows))))
    column_s = float(time_edges_s[-1] - time_edges_s[0]) / db.shape[1]
    hop = max(int(min(column_s, spec.window_s / _FRAMES_A_WINDOW) * rate_hz), 1)
    margin = int(np.ceil((spec.window_s + _FADE_S) * rate_hz / hop))
    last_s = (db.shape[1] - 1) * column_s
    count = int(np.ceil(last_s * rate_hz / hop)) + 1 + 2 * margin
    frames_s = (np.arange(count) - margin) * hop / rate_hz
    amplitudes = _amplitudes(db, spec, frames_s / column_s, n_fft, rate_hz)
    samples = librosa.griffinlim(
        (amplitudes * window.sum() / 2).astype(np.float32),
        n_iter=iterations,
        hop_length=hop,
        win_length=len(window),
        n_fft=n_fft,
        window=window,
        momentum=0.99,
        random_state=seed,
    )
    samples = _faded(np.asarray(samples, dtype=np.float64), round(_FADE_S * rate_hz))
    peak = float(np.abs(samples).max())
    if peak > 0 and (spec.reference == "token" or peak > 1):
        samples *= (PEAK if spec.reference == "token" else 1.0) / peak
    start_s = float(time_edges_s[0]) + 0.5 * column_s + float(frames_s[0])
    return Piece(
        samples.astype(np.float32), rate_hz, tmin_s - start_s, tmax_s - start_s, offset_s=start_s
    )


def _amplitudes(
    db: Floats, spec: FeatureSpec, columns: Doubles, n_fft: int, rate_hz: int
) -> Doubles:
    """Linear amplitudes re full scale, (bins, frames), at fractional columns."""
    rows_hz = 0.5 * (spec.freq_edges_hz[1:] + spec.freq_edges_hz[:-1])
    bins_hz = np.arange(n_fft // 2 + 1) * rate_hz / n_fft
    row = np.interp(bins_hz, rows_hz, np.arange(spec.rows))
    level = _between(_between(db - pre_emphasis_db(spec)[:, None], row).T, columns).T
    # What is at the floor was cut there, and after pre-emphasis the floor is audible.
    heard = _between(_between((db > spec.db_min).astype(np.float64), row).T, columns).T
    amplitudes: Doubles = heard * 10.0 ** (level / 20.0)
    return amplitudes


def _between(values: npt.NDArray[np.floating], at: Doubles) -> Doubles:
    """Rows of an array at fractional places, on straight lines, constant beyond the ends."""
    held = np.clip(at, 0.0, len(values) - 1.0)
    low = np.minimum(held.astype(np.int64), max(len(values) - 2, 0))
    high = np.minimum(low + 1, len(values) - 1)
    share = (held - low)[:, None]
    between: Doubles = (1.0 - share) * values[low] + share * values[high]
    return between


def _faded(samples: Doubles, length: int) -> Doubles:
    rise = np.sin(0.5 * np.pi * (np.arange(length) + 0.5) / length) ** 2
    samples[:length] *= rise
    samples[-length:] *= rise[::-1]
    return samples
