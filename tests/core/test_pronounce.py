"""Pronunciations: user's dictionary, CMU's, endings, compounds, letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from vowelscope.core.errors import AlignmentError
from vowelscope.core.pronounce import PHONES, Pronouncer, plain_phone, read_dictionary


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("cat", "K AE T"),
        ("o'clock", "AH K L AA K"),
        ("w.", "D AH B AH L Y UW"),
        ("café", "K AH F EY"),
        ("textgrids", "T EH K S T G R IH D Z"),  # a compound's plural is found letter by letter
        ("letterpress", "L EH T ER P R EH S"),
        ("keypads", "K IY P AE D Z"),
        ("octopus's", "AA K T AH P UH S IH Z"),
        ("asterisk's", "AE S T ER IH S K S"),
        ("teachers'", "T IY CH ER Z"),
    ],
)
def test_first_pronunciation(word: str, phones: str) -> None:
    assert " ".join(Pronouncer().pronunciations(word)[0]) == phones


def test_variants_in_order_and_only_known_phones() -> None:
    found = Pronouncer().pronunciations("read")
    assert found[:2] == (("R", "EH", "D"), ("R", "IY", "D"))
    for word in ("vowelscope", "xylophonix", "bzzt", "q'xo"):
        phones = Pronouncer().pronunciations(word)[0]
        assert phones
        assert set(phones) <= PHONES


def test_word_without_latin_letters_is_refused() -> None:
    with pytest.raises(AlignmentError, match=r"no pronunciation.*--dict"):
        Pronouncer().pronunciations("привет")


def test_user_dictionary_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "own.dict"
    path.write_text(
        ";;; a comment\n# another\n\nCat K AA1 T # as in Italian\ncat(2) k ae1 t\nпривет P R IY\n"
        "grok G R AA1 K\n",
        encoding="utf-8",
    )
    pronouncer = Pronouncer(path)
    assert pronouncer.pronunciations("cat") == (("K", "AA1", "T"), ("K", "AE1", "T"))
    assert pronouncer.pronunciations("привет") == (("P", "R", "IY"),)
    assert pronouncer.pronunciations("grok's") == (("G", "R", "AA1", "K", "S"),)
    assert pronouncer.pronunciations("dog") == Pronouncer().pronunciations("dog")
    assert pronouncer.is_known("cat")
    assert not pronouncer.is_known("vowelscope")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"cat K AE T\nlonely\n", "line 2: the word 'lonely' has no phones"),
        (b"cat K QQ T\n", "line 1: 'QQ' in the word 'cat' is not an ARPAbet phone"),
        (b"cat \xff\xfe K", "not UTF-8"),
    ],
)
def test_faulty_dictionary_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "bad.dict"
    path.write_bytes(content)
    with pytest.raises(AlignmentError, match=reason):
        read_dictionary(path)


def test_missing_dictionary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AlignmentError, match="cannot be read"):
        read_dictionary(tmp_path / "none.dict")


def test_plain_phone() -> None:
    assert [plain_phone(p) for p in ("ae1", "AH0", "T")] == ["AE", "AH", "T"]
