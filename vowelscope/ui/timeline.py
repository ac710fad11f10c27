"""The time axis that every view shares: geometry, gestures, and the base of the plots."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QMetaMethod, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from vowelscope.app.cursor import put_cursor
from vowelscope.app.session import Session
from vowelscope.ui.theme import LIGHT, Theme

LEFT_PX = 76
"""Width of the left axis of every view, so that times stand above each other."""
RIGHT_PX = 92
SELECTION_ALPHA = 70
_DRAG_PX = 3


def time_at(session: Session, width_px: float, x_px: float) -> float:
    """The time in seconds at `x_px` of a view `width_px` wide."""
    start_s, stop_s = session.view
    share = (x_px - LEFT_PX) / max(width_px - LEFT_PX - RIGHT_PX, 1.0)
    return start_s + share * (stop_s - start_s)


def x_at(session: Session, width_px: float, time_s: float) -> float:
    """Where `time_s` stands in a view `width_px` wide, in pixels."""
    start_s, stop_s = session.view
    share = (time_s - start_s) / (stop_s - start_s)
    return LEFT_PX + share * (width_px - LEFT_PX - RIGHT_PX)


class TimeGestures(QObject):
    """Praat's mouse: click sets the cursor, drag selects, shift-click extends, wheel scrolls."""

    hovered = Signal(QPointF)
    """The mouse moved over the widget, at this place in it."""
    clicked = Signal(QPointF)
    """A click that was no drag."""
    ctrl_clicked = Signal(QPointF)
    """The same with Ctrl held; `clicked` comes instead where nobody listens."""

    def __init__(self, session: Session, widget: QWidget, watched: QWidget | None = None) -> None:
        super().__init__(widget)
        self._session = session
        self._widget = widget
        self._anchor_s = 0.0
        self._pressed: QPointF | None = None
        self._dragging = False
        self._ctrl_clicked = QMetaMethod.fromSignal(self.ctrl_clicked)
        watched = watched or widget
        watched.setMouseTracking(True)
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the mouse and the wheel; leave all else."""
        kind = event.type()
        if isinstance(event, QWheelEvent):
            return self._wheel(event)
        if not isinstance(event, QMouseEvent):
            return False
        place = event.position()
        if kind == QEvent.Type.MouseMove and not event.buttons():
            self.hovered.emit(place)
            return True
        left = event.button() == Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseButtonPress and left:
            self._press(event)
            return True
        if kind == QEvent.Type.MouseMove and self._pressed is not None:
            self._move(place)
            return True
        if kind == QEvent.Type.MouseButtonRelease and left and self._pressed is not None:
            dragged, self._pressed = self._dragging, None
            if not dragged and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
                listened = self.isSignalConnected(self._ctrl_clicked)
                (self.ctrl_clicked if ctrl and listened else self.clicked).emit(place)
            return True
        return kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)

    def _time(self, place: QPointF) -> float:
        return time_at(self._session, self._widget.width(), place.x())

    def _press(self, event: QMouseEvent) -> None:
        session, time_s = self._session, self._time(event.position())
        self._pressed, self._dragging = event.position(), False
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            start_s, stop_s = session.selection or (session.cursor_s, session.cursor_s)
            # The nearer end moves, as in Praat.
            nearer_start = abs(time_s - start_s) < abs(time_s - stop_s)
            self._anchor_s = stop_s if nearer_start else start_s
            session.select_times(self._anchor_s, time_s)
            self._dragging = True
            return
        self._anchor_s = time_s

    def _move(self, place: QPointF) -> None:
        assert self._pressed is not None
        if not self._dragging and abs(place.x() - self._pressed.x()) < _DRAG_PX:
            return
        self._dragging = True
        time_s = self._time(place)
        self._session.select_times(self._anchor_s, time_s)
        self._session.set_cursor(min(self._anchor_s, time_s))

    def _wheel(self, event: QWheelEvent) -> bool:
        turn = event.angleDelta()
        steps = (turn.y() or turn.x()) / 120.0
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._session.zoom(0.8**steps, self._time(event.position()))
        else:
            self._session.scroll(-0.1 * steps)
        event.accept()
        return True


class TimePlot(pg.PlotWidget):  # type: ignore[misc]
    """A plot over the shared time axis, with cursor, selection and the place of playback.

    Attributes
    ----------
    gestures
        Tells of the mouse in this plot.
    """

    def __init__(
        self,
        session: Session,
        name: str,
        parent: QWidget | None = None,
        right: tuple[pg.AxisItem, ...] = (),
        left: pg.AxisItem | None = None,
    ) -> None:
        super().__init__(
            parent, enableMenu=False, axisItems=None if left is None else {"left": left}
        )
        self.session = session
        self.theme = LIGHT
        self.setAccessibleName(name)
        self.viewport().setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFrameShape(self.Shape.NoFrame)
        item = self.getPlotItem()
        # Room for half a line of text, so that the numbers at the ends of the axes are whole.
        half_line = max(math.ceil(0.5 * self.fontMetrics().height()) + 1, 7)
        item.layout.setContentsMargins(0, half_line, 0, half_line)
        item.layout.setHorizontalSpacing(0)
        item.layout.setVerticalSpacing(0)
        item.hideButtons()
        item.showAxis("left")
        item.hideAxis("bottom")
        for side in ("bottom", "top"):
            # Hidden, they would still set their labels anew at each step.
            item.getAxis(side).enableAutoSIPrefix(False)
        item.getAxis("left").setWidth(LEFT_PX)
        self.box = item.getViewBox()
        self._add_right(right)
        self.box.setMouseEnabled(x=False, y=False)
        self.box.setDefaultPadding(0.0)
        self._selection = pg.LinearRegionItem((0, 0), movable=False)
        self._selection.setZValue(30)
        self._cursor = pg.InfiniteLine(0.0, angle=90)
        self._cursor.setZValue(40)
        self._playing = pg.InfiniteLine(0.0, angle=90)
        self._playing.setZValue(41)
        self._playing.hide()
        self._moved = pg.InfiniteLine(0.0, angle=90)
        self._moved.setZValue(42)
        self._moved.hide()
        for mark in (self._selection, self._cursor, self._playing, self._moved):
            self.addItem(mark, ignoreBounds=True)
        self.gestures = TimeGestures(session, self, self.viewport())
        self.gestures.clicked.connect(self._on_clicked)
        session.view_changed.connect(self._on_view)
        session.cursor_changed.connect(self._on_cursor)
        session.selection_changed.connect(self._on_selection)
        session.playing_changed.connect(self._on_playing)
        session.held_changed.connect(self._on_held)
        self._on_view()
        self._on_selection()
        self.set_theme(LIGHT)

    def _add_right(self, axes: tuple[pg.AxisItem, ...]) -> None:
        """Put axes beside each other on the right, `RIGHT_PX` wide in all."""
        item = self.getPlotItem()
        if not axes:
            item.layout.setColumnFixedWidth(2, RIGHT_PX)
            return
        item.layout.removeItem(item.getAxis("right"))
        for index, axis in enumerate(axes):
            axis.setWidth(RIGHT_PX // len(axes))
            item.layout.addItem(axis, 2, 2 + index)
            axis.linkToView(self.box)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.theme = theme
        self.setBackground(theme.panel)
        self.box.setBackgroundColor(theme.paper)
        axis = self.getPlotItem().getAxis("left")
        axis.setPen(pg.mkPen(theme.faint, width=1))
        axis.setTextPen(pg.mkPen(theme.ink, width=1))
        self._cursor.setPen(
            pg.mkPen(theme.cursor, width=1, style=Qt.PenStyle.DashLine, cosmetic=True)
        )
        self._playing.setPen(pg.mkPen(theme.cursor, width=1))
        self._moved.setPen(pg.mkPen(theme.boundary, width=1))
        self.set_selection_shade(SELECTION_ALPHA)

    def set_selection_shade(self, alpha: int) -> None:
        """How strongly the selection covers the plot, 0-255; its ends stay to be seen."""
        shade = QColor(self.theme.selection)
        edge = QColor(self.theme.cursor)
        edge.setAlpha(0 if alpha else 160)
        shade.setAlpha(alpha)
        self._selection.setBrush(pg.mkBrush(shade))
        self._selection.setHoverBrush(pg.mkBrush(shade))
        for line in self._selection.lines:
            line.setPen(pg.mkPen(edge, width=1, cosmetic=True))

    def _on_view(self) -> None:
        self.box.setXRange(*self.session.view, padding=0)
        # Left until the paint, it would ask for a second one.
        self.box.prepareForPaint()

    def _on_cursor(self) -> None:
        self._cursor.setValue(self.session.cursor_s)

    def _on_selection(self) -> None:
        selection = self.session.selection
        self._selection.setVisible(selection is not None)
        if selection is not None:
            self._selection.setRegion(selection)

    def _on_playing(self) -> None:
        at_s = self.session.playing_s
        self._playing.setVisible(at_s is not None)
        if at_s is not None:
            self._playing.setValue(at_s)

    def _on_held(self) -> None:
        held = self.session.held
        self._moved.setVisible(held is not None)
        if held is not None:
            self._moved.setValue(held.time_s)

    def _on_clicked(self, place: QPointF) -> None:
        put_cursor(self.session, time_at(self.session, self.width(), place.x()))
