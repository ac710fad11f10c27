"""Probabilities against one cue, and the model's boundaries in the plane of F1 and F2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from vowelscope.core.one_cue import CUE_UNITS, Cue
from vowelscope.core.translation import tr
from vowelscope.ui.class_colours import class_colours
from vowelscope.ui.theme import LIGHT, Theme, ipa_font

if TYPE_CHECKING:
    from vowelscope.explain.cue_plane import CuePlane
    from vowelscope.explain.cue_sweep import CueSweep

_LINE = 0.06
"""Height of a label, as a probability."""
_SYMBOLS = ("o", "s", "t", "d", "+", "x", "star")


def cue_name(cue: Cue) -> str:
    """What a cue is called on the screen."""
    names: dict[Cue, str] = {"duration": tr("Duration"), "level": tr("Level")}
    return names.get(cue, cue)


class _Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot without menus, in the colours of the theme."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.marks: list[object] = []
        self.setAccessibleName(name)
        self.setMenuEnabled(False)
        self.setMouseEnabled(False, False)
        self.hideButtons()
        for side in ("left", "bottom"):
            self.getAxis(side).enableAutoSIPrefix(False)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.theme = theme
        self.setBackground(theme.panel)
        self.getViewBox().setBackgroundColor(theme.paper)
        for side in ("bottom", "left"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(theme.faint, width=1))
            axis.setTextPen(pg.mkPen(theme.ink, width=1))

    def add(self, item: object) -> None:
        """Draw an item until the next `wipe`."""
        self.marks.append(item)
        self.addItem(item)

    def wipe(self) -> None:
        """Take away what was added."""
        for mark in self.marks:
            self.removeItem(mark)
        self.marks = []

    def text(self, words: str, colour: str, anchor: tuple[float, float]) -> pg.TextItem:
        """Words in a font that has the IPA."""
        item = pg.TextItem(words, color=colour, anchor=anchor)
        item.setFont(ipa_font(11))
        return item


class SweepPlot(_Plot):
    """A curve a class; a ring where the recording's own sound stands."""

    chosen = Signal(int)
    """The step nearest to a click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Probability of each class against the cue"), parent)
        self.sweep: CueSweep | None = None
        self._drawn: tuple[object, ...] = ()
        self._here = pg.InfiniteLine(0.0)
        self._here.hide()
        self.addItem(self._here)
        self.setLabel("left", tr("Probability"))
        self.scene().sigMouseClicked.connect(self._on_clicked)

    def show_sweep(self, sweep: CueSweep | None, number: int | None) -> None:
        """Draw a sweep, with a line at the step that is chosen."""
        amount = None if sweep is None or number is None else float(sweep.amounts[number])
        self._here.setVisible(amount is not None)
        self._here.setPen(pg.mkPen(self.theme.cursor))
        if amount is not None:
            self._here.setValue(amount)
        drawn = (sweep, self.theme.name)
        if drawn == self._drawn:
            return
        self._drawn, self.sweep = drawn, sweep
        self.wipe()
        if sweep is None:
            return
        amounts, shares = sweep.amounts, sweep.probabilities
        colours = class_colours(sweep.classes, self.theme)
        own = sweep.original_probabilities
        order = np.argsort(shares[-1])
        self.setLabel("bottom", f"{cue_name(sweep.cue)} ({CUE_UNITS[sweep.cue]})")
        for at, name in enumerate(sweep.classes):
            pen = pg.mkPen(colours[name], width=2, cosmetic=True)
            symbol = _SYMBOLS[at % len(_SYMBOLS)]
            look = {"symbol": symbol, "symbolSize": 6, "symbolBrush": colours[name]}
            self.add(pg.PlotDataItem(amounts, shares[:, at], pen=pen, symbolPen=None, **look))
            ring = pg.mkPen(colours[name], width=2)
            self.add(
                pg.ScatterPlotItem([0.0], [own[at]], size=13, pen=ring, brush=None, symbol="o")
            )
        for at, height in zip(order, _apart(shares[-1, order]), strict=True):
            name = sweep.classes[at]
            words = self.text(f"/{name}/", colours[name], (0.0, 0.5))
            words.setPos(float(amounts[-1]), height)
            self.add(words)
        for amount, before, after in sweep.switches():
            pen = pg.mkPen(self.theme.faint, width=1, cosmetic=True, style=Qt.PenStyle.DashLine)
            options = {"color": self.theme.ink, "position": 0.94, "movable": False}
            label = f"/{before}/ → /{after}/ {amount:+.4g}"
            self.add(pg.InfiniteLine(amount, angle=90, pen=pen, label=label, labelOpts=options))
        low, high = float(amounts[0]), float(amounts[-1])
        room = 0.08 * max(high - low, 1e-9)
        self.setXRange(min(low, 0.0) - 0.3 * room, max(high, 0.0) + room, padding=0)
        self.setYRange(-0.02, 1.06, padding=0)

    def _on_clicked(self, event: object) -> None:
        if self.sweep is None:
            return
        at = self.getViewBox().mapSceneToView(event.scenePos())  # type: ignore[attr-defined]
        self.chosen.emit(int(np.abs(self.sweep.amounts - at.x()).argmin()))


class PlanePlot(_Plot):
    """The likeliest class over F1 and F2, as vowel charts have them: F2 to the left, F1 down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Boundaries of the model in the plane of F1 and F2"), parent)
        self.plane: CuePlane | None = None
        self._drawn: tuple[object, ...] = ()
        self.setLabel("left", "F1 (Hz)")
        self.setLabel("bottom", "F2 (Hz)")
        self.getViewBox().invertX(True)
        self.getViewBox().invertY(True)

    def show_plane(self, plane: CuePlane | None) -> None:
        """Draw a plane, or nothing."""
        drawn = (plane, self.theme.name)
        if drawn == self._drawn:
            return
        self._drawn, self.plane = drawn, plane
        self.wipe()
        if plane is None:
            return
        f1_hz, f2_hz, found = plane.regions()
        colours = class_colours(plane.classes, self.theme)
        shades = np.zeros((*found.shape, 4), dtype=np.uint8)
        for at, name in enumerate(plane.classes):
            colour = QColor(colours[name])
            shades[found == at] = (colour.red(), colour.green(), colour.blue(), 90)
        image = pg.ImageItem(axisOrder="row-major")
        image.setImage(shades, autoLevels=False, levels=(0, 255))
        half1, half2 = 0.5 * (f1_hz[1] - f1_hz[0]), 0.5 * (f2_hz[1] - f2_hz[0])
        place = QRectF(
            f2_hz[0] - half2,
            f1_hz[0] - half1,
            f2_hz[-1] - f2_hz[0] + 2 * half2,
            f1_hz[-1] - f1_hz[0] + 2 * half1,
        )
        image.setRect(place)
        self.add(image)
        sides = plane.boundaries()
        pen = pg.mkPen(self.theme.ink, width=2, cosmetic=True)
        self.add(pg.PlotCurveItem(sides[:, 1], sides[:, 0], connect="pairs", pen=pen))
        for at, name in enumerate(plane.classes):
            rows, columns = np.nonzero(found == at)
            if len(rows) < 4:
                continue
            # The cell nearest to the middle of the region lies within it, whatever its shape.
            middle = (rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2
            nearest = int(middle.argmin())
            words = self.text(f"/{name}/", self.theme.ink, (0.5, 0.5))
            words.setPos(float(f2_hz[columns[nearest]]), float(f1_hz[rows[nearest]]))
            self.add(words)
        f1, f2 = plane.original_hz
        own = pg.ScatterPlotItem([f2], [f1], size=15, symbol="o", brush=None)
        own.setPen(pg.mkPen(self.theme.cursor, width=3))
        self.add(own)
        grid = np.array(
            [
                (second, first)
                for at, first in enumerate(plane.f1_hz)
                for column, second in enumerate(plane.f2_hz)
                if np.isfinite(plane.logits[at, column, 0])
            ]
        )
        dots = pg.ScatterPlotItem(grid[:, 0], grid[:, 1], size=3, pen=None)
        dots.setBrush(QColor(self.theme.faint))
        self.add(dots)
        rows, columns = np.nonzero(found >= 0)
        if len(rows):
            self.setXRange(f2_hz[columns.min()], f2_hz[columns.max()], padding=0.04)
            self.setYRange(f1_hz[rows.min()], f1_hz[rows.max()], padding=0.04)


def _apart(heights: np.ndarray) -> list[float]:
    """Rising heights of labels, moved up until none stands on another."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(float(height), placed[-1] + _LINE) if placed else float(height))
    return placed
