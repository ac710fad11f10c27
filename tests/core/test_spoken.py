"""Transcripts as the words that were said."""

from __future__ import annotations

import pytest

from vowelscope.core.spoken import expand_numbers, spoken_words

KNOWN = {"nato", "the"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("“It’s fine,” he said — at once.", "it's fine he said at once"),
        ("Don't use 'quoted' words; the dogs' bowl", "don't use quoted words the dogs' bowl"),
        ("rock 'n' roll, well-known co-op", "rock and roll well known co op"),
        ("NAÏVE Café", "naïve café"),
        ("1,234,567 & 3.14", "one million two hundred thirty four thousand five hundred sixty "
         "seven and three point one four"),
        ("in 1905, 1900, 1066, 2001 and 2020", "in nineteen oh five nineteen hundred one thousand "
         "sixty six two thousand one and twenty twenty"),
        ("the 1920s and the '60s", "the nineteen twenties and the sixties"),
        ("May 3rd, the 21st, 101st", "may third the twenty first one hundred first"),
        ("$5.50, $1, £3.01, $3.5 million, $0.99, €2.00", "five dollars and fifty cents one dollar "
         "three pounds and one pence three point five million dollars ninety nine cents two euros"),
        ("12% at 10:05, 9:30 or 7:00; 7:00 p.m.", "twelve percent at ten oh five nine thirty or "
         "seven o'clock seven p. m."),
        ("call 555-1234 or 007", "call five five five one two three four or zero zero seven"),
        ("1914–1918, pages 3-5", "nineteen fourteen to nineteen eighteen pages three to five"),
        ("½ of 3/4 of 7/16 at -5 °C", "one half of three quarters of seven over sixteen at minus "
         "five degrees c"),
        ("#7, 3D, IAX2", "number seven three d iax two"),
        ("Mr. Smith and Dr. Jones, No. 5. No. Not etc.", "mister smith and doctor jones number "
         "five no not etcetera"),
        ("The PBX at www.asterisk.org", "the p. b. x. at w. w. w. dot asterisk dot org"),
        ("at 8 a.m. in the U.S.A.", "at eight a. m. in the u. s. a."),
        ("snake_case and tabs\tor\nlines", "snake case and tabs or lines"),
    ],
)  # fmt: skip
def test_as_said(text: str, said: str) -> None:
    assert spoken_words(text) == said.split()


def test_short_capitals_are_letters_unless_a_dictionary_has_them() -> None:
    said = spoken_words("THE IVR of NATO", KNOWN.__contains__)
    assert said == ["the", "i.", "v.", "r.", "of", "nato"]
    assert spoken_words("STOP SHOUTING") == ["stop", "shouting"]


def test_nothing_to_say() -> None:
    assert spoken_words(" -- ... \t") == []


def test_text_without_figures_is_left_alone() -> None:
    assert expand_numbers("no figures, here!") == "no figures, here!"


@pytest.mark.parametrize("figures", ["0", "7", "42", "100000000000", "99.99", ".5", "0.07"])
def test_no_figure_is_left(figures: str) -> None:
    assert not any(c.isdigit() for c in expand_numbers(f"x {figures} y"))
