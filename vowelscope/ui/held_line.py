"""How a boundary that the mouse holds is drawn over the tiers and written in a plot."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from vowelscope.app.session import Session
from vowelscope.app.shown import Held
from vowelscope.core.translation import tr
from vowelscope.ui.theme import Theme
from vowelscope.ui.timeline import TimePlot, x_at


def draw_held(
    painter: QPainter, session: Session, theme: Theme, area: QRectF, rows: tuple[QRectF, ...]
) -> None:
    """The line of a held boundary over all tiers, strong in the rows that move.

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


def held_text(held: Held) -> str:
    """Where it is, how far it was moved, and what the magnet found."""
    by_ms = f"{1000 * (held.time_s - held.from_s):+.1f}".replace("-", "−")
    text = tr("{time_s:.6f} s  ({by_ms} ms)").format(time_s=held.time_s, by_ms=by_ms)
    return (
        tr("{text}  at “{magnet}”").format(text=text, magnet=held.magnet) if held.magnet else text
    )


class HeldText(QObject):
    """Writes it at the bottom of a plot: near the tiers, where it covers no label."""

    def __init__(self, session: Session, plot: TimePlot) -> None:
        super().__init__(plot)
        self._session = session
        self._plot = plot
        self.item = pg.TextItem()
        self.item.setZValue(50)
        self.item.hide()
        plot.addItem(self.item, ignoreBounds=True)
        session.held_changed.connect(self._on_held)

    def _on_held(self) -> None:
        held, theme = self._session.held, self._plot.theme
        self.item.setVisible(held is not None)
        if held is None:
            return
        self.item.setText(held_text(held), theme.ink)
        self.item.fill = pg.mkBrush(theme.paper)
        self.item.border = pg.mkPen(theme.agree if held.magnet else theme.boundary, width=1)
        start_s, stop_s = self._session.view
        on_the_right = held.time_s > start_s + 0.7 * (stop_s - start_s)
        self.item.setAnchor((1.0, 1.0) if on_the_right else (0.0, 1.0))
        self.item.setPos(held.time_s, self._plot.box.viewRange()[1][0])
