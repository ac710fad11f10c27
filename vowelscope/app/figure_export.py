"""Makes figures for print in a worker process, so that no window waits for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vowelscope.app.workbench import Workbench
from vowelscope.core.textgrid import TextGrid

if TYPE_CHECKING:
    from vowelscope.explain.figure_content import CamLayer, FigureSpec


class FigureExport(QObject):
    """Draws what a session shows, layer by layer; `finished` or `failed` follows."""

    finished = Signal(str)
    failed = Signal(str)

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench

    @property
    def is_busy(self) -> bool:
        """True while a figure is made."""
        return self._bench.jobs.is_pending(self._key)

    @property
    def _key(self) -> tuple[str, int]:
        return ("figure", id(self))

    def export(self, path: Path, spec: FigureSpec) -> None:
        """Make the figure of the recording that is open."""
        session = self._bench.session
        if session.recording is None:
            return
        # One process runs one call after the other: those of the window's analyses come between.
        self._bench.jobs.submit_process(
            self._key,
            _make,
            session.recording.path.absolute(),
            session.textgrid,
            spec,
            self.cam_layer() if "cam" in spec.layers else None,
            path.absolute(),
            on_done=self.finished.emit,
            on_error=self.failed.emit,
        )

    def cancel(self) -> None:
        """Make it unheard; the file may still come."""
        self._bench.jobs.cancel(self._key)

    def cam_layer(self) -> CamLayer | None:
        """The map that the window shows, or None."""
        from vowelscope.explain.figure_content import CamLayer

        session = self._bench.session
        explanation, shown = session.explanation, session.shown_map()
        if explanation is None or shown is None:
            return None
        title, cells = shown
        return CamLayer(
            cells,
            explanation.freq_edges_hz,
            explanation.time_edges_s,
            explanation.tmin_s,
            explanation.tmax_s,
            title,
        )


def _make(
    audio: Path, textgrid: TextGrid | None, spec: FigureSpec, cam: CamLayer | None, out: Path
) -> str:
    # matplotlib takes long to import: only ever in the worker.
    from vowelscope.explain.clean_figure import make_figure

    return make_figure(audio, textgrid, spec, cam, out)
