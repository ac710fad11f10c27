"""A small meter of the level that is played or recorded, in dB re full scale."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vowelscope.core.levels import Level
from vowelscope.core.translation import tr
from vowelscope.ui.theme import LIGHT, Theme

LOWEST_DB = -60.0
_TICKS_DB = (-40, -20, -12, -6)
_MOST_BARS = 2


class LevelMeter(QWidget):
    """A bar a channel: filled to the RMS, a line at the held peak, a mark where it clipped.

    Parameters
    ----------
    name
        Its accessible name.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._theme = LIGHT
        self.level: Level | None = None
        self._show_text(tr("nothing is heard"))

    def sizeHint(self) -> QSize:
        """As tall as a line of text."""
        metrics = self.fontMetrics()
        return QSize(140 + metrics.horizontalAdvance(tr(" −88 dB clip")), metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """No smaller."""
        return self.sizeHint()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def show_level(self, level: Level | None) -> None:
        """Show a level; None is nothing."""
        if level == self.level:
            return
        clipped_before = self.level is not None and self.level.clipped
        self.level = level
        if level is None:
            self._show_text(tr("nothing is heard"))
        elif level.clipped and not clipped_before:
            self._show_text(tr("clipped"))
        elif not self.toolTip().startswith("Peak"):
            self._show_text("")
        self.update()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Say the numbers."""
        self._show_text("")

    def event(self, event: object) -> bool:
        """The tool tip has the numbers of the moment at which it is asked for."""
        if getattr(event, "type", lambda: None)() == event.Type.ToolTip:  # type: ignore[attr-defined]
            self._show_text("")
        return bool(super().event(event))  # type: ignore[arg-type]

    def _show_text(self, text: str) -> None:
        level = self.level
        if level is not None:
            peak, rms = max(level.peak_db), max(level.rms_db)
            text = tr("Peak {peak:.1f} dB, RMS {rms:.1f} dB re full scale").format(
                peak=peak, rms=rms
            ) + (tr("; clipped") if level.clipped else "")
        self.setToolTip(text[:1].upper() + text[1:] + ".")
        self.setAccessibleDescription(self.toolTip())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars, and the number of the held peak."""
        theme, level = self._theme, self.level
        painter = QPainter(self)
        words = self.fontMetrics().horizontalAdvance(tr(" −88 dB clip"))
        groove = QRectF(1, 2, self.width() - words - 2, self.height() - 4)
        painter.fillRect(groove, QColor(theme.groove))
        if level is not None:
            self._paint_bars(painter, groove, level)
        painter.setPen(QColor(theme.faint))
        for tick_db in _TICKS_DB:
            x = groove.left() + groove.width() * _share(tick_db)
            painter.drawLine(round(x), round(groove.bottom()) - 2, round(x), round(groove.bottom()))
        if level is not None:
            held = max(level.held_db)
            text = f"{held:.0f} dB".replace("-", "−") if held > LOWEST_DB else tr("−∞ dB")
            painter.setPen(QColor(theme.tier_selected if level.clipped else theme.ink))
            place = QRectF(groove.right() + 4, 0, words, self.height())
            text += tr(" clip") if level.clipped else ""
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _paint_bars(self, painter: QPainter, groove: QRectF, level: Level) -> None:
        channels = list(zip(level.peak_db, level.held_db, level.rms_db, strict=True))
        if len(channels) > _MOST_BARS:  # the loudest of each, as one bar
            channels = [(max(level.peak_db), max(level.held_db), max(level.rms_db))]
        height = groove.height() / len(channels)
        theme = self._theme
        for at, (peak_db, held_db, rms_db) in enumerate(channels):
            top = groove.top() + at * height
            width = groove.width()
            thin, full = QColor(theme.boundary), QColor(theme.boundary)
            thin.setAlpha(110)
            bar = QRectF(groove.left(), top, width * _share(peak_db), height - 1)
            painter.fillRect(bar, thin)
            bar.setWidth(width * _share(rms_db))
            painter.fillRect(bar, full)
            if held_db > LOWEST_DB:
                x = min(groove.left() + width * _share(held_db), groove.right() - 2)
                painter.fillRect(QRectF(x, top, 2, height - 1), QColor(theme.ink))


def _share(level_db: float) -> float:
    """Where a level stands on the bar, 0-1."""
    return min(max(1 - level_db / LOWEST_DB, 0.0), 1.0)
