"""Catalogues of the words on the screen: collected, merged, compiled, counted.

``python packaging/translate.py`` collects every ``tr("...")`` and ``said("...")`` and the table of
actions, merges them into each ``resources/locale/CODE/LC_MESSAGES/vowelscope.po`` (what is there is
kept; what is gone is kept as obsolete), compiles the ``.mo`` that the program reads, and prints how
much is translated. ``--check`` changes nothing.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import get_args

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "resources" / "locale"


def words_of(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each ``tr("...")`` and ``said("...")`` of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if called and node.func.id in ("tr", "said") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


def words_of_actions() -> Iterator[str]:
    """Titles of menus, texts of actions, names of shapes and columns."""
    from vowelscope.core.measure_log import COLUMNS
    from vowelscope.core.spectrogram import WindowShape
    from vowelscope.ui.actions import MENUS, TABLE

    for shape in get_args(WindowShape):
        yield shape.capitalize()
    for column in COLUMNS.values():
        yield column.title
        yield column.meaning
    yield from MENUS
    for row in TABLE:
        yield row.text
        if row.submenu:
            yield row.submenu


def collected() -> Catalog:
    """All there is to translate, each with the files that say it."""
    catalog = Catalog(project="vowelscope", charset="utf-8", fuzzy=False)
    for text in words_of_actions():
        catalog.add(text, locations=[("vowelscope/ui/actions.py", 0)])
    for path in sorted((ROOT / "vowelscope").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for _, text in words_of(path):
            if text:
                # Lines would change with every edit.
                catalog.add(text, locations=[(name, 0)])
    return catalog


def read_catalogue(path: Path) -> Catalog:
    """A catalogue on disk."""
    with path.open("rb") as stream:
        return read_po(stream, charset="utf-8")


def compiled(catalog: Catalog) -> bytes:
    """The ``.mo`` of a catalogue."""
    stream = BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def share(catalog: Catalog, wanted: Catalog) -> tuple[int, int]:
    """How many of the texts that are wanted have a translation, and how many there are."""
    texts = [message.id for message in wanted if message.id]
    done = sum(bool(catalog.get(text) and catalog.get(text).string) for text in texts)
    return done, len(texts)


def main() -> int:
    """Merge and compile every catalogue; the exit status is 1 where ``--check`` finds one old."""
    check = "--check" in sys.argv[1:]
    wanted, old = collected(), False
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/vowelscope.po")):
        catalog = read_catalogue(path)
        if not check:
            catalog.update(wanted, no_fuzzy_matching=True)
            stream = BytesIO()
            write_po(stream, catalog, width=100, sort_output=True, include_lineno=False)
            path.write_bytes(stream.getvalue())
            path.with_suffix(".mo").write_bytes(compiled(catalog))
        done, count = share(catalog, wanted)
        old = old or done < count
        print(f"{path.parent.parent.name}: {done} of {count} ({100 * done / count:.1f} %)")
    return int(check and old)


if __name__ == "__main__":
    sys.exit(main())
