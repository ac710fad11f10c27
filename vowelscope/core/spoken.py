"""A transcript as the words that were said: numbers, signs and quotes spelled out.

American English, as read aloud: ``$5.50`` is "five dollars and fifty cents", ``1905`` is
"nineteen oh five", ``3:05`` is "three oh five". Numbers become words by num2words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_MONEY = {"$": ("dollar", "cent"), "£": ("pound", "pence"), "€": ("euro", "cent")}
_SCALE = r"(?:hundred|thousand|million|billion|trillion)"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_SIGNS = {"&": "and", "@": "at", "%": "percent", "+": "plus", "=": "equals", "°": "degrees"}
_ABBREVIATIONS = {
    "mr.": "mister",
    "mrs.": "missus",
    "dr.": "doctor",
    "st.": "saint",
    "jr.": "junior",
    "sr.": "senior",
    "vs.": "versus",
    "etc.": "etcetera",
    "no.": "number",
    "a.m.": "a m",
    "p.m.": "p m",
    "e.g.": "e g",
    "i.e.": "i e",
}
_DOMAINS = frozenset(("com", "org", "net", "edu", "gov", "uk", "de", "nz"))
_LONGEST_INITIALISM = 4
_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "−": "-", "–": "–", "—": " ", "⁄": "/"}
)


def spoken_words(text: str, is_known: Callable[[str], bool] | None = None) -> list[str]:
    """The words of `text` in lower case, as they are said.

    Parameters
    ----------
    text
        A transcript. Curly quotes, dashes, punctuation, capitals, figures, ordinals, years, clock
        times, sums of money and the signs & @ % + = are understood.
    is_known
        Whether a word in lower case is in a dictionary: short words in capitals that are not are
        said letter by letter. Without it, only those without a vowel are.

    Returns
    -------
    list of str
        Words of letters and inner apostrophes. Initialisms (``PBX``, ``A.M.``) become single
        letters, each the word ``x.`` as in the CMU dictionary.
    """
    text = unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES)
    text = _expand_abbreviations(text)
    text = expand_numbers(text)
    for sign, word in _SIGNS.items():
        text = text.replace(sign, f" {word} ")
    text = re.sub(r"(?<=\s)'n'?(?=\s)", "and", text)
    words: list[str] = []
    # An apostrophe at the end is a quotation mark, unless an s may be a plural's.
    for chunk in re.findall(r"[^\W\d_]+(?:['.][^\W\d_]+)*\.?(?:(?<=s)'(?!\w))?", text):
        words.extend(_split_chunk(chunk, is_known))
    return words


def expand_numbers(text: str) -> str:
    """`text` with every number in figures spelled out, and the rest as it was."""
    for pattern, say in _RULES:
        text = pattern.sub(lambda match, say=say: f" {say(match)} ", text)  # type: ignore[misc]
    return text


def _expand_abbreviations(text: str) -> str:
    def expand(match: re.Match[str]) -> str:
        found = match.group(0).lower()
        # "no." ends sentences more often than it counts, unless a figure follows.
        if found == "no." and not re.match(r"\s*\d", text[match.end() :]):
            return match.group(0)
        said = _ABBREVIATIONS[found]
        return said if len(said) > 3 else said.replace(" ", ". ") + "."

    names = "|".join(re.escape(name) for name in _ABBREVIATIONS)
    return re.sub(rf"(?<![\w.])(?:{names})(?!\w)", expand, text, flags=re.IGNORECASE)


def _split_chunk(chunk: str, is_known: Callable[[str], bool] | None) -> list[str]:
    """The words of a stretch without spaces: an initialism, a web address or a plain word."""
    if re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?", chunk):
        return [f"{letter.lower()}." for letter in chunk if letter.isalpha()]
    words: list[str] = []
    parts = [part for part in chunk.split(".") if part.strip("'")]
    is_address = len(parts) > 1 and parts[-1].lower() in _DOMAINS
    for index, part in enumerate(parts):
        if index and is_address:
            words.append("dot")
        if _is_initialism(part, is_known):
            words.extend(f"{letter.lower()}." for letter in part)
        else:
            words.append(part.lower())
    return words


def _is_initialism(word: str, is_known: Callable[[str], bool] | None) -> bool:
    if not 2 <= len(word) <= _LONGEST_INITIALISM or not word.isalpha():
        return False
    if is_known is not None and is_known(word.lower()):
        return False
    if not re.search(r"[aeiouy]", word, re.IGNORECASE):
        return word.isupper() or word.lower() == "www"
    return word.isupper() and is_known is not None


def _number(text: str, **how: str) -> str:
    from num2words import num2words

    return str(num2words(text, **how))


def _cardinal(figures: str) -> str:
    figures = figures.replace(",", "")
    if figures.startswith("."):
        return "point " + _digits(figures[1:])
    whole, _, fraction = figures.partition(".")
    if len(whole) > 1 and whole.startswith("0"):
        said = _digits(whole)
    else:
        # num2words says the British "hundred and five"; American readers leave the "and" out.
        said = _number(whole).replace(" and ", " ")
    return f"{said} point {_digits(fraction)}" if fraction else said


def _digits(figures: str) -> str:
    return " ".join(_number(figure) for figure in figures)


def _year(figures: str) -> str:
    year = int(figures)
    if 2000 <= year <= 2009:
        return _cardinal(figures)
    return _number(figures, to="year")


def _money(match: re.Match[str]) -> str:
    unit, part = _MONEY[match["sign"]]
    amount, scale = match["amount"].replace(",", ""), match["scale"]
    if scale:
        return f"{_cardinal(amount)} {scale} {unit}s"
    whole, _, fraction = amount.partition(".")
    said = f"{_cardinal(whole or '0')} {unit}{'' if whole == '1' else 's'}"
    if len(fraction) != 2 or fraction == "00":
        return said if not fraction.strip("0") else f"{_cardinal(amount)} {unit}s"
    cents = f"{_cardinal(fraction.lstrip('0'))} {part}"
    cents += "s" if part == "cent" and fraction != "01" else ""
    return cents if whole in ("", "0") else f"{said} and {cents}"


def _clock(match: re.Match[str]) -> str:
    hour, minute = _cardinal(match["hour"].lstrip("0") or "0"), match["minute"]
    if minute == "00":
        return hour if match["half"] else f"{hour} o'clock"
    return f"{hour} {'oh ' + _cardinal(minute[1]) if minute[0] == '0' else _cardinal(minute)}"


def _decade(match: re.Match[str]) -> str:
    said = _year(match[1]) if len(match[1]) == 4 else _cardinal(match[1])
    return said[:-1] + "ies" if said.endswith("y") else said + "s"


def _fraction(match: re.Match[str]) -> str:
    top, bottom = int(match[1]), int(match[2])
    names = {2: "half", 4: "quarter"}
    if not 2 <= bottom <= 10 or top >= bottom:
        return f"{_cardinal(match[1])} over {_cardinal(match[2])}"
    name = names.get(bottom) or _number(match[2], to="ordinal")
    plural = "halves" if name == "half" else name + "s"
    return f"{_cardinal(match[1])} {name if top == 1 else plural}"


_Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
_RULES: tuple[_Rule, ...] = (
    (
        re.compile(rf"(?P<sign>[$£€])\s?(?P<amount>{_NUMBER})(?:\s(?P<scale>{_SCALE})\b)?"),
        _money,
    ),
    (re.compile(r"\b(\d{3})-(\d{4})\b"), lambda m: f"{_digits(m[1])} {_digits(m[2])}"),
    (
        re.compile(
            r"\b(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)\b(?=(?P<half>\s*[ap]\b\.?\s?m\b)?)", re.I
        ),
        _clock,
    ),
    (
        re.compile(r"\b(\d[\d,]*)(?:st|nd|rd|th)\b", re.I),
        lambda m: _number(m[1].replace(",", ""), to="ordinal").replace(" and ", " "),
    ),
    (re.compile(r"(?:\b|')(\d{2}|\d{3}0)'?s\b"), _decade),
    (re.compile(r"\b(\d{1,2})/(\d{1,2})\b(?!/)"), _fraction),
    (re.compile(r"(?<=\d)\s?[-–]\s?(?=\d)"), lambda _: "to"),
    (re.compile(r"#(?=\d)"), lambda _: "number"),
    (re.compile(r"(?<![\w.])-(?=\d|\.\d)"), lambda _: "minus"),
    (re.compile(r"(?<![\d.,])(1[1-9]\d\d|20\d\d)(?!\d|[.,]\d)"), lambda m: _year(m[1])),
    (re.compile(_NUMBER), lambda m: _cardinal(m[0])),
)
