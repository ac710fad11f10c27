"""A token: one labelled interval of one recording, with what stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid


@dataclass(frozen=True, slots=True)
class Token:
    """One interval of an interval tier, and its context.

    Attributes
    ----------
    recording
        Path of the sound file.
    tier, index
        Name of the tier and 0-based index of the interval in it.
    tmin_s, tmax_s
        Start and end in seconds.
    label
        The label as the TextGrid has it (backslash trigraphs and stress marks kept).
    left, right
        Labels of the neighbouring intervals; "" at the edge or where there is a gap.
    word
        Label of the interval of the word tier that holds the token's midpoint; "" without one.
    """

    recording: Path
    tier: str
    index: int
    tmin_s: float
    tmax_s: float
    label: str
    left: str = ""
    right: str = ""
    word: str = ""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.tmax_s - self.tmin_s


def token_at(
    recording: Path, tier: IntervalTier, index: int, words: IntervalTier | None = None
) -> Token:
    """The token of interval `index` of `tier`."""
    interval = tier.intervals[index]
    return Token(
        recording=recording,
        tier=tier.name,
        index=index,
        tmin_s=interval.tmin_s,
        tmax_s=interval.tmax_s,
        label=interval.text,
        left=_neighbour(tier, index, -1),
        right=_neighbour(tier, index, +1),
        word=_word_at(words, interval),
    )


def tokens_of(
    recording: Path, tier: IntervalTier, words: IntervalTier | None = None
) -> Iterator[Token]:
    """Every interval of `tier` with a label, in order."""
    for index, interval in enumerate(tier.intervals):
        if interval.text.strip():
            yield token_at(recording, tier, index, words)


def word_tier(textgrid: TextGrid) -> IntervalTier | None:
    """The interval tier that holds words, by the names that the usual aligners give it.

    MFA and vowelscope write ``words``, WebMAUS ``ORT-MAU``, FAVE ``SPEAKER - words``.
    """
    for tier in textgrid.tiers:
        name = tier.name.lower()
        if isinstance(tier, IntervalTier) and (
            name in {"words", "word", "ort-mau", "ort"} or name.endswith(("- words", "- word"))
        ):
            return tier
    return None


def phone_tier(textgrid: TextGrid) -> IntervalTier | None:
    """The interval tier that holds phones, by the names that the usual aligners give it."""
    for tier in textgrid.tiers:
        name = tier.name.lower()
        if isinstance(tier, IntervalTier) and (
            name in {"phones", "phone", "phonemes", "segments", "mau", "mau-bas"}
            or name.endswith(("- phones", "- phone"))
        ):
            return tier
    return None


def _neighbour(tier: IntervalTier, index: int, step: int) -> str:
    other = index + step
    return tier.intervals[other].text if 0 <= other < len(tier.intervals) else ""


def _word_at(words: IntervalTier | None, interval: Interval) -> str:
    if words is None:
        return ""
    index = words.index_at(interval.midpoint_s)
    return "" if index is None else words.intervals[index].text
