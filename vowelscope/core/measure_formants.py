"""The one road to the formants of a token: its ceiling, Praat's values there, what a hand set.

Log, vowel chart, query, tables and pictures take it, so that they all say the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from vowelscope.core.acoustics import FormantAnalysis, FormantTrack, values_at
from vowelscope.core.acoustics_grid import Doubles, mean_over, value_at
from vowelscope.core.acoustics_settings import FormantSettings
from vowelscope.core.hand_points import HandPoints
from vowelscope.core.measure_ceilings import (
    AutomaticCeiling,
    TokenCeiling,
    ceiling_of,
    ceilings_of,
)
from vowelscope.core.tokens import Token

__all__ = [
    "FORMANTS",
    "FormantRoad",
    "TokenFormants",
    "formant_track",
    "formants_of",
    "interval_means",
    "midpoint_formants",
    "place_formants",
]

FORMANTS = 4
METHOD = "burg"
_MARGIN_FRAMES = 2


@dataclass(frozen=True, slots=True)
class FormantRoad:
    """Everything that decides what the formants of a token are.

    Attributes
    ----------
    formant
        Praat's settings; the ceiling counts where none is found or chosen for a token.
    automatic
        How ceilings are found and which were chosen; None for that of `formant` everywhere.
    hand
        What was set by hand, in the place of Praat's values.
    channel
        0-based, or None for the mean of all.
    """

    formant: FormantSettings = field(default_factory=FormantSettings)
    automatic: AutomaticCeiling | None = None
    hand: HandPoints = field(default_factory=HandPoints)
    channel: int | None = None

    def analysis(self, path: str | Path, ceiling: TokenCeiling) -> FormantAnalysis:
        """Praat's analysis of a recording at a ceiling, with what was set by hand."""
        settings = replace(self.formant, ceiling_hz=ceiling.ceiling_hz)
        return FormantAnalysis(path, settings, self.channel, hand=self.hand)

    def ceiling(self, token: Token) -> TokenCeiling:
        """The ceiling of the interval that a token is."""
        return ceiling_of(token, self.automatic, self.formant, self.channel)

    def columns(self, ceiling: TokenCeiling, by_hand: Sequence[int]) -> dict[str, Any]:
        """What a row says of how its formants came about."""
        error_bark = ceiling.error_bark
        return {
            "ceiling_hz": ceiling.ceiling_hz,
            "ceiling_by": ceiling.by,
            "ceiling_error_bark": None if math.isnan(error_bark) else round(error_bark, 4),
            "formants_by_hand": " ".join(f"F{number}" for number in by_hand) or None,
            "formant_method": METHOD,
        }


@dataclass(frozen=True, slots=True, eq=False)
class TokenFormants:
    """Formants of one token.

    Attributes
    ----------
    values_hz
        F1 to F4 at the points that were asked for, (m, 4), NaN where undefined.
    means_hz
        Means over the token (Praat's "Get mean..."), (4,); NaN where not asked for.
    ceiling
        What they were measured with.
    by_hand
        Numbers of the formants of which a part is set by hand.
    """

    values_hz: Doubles
    means_hz: Doubles
    ceiling: TokenCeiling
    by_hand: tuple[int, ...]


def formants_of(
    tokens: Sequence[Token], shares: Doubles, road: FormantRoad, means: bool = True
) -> Iterator[TokenFormants]:
    """Formants of tokens of one recording, in order.

    Parameters
    ----------
    shares
        Places within each token, 0 its start and 1 its end, (m,).
    means
        Whether the means over the token are wanted too.

    Raises
    ------
    AudioError, AnalysisError
        The file cannot be read, or is shorter than a window.
    """
    start = 0
    for batch in ceilings_of(tokens, road.automatic, road.formant, road.channel):
        part = tokens[start : start + len(batch)]
        start += len(batch)
        results: dict[int, TokenFormants] = {}
        for ceiling_hz in sorted({found.ceiling_hz for found in batch}):
            chosen = [at for at, found in enumerate(batch) if found.ceiling_hz == ceiling_hz]
            analysis = road.analysis(part[0].recording, batch[chosen[0]])
            for at in chosen:
                results[at] = _measured(analysis, part[at], batch[at], shares, road, means)
        for at in range(len(batch)):
            yield results[at]


def place_formants(
    within: Token, start_s: float, stop_s: float, road: FormantRoad
) -> TokenFormants:
    """Formants at a time (`start_s` is `stop_s`) or means over a stretch.

    Parameters
    ----------
    within
        The interval that the place lies in, whose ceiling counts; one without a label has that
        of the settings.

    Returns
    -------
    TokenFormants
        At a time, `values_hz` has one row; over a stretch, `means_hz` counts.

    Raises
    ------
    AudioError, AnalysisError
        As `formants_of`.
    """
    ceiling = road.ceiling(within)
    analysis = road.analysis(within.recording, ceiling)
    place = replace(within, tmin_s=start_s, tmax_s=stop_s)
    at_time = start_s == stop_s
    shares = np.zeros(1) if at_time else np.empty(0)
    return _measured(analysis, place, ceiling, shares, road, not at_time)


def interval_means(
    path: str | Path,
    intervals: Iterable[tuple[float, float]],
    settings: FormantSettings | None = None,
    channel: int | None = None,
    hand: HandPoints | None = None,
) -> Doubles:
    """Mean F1 to F4 over each (tmin_s, tmax_s), as Praat's "Get mean...", (n, 4) Hz.

    NaN where Praat says undefined.

    Raises
    ------
    AudioError, AnalysisError
        As `vowelscope.core.acoustics.formants`.
    """
    road = FormantRoad(settings or FormantSettings(), None, hand or HandPoints(), channel)
    tokens = [Token(Path(path), "", -1, tmin_s, tmax_s, "") for tmin_s, tmax_s in intervals]
    means = [one.means_hz for one in formants_of(tokens, np.empty(0), road)]
    return np.array(means, dtype=np.float64).reshape(-1, FORMANTS)


def midpoint_formants(
    tokens: Sequence[Token], road: FormantRoad
) -> list[tuple[float, float, TokenCeiling, tuple[int, ...]]]:
    """F1, F2 in the middle of each token of one recording, its ceiling, and what a hand set.

    NaN where Praat says undefined.

    Raises
    ------
    AudioError, AnalysisError
        As `formants_of`.
    """
    return [
        (float(x.values_hz[0, 0]), float(x.values_hz[0, 1]), x.ceiling, x.by_hand)
        for x in formants_of(tokens, np.array([0.5]), road, means=False)
    ]


def formant_track(
    token: Token, start_s: float, stop_s: float, road: FormantRoad
) -> tuple[FormantTrack, TokenCeiling]:
    """The formants between two times at the ceiling of a token, and that ceiling.

    Raises
    ------
    AudioError, AnalysisError
        As `formants_of`.
    """
    ceiling = road.ceiling(token)
    analysis = road.analysis(token.recording, ceiling)
    return analysis.track(analysis.grid.between(start_s, stop_s)), ceiling


def _measured(
    analysis: FormantAnalysis,
    token: Token,
    ceiling: TokenCeiling,
    shares: Doubles,
    road: FormantRoad,
    with_means: bool,
) -> TokenFormants:
    grid = analysis.grid
    times_s = token.tmin_s + shares * token.duration_s
    values_hz = np.full((len(times_s), FORMANTS), np.nan)
    means_hz = np.full(FORMANTS, np.nan)
    low_s, high_s = token.tmin_s, token.tmax_s
    if with_means:
        margin_s = _MARGIN_FRAMES * grid.step_s
        wanted = grid.between(low_s - margin_s, high_s + margin_s)
        freqs_hz = analysis.frames(wanted).freqs_hz[:, :FORMANTS]
        first_s = grid.first_s + wanted.start * grid.step_s
        for number in range(freqs_hz.shape[1]):
            column = freqs_hz[:, number]
            means_hz[number] = mean_over(first_s, grid.step_s, column, low_s, high_s)
        values_hz[:, : freqs_hz.shape[1]] = value_at(first_s, grid.step_s, freqs_hz, times_s)
    else:
        values = values_at(analysis, times_s, FORMANTS)
        values_hz[:, : values.shape[1]] = values
        half_s = 0.5 * grid.step_s
        low_s, high_s = float(times_s.min()) - half_s, float(times_s.max()) + half_s
    near = road.hand.formants_in(road.channel, low_s, high_s)
    return TokenFormants(values_hz, means_hz, ceiling, tuple(n for n in near if n <= FORMANTS))
