"""Pictures in dB on the model's axes, and curves over frequency or over the steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from vowelscope.core.translation import tr
from vowelscope.ui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from vowelscope.explain.class_formants import ClassFormants
    from vowelscope.explain.maximise_starts import Start

Doubles = npt.NDArray[np.float64]
Line = tuple[str, str, int, npt.ArrayLike, npt.ArrayLike]
"""Name for the legend ("" for none), colour, width, x and y."""

_SHARE = 99.5
"""Percentile of the magnitudes of a difference that gets the full colour."""


class _Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot that nobody moves, in the colours of the theme."""

    def __init__(self, name: str, bottom: str, left: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self._marks: list[Any] = []
        for part in (self, self.viewport()):
            part.setAccessibleName(name)
        self.setMenuEnabled(False)
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setMinimumSize(260, 150)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # nothing in it answers to a key
        self.setTitle(name, size="10pt")
        self.setLabel("bottom", bottom)
        self.setLabel("left", left)
        for side in ("left", "bottom"):
            self.getAxis(side).enableAutoSIPrefix(False)
        self.getAxis("left").setWidth(56)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`; the caller shows everything again."""
        self.theme = theme
        self.setBackground(theme.panel)
        self.getViewBox().setBackgroundColor(theme.paper)
        self.setTitle(self.accessibleName(), color=theme.ink, size="10pt")
        for side in ("bottom", "left"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(theme.faint, width=1))
            axis.setTextPen(pg.mkPen(theme.ink, width=1))

    def add(self, item: Any, front: int = 0) -> None:
        """Draw an item until the next `wipe`."""
        item.setZValue(front)
        self._marks.append(item)
        self.addItem(item)

    def wipe(self) -> None:
        """Take away what was added."""
        for mark in self._marks:
            self.removeItem(mark)
        self._marks = []

    def add_formants(self, formants: ClassFormants | None, angle: int) -> None:
        """Lines at a class's means, and bands of their ranges where frequency runs to the right."""
        if formants is None:
            return
        colour = self.theme.formant
        pen = pg.mkPen(colour, width=1, cosmetic=True, style=Qt.PenStyle.DashLine)
        for number, mean_hz in enumerate(formants.means_hz, start=1):
            # One beside the other, for F2 and F3 may lie close together.
            options = {"color": colour, "position": 0.99 - 0.08 * number, "movable": False}
            label = f"F{number}"
            line = pg.InfiniteLine(mean_hz, angle=angle, pen=pen, label=label, labelOpts=options)
            self.add(line, 3)
        if angle == 90:
            shade = QColor(colour)
            shade.setAlpha(30)
            for low, high in zip(formants.low_hz, formants.high_hz, strict=True):
                band = pg.LinearRegionItem((low, high), brush=shade, pen=pg.mkPen(None))
                band.setMovable(False)
                self.add(band, -1)


class PicturePlot(_Plot):
    """One picture, grey in dB re the spec's reference, or signed where it is a difference."""

    read_out = Signal(str)
    """What lies under the mouse."""

    def __init__(self, name: str, signed: bool, parent: QWidget | None = None) -> None:
        title = tr("{name} (dB)").format(name=name)
        super().__init__(title, tr("Time (s)"), tr("Frequency (Hz)"), parent)
        self._signed = signed
        self._held: tuple[Start, npt.NDArray[np.float32]] | None = None
        self.image = pg.ImageItem(axisOrder="row-major")
        self.addItem(self.image)
        self.bar = pg.ColorBarItem(interactive=False, width=10)
        self.bar.setImageItem(self.image, insert_in=self.getPlotItem())
        self.bar.hide()
        self.scene().sigMouseMoved.connect(self._on_moved)

    def show_picture(
        self,
        start: Start | None,
        db: npt.NDArray[np.float32] | None,
        formants: ClassFormants | None,
    ) -> None:
        """Draw a picture on the axes of a start, or nothing."""
        self.wipe()
        self._held = None if start is None or db is None else (start, db)
        self.image.setVisible(self._held is not None)
        self.bar.setVisible(self._held is not None)
        if start is None or db is None:
            return
        theme, spec = self.theme, start.spec
        levels = (spec.db_min, spec.db_max)
        colours = [theme.spectrogram_low, theme.spectrogram_high]
        if self._signed:
            limit = float(np.percentile(np.abs(db), _SHARE)) or 1.0
            levels = (-limit, limit)
            colours = [theme.negative, theme.paper, theme.positive]
        self.image.setImage(db, autoLevels=False, levels=levels)
        left, right = start.time_edges_s[[0, -1]].tolist()
        self.image.setRect(QRectF(left, 0.0, right - left, float(spec.f_max_hz)))
        self.bar.setColorMap(pg.ColorMap(np.linspace(0, 1, len(colours)), colours))
        self.bar.setLevels(levels)
        self.bar.axis.setPen(pg.mkPen(theme.faint, width=1))
        self.bar.axis.setTextPen(pg.mkPen(theme.ink, width=1))
        pen = pg.mkPen(theme.boundary, width=1, cosmetic=True, style=Qt.PenStyle.DashLine)
        for time_s in (start.tmin_s, start.tmax_s):
            self.add(pg.InfiniteLine(time_s, angle=90, pen=pen), 2)
        self.add_formants(formants, 0)
        self.setXRange(left, right, padding=0)
        self.setYRange(0.0, float(spec.f_max_hz), padding=0)

    def _on_moved(self, place: QPointF) -> None:
        if self._held is None:
            return
        start, db = self._held
        at = self.getViewBox().mapSceneToView(place)
        row = int(np.searchsorted(start.spec.freq_edges_hz, at.y(), side="right")) - 1
        column = int(np.searchsorted(start.time_edges_s, at.x(), side="right")) - 1
        if not (0 <= row < db.shape[0] and 0 <= column < db.shape[1]):
            self.read_out.emit("")
            return
        self.read_out.emit(
            tr("{title}: {value:+.1f} dB at {hz:,.0f} Hz, {time_s:.3f} s").format(
                title=self.accessibleName(), value=db[row, column], hz=at.y(), time_s=at.x()
            )
        )


class LinesPlot(_Plot):
    """Curves with a legend.

    Parameters
    ----------
    legend_below
        Where the legend stands: in the lower right corner, or the upper one.
    """

    def __init__(
        self,
        name: str,
        bottom: str,
        left: str,
        legend_below: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, bottom, left, parent)
        offset = (-4, -4) if legend_below else (-4, 4)
        self.legend = self.getPlotItem().addLegend(offset=offset, labelTextSize="8pt")

    def show_lines(
        self,
        lines: Sequence[Line],
        formants: ClassFormants | None = None,
        levels: tuple[float, float] | None = None,
    ) -> None:
        """Draw curves, the later over the earlier.

        Parameters
        ----------
        levels
            Ends of the left axis; None for those of the curves.
        """
        self.wipe()
        self.legend.clear()
        self.legend.setLabelTextColor(self.theme.ink)
        for name, colour, width, x, y in lines:
            curve = pg.PlotDataItem(np.asarray(x), np.asarray(y))
            curve.setPen(pg.mkPen(colour, width=width, cosmetic=True))
            self.add(curve, 1)
            if name:
                self.legend.addItem(curve, name)
        if not lines:
            return
        self.add_formants(formants, 90)
        xs = np.concatenate([np.asarray(line[3], dtype=float) for line in lines])
        ys = np.concatenate([np.asarray(line[4], dtype=float) for line in lines])
        low, high = levels or (float(ys.min()), float(ys.max()))
        room = 0.06 * max(high - low, 1e-3)
        self.setXRange(float(xs.min()), float(xs.max()), padding=0)
        self.setYRange(low - room, high + room, padding=0)
