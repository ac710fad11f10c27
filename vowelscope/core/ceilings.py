"""Formants with an automatic ceiling: many are tried, the one with the smoothest tracks is taken.

The idea is FastTrack's (Barreda 2021, doi:10.1515/lingvan-2020-0051): a ceiling that does not fit
the voice makes Burg's method split or merge formants, and the tracks jump. Here the tracks of F1
to F4 are put on the Bark scale and fitted by a few cosines over the token. The error of a ceiling
is what the fit leaves, in Bark; docs/decisions/0012 says why.

What is found depends on the token's times and the file alone, never on what is in view.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics_grid import Doubles, FileKey
from vowelscope.core.acoustics_settings import FormantSettings
from vowelscope.core.audio import Recording
from vowelscope.core.ceilings_local import LocalAnalysis, read_stretch
from vowelscope.core.errors import AnalysisError
from vowelscope.core.translation import tr

MISSING_BARK = 1.0
"""A formant that a frame lacks, or that no voice has, counts as this far off the fit."""

FEWEST_FRAMES = 8
"""A token shorter than this is looked at with what stands around it."""

PLAUSIBLE_HZ = ((150.0, 1300.0), (450.0, 3800.0), (1200.0, 5000.0), (2000.0, 6500.0))
"""Where F1 to F4 lie in human voices, small children's included."""


@dataclass(frozen=True, slots=True)
class CeilingSettings:
    """Which ceilings are tried, and how smooth a track should be.

    Attributes
    ----------
    lowest_hz, highest_hz, count
        The ceilings, in equal steps: by default every 150 Hz from 4,000 to 7,000 Hz.
    by_ratio
        Equal ratios instead of equal steps, as in Praat's FormantPath.
    coefficients
        Cosines that a track is fitted with, the constant one included.

    Raises
    ------
    AnalysisError
        A value out of range.
    """

    lowest_hz: float = 4000.0
    highest_hz: float = 7000.0
    count: int = 21
    by_ratio: bool = False
    coefficients: int = 6

    def __post_init__(self) -> None:
        if not 200 <= self.lowest_hz <= self.highest_hz <= 100_000:
            raise AnalysisError(
                tr(
                    "formant ceilings from {lowest_hz:g} to {highest_hz:g} Hz: must rise and "
                    "lie within 200-100,000 Hz."
                ).format(lowest_hz=self.lowest_hz, highest_hz=self.highest_hz)
            )
        if not 1 <= self.count <= 100:
            raise AnalysisError(
                tr("{count} formant ceilings: must be 1 to 100.").format(count=self.count)
            )
        if not 1 <= self.coefficients <= 20:
            raise AnalysisError(
                tr("{coefficients} coefficients: must be 1 to 20.").format(
                    coefficients=self.coefficients
                )
            )

    @classmethod
    def formant_path(
        cls, middle_hz: float = 5500.0, step: float = 0.05, each_side: int = 4
    ) -> CeilingSettings:
        """The ceilings of Praat's "Sound: To FormantPath (burg)...": middle × e^(±step k)."""
        reach = math.exp(step * each_side)
        return cls(middle_hz / reach, middle_hz * reach, 2 * each_side + 1, by_ratio=True)

    @property
    def ceilings_hz(self) -> tuple[float, ...]:
        """The ceilings, rising."""
        space = np.geomspace if self.by_ratio else np.linspace
        return tuple(float(x) for x in space(self.lowest_hz, self.highest_hz, self.count))


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """The tracks of one ceiling over a token.

    Attributes
    ----------
    ceiling_hz
        The ceiling.
    error_bark
        What a smooth fit of F1 to F4 leaves: root mean square, in Bark.
    times_s, freqs_hz
        Frames within the token (n,), and their formants (n, k), NaN where there is none.
    """

    ceiling_hz: float
    error_bark: float
    times_s: Doubles
    freqs_hz: Doubles


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """All ceilings that were tried on a token, rising, and which of them won."""

    tmin_s: float
    tmax_s: float
    items: tuple[Candidate, ...]
    best: int

    @property
    def winner(self) -> Candidate:
        """The candidate with the smallest error."""
        return self.items[self.best]

    def nearest(self, ceiling_hz: float) -> int:
        """Index of the candidate whose ceiling is nearest to this one."""
        distances = [abs(item.ceiling_hz - ceiling_hz) for item in self.items]
        return distances.index(min(distances))


class CeilingSearch:
    """Tries the ceilings on tokens of one file.

    Parameters
    ----------
    formant
        All but the ceiling is taken from here.
    channel
        0-based, or None for the mean of all.

    Raises
    ------
    AudioError, AnalysisError
        As `vowelscope.core.acoustics.formants`.
    """

    def __init__(
        self,
        path: str | Path,
        settings: CeilingSettings | None = None,
        formant: FormantSettings | None = None,
        channel: int | None = None,
    ) -> None:
        self.path = Path(path)
        self.settings = settings or CeilingSettings()
        self._channel = channel
        formant = formant or FormantSettings()
        self._analyses = [
            LocalAnalysis(self.path, replace(formant, ceiling_hz=ceiling_hz), channel)
            for ceiling_hz in self.settings.ceilings_hz
        ]

    def token(self, tmin_s: float, tmax_s: float) -> Candidates:
        """All candidates of the token between two times (seconds)."""
        step_s = self._analyses[0].grid.step_s
        missing_s = max((FEWEST_FRAMES + 1) * step_s - (tmax_s - tmin_s), 0.0)
        start_s, stop_s = tmin_s - missing_s / 2, tmax_s + missing_s / 2
        with Recording(self.path) as recording:
            stretch = read_stretch(recording, start_s, stop_s, self._channel)
        items = []
        for analysis in self._analyses:
            analysis.look_at(*stretch)
            frames = analysis.grid.between(start_s, stop_s)
            times_s = analysis.grid.at(np.arange(frames.start, frames.stop))
            freqs_hz = analysis.frames(frames).freqs_hz
            error_bark = roughness_bark(freqs_hz, self.settings.coefficients)
            inside = (times_s >= tmin_s - 1e-9) & (times_s <= tmax_s + 1e-9)
            items.append(
                Candidate(
                    analysis.settings.ceiling_hz, error_bark, times_s[inside], freqs_hz[inside]
                )
            )
        return Candidates(tmin_s, tmax_s, tuple(items), best_of([x.error_bark for x in items]))


def candidates(
    path: str | Path,
    tmin_s: float,
    tmax_s: float,
    settings: CeilingSettings | None = None,
    formant: FormantSettings | None = None,
    channel: int | None = None,
) -> Candidates:
    """All candidates of one token; what the file needs once is kept for the next token.

    Raises
    ------
    AudioError, AnalysisError
        As `vowelscope.core.acoustics.formants`.
    """
    key = FileKey.of(path, channel)
    return _token(key, tmin_s, tmax_s, settings or CeilingSettings(), formant or FormantSettings())


@lru_cache(maxsize=512)
def _token(
    key: FileKey, tmin_s: float, tmax_s: float, settings: CeilingSettings, formant: FormantSettings
) -> Candidates:
    return _search(key, settings, formant).token(tmin_s, tmax_s)


@lru_cache(maxsize=2)
def _search(key: FileKey, settings: CeilingSettings, formant: FormantSettings) -> CeilingSearch:
    return CeilingSearch(key.path, settings, formant, key.channel)


def file_candidates(
    path: str | Path,
    tokens: Sequence[tuple[float, float]],
    settings: CeilingSettings | None = None,
    formant: FormantSettings | None = None,
    channel: int | None = None,
) -> list[Candidates]:
    """Candidates of all tokens of one voice, with one ceiling for all of them as `best`.

    Parameters
    ----------
    tokens
        (tmin_s, tmax_s) of each.
    """
    found = [candidates(path, *token, settings, formant, channel) for token in tokens]
    if not found:
        return []
    best = best_of_file(found)
    return [replace(item, best=best) for item in found]


def best_of_file(found: Iterable[Candidates]) -> int:
    """Index of the ceiling that suits all tokens best: the least mean of the errors' logarithms.

    With logarithms a token that no ceiling suits has no more say than the others.
    """
    errors = np.array([[item.error_bark for item in one.items] for one in found])
    return best_of(np.log(errors + 1e-6).mean(axis=0))


def best_of(errors: Iterable[float]) -> int:
    """Index of the smallest; of equals, the one nearest to the middle."""
    values = list(errors)
    middle = (len(values) - 1) / 2
    return min(range(len(values)), key=lambda i: (values[i], abs(i - middle)))


def bark(freqs_hz: Doubles) -> Doubles:
    """Hz as Bark, by Schroeder, Atal and Hall (1979): 7 asinh(f / 650 Hz)."""
    values: Doubles = 7.0 * np.arcsinh(freqs_hz / 650.0)
    return values


def roughness_bark(freqs_hz: Doubles, coefficients: int = 6) -> float:
    """How far F1 to F4 stray from smooth curves: root mean square, in Bark.

    Parameters
    ----------
    freqs_hz
        (n, k), NaN where a frame lacks a formant.
    coefficients
        Cosines of the fit; at most half as many as there are frames.

    Returns
    -------
    float
        0 for curves that the cosines can draw. `MISSING_BARK` stands for the distance of a
        formant that is missing or outside `PLAUSIBLE_HZ`, so all of them missing gives that.
    """
    count = len(freqs_hz)
    if count == 0:
        return MISSING_BARK
    order = max(min(coefficients, count // 2), 1)
    squares = [
        _column(freqs_hz[:, number], low_hz, high_hz, order)
        if number < freqs_hz.shape[1]
        else MISSING_BARK**2
        for number, (low_hz, high_hz) in enumerate(PLAUSIBLE_HZ)
    ]
    return math.sqrt(sum(squares) / len(squares))


def _column(values_hz: Doubles, low_hz: float, high_hz: float, order: int) -> float:
    """Mean square of what the fit of one formant leaves, per degree of freedom, in Bark²."""
    held: npt.NDArray[np.bool_] = np.isfinite(values_hz)
    held[held] = (values_hz[held] >= low_hz) & (values_hz[held] <= high_hz)
    there, lost = int(held.sum()), int((~held).sum())
    free = there - order
    if free <= 0:
        return MISSING_BARK**2
    share = (np.arange(len(values_hz)) + 0.5) / len(values_hz)
    cosines = np.cos(np.pi * np.outer(share[held], np.arange(order)))
    basis, _ = np.linalg.qr(cosines)
    track = bark(values_hz[held])
    rest = track - basis @ (basis.T @ track)
    return (float(rest @ rest) / free * there + lost * MISSING_BARK**2) / len(values_hz)
