"""Pronunciations for words that a dictionary does not hold, by analogy with those that it does.

Each letter is said as it is said in the words of the dictionary that share the longest stretch
around it: "vowelscope" takes its s from words with ``scope``. This is the lazy form of learning by
the widest known context (Daelemans and van den Bosch 1996, "Language-independent data-oriented
grapheme-to-phoneme conversion", in Progress in Speech Synthesis, Springer). Which phones a letter
of a word says (none, one or two) is found by Viterbi training on the dictionary itself.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

Phones = tuple[str, ...]
_Costs = Mapping[tuple[str, str], float]

# How many letters to the left and right are looked at, the widest stretch first. English letters
# depend more on what follows than on what precedes, so the left gives way first.
_STRETCHES = ((4, 4), (3, 4), (3, 3), (2, 3), (2, 2), (1, 2), (1, 1), (0, 1), (0, 0))
_LEFT, _RIGHT = _STRETCHES[0]
_EDGE = "#"
_MAX_PHONES_PER_LETTER = 2
_MAX_EXAMPLES = 200
_TRAINING_WORDS = 5_000
# What a pairing costs that training never saw, by the number of phones: silence is common, two
# phones for one letter (the x of "six") are rare.
_UNSEEN = (5.0, 9.0, 14.0)


class LetterToSound:
    """Says words by analogy with a dictionary.

    Parameters
    ----------
    entries
        (word, phones): words of the letters a-z and the apostrophe, one pronunciation each.
    """

    def __init__(self, entries: Iterable[tuple[str, Phones]]) -> None:
        self._entries = [(word, phones) for word, phones in entries if word and phones]
        # The examples of a stretch are the first that the search meets: shuffled, they are a fair
        # sample and not the words that begin with a.
        random.Random(0).shuffle(self._entries)
        self._paired: dict[int, list[str] | None] = {}

    def pronounce(self, word: str) -> Phones:
        """The phones of `word`; letters that occur in no word of the dictionary are silent."""
        phones: list[str] = []
        for index in range(len(word)):
            phones.extend(self._say(word, index).split())
        return tuple(phones)

    def _say(self, word: str, index: int) -> str:
        """The phones of one letter, as most of the best examples have them."""
        padded = _pad(word)
        at = index + _LEFT
        for left, right in _STRETCHES:
            votes: Counter[str] = Counter()
            for number, position in self._examples(padded[at - left : at + right + 1], left):
                pairs = self._pairs(number)
                if pairs is not None:
                    votes[pairs[position]] += 1
            if votes:
                return votes.most_common(1)[0][0]
        return ""

    def _examples(self, stretch: str, left: int) -> Iterator[tuple[int, int]]:
        """(number of the entry, index of the letter in it) where `stretch` occurs."""
        text, starts = self._text
        found = text.find(stretch)
        for _ in range(_MAX_EXAMPLES):
            if found < 0:
                return
            number = bisect_right(starts, found) - 1
            yield number, found + left - starts[number] - _LEFT
            found = text.find(stretch, found + 1)

    @cached_property
    def _text(self) -> tuple[str, list[int]]:
        """Every word in one string, which is searched at the speed of C, and where each begins."""
        words = [_pad(word) for word, _ in self._entries]
        starts, at = [], 0
        for word in words:
            starts.append(at)
            at += len(word)
        return "".join(words), starts

    def _pairs(self, number: int) -> list[str] | None:
        if number not in self._paired:
            self._paired[number] = pair_letters(*self._entries[number], self._costs)
        return self._paired[number]

    @cached_property
    def _costs(self) -> _Costs:
        return pairing_costs(self._entries[:_TRAINING_WORDS])


def pairing_costs(entries: Sequence[tuple[str, Phones]]) -> dict[tuple[str, str], float]:
    """-log P(phones | letter), trained by Viterbi from the words with as many phones as letters.

    Returns
    -------
    dict
        (letter, its phones separated by spaces) to cost, for every pairing seen.
    """
    tally: Counter[tuple[str, str]] = Counter()
    for word, phones in entries:
        if len(word) == len(phones):
            tally.update(zip(word, phones, strict=True))
    costs = _costs_of(tally)
    for _ in range(3):
        tally = Counter()
        for word, phones in entries:
            pairs = pair_letters(word, phones, costs)
            if pairs is not None:
                tally.update(zip(word, pairs, strict=True))
        costs = _costs_of(tally)
    return costs


def pair_letters(word: str, phones: Phones, costs: _Costs) -> list[str] | None:
    """The cheapest phones for each letter; None where the letters are too few for the phones."""
    n_letters, n_phones = len(word), len(phones)
    if n_phones > _MAX_PHONES_PER_LETTER * n_letters:
        return None
    best = [0.0] + [math.inf] * n_phones
    steps: list[list[int]] = []
    for index, letter in enumerate(word):
        row, back = [math.inf] * (n_phones + 1), [0] * (n_phones + 1)
        # What is left must be sayable by the letters that are left.
        first = max(0, n_phones - _MAX_PHONES_PER_LETTER * (n_letters - index))
        for done in range(first, min(_MAX_PHONES_PER_LETTER * index, n_phones) + 1):
            for n in range(min(_MAX_PHONES_PER_LETTER, n_phones - done) + 1):
                said = " ".join(phones[done : done + n])
                cost = best[done] + costs.get((letter, said), _UNSEEN[n])
                if cost < row[done + n]:
                    row[done + n], back[done + n] = cost, n
        best = row
        steps.append(back)
    pairs: list[str] = []
    at = n_phones
    for back in reversed(steps):
        n = back[at]
        pairs.append(" ".join(phones[at - n : at]))
        at -= n
    return pairs[::-1]


def phone_errors(said: Sequence[str], truth: Sequence[str]) -> int:
    """Edits (substitutions, insertions, deletions) that turn `said` into `truth`."""
    row = list(range(len(truth) + 1))
    for i, phone in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, wanted in enumerate(truth, 1):
            diagonal, row[j] = (
                row[j],
                min(row[j] + 1, row[j - 1] + 1, diagonal + (phone != wanted)),
            )
    return row[-1]


def _pad(word: str) -> str:
    return _EDGE * _LEFT + word + _EDGE * _RIGHT


def _costs_of(tally: Counter[tuple[str, str]]) -> dict[tuple[str, str], float]:
    totals: Counter[str] = Counter()
    for (letter, _), count in tally.items():
        totals[letter] += count
    return {key: -math.log(count / totals[key[0]]) for key, count in tally.items()}
