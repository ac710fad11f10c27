"""The plane of F1 and F2 as phoneticians draw it: F1 downwards, F2 to the left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainterPath, QTransform
from PySide6.QtWidgets import QWidget

from vowelscope.core.translation import tr
from vowelscope.core.vowel_chart import Ellipse
from vowelscope.ui.class_colours import class_colours
from vowelscope.ui.theme import LIGHT, Theme, ipa_font

_TOKEN_PX = 11.0
"""Height of the letter x-height and ascender together, about; a wide symbol is wider."""
_MEAN_PX = 24.0
_DRAWN_PX = 100.0
_REACH_PX = 14.0

Doubles = npt.NDArray[np.float64]


class VowelPlot(pg.PlotWidget):  # type: ignore[misc]
    """A symbol a token, an ellipse and a large symbol a class, a ring around the chosen token."""

    chosen = Signal(int)
    """Number of the point that was clicked, or gone to by an arrow key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, enableMenu=False)
        self._theme: Theme = LIGHT
        self._points: Doubles = np.empty((0, 2))
        self._symbols: tuple[str, ...] = ()
        self._ellipses: Sequence[Ellipse] = ()
        self._paths: dict[str, tuple[QPainterPath, float]] = {}
        self.marked: int | None = None
        self.setAccessibleName(tr("Vowel chart: F1 downwards, F2 to the left"))
        self.viewport().setAccessibleName(self.accessibleName())
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
        self.means = pg.ScatterPlotItem(pxMode=True)
        self.ring = pg.ScatterPlotItem(pxMode=True, symbol="o", size=26)
        self._items: list[pg.GraphicsObject] = []
        self.diamonds = pg.ScatterPlotItem(pxMode=True, symbol="d", size=36)
        for z, scatter in ((12, self.means), (13, self.diamonds), (14, self.ring)):
            scatter.setZValue(z)
            self.addItem(scatter)
        self.boundary = pg.PlotCurveItem(connect="pairs")
        self.boundary.setZValue(9)
        self.addItem(self.boundary, ignoreBounds=True)
        self.scene().sigMouseClicked.connect(self._on_clicked)
        self.set_theme(LIGHT)

    def sizeHint(self) -> QSize:
        """About square."""
        return QSize(420, 420)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.setBackground(theme.panel)
        self.box.setBackgroundColor(theme.paper)
        for side in ("top", "right"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(theme.faint, width=1))
            axis.setTextPen(pg.mkPen(theme.ink, width=1))
        self.ring.setPen(pg.mkPen(theme.ink, width=2))
        self.ring.setBrush(pg.mkBrush(None))
        self.diamonds.setPen(pg.mkPen(theme.formant, width=1.5))
        self.diamonds.setBrush(pg.mkBrush(None))
        self.boundary.setPen(pg.mkPen(theme.ink, width=2, cosmetic=True))
        self._draw()

    def set_unit(self, unit: str) -> None:
        """Say what is on the axes."""
        self.getPlotItem().setLabel("top", f"F2 ({unit})")
        self.getPlotItem().setLabel("right", f"F1 ({unit})")

    def set_points(
        self,
        points: Doubles,
        symbols: Sequence[str],
        ellipses: Sequence[Ellipse],
        by_hand: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """Show tokens, (n, 2) of F1 and F2, and classes; a diamond around those by hand."""
        self._points, self._symbols, self._ellipses = points, tuple(symbols), ellipses
        hand = points[:0] if by_hand is None else points[by_hand]
        self.diamonds.setData(x=hand[:, 1], y=hand[:, 0])
        self.marked = None
        self._draw()

    def set_boundary(self, sides: Doubles) -> None:
        """Draw lines between points (2 m, 2) of F1 and F2, pair by pair."""
        self.boundary.setData(sides[:, 1], sides[:, 0])

    def mark(self, number: int | None) -> None:
        """Draw a ring around one token, or none."""
        self.marked = number if number is not None and number < len(self._points) else None
        if self.marked is None:
            self.ring.clear()
        else:
            f1, f2 = self._points[self.marked]
            self.ring.setData(x=[f2], y=[f1])

    def fit(self) -> None:
        """Show all of it."""
        self.box.autoRange(padding=0.06)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from token to token, 0 shows all."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and len(self._points):
            last = len(self._points) - 1
            start = (-1 if step > 0 else last + 1) if self.marked is None else self.marked
            self.chosen.emit(min(max(start + step, 0), last))
            return
        if event.key() == Qt.Key.Key_0:
            self.fit()
            return
        super().keyPressEvent(event)

    def _draw(self) -> None:
        colours = class_colours(self._symbols, self._theme)
        for item in self._items:
            self.removeItem(item)
        self._items = []
        brushes = {symbol: pg.mkBrush(colour) for symbol, colour in colours.items()}
        names = np.array(self._symbols, dtype=object)
        for symbol, brush in brushes.items():
            # One item a class: a brush and a shape for each of thousands of points take long.
            own = self._points[names == symbol]
            path, extent = self._path(symbol)
            tokens = pg.ScatterPlotItem(pxMode=True, pen=pg.mkPen(None), brush=brush, symbol=path)
            tokens.setData(x=own[:, 1], y=own[:, 0], size=_TOKEN_PX * extent)
            tokens.setZValue(10)
            self._add(tokens)
        for ellipse in self._ellipses:
            if not len(ellipse.outline):
                continue
            pen = pg.mkPen(colours[ellipse.symbol], width=2, cosmetic=True)
            curve = pg.PlotCurveItem(ellipse.outline[:, 1], ellipse.outline[:, 0], pen=pen)
            curve.setZValue(8)
            self._add(curve)
        # A class of one token is its token.
        shown = [ellipse for ellipse in self._ellipses if ellipse.count > 1]
        large = [self._path(ellipse.symbol) for ellipse in shown]
        self.means.setData(
            x=[ellipse.mean[1] for ellipse in shown],
            y=[ellipse.mean[0] for ellipse in shown],
            symbol=[path for path, _ in large],
            size=[_MEAN_PX * extent for _, extent in large],
            brush=[brushes[ellipse.symbol] for ellipse in shown],
            pen=pg.mkPen(self._theme.paper, width=1.5),
        )
        self.mark(self.marked)

    def _add(self, item: pg.GraphicsObject) -> None:
        self.addItem(item)
        self._items.append(item)

    def _path(self, symbol: str) -> tuple[QPainterPath, float]:
        """The symbol as a shape of size 1, and how large it is beside a letter."""
        if symbol not in self._paths:
            font = ipa_font(10)
            font.setBold(True)
            font.setPixelSize(round(_DRAWN_PX))
            path = QPainterPath()
            path.addText(0, 0, font, symbol)
            bounds: QRectF = path.boundingRect()
            extent = max(bounds.width(), bounds.height(), 1.0)
            place = QTransform.fromScale(1 / extent, 1 / extent)
            place.translate(-bounds.center().x(), -bounds.center().y())
            self._paths[symbol] = (place.map(path), extent / (0.72 * _DRAWN_PX))
        return self._paths[symbol]

    def _on_clicked(self, event: MouseClickEvent) -> None:
        """Choose the token nearest to a click; a letter is small to hit."""
        if event.button() != Qt.MouseButton.LeftButton or not len(self._points):
            return
        place = self.box.mapSceneToView(event.scenePos())
        across, down = self.box.viewPixelSize()
        away_px = np.hypot(
            (self._points[:, 1] - place.x()) / across, (self._points[:, 0] - place.y()) / down
        )
        nearest = int(away_px.argmin())
        if away_px[nearest] <= _REACH_PX:
            self.chosen.emit(nearest)
