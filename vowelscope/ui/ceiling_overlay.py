"""The formants of the selected token at its own ceiling, with the other candidates faint."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from vowelscope.app.ceilings import Ceilings
from vowelscope.app.session import Session
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.theme import LIGHT, Theme
from vowelscope.ui.tracks import TracksOverlay

_DRAWN_FORMANTS = 4
_FAINT_ALPHA = 70
_JUMP_HZ = 300.0
"""No line is drawn across a larger one: it would join what is not one formant."""


class CeilingOverlay(QObject):
    """Draws within the token alone; the usual dots are left out there."""

    def __init__(
        self, session: Session, ceilings: Ceilings, plot: SpectrogramView, tracks: TracksOverlay
    ) -> None:
        super().__init__(plot)
        self._session = session
        self._ceilings = ceilings
        self._tracks = tracks
        self._theme: Theme = LIGHT
        self.faint = pg.PlotCurveItem(connect="finite")
        self.line = pg.PlotCurveItem(connect="finite")
        self.dots = pg.ScatterPlotItem(size=4.8, pxMode=True)
        self.caption = pg.TextItem(anchor=(0, 0))
        for z, item in ((19, self.faint), (23, self.line), (24, self.dots), (100, self.caption)):
            item.setZValue(z)
            item.hide()
            plot.addItem(item, ignoreBounds=True)
        ceilings.changed.connect(self._draw)
        ceilings.choices.changed.connect(self._draw_own)
        ceilings.choices.previewed.connect(self._draw_own)
        session.overlays_changed.connect(self._draw)
        session.frequency_changed.connect(self._draw)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.set_dot_theme(theme)
        self.caption.setColor(theme.ink)
        self.caption.fill = pg.mkBrush(theme.panel)
        self.caption.border = pg.mkPen(theme.groove)
        self._draw()

    def set_dot_theme(self, theme: Theme) -> None:
        """Take the colours of the formants alone from `theme`."""
        faint = QColor(theme.formant)
        faint.setAlpha(_FAINT_ALPHA)
        self.faint.setPen(pg.mkPen(faint, width=1, cosmetic=True))
        self.line.setPen(pg.mkPen(theme.formant, width=1.5, cosmetic=True))
        self.line.setShadowPen(pg.mkPen(theme.formant_halo, width=3, cosmetic=True))
        self.dots.setBrush(pg.mkBrush(theme.formant))
        self.dots.setPen(pg.mkPen(theme.formant_halo, width=0.8))

    def _draw(self) -> None:
        held, index = self._ceilings.found, self._ceilings.index
        shown = held is not None and index is not None and "formants" in self._session.overlays
        for item in (self.faint, self.line, self.dots, self.caption):
            item.setVisible(shown)
        self._tracks.leave_out((held.tmin_s, held.tmax_s) if shown and held is not None else None)
        if not shown or held is None or index is None:
            return
        others = [x for at, x in enumerate(held.items) if at != index and len(x.times_s)]
        self.faint.setData(*self._joined([(x.times_s, x.freqs_hz) for x in others]))
        self._draw_own()

    def _draw_own(self) -> None:
        """The track that counts alone: the others do not follow the mouse."""
        held = self._ceilings.found
        if held is None or self._ceilings.index is None or not self.line.isVisible():
            return
        x, y = self._joined([self._ceilings.drawn()])
        self.line.setData(x, y)
        there = np.isfinite(y)
        self.dots.setData(x=x[there], y=y[there])
        self.caption.setText(self._ceilings.describe())
        self.caption.setPos(held.tmin_s, self._session.frequency.high)

    def _joined(self, tracks: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
        """All formants one after the other, with a gap between; what is not in view is cut."""
        axis = self._session.frequency
        x, y = [np.empty(0)], [np.empty(0)]
        for times_s, freqs_hz in tracks:
            for column in freqs_hz[:, :_DRAWN_FORMANTS].T:
                x += [times_s, times_s[-1:]]
                inside = np.where(axis.contains(column), column, np.nan)
                at = np.flatnonzero(np.abs(np.diff(inside)) > _JUMP_HZ) + 1
                inside = axis.place(inside)
                x[-2] = np.insert(times_s, at, times_s[at])
                y += [np.insert(inside, at, np.nan), np.full(len(x[-1]), np.nan)]
        return np.concatenate(x), np.concatenate(y)
