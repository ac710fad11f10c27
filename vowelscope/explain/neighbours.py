"""The tokens around one whose tracks are the wrong ones that its ledger is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.tokens import Token, token_at

__all__ = ["LONGEST_S", "MOST", "neighbours"]

LONGEST_S = 3.0
"""A longer interval is no vowel."""

MOST = 40
"""So many neighbours at most: those nearest in the tier."""

_FARTHEST = 2000
"""Intervals on either side among which they are looked for."""


def neighbours(
    recording: Path,
    tier: IntervalTier,
    index: int,
    is_known: Callable[[str], bool],
    duration_s: float,
) -> list[Token]:
    """The nearest tokens of one of the model's classes, the nearest first.

    Parameters
    ----------
    index
        The token whose neighbours they are, itself left out.
    is_known
        Whether a label is one of the model's classes.
    duration_s
        Of the recording: what goes beyond it is left out.
    """
    found: list[Token] = []
    for at in _outwards(index, len(tier.intervals)):
        interval = tier.intervals[at]
        if (
            0 < interval.duration_s <= LONGEST_S
            and interval.tmax_s <= duration_s
            and interval.text.strip()
            and is_known(interval.text)
        ):
            found.append(token_at(recording, tier, at))
            if len(found) == MOST:
                break
    return found


def _outwards(index: int, count: int) -> Iterator[int]:
    for step in range(1, _FARTHEST):
        for at in (index - step, index + step):
            if 0 <= at < count:
                yield at
