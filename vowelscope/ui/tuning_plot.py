"""What each band of frequencies gives to a logit, on the frequency axis of the spectrogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPolygonF
from PySide6.QtWidgets import QGraphicsPolygonItem, QWidget

from vowelscope.app.session import Session
from vowelscope.core.translation import tr
from vowelscope.ui.frequency_axis_item import FrequencyAxisItem
from vowelscope.ui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from vowelscope.explain.tuning import Tuning


class TuningPlot(pg.PlotWidget):  # type: ignore[misc]
    """Frequency up, logits to the right; follows the range and scale of the spectrogram."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self._axis = FrequencyAxisItem(session.frequency)
        super().__init__(parent, axisItems={"left": self._axis})
        self._session = session
        self._theme: Theme = LIGHT
        self._held: tuple[Tuning, str, str | None] | None = None
        self.setAccessibleName(tr("Spectral tuning"))
        self.setMenuEnabled(False)
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setMinimumHeight(230)
        self.setLabel("bottom", tr("logits"))
        self.getAxis("bottom").enableAutoSIPrefix(False)
        self.controls = QGraphicsPolygonItem()
        self.zero = pg.InfiniteLine(0.0, angle=90)
        self.profile = pg.PlotCurveItem()
        self.alone = pg.PlotCurveItem()
        self.stop = pg.PlotCurveItem()
        self.rows = pg.ScatterPlotItem(symbol="s", size=7)
        for item in (self.controls, self.zero, self.profile, self.alone, self.stop, self.rows):
            self.addItem(item)
        session.frequency_changed.connect(self._on_frequency)
        self._on_frequency()

    def sizeHint(self) -> QSize:
        """Low enough to be seen whole below the reasons; it grows with its dock."""
        return QSize(250, 230)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.setBackground(theme.panel)
        self.getViewBox().setBackgroundColor(theme.paper)
        for side in ("bottom", "left"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(theme.faint, width=1))
            axis.setTextPen(pg.mkPen(theme.ink, width=1))
        shade = QColor(theme.faint)
        shade.setAlpha(70)
        self.controls.setBrush(shade)
        self.controls.setPen(QColor(0, 0, 0, 0))
        self.zero.setPen(pg.mkPen(theme.faint, width=1))
        self.profile.setPen(pg.mkPen(theme.negative, width=2, cosmetic=True))
        self.stop.setPen(pg.mkPen(theme.positive, width=2, cosmetic=True))
        self.alone.setPen(
            pg.mkPen(theme.positive, width=1, cosmetic=True, style=Qt.PenStyle.DashLine)
        )
        self.rows.setPen(pg.mkPen(theme.ink, width=1))
        self.rows.setBrush(QColor(theme.positive))

    def show_tuning(self, tuning: Tuning | None, of: str = "", against: str | None = None) -> None:
        """Draw the tuning of a class or of a contrast, or nothing."""
        self._held = None if tuning is None else (tuning, of, against)
        self._draw()

    def _on_frequency(self) -> None:
        axis = self._session.frequency
        self._axis.set_axis(axis)
        self.setYRange(axis.low, axis.high, padding=0)
        self._draw()

    def _draw(self) -> None:
        shown = self._held is not None
        for item in (self.controls, self.profile, self.alone, self.stop, self.rows):
            item.setVisible(shown)
        if self._held is None:
            return
        tuning, of, against = self._held
        place = self._session.frequency.place
        centres = place(tuning.bands_hz.mean(axis=1))
        stop = -tuning.of(tuning.stop, of, against)
        alone = tuning.of(tuning.alone, of, against)
        held = -tuning.of(tuning.controls, of, against)
        rows = -tuning.of(tuning.rows_stop, of, against)
        profile = tuning.of(tuning.profile, of, against)
        self.stop.setData(stop, centres)
        self.alone.setData(alone, centres)
        self.rows.setData(rows, place(tuning.rows_hz.mean(axis=1)))
        edges = place(tuning.rows_hz)
        self.profile.setData(np.repeat(profile, 2), edges.ravel())
        good = np.isfinite(held).all(axis=1) if held.shape[1] else np.zeros(len(held), dtype=bool)
        low, high, at = held[good].min(axis=1), held[good].max(axis=1), centres[good]
        corners = [*zip(low, at, strict=True), *zip(high[::-1], at[::-1], strict=True)]
        self.controls.setPolygon(QPolygonF([QPointF(float(x), float(y)) for x, y in corners]))
        everything = np.concatenate([stop, alone, rows, profile, low, high, [0.0]])
        self.setXRange(float(everything.min()), float(everything.max()), padding=0.05)
