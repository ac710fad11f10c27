"""The rows of a formant ledger as signed bars, with their places against chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vowelscope.core.translation import in_language, tr
from vowelscope.ui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from vowelscope.explain.ledger import LedgerRow

BAND_NAMES = {
    "below f0": tr("below f0"),
    "between": tr("between"),
    "above F4": tr("above F4"),
    "no track": tr("no track"),
    "context": tr("context"),
    "padding": tr("padding"),
    "bias": tr("bias"),
}
"""Of the rows whose names are words."""


def signed(value: float) -> str:
    """A number with its sign, two decimals, and a true minus."""
    return f"{value:+.2f}".replace("-", "−")


def percent(place: float | None) -> str:
    """A place against chance in per cent, or a dash."""
    return "–" if place is None else f"{100 * place:.0f}"


class LedgerBars(QWidget):
    """One line a row: name, bar to the right for and to the left against, logits, two places.

    A row that the map cannot resolve is hatched in grey.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self.rows: tuple[LedgerRow, ...] = ()
        self.setAccessibleName(tr("Formant ledger"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def show_rows(self, rows: tuple[LedgerRow, ...]) -> None:
        """Show the rows of a class or of a contrast, the lowest band first."""
        self.rows = rows
        self.setAccessibleDescription("; ".join(self._words(row) for row in rows))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A line of heads, one for each row and one for the sum."""
        return QSize(250, round((len(self.rows) + 2) * self._line_px()))

    def event(self, event: QEvent) -> bool:
        """The tool tip of a row says it in words."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self.row_at(float(event.pos().y()))
            if row is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self._words(row), self)
            return True
        return super().event(event)

    def row_at(self, y_px: float) -> LedgerRow | None:
        """The row at a height of this widget, the highest band on top."""
        at = int(y_px // self._line_px()) - 1
        shown = self._in_order()
        return shown[at] if 0 <= at < len(shown) else None

    def _in_order(self) -> list[LedgerRow]:
        """From the top of the spectrogram down, then what lies beside it, then the bias."""
        bands = [row for row in self.rows if row.name not in ("context", "padding", "bias")]
        high = [row for row in bands if row.name not in ("between", "no track")]
        rest = [row for row in self.rows if row not in high]
        return [*reversed(high), *rest]

    def _words(self, row: LedgerRow) -> str:
        words = tr("{name}: {logits} logits").format(
            name=BAND_NAMES.get(row.name, row.name), logits=signed(row.logits)
        )
        if row.area is not None:
            words += tr(", {area:.0f} % of the map's area").format(area=100 * row.area)
        if row.place_swapped is not None:
            words += tr("; place {place} % among the tracks of other tokens").format(
                place=percent(row.place_swapped)
            )
        if row.place_shifted is not None:
            words += tr("; place {place} % among time shifts").format(
                place=percent(row.place_shifted)
            )
        return f"{words}; {in_language(row.note)}" if row.note else words

    def _line_px(self) -> float:
        return 1.35 * QFontMetricsF(self.font()).height()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the rows; nothing without them."""
        if not self.rows:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        theme, line = self._theme, self._line_px()
        metrics = QFontMetricsF(self.font())
        names = [BAND_NAMES.get(row.name, row.name) for row in self.rows]
        name_px = max(metrics.horizontalAdvance(name) for name in [*names, tr("sum")]) + 8
        value_px = metrics.horizontalAdvance("+00.00 ")
        place_px = max(metrics.horizontalAdvance(word) for word in (tr("swap"), tr("shift"))) + 8
        bar_px = max(self.width() - name_px - value_px - 2 * place_px, 30.0)
        low = min(0.0, *(row.logits for row in self.rows))
        high = max(0.0, *(row.logits for row in self.rows))
        scale = bar_px / max(high - low, 1e-9)
        zero = name_px - low * scale
        columns = (name_px + bar_px, value_px, place_px)
        self._heads(painter, columns, line)
        shown = self._in_order()
        for at, row in enumerate(shown):
            self._row(painter, row, (at + 1) * line, (zero, scale), columns, line)
        painter.setPen(QColor(theme.faint))
        painter.drawLine(QPointF(zero, line), QPointF(zero, (len(shown) + 1) * line))
        top = (len(shown) + 1) * line
        painter.drawLine(QPointF(0, top), QPointF(self.width(), top))
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(theme.ink))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, top, name_px, line), middle, tr("sum"))
        self._right(
            painter, columns[0], top, value_px, line, signed(sum(x.logits for x in self.rows))
        )
        painter.end()

    def _heads(self, painter: QPainter, columns: tuple[float, float, float], line: float) -> None:
        right, value_px, place_px = columns
        painter.setPen(QColor(self._theme.faint))
        self._right(painter, right - 40, 0, value_px + 40, line, tr("logits"))
        self._right(painter, right + value_px, 0, place_px, line, tr("swap"))
        self._right(painter, right + value_px + place_px, 0, place_px, line, tr("shift"))

    def _row(
        self,
        painter: QPainter,
        row: LedgerRow,
        top: float,
        axis: tuple[float, float],
        columns: tuple[float, float, float],
        line: float,
    ) -> None:
        theme, (zero, scale), (right, value_px, place_px) = self._theme, axis, columns
        dim = row.resolvable is False
        empty = row.area is not None and row.area <= 0
        painter.setPen(QColor(theme.faint if dim or empty else theme.ink))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, top, right, line), middle, BAND_NAMES.get(row.name, row.name))
        end = zero + row.logits * scale
        bar = QRectF(min(zero, end), top + 0.22 * line, abs(end - zero), 0.56 * line)
        if dim:
            painter.fillRect(bar, QColor(theme.groove))
            colour = QColor(theme.faint)
            colour.setAlpha(150)
            painter.fillRect(bar, colour if bar.width() < 3 else _hatch(colour))
        else:
            painter.fillRect(bar, QColor(theme.positive if row.logits >= 0 else theme.negative))
        self._right(painter, right, top, value_px, line, "–" if empty else signed(row.logits))
        self._right(painter, right + value_px, top, place_px, line, percent(row.place_swapped))
        self._right(
            painter, right + value_px + place_px, top, place_px, line, percent(row.place_shifted)
        )

    def _right(
        self, painter: QPainter, left: float, top: float, width: float, line: float, text: str
    ) -> None:
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, top, width, line), side, text)


def _hatch(colour: QColor) -> QBrush:
    return QBrush(colour, Qt.BrushStyle.BDiagPattern)
