"""The waveform of every channel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from vowelscope.app.jobs import CancelToken, Jobs
from vowelscope.app.session import Session
from vowelscope.core.peaks import Peaks
from vowelscope.core.translation import tr
from vowelscope.ui.sound_menus import heard_of, toggle_channel
from vowelscope.ui.theme import Theme
from vowelscope.ui.timeline import LEFT_PX, TimePlot

_KEY, _BUILD = "waveform", "waveform pyramid"
Outline = tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]

_SAMPLES_APART = 2.0
"""Below this many samples a pixel, the samples themselves are drawn."""

_ADVICE = tr("Click a channel's name to analyse it; Ctrl+click a channel to mute it.")
MOST_LANES = 8
"""Channels that are shown at once."""
_LEAST_LANE_PX = 22
_LANE_PX = 75


class WaveformView(TimePlot):
    """One lane a channel; the channel that is analysed is drawn full, the others faint.

    A click on a channel's name has it analysed, another one the mean of all; a click with Ctrl
    mutes a channel or lets it be heard again, as in Praat. Of more than
    `MOST_LANES` channels a part is shown: the one that is analysed, or where the wheel goes over
    the names.
    """

    lanes_changed = Signal()
    """Other channels are shown."""

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        self._jobs = jobs
        self._curves: list[pg.PlotCurveItem] = []
        self._first = 0
        self._outlined: Outline | None = None
        self._peaks: Peaks | None = None
        self._held: tuple[float, float, float] | None = None
        super().__init__(session, tr("Waveform"), parent)
        session.recording_changed.connect(self._on_recording)
        session.channel_changed.connect(self._on_channel)
        session.heard_changed.connect(self._on_heard)
        self.gestures.ctrl_clicked.connect(self._on_ctrl_clicked)
        self.getPlotItem().getAxis("left").setStyle(hideOverlappingLabels=False)
        self.getPlotItem().getAxis("left").setTicks([])
        self.viewport().installEventFilter(self)
        self._on_recording()

    @property
    def is_ready(self) -> bool:
        """True once the outline covers the view."""
        return self._held is not None and not self._jobs.is_pending(_KEY)

    @property
    def is_built(self) -> bool:
        """True once views of any length are drawn at once."""
        return self._peaks is not None and not self._jobs.is_pending(_BUILD)

    def sizeHint(self) -> QSize:
        """Less than the spectrogram."""
        return QSize(800, max(150, _LANE_PX * len(self._curves)))

    @property
    def lanes(self) -> range:
        """The channels that are shown, 0-based."""
        return range(self._first, self._first + len(self._curves))

    def lane(self, channel: int | None) -> tuple[float, float]:
        """Lower and upper end of a channel's lane in the plot's unit; of all lanes for None."""
        if channel is None or channel not in self.lanes:
            return 1.0 - 2.0 * len(self._curves), 1.0
        middle = -2.0 * (channel - self._first)
        return middle - 1.0, middle + 1.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel over the names of the channels scrolls them."""
        if isinstance(event, QWheelEvent) and event.position().x() < LEFT_PX:
            turn = event.angleDelta().y()
            self._show_from(self._first - (turn > 0) + (turn < 0))
            return True
        return bool(super().eventFilter(watched, event))

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
        self._first, self._outlined = 0, None
        recording = self.session.recording
        count = min(self._count(), MOST_LANES)
        for _ in range(count):
            curve = pg.PlotCurveItem()
            self.addItem(curve, ignoreBounds=True)
            self._curves.append(curve)
        # Lanes from the top, each 2 high: channel c lies around -2 (c - first).
        self.box.setYRange(-2 * count + 1, 1, padding=0)
        self.setMinimumHeight(_LEAST_LANE_PX * count + 20)
        self.updateGeometry()
        self._on_channel()
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

    def _count(self) -> int:
        recording = self.session.recording
        return 1 if recording is None else recording.n_channels

    def _on_channel(self) -> None:
        channel = self.session.channel
        if channel is not None and channel not in self.lanes:
            self._show_from(channel if channel < self._first else channel - MOST_LANES + 1)
        self._colour()
        self._describe()

    def _show_from(self, first: int) -> None:
        first = min(max(first, 0), self._count() - len(self._curves))
        if first != self._first:
            self._first = first
            self._colour()
            self._describe()
            if self._outlined is not None:
                self._on_outline(self._outlined)
            self.lanes_changed.emit()

    def _describe(self) -> None:
        self._name_lanes()
        count, channel = self._count(), self.session.channel
        text = ""
        if count > 1:
            chosen = tr("the mean of all") if channel is None else f"channel {channel + 1}"
            text = tr("{count} channels; {chosen} is analysed.").format(count=count, chosen=chosen)
            muted = set(range(count)) - set(heard_of(self.session))
            if muted:
                text += tr(" Muted: {join}.").format(
                    join=", ".join(str(one + 1) for one in sorted(muted))
                )
            if count > len(self._curves):
                text += tr(" Channels {value} to {value2} are shown.").format(
                    value=self._first + 1, value2=self.lanes[-1] + 1
                )
        self.setAccessibleDescription(text)
        self.viewport().setToolTip(text and f"{text} {_ADVICE}")

    def _on_clicked(self, place: QPointF) -> None:
        if place.x() >= LEFT_PX or self._count() == 1:
            super()._on_clicked(place)
            return
        channel = self._channel_at(place)
        self.session.set_channel(None if channel == self.session.channel else channel)

    def _on_ctrl_clicked(self, place: QPointF) -> None:
        if self._count() == 1:
            super()._on_clicked(place)
        else:
            toggle_channel(self.session, self._channel_at(place))

    def _channel_at(self, place: QPointF) -> int:
        row = int((1.0 - self.box.mapSceneToView(QPointF(0.0, place.y())).y()) // 2)
        return self._first + min(max(row, 0), len(self._curves) - 1)

    def _on_heard(self) -> None:
        self._name_lanes()
        self._describe()

    def _colour(self) -> None:
        chosen = self.session.channel
        for channel, curve in zip(self.lanes, self._curves, strict=True):
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
        if values.shape[1] != self._count():
            return  # of the recording before
        self._outlined = outline
        loudest = float(np.abs(values).max(initial=0.0)) or 1.0
        for lane, (channel, curve) in enumerate(zip(self.lanes, self._curves, strict=True)):
            curve.setData(times_s, 0.92 * values[:, channel] / loudest - 2 * lane)
        if len(self._curves) == 1:
            ticks = [(0.92, f"{loudest:.3g}"), (0, "0"), (-0.92, f"−{loudest:.3g}")]
            self.getPlotItem().getAxis("left").setTicks([ticks])
        else:
            self._name_lanes()

    def _name_lanes(self) -> None:
        if len(self._curves) == 1:
            return
        ticks = []
        for lane, channel in enumerate(self.lanes):
            name = f"{'☞ ' if channel == self.session.channel else ''}ch {channel + 1}"
            if channel == self.lanes[-1] < self._count() - 1:
                name += f" of {self._count()}"
            if channel not in heard_of(self.session):
                name += "\nmuted"
            ticks.append((-2 * lane, name))
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
