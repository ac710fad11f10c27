"""Which formant ceiling each token is measured with."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from vowelscope.core.acoustics_grid import FileKey
from vowelscope.core.acoustics_settings import FormantSettings
from vowelscope.core.ceilings import Candidates, CeilingSettings, best_of_file, candidates
from vowelscope.core.chosen_ceilings import ChosenCeilings
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.tokens import Token

BATCH = 64
"""Tokens that are looked at before the first of them is measured: those of one ceiling share
Praat's filter of the file."""

LONGEST_S = 3.0
"""A longer interval is no vowel: it keeps the ceiling of the settings."""

MOST_SURVEYED = 200
"""With one ceiling for a tier, so many of its tokens decide, spread evenly over it."""

Spans = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class AutomaticCeiling:
    """How ceilings are found.

    Attributes
    ----------
    scope
        ``token``: each token has the ceiling that suits it best; ``file``: all have the same.
    chosen
        Ceilings chosen by hand; they go before.
    survey
        With the scope ``file``, the tokens that decide, as `surveyed` gives them.
    """

    scope: Literal["token", "file"] = "token"
    settings: CeilingSettings = field(default_factory=CeilingSettings)
    chosen: ChosenCeilings = field(default_factory=ChosenCeilings)
    survey: Spans = ()


@dataclass(frozen=True, slots=True)
class TokenCeiling:
    """The ceiling of a token, the error of its tracks (Bark), and who took it.

    `by` is ``token``, ``file``, ``hand``, or ``fixed``: that of the settings, without an error.
    """

    ceiling_hz: float
    error_bark: float
    by: str


def has_ceiling(label: str, duration_s: float) -> bool:
    """Whether a ceiling is found for an interval: it has a label and is not too long."""
    return bool(label.strip()) and duration_s <= LONGEST_S


def surveyed(tier: IntervalTier, duration_s: float) -> Spans:
    """(tmin_s, tmax_s) of the tokens of a tier that decide about one ceiling for all.

    `duration_s` is the recording's: what lies beyond it is left out.
    """
    spans = [
        (x.tmin_s, x.tmax_s)
        for x in tier.intervals
        if has_ceiling(x.text, x.duration_s) and x.tmax_s <= duration_s
    ]
    return tuple(spans[:: max(1, -(-len(spans) // MOST_SURVEYED))])


def ceilings_of(
    tokens: Sequence[Token],
    automatic: AutomaticCeiling | None,
    formant: FormantSettings,
    channel: int | None,
) -> Iterator[list[TokenCeiling]]:
    """Yield the ceilings of all tokens of one recording, in order and in batches.

    Raises
    ------
    AudioError, AnalysisError
        The file cannot be read, or is shorter than a window.
    """
    for start in range(0, len(tokens), BATCH):
        yield [
            ceiling_of(token, automatic, formant, channel)
            for token in tokens[start : start + BATCH]
        ]


def ceiling_of(
    token: Token, automatic: AutomaticCeiling | None, formant: FormantSettings, channel: int | None
) -> TokenCeiling:
    """The ceiling of one interval of a tier.

    Raises
    ------
    AudioError, AnalysisError
        As `ceilings_of`.
    """
    if automatic is None or not has_ceiling(token.label, token.duration_s):
        return TokenCeiling(formant.ceiling_hz, math.nan, "fixed")
    path, span = token.recording, (token.tmin_s, token.tmax_s)
    found = candidates(path, *span, automatic.settings, formant, channel)
    hand_hz = automatic.chosen.of(token.tier, *span, channel)
    if hand_hz is not None:
        # Its own ceiling, even where another set of candidates is tried now.
        error_bark = found.items[found.nearest(hand_hz)].error_bark
        return TokenCeiling(hand_hz, error_bark, "hand")
    best, by = found.best, "token"
    if automatic.scope == "file":
        best, by = common_ceiling(automatic, found, token, formant, channel), "file"
    return TokenCeiling(found.items[best].ceiling_hz, found.items[best].error_bark, by)


def common_ceiling(
    automatic: AutomaticCeiling,
    found: Candidates,
    token: Token,
    formant: FormantSettings,
    channel: int | None,
) -> int:
    """Index of the ceiling that suits all tokens of the survey best; without one, this token."""
    if not automatic.survey:
        return found.best
    key = FileKey.of(token.recording, channel)
    return _common(key, automatic.survey, automatic.settings, formant)


@lru_cache(maxsize=8)
def _common(
    key: FileKey, survey: Spans, settings: CeilingSettings, formant: FormantSettings
) -> int:
    return best_of_file(candidates(key.path, *x, settings, formant, key.channel) for x in survey)
