"""A strip of small maps: what the network saw in the tokens next to each other in a list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from vowelscope.core.translation import tr
from vowelscope.ui.theme import LIGHT, Theme, ipa_font

_SIDE_PX = 84
_GAP_PX = 10


class MapStrip(QWidget):
    """Draws one map a token, cell by cell, with its label and prediction below.

    All maps of a strip share one scale, so that a weak map looks weak.
    """

    chosen = Signal(int)
    """The token under a click, counted from the left."""

    def __init__(self, side_px: int = _SIDE_PX, name: str = "") -> None:
        super().__init__()
        self._side_px = side_px
        self._theme: Theme = LIGHT
        self._maps: list[npt.NDArray[np.float32]] = []
        self._words: list[tuple[str, bool]] = []
        self._marks: Sequence[npt.NDArray[np.bool_]] = ()
        self._current = 0
        self.setAccessibleName(name or tr("Maps of the tokens around the chosen one"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Room for nine small maps, or three large ones."""
        count = 9 if self._side_px == _SIDE_PX else 3
        return QSize(count * (self._side_px + _GAP_PX), self._side_px + self._line_px() * 2 + 8)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def show_maps(
        self,
        maps: list[npt.NDArray[np.float32]],
        words: list[tuple[str, bool]],
        current: int,
        marks: Sequence[npt.NDArray[np.bool_]] = (),
    ) -> None:
        """Show maps (rows, columns), with a text each and whether it is as labelled.

        `marks` are the cells of each that get a dot.
        """
        self._maps, self._words, self._current = maps, words, current
        self._marks = marks
        limit = self.limit
        self.setAccessibleDescription("; ".join(text.replace("\n", " ") for text, _ in words))
        self.setToolTip(
            tr(
                "Relative maps of the predicted classes, ±{limit} logits a cell; orange speaks for "
                "the class. Low frequencies are at the bottom."
            ).format(limit=f"{limit:.3g}")
            if maps
            else ""
        )
        self.update()

    @property
    def limit(self) -> float:
        """The largest cell of all, in logits: the end of the scale."""
        return max((float(np.abs(held).max()) for held in self._maps), default=0.0)

    def _line_px(self) -> int:
        return self.fontMetrics().height()

    def place(self, at: int) -> QRectF:
        """Where a map is drawn."""
        side = self._side_px
        return QRectF(at * (side + _GAP_PX) + 2, 2, side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cells, edges, words."""
        painter = QPainter(self)
        limit = self.limit or 1.0
        ends = QColor(self._theme.positive), QColor(self._theme.negative)
        edge = QColor(self._theme.faint)
        edge.setAlpha(70)
        for at, held in enumerate(self._maps):
            box = self.place(at)
            rows, columns = held.shape
            painter.fillRect(box, QColor(self._theme.paper))
            for row in range(rows):
                for column in range(columns):
                    share = float(held[row, column]) / limit
                    colour = QColor(ends[0] if share > 0 else ends[1])
                    colour.setAlphaF(min(abs(share), 1.0) ** 0.6)
                    cell = QRectF(
                        box.left() + column * box.width() / columns,
                        box.bottom() - (row + 1) * box.height() / rows,
                        box.width() / columns,
                        box.height() / rows,
                    )
                    painter.fillRect(cell, colour)
                    painter.setPen(QPen(edge, 1))
                    painter.drawRect(cell)
                    if at < len(self._marks) and self._marks[at][row, column]:
                        painter.setBrush(QColor(self._theme.ink))
                        painter.drawEllipse(cell.center(), 1.6, 1.6)
                        painter.setBrush(Qt.BrushStyle.NoBrush)
            current = at == self._current
            painter.setPen(
                QPen(QColor(self._theme.ink if current else self._theme.faint), 2 if current else 1)
            )
            painter.drawRect(box)
            text, right = self._words[at]
            painter.setFont(ipa_font(max(self.font().pointSizeF(), 9.0)))
            painter.setPen(QColor(self._theme.ink if right else self._theme.disagree))
            below = QRectF(box.left(), box.bottom() + 3, box.width(), 2.0 * self._line_px())
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, text)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        for at in range(len(self._maps)):
            if self.place(at).contains(event.position()):
                self.chosen.emit(at)
                return
