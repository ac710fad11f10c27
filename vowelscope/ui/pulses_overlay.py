"""Praat's glottal pulses on the waveform."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from vowelscope.app.analysis import Analysis
from vowelscope.app.session import Session
from vowelscope.app.shown import LONGEST_TRACKED_S
from vowelscope.ui.theme import Theme
from vowelscope.ui.waveform import WaveformView

_ALPHA = 150
_CLOSEST_PX = 2.0
"""Lines nearer than this would be one blue area."""
_MARGIN = 0.5
"""Share of the view that is drawn beyond each end, so that scrolling finds it there."""


class PulsesOverlay(QObject):
    """Draws what `Analysis` has for the view; `TracksOverlay` asks it for the rest."""

    def __init__(self, session: Session, analysis: Analysis, plot: WaveformView) -> None:
        super().__init__(plot)
        self._session = session
        self._analysis = analysis
        self._plot = plot
        self._held = (0.0, 0.0)
        self.lines = pg.PlotCurveItem(connect="pairs")
        self.lines.setZValue(-1)
        plot.addItem(self.lines, ignoreBounds=True)
        session.view_changed.connect(self._on_view)
        for signal in (
            session.recording_changed,
            session.channel_changed,
            session.overlays_changed,
            analysis.pulses_changed,
            plot.lanes_changed,
        ):
            signal.connect(self._draw)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        colour = QColor(theme.boundary)
        colour.setAlpha(_ALPHA)
        self.lines.setPen(pg.mkPen(colour, width=1, cosmetic=True))

    def _on_view(self) -> None:
        start_s, stop_s = self._session.view
        first_s, last_s = self._held
        zoomed = (stop_s - start_s) * (1 + 2 * _MARGIN) / max(last_s - first_s, 1e-9)
        if not (first_s <= start_s and stop_s <= last_s and 0.7 < zoomed < 1.4):
            self._draw()

    def _draw(self) -> None:
        session = self._session
        start_s, stop_s = session.view
        length_s = stop_s - start_s
        self._held = (start_s - _MARGIN * length_s, stop_s + _MARGIN * length_s)
        track = None
        if "pulses" in session.overlays and length_s <= LONGEST_TRACKED_S:
            track = self._analysis.pulses_between(*self._held)
        if track is None or not len(track.times_s):
            self.lines.clear()
            return
        width_px = max(self._plot.box.size().width(), 1.0)
        times_s = _apart(track.times_s, _CLOSEST_PX * length_s / width_px)
        low, high = self._plot.lane(session.channel)
        self.lines.setData(np.repeat(times_s, 2), np.tile([low, high], len(times_s)))


def _apart(times_s: np.ndarray, least_s: float) -> np.ndarray:
    """Of times nearer than `least_s`, one for each `least_s`."""
    if len(times_s) < 2 or np.median(np.diff(times_s)) >= least_s:
        return times_s
    _, first = np.unique(np.floor(times_s / least_s), return_index=True)
    return times_s[first]
