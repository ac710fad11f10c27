"""A design of the log in a file: which columns it shows, in which order."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError
from vowelscope.core.measure_log import COLUMNS
from vowelscope.core.translation import tr

__all__ = ["ENDING", "read_design", "write_design"]

ENDING = ".toml"


def read_design(path: Path) -> tuple[str, ...]:
    """Names of the columns of a design, in order.

    Raises
    ------
    ConfigError
        The file cannot be read, is no TOML, or names a column that there is not.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            tr("{path}: cannot be read ({strerror}).").format(path=path, strerror=error.strerror)
        ) from error
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else "not TOML"
        raise ConfigError(
            tr("{path}: is no design of the log ({reason}).").format(path=path, reason=reason)
        ) from error
    columns = data.get("columns")
    if not isinstance(columns, list) or not columns:
        raise ConfigError(tr('{path}: has no list "columns" of names.').format(path=path))
    unknown = [name for name in columns if not isinstance(name, str) or name not in COLUMNS]
    if unknown:
        raise ConfigError(
            tr("{path}: the log has no column {unknown!r}.").format(path=path, unknown=unknown[0])
        )
    return tuple(dict.fromkeys(columns))


def write_design(path: Path, columns: Sequence[str]) -> None:
    """Write a design, atomically.

    Raises
    ------
    ConfigError
        The file cannot be written.
    """
    lines = [f"    {json.dumps(name)},  # {COLUMNS[name].title}" for name in columns]
    text = "# Columns of a log of vowelscope, in order.\ncolumns = [\n"
    text += "\n".join(lines) + "\n]\n"
    write_bytes(path, text.encode("utf-8"), ConfigError)
