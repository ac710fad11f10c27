"""A ring around the formant dot that the keys have."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QObject

from vowelscope.app.formant_keys import FormantKeys
from vowelscope.app.workbench import Workbench
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.theme import Theme


class FormantRing(QObject):
    """Drawn while a formant is chosen and the frame at the cursor has it."""

    def __init__(self, bench: Workbench, keys: FormantKeys, plot: SpectrogramView) -> None:
        super().__init__(plot)
        self._session = bench.session
        self._keys = keys
        self.ring = pg.ScatterPlotItem(symbol="o", size=16, pxMode=True)
        self.ring.setBrush(pg.mkBrush(None))
        self.ring.setZValue(43)
        plot.addItem(self.ring, ignoreBounds=True)
        for signal in (
            keys.changed,
            bench.choices.changed,
            bench.analysis.formants_changed,
            self._session.cursor_changed,
            self._session.channel_changed,
            self._session.overlays_changed,
            self._session.frequency_changed,
        ):
            signal.connect(self._draw)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.ring.setPen(pg.mkPen(theme.cursor, width=2))

    def _draw(self) -> None:
        # Nearly always nobody has chosen one, and the cursor moves often.
        dot = None if self._keys.formant is None else self._keys.dot()
        axis = self._session.frequency
        if dot is None or not axis.contains(dot.freq_hz):
            self.ring.clear()
        else:
            self.ring.setData(x=[dot.time_s], y=[float(axis.place(dot.freq_hz))])
