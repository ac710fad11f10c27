"""A ring around the button, box or plot that has the keyboard, once the keyboard is in use.

The style draws a default button and one that has the keyboard alike, and only faintly marks
others; who works without a mouse must see at once where the next key goes.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QFocusFrame,
    QGraphicsView,
    QListWidget,
    QPlainTextEdit,
    QTabBar,
    QTableWidget,
    QWidget,
)

_RINGED = (
    QAbstractButton,
    QAbstractSlider,
    QComboBox,
    QGraphicsView,
    QListWidget,
    QPlainTextEdit,
    QTabBar,
    QTableWidget,
)
_WIDTH_PX = 2.0


class _Ring(QFocusFrame):
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().highlight().color(), _WIDTH_PX))
        half = 0.5 * _WIDTH_PX
        area = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(area, 3.0, 3.0)
        painter.end()


class FocusRing(QObject):
    """Keeps the ring of one application around what has the keyboard."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ring: _Ring | None = None
        app.focusChanged.connect(self._on_focus)

    @property
    def around(self) -> QWidget | None:
        """What the ring is around, or None."""
        ring = self._ring
        if ring is None or not shiboken6.isValid(ring) or not ring.isVisible():
            return None
        return ring.widget()

    def _on_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        by_keys = Qt.WidgetAttribute.WA_KeyboardFocusChange
        if now is None or not isinstance(now, _RINGED) or not now.window().testAttribute(by_keys):
            if self._ring is not None and shiboken6.isValid(self._ring):
                self._ring.setWidget(None)  # type: ignore[arg-type]
                self._ring.hide()
            return
        # It belongs to the window of its widget, and goes with it.
        if self._ring is None or not shiboken6.isValid(self._ring):
            self._ring = _Ring(now)
        self._ring.setWidget(now)
        self._ring.show()


def ring_of(app: QApplication) -> FocusRing:
    """The one ring of an application, made at the first call."""
    found = app.findChild(FocusRing)
    return found if isinstance(found, FocusRing) else FocusRing(app)
