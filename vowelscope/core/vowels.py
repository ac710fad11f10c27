"""Which labels of a tier are vowels, and how the IPA writes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from vowelscope.core.phones import bare_label, stress_of

__all__ = ["is_arpabet", "vowel_symbols"]

_ARPABET = {
    "AA": "ɑ",
    "AE": "æ",
    "AH": "ʌ",
    "AO": "ɔ",
    "AW": "aʊ",
    "AX": "ə",
    "AX-H": "ə̥",
    "AXR": "ɚ",
    "AY": "aɪ",
    "EH": "ɛ",
    "ER": "ɝ",
    "EY": "eɪ",
    "IH": "ɪ",
    "IX": "ɨ",
    "IY": "i",
    "OW": "oʊ",
    "OY": "ɔɪ",
    "UH": "ʊ",
    "UW": "u",
    "UX": "ʉ",
}
_REDUCED = {"AH": "ə", "ER": "ɚ"}
"""CMUdict and MFA write the unstressed vowels with the letters of the stressed ones."""

_SAMPA = {
    "i": "i",
    "y": "y",
    "1": "ɨ",
    "}": "ʉ",
    "M": "ɯ",
    "u": "u",
    "I": "ɪ",
    "Y": "ʏ",
    "U": "ʊ",
    "e": "e",
    "2": "ø",
    "8": "ɵ",
    "7": "ɤ",
    "o": "o",
    "@": "ə",
    "E": "ɛ",
    "9": "œ",
    "3": "ɜ",
    "V": "ʌ",
    "O": "ɔ",
    "{": "æ",
    "6": "ɐ",
    "a": "a",
    "A": "ɑ",
    "Q": "ɒ",
    "&": "ɶ",
}
_SAMPA_VOWEL = re.compile(r"(?P<vowels>[iy1}MuIYUe287o@E93VO{6aAQ&]{1,2})(?P<rhotic>`|r)?")
_RHOTIC = {"ɜ": "ɝ", "ə": "ɚ"}
_IPA_VOWELS = frozenset("iyɨʉɯuɪʏʊeøɘɵɤoəɛœɜɞʌɔæɐaɶɑɒɚɝ")
_IPA_AFTER = _IPA_VOWELS | frozenset("rɹɻ˞ːˑʰʲʷˠˤ")


def is_arpabet(labels: Sequence[str]) -> bool:
    """Whether a tier's labels are ARPAbet, by a vowel that only ARPAbet writes so.

    ``V``, ``M`` and ``Y`` are consonants in ARPAbet and vowels in SAMPA: one label alone cannot
    say which.
    """
    return any(_arpabet_name(bare_label(label)) in _ARPABET for label in labels)


def vowel_symbols(labels: Sequence[str]) -> list[str | None]:
    """The vowel of each label of one tier in IPA, or None where a label is no vowel.

    Parameters
    ----------
    labels
        All labels of the tier, as the TextGrid has them: ARPAbet, SAMPA, X-SAMPA or IPA, with or
        without stress and length, in Praat's trigraphs or in Unicode.
    """
    arpabet = is_arpabet(labels)
    return [_arpabet_symbol(label) if arpabet else _symbol(label) for label in labels]


def _arpabet_name(bare: str) -> str:
    return bare.upper() if bare.isupper() or bare.islower() else ""


def _arpabet_symbol(label: str) -> str | None:
    bare = bare_label(label)
    name = _arpabet_name(bare)
    if name in _REDUCED and stress_of(label) == 0:
        return _REDUCED[name]
    if name in _ARPABET:
        return _ARPABET[name]
    return None if len(bare) == 1 and bare.isascii() else _ipa_symbol(bare)


def _symbol(label: str) -> str | None:
    bare = bare_label(label)
    match = _SAMPA_VOWEL.fullmatch(bare)
    if match is None:
        return _ipa_symbol(bare)
    symbol = "".join(_SAMPA[char] for char in match["vowels"])
    if match["rhotic"] is None:
        return symbol
    return symbol[:-1] + _RHOTIC.get(symbol[-1], symbol[-1] + "ɹ")


def _ipa_symbol(bare: str) -> str | None:
    letters = [c for c in unicodedata.normalize("NFD", bare) if not unicodedata.combining(c)]
    if not letters or letters[0] not in _IPA_VOWELS or not set(letters) <= _IPA_AFTER:
        return None
    return bare
