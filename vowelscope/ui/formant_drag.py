"""Formant dots moved by mouse on the spectrogram, and the dot that lies under it."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from vowelscope.app.repairing import Dot, Repairing
from vowelscope.core.translation import tr
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.timeline import time_at, x_at

REACH_PX = 9.0
"""How far from a dot the mouse takes it."""
_KEY_REACH_PX = 14.0
"""How far the keys look: a hand that presses a key moves the mouse less well."""
_DRAG_PX = 2.0


class FormantDrag(QObject):
    """In the mode for correcting, takes the mouse near a dot; leaves the rest to the gestures.

    A dot is moved up and down at its own time. With Shift held, the mouse draws: every frame that
    it passes gets its frequency. Escape puts all back. A drag is one step.
    """

    def __init__(self, repairing: Repairing, plot: SpectrogramView) -> None:
        super().__init__(plot)
        self._repairing = repairing
        self._plot = plot
        self._session = plot.session
        self._viewport = plot.viewport()
        self._dot: Dot | None = None
        self._drawn: dict[float, float] = {}
        self._pressed = QPointF()
        self._last = QPointF()
        self._moved = False
        self.hovered: QPointF | None = None
        self._viewport.installEventFilter(self)
        plot.installEventFilter(self)
        repairing.changed.connect(self._on_mode)
        self._session.recording_changed.connect(self.cancel)
        self._session.textgrid_changed.connect(self.cancel)

    @property
    def is_dragging(self) -> bool:
        """True while a dot is held."""
        return self._dot is not None

    def forget_mouse(self) -> None:
        """The keys are in use: the mouse counts again once it moves."""
        self.hovered = None

    def dot_under(self, reach_px: float = _KEY_REACH_PX, candidates: bool = True) -> Dot | None:
        """The dot nearest to the mouse, within reach; a candidate only where no dot is."""
        place = self.hovered
        return None if place is None else self._dot_at(place, reach_px, candidates)

    def hand_under(self) -> tuple[float, int] | None:
        """Time and number of the formant under the mouse that was set by hand."""
        place = self.hovered
        if place is None:
            return None
        near = self._repairing.hand_near(self._time(place), _KEY_REACH_PX * self._s_per_px())
        dot = self._nearest(place, near, _KEY_REACH_PX)
        return None if dot is None else (dot.time_s, dot.formant)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what belongs to a drag."""
        if isinstance(event, QKeyEvent):
            return self._key(event)
        # No call of the plot before it is known that a person did something: events come while it
        # is being taken apart, too.
        if watched is not self._viewport:
            return False
        if event.type() == QEvent.Type.Leave:
            self.hovered = None
        return isinstance(event, QMouseEvent) and self._mouse(event)

    def cancel(self) -> None:
        """Let go; everything stays as it was."""
        if self._dot is not None:
            self._dot = None
            self._repairing.let_go()

    def _mouse(self, event: QMouseEvent) -> bool:
        kind, left = event.type(), event.button() == Qt.MouseButton.LeftButton
        place = event.position()
        if kind == QEvent.Type.MouseMove:
            self.hovered = place
        if not self._repairing.is_on:
            return False
        if kind == QEvent.Type.MouseMove and not event.buttons():
            self.cancel()
            near = self._dot_at(place, REACH_PX, candidates=False)
            self._viewport.setCursor(
                Qt.CursorShape.CrossCursor if near is None else Qt.CursorShape.SizeVerCursor
            )
            return False
        if kind == QEvent.Type.MouseButtonPress and left:
            return self._press(place)
        if self._dot is None:
            return False
        if kind == QEvent.Type.MouseMove:
            self._drag(place, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            return True
        if kind == QEvent.Type.MouseButtonRelease and left:
            self._release()
            return True
        return False

    def _key(self, event: QKeyEvent) -> bool:
        if self._dot is None or event.key() != Qt.Key.Key_Escape:
            return False
        event.accept()  # also at ShortcutOverride, so that Escape does not stop playback
        if event.type() == QEvent.Type.KeyPress:
            self.cancel()
        return True

    def _press(self, place: QPointF) -> bool:
        dot = self._dot_at(place, REACH_PX, candidates=False)
        if dot is None:
            return False
        self._plot.setFocus(Qt.FocusReason.MouseFocusReason)
        self._dot, self._drawn, self._moved = dot, {}, False
        self._pressed = self._last = place
        return True

    def _drag(self, place: QPointF, draws: bool) -> None:
        dot = self._dot
        assert dot is not None
        if not self._moved and math.dist(place.toTuple(), self._pressed.toTuple()) < _DRAG_PX:
            return
        self._moved = True
        hz = self._hz(place)
        if draws:
            start_s, stop_s = self._time(self._last), self._time(place)
            low_s, high_s = sorted((start_s, stop_s))
            for time_s in self._repairing.frame_times_s(low_s, high_s):
                share = 1.0 if stop_s == start_s else (time_s - start_s) / (stop_s - start_s)
                at = QPointF(0.0, self._last.y() + share * (place.y() - self._last.y()))
                self._drawn[time_s] = self._hz(at)
        else:
            self._drawn[dot.time_s] = hz
        self._last = place
        self._repairing.preview(
            self._repairing.point(time_s, dot.formant, hz) for time_s, hz in self._drawn.items()
        )

    def _release(self) -> None:
        dot, drawn = self._dot, self._drawn
        self._dot = None
        assert dot is not None
        if not drawn:
            self._repairing.let_go()
            self._session.set_cursor(dot.time_s)
            return
        points = [self._repairing.point(time_s, dot.formant, hz) for time_s, hz in drawn.items()]
        if self._repairing.set(points, tr("Move F{formant}").format(formant=dot.formant)):
            self._session.set_cursor(dot.time_s)

    def _dot_at(self, place: QPointF, reach_px: float, candidates: bool) -> Dot | None:
        session = self._session
        if session.recording is None or "formants" not in session.overlays:
            return None
        dots = self._repairing.dots_near(self._time(place), reach_px * self._s_per_px())
        dot = self._nearest(place, [x for x in dots if not x.is_candidate], reach_px)
        if dot is None and candidates:
            dot = self._nearest(place, [x for x in dots if x.is_candidate], reach_px)
        return dot

    def _nearest(self, place: QPointF, dots: list[Dot], reach_px: float) -> Dot | None:
        away_px = [math.dist(place.toTuple(), self.place_of(dot).toTuple()) for dot in dots]
        nearest = min(away_px, default=math.inf)
        return dots[away_px.index(nearest)] if nearest <= reach_px else None

    def _s_per_px(self) -> float:
        return self._time(QPointF(1.0, 0.0)) - self._time(QPointF(0.0, 0.0))

    def place_of(self, dot: Dot) -> QPointF:
        """Where a dot is drawn, in pixels of the plot."""
        axis = self._session.frequency
        at = self._plot.box.mapViewToScene(QPointF(dot.time_s, float(axis.place(dot.freq_hz))))
        return QPointF(x_at(self._session, self._plot.width(), dot.time_s), at.y())

    def _time(self, place: QPointF) -> float:
        return time_at(self._session, self._plot.width(), place.x())

    def _hz(self, place: QPointF) -> float:
        axis = self._session.frequency
        return min(max(self._plot.hz_at(place.y()), axis.low_hz, 1.0), axis.high_hz)

    def _on_mode(self) -> None:
        self.cancel()
        if not self._repairing.is_on:
            self._viewport.unsetCursor()
