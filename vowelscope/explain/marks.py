"""Which tokens of an explained corpus are marked, in ``marks.json`` beside the shards."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr
from vowelscope.explain.shards import Plan

MARKS_NAME = "marks.json"
VERSION = 1


def read_marks(out: Path, plan: Plan) -> frozenset[int]:
    """Marked rows of the corpus; none where there is no file.

    Raises
    ------
    ConfigError
        The file cannot be read, is damaged, or is of another corpus.
    """
    path = out / MARKS_NAME
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return frozenset()
    except OSError as fault:
        raise ConfigError(
            tr("{path}: the marks cannot be read ({why}).").format(path=path, why=fault.strerror)
        ) from fault
    except (ValueError, RecursionError) as fault:
        raise ConfigError(tr("{path}: the marks are no JSON text.").format(path=path)) from fault
    if not isinstance(held, dict) or held.get("version") != VERSION:
        raise ConfigError(
            tr("{path}: marks are read in version {version} only.").format(
                path=path, version=VERSION
            )
        )
    if held.get("corpus_sha256") != plan.corpus_sha256:
        raise ConfigError(tr("{path}: these are marks of another corpus.").format(path=path))
    rows = held.get("rows")
    if not isinstance(rows, list) or not all(
        type(row) is int and 0 <= row < plan.tokens for row in rows
    ):
        raise ConfigError(
            tr("{path}: “rows” is not a list of rows of the corpus, 0 to {last}.").format(
                path=path, last=plan.tokens - 1
            )
        )
    return frozenset(rows)


def write_marks(out: Path, plan: Plan, rows: Iterable[int]) -> None:
    """Keep which rows of the corpus are marked, atomically.

    Raises
    ------
    ConfigError
        The file cannot be written; the old one is then untouched.
    """
    held = {"version": VERSION, "corpus_sha256": plan.corpus_sha256, "rows": sorted(rows)}
    data = (json.dumps(held) + "\n").encode("utf-8")
    write_bytes(out / MARKS_NAME, data, ConfigError)
