"""Labels as they should be shown: Praat's backslash trigraphs to Unicode and back.

A trigraph is a backslash and two characters. The table holds every one of Praat's (manual pages
"Special symbols" and "Phonetic symbols", with those on vowels, consonants and diacritics).
"""

from __future__ import annotations

import re
from functools import cache

# Each entry is the two characters after the backslash, then what they stand for.
_TABLE = r"""
a_ª o_º A`À A'Á A^Â A~Ã A"Ä AoÅ AeÆ C,Ç E`È E'É E^Ê E"Ë I`Ì I'Í I^Î I"Ï N~Ñ O`Ò O'Ó O^Ô O~Õ O"Ö
O/Ø U`Ù U'Ú U^Û U"Ü Y'Ý ThÞ ssß a`à a'á a^â a~ã a"ä aoå e`è e'é e^ê e"ë i`ì i'í i^î i"ï n~ñ o`ò
o'ó o^ô o~õ o"ö u`ù u'ú u^û u"ü y'ý thþ y"ÿ A;Ą a;ą C'Ć c'ć C<Č c<č D<Ď d<ď D-Đ d-đ E;Ę e;ę E<Ě
e<ě L/Ł l/ł N'Ń n'ń N<Ň n<ň O:Ő o:ő R<Ř r<ř S'Ś s'ś S<Š s<š T<Ť t<ť UoŮ uoů U:Ű u:ű Y"Ÿ Z'Ź z'ź
Z!Ż z!ż Z<Ž z<ž G<Ǧ g<ǧ FIﬁ FLﬂ
aeæ o/ø oeœ atɐ asɑ abɒ ayɒ ctɔ e-ɘ swə srɚ efɛ erɜ kbɞ rhɤ i-ɨ icɪ mtɯ o-ɵ Oeɶ u-ʉ hsʊ vtʌ ycʏ
idɿ irʅ
c,ç dhð h-ħ ngŋ |1ǀ |2ǁ |-ǂ b^ɓ ccɕ d.ɖ d^ɗ j-ɟ g^ɠ gsɡ gcɢ gfɣ htɥ h^ɦ hjɧ l~ɫ l-ɬ l.ɭ lzɮ mlɰ
mjɱ njɲ n.ɳ ncɴ ffɸ rtɹ rlɺ r.ɻ f.ɽ fhɾ rcʀ riʁ s.ʂ shʃ j^ʄ t.ʈ vsʋ wtʍ ytʎ z.ʐ zcʑ zhʒ ?gʔ 9eʕ
O.ʘ bcʙ G^ʛ hcʜ jcʝ lcʟ ?-ʡ 9-ʢ tsʦ tSʧ
^hʰ ^Hʱ ^jʲ ^wʷ ^yʸ ^Yᶣ apʼ ^?ˀ ^9ˁ '1ˈ '2ˌ :fː .fˑ hr˞ ^gˠ ^Gᶭ ^lˡ ^sˢ ^xˣ ^mᵐ ^Mᵚ ^nⁿ ^Nᵑ ^fᶠ
_u‿ |f|
AlΑ BeΒ GaΓ DeΔ EpΕ ZeΖ EtΗ TeΘ IoΙ KaΚ LaΛ MuΜ NuΝ XiΞ OnΟ PiΠ RoΡ SiΣ TaΤ UpΥ FiΦ CiΧ PsΨ OmΩ
alα beβ bfβ gaγ deδ epε zeζ etη teθ tfθ ioι kaκ laλ muμ nuν xiξ onο piπ roρ s2ς siσ taτ upυ fiφ
cfχ ciχ psψ omω t2ϑ f2ϕ o2ϖ
'a' [f[ ]f] bs\ un_ !d¡ ?d¿ c/¢ Lp£ cu¤ Y=¥ eu€ fdƒ SS§ ||¶ co© re® TM™ tm™ dg° bu• <<« >>» "l“
"r” 'p′ "p″ --– .c· ..⋯ +-± -m− xx× :-÷ /d∕ no¬ <-← ^|↑ ->→ _|↓ <>↔ <=⇐ ^#⇑ =>⇒ _#⇓ eq⇔ At∀ Er∃
dd∂ O|∅ e=∈ su∑ Vr√ oc∝ oo∞ an∧ or∨ ni∩ uu∪ in∫ .3∴ =~≅ ~~≈ =/≠ =3≡ <_≤ >_≥ c=⊂ o+⊕ ox⊗ Tt⊥ pf☞
sp♠ cl♣ he♥ di♦ f5❀
?+א B+ב G+ג D+ד H+ה V+ו Z+ז X+ח Y+ט J+י K%ך K+כ L+ל M%ם M+מ N%ן N+נ S+ס 9+ע P%ף P+פ C%ץ C+צ Q+ק
R+ר W+ש T+ת
"""

# Marks that join the letter before them, written by code point to keep this file legible.
_MARKS = {
    "-h": "\u00ad",  # soft hyphen
    "`^": "\u0300",  # combining grave accent
    "'^": "\u0301",  # combining acute accent
    "^^": "\u0302",  # combining circumflex accent
    "~^": "\u0303",  # combining tilde
    "-^": "\u0304",  # combining macron
    "N^": "\u0306",  # combining breve
    ":^": "\u0308",  # combining diaeresis
    "0^": "\u030a",  # combining ring above
    "v^": "\u030c",  # combining caron
    "T(": "\u0318",  # combining left tack below
    "T)": "\u0319",  # combining right tack below
    "cn": "\u031a",  # combining left angle above
    "cv": "\u031c",  # combining left half ring below
    "T^": "\u031d",  # combining up tack below
    "Tv": "\u031e",  # combining down tack below
    "+v": "\u031f",  # combining plus sign below
    "-v": "\u0320",  # combining minus sign below
    ":v": "\u0324",  # combining diaeresis below
    "0v": "\u0325",  # combining ring below
    "|v": "\u0329",  # combining vertical line below
    "Nv": "\u032a",  # combining bridge below
    "nv": "\u032f",  # combining inverted breve below
    "~v": "\u0330",  # combining tilde below
    "~<": "\u0334",  # combining tilde overlay
    "3v": "\u0339",  # combining right half ring below
    "Uv": "\u033a",  # combining inverted bridge below
    "Dv": "\u033b",  # combining square below
    "x^": "\u033d",  # combining x above
    "li": "\u0361",  # combining double inverted breve
    "hI": "\u05b4",  # hebrew point hiriq
    "cE": "\u05b5",  # hebrew point tsere
    "sE": "\u05b6",  # hebrew point segol
    "pA": "\u05b7",  # hebrew point patah
    "qA": "\u05b8",  # hebrew point qamats
    "hO": "\u05b9",  # hebrew point holam
    "qU": "\u05bb",  # hebrew point qubuts
    "dq": "\u05bc",  # hebrew point dagesh or mapiq
    "sU": "\ufb35",  # hebrew letter vav with dagesh
    "vO": "\ufb4b",  # hebrew letter vav with holam
    "''": "\u030b",  # combining double acute accent
    "``": "\u030f",  # combining double grave accent
    "vv": "\u032c",  # combining caron below
    "mv": "\u033c",  # combining seagull below
    "-'": "\u1dc4",  # combining macron-acute
    "`-": "\u1dc5",  # combining grave-macron
    "-`": "\u1dc6",  # combining macron-grave
    "'-": "\u1dc7",  # combining acute-macron
    "rf": "\u1dc8",  # combining grave-acute-grave
}

# Praat takes three characters at a time, whether or not they are a trigraph.
_THREE = re.compile(r"\\(.)(.)", re.DOTALL)
# A backslash, a character and a space stand for the character, but for the two curly quotes.
_QUOTES = {"'": "\u2019", "`": "\u2018"}


@cache
def trigraphs() -> dict[str, str]:
    """The whole table: the two characters after the backslash -> what they stand for."""
    table = {entry[:2]: entry[2:] for entry in _TABLE.split()}
    return table | _MARKS


@cache
def _inverse() -> dict[str, str]:
    inverse: dict[str, str] = {}
    for pair, symbol in trigraphs().items():
        # ASCII is written as it is. Of two spellings the phonetic one (\\bf, \\tf, \\cf) is kept.
        if not symbol.isascii() and (symbol not in inverse or pair in {"bf", "tf", "cf"}):
            inverse[symbol] = "\\" + pair
    inverse["\\"] = "\\bs"
    return inverse


def display_label(text: str) -> str:
    r"""A label with Praat's backslash trigraphs as the characters they stand for.

    Parameters
    ----------
    text
        The label as the TextGrid has it, such as ``\ae``, ``t\sh`` or ``\'1\er\hr``.

    Returns
    -------
    str
        The label in Unicode. A backslash that begins no trigraph is left as it is, so X-SAMPA's
        ``r\`` survives.

    Notes
    -----
    Praat manual pages "Special symbols" and "Phonetic symbols".
    """
    if "\\" not in text:
        return text
    return _THREE.sub(_symbol, text)


def _symbol(match: re.Match[str]) -> str:
    first, second = match.groups()
    if second == " " and first != "\\" and first.isascii() and first.isprintable():
        return _QUOTES.get(first, first)
    return trigraphs().get(first + second, match.group())


def to_trigraphs(text: str) -> str:
    r"""The inverse of `display_label`: every character that has a trigraph as its trigraph.

    Parameters
    ----------
    text
        A label in Unicode. Letters with accents are kept in one piece where Praat has such a
        letter; combining marks follow their letter.

    Returns
    -------
    str
        The label in ASCII, as far as Praat's table goes; a backslash becomes ``\bs``.
    """
    inverse = _inverse()
    return "".join(inverse.get(character, character) for character in text)
