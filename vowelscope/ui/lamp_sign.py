"""The agreement lamp: a colour, a shape and a sign, so that no colour has to be told apart."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from vowelscope.core.translation import tr

NAMES = {"green": tr("green"), "yellow": tr("yellow"), "red": tr("red")}
_FILLS = {"green": "#1f8a4c", "yellow": "#e6b400", "red": "#c62828"}
_INKS = {"green": "#ffffff", "yellow": "#1b1b1b", "red": "#ffffff"}
_SIGNS = {"green": "✓", "yellow": "?", "red": "✕"}


class LampSign(QWidget):
    """A disc with a tick, a triangle with a question mark, or a square with a cross."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colour: str | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Agreement lamp"))

    def sizeHint(self) -> QSize:
        """Two lines of text high."""
        side = round(2.0 * self.fontMetrics().height())
        return QSize(side, side)

    def show_colour(self, colour: str | None) -> None:
        """Show ``green``, ``yellow`` or ``red``, or nothing."""
        self.colour = colour
        self.setAccessibleDescription("" if colour is None else NAMES[colour])
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the shape and its sign."""
        if self.colour is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_FILLS[self.colour]))
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        text = QRectF(box)
        if self.colour == "green":
            painter.drawEllipse(box)
        elif self.colour == "yellow":
            corners = [box.bottomLeft(), box.bottomRight(), QPointF(box.center().x(), box.top())]
            painter.drawPolygon(QPolygonF(corners))
            text.setTop(box.top() + 0.32 * box.height())
        else:
            painter.drawRect(box)
        font = QFont(self.font())
        font.setBold(True)
        font.setPixelSize(max(round(0.52 * box.height()), 8))
        painter.setFont(font)
        painter.setPen(QColor(_INKS[self.colour]))
        painter.drawText(text, Qt.AlignmentFlag.AlignCenter, _SIGNS[self.colour])
        painter.end()
