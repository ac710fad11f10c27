"""Formants that were set by hand, drawn unlike Praat's: hollow diamonds, and a cross for none."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject

from vowelscope.app.repairing import Repairing
from vowelscope.app.shown import LONGEST_TRACKED_S
from vowelscope.app.workbench import Workbench
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.theme import LIGHT, Theme

_MOST = 2000


class HandOverlay(QObject):
    """Draws what was set in what is in view, and what the mouse holds."""

    def __init__(self, bench: Workbench, repairing: Repairing, plot: SpectrogramView) -> None:
        super().__init__(plot)
        self._bench = bench
        self._session = bench.session
        self._repairing = repairing
        self._theme: Theme = LIGHT
        self.diamonds = pg.ScatterPlotItem(symbol="d", size=10, pxMode=True)
        self.crosses = pg.ScatterPlotItem(symbol="x", size=9, pxMode=True)
        for item in (self.diamonds, self.crosses):
            item.setZValue(26)
            plot.addItem(item, ignoreBounds=True)
        for signal in (
            bench.choices.changed,
            bench.choices.previewed,
            bench.analysis.formants_changed,
            repairing.tracks_changed,
            self._session.view_changed,
            self._session.channel_changed,
            self._session.overlays_changed,
            self._session.frequency_changed,
        ):
            signal.connect(self._draw)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.diamonds.setBrush(pg.mkBrush(theme.paper))
        self.diamonds.setPen(pg.mkPen(theme.formant, width=2))
        self.crosses.setBrush(pg.mkBrush(theme.formant))
        self.crosses.setPen(pg.mkPen(theme.formant_halo, width=0.8))
        self._draw()

    def _draw(self) -> None:
        session, (start_s, stop_s) = self._session, self._session.view
        shown = "formants" in session.overlays and stop_s - start_s <= LONGEST_TRACKED_S
        points = self._bench.choices.drawn_points.between(session.channel, start_s, stop_s)[:_MOST]
        if not shown or not points:
            self.diamonds.clear()
            self.crosses.clear()
            return
        axis = session.frequency
        set_there = [x for x in points if x.freq_hz is not None and axis.contains(x.freq_hz)]
        self.diamonds.setData(
            x=[x.time_s for x in set_there],
            y=[float(axis.place(x.freq_hz)) for x in set_there],  # type: ignore[arg-type]
        )
        x, y = [], []
        raw = self._repairing.raw_between(start_s, stop_s)
        for point in points:
            if point.freq_hz is not None or raw is None or not len(raw.times_s):
                continue
            frame = int(np.abs(raw.times_s - point.time_s).argmin())
            # Where Praat has a formant that is called undefined, so that it can be found again.
            if point.formant <= raw.freqs_hz.shape[1]:
                hz = float(raw.freqs_hz[frame, point.formant - 1])
                if axis.contains(hz):
                    x.append(point.time_s)
                    y.append(float(axis.place(hz)))
        self.crosses.setData(x=x, y=y)
