from __future__ import annotations

import unicodedata

import pytest

from vowelscope.core.ipa import find_symbols, symbols
from vowelscope.core.labels import display_label
from vowelscope.core.phones import label_kind


def texts(wanted: str, recent: tuple[str, ...] = ()) -> list[str]:
    return [symbol.text for symbol in find_symbols(wanted, recent)]


def test_the_chart_is_whole_and_each_symbol_is_there_once() -> None:
    found = [symbol.text for symbol in symbols()]
    assert len(found) == len(set(found))
    vowels = "iyɨʉɯuɪʏʊeøɘɵɤoəɛœɜɞʌɔæɐaɶɑɒ"
    pulmonic = "pbtdʈɖcɟkɡqɢʔmɱnɳɲŋɴʙrʀⱱɾɽɸβfvθðszʃʒʂʐçʝxɣχʁħʕhɦɬɮʋɹɻjɰlɭʎʟ"
    others = "ʍwɥʜʢʡɕʑɺɧʘǀǃǂǁɓɗʄɠʛʼˈˌːˑ‿ʰʷʲˠˤⁿˡ˞"
    assert set(vowels + pulmonic + others) <= set(found)
    assert len({symbol.name for symbol in symbols()}) == len(found)


@pytest.mark.parametrize("symbol", [x for x in symbols() if len(x.trigraph) > 1])
def test_a_trigraph_reads_back_as_its_symbol(symbol: object) -> None:
    assert display_label(symbol.trigraph) == symbol.text  # type: ignore[attr-defined]


def test_vowels_and_consonants_are_phones_to_the_rest_of_the_program() -> None:
    for symbol in symbols():
        named = symbol.name.split()
        if named[-1] in {"vowel", "plosive", "nasal", "fricative", "approximant", "trill"}:
            # ʜ, ʢ and ʡ are in no label set that the class maps know.
            assert label_kind(symbol.text) == "phone" or symbol.text in "ʜʢʡ"


def test_marks_are_named_as_unicode_has_them() -> None:
    names = {
        "nasalized": "COMBINING TILDE",
        "voiceless": "COMBINING RING BELOW",
        "syllabic": "COMBINING VERTICAL LINE BELOW",
        "dental": "COMBINING BRIDGE BELOW",
        "retracted": "COMBINING MINUS SIGN BELOW",
        "creaky voiced": "COMBINING TILDE BELOW",
        "no audible release": "COMBINING LEFT ANGLE ABOVE",
    }
    by_name = {symbol.name: symbol for symbol in symbols()}
    for name, unicode_name in names.items():
        assert unicodedata.name(by_name[name].text) == unicode_name
        assert by_name[name].shown == "◌" + by_name[name].text


def test_search_by_name_symbol_and_trigraph() -> None:
    assert texts("open front")[:2] == ["a", "ɶ"]
    assert texts("open front")[2:] == ["ɛ", "œ", "æ"]
    assert texts("schwa") == ["ə", "ɚ"]
    assert texts("voiced velar")[:3] == ["ɡ", "ŋ", "ɣ"]
    assert texts("g")[0] == "ɡ"
    assert texts("\\ae")[0] == texts("ae")[0] == texts("æ")[0] == "æ"
    assert texts("retrofl fric") == ["ʂ", "ʐ"]
    assert texts("no such thing") == []
    assert len(texts("")) == len(symbols())


def test_recent_symbols_come_first_where_they_fit() -> None:
    recent = ("ŋ", "æ", "ʃ")
    assert texts("", recent)[:3] == ["ŋ", "æ", "ʃ"]
    assert texts("vowel", recent)[0] == "æ"
    assert texts("open front", recent)[0] == "æ"
    assert texts("n", recent)[:2] == ["n", "ŋ"]
