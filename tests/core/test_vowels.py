from __future__ import annotations

import pytest

from vowelscope.core.vowels import is_arpabet, vowel_symbols


def test_arpabet() -> None:
    labels = ["IY1", "AH0", "AH1", "ER0", "ER2", "AY1", "V", "M", "Y", "", "sp", "T", "HH"]
    assert is_arpabet(labels)
    assert vowel_symbols(labels) == ["i", "ə", "ʌ", "ɚ", "ɝ", "aɪ"] + [None] * 7
    assert vowel_symbols(["iy", "v"]) == ["i", None]


def test_sampa_reads_the_same_letters_as_vowels() -> None:
    labels = ["i:", "V", "M", "Y", "{", "3`", "@r", "aI", "U@", "Ir", "S", "t_S", "Z", "<p:>", "N"]
    assert not is_arpabet(labels)
    assert vowel_symbols(labels) == [
        *("i", "ʌ", "ɯ", "ʏ", "æ", "ɝ", "ɚ", "aɪ", "ʊə", "ɪɹ"),
        *(None,) * 5,
    ]


@pytest.mark.parametrize(
    ("label", "symbol"),
    [
        ("ˈiː", "i"),
        ("\\ae", "æ"),
        ("ɑɹ", "ɑɹ"),
        ("ɛ̃", "ɛ̃"),
        ("a͡ɪ", "aɪ"),
        ("t͡ʃ", None),
        ("ɹ", None),
        ("j", None),
        ("ja", None),
        ("  ", None),
    ],
)
def test_ipa(label: str, symbol: str | None) -> None:
    assert vowel_symbols([label]) == [symbol]
