"""Annotations of other programs: what they hold comes in, and comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from vowelscope.cli import main
from vowelscope.core.errors import TextGridError
from vowelscope.core.interchange import read_annotations, write_annotations
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid, write_textgrid

WORDS = IntervalTier(
    "words",
    0.0,
    2.0,
    (Interval(0, 0.5), Interval(0.5, 1.25, "ə"), Interval(1.25, 1.5, 'say,"no"'), Interval(1.5, 2)),
)
GRID = TextGrid(0.0, 2.0, (WORDS, PointTier("tones", 0.0, 2.0, (Point(0.25, "H*"),))))


def labelled(tier: IntervalTier | PointTier) -> list[tuple[float, float, str]]:
    assert isinstance(tier, IntervalTier)
    return [(x.tmin_s, x.tmax_s, x.text) for x in tier.intervals if x.text]


@pytest.mark.parametrize("suffix", [".eaf", ".phn", ".wrd", ".txt", ".ctm", ".csv"])
def test_what_goes_out_comes_in(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    write_annotations(path, GRID)
    found = read_annotations(path, tmax_s=2.0)
    assert labelled(found.tiers[0]) == labelled(WORDS)
    tier = found.tiers[0]
    assert isinstance(tier, IntervalTier) and tier.intervals == WORDS.intervals
    if suffix == ".csv":
        assert found == GRID


def test_points_in_audacity_and_a_chosen_tier(tmp_path: Path) -> None:
    write_annotations(tmp_path / "a.txt", GRID, tier="tones")
    assert (tmp_path / "a.txt").read_text() == "0.25\t0.25\tH*\n"
    (tier,) = read_annotations(tmp_path / "a.txt").tiers
    assert isinstance(tier, PointTier) and tier.points == (Point(0.25, "H*"),)
    with pytest.raises(TextGridError, match="no tier other"):
        write_annotations(tmp_path / "a.txt", GRID, tier="other")


def test_files_as_the_programs_write_them(tmp_path: Path) -> None:
    (tmp_path / "a.phn").write_text("0 3200 h#\n3200 4800 sh\r\n4800 8000 ix\n")
    (tier,) = read_annotations(tmp_path / "a.phn").tiers
    assert labelled(tier) == [(0.0, 0.2, "h#"), (0.2, 0.3, "sh"), (0.3, 0.5, "ix")]
    (tmp_path / "b.txt").write_text("0.5\t1\tone\n\\\t100\t2000\n1,5\t2\ttwo\n")
    assert labelled(read_annotations(tmp_path / "b.txt").tiers[0]) == [
        (0.5, 1, "one"),
        (1.5, 2, "two"),
    ]
    (tmp_path / "c.ctm").write_text(";; comment\nu1 1 0.1 0.2 a 0.9\nu1 1 0.3 0.1 b\nu2 A 0 1 c\n")
    one, two = read_annotations(tmp_path / "c.ctm").tiers
    assert (one.name, two.name) == ("u1 1", "u2 A")
    assert labelled(one) == [(0.1, 0.3, "a"), (0.3, 0.4, "b")]


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("a.phn", "0 10 a\n0 x b\n", "line 2: a sample number should be a number"),
        ("a.phn", "0\n", "line 1: it should have"),
        ("a.phn", "0 10 a\n5 20 b\n", "line 2: it overlaps"),
        ("a.phn", "10 0 a\n0 10 b\n", "line 1: "),
        ("a.phn", "0 10 a\n10 10 b\n", "line 2: an interval of no length"),
        ("a.phn", "", "no annotations"),
        ("a.txt", "0 1 a\n", "line 1: it should have start, end and label"),
        ("a.ctm", "u 1 0\n", "line 1: it should have file"),
        ("a.csv", "a,b\n1,2\n", "line 1: there is no column text, tmax_s, tmin_s"),
        ("a.csv", "tmin_s,tmax_s,text\n1,nan,x\n", "line 2: tmax_s should be a number"),
        ("a.eaf", "<a>", "not an ELAN file"),
        ("a.eaf", "<a></a>", "not an ELAN file"),
    ],
)
def test_a_fault_has_its_line(name: str, text: str, part: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(TextGridError) as caught:
        read_annotations(tmp_path / name)
    assert part in str(caught.value) and str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_a_format_cannot_hold_is_refused(tmp_path: Path) -> None:
    twice = TextGrid(0.0, 2.0, (WORDS, WORDS))
    with pytest.raises(TextGridError, match="two tiers are called words"):
        write_annotations(tmp_path / "a.eaf", twice)
    early = TextGrid(-1.0, 2.0, (IntervalTier("a", -1.0, 2.0, (Interval(-1.0, 2.0, "x"),)),))
    with pytest.raises(TextGridError, match="no times before 0"):
        write_annotations(tmp_path / "a.eaf", early)
    spaced = TextGrid(0.0, 1.0, (IntervalTier("a", 0.0, 1.0, (Interval(0.0, 1.0, "two words"),)),))
    with pytest.raises(TextGridError, match="does not fit on a line"):
        write_annotations(tmp_path / "a.ctm", spaced)
    with pytest.raises(TextGridError, match="suffix"):
        write_annotations(tmp_path / "a.doc", GRID)
    with pytest.raises(TextGridError, match="suffixes"):
        read_annotations(tmp_path / "a.doc")
    with pytest.raises(TextGridError, match="cannot be read"):
        read_annotations(tmp_path / "no.csv")
    assert list(tmp_path.iterdir()) == []


def test_convert_goes_by_the_suffix(tmp_path: Path) -> None:
    source, eaf, back = (tmp_path / name for name in ("a.TextGrid", "a.eaf", "b.TextGrid"))
    write_textgrid(source, GRID)
    assert main(["textgrid", "convert", str(source), str(eaf)]) == 0
    assert b"ANNOTATION_DOCUMENT" in eaf.read_bytes()
    assert main(["textgrid", "convert", str(eaf), str(back)]) == 0
    assert labelled(read_textgrid(back).textgrid.tiers[0]) == labelled(WORDS)
    # A TextGrid that is called .txt is still one.
    disguised = tmp_path / "c.txt"
    assert main(["textgrid", "convert", str(source), str(disguised), "--format", "short"]) == 0
    assert main(["textgrid", "convert", str(disguised), str(back)]) == 0
    assert read_textgrid(back).textgrid == GRID
