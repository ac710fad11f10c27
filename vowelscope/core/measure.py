"""Formants, pitch, intensity and duration of labelled intervals, each row with its settings.

All numbers are those of Praat's queries on its analysis of the whole Sound: "Get value at
time..." (linear between frames) for formants at points of an interval, "Get mean..." over the
interval for formants, pitch (Hz) and intensity (energy).
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from vowelscope.core.acoustics import (
    FormantAnalysis,
    FormantSettings,
    IntensitySettings,
    PitchSettings,
    formants_at,
    intensity,
    pitch,
    praat_version,
    vowel_formants,
)
from vowelscope.core.acoustics_grid import Doubles, mean_over, value_at
from vowelscope.core.errors import AnalysisError
from vowelscope.core.measure_ceilings import AutomaticCeiling, TokenCeiling, ceilings_of
from vowelscope.core.tokens import Token

__all__ = [
    "MeasureSettings",
    "columns_of",
    "formants_at",
    "interval_means",
    "measure_tokens",
    "points_of",
    "rounded",
    "to_table",
    "vowel_formants",
]

FORMANTS = 4
_MOST_POINTS = 100
_MARGIN_FRAMES = 2

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """What is measured and how; every row carries it.

    With `automatic`, each token has a ceiling of its own instead of that of `formant`.
    """

    points: int = 3
    formant: FormantSettings = field(default_factory=FormantSettings)
    pitch: PitchSettings = field(default_factory=PitchSettings)
    intensity: IntensitySettings = field(default_factory=IntensitySettings)
    channel: int | None = None
    automatic: AutomaticCeiling | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.points <= _MOST_POINTS:
            raise AnalysisError(f"{self.points} points: must be 1 to {_MOST_POINTS}.")

    def columns(self) -> Row:
        """The columns that say how a row came about (channel counted from 1, empty for all)."""
        return {
            "channel": None if self.channel is None else self.channel + 1,
            "ceiling_hz": self.formant.ceiling_hz,
            "max_formants": self.formant.max_formants,
            "window_s": self.formant.window_s,
            "time_step_s": self.formant.step_s,
            "pre_emphasis_hz": self.formant.pre_emphasis_hz,
            "pitch_floor_hz": self.pitch.floor_hz,
            "pitch_ceiling_hz": self.pitch.ceiling_hz,
            "intensity_min_pitch_hz": self.intensity.min_pitch_hz,
            "praat_version": praat_version(),
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
    for at, (token, (values_hz, means_hz, found)) in enumerate(
        zip(tokens, _all_formants(tokens, shares, settings), strict=True)
    ):
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
        row |= dict(zip(names, map(rounded, values_hz.reshape(-1)), strict=True))
        row |= {f"F{n}_mean_hz": rounded(means_hz[n - 1]) for n in range(1, FORMANTS + 1)}
        row["f0_mean_hz"] = rounded(_mean_f0_hz(path, token, settings))
        row["intensity_mean_db"] = rounded(_mean_intensity_db(path, token, settings))
        if found is not None:
            how |= {
                "ceiling_hz": found.ceiling_hz,
                "ceiling_by": found.by,
                "ceiling_error_bark": round(found.error_bark, 4),
            }
        yield row | how


def _all_formants(
    tokens: Sequence[Token], shares: Doubles, settings: MeasureSettings
) -> Iterator[tuple[Doubles, Doubles, TokenCeiling | None]]:
    """Values at the points and means of each token, and what its ceiling is where it is found."""
    path = tokens[0].recording

    def measured(analysis: FormantAnalysis, token: Token) -> tuple[Doubles, Doubles]:
        times_s = token.tmin_s + shares * token.duration_s
        return _formants(analysis, token.tmin_s, token.tmax_s, times_s)

    if settings.automatic is None:
        analysis = FormantAnalysis(path, settings.formant, settings.channel)
        for token in tokens:
            yield *measured(analysis, token), None
        return
    start = 0
    for batch in ceilings_of(tokens, settings.automatic, settings.formant, settings.channel):
        part = tokens[start : start + len(batch)]
        start += len(batch)
        results: dict[int, tuple[Doubles, Doubles]] = {}
        for ceiling_hz in sorted({found.ceiling_hz for found in batch}):
            formant = replace(settings.formant, ceiling_hz=ceiling_hz)
            analysis = FormantAnalysis(path, formant, settings.channel)
            for at, found in enumerate(batch):
                if found.ceiling_hz == ceiling_hz:
                    results[at] = measured(analysis, part[at])
        for at, found in enumerate(batch):
            yield *results[at], found


def interval_means(
    path: str | Path,
    intervals: Iterable[tuple[float, float]],
    settings: FormantSettings | None = None,
    channel: int | None = None,
) -> Doubles:
    """Mean F1 to F4 over each (tmin_s, tmax_s), as Praat's "Get mean...", (n, 4) Hz.

    NaN where Praat says undefined.

    Raises
    ------
    AudioError, AnalysisError
        As `vowelscope.core.acoustics.formants`.
    """
    analysis = FormantAnalysis(path, settings, channel)
    means = [_formants(analysis, tmin, tmax, np.empty(0))[1] for tmin, tmax in intervals]
    return np.array(means, dtype=np.float64).reshape(-1, FORMANTS)


def to_table(rows: Iterable[Row], delimiter: str = ",") -> str:
    """The rows as CSV or TSV with a header; undefined values are empty cells."""
    out = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, list(row), delimiter=delimiter, lineterminator="\n")
            writer.writeheader()
        writer.writerow({key: "" if value is None else value for key, value in row.items()})
    return out.getvalue()


def _formants(
    analysis: FormantAnalysis, tmin_s: float, tmax_s: float, times_s: Doubles
) -> tuple[Doubles, Doubles]:
    """F1-F4 at times within an interval, (m, 4), and their means over it, (4,)."""
    grid = analysis.grid
    margin_s = _MARGIN_FRAMES * grid.step_s
    wanted = grid.between(tmin_s - margin_s, tmax_s + margin_s)
    values = np.full((len(times_s), FORMANTS), np.nan)
    means = np.full(FORMANTS, np.nan)
    freqs_hz = analysis.frames(wanted).freqs_hz[:, :FORMANTS]
    first_s = grid.first_s + wanted.start * grid.step_s
    held = freqs_hz.shape[1]
    values[:, :held] = value_at(first_s, grid.step_s, freqs_hz, times_s)
    for number in range(held):
        means[number] = mean_over(first_s, grid.step_s, freqs_hz[:, number], tmin_s, tmax_s)
    return values, means


def _mean_f0_hz(path: Path, token: Token, settings: MeasureSettings) -> float:
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


def _mean_intensity_db(path: Path, token: Token, settings: MeasureSettings) -> float:
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
