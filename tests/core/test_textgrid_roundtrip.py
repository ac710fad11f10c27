"""Every format, encoding and newline, with Praat and other readers as judges."""

from __future__ import annotations

import os
import random
import re
import shutil
import struct
import subprocess
import warnings
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import FileStyle, from_bytes, read_textgrid, to_bytes
from vowelscope.core.textgrid_io import write_textgrid as write
from vowelscope.core.textgrid_scan import PlaceError, scan
from vowelscope.core.textgrid_style import decode, is_text, sniff, unify_newlines

LABELS = [
    "", "ə", 'say "no"', '"', '""', "two\nlines", "! no comment", "<exists>", "3.5", " x ", "\\ae",
    "ʃ\U0001f600", "a\tb", "é", "Ã©", "ا", "\u00a0", "item [1]:", "e\u0301",
]  # fmt: skip
TIMES = [-1.5, -0.1, 0.0, 1e-7, 0.1 + 0.2, 1 / 3 + 1, 2.0000000000000004, 1e5 / 3]


def awkward() -> TextGrid:
    """Tiers of every kind with labels and times that are hard to keep."""
    start, stop = TIMES[0], TIMES[-1]
    spans = list(pairwise(TIMES))
    tiers = [
        IntervalTier(
            'two "names"',
            start,
            stop,
            tuple(Interval(a, b, LABELS[(i + j) % len(LABELS)]) for i, (a, b) in enumerate(spans)),
        )
        for j in range(0, len(LABELS), 5)
    ]
    points = tuple(Point(t, LABELS[-1 - i]) for i, t in enumerate(TIMES))
    rest = (
        PointTier("tönes", start, stop, points),
        PointTier("empty", start, stop),
        IntervalTier("", start, stop, (Interval(start, stop, ""),)),
    )
    return TextGrid(start, stop, (*tiers, *rest))


FORMATS = ("long", "short", "chronological", "binary")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16-be", "utf-16-le", "latin-1", "praat")
NEWLINES = ("\n", "\r\n", "\r")


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("newline", NEWLINES)
def test_every_style_comes_back(kind, encoding, newline, tmp_path: Path) -> None:
    style = FileStyle(kind, encoding, newline)
    path = tmp_path / "ɑ b.TextGrid"
    write(path, awkward(), style)
    document = read_textgrid(path)
    assert document.textgrid == awkward()
    assert document.warnings == ()
    if kind == "binary":
        assert document.style == FileStyle("binary")
    else:
        # Labels that are not Latin-1 turn the file into UTF-8.
        expected = {"latin-1": "utf-8", "praat": "utf-16-be"}.get(encoding, encoding)
        assert document.style == FileStyle(kind, expected, newline)
    assert to_bytes(document.textgrid, document.style) == path.read_bytes()


def test_one_byte_encodings_come_back() -> None:
    textgrid = TextGrid(0.0, 1.0, (PointTier("tö", 0.0, 1.0, (Point(0.5, "naïve"),)),))
    for encoding in ("latin-1", "mac-roman"):
        data = to_bytes(textgrid, FileStyle("short", encoding))
        document = from_bytes(data, "f", encoding)
        assert document.textgrid == textgrid
        assert document.style.encoding == encoding
        assert to_bytes(document.textgrid, document.style) == data
    assert to_bytes(textgrid, FileStyle("short", "latin-1")).count(b"\xf6") == 1


texts = st.text(st.characters(exclude_characters="\0\r", exclude_categories=("Cs",)), max_size=8)
times = st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: x + 0.0)


@st.composite
def textgrids(draw: st.DrawFn) -> TextGrid:
    cuts = sorted(draw(st.sets(times, min_size=2, max_size=6)))
    tiers: list[IntervalTier | PointTier] = []
    for name in draw(st.lists(texts, max_size=3)):
        if draw(st.booleans()):
            spans = pairwise(cuts)
            items = tuple(Interval(a, b, draw(texts)) for a, b in spans)
            tiers.append(IntervalTier(name, cuts[0], cuts[-1], items))
        else:
            marks = tuple(Point(t, draw(texts)) for t in cuts[: draw(st.integers(0, 3))])
            tiers.append(PointTier(name, cuts[0], cuts[-1], marks))
    return TextGrid(cuts[0], cuts[-1], tuple(tiers))


styles = st.builds(
    FileStyle, st.sampled_from(FORMATS), st.sampled_from(ENCODINGS), st.sampled_from(NEWLINES)
)


@settings(max_examples=150, deadline=None)
@given(textgrids(), styles)
def test_any_textgrid_in_any_style_comes_back(textgrid: TextGrid, style: FileStyle) -> None:
    document = from_bytes(to_bytes(textgrid, style), "f")
    assert document.textgrid == textgrid
    assert document.warnings == ()
    if style.format != "binary":
        text = unify_newlines(decode(to_bytes(textgrid, style), document.style.encoding))
        assert scan(text).as_praat() == textgrid


# --- judges -----------------------------------------------------------------------------------


def bits(textgrid: TextGrid) -> list[bytes]:
    out = [struct.pack("2d", textgrid.tmin_s, textgrid.tmax_s)]
    for tier in textgrid.tiers:
        items = tier.intervals if isinstance(tier, IntervalTier) else tier.points
        for x in items:
            ends = (x.tmin_s, x.tmax_s) if isinstance(x, Interval) else (x.time_s,)
            out.append(struct.pack(f"{len(ends)}d", *ends))
    return out


@pytest.mark.parametrize("kind", FORMATS)
def test_parselmouth_lists_the_same_times(kind, tmp_path: Path) -> None:
    parselmouth = pytest.importorskip("parselmouth")
    call = parselmouth.praat.call
    write(tmp_path / "a.TextGrid", awkward(), FileStyle(kind))
    thing = parselmouth.Data.read(str(tmp_path / "a.TextGrid"))
    assert call(thing, "Get number of tiers") == len(awkward().tiers)
    listed = [struct.pack("2d", thing.xmin, thing.xmax)]
    for number, tier in enumerate(awkward().tiers, 1):
        assert call(thing, "Get tier name", number) == tier.name
        if isinstance(tier, IntervalTier):
            for index, interval in enumerate(tier.intervals, 1):
                ends = [
                    call(thing, f"Get {end} time of interval", number, index)
                    for end in ("start", "end")
                ]
                listed.append(struct.pack("2d", *ends))
                assert call(thing, "Get label of interval", number, index) == interval.text
        else:
            for index, point in enumerate(tier.points, 1):
                listed.append(struct.pack("d", call(thing, "Get time of point", number, index)))
                assert call(thing, "Get label of point", number, index) == point.text
    assert listed == bits(awkward())


PRAAT = shutil.which("praat")
PRAAT_SCRIPT = """
folder$ = "FOLDER"
for i to 6
    Read from file: folder$ + "/in" + string$ (i)
    Text writing preferences: "try ASCII, then UTF-16"
    Save as text file: folder$ + "/out" + string$ (i) + ".long"
    Save as short text file: folder$ + "/out" + string$ (i) + ".short"
    Save as chronological text file: folder$ + "/out" + string$ (i) + ".chronological"
    Save as binary file: folder$ + "/out" + string$ (i) + ".binary"
    Text writing preferences: "UTF-8"
    Save as text file: folder$ + "/out" + string$ (i) + ".long8"
    Save as short text file: folder$ + "/out" + string$ (i) + ".short8"
    Save as chronological text file: folder$ + "/out" + string$ (i) + ".chronological8"
    Remove
endfor
"""


@pytest.mark.skipif(PRAAT is None, reason="no praat on this machine")
def test_praat_reads_ours_and_we_give_back_its_own_bytes(tmp_path: Path) -> None:
    plain = TextGrid(0.0, 1.0, (IntervalTier("a", 0.0, 1.0, (Interval(0.0, 1.0, "x"),)),))
    inputs = [
        (awkward(), FileStyle("long")),
        (awkward(), FileStyle("short", "utf-16-le", "\r\n")),
        (awkward(), FileStyle("binary")),
        (awkward(), FileStyle("chronological", "utf-8", "\r")),
        (awkward(), FileStyle("long", "utf-16-be")),
        (plain, FileStyle("short", "praat")),
    ]
    for number, (textgrid, style) in enumerate(inputs, 1):
        write(tmp_path / f"in{number}", textgrid, style)
    script = tmp_path / "judge.praat"
    script.write_text(PRAAT_SCRIPT.replace("FOLDER", str(tmp_path)))
    assert PRAAT is not None
    subprocess.run(
        [PRAAT, f"--pref-dir={tmp_path}", "--run", str(script)],
        check=True,
        timeout=60,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    for number, (textgrid, _) in enumerate(inputs, 1):
        for path in sorted(tmp_path.glob(f"out{number}.*")):
            document = read_textgrid(path)
            assert document.textgrid == textgrid, path.name
            assert bits(document.textgrid) == bits(textgrid), path.name
            kind = path.suffix[1:]
            assert document.style.format == kind.rstrip("8")
            assert to_bytes(document.textgrid, document.style) == path.read_bytes(), path.name
            if not kind.endswith("8"):
                style = FileStyle(document.style.format, "praat")
                assert to_bytes(textgrid, style) == path.read_bytes(), path.name
    assert (tmp_path / "out1.long8").read_bytes() == to_bytes(awkward())


@pytest.mark.parametrize("kind", ["long", "short"])
def test_praatio_reads_ours(kind, tmp_path: Path) -> None:
    textgrid = pytest.importorskip("praatio.textgrid")
    tiers = (
        IntervalTier("a", 0.0, 2.0, (Interval(0.0, 0.1 + 0.2, "ə"), Interval(0.1 + 0.2, 2.0, "q"))),
        PointTier("b", 0.0, 2.0, (Point(1 / 3, 'x "y"'),)),
    )
    write(tmp_path / "a.TextGrid", TextGrid(0.0, 2.0, tiers), FileStyle(kind))
    opened = textgrid.openTextgrid(str(tmp_path / "a.TextGrid"), includeEmptyIntervals=True)
    assert [tuple(x) for x in opened.getTier("a").entries] == [
        (0.0, 0.1 + 0.2, "ə"),
        (0.1 + 0.2, 2.0, "q"),
    ]
    assert [x.time for x in opened.getTier("b").entries] == [1 / 3]


def test_textgrid_reads_ours(tmp_path: Path) -> None:
    library = pytest.importorskip("textgrid")
    tier = IntervalTier("a", 0.0, 2.0, (Interval(0.0, 0.125, "ə"), Interval(0.125, 2.0, 'say "q"')))
    write(tmp_path / "a.TextGrid", TextGrid(0.0, 2.0, (tier,)))
    opened = library.TextGrid.fromFile(str(tmp_path / "a.TextGrid"))
    assert [(float(x.minTime), float(x.maxTime), x.mark) for x in opened[0]] == [
        (0.0, 0.125, "ə"),
        (0.125, 2.0, 'say "q"'),
    ]


# --- damage -----------------------------------------------------------------------------------

JUNK = [
    '"',
    "!",
    "<",
    ">",
    "-",
    "+",
    "0",
    "9",
    "\n",
    "\r",
    " ",
    "x",
    "\0",
    "é",
    "1e999",
    "<absent>",
]


def mutate(data: bytes, chance: random.Random) -> bytes:
    """`data` with one to four bytes, words or stretches changed, dropped, doubled or moved."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(out) + 1)
        stop = min(len(out), place + chance.choice((1, 1, 2, 8, 60)))
        match chance.randrange(6):
            case 0:
                out[place:stop] = chance.randbytes(stop - place)
            case 1:
                del out[place:stop]
            case 2:
                out[place:place] = chance.choice(JUNK).encode()
            case 3:
                out[place:place] = out[place:stop]
            case 4:
                out[place:stop] = chance.choice(JUNK).encode()
            case _:
                words = [m.span() for m in re.finditer(rb"[^\s]+", bytes(out))]
                if words:
                    first, last = chance.choice(words)
                    out[first:last] = chance.choice((b"", b'"x"', b"7", b"-1", b"99999999999"))
        if chance.random() < 0.1:
            del out[chance.randrange(len(out) + 1) :]
    return bytes(out)


@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_files_are_read_as_praat_does_or_refused_in_a_sentence(kind: str) -> None:
    # VOWELSCOPE_MUTATIONS=10000 for the long form.
    count = int(os.environ.get("VOWELSCOPE_MUTATIONS", "400")) // len(FORMATS)
    chance = random.Random(20)
    read = refused = 0
    for index in range(count):
        encoding = ("utf-8", "utf-16-le", "utf-8")[index % 3]
        good = to_bytes(awkward(), FileStyle(kind, encoding))  # type: ignore[arg-type]
        data = mutate(good, chance)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                document = from_bytes(data, "damaged.TextGrid")
        except TextGridError as error:
            refused += 1
            message = str(error)
            assert message.startswith("damaged.TextGrid") and message.endswith("."), message
            assert "\n" not in message and "Traceback" not in message, message
            assert "that Praat reads" not in message, (message, data)
            continue
        read += 1
        if is_text(data):
            text = unify_newlines(decode(data, sniff(data).encoding))
            try:
                assert scan(text).as_praat() == document.textgrid, data
            except PlaceError as error:
                pytest.fail(f"Praat reads what the scan refuses: {error} {data!r}")
    assert read + refused == count and refused > 0
