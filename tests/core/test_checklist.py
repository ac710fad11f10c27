from __future__ import annotations

from pathlib import Path

import pytest

from vowelscope.core.checklist import CheckList, Finding, TierRule, check, load_checklist
from vowelscope.core.errors import ConfigError
from vowelscope.core.phones import load_class_map
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid


def tier(name: str, *items: tuple[float, str]) -> IntervalTier:
    """Intervals one after the other, each with its end."""
    starts = [0.0, *(end for end, _ in items)]
    intervals = (Interval(a, end, text) for a, (end, text) in zip(starts, items, strict=False))
    return IntervalTier(name, 0.0, items[-1][0], tuple(intervals))


def grid(*tiers: IntervalTier | PointTier) -> TextGrid:
    return TextGrid(0.0, tiers[0].tmax_s, tiers)


GOOD = grid(
    tier("words", (0.3, ""), (0.6, "see"), (1.0, "a")),
    tier("phones", (0.3, "sil"), (0.4, "S"), (0.6, "IY1"), (1.0, "AH0")),
)


def kinds(findings: tuple[Finding, ...]) -> list[tuple[str, int, int]]:
    return [(finding.kind, finding.tier, finding.index) for finding in findings]


def test_nothing_is_found_where_all_is_well() -> None:
    assert check(GOOD, load_checklist()) == ()


def test_the_corpus_fixture_passes(speech: object) -> None:
    findings = check(read_textgrid(speech.textgrid).textgrid, load_checklist())  # type: ignore[attr-defined]
    assert {finding.kind for finding in findings} <= {"short interval"}


def test_labels_that_no_one_knows() -> None:
    bad = grid(tier("phones", (0.5, "IY1"), (1.0, "IY7"), (1.5, ""), (2.0, "ʒ")))
    (finding,) = check(bad, load_checklist())
    assert kinds((finding,)) == [("unknown label", 0, 1)]
    assert (finding.tmin_s, finding.tmax_s) == (0.5, 1.0)
    assert finding.message == "The label “IY7” of “phones” is not known."


@pytest.mark.parametrize(
    ("rule", "unknown"),
    [
        (TierRule("PHONES", labels=("IY1", "x")), ["AE"]),
        (TierRule("phon*", pattern=r"[A-Z]+\d?"), ["x"]),
        (TierRule("*", class_map=load_class_map("vowels5")), ["x"]),
        (TierRule("*", pattern="x", class_map=load_class_map("vowels5")), []),
        (TierRule("words", labels=("x",)), []),
    ],
)
def test_what_is_known_is_told_by_a_rule_for_each_tier(rule: TierRule, unknown: list[str]) -> None:
    textgrid = grid(tier("phones", (0.5, "IY1"), (1.0, "AE"), (1.5, "x"), (2.0, "")))
    found = check(textgrid, CheckList(tiers=(rule,), words_and_phones=False))
    labels = [textgrid.tiers[0].intervals[finding.index].text for finding in found]
    assert labels == unknown


def test_times() -> None:
    odd = IntervalTier(
        "x",
        0.0,
        2.0,
        (
            Interval(0.1, 0.5, "a"),
            Interval(0.4, 0.8, "b"),
            Interval(0.8, 0.8, "c"),
            Interval(0.9, 0.905, "d"),
        ),
    )
    found = check(grid(odd), CheckList(tiers=(TierRule(min_ms=10),)))
    assert kinds(found) == [
        ("gap", 0, 0),
        ("overlap", 0, 1),
        ("no length", 0, 2),
        ("gap", 0, 3),
        ("short interval", 0, 3),
        ("gap", 0, 3),
    ]
    assert (found[1].tmin_s, found[1].tmax_s) == (0.4, 0.5)
    assert (found[-1].tmin_s, found[-1].tmax_s) == (0.905, 2.0)
    assert "is 5.0 ms long, under 10 ms" in found[4].message
    assert check(grid(odd), CheckList(gaps=False)) == ()


def test_blanks_empty_labels_and_slips() -> None:
    textgrid = grid(
        tier("x", (0.5, "a"), (1.0, "a "), (1.5, "a"), (2.0, " ")),
        PointTier("p", 0.0, 2.0, (Point(0.1, "H"), Point(0.2, ""))),
    )
    assert kinds(check(textgrid, CheckList())) == [("blanks", 0, 1), ("blanks", 0, 3)]
    strict = CheckList(blanks=False, once=True, tiers=(TierRule(allow_empty=False),))
    assert kinds(check(textgrid, strict)) == [
        ("occurs once", 1, 0),
        ("empty label", 1, 1),
        ("occurs once", 0, 1),
        ("empty label", 0, 3),
    ]


def test_words_and_their_phones() -> None:
    textgrid = grid(
        tier("words", (0.3, "uh"), (0.6, ""), (1.0, "a"), (1.4, "b")),
        tier("phones", (0.3, "sil"), (0.4, "S"), (0.6, "IY1"), (1.4, "AH0")),
    )
    found = check(textgrid, load_checklist())
    assert kinds(found) == [
        ("word without phones", 0, 0),
        ("phones without word", 0, 1),
        ("word boundary", 0, 3),
    ]
    assert "has “S IY1”" in found[1].message
    assert (found[2].tmin_s, found[2].tmax_s) == (1.0, 1.0)


def test_each_speaker_has_phones_of_their_own() -> None:
    words, phones = GOOD.tiers
    silent = tier("B - phones", (1.0, ""))
    textgrid = grid(
        tier("A - words", *((i.tmax_s, i.text) for i in words.intervals)),
        tier("A - phones", *((i.tmax_s, i.text) for i in phones.intervals)),
        tier("B - words", (1.0, "hello")),
        silent,
    )
    assert kinds(check(textgrid, load_checklist())) == [("word without phones", 2, 0)]


def test_a_list_of_the_users_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\nonce = true\ntolerance_ms = 2\n'
        '[[tiers]]\ntier = "v"\nmin_ms = 30\nclass_map = "vowels5"\nlabels = ["x"]\n',
        encoding="utf-8",
    )
    mine = load_checklist(path)
    assert (mine.name, mine.once, mine.tolerance_ms, mine.gaps) == ("mine", True, 2, True)
    rule = mine.rule_for("V")
    assert rule.labels == ("x",)
    assert rule.knows("IY1")
    assert not rule.knows("y")


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("= 1", "not a TOML file"),
        ("gap = true", "the key 'gap' means nothing"),
        ("gaps = 1", "gaps = 1 is not of the kind"),
        ("tolerance_ms = true", "tolerance_ms = True is not of the kind"),
        ("tolerance_ms = -1", "must not be negative"),
        ("tiers = 3", r"as a table \[\[tiers\]\]"),
        ("[[tiers]]\npattern = '('", "is no regular expression"),
        ("[[tiers]]\nlabels = [1]", "labels must be a list of texts"),
        ("[[tiers]]\nknown = 'words'", "only “phones” is known"),
        ("[[tiers]]\nclass_map = 'nothing'", "no class map called nothing"),
    ],
)
def test_a_wrong_list_is_refused_with_the_key(tmp_path: Path, toml: str, said: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        load_checklist(path)


def test_a_list_that_is_not_there() -> None:
    with pytest.raises(ConfigError, match="there is no such check list"):
        load_checklist("nowhere")
