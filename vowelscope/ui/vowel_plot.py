"""The vowel chart of a tier: F1 downwards, F2 to the left, a letter a token."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from vowelscope.core.translation import tr
from vowelscope.core.vowel_chart import Ellipse
from vowelscope.ui.class_colours import class_colours
from vowelscope.ui.reversed_plane import ReversedPlane
from vowelscope.ui.theme import LIGHT, Theme

_TOKEN_PX = 11.0
"""Height of the letter x-height and ascender together, about; a wide symbol is wider."""

Doubles = npt.NDArray[np.float64]


class VowelPlot(ReversedPlane):
    """A symbol a token, an ellipse and a large symbol a class, a ring around the chosen token."""

    chosen = Signal(int)
    """Number of the point that was clicked, or gone to by an arrow key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Vowel chart: F1 downwards, F2 to the left"), parent=parent)
        self._points: Doubles = np.empty((0, 2))
        self._symbols: tuple[str, ...] = ()
        self._ellipses: Sequence[Ellipse] = ()
        self._own: tuple[str, ...] | None = None
        self.marked: int | None = None
        self.ring = pg.ScatterPlotItem(pxMode=True, symbol="o", size=26)
        self._items: list[pg.GraphicsObject] = []
        self.diamonds = pg.ScatterPlotItem(pxMode=True, symbol="d", size=36)
        for z, scatter in ((13, self.diamonds), (14, self.ring)):
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
        super().set_theme(theme)
        self.ring.setPen(pg.mkPen(theme.ink, width=2))
        self.ring.setBrush(pg.mkBrush(None))
        self.diamonds.setPen(pg.mkPen(theme.formant, width=1.5))
        self.diamonds.setBrush(pg.mkBrush(None))
        self.boundary.setPen(pg.mkPen(theme.ink, width=2, cosmetic=True))
        self._draw()

    def set_unit(self, unit: str) -> None:
        """Say what is on the axes."""
        self.set_axes(f"F2 ({unit})", f"F1 ({unit})")

    def set_points(
        self,
        points: Doubles,
        symbols: Sequence[str],
        ellipses: Sequence[Ellipse],
        by_hand: npt.NDArray[np.bool_] | None = None,
        colours: Sequence[str] | None = None,
    ) -> None:
        """Show tokens, (n, 2) of F1 and F2, and classes; a diamond around those by hand.

        Each token has one of `colours`, or the colour of its class where there are none.
        """
        self._points, self._symbols, self._ellipses = points, tuple(symbols), ellipses
        self._own = None if colours is None else tuple(colours)
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
        of_class = class_colours(self._symbols, self._theme)
        for item in self._items:
            self.removeItem(item)
        self._items = []
        own = self._own or tuple(of_class[symbol] for symbol in self._symbols)
        kinds: dict[tuple[str, str], list[int]] = {}
        for number, kind in enumerate(zip(self._symbols, own, strict=True)):
            kinds.setdefault(kind, []).append(number)
        for (symbol, colour), numbers in kinds.items():
            # One item a kind: a brush and a shape for each of thousands of points take long.
            points = self._points[numbers]
            path, extent = self.letters.path(symbol)
            brush = pg.mkBrush(colour)
            tokens = pg.ScatterPlotItem(pxMode=True, pen=pg.mkPen(None), brush=brush, symbol=path)
            tokens.setData(x=points[:, 1], y=points[:, 0], size=_TOKEN_PX * extent)
            tokens.setZValue(10)
            self.addItem(tokens)
            self._items.append(tokens)
        plain = dict.fromkeys(of_class, self._theme.ink)
        self.show_classes(self._ellipses, of_class if self._own is None else plain)
        self.mark(self.marked)

    def _on_clicked(self, event: MouseClickEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            nearest = self.nearest(self._points, event.scenePos())
            if nearest is not None:
                self.chosen.emit(nearest)
