"""The symbols of the International Phonetic Alphabet by name, for looking them up.

Names are those of the chart of the International Phonetic Association (revised to 2020) and of its
handbook; a symbol with a trigraph of Praat's can be written as that (`labels.to_trigraphs`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from vowelscope.core.labels import to_trigraphs

__all__ = ["Symbol", "find_symbols", "symbols"]

# Rows of the chart: manner, then places with the voiceless and the voiced symbol (- for none).
_PULMONIC = """
plosive: bilabial p b, alveolar t d, retroflex ʈ ɖ, palatal c ɟ, velar k ɡ, uvular q ɢ, glottal ʔ -
nasal: bilabial - m, labiodental - ɱ, alveolar - n, retroflex - ɳ, palatal - ɲ
nasal: velar - ŋ, uvular - ɴ
trill: bilabial - ʙ, alveolar - r, uvular - ʀ
tap or flap: labiodental - ⱱ, alveolar - ɾ, retroflex - ɽ
fricative: bilabial ɸ β, labiodental f v, dental θ ð, alveolar s z, postalveolar ʃ ʒ
fricative: retroflex ʂ ʐ, palatal ç ʝ, velar x ɣ, uvular χ ʁ, pharyngeal ħ ʕ, glottal h ɦ
fricative: epiglottal ʜ ʢ, alveolo-palatal ɕ ʑ, labial-velar ʍ -
lateral fricative: alveolar ɬ ɮ
approximant: labiodental - ʋ, alveolar - ɹ, retroflex - ɻ, palatal - j, velar - ɰ
approximant: labial-velar - w, labial-palatal - ɥ
lateral approximant: alveolar - l, retroflex - ɭ, palatal - ʎ, velar - ʟ
"""

# Height: unrounded and rounded symbol at each place (- for none).
_VOWELS = """
close: front i y, central ɨ ʉ, back ɯ u
near-close near-front: - ɪ ʏ
near-close near-back: - - ʊ
close-mid: front e ø, central ɘ ɵ, back ɤ o
open-mid: front ɛ œ, central ɜ ɞ, back ʌ ɔ
open: front a ɶ, back ɑ ɒ
"""

# A symbol and its name; what joins the letter before is written by its code point.
_OTHER = """
ə|mid central vowel, schwa
ɐ|near-open central vowel, turned a
æ|near-open front unrounded vowel, ash
ɚ|mid central rhotic vowel, hooked schwa
ɝ|open-mid central unrounded rhotic vowel
ɫ|velarized alveolar lateral approximant, dark l
ɺ|voiced alveolar lateral flap
ɧ|simultaneous ʃ and x
ʡ|epiglottal plosive
ʘ|bilabial click
ǀ|dental click
ǃ|alveolar click, retroflex click
ǂ|palatoalveolar click
ǁ|alveolar lateral click
ɓ|voiced bilabial implosive
ɗ|voiced alveolar implosive
ʄ|voiced palatal implosive
ɠ|voiced velar implosive
ʛ|voiced uvular implosive
ʼ|ejective
ˈ|primary stress
ˌ|secondary stress
ː|long
ˑ|half-long
.|syllable break
||minor group, foot
‖|major group, intonation
‿|linking, no break
↗|global rise
↘|global fall
ꜜ|downstep
ꜛ|upstep
˥|extra high tone
˦|high tone
˧|mid tone
˨|low tone
˩|extra low tone
ʰ|aspirated
ʷ|labialized
ʲ|palatalized
ˠ|velarized
ˤ|pharyngealized
ⁿ|nasal release
ˡ|lateral release
˞|rhoticity
0361|tie bar, affricate, double articulation
0303|nasalized
0325|voiceless
030a|voiceless, above
032c|voiced
0329|syllabic
032f|non-syllabic
032a|dental
033a|apical
033b|laminal
033c|linguolabial
0324|breathy voiced
0330|creaky voiced
0334|velarized or pharyngealized
031d|raised
031e|lowered
031f|advanced
0320|retracted
0308|centralized
033d|mid-centralized
0318|advanced tongue root
0319|retracted tongue root
0339|more rounded
031c|less rounded
031a|no audible release
0306|extra-short
030b|extra high level tone
0301|high level tone
0304|mid level tone
0300|low level tone
030f|extra low level tone
"""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol of the alphabet.

    Attributes
    ----------
    text
        The symbol in Unicode.
    name
        What the chart calls it, with usual other names.
    """

    text: str
    name: str

    @property
    def trigraph(self) -> str:
        """The symbol as Praat writes it in ASCII; the symbol itself where Praat has none."""
        return to_trigraphs(self.text)

    @property
    def shown(self) -> str:
        """The symbol to look at: a mark stands on a dotted circle."""
        return f"◌{self.text}" if 0x300 <= ord(self.text) < 0x370 else self.text


@cache
def symbols() -> tuple[Symbol, ...]:
    """All symbols: vowels, then consonants, then the rest of the chart."""
    found: list[Symbol] = []
    for line in _VOWELS.strip().splitlines():
        height, _, cells = line.partition(":")
        for cell in cells.split(","):
            place, *pair = cell.split()
            where = "" if place == "-" else f" {place}"
            for lips, symbol in zip(("unrounded", "rounded"), pair, strict=True):
                if symbol != "-":
                    found.append(Symbol(symbol, f"{height}{where} {lips} vowel"))
    rest = [_other(line) for line in _OTHER.strip().splitlines()]
    found += [symbol for symbol in rest if "vowel" in symbol.name]
    for line in _PULMONIC.strip().splitlines():
        manner, _, cells = line.partition(":")
        for cell in cells.split(","):
            place, *pair = cell.split()
            for voice, symbol in zip(("voiceless", "voiced"), pair, strict=True):
                if symbol != "-":
                    found.append(Symbol(symbol, f"{voice} {place} {manner}"))
    return (*found, *(symbol for symbol in rest if "vowel" not in symbol.name))


def find_symbols(wanted: str, recent: Sequence[str] = ()) -> list[Symbol]:
    """Symbols that a search means: recent ones first, then whole words before parts of words.

    Parameters
    ----------
    wanted
        Words of a name or their beginnings ("open front"), a symbol, or a trigraph with or
        without its backslash.
    recent
        Symbols that were taken last, newest first.
    """
    words = wanted.lower().split()
    ranked = []
    for order, symbol in enumerate(symbols()):
        rank = _rank(symbol, wanted.strip(), words)
        if rank is not None:
            newest = recent.index(symbol.text) if symbol.text in recent else len(recent)
            ranked.append(((min(rank, 1), newest, rank, order), symbol))
    return [symbol for _, symbol in sorted(ranked, key=lambda pair: pair[0])]


def _rank(symbol: Symbol, wanted: str, words: Sequence[str]) -> int | None:
    """0 for the symbol itself; 1 where the words are words of the name, 2 or 3 for parts."""
    # The g of the keyboard is not the letter of the alphabet, but it is what people type.
    if wanted in (symbol.text, symbol.text.replace("ɡ", "g"), *_spellings(symbol)):
        return 0
    named = symbol.name.replace(",", " ").split()
    parts = symbol.name.replace(",", " ").replace("-", " ").split()
    if all(word in named for word in words):
        return 1
    if all(word in parts for word in words):
        return 2
    if all(any(part.startswith(word) for part in [*named, *parts]) for word in words):
        return 3
    return None


def _spellings(symbol: Symbol) -> tuple[str, ...]:
    trigraph = symbol.trigraph
    return (trigraph, trigraph[1:]) if trigraph.startswith("\\") else ()


def _other(line: str) -> Symbol:
    text, _, name = line.rpartition("|")
    return Symbol(chr(int(text, 16)) if len(text) == 4 else text, name)
