"""Align the words of one interval, and put what was found into a TextGrid.

What Praat's TextGrid window does as Interval → Align interval (manual page "TextGridEditor"), with
the aligner of `vowelscope.core.align`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from vowelscope.core.align import shared_aligner
from vowelscope.core.align_folder import doubtful_words
from vowelscope.core.edit_intervals import snapped
from vowelscope.core.edit_tiers import add_interval_tier
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.translation import tr

NAMES = ("words", "phones")
"""The tiers that are filled, upper one first."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What was found in one interval.

    Attributes
    ----------
    words, phones
        Labelled intervals; times in seconds of the recording.
    derived
        Words that stand in no dictionary, with the pronunciation that was taken.
    doubtful
        Words that fit the sound badly.
    """

    words: tuple[Interval, ...]
    phones: tuple[Interval, ...]
    derived: tuple[tuple[str, str], ...] = ()
    doubtful: tuple[str, ...] = ()


def align_interval(audio: Path, interval: Interval, channel: int | None = None) -> Piece:
    """Align the words of an interval to its sound.

    Parameters
    ----------
    audio
        The recording, whose first sample is at 0 s.
    interval
        Its text is what is said, in English.
    channel
        0-based; None takes the mean of all.

    Raises
    ------
    AlignmentError
        The interval has no words, or they do not fit the sound.
    AudioError
        The recording cannot be read.
    """
    aligner = shared_aligner()
    start_s = interval.tmin_s
    found = aligner.align(audio, interval.text, channel, (start_s, interval.tmax_s))
    words, phones = (
        tuple(
            Interval(start_s + i.tmin_s, start_s + i.tmax_s, i.text)
            for i in tier.intervals
            if i.text
        )
        for tier in found.textgrid.tiers
        if isinstance(tier, IntervalTier)
    )
    derived = {
        word: " ".join(aligner.pronunciations(word)[0])
        for word in aligner.words(interval.text)
        if not aligner.is_known(word)
    }
    moved = replace(
        found,
        words=tuple(
            replace(
                word,
                phones=tuple(
                    Interval(start_s + p.tmin_s, start_s + p.tmax_s, p.text) for p in word.phones
                ),
            )
            for word in found.words
        ),
    )
    return Piece(words, phones, tuple(derived.items()), doubtful_words(moved))


def check_room(textgrid: TextGrid, tier_index: int, interval: Interval) -> None:
    """See that tiers ``words`` and ``phones`` are empty where something is to be put.

    Parameters
    ----------
    textgrid, tier_index
        The tier that the words come from: it is never changed.
    interval
        The time.

    Raises
    ------
    TextGridError
        One holds points, or labels in that time; or the words come from tier ``phones``.
    """
    if textgrid.tiers[tier_index].name == NAMES[1]:
        raise TextGridError(
            tr(
                "Nothing was aligned: tier “phones” is where the phones go; select an interval "
                "of the tier that holds the words."
            )
        )
    source = textgrid.tiers[tier_index].name
    for name in NAMES:
        index = textgrid.tier_index(name)
        if name == source or index is None:
            continue
        tier = textgrid.tiers[index]
        if not isinstance(tier, IntervalTier):
            raise TextGridError(
                tr("Nothing was aligned: tier “{name}” holds points.").format(name=tier.name)
            )
        taken = next((i for i in _overlapping(tier, interval) if i.text.strip()), None)
        if taken is not None:
            raise TextGridError(
                tr(
                    "Nothing was aligned: tier “{name}” has the label “{text}” at {tmin_s:.3f} s "
                    "already; remove it, or rename the tier."
                ).format(name=tier.name, text=taken.text, tmin_s=taken.tmin_s)
            )


def put_piece(textgrid: TextGrid, tier_index: int, interval: Interval, piece: Piece) -> TextGrid:
    """Fill tiers ``words`` and ``phones`` in the time of an interval.

    Tiers that are not there yet are made below that of the words. Where the words come from tier
    ``words`` itself, only the phones are put in.

    Raises
    ------
    TextGridError
        As `check_room`.
    """
    check_room(textgrid, tier_index, interval)
    below = tier_index
    for name, found in zip(NAMES, (piece.words, piece.phones), strict=True):
        if textgrid.tiers[tier_index].name == name:
            continue
        index = textgrid.tier_index(name)
        if index is None:
            index = below + 1
            textgrid = add_interval_tier(textgrid, name, index)
        tier = textgrid.tiers[index]
        assert isinstance(tier, IntervalTier)
        textgrid = textgrid.with_tier(index, _filled(tier, interval, found))
        below = max(below, index)
    return textgrid


def _overlapping(tier: IntervalTier, interval: Interval) -> list[Interval]:
    start_s, stop_s = snapped(tier, interval.tmin_s), snapped(tier, interval.tmax_s)
    return [
        other
        for _, other in tier.between(start_s, stop_s)
        if other.tmin_s < stop_s and other.tmax_s > start_s
    ]


def _filled(tier: IntervalTier, interval: Interval, found: Sequence[Interval]) -> IntervalTier:
    """`tier` with labelled intervals in the place of the blank ones that share their time."""
    blank = _overlapping(tier, interval)
    low_s, high_s = blank[0].tmin_s, blank[-1].tmax_s
    start_s, stop_s = snapped(tier, interval.tmin_s), snapped(tier, interval.tmax_s)
    # Sums of times differ from the ends of the interval in their last bits.
    ends = {round(t, 6): t for t in (start_s, stop_s)}
    labels = {ends.get(round(one.tmin_s, 6), one.tmin_s): one.text for one in found}
    stops = [ends.get(round(one.tmax_s, 6), one.tmax_s) for one in found]
    times = sorted({low_s, high_s, *labels, *stops})
    new = (Interval(a, b, labels.get(a, "")) for a, b in pairwise(times))
    before = (i for i in tier.intervals if i.tmax_s <= low_s)
    after = (i for i in tier.intervals if i.tmin_s >= high_s)
    return replace(tier, intervals=(*before, *new, *after))
