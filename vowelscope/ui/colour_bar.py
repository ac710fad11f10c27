"""A bar of colours with the numbers of its ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from vowelscope.ui.theme import LIGHT, Theme

_BAR_PX = 12
_STOPS = 17


class ColourBar(QWidget):
    """Its words stand above it, the ends below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._table: npt.NDArray[np.uint8] = np.zeros((2, 3), np.uint8)
        self._words, self._low, self._high = "", "", ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Two lines and the bar."""
        return QSize(200, 2 * self.fontMetrics().height() + _BAR_PX + 4)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def show_scale(
        self, table: npt.NDArray[np.uint8], words: str, low: str, high: str, tip: str
    ) -> None:
        """Show (steps, 3) colours, what they say, and what stands at their ends."""
        self._table, self._words, self._low, self._high = table, words, low, high
        self.setAccessibleName(f"{words}: {low} – {high}")
        self.setToolTip(tip)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Words, bar, ends."""
        painter = QPainter(self)
        line = self.fontMetrics().height()
        bar = QRectF(0.5, line + 1.5, self.width() - 1, _BAR_PX)
        across = QLinearGradient(QPointF(bar.left(), 0), QPointF(bar.right(), 0))
        for share in np.linspace(0, 1, _STOPS):
            red, green, blue = self._table[round(share * (len(self._table) - 1))]
            across.setColorAt(float(share), QColor(int(red), int(green), int(blue)))
        painter.fillRect(bar, across)
        painter.setPen(QPen(QColor(self._theme.faint), 1))
        painter.drawRect(bar)
        painter.setPen(QColor(self._theme.ink))
        above = QRectF(0, 0, self.width(), line)
        painter.drawText(above, Qt.AlignmentFlag.AlignLeft, self._words)
        below = QRectF(0, line + _BAR_PX + 3, self.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, self._low)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, self._high)
        painter.end()
