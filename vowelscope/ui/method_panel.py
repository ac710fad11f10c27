"""One method's map over what the model saw, with its unit, its cells and what it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from vowelscope.core.translation import tr
from vowelscope.ui.theme import LIGHT, Theme, diverging_rgba, grey_table

if TYPE_CHECKING:
    from vowelscope.explain.base import Explanation
    from vowelscope.explain.explainers import Attribution

_FINE = 512
"""Rows and columns in which cells are drawn: their edges are within half of one."""
_OPACITY = 0.8


class MethodPanel(QWidget):
    """Title, picture, the ends of its colours, and its caveat."""

    read_out = Signal(str)
    """What lies under the mouse."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._shown: tuple[Explanation, Attribution] | None = None
        self.setAccessibleName(title)
        self.title = QLabel(title)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.plot = pg.PlotWidget()
        self.plot.setAccessibleName(title)
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(False, False)
        self.plot.hideButtons()
        self.plot.setMinimumWidth(250)
        self.plot.setFixedHeight(300)  # the words below are to be seen without scrolling
        self.plot.setLabel("left", tr("Frequency (Hz)"))
        self.plot.setLabel("bottom", tr("Time (s)"))
        for side in ("left", "bottom"):
            self.plot.getAxis(side).enableAutoSIPrefix(False)
        self.ground = pg.ImageItem(axisOrder="row-major")
        self.image = pg.ImageItem(axisOrder="row-major")
        self.edges = pg.PlotCurveItem(connect="pairs")
        self.unsure = pg.ScatterPlotItem(symbol="x", size=7, brush=None)
        self.bounds = [pg.InfiniteLine(0.0, angle=90) for _ in range(2)]
        for item in (self.ground, self.image, self.edges, self.unsure, *self.bounds):
            self.plot.addItem(item)
        self.scale = _label()
        self.words = _label()
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.title)
        column.addWidget(self.plot, 1)
        column.addWidget(self.scale)
        column.addWidget(self.words)
        self.plot.scene().sigMouseMoved.connect(self._on_moved)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.plot.setBackground(theme.panel)
        self.plot.getViewBox().setBackgroundColor(theme.paper)
        for side in ("bottom", "left"):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(theme.faint, width=1))
            axis.setTextPen(pg.mkPen(theme.ink, width=1))
        self.ground.setLookupTable(grey_table(theme))
        line = QColor(theme.ink)
        line.setAlpha(70)
        self.edges.setPen(pg.mkPen(line, width=1, cosmetic=True))
        self.unsure.setPen(pg.mkPen(theme.ink, width=1))
        for bound in self.bounds:
            bound.setPen(
                pg.mkPen(theme.boundary, width=1, cosmetic=True, style=Qt.PenStyle.DashLine)
            )
        self.words.setStyleSheet(f"color: {theme.faint};")
        if self._shown is not None:
            shown, self._shown = self._shown, None
            self.show_map(*shown)

    def show_words(self, sentence: str) -> None:
        """Say why there is no map."""
        self._shown = None
        for item in (self.ground, self.image, self.edges, self.unsure, *self.bounds):
            item.hide()
        self.scale.setText("")
        self.words.setText(sentence)

    def show_map(self, explanation: Explanation, found: Attribution) -> None:
        """Show what a method says of a token."""
        from vowelscope.explain.explainers import (
            COLOUR_SHARE,
            MOST_CELLS_WITH_EDGES,
            colour_limit,
        )

        if self._shown is not None and self._shown[1] is found:
            return  # the progress of another method is no reason to draw this one again
        self._shown = explanation, found
        seen = explanation.input
        left, right = seen.time_edges_s[[0, -1]].tolist()
        low, high = seen.freq_edges_hz[[0, -1]].tolist()
        place = QRectF(left, low, right - left, high - low)
        span_db = seen.spec.db_max - seen.spec.db_min
        # Loud parts are grey, so that the colours over them stay colours.
        levels = (seen.spec.db_min, seen.spec.db_max + 0.6 * span_db)
        self.ground.setImage(seen.db, autoLevels=False, levels=levels)
        self.ground.setRect(place)
        limit = colour_limit(found.values)
        fine = found.values[np.ix_(_own(found.freq_edges_hz), _own(found.time_edges_s))]
        colours = diverging_rgba(fine, limit, _OPACITY, self._theme)
        self.image.setImage(colours, autoLevels=False, levels=(0, 255))
        self.image.setRect(place)
        few = found.values.size <= MOST_CELLS_WITH_EDGES
        times_s, freqs_hz = found.time_edges_s, found.freq_edges_hz
        x = [np.repeat(times_s, 2), np.tile([left, right], len(freqs_hz))]
        y = [np.tile([low, high], len(times_s)), np.repeat(freqs_hz, 2)]
        self.edges.setData(np.concatenate(x), np.concatenate(y))
        row, column = np.nonzero(found.unsure)
        middles = [0.5 * (edges[1:] + edges[:-1]) for edges in (times_s, freqs_hz)]
        self.unsure.setData(middles[0][column], middles[1][row])
        for bound, time_s in zip(
            self.bounds, (explanation.tmin_s, explanation.tmax_s), strict=True
        ):
            bound.setValue(time_s)
        for item in (self.ground, self.image, self.unsure, *self.bounds):
            item.show()
        self.edges.setVisible(few)
        self.plot.setXRange(left, right, padding=0)
        self.plot.setYRange(low, high, padding=0)
        name = f"/{found.of}/" if found.against is None else f"/{found.of}/ − /{found.against}/"
        self.title.setText(f"{found.title}: {name}")
        theme = self._theme
        against = f'<span style="color:{theme.negative}">■</span> −{limit:.3g} … '
        scale = f"{against if found.signed else '0 … '}"
        scale += f'+{limit:.3g} <span style="color:{theme.positive}">■</span> {found.unit}'
        if not few:
            scale += tr(" (full colour: {share:g}th percentile of the pixels)").format(
                share=COLOUR_SHARE
            )
        if found.errors is not None:
            scale += tr("; × not distinguishable from 0 (two standard errors)")
        self.scale.setText(scale)
        self.words.setText(" ".join((found.caveat, *found.warnings)))

    def _on_moved(self, place: QPointF) -> None:
        if self._shown is None:
            return
        _, found = self._shown
        at = self.plot.getViewBox().mapSceneToView(place)
        row = int(np.searchsorted(found.freq_edges_hz, at.y(), side="right")) - 1
        column = int(np.searchsorted(found.time_edges_s, at.x(), side="right")) - 1
        rows, columns = found.values.shape
        if not (0 <= row < rows and 0 <= column < columns):
            self.read_out.emit("")
            return
        error = "" if found.errors is None else f" ± {found.errors[row, column]:.2g}"
        self.read_out.emit(
            tr(
                "{title}: {value:+.4g}{error} in the cell {low_hz:,.0f}–{high_hz:,.0f} Hz, "
                "{start_s:.3f}–{stop_s:.3f} s"
            ).format(
                title=found.title,
                value=found.values[row, column],
                error=error,
                low_hz=found.freq_edges_hz[row],
                high_hz=found.freq_edges_hz[row + 1],
                start_s=found.time_edges_s[column],
                stop_s=found.time_edges_s[column + 1],
            )
        )


def _own(edges: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The cell of each of `_FINE` equal parts between the outer edges."""
    centres = edges[0] + (np.arange(_FINE) + 0.5) / _FINE * (edges[-1] - edges[0])
    own: npt.NDArray[np.int64] = np.searchsorted(edges, centres, side="right") - 1
    return np.clip(own, 0, len(edges) - 2)


def _label() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
