"""Frames the cells of the map that were played, or left out of what was played."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from vowelscope.app.listening import Listening
from vowelscope.app.session import Session
from vowelscope.core.band_filter import Cells
from vowelscope.ui.theme import Theme
from vowelscope.ui.timeline import TimePlot

_WIDTH_PX = 2


class HeardCells(QObject):
    """A line around the cells: whole where they are heard, dashed where all but they are."""

    def __init__(self, session: Session, listening: Listening, plot: TimePlot) -> None:
        super().__init__(plot)
        self._session = session
        self._cells: Cells | None = None
        self._all_but = False
        self._ink = QColor("black")
        self.line = pg.PlotCurveItem(connect="pairs")
        self.line.setZValue(13)
        self.line.hide()
        plot.addItem(self.line, ignoreBounds=True)
        listening.cells_changed.connect(self._on_cells)
        session.frequency_changed.connect(self._draw)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._ink = QColor(theme.ink)
        self._draw()

    def _on_cells(self, cells: Cells | None, all_but: bool) -> None:
        self._cells, self._all_but = cells, all_but
        self._draw()

    def _draw(self) -> None:
        cells = self._cells
        self.line.setVisible(cells is not None)
        if cells is None:
            return
        style = Qt.PenStyle.DashLine if self._all_but else Qt.PenStyle.SolidLine
        self.line.setPen(pg.mkPen(self._ink, width=_WIDTH_PX, cosmetic=True, style=style))
        places = self._session.frequency.place(cells.freq_edges_hz)
        self.line.setData(*outline(cells.chosen, cells.time_edges_s, np.asarray(places)))


def outline(
    chosen: npt.NDArray[np.bool_],
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The sides at which a chosen cell meets one that is not, as pairs of points.

    Parameters
    ----------
    chosen
        bool (rows, columns).
    x, y
        (columns + 1,) and (rows + 1,) edges.
    """
    framed = np.pad(chosen, 1)
    rows, edges = np.nonzero(framed[1:-1, 1:] != framed[1:-1, :-1])
    upright = np.stack([x[edges], x[edges], y[rows], y[rows + 1]])
    levels, columns = np.nonzero(framed[1:, 1:-1] != framed[:-1, 1:-1])
    level = np.stack([x[columns], x[columns + 1], y[levels], y[levels]])
    sides = np.concatenate([upright, level], axis=1)
    return sides[:2].T.ravel(), sides[2:].T.ravel()
