"""The spectrogram in Praat's look, computed in the background for what is in view and around it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from vowelscope.app.jobs import Jobs
from vowelscope.app.session import Session
from vowelscope.core.spectrogram import SpectrogramImage, SpectrogramSettings, spectrogram
from vowelscope.ui.scaled_axis import ScaledAxis
from vowelscope.ui.theme import Theme, grey_table
from vowelscope.ui.timeline import SELECTION_ALPHA, TimePlot, time_at

_MARGIN = 0.5
"""Share of the view that is computed beyond each end, so that scrolling finds it ready."""
_MOST_COLUMNS = 4000
_KEY = "spectrogram"
_PITCH_HZ = (50.0, 500.0)
_INTENSITY_DB = (40.0, 100.0)


class SpectrogramView(TimePlot):
    """Grey spectrogram with a frequency axis in Hz and a frequency cursor."""

    hovered_at = Signal(float, float)
    """The mouse is at this time (s) and frequency (Hz)."""
    drawn = Signal()
    """A new image is in place."""

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        settings: SpectrogramSettings,
        parent: QWidget | None = None,
    ) -> None:
        self._jobs = jobs
        self._settings = settings
        self._held: SpectrogramImage | None = None
        self._held_columns_per_s = 0.0
        self._levels = (0.0, 0.0)
        self._wanted: tuple[object, ...] | None = None
        self.frequency_hz: float | None = None
        self.image = pg.ImageItem(axisOrder="row-major")
        self._frequency_line = pg.InfiniteLine(0.0, angle=0, movable=False)
        self._frequency_text = pg.TextItem(anchor=(0, 1))
        self.pitch_axis = ScaledAxis(*_PITCH_HZ, "Pitch (Hz)")
        self.intensity_axis = ScaledAxis(*_INTENSITY_DB, "Intensity (dB)")
        super().__init__(session, "Spectrogram", parent, (self.pitch_axis, self.intensity_axis))
        self.addItem(self.image, ignoreBounds=True)
        self.image.setZValue(0)
        for mark in (self._frequency_line, self._frequency_text):
            mark.setZValue(42)
            mark.hide()
            self.addItem(mark, ignoreBounds=True)
        axis = self.getPlotItem().getAxis("left")
        axis.enableAutoSIPrefix(False)
        axis.setLabel("Frequency (Hz)")
        axis.setStyle(hideOverlappingLabels=False)
        self._on_frequency(session.f_max_hz)
        self.gestures.hovered.connect(self._on_hovered)
        self.gestures.clicked.connect(self._on_frequency_clicked)
        session.recording_changed.connect(self._on_recording)
        session.channel_changed.connect(self._forget)
        for signal in (session.explanation_changed, session.overlays_changed):
            signal.connect(self._shade_selection)
        session.frequency_changed.connect(self._on_frequency)

    @property
    def is_ready(self) -> bool:
        """True once the image covers the view."""
        return self._covers() and not self._jobs.is_pending(_KEY)

    def sizeHint(self) -> QSize:
        """As Praat's: the largest of the views."""
        return QSize(800, 360)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        super().set_theme(theme)
        self.image.setLookupTable(grey_table(theme))
        self._frequency_line.setPen(
            pg.mkPen(theme.cursor, width=1, style=Qt.PenStyle.DotLine, cosmetic=True)
        )
        self._frequency_text.setColor(theme.cursor)
        self._shade_selection()
        self._frequency_text.fill = pg.mkBrush(theme.paper)

    def set_settings(self, settings: SpectrogramSettings) -> None:
        """Draw by other settings; the range is the session's affair."""
        settings = replace(settings, f_max_hz=self._settings.f_max_hz)
        if settings != self._settings:
            self._settings = settings
            self._forget()

    def _shade_selection(self) -> None:
        """No pink over the map, whose colours mean something; its own dashed frame is there."""
        mapped = self.session.explanation is not None and "cam" in self.session.overlays
        self.set_selection_shade(0 if mapped else SELECTION_ALPHA)

    def hz_at(self, y_px: float) -> float:
        """The frequency in Hz at a height of this widget in pixels."""
        return float(self.box.mapSceneToView(QPointF(0.0, y_px)).y())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More pixels may need more columns."""
        super().resizeEvent(event)
        if hasattr(self, "gestures"):
            self._request()

    def _on_view(self) -> None:
        super()._on_view()
        self._request()
        self._set_levels()

    def _on_recording(self) -> None:
        self.frequency_hz = None
        self._frequency_line.hide()
        self._frequency_text.hide()
        self._forget()

    def _forget(self) -> None:
        self._held = None
        self._wanted = None
        self.image.clear()
        self._request()

    def _on_frequency(self, f_max_hz: float) -> None:
        self._settings = replace(self._settings, f_max_hz=f_max_hz)
        self.box.setYRange(0.0, f_max_hz, padding=0)
        self._forget()

    def _pixels(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        size = self.box.size()
        return max(round(size.width() * ratio), 100), max(round(size.height() * ratio), 100)

    def _covers(self) -> bool:
        held = self._held
        if held is None or self.session.recording is None:
            return False
        start_s, stop_s = self.session.view
        stop_s = min(stop_s, self.session.recording.duration_s)
        start_s = max(start_s, 0.0)
        step_s = held.time_edges_s[1] - held.time_edges_s[0]
        return bool(
            held.time_edges_s[0] - step_s <= start_s and stop_s <= held.time_edges_s[-1] + step_s
        )

    def _request(self) -> None:
        """Ask for an image unless the one in place will do for this view."""
        recording = self.session.recording
        if recording is None:
            return
        start_s, stop_s = self.session.view
        width_px, height_px = self._pixels()
        # Praat's 1,000 time steps are enough for a window of any size, and never more than pixels.
        per_s = min(width_px, 1600) / (stop_s - start_s)
        if self._covers() and 0.6 * per_s <= self._held_columns_per_s <= 3.0 * per_s:
            return
        margin_s = _MARGIN * (stop_s - start_s)
        first_s, last_s = max(start_s - margin_s, 0.0), min(stop_s + margin_s, recording.duration_s)
        if last_s <= first_s:
            return
        columns = int(min(max(round((last_s - first_s) * per_s), 16), _MOST_COLUMNS))
        rows = min(max(height_px, 250), 500)
        wanted = (recording, first_s, last_s, self._settings, columns, rows, self.session.channel)
        if wanted == self._wanted and self._jobs.is_pending(_KEY):
            return
        self._wanted = wanted
        self._jobs.submit(
            _KEY, spectrogram, *wanted, on_done=self._on_image, on_error=self.session.message.emit
        )

    def _on_image(self, held: SpectrogramImage) -> None:
        self._held = held
        start_s, stop_s = float(held.time_edges_s[0]), float(held.time_edges_s[-1])
        low_hz, high_hz = float(held.freq_edges_hz[0]), float(held.freq_edges_hz[-1])
        self._held_columns_per_s = held.db.shape[1] / (stop_s - start_s)
        self.image.setImage(held.db, autoLevels=False, levels=self._levels)
        # The outer edges of the outer cells, so that each cell's centre is where it was measured.
        self.image.setRect(QRectF(start_s, low_hz, stop_s - start_s, high_hz - low_hz))
        self._set_levels()
        self.drawn.emit()

    def _set_levels(self) -> None:
        """Black is the loudest cell in view (Praat's autoscaling) or the level that was chosen."""
        held = self._held
        if held is None:
            return
        first, last = np.searchsorted(held.time_edges_s, self.session.view)
        seen = held.db[:, max(first - 1, 0) : max(last, 1)]
        if not seen.size:
            return
        # In steps of half a dB: to scroll must not mean to colour the whole image again.
        top_db = self._settings.maximum_db
        if top_db is None:
            top_db = round(2.0 * float(seen.max())) / 2.0
        levels = (top_db - self._settings.dynamic_range_db, top_db)
        if levels != self._levels:
            self._levels = levels
            self.image.setLevels(levels)

    def _on_hovered(self, place: QPointF) -> None:
        time_s = time_at(self.session, self.width(), place.x())
        self.hovered_at.emit(time_s, self.hz_at(place.y()))

    def _on_frequency_clicked(self, place: QPointF) -> None:
        hz = min(max(self.hz_at(place.y()), 0.0), self.session.f_max_hz)
        self.frequency_hz = hz
        self._frequency_line.setValue(hz)
        self._frequency_text.setText(f"{hz:,.0f} Hz")
        high = hz > 0.9 * self.session.f_max_hz
        self._frequency_text.setAnchor((0, 0) if high else (0, 1))
        self._place_frequency_text()
        self._frequency_line.show()
        self._frequency_text.show()
        self.session.view_changed.connect(
            self._place_frequency_text, Qt.ConnectionType.UniqueConnection
        )

    def _place_frequency_text(self) -> None:
        if self.frequency_hz is not None:
            self._frequency_text.setPos(self.session.view[0], self.frequency_hz)
