"""The mouse on the names of the tiers: selects, collapses, and changes heights."""

from __future__ import annotations

from typing import Protocol, cast

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from vowelscope.app.session import Session
from vowelscope.app.tier_layout import Key
from vowelscope.ui.timeline import LEFT_PX

_GRAB_PX = 4.0


class Tiers(Protocol):
    """What the mouse needs to know of the view of the tiers."""

    def keys(self) -> tuple[Key, ...]:
        """What the layout knows the tiers by."""
        ...

    def row_rect(self, tier_index: int) -> QRectF:
        """Where a tier is drawn."""
        ...

    def row_at(self, y_px: float) -> int | None:
        """Index of the tier that is drawn at `y_px`."""
        ...

    def usual_row_px(self) -> float:
        """The height of a tier that nobody changed."""
        ...


class TierMargin(QObject):
    """A click on a name selects the tier, a double click collapses or opens it.

    The upper edge of a name can be dragged. It is the upper one because the views above give and
    take the room: the lower edge stays where it is.
    """

    def __init__(self, session: Session, view: QWidget) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._tiers = cast(Tiers, view)
        self._pressed = False
        self._dragged: tuple[Key, float, float] | None = None
        view.installEventFilter(self)

    def toggle(self, index: int) -> None:
        """Collapse a tier, or open it."""
        session, keys = self._session, self._tiers.keys()
        layout = session.tier_layout
        collapsed = layout.is_collapsed(keys, index)
        session.set_tier_layout(layout.with_collapsed(keys[index], not collapsed))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the mouse left of the tiers, and a drag that began there."""
        if not isinstance(event, QMouseEvent):
            return False
        kind, place = event.type(), event.position()
        if self._pressed:
            if kind == QEvent.Type.MouseMove and self._dragged is not None:
                self._drag(event.globalPosition().y())
            elif kind == QEvent.Type.MouseButtonRelease:
                self._pressed, self._dragged = False, None
            return True
        if place.x() >= LEFT_PX:
            return False
        if kind == QEvent.Type.MouseMove and not event.buttons():
            at_edge = self._edge_at(place) is not None
            self._view.setCursor(
                Qt.CursorShape.SplitVCursor if at_edge else Qt.CursorShape.ArrowCursor
            )
            return True
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if kind == QEvent.Type.MouseButtonPress:
            self._press(event)
            return True
        if kind == QEvent.Type.MouseButtonDblClick:
            row = self._tiers.row_at(place.y())
            if row is not None:
                self.toggle(row)
            return True
        return False

    def _edge_at(self, place: QPointF) -> int | None:
        """The open tier whose upper edge is there."""
        layout, keys = self._session.tier_layout, self._tiers.keys()
        for index, weight in enumerate(layout.rows(keys)):
            top = self._tiers.row_rect(index).top()
            if weight and abs(place.y() - top) <= _GRAB_PX:
                return index
        return None

    def _press(self, event: QMouseEvent) -> None:
        self._pressed = True
        edge = self._edge_at(event.position())
        if edge is not None:
            height = self._tiers.row_rect(edge).height()
            self._dragged = (self._tiers.keys()[edge], event.globalPosition().y(), height)
            return
        row = self._tiers.row_at(event.position().y())
        if row is not None:
            self._session.select_at(row, self._session.cursor_s)

    def _drag(self, y_px: float) -> None:
        assert self._dragged is not None
        key, from_px, height_px = self._dragged
        weight = (height_px + from_px - y_px) / self._tiers.usual_row_px()
        session = self._session
        session.set_tier_layout(session.tier_layout.with_weight(key, weight))
