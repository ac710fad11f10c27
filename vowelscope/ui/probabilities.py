"""Bars with numbers: the probability and the logit of every class."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vowelscope.core.translation import tr
from vowelscope.ui.theme import LIGHT, Theme, ipa_font


class ProbabilityBars(QWidget):
    """One row a class: name, bar, per cent, logit. A dot marks the label, bold the prediction."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._rows: list[tuple[str, float, float]] = []
        self._predicted: str | None = None
        self._labelled: str | None = None
        self._font = ipa_font(max(self.font().pointSizeF(), 9.0) * 1.1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Probability of each class"))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def show_values(
        self,
        classes: Sequence[str],
        probabilities: Sequence[float],
        logits: Sequence[float],
        predicted: str | None,
        labelled: str | None,
    ) -> None:
        """Show the numbers of one token.

        Parameters
        ----------
        probabilities, logits
            One a class.
        predicted, labelled
            The class with the highest logit, and that of the label.
        """
        self._rows = list(zip(classes, probabilities, logits, strict=True))
        self._predicted, self._labelled = predicted, labelled
        self.setAccessibleDescription(
            "; ".join(f"{name} {100 * share:.1f} %" for name, share, _ in self._rows)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One line a class and one for the heads of the columns."""
        return QSize(240, round((len(self._rows) + 1) * self._line_px()))

    def _line_px(self) -> float:
        return 1.45 * QFontMetricsF(self._font).height()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the rows."""
        painter = QPainter(self)
        theme, line = self._theme, self._line_px()
        metrics = QFontMetricsF(self._font)
        name_px = metrics.horizontalAdvance("● /mm/ ")
        share_px = metrics.horizontalAdvance("100.0 % ")
        logit_px = metrics.horizontalAdvance("−00.00 ")
        bar_px = max(self.width() - name_px - share_px - logit_px, 20.0)
        small = QFont(self.font())
        painter.setFont(small)
        painter.setPen(QColor(theme.faint))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            QRectF(0, 0, name_px + bar_px, line),
            Qt.AlignmentFlag.AlignVCenter,
            tr("● label    bold: predicted"),
        )
        painter.drawText(QRectF(self.width() - logit_px, 0, logit_px, line), right, "logit")
        for index, (name, share, logit) in enumerate(self._rows):
            top = (index + 1) * line
            chosen = name == self._predicted
            font = QFont(self._font)
            font.setBold(chosen)
            painter.setFont(font)
            painter.setPen(QColor(theme.ink))
            mark = "●" if name == self._labelled else " "
            painter.drawText(QRectF(0, top, metrics.horizontalAdvance("● "), line), right, mark)
            painter.drawText(
                QRectF(metrics.horizontalAdvance("●  "), top, name_px, line),
                Qt.AlignmentFlag.AlignVCenter,
                f"/{name}/",
            )
            frame = QRectF(name_px, top + 0.25 * line, bar_px, 0.5 * line)
            painter.fillRect(frame, QColor(theme.groove))
            bar = QRectF(frame.left(), frame.top(), share * bar_px, frame.height())
            painter.fillRect(bar, QColor(theme.boundary))
            painter.setPen(QColor(theme.ink))
            painter.drawText(
                QRectF(name_px + bar_px, top, share_px, line), right, f"{100 * share:.1f} %"
            )
            text = f"{logit:.2f}".replace("-", "−")
            painter.drawText(QRectF(self.width() - logit_px, top, logit_px, line), right, text)
        painter.end()
