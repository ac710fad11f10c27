"""A strip of tokens as the network sees them, each with the cell that fired a filter framed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen

from vowelscope.app.filtering import Seen
from vowelscope.core.translation import tr
from vowelscope.ui.map_strip import MapStrip
from vowelscope.ui.theme import Theme, grey_table, ipa_font

_SIDE_PX = 116


class TokenStrip(MapStrip):
    """A click or Return chooses a token, the arrow keys walk; the space bar asks to hear it."""

    heard = Signal(int)
    """The space bar was pressed on a token."""

    def __init__(self) -> None:
        super().__init__(_SIDE_PX, tr("Tokens that fire the filter most"))
        self._seen: Sequence[Seen] = ()
        self._images: list[QImage | None] = []
        self.setMinimumHeight(self.sizeHint().height())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip("")

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        super().set_theme(theme)
        self.show_tokens(self._seen)

    def show_tokens(self, seen: Sequence[Seen]) -> None:
        """Show some, the strongest first."""
        table = grey_table(self._theme)
        self._seen, self._current = seen, 0
        self._images = [None if one.grey is None else _image(one.grey, table) for one in seen]
        self.setAccessibleDescription("; ".join(_words(one).replace("\n", " ") for one in seen))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Spectrograms, intervals, cells, words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        theme = self._theme
        painter.setFont(ipa_font(max(self.font().pointSizeF(), 9.0)))
        for at, (one, image) in enumerate(zip(self._seen, self._images, strict=True)):
            box = self.place(at)
            painter.fillRect(box, QColor(theme.paper))
            if image is None:
                painter.setPen(QColor(theme.disagree))
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(box, flags, tr("Recording not found"))
            else:
                painter.drawImage(box, image)
                self._frame(painter, box, one)
            current = at == self._current and self.hasFocus()
            painter.setPen(QPen(QColor(theme.ink if current else theme.faint), 3 if current else 1))
            painter.drawRect(box)
            painter.setPen(QColor(theme.ink))
            below = QRectF(box.left(), box.bottom() + 3, box.width(), 2.0 * self._line_px())
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, _words(one))
        painter.end()

    def _frame(self, painter: QPainter, box: QRectF, one: Seen) -> None:
        row = one.row
        painter.save()
        painter.setClipRect(box)
        painter.setPen(QPen(QColor(self._theme.boundary), 1, Qt.PenStyle.DashLine))
        for time_s in (row["tmin_s"], row["tmax_s"]):
            x = _x(box, one, time_s)
            painter.drawLine(round(x), round(box.top()), round(x), round(box.bottom()))
        left, right = _x(box, one, row["start_s"]), _x(box, one, row["stop_s"])
        bottom, top = _y(box, one, row["low_hz"]), _y(box, one, row["high_hz"])
        cell = QRectF(left, top, max(right - left, 4.0), max(bottom - top, 4.0))
        painter.setPen(QPen(QColor(self._theme.paper), 4))
        painter.drawRect(cell)
        painter.setPen(QPen(QColor(self._theme.formant), 2))
        painter.drawRect(cell)
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        for at in range(len(self._seen)):
            if self.place(at).contains(event.position()):
                self._walk(at)
                self.chosen.emit(at)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys walk, Return chooses, the space bar plays."""
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right if self._seen:
                step = 1 if event.key() == Qt.Key.Key_Right else -1
                self._walk(min(max(self._current + step, 0), len(self._seen) - 1))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._seen:
                self.chosen.emit(self._current)
            case Qt.Key.Key_Space if self._seen:
                self.heard.emit(self._current)
            case _:
                super().keyPressEvent(event)

    def _walk(self, at: int) -> None:
        self._current = at
        self.update()


def _words(one: Seen) -> str:
    row = one.row
    return f"/{row['class']}/ {row['word'] or row['label']}\n{row['activation']:.3g}"


def _x(box: QRectF, one: Seen, time_s: float) -> float:
    start_s, stop_s = one.times_s
    return box.left() + box.width() * (time_s - start_s) / (stop_s - start_s)


def _y(box: QRectF, one: Seen, freq_hz: float) -> float:
    low_hz, high_hz = one.freqs_hz
    return box.bottom() - box.height() * (freq_hz - low_hz) / (high_hz - low_hz)


def _image(grey: npt.NDArray[np.float32], table: npt.NDArray[np.uint8]) -> QImage:
    rgb = np.ascontiguousarray(table[np.round(255 * grey[::-1]).astype(np.uint8)])
    rows, columns = grey.shape
    image = QImage(rgb.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    return image.copy()  # the array goes
