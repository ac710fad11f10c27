"""Which formant ceiling each token is measured with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from vowelscope.core.acoustics_settings import FormantSettings
from vowelscope.core.ceilings import CeilingSearch, CeilingSettings, best_of_file
from vowelscope.core.chosen_ceilings import ChosenCeilings
from vowelscope.core.tokens import Token

BATCH = 64
"""Tokens that are looked at before the first of them is measured: those of one ceiling share
Praat's filter of the file."""


@dataclass(frozen=True, slots=True)
class AutomaticCeiling:
    """How ceilings are found.

    Attributes
    ----------
    scope
        ``token``: each token has the ceiling that suits it best; ``file``: all have the same.
    chosen
        Ceilings chosen by hand; they go before.
    """

    scope: Literal["token", "file"] = "token"
    settings: CeilingSettings = field(default_factory=CeilingSettings)
    chosen: ChosenCeilings = field(default_factory=ChosenCeilings)


@dataclass(frozen=True, slots=True)
class TokenCeiling:
    """The ceiling of a token, the error of its tracks (Bark), and who took it.

    `by` is ``token``, ``file`` or ``hand``.
    """

    ceiling_hz: float
    error_bark: float
    by: str


def ceilings_of(
    tokens: Sequence[Token],
    automatic: AutomaticCeiling,
    formant: FormantSettings,
    channel: int | None,
) -> Iterator[list[TokenCeiling]]:
    """Yield the ceilings of all tokens of one recording, in order and in batches.

    Raises
    ------
    AudioError, AnalysisError
        The file cannot be read, or is shorter than a window.
    """
    search = CeilingSearch(tokens[0].recording, automatic.settings, formant, channel)
    size = BATCH if automatic.scope == "token" else len(tokens)
    for start in range(0, len(tokens), size):
        part = tokens[start : start + size]
        found = [search.token(token.tmin_s, token.tmax_s) for token in part]
        common = best_of_file(found) if automatic.scope == "file" else None
        batch = []
        for token, one in zip(part, found, strict=True):
            hand_hz = automatic.chosen.of(token.tier, token.tmin_s, token.tmax_s, channel)
            if hand_hz is not None:
                # Its own ceiling, even where another set of candidates is tried now.
                error = one.items[one.nearest(hand_hz)].error_bark
                batch.append(TokenCeiling(hand_hz, error, "hand"))
                continue
            item = one.items[one.best if common is None else common]
            batch.append(TokenCeiling(item.ceiling_hz, item.error_bark, automatic.scope))
        yield batch
