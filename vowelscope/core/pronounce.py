"""Pronunciations in ARPAbet: a user dictionary first, then CMU's, then letters to sounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path

from vowelscope.core.errors import AlignmentError
from vowelscope.core.letter_to_sound import LetterToSound, Phones
from vowelscope.core.translation import tr

_NAMES = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W "
    "Y Z ZH"
)
PHONES = frozenset(_NAMES.split())
"""The 39 phones of the CMU dictionary, without stress."""

Dictionary = Mapping[str, tuple[Phones, ...]]

_VARIANT = re.compile(r"\(\w+\)$")
# Sounds after which the plural and possessive s is a syllable of its own, and is unvoiced.
_SIBILANTS = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))
_UNVOICED = frozenset(("P", "T", "K", "F", "TH"))
_SHORTEST_PART = 4


def read_dictionary(path: str | Path) -> dict[str, tuple[Phones, ...]]:
    """Read a pronunciation dictionary in CMU's format: a word and its phones a line.

    Parameters
    ----------
    path
        UTF-8 text: ``word PH ON EZ``. ``word(2)`` or a second line for the word is a variant;
        lines that begin with ``;;;`` or ``#``, and what follows `` #``, are comments. Phones may
        carry stress (``AH0``) and keep it.

    Returns
    -------
    dict
        Word in lower case to its pronunciations in the order of the file.

    Raises
    ------
    AlignmentError
        The file cannot be read, or a line has no phones or a phone that is not in ARPAbet.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else tr("it is not UTF-8 text")
        raise AlignmentError(
            tr("{path}: the dictionary cannot be read ({reason}).").format(path=path, reason=reason)
        ) from error
    entries: dict[str, tuple[Phones, ...]] = {}
    for number, line in enumerate(lines, 1):
        line = line.split(" #")[0].strip()
        if not line or line.startswith((";;;", "#")):
            continue
        word, *phones = line.split()
        if not phones:
            raise AlignmentError(
                tr("{path}, line {number}: the word {word!r} has no phones.").format(
                    path=path, number=number, word=word
                )
            )
        for phone in phones:
            if plain_phone(phone) not in PHONES:
                raise AlignmentError(
                    tr(
                        "{path}, line {number}: {phone!r} in the word {word!r} is not an "
                        "ARPAbet phone of the CMU dictionary."
                    ).format(path=path, number=number, phone=phone, word=word)
                )
        _add(entries, _VARIANT.sub("", word).lower(), tuple(phone.upper() for phone in phones))
    return entries


def plain_phone(phone: str) -> str:
    """`phone` in capitals without its stress digit: ``ae1`` is ``AE``."""
    return re.sub(r"[012]$", "", phone.upper())


class Pronouncer:
    """Finds the pronunciations of words.

    Parameters
    ----------
    user_dictionary
        A file in CMU's format whose words go before the built-in dictionary's.
    """

    def __init__(self, user_dictionary: str | Path | None = None) -> None:
        self._user = {} if user_dictionary is None else read_dictionary(user_dictionary)

    def pronunciations(self, word: str) -> tuple[Phones, ...]:
        """Every pronunciation of `word`, the most usual first.

        Looked up in the user dictionary, then CMU's; then tried as a word with a plural or
        possessive ending, as letters with full stops, as a compound of two known words, and at
        last by analogy with CMU's words, letter by letter.

        Parameters
        ----------
        word
            One word in lower case, as `spoken.spoken_words` gives it.

        Raises
        ------
        AlignmentError
            Nothing in the word can be pronounced (no Latin letter).
        """
        known = self._known(word)
        if known:
            return known
        derived = self._with_ending(word) or self._compound(word)
        if derived:
            return derived
        plain = _latin(word)
        if plain != word and self._known(plain):
            return self._known(plain)
        phones = _letter_to_sound().pronounce(plain)
        if not phones:
            raise AlignmentError(
                tr(
                    "The word {word!r} has no pronunciation: it is in no dictionary and"
                    " has no Latin letters; give one with --dict."
                ).format(word=word)
            )
        return (phones,)

    def is_known(self, word: str) -> bool:
        """Whether `word` is in the user dictionary or CMU's."""
        return bool(self._known(word))

    @cached_property
    def _cmu(self) -> Dictionary:
        return cmu_dictionary()

    def _known(self, word: str) -> tuple[Phones, ...]:
        return self._user.get(word) or self._cmu.get(word) or ()

    def _with_ending(self, word: str) -> tuple[Phones, ...]:
        if word.endswith("s'"):
            return self._known(word[:-1])
        match = re.fullmatch(r"(.{2,})'s", word) or re.fullmatch(r"(.{3,}[^s])s", word)
        stems = self._known(match[1]) if match else ()
        return tuple((*stem, *_ending_after(stem[-1])) for stem in stems)

    def _compound(self, word: str) -> tuple[Phones, ...]:
        # The longest first part wins: "counterpart" is "counter" + "part".
        for cut in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            first, second = self._known(word[:cut]), self._known(word[cut:])
            if first and second:
                return ((*first[0], *second[0]),)
        return ()


@lru_cache(maxsize=1)
def cmu_dictionary() -> Dictionary:
    """The CMU dictionary of PocketSphinx's wheel: 126,000 words, no stress."""
    entries: dict[str, tuple[Phones, ...]] = {}
    for word, phones in _lines():
        _add(entries, _VARIANT.sub("", word), phones)
    return entries


@lru_cache(maxsize=1)
def _letter_to_sound() -> LetterToSound:
    return LetterToSound(
        (word, phones[0])
        for word, phones in cmu_dictionary().items()
        if re.fullmatch(r"[a-z']+", word)
    )


def _lines() -> Iterator[tuple[str, Phones]]:
    from pocketsphinx import get_model_path

    with Path(get_model_path("en-us/cmudict-en-us.dict")).open(encoding="utf-8") as file:
        for line in file:
            word, *phones = line.split()
            yield word, tuple(phones)


def _add(entries: dict[str, tuple[Phones, ...]], word: str, phones: Phones) -> None:
    known = entries.get(word, ())
    if phones not in known:
        entries[word] = (*known, phones)


def _ending_after(phone: str) -> Phones:
    phone = plain_phone(phone)
    if phone in _SIBILANTS:
        return ("IH", "Z")
    return ("S",) if phone in _UNVOICED else ("Z",)


def _latin(word: str) -> str:
    """The letters a-z and apostrophes of `word`, accents taken off."""
    import unicodedata

    bare = unicodedata.normalize("NFD", word.replace("ß", "ss").replace("æ", "ae"))
    return re.sub(r"[^a-z']", "", bare.lower())
