from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vowelscope.core.errors import ConfigError
from vowelscope.core.phones import (
    bare_label,
    label_kind,
    load_class_map,
    parse_class_map,
    stress_of,
)

# One phone a row, as ARPAbet, TIMIT, WebMAUS SAMPA, X-SAMPA, IPA and Praat's trigraphs have it.
SAME = {
    "i": r"""IY1 IY0 IY iy i i: "i: iː ˈiː i\:f \'1i\:f""",
    "æ": r"""AE1 AE2 ae { {: "{ æ æː ˌæ \ae \'1\ae""",
    "ɝ": r"""ER1 ER0 er axr 3` @` 3:r "3` r\= 3r\ ɝ ɝː ɚ ɜ˞ ɜ˞ː ɜr ɜːr əɹ ɹ̩ \er\hr \sr \er\hr\:f
        \rt\|v""",
    "ɑ": r"""AA1 aa A A: "A: ɑ ɑː ˈɑ \as \as\:f""",
    "u": r"""UW1 uw ux u u: %u: }: uː ʉ ʉː \'2u\:f \u-""",
}
NO_VOWEL_OF_FIVE = "AH0 AO1 EH1 IH1 EY1 OW V @ a 3 3: Q ɒ ɜː ə eɪ Er P s sp sil <p:> spn # foo"
UNVOICED = r"""P T K F S CH SH TH p t k f s ch sh th tS t_S S T tʃ t͡ʃ ʧ ʃ θ pʰ tʰ kʰ t\sh \tS \tf
    \te t\^h"""
NEITHER = "B D G V Z ZH DH JH HH b ʒ dZ pcl h M"
STRESS = {"IY1": 1, "IY0": 0, "ae2": 2, "IY": None, "ˈiː": 1, "ˌiː": 2, '"i:': 1, "%i": 2}
STRESS |= {r"\'1i": 1, "i": None, "3`": None, "": None, '"': None, " AA1 ": 1}
KINDS = {
    "phone": ["AH0", "ng", "dZ", "@`", "d͡ʒ", "aɪ", "ç", "ã", "n̩", r"\ng", "ˈɝ"],
    "silence": ["", " ", "sp", "<p:>", "SIL", "spn"],
    "unknown": ["foo", "hello", "IY9", "\\"],
}


@pytest.mark.parametrize(
    ("name", "label"), [(name, label) for name, row in SAME.items() for label in row.split()]
)
def test_every_label_set_gives_the_same_class(name: str, label: str) -> None:
    assert load_class_map("vowels5").class_of(label) == name
    assert load_class_map("voicing").class_of(label) == "voiced"


@pytest.mark.parametrize("label", [*NO_VOWEL_OF_FIVE.split(), "", "  ", "\\"])
def test_other_labels_have_no_class(label: str) -> None:
    assert load_class_map("vowels5").class_of(label) is None


@pytest.mark.parametrize("label", UNVOICED.split())
def test_eight_consonants_are_unvoiced(label: str) -> None:
    assert load_class_map("voicing").class_of(label) == "unvoiced"


@pytest.mark.parametrize("label", NEITHER.split())
def test_other_consonants_are_in_neither_class(label: str) -> None:
    assert load_class_map("voicing").class_of(label) is None


def test_the_classes_of_the_maps_in_their_order() -> None:
    assert load_class_map("vowels5").classes == ("i", "æ", "ɝ", "ɑ", "u")
    assert load_class_map("voicing").classes == ("voiced", "unvoiced")
    assert load_class_map("voicing").balanced
    assert not load_class_map("vowels5").balanced


@pytest.mark.parametrize(("label", "stress"), STRESS.items())
def test_the_stress_that_a_label_carries(label: str, stress: int | None) -> None:
    assert stress_of(label) == stress


@pytest.mark.parametrize(
    ("label", "kind"), [(x, kind) for kind, labels in KINDS.items() for x in labels]
)
def test_what_kind_of_label(label: str, kind: str) -> None:
    assert label_kind(label) == kind


def test_every_label_of_a_class_is_a_phone_or_named_by_the_map() -> None:
    class_map = load_class_map("vowels5")
    for label in " ".join(SAME.values()).split():
        assert class_map.knows(label)
    assert not class_map.knows("foo")
    assert class_map.knows("a")


@given(st.text(max_size=12))
def test_any_text_has_one_class_or_none(label: str) -> None:
    class_map = load_class_map("vowels5")
    assert class_map.class_of(label) in {None, *class_map.classes}
    assert class_map.class_of(f" {label}\n") == class_map.class_of(label)
    assert label_kind(label) in {"phone", "silence", "unknown"}
    assert stress_of(label) in {None, 0, 1, 2}
    bare_label(label)


HEAD = 'name = "m"\nclasses = ["x", "y"]\n'
GOOD = HEAD + '[labels.ipa]\nx = ["a"]\ny = ["b"]\n'


@pytest.mark.parametrize(
    ("toml", "word"),
    [
        ("name = ", "TOML"),
        ('classes = ["x", "y"]', "'name'"),
        ('name = "m"\nclasses = ["x"]', "'classes'"),
        ('name = "m"\nclasses = ["x", "x"]', "'classes'"),
        ('name = "m"\nclasses = "xy"', "'classes'"),
        (HEAD, "'labels'"),
        ('colour = "red"\n' + GOOD, "'colour'"),
        ('balanced = "yes"\n' + GOOD, "'balanced'"),
        (HEAD + '[labels.morse]\nx = ["a"]', "labels.morse"),
        (HEAD + '[labels.ipa]\nz = ["a"]', "labels.ipa.z"),
        (HEAD + "[labels.ipa]\nx = [1]", "labels.ipa.x"),
        (HEAD + '[labels.ipa]\nx = ["a"]', "'y'"),
        (HEAD + '[labels]\nipa = "a"', "labels.ipa"),
        (GOOD + '[labels.sampa]\ny = ["a"]', "labels.ipa.x"),
        (GOOD + '[ambiguous]\na = "z"', "ambiguous.a"),
        ("ambiguous = 3\n" + GOOD, "'ambiguous'"),
    ],
)
def test_a_wrong_map_is_told_by_file_and_key(toml: str, word: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(toml)
    with pytest.raises(ConfigError) as caught:
        load_class_map(path)
    assert str(path) in str(caught.value)
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_clash_of_two_label_sets_can_be_decided() -> None:
    clash = GOOD.replace('x = ["a"]', 'x = ["a", "d"]') + '[labels.sampa]\ny = ["a", "c"]\n'
    assert parse_class_map(clash + '[ambiguous]\na = ""').class_of("a") is None
    assert parse_class_map(clash + '[ambiguous]\na = "x"').class_of("a") == "x"


def test_no_such_map() -> None:
    with pytest.raises(ConfigError, match="vowels5"):
        load_class_map("vowels6")
    with pytest.raises(ConfigError, match="no such class map"):
        load_class_map("nowhere/mine.toml")
