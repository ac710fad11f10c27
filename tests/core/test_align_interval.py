"""The words of one interval, aligned to its sound and put into a TextGrid."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from vowelscope.core.align_interval import Piece, align_interval, check_room, put_piece
from vowelscope.core.errors import AlignmentError, TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid

TEXT = "We see the father's cat in the blue bird house."
PIECE = Piece(
    (Interval(1.0, 1.4, "the"), Interval(1.5, 2.0, "cat")),
    (Interval(1.0, 1.4, "DH"), Interval(1.5, 1.8, "K"), Interval(1.8, 2.0, "T")),
)
SAID = Interval(1.0, 2.0, "the cat")


def grid(*others: Any) -> TextGrid:
    said = IntervalTier("said", 0.0, 3.0, (Interval(0.0, 1.0), SAID, Interval(2.0, 3.0)))
    return TextGrid(0.0, 3.0, (said, *others))


def labels(tier: Any) -> list[tuple[float, float, str]]:
    assert (tier.intervals[0].tmin_s, tier.intervals[-1].tmax_s) == (tier.tmin_s, tier.tmax_s)
    assert all(a.tmax_s == b.tmin_s for a, b in pairwise(tier.intervals))
    return [(i.tmin_s, i.tmax_s, i.text) for i in tier.intervals]


def test_words_in_the_middle_of_a_sentence_lie_where_flite_put_them(speech: Any) -> None:
    tier = next(t for t in read_textgrid(speech.textgrid).textgrid.tiers if t.name == "phones")
    truth = [i for i in tier.intervals if i.text]  # type: ignore[union-attr]
    whole = align_interval(speech.wav, Interval(0.0, tier.tmax_s, TEXT))
    start_s, stop_s = whole.words[3].tmin_s, whole.words[5].tmax_s
    piece = align_interval(speech.wav, Interval(start_s, stop_s, "Father's CAT in,"))
    assert [w.text for w in piece.words] == ["father's", "cat", "in"]
    assert piece.words[0].tmin_s == start_s
    assert piece.words[-1].tmax_s == pytest.approx(stop_s)
    assert piece.derived == ()
    for found in piece.words[1:]:
        nearest_s = min(abs(found.tmin_s - i.tmin_s) for i in truth)
        assert nearest_s < 0.03


def test_a_word_of_no_dictionary_and_words_that_do_not_fit(speech: Any) -> None:
    piece = align_interval(speech.wav, Interval(0.0, 9.0, TEXT.replace("cat", "kaet")))
    assert [word for word, _ in piece.derived] == ["kaet"]
    with pytest.raises(AlignmentError, match="too short"):
        align_interval(speech.wav, Interval(0.5, 0.7, TEXT))
    with pytest.raises(AlignmentError, match="no words"):
        align_interval(speech.wav, Interval(0.5, 0.7, "…"))
    with pytest.raises(AlignmentError, match="no sound"):
        align_interval(speech.wav, Interval(50.0, 51.0, "cat"))


def test_new_tiers_are_made_below_and_tile() -> None:
    tones = PointTier("tones", 0.0, 3.0, (Point(1.2, "H*"),))
    after = put_piece(grid(tones), 0, SAID, PIECE)
    assert [tier.name for tier in after.tiers] == ["said", "words", "phones", "tones"]
    assert labels(after.tiers[1]) == [
        (0.0, 1.0, ""),
        (1.0, 1.4, "the"),
        (1.4, 1.5, ""),
        (1.5, 2.0, "cat"),
        (2.0, 3.0, ""),
    ]
    assert [text for *_, text in labels(after.tiers[2])] == ["", "DH", "", "K", "T", ""]


def test_gaps_alone_are_filled() -> None:
    words = IntervalTier(
        "words", 0.0, 3.0, (Interval(0.0, 0.9, "see"), Interval(0.9, 1.2), Interval(1.2, 3.0))
    )
    before = grid(words)
    after = put_piece(before, 0, SAID, PIECE)
    assert [tier.name for tier in after.tiers] == ["said", "words", "phones"]
    assert labels(after.tiers[1])[:3] == [(0.0, 0.9, "see"), (0.9, 1.0, ""), (1.0, 1.4, "the")]
    assert after.tiers[0] == before.tiers[0]
    taken = replace(words, intervals=(Interval(0.0, 1.9), Interval(1.9, 3.0, "mine")))
    with pytest.raises(TextGridError, match=r"“mine” at 1\.900 s"):
        put_piece(grid(taken), 0, SAID, PIECE)
    with pytest.raises(TextGridError, match="holds points"):
        check_room(grid(PointTier("phones", 0.0, 3.0)), 0, SAID)


def test_the_tier_of_the_words_is_never_changed() -> None:
    before = grid()
    before = before.with_tier(0, replace(before.tiers[0], name="words"))
    after = put_piece(before, 0, SAID, PIECE)
    assert after.tiers[0] == before.tiers[0]
    assert [tier.name for tier in after.tiers] == ["words", "phones"]
    with pytest.raises(TextGridError, match="where the phones go"):
        check_room(grid().with_tier(0, replace(before.tiers[0], name="phones")), 0, SAID)
