"""File → Export figure: the dialog, and the views that are drawn as they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vowelscope.app.figure_export import FigureExport
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.figure_dialog import FigureDialog
from vowelscope.ui.seen_figure import record_views, save_seen


class FigureVerbs(QObject):
    """Makes figures of what a window shows."""

    def __init__(self, bench: Workbench, views: Sequence[QWidget], window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._views = tuple(views)
        self._window = window
        self.export = FigureExport(bench, self)

    def ask(self) -> None:
        """Ask what the figure shows and where it goes."""
        if self._bench.session.recording is None:
            self._bench.session.message.emit(
                tr("Open a recording first: there is nothing to draw.")
            )
            return
        dialog = FigureDialog(self._bench, self.export, self._window)
        dialog.seen_wanted.connect(self.draw_seen)
        dialog.open()

    def draw_seen(self, path: Path, width_mm: float, dpi: int) -> None:
        """Draw the views as they are seen."""
        self._bench.jobs.submit(
            ("figure", id(self.export)),
            save_seen,
            record_views(self._views),
            path,
            width_mm,
            dpi,
            on_done=self.export.finished.emit,
            on_error=self.export.failed.emit,
        )
