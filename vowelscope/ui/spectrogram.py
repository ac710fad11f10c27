"""The spectrogram in Praat's look, computed in the background for what is in view and around it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from vowelscope.app.jobs import Jobs
from vowelscope.app.session import Session
from vowelscope.core.frequency_axis import FrequencyAxis
from vowelscope.core.spectrogram import SpectrogramImage, SpectrogramSettings, spectrogram
from vowelscope.core.translation import tr
from vowelscope.ui.frequency_axis_item import FrequencyAxisItem, frequency_text
from vowelscope.ui.scaled_axis import ScaledAxis
from vowelscope.ui.theme import Theme
from vowelscope.ui.timeline import SELECTION_ALPHA, TimePlot, time_at

_MARGIN = 0.5
"""Share of the view that is computed beyond each end, so that scrolling finds it ready."""
_MOST_COLUMNS = 4000
_MOST_ROWS = 1000
_MOST_KEPT = 3
"""Images that are not computed again: another scale, channel or zoom, and back."""
_KEY = "spectrogram"
_PITCH_HZ = (50.0, 500.0)
_INTENSITY_DB = (50.0, 100.0)


class SpectrogramView(TimePlot):
    """The spectrogram with its frequency axis and a frequency cursor.

    The vertical unit of the plot is a place on the session's `FrequencyAxis`.
    """

    hovered_at = Signal(float, float)
    """The mouse is at this time (s) and frequency (Hz)."""
    drawn = Signal()
    """A new image is in place."""
    levels_changed = Signal()

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        settings: SpectrogramSettings,
        parent: QWidget | None = None,
    ) -> None:
        self._jobs = jobs
        self._settings = settings
        self.held: SpectrogramImage | None = None
        """The image in place."""
        self._held_columns_per_s = 0.0
        self.levels = (0.0, 0.0)
        """The ends of the colours in dB/Hz."""
        self._wanted: tuple[object, ...] | None = None
        self._kept: dict[tuple[object, ...], SpectrogramImage] = {}
        self.frequency_hz: float | None = None
        self.image = pg.ImageItem(axisOrder="row-major")
        self._frequency_line = pg.InfiniteLine(0.0, angle=0, movable=False)
        self._frequency_text = pg.TextItem(anchor=(0, 1))
        self.pitch_axis = ScaledAxis(*_PITCH_HZ, tr("Pitch (Hz)"))
        self.intensity_axis = ScaledAxis(*_INTENSITY_DB, tr("Intensity (dB)"))
        self.frequency_axis = FrequencyAxisItem(session.frequency)
        axes = (self.pitch_axis, self.intensity_axis)
        super().__init__(session, tr("Spectrogram"), parent, axes, self.frequency_axis)
        self.addItem(self.image, ignoreBounds=True)
        self.image.setZValue(0)
        for mark in (self._frequency_line, self._frequency_text):
            mark.setZValue(42)
            mark.hide()
            self.addItem(mark, ignoreBounds=True)
        self._on_frequency()
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
        self._frequency_line.setPen(
            pg.mkPen(theme.cursor, width=1, style=Qt.PenStyle.DotLine, cosmetic=True)
        )
        self._frequency_text.setColor(theme.cursor)
        self._shade_selection()
        self._frequency_text.fill = pg.mkBrush(theme.paper)

    def set_colours(self, table: npt.NDArray[np.uint8]) -> None:
        """Draw by a look-up table (256, 3)."""
        self.image.setLookupTable(table)

    def set_settings(self, settings: SpectrogramSettings) -> None:
        """Draw by other settings; the range is the session's affair."""
        settings = _on_axis(settings, self.session.frequency)
        if settings != self._settings:
            self._settings = settings
            self._forget()

    def _shade_selection(self) -> None:
        """No pink over the map, whose colours mean something; its own dashed frame is there."""
        mapped = self.session.explanation is not None and "cam" in self.session.overlays
        self.set_selection_shade(0 if mapped else SELECTION_ALPHA)

    def hz_at(self, y_px: float) -> float:
        """The frequency in Hz at a height of this widget in pixels."""
        place = self.box.mapSceneToView(QPointF(0.0, y_px)).y()
        return float(self.session.frequency.hz(place))

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
        self._place_frequency()
        self._kept.clear()
        self._forget()

    def _forget(self) -> None:
        self.held = None
        self._wanted = None
        self.image.clear()
        self._request()

    def _on_frequency(self) -> None:
        axis = self.session.frequency
        self._settings = _on_axis(self._settings, axis)
        self.frequency_axis.set_axis(axis)
        self.box.setYRange(axis.low, axis.high, padding=0)
        self._place_frequency()
        self._forget()

    def _pixels(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        size = self.box.size()
        return max(round(size.width() * ratio), 100), max(round(size.height() * ratio), 100)

    def _covers(self) -> bool:
        held = self.held
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
        settings = self._settings
        # As many as there are pixels, within reason, and those of the settings at least.
        per_s = max(min(width_px, 1600), settings.time_steps) / (stop_s - start_s)
        if self._covers() and 0.6 * per_s <= self._held_columns_per_s <= 3.0 * per_s:
            return
        margin_s = _MARGIN * (stop_s - start_s)
        first_s, last_s = max(start_s - margin_s, 0.0), min(stop_s + margin_s, recording.duration_s)
        if last_s <= first_s:
            return
        columns = int(min(max(round((last_s - first_s) * per_s), 16), _MOST_COLUMNS))
        rows = min(max(min(height_px, 500), settings.frequency_steps), _MOST_ROWS)
        wanted = (recording, first_s, last_s, self._settings, columns, rows, self.session.channel)
        if wanted == self._wanted and self._jobs.is_pending(_KEY):
            return
        self._wanted = wanted
        kept = self._kept.get(wanted)
        if kept is not None:
            self._jobs.cancel(_KEY)
            self._on_image(kept)
            return
        self._jobs.submit(
            _KEY, spectrogram, *wanted, on_done=self._on_image, on_error=self.session.message.emit
        )

    def _on_image(self, held: SpectrogramImage) -> None:
        self.held = held
        if self._wanted is not None:
            self._kept.pop(self._wanted, None)
            self._kept[self._wanted] = held
            while len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        start_s, stop_s = float(held.time_edges_s[0]), float(held.time_edges_s[-1])
        low, high = self.session.frequency.place(held.freq_edges_hz[[0, -1]]).tolist()
        self._held_columns_per_s = held.db.shape[1] / (stop_s - start_s)
        self.image.setImage(held.db, autoLevels=False, levels=self.levels)
        # The outer edges of the outer cells, so that each cell's centre is where it was measured.
        self.image.setRect(QRectF(start_s, low, stop_s - start_s, high - low))
        self._set_levels()
        self.drawn.emit()

    def _set_levels(self) -> None:
        """Black is the loudest cell in view (Praat's autoscaling) or the level that was chosen."""
        held = self.held
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
        if levels != self.levels:
            self.levels = levels
            self.image.setLevels(levels)
            self.levels_changed.emit()

    def _on_hovered(self, place: QPointF) -> None:
        time_s = time_at(self.session, self.width(), place.x())
        self.hovered_at.emit(time_s, self.hz_at(place.y()))

    def _on_frequency_clicked(self, place: QPointF) -> None:
        axis = self.session.frequency
        self.frequency_hz = min(max(self.hz_at(place.y()), axis.low_hz), axis.high_hz)
        self._place_frequency()
        self.session.view_changed.connect(self._place_frequency, Qt.ConnectionType.UniqueConnection)

    def _place_frequency(self) -> None:
        """Put the frequency cursor where it stands on the axis, or away."""
        hz, axis = self.frequency_hz, self.session.frequency
        shown = hz is not None and bool(axis.contains(hz))
        self._frequency_line.setVisible(shown)
        self._frequency_text.setVisible(shown)
        if hz is None or not shown:
            return
        place = float(axis.place(hz))
        high = place > axis.low + 0.9 * (axis.high - axis.low)
        self._frequency_line.setValue(place)
        self._frequency_text.setText(frequency_text(hz, axis))
        self._frequency_text.setAnchor((0, 0) if high else (0, 1))
        self._frequency_text.setPos(self.session.view[0], place)


def _on_axis(settings: SpectrogramSettings, axis: FrequencyAxis) -> SpectrogramSettings:
    return replace(settings, f_min_hz=axis.low_hz, f_max_hz=axis.high_hz, scale=axis.scale)
