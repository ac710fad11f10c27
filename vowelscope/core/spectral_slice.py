"""A spectral slice: the spectrum at a time or of a stretch, its LPC envelope, and the formants.

The spectrum is Praat's: "Extract part" with a Gaussian window, "To Spectrum", and the level that
Praat's Spectrum window shows, in dB re 2e-5 Pa / Hz. The envelope is Praat's "To LPC (burg)" with
the formant settings, of the same stretch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics import FormantSettings
from vowelscope.core.acoustics_grid import read_span
from vowelscope.core.audio import Recording
from vowelscope.core.errors import AnalysisError
from vowelscope.core.measure_formants import FormantRoad, place_formants
from vowelscope.core.tokens import Token
from vowelscope.core.translation import tr

__all__ = ["LONGEST_S", "SpectralSlice", "sound_between", "spectral_slice", "spectrum_of"]

Doubles = npt.NDArray[np.float64]

LONGEST_S = 10.0
_AROUND_S = 0.05
"""Sound beyond the stretch, so that resampling does not see its edges."""
_RESOLUTION_HZ = 10.0
_FLOOR = 1e-30
_REFERENCE_PA2 = 4e-10


@dataclass(frozen=True, slots=True, eq=False)
class SpectralSlice:
    """Spectrum and envelope.

    Attributes
    ----------
    freqs_hz, level_db
        (n,): the spectrum up to the Nyquist frequency.
    envelope_hz, envelope_db
        (m,): the LPC envelope up to the formant ceiling, raised or lowered as a whole so that its
        mean power is the spectrum's.
    formants_hz
        F1 to F4 as F1-F4 and the log have them: at the time, or means over the stretch; NaN where
        undefined.
    start_s, stop_s
        The stretch; at a time, what the window reaches.
    time_s
        The time, or None for a stretch.
    window_s
        Effective length of the Gaussian window at a time; of a stretch, its length.
    formant
        The settings of envelope and formants, with the ceiling that counts here.
    by_hand
        Numbers of the formants that are set by hand.
    """

    freqs_hz: Doubles
    level_db: Doubles
    envelope_hz: Doubles
    envelope_db: Doubles
    formants_hz: Doubles
    start_s: float
    stop_s: float
    time_s: float | None
    window_s: float
    formant: FormantSettings
    by_hand: tuple[int, ...] = ()


def spectral_slice(
    path: str | Path,
    start_s: float,
    stop_s: float,
    window_s: float = 0.005,
    formant: FormantSettings | None = None,
    channel: int | None = None,
    road: FormantRoad | None = None,
    within: Token | None = None,
) -> SpectralSlice:
    """The slice at a time (`start_s` is `stop_s`) or of a stretch (seconds).

    Parameters
    ----------
    window_s
        Effective length of the Gaussian window at a time: that of the spectrogram.
    formant
        Ceiling, number of formants, window and pre-emphasis of the envelope.
    channel
        0-based, or None for the mean of all.
    road, within
        How formants are found, in the place of `formant` and `channel`, and the interval that
        the place lies in, whose ceiling counts.

    Raises
    ------
    AudioError
        The file cannot be read.
    AnalysisError
        The stretch is empty, too long or outside the recording.
    """
    road = road or FormantRoad(formant or FormantSettings(), channel=channel)
    channel = road.channel
    at_s = start_s if start_s == stop_s else None
    if stop_s - start_s > LONGEST_S:
        raise AnalysisError(
            tr(
                "The selection lasts {value:.2f} s; a slice is made of {longest_s:g} s at most."
            ).format(value=stop_s - start_s, longest_s=LONGEST_S)
        )
    within = within or Token(Path(path), "", -1, start_s, stop_s, "")
    found = place_formants(within, start_s, stop_s, road)
    formant = replace(road.formant, ceiling_hz=found.ceiling.ceiling_hz)
    first_s, last_s = (start_s, stop_s) if at_s is None else (at_s - window_s, at_s + window_s)
    lpc_s = (start_s, stop_s)
    if at_s is not None:
        lpc_s = (at_s - formant.window_s, at_s + formant.window_s)
    low_s, high_s = min(first_s, lpc_s[0]) - _AROUND_S, max(last_s, lpc_s[1]) + _AROUND_S
    sound = sound_between(path, low_s, high_s, channel)
    freqs_hz, level_db = _spectrum(sound, first_s, last_s, path)
    envelope_hz, envelope_db = _envelope(sound, *lpc_s, formant, path)
    return SpectralSlice(
        freqs_hz,
        level_db,
        envelope_hz,
        envelope_db + _offset_db(freqs_hz, level_db, envelope_hz, envelope_db),
        found.means_hz if at_s is None else found.values_hz[0],
        first_s,
        last_s,
        at_s,
        window_s if at_s is not None else stop_s - start_s,
        formant,
        found.by_hand,
    )


def sound_between(path: str | Path, start_s: float, stop_s: float, channel: int | None) -> Any:
    """The samples from `start_s` to `stop_s` as Praat's Sound, on the recording's own times."""
    import parselmouth

    with Recording(path) as recording:
        rate_hz = recording.rate_hz
        first = max(math.floor(start_s * rate_hz), 0)
        last = min(math.ceil(stop_s * rate_hz), recording.n_frames)
        if last <= first:
            raise AnalysisError(
                tr("{path}: there is no sound at {start_s:.4f} s.").format(
                    path=path, start_s=start_s
                )
            )
        samples = read_span(recording, first, last, channel)
    return parselmouth.Sound(samples, rate_hz, first / rate_hz)


def _spectrum(sound: Any, start_s: float, stop_s: float, path: object) -> tuple[Doubles, Doubles]:
    spectrum = spectrum_of(sound, start_s, stop_s, path)
    values = np.asarray(spectrum.values, dtype=np.float64)
    density = 2.0 * (values[0] ** 2 + values[1] ** 2)
    level_db: Doubles = 10.0 * np.log10(np.maximum(density, _FLOOR) / _REFERENCE_PA2)
    return np.array(spectrum.xs(), dtype=np.float64), level_db


def spectrum_of(sound: Any, start_s: float, stop_s: float, path: object) -> Any:
    """Praat's Spectrum of a stretch under a Gaussian window, of a Sound of `sound_between`.

    Raises
    ------
    AnalysisError
        There is too little sound.
    """
    import parselmouth

    try:
        part = sound.extract_part(
            start_s, stop_s, parselmouth.WindowShape.GAUSSIAN2, 1.0, preserve_times=True
        )
        return part.to_spectrum()
    except parselmouth.PraatError as error:
        raise AnalysisError(
            tr("{path}: there is too little sound for a slice here.").format(path=path)
        ) from error


def _envelope(
    sound: Any, start_s: float, stop_s: float, formant: FormantSettings, path: object
) -> tuple[Doubles, Doubles]:
    import parselmouth

    call = parselmouth.praat.call
    try:
        resampled = call(sound, "Resample", 2.0 * formant.ceiling_hz, 50)
        part = resampled.extract_part(start_s, stop_s, preserve_times=True)
        # One frame, whose window (twice the effective length) is the whole stretch.
        effective_s = 0.499 * part.duration
        lpc = call(
            part,
            "To LPC (burg)",
            formant.poles,
            effective_s,
            part.duration,
            formant.pre_emphasis_hz,
        )
        spectrum = call(
            lpc,
            "To Spectrum (slice)",
            0.5 * (start_s + stop_s),
            _RESOLUTION_HZ,
            0.0,
            formant.pre_emphasis_hz,
        )
    except parselmouth.PraatError as error:
        raise AnalysisError(
            tr("{path}: there is too little sound for an LPC envelope here.").format(path=path)
        ) from error
    values = np.asarray(spectrum.values, dtype=np.float64)
    density = values[0] ** 2 + values[1] ** 2
    level_db: Doubles = 10.0 * np.log10(np.maximum(density, _FLOOR))
    return np.array(spectrum.xs(), dtype=np.float64), level_db


def _offset_db(
    freqs_hz: Doubles, level_db: Doubles, envelope_hz: Doubles, envelope_db: Doubles
) -> float:
    """What makes the envelope's mean power that of the spectrum below the ceiling."""
    below = freqs_hz <= envelope_hz[-1]
    ours = float(np.mean(10.0 ** (level_db[below] / 10.0)))
    same = np.interp(freqs_hz[below], envelope_hz, envelope_db)
    # Relative to its peak, so that no power overflows.
    peak_db = float(same.max())
    theirs = float(np.mean(10.0 ** ((same - peak_db) / 10.0)))
    return 10.0 * math.log10(max(ours, _FLOOR) / theirs) - peak_db
