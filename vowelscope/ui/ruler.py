"""The ruler above the views and the scroll bar below them."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from vowelscope.app.cursor import put_cursor
from vowelscope.app.session import Session
from vowelscope.core.translation import tr
from vowelscope.ui.theme import LIGHT, Theme
from vowelscope.ui.ticks import tick_step, time_text
from vowelscope.ui.timeline import LEFT_PX, RIGHT_PX, TimeGestures, time_at, x_at

_SCROLL_STEPS = 1_000_000


class Ruler(QWidget):
    """Times in seconds, the cursor's time, and length and ends of the selection."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = LIGHT
        self.setAccessibleName(tr("Time ruler"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.gestures = TimeGestures(session, self)
        self.gestures.clicked.connect(self._on_clicked)
        for signal in (
            session.view_changed,
            session.cursor_changed,
            session.selection_changed,
            session.held_changed,
        ):
            signal.connect(self.update)

    def sizeHint(self) -> QSize:
        """Two lines of text."""
        return QSize(400, round(2.7 * self.fontMetrics().height()))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def _on_clicked(self, place: QPointF) -> None:
        put_cursor(self._session, time_at(self._session, self.width(), place.x()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ticks and, above them, cursor and selection."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        painter.setClipRect(QRectF(0, 0, self.width(), self.height()))
        self._draw_ticks(painter)
        self._draw_marks(painter)
        painter.end()

    def _draw_ticks(self, painter: QPainter) -> None:
        start_s, stop_s = self._session.view
        metrics = self.fontMetrics()
        span_px = self.width() - LEFT_PX - RIGHT_PX
        step_s = tick_step(
            stop_s - start_s, max(span_px // (metrics.horizontalAdvance("000.000") + 24), 1)
        )
        bottom = self.height() - 1
        painter.setPen(QPen(QColor(self._theme.faint), 1))
        painter.drawLine(LEFT_PX, bottom, self.width() - RIGHT_PX, bottom)
        painter.drawText(
            QRectF(0, bottom - metrics.height() - 5, LEFT_PX - 22, metrics.height()),
            Qt.AlignmentFlag.AlignRight,
            tr("Time (s)"),
        )
        index = math.ceil(start_s / step_s - 1e-9)
        while (at_s := index * step_s) <= stop_s:
            x = x_at(self._session, self.width(), at_s)
            painter.drawLine(QPointF(x, bottom - 4), QPointF(x, bottom))
            text = time_text(at_s, step_s)
            width = metrics.horizontalAdvance(text) + 4
            if x + width / 2 < self.width() - RIGHT_PX + 20:
                painter.drawText(
                    QRectF(x - width / 2, bottom - 5 - metrics.height(), width, metrics.height()),
                    Qt.AlignmentFlag.AlignCenter,
                    text,
                )
            index += 1

    def _draw_marks(self, painter: QPainter) -> None:
        session, metrics = self._session, self.fontMetrics()
        height = metrics.height()
        painter.setPen(QPen(QColor(self._theme.cursor), 1))
        if session.held is not None:
            marks = [(session.held.time_s, 0.0, f"{session.held.time_s:.6f}")]
        elif session.selection is None:
            marks = [(session.cursor_s, 0.0, f"{session.cursor_s:.6f}")]
        else:
            start_s, stop_s = session.selection
            length_s = stop_s - start_s
            marks = [
                (start_s, -1.0, f"{start_s:.6f}"),
                (0.5 * (start_s + stop_s), 0.0, f"{length_s:.6f} ({1 / length_s:.3f} / s)"),
                (stop_s, 1.0, f"{stop_s:.6f}"),
            ]
        widths = [metrics.horizontalAdvance(text) + 8 for _, _, text in marks]
        places = [x_at(session, self.width(), at_s) for at_s, _, _ in marks]
        room = len(marks) == 1 or places[2] - places[0] > widths[1]
        for x, width, (_, side, text) in zip(places, widths, marks, strict=True):
            if len(marks) == 3 and side == 0.0 and not room:
                continue
            if not 0 <= x <= self.width():
                continue
            left = x - width / 2 + side * width / 2
            left = min(max(left, 0), self.width() - width)
            painter.drawText(QRectF(left, 1, width, height), Qt.AlignmentFlag.AlignCenter, text)


class TimeScrollBar(QScrollBar):
    """Scrolls the shared view over the whole recording."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._session = session
        self._busy = False
        self.setAccessibleName(tr("Scroll in time"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        session.view_changed.connect(self._on_view)
        session.recording_changed.connect(self._on_view)
        session.textgrid_changed.connect(self._on_view)
        self.valueChanged.connect(self._on_value)
        self._on_view()

    def _on_view(self) -> None:
        (low_s, high_s), (start_s, stop_s) = self._session.domain, self._session.view
        per_second = _SCROLL_STEPS / (high_s - low_s)
        page = max(round((stop_s - start_s) * per_second), 1)
        self._busy = True
        self.setPageStep(page)
        self.setSingleStep(max(page // 10, 1))
        self.setRange(0, max(_SCROLL_STEPS - page, 0))
        self.setValue(round((start_s - low_s) * per_second))
        self._busy = False

    def _on_value(self, value: int) -> None:
        if self._busy:
            return
        (low_s, high_s), (start_s, stop_s) = self._session.domain, self._session.view
        at_s = low_s + value / _SCROLL_STEPS * (high_s - low_s)
        self._session.set_view(at_s, at_s + stop_s - start_s)
