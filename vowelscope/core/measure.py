"""Formants, pitch, intensity and duration of labelled intervals, each row with its settings.

All numbers are those of Praat's queries on its analysis of the whole Sound: "Get value at
time..." (linear between frames) for formants at points of an interval, "Get mean..." over the
interval for formants, pitch (Hz) and intensity (energy).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vowelscope.core.acoustics import (
    FormantSettings,
    IntensitySettings,
    PitchSettings,
    intensity,
    pitch,
    praat_version,
)
from vowelscope.core.acoustics_grid import mean_over
from vowelscope.core.errors import AnalysisError
from vowelscope.core.hand_points import HandPoints
from vowelscope.core.measure_ceilings import AutomaticCeiling, TokenCeiling
from vowelscope.core.measure_formants import FORMANTS, FormantRoad, formants_of
from vowelscope.core.measure_voice import spectral_moments, voice_numbers
from vowelscope.core.tables import Row
from vowelscope.core.tokens import Token
from vowelscope.core.translation import tr
from vowelscope.core.voice_report import PulseSettings

__all__ = [
    "MeasureSettings",
    "columns_of",
    "mean_f0_hz",
    "mean_intensity_db",
    "measure_tokens",
    "points_of",
    "rounded",
]

_MOST_POINTS = 100
_MARGIN_FRAMES = 2


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """What is measured and how; every row carries it.

    With `automatic`, each token has a ceiling of its own instead of that of `formant`; what is in
    `hand` stands in the place of Praat's formants. `pulses` and `slice_window_s` (s) are for the
    voice and the spectrum of a row of the log, and with `voice` of those of `measure_tokens`.
    """

    points: int = 3
    formant: FormantSettings = field(default_factory=FormantSettings)
    pitch: PitchSettings = field(default_factory=PitchSettings)
    intensity: IntensitySettings = field(default_factory=IntensitySettings)
    channel: int | None = None
    automatic: AutomaticCeiling | None = None
    hand: HandPoints = field(default_factory=HandPoints)
    pulses: PulseSettings = field(default_factory=PulseSettings)
    slice_window_s: float = 0.005
    voice: bool = False

    @property
    def road(self) -> FormantRoad:
        """How formants are found."""
        return FormantRoad(self.formant, self.automatic, self.hand, self.channel)

    def __post_init__(self) -> None:
        if not 1 <= self.points <= _MOST_POINTS:
            raise AnalysisError(
                tr("{points} points: must be 1 to {most_points}.").format(
                    points=self.points, most_points=_MOST_POINTS
                )
            )

    def columns(self) -> Row:
        """The columns that say how a row came about (channel counted from 1, empty for all)."""
        return {
            "channel": None if self.channel is None else self.channel + 1,
            **self.road.columns(TokenCeiling(self.formant.ceiling_hz, math.nan, "fixed"), ()),
            "max_formants": self.formant.max_formants,
            "window_s": self.formant.window_s,
            "time_step_s": self.formant.step_s,
            "pre_emphasis_hz": self.formant.pre_emphasis_hz,
            "pitch_floor_hz": self.pitch.floor_hz,
            "pitch_ceiling_hz": self.pitch.ceiling_hz,
            "intensity_min_pitch_hz": self.intensity.min_pitch_hz,
            **(self.voice_columns() if self.voice else {}),
            "praat_version": praat_version(),
        }

    def voice_columns(self) -> Row:
        """The columns that say how voice and spectrum came about."""
        return {
            "max_period_factor": self.pulses.max_period_factor,
            "max_amplitude_factor": self.pulses.max_amplitude_factor,
            "slice_window_s": self.slice_window_s,
        }


def points_of(count: int) -> tuple[float, ...]:
    """Relative places of `count` points: 20 to 80 % in equal steps; one point is the middle."""
    if count == 1:
        return (0.5,)
    return tuple(float(share) for share in np.linspace(0.2, 0.8, count))


def columns_of(points: int) -> list[str]:
    """Names of the formant columns, point by point: ``F1_20_hz`` ... ``F4_80_hz``."""
    return [
        f"F{number}_{round(100 * share, 1):g}_hz"
        for share in points_of(points)
        for number in range(1, FORMANTS + 1)
    ]


def measure_tokens(
    tokens: Sequence[Token], classes: Sequence[str | None] | None, settings: MeasureSettings
) -> Iterator[Row]:
    """Yield one row for each token, all of one recording.

    Parameters
    ----------
    tokens
        Intervals of one recording.
    classes
        Class of each token for a column ``class``, or None for no such column.

    Raises
    ------
    AudioError, AnalysisError
        The file cannot be read, or is shorter than a window.

    Notes
    -----
    A value that Praat calls undefined (no voice, an interval at the very edge) is None.
    """
    if not tokens:
        return
    path = tokens[0].recording
    shares = np.array(points_of(settings.points))
    names = columns_of(settings.points)
    how = settings.columns()
    found = formants_of(tokens, shares, settings.road)
    for at, (token, one) in enumerate(zip(tokens, found, strict=True)):
        row: Row = {
            "audio": str(path),
            "tier": token.tier,
            "interval": token.index + 1,
            "label": token.label,
        }
        if classes is not None:
            row["class"] = classes[at]
        row |= {"word": token.word, "tmin_s": token.tmin_s, "tmax_s": token.tmax_s}
        row["duration_s"] = round(token.duration_s, 9)
        row |= dict(zip(names, map(rounded, one.values_hz.reshape(-1)), strict=True))
        row |= {f"F{n}_mean_hz": rounded(one.means_hz[n - 1]) for n in range(1, FORMANTS + 1)}
        row["f0_mean_hz"] = rounded(mean_f0_hz(path, token, settings))
        row["intensity_mean_db"] = rounded(mean_intensity_db(path, token, settings))
        if settings.voice:
            span = token.tmin_s, token.tmax_s
            row |= voice_numbers(path, *span, settings.pitch, settings.pulses, settings.channel)
            row |= spectral_moments(path, *span, settings.slice_window_s, settings.channel)
        yield row | how | settings.road.columns(one.ceiling, one.by_hand)


def mean_f0_hz(path: Path, token: Token, settings: MeasureSettings) -> float:
    """Mean pitch over a token, as Praat's "Get mean..."; NaN without voice."""
    step_s = settings.pitch.step_s
    margin_s = _MARGIN_FRAMES * step_s
    track = pitch(
        path,
        settings.pitch,
        token.tmin_s - margin_s,
        token.tmax_s + margin_s,
        settings.channel,
    )
    if len(track.times_s) == 0:
        return math.nan
    return mean_over(float(track.times_s[0]), step_s, track.f0_hz, token.tmin_s, token.tmax_s)


def mean_intensity_db(path: Path, token: Token, settings: MeasureSettings) -> float:
    """Mean intensity over a token (of the energy); NaN at the very edge."""
    step_s = settings.intensity.step_s
    margin_s = _MARGIN_FRAMES * step_s
    track = intensity(
        path,
        settings.intensity,
        token.tmin_s - margin_s,
        token.tmax_s + margin_s,
        settings.channel,
    )
    if len(track.times_s) == 0:
        return math.nan
    energy = 10.0 ** (track.level_db / 10.0)
    mean = mean_over(float(track.times_s[0]), step_s, energy, token.tmin_s, token.tmax_s)
    return 10.0 * math.log10(mean) if mean > 0 else math.nan


def rounded(value: float) -> float | None:
    """Three decimals; None where Praat says undefined."""
    return None if math.isnan(value) else round(float(value), 3)
