"""Reading: what Praat reads, and one sentence with the place for what it refuses."""

from __future__ import annotations

import io
import os
import struct
import wave
from itertools import pairwise
from pathlib import Path

import pytest

from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import FileStyle, from_bytes, read_textgrid, to_bytes
from vowelscope.core.textgrid_io import write_textgrid as write
from vowelscope.core.textgrid_style import sniff
from vowelscope.core.textgrid_text import format_number
from vowelscope.core.validate import problems

HEAD = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n'
TIER = '"IntervalTier"\n"a"\n0\n2\n2\n0\n1\n"x"\n1\n2\n"y"\n'
GOOD = HEAD + "0\n2\n<exists>\n1\n" + TIER
CHRONOLOGICAL = (
    '"Praat chronological TextGrid text file"\n0 2   ! Time domain.\n2   ! Number of tiers.\n'
    '"IntervalTier" "a" 0 2\n"TextTier" "b" 0 2\n\n! a:\n1 0 2\n"x"\n\n! b:\n2 1.5 \n"p"'
)
SMALL = TextGrid(
    0.0, 2.0, (IntervalTier("a", 0.0, 2.0, (Interval(0, 1, "x"), Interval(1, 2, "y"))),)
)


def read(text: str | bytes, encoding: str | None = None) -> TextGrid:
    data = text.encode() if isinstance(text, str) else text
    return from_bytes(data, "file.TextGrid", encoding).textgrid


def refusal(data: str | bytes) -> str:
    with pytest.raises(TextGridError) as caught:
        read(data)
    message = str(caught.value)
    assert message.startswith("file.TextGrid") and message.endswith(".")
    assert "\n" not in message and "/tmp" not in message
    return message


def test_a_short_file_is_read() -> None:
    assert read(GOOD) == SMALL


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace('"x"\n', '! a "comment" with <flags> and 3\n"x" ! and another\n'),
        GOOD.replace("File type = ", "").replace("Object class = ", ""),
        "ooTextFile\n" + GOOD.partition("\n")[2],
        "TextGridTextFile\n" + GOOD[len(HEAD) :],
        GOOD.replace("\n1\n2\n", "\n100%\n4/2\n"),
        GOOD.replace('"y"\n', '"y"'),
        GOOD.replace('"y"\n', '"y" ! a comment at the end'),
        HEAD + 'from 0 to 2 s <exists> 1 tier: "IntervalTier" "a" 0 2 with 2 0 1 "x" 1 2 "y" ok',
    ],
    ids=["comments", "bare", "flag only", "old", "percent", "no newline", "end comment", "free"],
)
def test_other_spellings_mean_the_same(text: str) -> None:
    assert read(text) == SMALL


def test_a_chronological_file_is_read_and_comes_back() -> None:
    document = from_bytes(CHRONOLOGICAL.encode(), "file")
    assert document.style == FileStyle("chronological")
    assert document.textgrid.tiers == (
        IntervalTier("a", 0, 2, (Interval(0, 2, "x"),)),
        PointTier("b", 0, 2, (Point(1.5, "p"),)),
    )
    assert to_bytes(document.textgrid, document.style) == CHRONOLOGICAL.encode()


def test_praat_sorts_and_keeps_gaps_and_overlaps() -> None:
    tier = read(GOOD.replace('0\n1\n"x"\n1\n2\n"y"', '1\n2\n"y"\n0\n1.5\n"x"')).tiers[0]
    assert isinstance(tier, IntervalTier)
    assert tier.intervals == (Interval(0, 1.5, "x"), Interval(1, 2, "y"))
    assert problems(TextGrid(0, 2, (tier,))) == [
        "Tier 1 (a): interval 2 overlaps the one before it (1.5 s)."
    ]


def test_what_praat_leaves_out_is_said() -> None:
    text = GOOD.replace("\n2\n2\n0\n1\n", "\n2\n3\n0\n0\n" + '"gone"\n0\n1\n', 1)
    document = from_bytes(text.encode(), "file")
    tier = document.textgrid.tiers[0]
    assert isinstance(tier, IntervalTier) and len(tier.intervals) == 2
    assert document.warnings == (
        "Tier 1 (a): 1 of 3 intervals left out, as Praat does, "
        "because another one begins at the same time.",
    )
    assert from_bytes(GOOD.encode(), "file").warnings == ()


def test_an_empty_interval_tier_gets_its_one_interval() -> None:
    tier = read(HEAD + '0 2 <exists> 1 "IntervalTier" "a" 0 2 0').tiers[0]
    assert tier == IntervalTier("a", 0, 2, (Interval(0, 2, ""),))


def test_two_tiers_of_one_name_negative_and_exact_times() -> None:
    start, middle, stop = -1.0000000000000002, 0.1 + 0.2, 1e5 / 3
    text = (
        HEAD
        + f"{start!r}\n{stop!r}\n<exists>\n2\n"
        + 2
        * (
            f'"IntervalTier"\n"a"\n{start!r}\n{stop!r}\n2\n{start!r}\n{middle!r}\n"x"\n'
            f'{middle!r}\n{stop!r}\n"y"\n'
        )
    )
    one, two = read(text).tiers
    assert one == two and isinstance(one, IntervalTier)
    assert struct.pack("3d", one.tmin_s, one.intervals[0].tmax_s, one.tmax_s) == struct.pack(
        "3d", start, middle, stop
    )


def test_long_labels_are_not_cut() -> None:
    label = "ə" * 70_000
    assert read(GOOD.replace('"x"', f'"{label}"')).tiers[0].intervals[0].text == label
    with pytest.raises(TextGridError, match="70000 characters does not fit"):
        to_bytes(read(GOOD.replace('"x"', f'"{label}"')), FileStyle("binary"))


@pytest.mark.parametrize(
    ("data", "encoding", "label"),
    [
        (b'"\xe9"', "latin-1", "é"),
        ("\u0259\U0001f600".encode().join((b'"', b'"')), "utf-8", "\u0259\U0001f600"),
        (b'"x\0y"', "utf-8", "xy"),
    ],
)
def test_encodings_without_a_mark(data: bytes, encoding: str, label: str, monkeypatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    document = from_bytes(GOOD.encode().replace(b'"x"', data), "file")
    assert document.style.encoding == encoding
    assert document.textgrid.tiers[0].intervals[0].text == label


@pytest.mark.parametrize(
    ("platform", "label"), [("darwin", "é"), ("linux", "\x8e"), ("win32", "Ž")]
)
def test_the_old_encoding_is_that_of_the_system(platform: str, label: str, monkeypatch) -> None:
    monkeypatch.setattr("sys.platform", platform)
    data = GOOD.encode().replace(b'"x"', b'"\x8e"')
    assert read(data).tiers[0].intervals[0].text == label
    assert read(data, "mac-roman").tiers[0].intervals[0].text == "é"


def test_text_that_latin1_would_not_bring_back_is_saved_as_utf8() -> None:
    for label in ("ə", "Ã©"):
        textgrid = read(GOOD.replace('"x"', f'"{label}"'))
        assert read(to_bytes(textgrid, FileStyle(encoding="latin-1"))) == textgrid


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (HEAD + "0\n2\n<absent>\n", ["line 6", "no list of tiers"]),
        (HEAD + "0\n2\n<maybe>\n", ["line 6", "<exists>"]),
        (HEAD + '0\n"x"\n<exists>\n1\n', ["line 5", "end time (xmax) should be a number"]),
        (GOOD.replace('"x"', '"x"z"'), ["line 15", "interval 1 of 2 of tier 1 (a)", "not doubled"]),
        (GOOD.replace('"y"', '"y'), ["line 18", "interval 2 of 2", "never ends"]),
        (GOOD.replace('"y"', ""), ["line 17", "interval 2 of 2", "too early", "label"]),
        (GOOD.replace('"y"', "y"), ["interval 2 of 2", "too early", "label"]),
        (GOOD.replace('1\n2\n"y"', '1\n"y"'), ["line 17", "interval 2 of 2", "the end time"]),
        (GOOD.replace('1\n2\n"y"', '1\n-\n"y"'), ["line 17", "interval 2 of 2", "the end time"]),
        (GOOD.replace('1\n2\n"y"', "1\n2\n3"), ["line 18", "label should be a text", "but 3"]),
        (GOOD.replace("IntervalTier", "PitchTier"), ["line 8", "tier 1", "PitchTier"]),
        (GOOD.replace("\n2\n0\n1", "\n9999999999\n0\n1"), ["line 12", "number of intervals"]),
        (GOOD.replace('"TextGrid"', '"Pitch 1"'), ["line 2", "holds a Pitch 1"]),
        (GOOD.replace('"TextGrid"', '"TextGrid 7"'), ["newer Praat"]),
        (CHRONOLOGICAL.replace("\n2 1.5", "\n3 1.5"), ["line 12", "no tier 3"]),
        (CHRONOLOGICAL.replace('"p"', '"p'), ["line 13", "tier 2, b", "never ends"]),
        (b"%PDF-1.7\n" + bytes(300), ["does not begin"]),
        (b"hello, I am plain text of no kind whatever", ["does not begin"]),
        (b"ooBinaryFile\x08TextGrid\0\0", ["too early", "header"]),
        (b"ooBinaryFile\x08TextGrid" + bytes(17), ["no list of tiers"]),
        (b"ooBinaryFile\x05Sound" + bytes(60), ["holds a Sound"]),
        (to_bytes(SMALL, FileStyle("binary"))[:-20], ["too early", "interval 1 of 2 of tier 1"]),
        (to_bytes(SMALL, FileStyle("binary"))[:-1], ["too early", "interval 2 of 2 of tier 1"]),
        (b"", ["empty"]),
        (b"\xfe\xff", ["does not begin"]),
    ],
)
def test_a_refusal_says_where(data: str | bytes, parts: list[str]) -> None:
    message = refusal(data)
    for part in parts:
        assert part in message, message


def test_no_file_a_folder_a_sound(tmp_path: Path) -> None:
    with pytest.raises(TextGridError, match="does not exist"):
        read_textgrid(tmp_path / "no.TextGrid")
    with pytest.raises(TextGridError, match="is a folder"):
        read_textgrid(tmp_path)
    with pytest.raises(TextGridError, match="cannot be read"):
        read_textgrid("a\0b")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    assert "does not begin" in refusal(buffer.getvalue())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "a.TextGrid"
    path.write_text(GOOD)
    path.chmod(0)
    with pytest.raises(TextGridError, match="cannot be read: Permission denied"):
        read_textgrid(path)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (2.5, "2.5"),
        (-1.5, "-1.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1 / 3, "0.3333333333333333"),
        (1e15, "1e+15"),
        (123456789012345680.0, "1.2345678901234568e+17"),
        (1e-5, "1e-05"),
        (0.0001, "0.0001"),
        (100000.0, "100000"),
        (5e-324, "4.94065645841247e-324"),
    ],
)
def test_numbers_as_praat_prints_them(value: float, text: str) -> None:
    assert format_number(value) == text


def test_undefined_times_and_odd_labels_are_not_written() -> None:
    nan = float("nan")
    tier = IntervalTier("a", 0, 1, (Interval(0, nan, "x"),))
    with pytest.raises(TextGridError, match=r"tier 1 \(a\), item 1 has a time that is no number"):
        to_bytes(TextGrid(0, 1, (tier,)))
    with pytest.raises(TextGridError, match="no number"):
        to_bytes(TextGrid(0, nan))
    with pytest.raises(TextGridError, match="label 1 has a null"):
        to_bytes(TextGrid(0, 1, (PointTier("a", 0, 1, (Point(0.5, "\0"),)),)))
    with pytest.raises(TextGridError, match="Tier 1, label 1, holds half a character"):
        to_bytes(TextGrid(0, 1, (PointTier("a", 0, 1, (Point(0.5, "\ud800"),)),)))
    with pytest.raises(TextGridError, match="format"):
        to_bytes(SMALL, FileStyle("xml"))  # type: ignore[arg-type]
    with pytest.raises(TextGridError, match="encoding"):
        to_bytes(SMALL, FileStyle(encoding="ebcdic"))


def test_a_new_file_is_utf8_long_text(tmp_path: Path) -> None:
    write(tmp_path / "a.TextGrid", SMALL)
    data = (tmp_path / "a.TextGrid").read_bytes()
    assert sniff(data) == FileStyle("long", "utf-8", "\n")
    assert data.startswith(HEAD.encode() + b"xmin = 0 \nxmax = 2 \ntiers? <exists> \nsize = 1 \n")


def test_a_hundred_thousand_intervals_keep_every_bit() -> None:
    times = [index / 7 for index in range(100_001)]
    intervals = tuple(Interval(a, b, "ə") for a, b in pairwise(times))
    textgrid = TextGrid(0.0, times[-1], (IntervalTier("p", 0.0, times[-1], intervals),))
    assert read(to_bytes(textgrid, FileStyle("short"))) == textgrid
