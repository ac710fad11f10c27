"""Boundaries and points moved by mouse: what is taken, and where it may go."""

from __future__ import annotations

from typing import Protocol, cast

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from vowelscope.app.session import Session
from vowelscope.app.shown import Held
from vowelscope.core.edit_boundaries import (
    Handle,
    handle_near,
    handle_time_s,
    linked,
    move,
    nearest_boundary_s,
    room_s,
)
from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import IntervalTier, PointTier, TextGrid
from vowelscope.core.translation import tr
from vowelscope.ui.timeline import time_at

GRAB_PX = 6
"""How far from a boundary the mouse takes it, on each side."""
MAGNET_PX = 6
"""How near to a boundary of another tier the magnet draws."""
_CLICK_PX = 3
_DRAG_PX = 3
_NARROW_PX = 4 * _CLICK_PX
_CLOSEST_S = 0.001
"""A boundary stops this far before its neighbour, unless it was nearer already."""
_LINKS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier
_FREES = Qt.KeyboardModifier.ControlModifier


class Rows(Protocol):
    """What the mouse needs to know of the view of the tiers."""

    def open_row_at(self, y_px: float) -> int | None:
        """Index of the tier that is drawn at `y_px`, if its labels are."""
        ...


class BoundaryDrag(QObject):
    """Takes the mouse near a boundary of the tiers; leaves the rest to the other gestures.

    With Shift or Alt held, boundaries and points of other tiers at the same time come along. With
    Ctrl held, the magnet does not draw. Escape puts all back. A drag is one undo step.

    Parameters
    ----------
    view
        The widget that draws the tiers; also a `Rows`.
    """

    taken = Signal()
    """A boundary is about to be moved: what is typed but not in the TextGrid must go there."""

    def __init__(self, session: Session, view: QWidget) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._rows = cast(Rows, view)
        self._handle: Handle | None = None
        self._pressed_px = 0.0
        self._last_px = 0.0
        self._offset_s = 0.0
        self._textgrid: TextGrid | None = None
        view.setMouseTracking(True)
        view.installEventFilter(self)
        session.textgrid_changed.connect(self.cancel)
        session.recording_changed.connect(self.cancel)

    @property
    def is_dragging(self) -> bool:
        """True while a boundary is held and has left its place."""
        return self._textgrid is not None

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take what belongs to a drag."""
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        if event.type() == QEvent.Type.Leave and self._handle is None:
            self._view.unsetCursor()
        if self._handle is not None and isinstance(event, QKeyEvent):
            return self._key(event)
        return False

    def cancel(self) -> None:
        """Let go; everything stays as it was."""
        self._handle = self._textgrid = None
        self._session.set_held(None)

    def _mouse(self, event: QMouseEvent) -> bool:
        kind, left = event.type(), event.button() == Qt.MouseButton.LeftButton
        place = event.position()
        if kind == QEvent.Type.MouseMove and not event.buttons():
            if self._handle is not None:  # the button was let go where no event came from
                self.cancel()
            near = None if self._session.is_read_only else self._handle_at(place)
            if near is None:
                self._view.unsetCursor()
            else:
                self._view.setCursor(Qt.CursorShape.SplitHCursor)
            return False
        if kind == QEvent.Type.MouseButtonPress and left:
            return self._press(place)
        if self._handle is None:
            return False
        if kind == QEvent.Type.MouseMove:
            self._last_px = place.x()
            if self.is_dragging or abs(place.x() - self._pressed_px) >= _DRAG_PX:
                self._drag(event.modifiers())
            return True
        if kind == QEvent.Type.MouseButtonRelease and left:
            self._release(place)
            return True
        return False

    def _key(self, event: QKeyEvent) -> bool:
        kind, key = event.type(), event.key()
        if key == Qt.Key.Key_Escape:
            event.accept()  # also at ShortcutOverride, so that Escape does not stop playback
            if kind == QEvent.Type.KeyPress:
                self.cancel()
            return True
        held = {
            Qt.Key.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
            Qt.Key.Key_Alt: Qt.KeyboardModifier.AltModifier,
            Qt.Key.Key_Control: Qt.KeyboardModifier.ControlModifier,
        }
        if key in held and kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            # Systems differ in whether the event's modifiers count the key itself.
            modifier = held[Qt.Key(key)]
            modifiers = event.modifiers() & ~modifier
            if kind == QEvent.Type.KeyPress:
                modifiers |= modifier
            if self.is_dragging:
                self._drag(modifiers)
            return True
        return False

    def _handle_at(self, place: QPointF, reach_px: float = GRAB_PX) -> Handle | None:
        session, row = self._session, self._rows.open_row_at(place.y())
        if session.textgrid is None or row is None:
            return None
        handle = handle_near(
            session.textgrid, row, self._time(place.x()), reach_px * self._s_per_px()
        )
        if handle is None:
            return None
        at_s = handle_time_s(session.textgrid, handle)
        return handle if session.view[0] <= at_s <= session.view[1] else None

    def _press(self, place: QPointF) -> bool:
        handle = self._handle_at(place)
        if handle is None or self._session.is_read_only:
            return False
        # The text field gives its text to the TextGrid, and Escape comes to this view.
        self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        self.taken.emit()
        handle = self._handle_at(place)
        if handle is None or self._session.textgrid is None:
            return True
        self._handle, self._textgrid = handle, None
        self._pressed_px = self._last_px = place.x()
        self._offset_s = handle_time_s(self._session.textgrid, handle) - self._time(place.x())
        return True

    def _drag(self, modifiers: Qt.KeyboardModifier) -> None:
        textgrid, handle = self._session.textgrid, self._handle
        assert textgrid is not None
        assert handle is not None
        self._textgrid = textgrid
        from_s = handle_time_s(textgrid, handle)
        handles = linked(textgrid, handle) if modifiers & _LINKS else (handle,)
        # The one under the mouse first: its tier is named in the undo menu's sentence.
        handles = (handle, *(other for other in handles if other != handle))
        low_s, high_s = self._limits(textgrid, handles, from_s)
        wanted_s = self._time(self._last_px) + self._offset_s
        magnet_s = None
        if self._session.magnet and not modifiers & _FREES:
            tiers = [other.tier for other in handles]
            magnet_s = nearest_boundary_s(textgrid, wanted_s, MAGNET_PX * self._s_per_px(), tiers)
        if magnet_s is not None and not low_s <= magnet_s <= high_s:
            magnet_s = None
        time_s = min(max(wanted_s if magnet_s is None else magnet_s, low_s), high_s)
        try:
            moved = move(textgrid, handles, time_s)
        except UserError:
            return  # it stays where the last event left it
        magnet = ""
        if magnet_s is not None:
            magnet = next(
                tier.name
                for index, tier in enumerate(textgrid.tiers)
                if index not in tiers and handle_near(textgrid, index, magnet_s) is not None
            )
        self._session.set_held(
            Held(time_s, from_s, moved, tuple(other.tier for other in handles), magnet)
        )

    def _limits(
        self, textgrid: TextGrid, handles: tuple[Handle, ...], from_s: float
    ) -> tuple[float, float]:
        """Where the handles may go: between their neighbours, and where they can be seen."""
        low_s, high_s = room_s(textgrid, handles)
        low_s += min(_CLOSEST_S, from_s - low_s)
        high_s -= min(_CLOSEST_S, high_s - from_s)
        start_s, stop_s = self._session.view
        return max(low_s, min(start_s, from_s)), min(high_s, max(stop_s, from_s))

    def _release(self, place: QPointF) -> None:
        session, handle, held = self._session, self._handle, self._session.held
        dragged = self.is_dragging
        self.cancel()
        assert handle is not None
        if not dragged:
            self._click(place, handle)
            return
        if held is None or held.time_s == held.from_s:
            return
        tier = held.textgrid.tiers[handle.tier]
        what = tr("point") if isinstance(tier, PointTier) else tr("boundary")
        if len(held.tiers) > 1:
            what = tr("{what} and what is linked").format(what=what)
        session.replace_textgrid(held.textgrid, tr("Move {what}").format(what=what))
        beside = (
            (handle.index,) if isinstance(tier, PointTier) else (handle.index - 1, handle.index)
        )
        if session.tier_index != handle.tier or session.item_index not in beside:
            session.select_item(handle.tier, handle.index)
        session.set_cursor(held.time_s)

    def _click(self, place: QPointF, handle: Handle) -> None:
        """A click on the line selects the boundary; one beside it, the interval there."""
        session, time_s = self._session, self._time(place.x())
        textgrid = session.textgrid
        if textgrid is None:
            return
        tier = textgrid.tiers[handle.tier]
        if isinstance(tier, IntervalTier):
            at = tier.index_at(time_s)
            width_s = 0.0 if at is None else tier.intervals[at].duration_s
            away_s = abs(time_s - handle_time_s(textgrid, handle))
            wide = width_s > _NARROW_PX * self._s_per_px()
            if not wide or away_s > _CLICK_PX * self._s_per_px():
                session.select_at(handle.tier, time_s)
                return
        session.select_item(handle.tier, handle.index)

    def _time(self, x_px: float) -> float:
        return time_at(self._session, self._view.width(), x_px)

    def _s_per_px(self) -> float:
        return self._time(1.0) - self._time(0.0)
