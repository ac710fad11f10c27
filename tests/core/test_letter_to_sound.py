"""Words outside of the dictionary, judged on words of the dictionary that were held out."""

from __future__ import annotations

import random
import re

import pytest

from vowelscope.core.letter_to_sound import (
    LetterToSound,
    pair_letters,
    pairing_costs,
    phone_errors,
)
from vowelscope.core.pronounce import cmu_dictionary


def entries() -> list[tuple[str, tuple[str, ...]]]:
    return [
        (word, phones[0])
        for word, phones in cmu_dictionary().items()
        if re.fullmatch(r"[a-z']+", word)
    ]


def test_phone_error_rate_on_held_out_words(capsys: pytest.CaptureFixture[str]) -> None:
    known = entries()
    random.Random(1).shuffle(known)
    held_out, rest = known[:60], known[2000:]
    rules = LetterToSound(rest)
    errors = sum(phone_errors(rules.pronounce(word), phones) for word, phones in held_out)
    rate = errors / sum(len(phones) for _, phones in held_out)
    with capsys.disabled():
        print(f"\nphone error rate on {len(held_out)} held-out words: {100 * rate:.1f} %")
    assert rate < 0.16  # 8.5 % on 700 words; names weigh much in a small sample


def test_analogy_takes_the_longest_stretch() -> None:
    rules = LetterToSound(
        [
            ("cat", ("K", "AE", "T")),
            ("cats", ("K", "AE", "T", "S")),
            ("city", ("S", "IH", "T", "IY")),
            ("cities", ("S", "IH", "T", "IY", "Z")),
            ("bat", ("B", "AE", "T")),
            ("bit", ("B", "IH", "T")),
        ]
    )
    assert rules.pronounce("cit")[0] == "S"
    assert rules.pronounce("cab")[0] == "K"
    assert rules.pronounce("bats") == ("B", "AE", "T", "S")
    assert rules.pronounce("ω") == ()
    assert rules.pronounce("") == ()


def test_letters_pair_with_none_one_or_two_phones() -> None:
    costs = pairing_costs(entries()[::40])
    assert pair_letters("knee", ("N", "IY"), costs)[1] == "N"  # type: ignore[index]
    assert pair_letters("box", ("B", "AA", "K", "S"), costs) == ["B", "AA", "K S"]
    assert pair_letters("w", ("D", "AH", "B"), costs) is None


def test_phone_errors_is_an_edit_distance() -> None:
    assert phone_errors("abc", "abc") == 0
    assert phone_errors("", "abc") == 3
    assert phone_errors("kitten", "sitting") == 3
