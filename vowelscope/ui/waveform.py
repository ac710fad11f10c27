"""The waveform of every channel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from vowelscope.app.jobs import CancelToken, Jobs
from vowelscope.app.session import Session
from vowelscope.core.peaks import Peaks
from vowelscope.ui.theme import Theme
from vowelscope.ui.timeline import TimePlot

_KEY, _BUILD = "waveform", "waveform pyramid"
Outline = tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]

_SAMPLES_APART = 2.0
"""Below this many samples a pixel, the samples themselves are drawn."""


class WaveformView(TimePlot):
    """One lane a channel; the channel that is analysed is drawn full, the others faint."""

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        self._jobs = jobs
        self._curves: list[pg.PlotCurveItem] = []
        self._peaks: Peaks | None = None
        self._held: tuple[float, float, float] | None = None
        super().__init__(session, "Waveform", parent)
        session.recording_changed.connect(self._on_recording)
        session.channel_changed.connect(self._colour)
        self.getPlotItem().getAxis("left").setStyle(hideOverlappingLabels=False)
        self.getPlotItem().getAxis("left").setTicks([])
        self._on_recording()

    def sizeHint(self) -> QSize:
        """Less than the spectrogram."""
        return QSize(800, 150)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        super().set_theme(theme)
        self._colour()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More pixels show more detail."""
        super().resizeEvent(event)
        self._held = None
        if hasattr(self, "gestures"):
            self._request()

    def _on_view(self) -> None:
        super()._on_view()
        self._request()

    def _on_recording(self) -> None:
        for curve in self._curves:
            self.removeItem(curve)
        self._curves = []
        recording = self.session.recording
        count = 1 if recording is None else recording.n_channels
        for _ in range(count):
            curve = pg.PlotCurveItem()
            self.addItem(curve, ignoreBounds=True)
            self._curves.append(curve)
        # Lanes from the top, each 2 high: channel c lies around -2 c.
        self.box.setYRange(-2 * count + 1, 1, padding=0)
        self._colour()
        self._held = None
        self._peaks = None if recording is None else Peaks(recording)
        self._jobs.cancel(_BUILD)
        if self._peaks is not None and not self._peaks.is_immediate(*self.session.domain, 1000):
            self._jobs.submit(
                _BUILD,
                _build,
                self._peaks,
                on_done=self._on_built,
                on_error=self.session.message.emit,
                pass_token=True,
            )
        self._request()

    def _colour(self) -> None:
        chosen = self.session.channel
        for channel, curve in enumerate(self._curves):
            full = chosen is None or chosen == channel
            colour = self.theme.wave if full else self.theme.faint
            curve.setPen(pg.mkPen(colour, width=1, cosmetic=True))

    def _request(self) -> None:
        if self.session.recording is None or self._peaks is None:
            return
        start_s, stop_s = self.session.view
        length_s = stop_s - start_s
        if self._held is not None:
            first_s, last_s, held_s = self._held
            inside = first_s <= start_s and stop_s <= last_s
            if inside and 0.8 <= held_s / length_s <= 1.25:
                return
        width_px = round(self.box.size().width() * self.devicePixelRatioF())
        columns = 2 * min(max(width_px, 200), 4000)
        around = (start_s - length_s / 2, stop_s + length_s / 2)
        if not self._peaks.is_immediate(*around, columns):
            return  # the pyramid is being built; `_on_built` asks again
        self._held = (*around, length_s)
        self._jobs.submit(
            _KEY,
            _outline,
            self._peaks,
            max(around[0], 0.0),
            around[1],
            columns,
            on_done=self._on_outline,
            on_error=self.session.message.emit,
        )

    def _on_built(self, _done: bool) -> None:
        self._held = None
        self._request()

    def _on_outline(self, outline: Outline) -> None:
        times_s, values = outline
        if values.shape[1] != len(self._curves):
            return  # of the recording before
        loudest = float(np.abs(values).max(initial=0.0)) or 1.0
        for channel, curve in enumerate(self._curves):
            curve.setData(times_s, 0.92 * values[:, channel] / loudest - 2 * channel)
        if len(self._curves) == 1:
            ticks = [(0.92, f"{loudest:.3g}"), (0, "0"), (-0.92, f"−{loudest:.3g}")]
        else:
            ticks = [(-2 * channel, f"ch {channel + 1}") for channel in range(len(self._curves))]
        self.getPlotItem().getAxis("left").setTicks([ticks])


def _outline(peaks: Peaks, start_s: float, stop_s: float, columns: int) -> Outline:
    """What to draw: times (n,) in seconds and values (n, channels)."""
    recording = peaks.recording
    rate_hz = recording.rate_hz
    if (stop_s - start_s) * rate_hz < _SAMPLES_APART * columns:
        first = max(int(start_s * rate_hz), 0)
        last = min(int(np.ceil(stop_s * rate_hz)) + 1, recording.n_frames)
        samples = recording.read_frames(first, last)
        return (first + np.arange(len(samples))) / rate_hz, samples
    edges = peaks.edges(start_s, stop_s, columns)
    lowest, highest = peaks.peaks(start_s, stop_s, columns)
    values = np.stack([lowest, highest], axis=1).reshape(2 * len(lowest), -1)
    return np.repeat(0.5 * (edges[1:] + edges[:-1]) / rate_hz, 2), values


def _build(token: CancelToken, peaks: Peaks) -> bool:
    """Build the pyramid of a long recording; views that wait are read from the samples."""
    for _ in peaks.build(lambda: token.cancelled):
        token.raise_if_cancelled()
    return True
