"""The kernels of a first layer beside each other, by pattern; a click or an arrow key chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from vowelscope.core.translation import tr
from vowelscope.ui.theme import LIGHT, Theme, diverging_rgba

if TYPE_CHECKING:
    from vowelscope.explain.kernels import Kernel, Kernels

_SIDE_PX = 48
_GAP_PX = 8
_NAMES = {
    "horizontal": tr("Horizontal stripes"),
    "rising": tr("Rising stripes"),
    "falling": tr("Falling stripes"),
    "vertical": tr("Vertical stripes"),
    "mixed": tr("Mixed"),
    "level": tr("Level"),
    "noise": tr("No more than noise"),
    "silent": tr("Silent"),
}


class KernelGrid(QWidget):
    """Draws each kernel on one scale, so that a weak one looks weak, under its pattern's name."""

    chosen = Signal(int)
    """The place of a kernel in the order in which they are shown."""

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self._found: Kernels | None = None
        self._limit = 1.0
        self._images: list[QImage] = []
        self._places: list[QRectF] = []
        self._heads: list[tuple[QRectF, str]] = []
        self.current = 0
        self.setAccessibleName(tr("Kernels of the first layer"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def sizeHint(self) -> QSize:
        """Ten kernels wide."""
        return QSize(10 * (_SIDE_PX + _GAP_PX), self.minimumHeight())

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self._render()

    def show_kernels(self, found: Kernels, limit: float) -> None:
        """Show those of a model; `limit` is the weight of the full colour."""
        self._found, self._limit, self.current = found, limit, 0
        self._render()
        self._lay_out()

    def kernel(self) -> Kernel | None:
        """The one that is chosen."""
        return None if self._found is None else self._found.kernels[self.current]

    def choose(self, at: int) -> None:
        """Choose by place."""
        if self._found is None or not 0 <= at < len(self._found.kernels):
            return
        self.current = at
        kernel = self._found.kernels[at]
        self.setAccessibleDescription(f"{kernel.number}: {name_of(kernel)}")
        self.update()
        self.chosen.emit(at)

    def place(self, at: int) -> QRectF:
        """Where a kernel is drawn."""
        return self._places[at]

    def _render(self) -> None:
        kernels = self._found.kernels if self._found is not None else ()
        self._images = [_image(kernel.weights, self._limit, self._theme) for kernel in kernels]
        self.update()

    def _lay_out(self) -> None:
        """Rows of kernels under the name of each pattern, as many across as there is room for."""
        self._places, self._heads = [], []
        if self._found is None:
            return
        line_px = self.fontMetrics().height()
        step = _SIDE_PX + _GAP_PX
        across = max(1, (self.width() - 4) // step)
        top, pattern, column = 2.0, None, 0
        counts: dict[str, int] = {}
        for kernel in self._found.kernels:
            counts[kernel.pattern] = counts.get(kernel.pattern, 0) + 1
        for kernel in self._found.kernels:
            if kernel.pattern != pattern:
                if pattern is not None:
                    top += _SIDE_PX + line_px + _GAP_PX
                pattern, column = kernel.pattern, 0
                head = f"{_NAMES[pattern]} ({counts[pattern]})"
                self._heads.append((QRectF(2, top, self.width() - 4, line_px), head))
                top += line_px + 2
            elif column == across:
                column = 0
                top += _SIDE_PX + line_px + 2
            self._places.append(QRectF(2 + column * step, top, _SIDE_PX, _SIDE_PX))
            column += 1
        self.setMinimumHeight(round(top) + _SIDE_PX + line_px + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the width."""
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names, kernels, numbers; the chosen one has a frame."""
        painter = QPainter(self)
        theme = self._theme
        bold = painter.font()
        bold.setBold(True)
        plain = painter.font()
        plain.setPointSizeF(max(0.85 * plain.pointSizeF(), 7.0))
        painter.setPen(QColor(theme.ink))
        painter.setFont(bold)
        for box, text in self._heads:
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setFont(plain)
        kernels = self._found.kernels if self._found is not None else ()
        seen = QRectF(event.rect()).adjusted(0, -60, 0, 60)
        for at, (kernel, box) in enumerate(zip(kernels, self._places, strict=True)):
            if not seen.intersects(box):
                continue
            painter.fillRect(box, QColor(theme.paper))
            painter.drawImage(box, self._images[at])
            current = at == self.current
            colour = theme.ink if current else theme.faint
            painter.setPen(QPen(QColor(colour), 3 if current else 1))
            painter.drawRect(box)
            painter.setPen(QColor(colour))
            below = QRectF(box.left(), box.bottom() + 1, box.width(), self.fontMetrics().height())
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, str(kernel.number))
        if self.hasFocus() and self._places:
            painter.setPen(QPen(QColor(theme.boundary), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self._places[self.current].adjusted(-3, -3, 3, 3))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        for at, box in enumerate(self._places):
            if box.contains(event.position()):
                self.choose(at)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys choose the next one; up and down the nearest of the other row."""
        key = event.key()
        if not self._places or key not in _ARROWS:
            super().keyPressEvent(event)
            return
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.choose(self.current + (1 if key == Qt.Key.Key_Right else -1))
            return
        here, down = self._places[self.current], key == Qt.Key.Key_Down
        others = [
            (abs(box.top() - here.top()), abs(box.left() - here.left()), at)
            for at, box in enumerate(self._places)
            if (box.top() > here.top() if down else box.top() < here.top())
        ]
        if others:
            self.choose(min(others)[2])


_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


def name_of(kernel: Kernel) -> str:
    """Its pattern in words."""
    return _NAMES[kernel.pattern]


def _image(weights: npt.NDArray[np.float64], limit: float, theme: Theme) -> QImage:
    # The lowest frequency is the first row of a kernel, and the last of a picture.
    rgba = np.ascontiguousarray(diverging_rgba(weights[::-1], limit, 1.0, theme))
    rows, columns = weights.shape
    image = QImage(rgba.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
    return image.copy()  # the array goes
