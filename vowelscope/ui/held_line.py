"""How a boundary that the mouse holds is drawn over the tiers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from vowelscope.app.session import Session
from vowelscope.ui.theme import Theme
from vowelscope.ui.timeline import x_at


def draw_held(
    painter: QPainter, session: Session, theme: Theme, area: QRectF, rows: tuple[QRectF, ...]
) -> None:
    """The line of a held boundary over all tiers, strong in the rows that move, and its time.

    Parameters
    ----------
    area
        The whole view of the tiers, in pixels.
    rows
        The rows of the tiers that move, that of the mouse first.
    """
    held = session.held
    if held is None or not rows:
        return
    x = x_at(session, area.width(), held.time_s)
    colour = QColor(theme.agree if held.magnet else theme.boundary)
    painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
    painter.setPen(QPen(colour, 3))
    for row in rows:
        painter.drawLine(QPointF(x, row.top() + 1), QPointF(x, row.bottom() - 1))
    text = f"{held.time_s:.6f} s  ({1000 * (held.time_s - held.from_s):+.1f} ms)"
    if held.magnet:
        text += f"  at “{held.magnet}”"
    metrics = painter.fontMetrics()
    size = metrics.size(0, text)
    tag = QRectF(x + 6, rows[0].top() + 2, size.width() + 8, size.height() + 2)
    if tag.right() > area.right():
        tag.moveRight(x - 6)
    painter.setPen(QPen(colour, 1))
    painter.setBrush(QColor(theme.paper))
    painter.drawRect(tag)
    painter.setPen(QColor(theme.ink))
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)
