"""Tokens: an interval with its neighbours and its word."""

from __future__ import annotations

from pathlib import Path

import pytest

from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid
from vowelscope.core.tokens import phone_tier, token_at, tokens_of, word_tier

WAV = Path("utterance.wav")
PHONES = IntervalTier(
    "phones",
    0.0,
    1.0,
    (
        Interval(0.0, 0.2, ""),
        Interval(0.2, 0.4, "K"),
        Interval(0.4, 0.6, "AE1"),
        Interval(0.6, 0.8, "T"),
        Interval(0.8, 1.0, "  "),
    ),
)
WORDS = IntervalTier(
    "words", 0.0, 1.0, (Interval(0.0, 0.2, ""), Interval(0.2, 0.8, "cat"), Interval(0.8, 1.0, ""))
)


def test_a_token_knows_its_interval_neighbours_and_word():
    token = token_at(WAV, PHONES, 2, WORDS)
    assert (token.recording, token.tier, token.index) == (WAV, "phones", 2)
    assert (token.tmin_s, token.tmax_s, token.label) == (0.4, 0.6, "AE1")
    assert (token.left, token.right, token.word) == ("K", "T", "cat")
    assert token.duration_s == pytest.approx(0.2)


def test_at_the_edges_a_neighbour_is_empty():
    assert token_at(WAV, PHONES, 0).left == ""
    assert token_at(WAV, PHONES, 4).right == ""
    assert token_at(WAV, PHONES, 1).left == ""


def test_without_a_word_tier_the_word_is_empty():
    assert token_at(WAV, PHONES, 2).word == ""


def test_a_word_that_ends_before_the_token_is_not_its_word():
    short = IntervalTier("words", 0.0, 1.0, (Interval(0.0, 0.3, "the"),))
    assert token_at(WAV, PHONES, 2, short).word == ""


def test_only_labelled_intervals_are_tokens():
    tokens = list(tokens_of(WAV, PHONES, WORDS))
    assert [token.label for token in tokens] == ["K", "AE1", "T"]
    assert [token.index for token in tokens] == [1, 2, 3]
    assert {token.word for token in tokens} == {"cat"}


@pytest.mark.parametrize("name", ["words", "Word", "ORT-MAU", "ort", "Linda - words"])
def test_the_word_tier_by_the_names_that_aligners_give_it(name):
    tier = IntervalTier(name, 0.0, 1.0, WORDS.intervals)
    assert word_tier(TextGrid(0.0, 1.0, (PHONES, tier))) is tier


@pytest.mark.parametrize("name", ["phones", "Phone", "segments", "MAU", "Linda - phones"])
def test_the_phone_tier_by_the_names_that_aligners_give_it(name):
    tier = IntervalTier(name, 0.0, 1.0, PHONES.intervals)
    assert phone_tier(TextGrid(0.0, 1.0, (WORDS, tier))) is tier


def test_a_point_tier_is_neither():
    points = tuple(PointTier(name, 0.0, 1.0, (Point(0.5, "x"),)) for name in ("words", "phones"))
    assert word_tier(TextGrid(0.0, 1.0, points)) is None
    assert phone_tier(TextGrid(0.0, 1.0, points)) is None


def test_tokens_of_real_speech(speech):
    textgrid = read_textgrid(speech.textgrid).textgrid
    words, phones = word_tier(textgrid), phone_tier(textgrid)
    assert words is not None
    assert phones is not None
    tokens = list(tokens_of(speech.wav, phones, words))
    assert len(tokens) == 27
    vowel = next(token for token in tokens if token.label == "AE1")
    assert (vowel.left, vowel.right, vowel.word) == ("K", "T", "cat")
    assert all(token.word for token in tokens)
