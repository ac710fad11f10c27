"""Voice and spectrum of a stretch as numbers: what Praat's voice report and Spectrum say."""

from __future__ import annotations

import math
import re
from pathlib import Path

from vowelscope.core.acoustics_settings import PitchSettings
from vowelscope.core.errors import AnalysisError
from vowelscope.core.spectral_slice import LONGEST_S, sound_between, spectrum_of
from vowelscope.core.tables import Row
from vowelscope.core.voice_report import PulseSettings, voice_report

__all__ = ["MOMENTS", "VOICE", "spectral_moments", "voice_numbers"]

VOICE: dict[str, str] = {
    "f0_median_hz": "Median pitch",
    "f0_sd_hz": "Standard deviation",
    "f0_min_hz": "Minimum pitch",
    "f0_max_hz": "Maximum pitch",
    "pulses": "Number of pulses",
    "unvoiced_percent": "Fraction of locally unvoiced frames",
    "jitter_local_percent": "Jitter (local)",
    "shimmer_local_percent": "Shimmer (local)",
    "hnr_db": "Mean harmonics-to-noise ratio",
}
"""Columns, and what the voice report calls them."""

MOMENTS = ("cog_hz", "spectral_sd_hz", "spectral_skewness", "spectral_kurtosis")
_POWER = 2.0


def voice_numbers(
    path: str | Path,
    start_s: float,
    stop_s: float,
    pitch: PitchSettings | None = None,
    pulses: PulseSettings | None = None,
    channel: int | None = None,
) -> Row:
    """The columns of `VOICE`, with the digits of the report; None where it says undefined.

    Raises
    ------
    AudioError
        The file cannot be read.
    AnalysisError
        There is no such channel.
    """
    try:
        report = voice_report(path, start_s, stop_s, pitch, pulses, channel)
    except AnalysisError:
        # Too short or too long for a report: nothing is known of its voice.
        return dict.fromkeys(VOICE)
    row: Row = {}
    for name, words in VOICE.items():
        found = re.search(rf"^\s*{re.escape(words)}: (-?[\d.]+(?:[eE][-+]?\d+)?)", report, re.M)
        value = None if found is None else float(found[1])
        row[name] = int(value) if name == "pulses" and value is not None else value
    return row


def spectral_moments(
    path: str | Path,
    start_s: float,
    stop_s: float,
    window_s: float = 0.005,
    channel: int | None = None,
) -> Row:
    """Centre of gravity, standard deviation, skewness and kurtosis of the spectral slice.

    Parameters
    ----------
    start_s, stop_s
        The stretch in seconds; a time where both are the same.
    window_s
        Effective length of the Gaussian window at a time, as that of the spectrogram.

    Returns
    -------
    dict
        The columns of `MOMENTS`, weighted by power; None of a stretch that has no slice.

    Raises
    ------
    AudioError
        The file cannot be read.

    Notes
    -----
    Praat manual, "Spectrum: Get centre of gravity..." and its neighbours, with p = 2.
    """
    if start_s == stop_s:
        start_s, stop_s = start_s - window_s, stop_s + window_s
    nothing: Row = dict.fromkeys(MOMENTS)
    if stop_s - start_s > LONGEST_S:
        return nothing
    try:
        sound = sound_between(path, start_s, stop_s, channel)
        spectrum = spectrum_of(sound, start_s, stop_s, path)
    except AnalysisError:
        return nothing
    values = (
        spectrum.get_center_of_gravity(_POWER),
        spectrum.get_standard_deviation(_POWER),
        spectrum.get_skewness(_POWER),
        spectrum.get_kurtosis(_POWER),
    )
    return {
        name: round(value, 3) if math.isfinite(value) else None
        for name, value in zip(MOMENTS, values, strict=True)
    }
