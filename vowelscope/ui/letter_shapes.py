"""IPA symbols as shapes of a scatter plot."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath, QTransform

from vowelscope.ui.theme import ipa_font

_DRAWN_PX = 100.0


class LetterShapes:
    """Makes the shape of a symbol once."""

    def __init__(self) -> None:
        self._paths: dict[str, tuple[QPainterPath, float]] = {}

    def path(self, symbol: str) -> tuple[QPainterPath, float]:
        """The symbol as a shape of size 1, and how large it is beside a letter."""
        if symbol not in self._paths:
            font = ipa_font(10)
            font.setBold(True)
            font.setPixelSize(round(_DRAWN_PX))
            path = QPainterPath()
            path.addText(0, 0, font, symbol)
            bounds: QRectF = path.boundingRect()
            extent = max(bounds.width(), bounds.height(), 1.0)
            place = QTransform.fromScale(1 / extent, 1 / extent)
            place.translate(-bounds.center().x(), -bounds.center().y())
            self._paths[symbol] = (place.map(path), extent / (0.72 * _DRAWN_PX))
        return self._paths[symbol]
