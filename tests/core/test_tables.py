"""Tables as files: each kind read back by another program's reader."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from pyarrow import parquet

from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.tables import Kind, Row, kinds_of, write_table

ROWS: list[Row] = [
    {"label": "=1+1", "n": 3, "F1_hz": 512.25, "word": None},
    {"label": "ɝ, “a”\n", "n": 4, "F1_hz": None, "word": "http://x.org"},
]
KINDS: dict[str, Kind] = {"label": "text", "n": "integer", "F1_hz": "number", "word": "text"}


def test_kinds() -> None:
    assert kinds_of(ROWS) == KINDS
    assert kinds_of([{"a": None}]) == {"a": "number"} and kinds_of([]) == {}
    assert kinds_of([{"a": 1}, {"a": 1.5}]) == {"a": "number"}


def test_excel_has_numbers_as_numbers_and_texts_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_table(path, ROWS, KINDS)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values[0] == list(KINDS) and sheet["A1"].font.bold and sheet.freeze_panes == "A2"
    assert values[1] == ["=1+1", 3, 512.25, None]
    assert sheet["A2"].data_type == "s" and sheet["C2"].data_type == "n"
    assert values[2] == ["ɝ, “a”\n", 4, None, "http://x.org"]
    assert sheet["D3"].hyperlink is None
    assert list(tmp_path.iterdir()) == [path]


def test_the_other_kinds(tmp_path: Path) -> None:
    write_table(tmp_path / "t.parquet", ROWS, KINDS)
    table = parquet.read_table(tmp_path / "t.parquet")
    assert table.to_pylist() == ROWS and str(table.schema.field("n").type) == "int64"
    for ending, delimiter in ((".csv", ","), (".tsv", "\t"), (".tab", "\t")):
        path = tmp_path / f"t{ending}"
        write_table(path, ROWS, KINDS)
        with path.open(encoding="utf-8", newline="") as file:
            read = list(csv.DictReader(file, delimiter=delimiter))
        assert read[1] == {"label": "ɝ, “a”\n", "n": "4", "F1_hz": "", "word": "http://x.org"}


def test_what_will_not_do_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\.xlsx"):
        write_table(tmp_path / "t.ods", ROWS, KINDS)
    with pytest.raises(UserError, match="more than an Excel sheet holds"):
        write_table(tmp_path / "t.xlsx", [{"n": 1}] * 1_048_576, {"n": "integer"})
    assert not list(tmp_path.iterdir())
