"""Tables of measurements as files: CSV, tab-separated text, Parquet, Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.translation import tr

__all__ = ["ENDINGS", "Kind", "kinds_of", "to_table", "write_table"]

Row = dict[str, Any]
Kind = Literal["text", "integer", "number"]

ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".parquet", ".xlsx")
_MOST_EXCEL_ROWS = 1_048_575
_MOST_EXCEL_LETTERS = 32_767
_WIDEST_EXCEL = 40


def to_table(rows: Iterable[Row], delimiter: str = ",") -> str:
    """The rows as CSV or TSV with a header; undefined values are empty cells."""
    out = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, list(row), delimiter=delimiter, lineterminator="\n")
            writer.writeheader()
        writer.writerow({key: "" if value is None else value for key, value in row.items()})
    return out.getvalue()


def kinds_of(rows: Sequence[Row]) -> dict[str, Kind]:
    """Names of the columns and what they hold, by the values that are there."""
    kinds: dict[str, Kind] = {}
    for name in rows[0] if rows else ():
        held = [row.get(name) for row in rows if row.get(name) is not None]
        if any(isinstance(value, str) for value in held):
            kinds[name] = "text"
        elif held and all(isinstance(value, int) for value in held):
            kinds[name] = "integer"
        else:
            kinds[name] = "number"
    return kinds


def write_table(path: Path, rows: Sequence[Row], kinds: Mapping[str, Kind]) -> None:
    """Write one table, atomically.

    Parameters
    ----------
    path
        Ends in one of `ENDINGS`; ``.tsv``, ``.txt`` and ``.tab`` have tabs.
    kinds
        Names of the columns in order, and what each holds.

    Raises
    ------
    ConfigError
        Another ending.
    UserError
        The file cannot be written, a value is of the wrong kind, or Excel cannot hold so many.
    """
    table = [{name: row.get(name) for name in kinds} for row in rows]
    ending = path.suffix.lower()
    if ending == ".parquet":
        write_bytes(path, _parquet(table, kinds))
    elif ending == ".xlsx":
        write_bytes(path, _excel(table, kinds))
    elif ending in ENDINGS:
        delimiter = "," if ending == ".csv" else "\t"
        text = to_table(table, delimiter) or delimiter.join(kinds) + "\n"
        write_bytes(path, text.encode("utf-8"))
    else:
        raise ConfigError(
            tr("{name}: a table ends in .csv, .tsv, .txt, .parquet or .xlsx (Excel).").format(
                name=path.name
            )
        )


def _parquet(table: Sequence[Row], kinds: Mapping[str, Kind]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    types = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64()}
    schema = pa.schema([(name, types[kind]) for name, kind in kinds.items()])
    out = io.BytesIO()
    try:
        parquet.write_table(pa.Table.from_pylist(table, schema=schema), out)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        # A log file that was changed by hand.
        raise UserError(
            tr("A row of the table has a value of the wrong kind ({error}).").format(error=error)
        ) from error
    return out.getvalue()


def _excel(table: Sequence[Row], kinds: Mapping[str, Kind]) -> bytes:
    """One sheet with a header that stays in view; no text is taken for a formula or a link."""
    import xlsxwriter

    if len(table) > _MOST_EXCEL_ROWS:
        raise UserError(
            tr(
                "{count:,} rows are more than an Excel sheet holds "
                "({most_excel_rows:,}); write .csv or .parquet."
            ).format(count=len(table), most_excel_rows=_MOST_EXCEL_ROWS)
        )
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": True}) as book:
        sheet = book.add_worksheet("vowelscope")
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(kinds):
            seen = [len(str(row[name])) for row in table[:200] if row[name] is not None]
            sheet.set_column(column, column, min(max(len(name), *seen, 6) + 2, _WIDEST_EXCEL))
            sheet.write_string(0, column, name, bold)
        for at, row in enumerate(table, start=1):
            for column, (name, kind) in enumerate(kinds.items()):
                value = row[name]
                if value is None:
                    continue
                if kind == "text" or isinstance(value, str):
                    sheet.write_string(at, column, str(value)[:_MOST_EXCEL_LETTERS])
                else:
                    sheet.write_number(at, column, value)
    return out.getvalue()
