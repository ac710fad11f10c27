"""Asks where a chart is to be written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

_KINDS = {"SVG picture (*.svg)": ".svg", "PDF (*.pdf)": ".pdf", "PNG picture (*.png)": ".png"}


def ask_chart_file(parent: QWidget, title: str, name: str) -> Path | None:
    """A path that ends as one of the kinds does, or None."""
    chosen, kind = QFileDialog.getSaveFileName(parent, title, name, ";;".join(_KINDS))
    if not chosen:
        return None
    path = Path(chosen)
    if path.suffix.lower() not in _KINDS.values():
        path = path.with_name(path.name + _KINDS.get(kind, ".svg"))
    return path
