"""Praat's formant dots, pitch and intensity over the spectrogram, each with its own axis."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject, QTimer

from vowelscope.app.analysis import Analysis
from vowelscope.app.session import Session
from vowelscope.app.shown import LONGEST_TRACKED_S
from vowelscope.core.acoustics import visible
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.theme import LIGHT, Theme

_MOST_DOTS = 6000
"""More than a screen can show apart; frames are thinned above it."""

_REDRAW_MS = 30
_MM_PER_INCH = 25.4
_LOGICAL_DPI = 96.0
"""What Qt takes a screen to have before it is scaled; a screen seldom knows better."""
_MARGIN = 0.5
"""Share of the view that is drawn beyond each end, so that scrolling finds it there."""


class TracksOverlay(QObject):
    """Draws what `Analysis` has for the view and asks it for the rest.

    The plot's right axes are pitch and intensity: their ends are the ends of the two scales.
    """

    def __init__(self, session: Session, analysis: Analysis, plot: SpectrogramView) -> None:
        super().__init__(plot)
        self._session = session
        self._analysis = analysis
        self._theme: Theme = LIGHT
        self._axes = {"pitch": plot.pitch_axis, "intensity": plot.intensity_axis}
        self.dots = pg.ScatterPlotItem(size=3.6, pxMode=True)
        self.dots.setZValue(22)
        self.lines = {name: pg.PlotCurveItem(connect="finite") for name in self._axes}
        for z, name in ((20, "intensity"), (21, "pitch")):
            self.lines[name].setZValue(z)
            plot.addItem(self.lines[name], ignoreBounds=True)
        plot.addItem(self.dots, ignoreBounds=True)
        self._held = (0.0, 0.0)
        self._left_out: tuple[float, float] | None = None
        session.view_changed.connect(self._on_view)
        session.recording_changed.connect(self._on_other)
        session.overlays_changed.connect(self._on_other)
        session.frequency_changed.connect(self._draw)
        # Chunks may come faster than a screen shows them.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REDRAW_MS)
        self._soon.timeout.connect(self._draw)
        for signal in (
            analysis.formants_changed,
            analysis.pitch_changed,
            analysis.intensity_changed,
        ):
            signal.connect(self._on_arrival)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.set_dot_theme(theme)
        for name, colour, halo, text in (
            ("pitch", theme.pitch, theme.formant_halo, theme.pitch),
            ("intensity", theme.intensity, theme.intensity_halo, theme.intensity_text),
        ):
            self.lines[name].setPen(pg.mkPen(colour, width=2, cosmetic=True))
            self.lines[name].setShadowPen(pg.mkPen(halo, width=4, cosmetic=True))
            self._axes[name].setPen(pg.mkPen(text, width=1))
            self._axes[name].setTextPen(pg.mkPen(text, width=1))

    def set_dot_theme(self, theme: Theme) -> None:
        """Take the colours of the formants alone from `theme`."""
        self.dots.setBrush(pg.mkBrush(theme.formant))
        self.dots.setPen(pg.mkPen(theme.formant_halo, width=0.5))

    def set_dot_mm(self, diameter_mm: float) -> None:
        """How large the formant dots are, at the screen's nominal resolution."""
        self.dots.setSize(diameter_mm / _MM_PER_INCH * _LOGICAL_DPI)

    def set_pitch_range(self, floor_hz: float, ceiling_hz: float) -> None:
        """Let the pitch axis reach from the floor to the ceiling of the analysis, as Praat's."""
        self._axes["pitch"].set_range(floor_hz, ceiling_hz)
        self._draw_pitch()

    def leave_out(self, span_s: tuple[float, float] | None) -> None:
        """Draw no formant dots there: others are drawn in their place."""
        if span_s != self._left_out:
            self._left_out = span_s
            self._draw_formants()

    def _on_view(self) -> None:
        start_s, stop_s = self._session.view
        if self._is_short() and self._session.recording is not None:
            self._analysis.request(start_s, stop_s)
        first_s, last_s = self._held
        length_s, held_s = stop_s - start_s, (last_s - first_s) / (1 + 2 * _MARGIN)
        inside = first_s <= start_s and stop_s <= last_s
        if not inside or not 0.5 <= length_s / held_s <= 2.0:
            self._held = (start_s - _MARGIN * length_s, stop_s + _MARGIN * length_s)
            self._draw()

    def _on_other(self) -> None:
        self._held = (0.0, 0.0)
        self._on_view()

    def _draw(self) -> None:
        self._draw_formants()
        self._draw_pitch()
        self._draw_intensity()

    def _on_arrival(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _is_short(self) -> bool:
        start_s, stop_s = self._session.view
        return stop_s - start_s <= LONGEST_TRACKED_S

    @property
    def is_drawn(self) -> bool:
        """True when what has come is on the screen."""
        return not self._soon.isActive()

    def _shown(self, name: str) -> bool:
        held = self._session.recording is not None and self._is_short()
        return held and name in self._session.overlays

    def _draw_formants(self) -> None:
        track = None
        if self._shown("formants"):
            track = self._analysis.formants_between(*self._held)
        if track is None or not len(track.times_s):
            self.dots.clear()
            return
        kept = visible(track)
        if self._left_out is not None:
            start_s, stop_s = self._left_out
            kept &= (track.times_s < start_s) | (track.times_s > stop_s)
        freqs_hz = track.freqs_hz[kept]
        times_s = np.broadcast_to(track.times_s[kept, None], freqs_hz.shape)
        axis = self._session.frequency
        held = axis.contains(freqs_hz)
        x, y = times_s[held], axis.place(freqs_hz[held])
        step = max(1, -(-len(x) // _MOST_DOTS))
        self.dots.setData(x=x[::step], y=y[::step])

    def _draw_pitch(self) -> None:
        track = None
        if self._shown("pitch"):
            track = self._analysis.pitch_between(*self._held)
        self._draw_line("pitch", track, None if track is None else track.f0_hz)

    def _draw_intensity(self) -> None:
        track = None
        if self._shown("intensity"):
            track = self._analysis.intensity_between(*self._held)
        self._draw_line("intensity", track, None if track is None else track.level_db)

    def _draw_line(self, name: str, track: object, values: np.ndarray | None) -> None:
        line, axis = self.lines[name], self._axes[name]
        axis.set_shown(self._shown(name))
        if track is None or values is None or not len(values):
            line.clear()
            return
        share = (values - axis.low) / (axis.high - axis.low)
        inside = np.where((share >= 0) & (share <= 1), share, np.nan)
        low, high = self._session.frequency.low, self._session.frequency.high
        line.setData(track.times_s, low + inside * (high - low))  # type: ignore[attr-defined]
