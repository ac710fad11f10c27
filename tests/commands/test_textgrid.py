"""`vowelscope textgrid` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vowelscope.cli import main
from vowelscope.core.textgrid import Interval, IntervalTier, PointTier, TextGrid
from vowelscope.core.textgrid_io import FileStyle, read_textgrid, write_textgrid

GRID = TextGrid(
    -1.0,
    0.1 + 0.2,
    (
        IntervalTier("a", -1.0, 0.1 + 0.2, (Interval(-1.0, 0.0, "ə"), Interval(0.0, 0.1 + 0.2))),
        PointTier("b", -1.0, 0.1 + 0.2),
    ),
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.TextGrid"
    write_textgrid(path, GRID, FileStyle("short", "utf-16-be", "\r\n"))
    return path


def test_convert_changes_only_what_is_named(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.TextGrid"
    assert main(["textgrid", "convert", str(source), str(target), "--format", "long"]) == 0
    document = read_textgrid(target)
    assert document.textgrid == GRID
    assert document.style == FileStyle("long", "utf-16-be", "\r\n")
    words = ["--encoding", "utf-8", "--newline", "lf"]
    assert main(["textgrid", "convert", str(source), str(target), *words]) == 0
    assert read_textgrid(target).style == FileStyle("short", "utf-8", "\n")


def test_convert_in_place_and_praats_own_encoding(source: Path) -> None:
    words = ["--format", "binary"]
    assert main(["textgrid", "convert", str(source), str(source), *words]) == 0
    assert source.read_bytes().startswith(b"ooBinaryFile")
    words = ["--format", "long", "--encoding", "praat"]
    assert main(["textgrid", "convert", str(source), str(source), *words]) == 0
    assert source.read_bytes().startswith(b"\xfe\xff")


def test_json_has_every_bit(source: Path, tmp_path: Path, capsys) -> None:
    assert main(["textgrid", "json", str(source)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["tmax_s"] == 0.1 + 0.2
    assert shown["tiers"][0]["intervals"][0] == {"tmin_s": -1.0, "tmax_s": 0.0, "text": "ə"}
    assert shown["tiers"][1]["points"] == []
    assert shown["style"] == {"format": "short", "encoding": "utf-16-be", "newline": "crlf"}
    assert main(["textgrid", "json", str(source), "--output", str(tmp_path / "o.json")]) == 0
    assert json.loads((tmp_path / "o.json").read_text(encoding="utf-8")) == shown


def test_a_bad_file_is_one_sentence_and_status_2(tmp_path: Path, capsys) -> None:
    assert main(["textgrid", "json", str(tmp_path / "no")]) == 2
    assert capsys.readouterr().err == f"vowelscope: {tmp_path / 'no'} does not exist.\n"
    (tmp_path / "bad").write_text('File type = "ooTextFile"\n"TextGrid"\n0 2 <absent>')
    assert main(["textgrid", "convert", str(tmp_path / "bad"), str(tmp_path / "out")]) == 2
    assert "line 3" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_praat_leaves_out_is_told(tmp_path: Path, capsys) -> None:
    text = 'ooTextFile\n"TextGrid" 0 2 <exists> 1 "TextTier" "p" 0 2 2 1 "one" 1 "two"'
    (tmp_path / "twice").write_text(text)
    assert main(["textgrid", "json", str(tmp_path / "twice")]) == 0
    assert "1 of 2 points left out" in capsys.readouterr().err
