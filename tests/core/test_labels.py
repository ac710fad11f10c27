from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vowelscope.core.labels import display_label, to_trigraphs, trigraphs

# In the manual of later Praats, but not in 6.1.38, which Parselmouth holds.
NEWER = {"x^", "''", "``", "vv", "mv", "-'", "`-", "-`", "'-", "rf"}
PRAAT = """
strings = Read Strings from raw text file: "{path}"
n = Get number of strings
clearinfo
for i to n
    selectObject: strings
    line$ = Get string: i
    appendInfoLine: {function}$ (line$)
endfor
removeObject: strings
"""


def ask_praat(function: str, lines: list[str], folder: Path) -> list[str]:
    import parselmouth

    path = folder / "lines.txt"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    script = PRAAT.format(path=path, function=function)
    _, output = parselmouth.praat.run(script, capture_output=True)
    return output.split("\n")[: len(lines)]


def test_every_trigraph_shows_what_praat_shows(tmp_path: Path) -> None:
    printable = [chr(code) for code in range(33, 127)]
    ours = [f"\\{a}{b}|" for a in printable for b in [*printable, " "] if a + b not in NEWER]
    praats = ask_praat("backslashTrigraphsToUnicode", ours, tmp_path)
    changed = [text for text, shown in zip(ours, praats, strict=True) if text != shown]
    assert len(changed) > 450
    assert [display_label(text) for text in ours] == praats


def test_back_to_trigraphs_as_praat_writes_them(tmp_path: Path) -> None:
    symbols = sorted(
        {symbol for pair, symbol in trigraphs().items() if pair not in NEWER} - set("\\'[]_|")
    )
    praats = ask_praat("unicodeToBackslashTrigraphs", [f"{s}|" for s in symbols], tmp_path)
    assert [to_trigraphs(f"{symbol}|") for symbol in symbols] == praats


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"\ae", "æ"),
        (r"\ct", "ɔ"),
        (r"\'1\er\hr\:f", "ˈɜ˞ː"),
        (r"t\lish", "t͡sh"),
        (r"n\|v", "n̩"),
        (r"\ef\''", "ɛ\u030b"),
        (r"\\\ae", r"\\\ae"),
        (r"\\\\ae", r"\\\æ"),
        (r"\zq\ae", r"\zqæ"),
        (r"\bsae", r"\ae"),
        ("r\\", "r\\"),
        ("r\\=", "r\\="),
        (r"\zq", r"\zq"),
        ("IY1", "IY1"),
        ("", ""),
    ],
)
def test_labels_as_they_are_shown(text: str, shown: str) -> None:
    assert display_label(text) == shown


@given(st.text(alphabet=sorted("".join(trigraphs().values())) + list("aAiz13 {@`"), max_size=12))
def test_there_and_back(text: str) -> None:
    assert display_label(to_trigraphs(text)) == text


@given(st.text(max_size=20))
def test_any_text_can_be_shown(text: str) -> None:
    assert display_label(to_trigraphs(text)) == text
