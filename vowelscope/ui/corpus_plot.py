"""The chart of a corpus: a picture of its tokens, their classes, and what is selected of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from vowelscope.core.point_picture import PointPicture, View
from vowelscope.core.translation import tr
from vowelscope.core.vowel_chart import Ellipse
from vowelscope.explain.corpus_chart import nearly_all
from vowelscope.ui.reversed_plane import ReversedPlane
from vowelscope.ui.theme import LIGHT, Theme

Doubles = npt.NDArray[np.float64]
Drag = Literal["lasso", "rectangle", "move"]

_MARGIN = 0.05
_MORE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class _Box(pg.ViewBox):  # type: ignore[misc]
    """A drag with the left button draws an outline, unless it is to move the chart."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.drag: Drag = "lasso"
        self.corners: list[QPointF] = []
        self.plot: CorpusPlot | None = None

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        """Follow the mouse."""
        if self.plot is None or self.drag == "move" or event.button() != Qt.MouseButton.LeftButton:
            super().mouseDragEvent(event, axis)
            return
        event.accept()
        here = self.mapSceneToView(event.scenePos())
        if event.isStart():
            self.corners = [self.mapSceneToView(event.buttonDownScenePos())]
        if self.drag == "lasso":
            self.corners.append(here)
        else:
            first = self.corners[0]
            others = QPointF(here.x(), first.y()), here, QPointF(first.x(), here.y())
            self.corners = [first, *others]
        outline = np.array([(corner.y(), corner.x()) for corner in self.corners])
        self.plot.show_outline(outline)
        if event.isFinish():
            self.plot.outlined.emit(outline, bool(event.modifiers() & _MORE))


class CorpusPlot(ReversedPlane):
    """Its points are a picture that somebody else draws, whenever the view has changed."""

    chosen = Signal(int, bool)
    """Number of a point that was clicked, and whether it is to be one more."""
    hovered = Signal(int)
    """Number of the point under the mouse, or -1."""
    outlined = Signal(object, bool)
    """(corners, 2) of y and x, and whether it is one more."""
    view_changed = Signal()
    stepped = Signal(int)
    """An arrow key: one token on, or back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        box = _Box()
        super().__init__(tr("Vowel chart of the corpus"), box, parent)
        box.plot = self
        self.hideButtons()
        box.disableAutoRange()
        self._points: Doubles = np.empty((0, 2))
        self._pickable = np.zeros(0, bool)
        self._under = -1
        self._dark = pg.mkPen(None)
        self._paper = pg.mkPen(None)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.outline = pg.PlotCurveItem()
        self.halo, self.tracks = (pg.PlotCurveItem(connect="finite") for _ in range(2))
        self.ends = pg.ScatterPlotItem(pxMode=True, symbol="o", size=7)
        self.rings, self.hover = (pg.ScatterPlotItem(pxMode=True, symbol="o") for _ in range(2))
        self.here = pg.ScatterPlotItem(pxMode=True, symbol="o", size=20)
        items = (self.image, self.outline, self.halo, self.tracks, self.ends)
        for z, item in enumerate((*items, self.rings, self.hover, self.here)):
            item.setZValue(z if item is self.image else 12 + z)
            self.addItem(item, ignoreBounds=True)
        self.viewport().setMouseTracking(True)
        self.scene().sigMouseClicked.connect(self._on_clicked)
        self.scene().sigMouseMoved.connect(self._on_moved)
        box.sigRangeChanged.connect(self.view_changed)
        box.sigResized.connect(self.view_changed)
        self.set_theme(LIGHT)

    def sizeHint(self) -> QSize:
        """About square."""
        return QSize(460, 420)

    @property
    def drag(self) -> Drag:
        """What a drag with the left button does."""
        drag: Drag = self.box.drag
        return drag

    @drag.setter
    def drag(self, drag: Drag) -> None:
        self.box.drag = drag

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        super().set_theme(theme)
        self.outline.setPen(pg.mkPen(theme.ink, width=1.5, style=Qt.PenStyle.DashLine))
        self.halo.setPen(pg.mkPen(theme.paper, width=5))
        self.tracks.setPen(pg.mkPen(theme.ink, width=2))
        self.ends.setPen(pg.mkPen(theme.paper, width=1))
        self.ends.setBrush(pg.mkBrush(theme.ink))
        for rings, width in ((self.rings, 1.5), (self.hover, 1.5), (self.here, 2.5)):
            rings.setPen(pg.mkPen(theme.ink, width=width))
            rings.setBrush(pg.mkBrush(None))

    def set_points(self, points: Doubles, pickable: npt.NDArray[np.bool_]) -> None:
        """The points (n, 2) of y and x that the picture shows, and which can be chosen."""
        self._points, self._pickable = points, pickable
        self._hover(-1)

    def show_picture(self, picture: PointPicture) -> None:
        """Draw it where it belongs."""
        view = picture.view
        # No copy and no scaling of values: these are bytes already.
        self.image.setImage(picture.image, autoLevels=False, levels=(0, 255))
        rect = QRectF(view.x[0], view.y[0], view.x[1] - view.x[0], view.y[1] - view.y[0])
        self.image.setRect(rect)

    def show_kinds(self, ellipses: Sequence[Ellipse], colours: Mapping[str, str] | None) -> None:
        """Draw the classes, in their colours or in ink."""
        ink = {ellipse.symbol: self._theme.ink for ellipse in ellipses}
        self.show_classes(ellipses, ink if colours is None else colours)

    def show_selected(self, numbers: npt.NDArray[np.int64], here: int, tracks: Doubles) -> None:
        """Rings around points, a larger one around `here` (-1: none), and trajectories.

        `tracks` are (m, 3, 2) of y and x; a gap where one is undefined.
        """
        own = self._points[numbers]
        self.rings.setData(x=own[:, 1], y=own[:, 0], size=12)
        one = self._points[[here]] if here >= 0 else self._points[:0]
        self.here.setData(x=one[:, 1], y=one[:, 0])
        # A gap after each, so that one does not go on into the next.
        line = np.pad(tracks, ((0, 0), (0, 1), (0, 0)), constant_values=np.nan).reshape(-1, 2)
        for curve in (self.halo, self.tracks):
            curve.setData(line[:, 1], line[:, 0])
        ends = tracks[:, -1]
        ends = ends[np.isfinite(ends).all(axis=1)]
        self.ends.setData(x=ends[:, 1], y=ends[:, 0])

    def show_outline(self, outline: Doubles) -> None:
        """Draw a closed outline, (corners, 2) of y and x, or none."""
        closed = np.vstack([outline, outline[:1]])
        self.outline.setData(closed[:, 1], closed[:, 0])

    def fit(self) -> None:
        """Show all of it."""
        if len(self._points):
            self._fit(self._points.min(axis=0), self._points.max(axis=0))

    def fit_most(self) -> None:
        """Show all but what lies far from nearly all."""
        if len(self._points):
            self._fit(*nearly_all(self._points))

    def _fit(self, low: Doubles, high: Doubles) -> None:
        across, down = (float(low[1]), float(high[1])), (float(low[0]), float(high[0]))
        self.box.setRange(xRange=across, yRange=down, padding=_MARGIN)

    def view(self) -> View | None:
        """What is in view; None before there is room for it."""
        ratio = self.devicePixelRatioF()
        width, height = round(self.box.width() * ratio), round(self.box.height() * ratio)
        x, y = self.box.viewRange()
        if width < 8 or height < 8:
            return None
        return View((x[0], x[1]), (y[0], y[1]), width, height, ratio)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from token to token, 0 shows all."""
        back, on = (Qt.Key.Key_Left, Qt.Key.Key_Up), (Qt.Key.Key_Right, Qt.Key.Key_Down)
        if event.key() in (*back, *on):
            self.stepped.emit(-1 if event.key() in back else 1)
        elif event.key() == Qt.Key.Key_0:
            self.fit()
        else:
            event.ignore()

    def _pick(self, scene: QPointF) -> int:
        if not self.box.sceneBoundingRect().contains(scene):
            return -1
        points = self._points
        if not self._pickable.all():
            points = np.where(self._pickable[:, None], points, np.inf)
        found = self.nearest(points, scene)
        return -1 if found is None else found

    def _on_clicked(self, event: MouseClickEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        found = self._pick(event.scenePos())
        if found >= 0:
            self.chosen.emit(found, bool(event.modifiers() & _MORE))

    def _on_moved(self, scene: QPointF) -> None:
        self._hover(self._pick(scene))

    def _hover(self, number: int) -> None:
        if number == self._under:
            return
        self._under = number
        one = self._points[[number]] if number >= 0 else self._points[:0]
        self.hover.setData(x=one[:, 1], y=one[:, 0], size=14)
        self.hovered.emit(number)
