"""One HTML file that needs nothing else: a page with its figures inside."""

from __future__ import annotations

import html
import io
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLE = """
body { font: 15px/1.5 "DejaVu Sans", "Noto Sans", sans-serif; color: #1a1a1a; background: #fff;
       max-width: 60em; margin: 2em auto; padding: 0 1.5em; }
h1 { font-size: 1.6em; margin-bottom: 0.2em; } h2 { font-size: 1.2em; margin-top: 2em; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { padding: 0.2em 0.8em; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child, td.words, th.words { text-align: left; }
tr.own td { font-weight: 600; } tr.under td:first-child { padding-left: 2.2em; }
.faint { color: #555; font-size: 0.9em; } .holds { color: #00603a; font-weight: 600; }
.not { color: #a03000; font-weight: 600; } .unclear { color: #555; }
figure { margin: 1em 0; } figcaption { color: #333; font-size: 0.9em; max-width: 50em; }
svg { max-width: 100%; height: auto; } .row { display: flex; flex-wrap: wrap; gap: 1.5em; }
@media print { body { max-width: none; margin: 0; } figure, table { break-inside: avoid; } }
"""


def page(title: str, body: str) -> str:
    """A whole document; `body` is HTML, `title` plain text."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>\n"
    )


def figure(drawn: Figure, caption: str, folder: Path, stem: str) -> str:
    """A figure inside the page, and beside it as FOLDER/STEM.svg and .pdf.

    Text stays text in both; the fonts are embedded in the PDF.
    """
    import matplotlib as mpl

    with mpl.rc_context({"svg.fonttype": "none", "pdf.fonttype": 42, "svg.hashsalt": stem}):
        drawn.savefig(folder / f"{stem}.pdf")
        held = io.StringIO()
        drawn.savefig(held, format="svg", metadata={"Date": None})
    text = held.getvalue()
    (folder / f"{stem}.svg").write_text(text, encoding="utf-8")
    words = html.escape(caption, quote=True)
    # Each picture numbers its parts alike, so in one page they need names of their own.
    picture = text[text.index("<svg") :]
    for mark in ('id="', 'href="#', "url(#"):
        picture = picture.replace(mark, f"{mark}{stem}-")
    picture = picture.replace("<svg", f'<svg role="img" aria-label="{words}"', 1)
    return f"<figure>{picture}<figcaption>{html.escape(caption)}</figcaption></figure>"


def table(heads: list[str], rows: list[list[str]], kinds: list[str] | None = None) -> str:
    """A table of plain text; `kinds` are the classes of its rows."""
    shown = "".join(f"<th>{html.escape(head)}</th>" for head in heads)
    lines = []
    for at, row in enumerate(rows):
        cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in row)
        lines.append(f'<tr class="{kinds[at] if kinds else ""}">{cells}</tr>')
    return f"<table><tr>{shown}</tr>{''.join(lines)}</table>"
