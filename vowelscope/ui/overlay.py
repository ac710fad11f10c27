"""The class activation map over the spectrogram, where it belongs in Hz and s."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor

from vowelscope.app.session import Session
from vowelscope.core.frequency_axis import repeat_rows
from vowelscope.core.translation import tr
from vowelscope.ui.frequency_axis_item import frequency_text
from vowelscope.ui.theme import LIGHT, Theme, diverging_rgba
from vowelscope.ui.timeline import TimePlot

_FINE_COLUMNS = 16
"""For each column of such cells: who smooths the picture smooths a sixteenth of a cell."""
_FINE_ROWS = 1024
"""In which cells of unequal height are drawn: their edges are within half a row of their Hz."""


def map_limit(values: np.ndarray) -> float:
    """The value that gets the full colour: the map's largest magnitude, so that 0 is clear."""
    return float(np.max(np.abs(values), initial=0.0)) or 1.0


def _no_formants(_time_s: float) -> str:
    return ""


class CamOverlay(QObject):
    """Draws the session's chosen map on a plot of seconds against Hz.

    Each cell is one flat colour between its own edges: a smoothed map would look finer than it is.
    """

    read_out = Signal(str)
    """What lies under the mouse."""

    def __init__(self, session: Session, plot: TimePlot) -> None:
        super().__init__(plot)
        self._session = session
        self._theme: Theme = LIGHT
        self.formants_at: Callable[[float], str] = _no_formants
        """Says the formants at a time, for the read-out."""
        self.image = pg.ImageItem(axisOrder="row-major")
        self.image.setZValue(10)
        self.edges = pg.PlotCurveItem(connect="pairs")
        self.edges.setZValue(11)
        self.frame = pg.PlotCurveItem()
        self.frame.setZValue(12)
        for item in (self.image, self.edges, self.frame):
            item.hide()
            plot.addItem(item, ignoreBounds=True)
        for signal in (session.explanation_changed, session.map_changed, session.overlays_changed):
            signal.connect(self._draw)
        session.opacity_changed.connect(self._draw)
        session.frequency_changed.connect(self._draw)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        line = QColor(theme.ink)
        line.setAlpha(70)
        self.edges.setPen(pg.mkPen(line, width=1, cosmetic=True))
        line.setAlpha(200)
        self.frame.setPen(pg.mkPen(line, width=1, cosmetic=True, style=Qt.PenStyle.DashLine))
        self._draw()

    def _draw(self) -> None:
        session = self._session
        explanation, shown = session.explanation, session.shown_map()
        visible = explanation is not None and "cam" in session.overlays
        self.image.setVisible(visible and shown is not None)
        self.edges.setVisible(visible)
        self.frame.setVisible(visible)
        if not visible or explanation is None:
            return
        times_s, freqs_hz = explanation.time_edges_s, explanation.freq_edges_hz
        left, right = float(times_s[0]), float(times_s[-1])
        places = session.frequency.place(freqs_hz)
        bottom, top = float(places[0]), float(places[-1])
        x = [np.repeat(times_s, 2), np.tile([left, right], len(places))]
        y = [np.tile([bottom, top], len(times_s)), np.repeat(places, 2)]
        self.edges.setData(np.concatenate(x), np.concatenate(y))
        first, last = explanation.tmin_s, explanation.tmax_s
        self.frame.setData([first, first, last, last, first], [bottom, top, top, bottom, bottom])
        if shown is None:
            return
        _, values = shown
        if session.frequency.scale != "hz":
            values = repeat_rows(values, freqs_hz, session.frequency.scale, _FINE_ROWS)
            values = values.repeat(_FINE_COLUMNS, axis=1)
        colours = diverging_rgba(values, map_limit(values), session.opacity, self._theme)
        self.image.setImage(colours, autoLevels=False, levels=(0, 255))
        self.image.setRect(QRectF(left, bottom, right - left, top - bottom))

    def show_read_out(self, time_s: float, freq_hz: float) -> None:
        """Say time and frequency under the mouse and, over the map, the cell and its value."""
        text = f"{time_s:.4f} s   {frequency_text(freq_hz, self._session.frequency)}"
        if "formants" in self._session.overlays:
            text += self.formants_at(time_s)
        explanation, shown = self._session.explanation, self._session.shown_map()
        if explanation is not None and shown is not None and "cam" in self._session.overlays:
            title, values = shown
            times_s, freqs_hz = explanation.time_edges_s, explanation.freq_edges_hz
            column = int(np.searchsorted(times_s, time_s, side="right")) - 1
            row = int(np.searchsorted(freqs_hz, freq_hz, side="right")) - 1
            if 0 <= row < values.shape[0] and 0 <= column < values.shape[1]:
                text += tr(
                    "   ·   {title}: {value:+.2f} logits in the cell "
                    "{value2:,.0f}–{value3:,.0f} Hz, {value4:.3f}–{value5:.3f} s"
                ).format(
                    title=title,
                    value=values[row, column],
                    value2=freqs_hz[row],
                    value3=freqs_hz[row + 1],
                    value4=times_s[column],
                    value5=times_s[column + 1],
                )
        self.read_out.emit(text)
