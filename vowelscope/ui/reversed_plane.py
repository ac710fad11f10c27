"""The plane of two formants as phoneticians draw it: its origin is at the top right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget

from vowelscope.core.vowel_chart import Ellipse
from vowelscope.ui.letter_shapes import LetterShapes
from vowelscope.ui.theme import LIGHT, Theme

Doubles = npt.NDArray[np.float64]

_MEAN_PX = 26.0
_HALO_PX = 5.0
_REACH_PX = 14.0


class ReversedPlane(pg.PlotWidget):  # type: ignore[misc]
    """Axes, ellipses and large symbols of the classes; points are (n, 2) of y and x."""

    def __init__(
        self, name: str, box: pg.ViewBox | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, enableMenu=False, viewBox=box)
        self._theme: Theme = LIGHT
        self._curves: list[pg.PlotCurveItem] = []
        self.letters = LetterShapes()
        self.setAccessibleName(name)
        self.viewport().setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(self.Shape.NoFrame)
        item = self.getPlotItem()
        # The origin is at the top right, and so are the numbers.
        for side in ("top", "right"):
            item.showAxis(side)
            item.getAxis(side).enableAutoSIPrefix(False)
        item.hideAxis("left")
        item.hideAxis("bottom")
        item.layout.setContentsMargins(10, 2, 2, 10)
        self.box = item.getViewBox()
        self.box.invertX(True)
        self.box.invertY(True)
        self.halos, self.means = (pg.ScatterPlotItem(pxMode=True) for _ in range(2))
        for z, scatter in ((11, self.halos), (12, self.means)):
            scatter.setZValue(z)
            self.addItem(scatter)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.setBackground(theme.panel)
        self.box.setBackgroundColor(theme.paper)
        for side in ("top", "right"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(theme.faint, width=1))
            axis.setTextPen(pg.mkPen(theme.ink, width=1))

    def set_axes(self, across: str, down: str) -> None:
        """Say what is on the axes."""
        self.getPlotItem().setLabel("top", across)
        self.getPlotItem().setLabel("right", down)

    def show_classes(self, ellipses: Sequence[Ellipse], colours: Mapping[str, str]) -> None:
        """Draw an ellipse a class, and its symbol in its mean."""
        for curve in self._curves:
            self.removeItem(curve)
        self._curves = []
        for ellipse in ellipses:
            if len(ellipse.outline):
                pen = pg.mkPen(colours[ellipse.symbol], width=2, cosmetic=True)
                curve = pg.PlotCurveItem(ellipse.outline[:, 1], ellipse.outline[:, 0], pen=pen)
                curve.setZValue(8)
                self.addItem(curve)
                self._curves.append(curve)
        # A class of one token is its token.
        shown = [ellipse for ellipse in ellipses if ellipse.count > 1]
        large = [self.letters.path(ellipse.symbol) for ellipse in shown]
        place = {
            "x": [ellipse.mean[1] for ellipse in shown],
            "y": [ellipse.mean[0] for ellipse in shown],
            "symbol": [path for path, _ in large],
            "size": [_MEAN_PX * extent for _, extent in large],
        }
        paper = self._theme.paper
        self.halos.setData(**place, brush=pg.mkBrush(paper), pen=pg.mkPen(paper, width=_HALO_PX))
        brushes = [pg.mkBrush(colours[ellipse.symbol]) for ellipse in shown]
        self.means.setData(**place, brush=brushes, pen=pg.mkPen(None))

    def nearest(self, points: Doubles, scene: QPointF) -> int | None:
        """Number of the point nearest to a place of the scene; a letter is small to hit."""
        if not len(points):
            return None
        place = self.box.mapSceneToView(scene)
        across, down = self.box.viewPixelSize()
        away_px = np.hypot((points[:, 1] - place.x()) / across, (points[:, 0] - place.y()) / down)
        nearest = int(np.argmin(away_px))
        return nearest if away_px[nearest] <= _REACH_PX else None
