"""The tiers of the TextGrid, stacked as in Praat's TextGrid window."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from vowelscope.app.session import Session
from vowelscope.app.tier_layout import COLLAPSED_PX, Key, tier_keys
from vowelscope.core.phones import display_label
from vowelscope.core.textgrid import IntervalTier, PointTier, Tier
from vowelscope.core.translation import tr
from vowelscope.ui.boundary_drag import BoundaryDrag
from vowelscope.ui.held_line import draw_held
from vowelscope.ui.theme import LIGHT, Theme, ipa_font
from vowelscope.ui.tier_lines import TierLines
from vowelscope.ui.tier_margin import TierMargin
from vowelscope.ui.timeline import LEFT_PX, RIGHT_PX, TimeGestures, time_at, x_at

_MOST_ROWS_SEEN = 6
_NARROWEST_LABEL_PX = 8


class TiersView(QWidget):
    """Draws what is in view of every tier; a click selects an interval and its time."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = LIGHT
        self._lines = TierLines()
        self._label_font = ipa_font(max(self.font().pointSizeF(), 9.0) * 1.25)
        self.setAccessibleName(tr("Tiers of the TextGrid"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.gestures = TimeGestures(session, self)
        self.gestures.clicked.connect(self._on_clicked)
        self.drag = BoundaryDrag(session, self)
        self.margin = TierMargin(session, self)
        for signal in (session.textgrid_changed, session.tier_layout_changed):
            signal.connect(self._on_rows)
        for signal in (
            session.view_changed,
            session.cursor_changed,
            session.selection_changed,
            session.interval_changed,
            session.playing_changed,
            session.held_changed,
        ):
            signal.connect(self.update)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """A row a tier, as far as six rows; more tiers share that height."""
        layout, keys = self._session.tier_layout, self.keys()
        weights = [weight for weight in layout.rows(keys) if weight]
        thin = sum(layout.is_collapsed(keys, index) for index in range(len(keys)))
        rows = sum(weights) - max(len(weights) - _MOST_ROWS_SEEN, 0)
        if not keys:
            rows = 1.0
        return QSize(400, round(rows * self.usual_row_px() + thin * COLLAPSED_PX))

    def row_rect(self, tier_index: int) -> QRectF:
        """Where a tier is drawn, in pixels; without a height where it is not."""
        areas = self._areas()
        return areas[tier_index] if tier_index < len(areas) else QRectF()

    def row_at(self, y_px: float) -> int | None:
        """Index of the tier that is drawn at `y_px`, collapsed or not."""
        last = None
        for index, area in enumerate(self._areas()):
            if area.height() > 0:
                last = index
                if y_px < area.bottom():
                    break
        return last

    def open_row_at(self, y_px: float) -> int | None:
        """As `row_at`, but None for a tier that is collapsed."""
        row = self.row_at(y_px)
        collapsed = row is not None and self._session.tier_layout.is_collapsed(self.keys(), row)
        return None if collapsed else row

    def _areas(self) -> list[QRectF]:
        areas, top = [], 0.0
        width = max(self.width() - LEFT_PX - RIGHT_PX, 1)
        for height in self._session.tier_layout.heights_px(self.keys(), self.height()):
            areas.append(QRectF(LEFT_PX, top, width, height))
            top += height
        return areas

    def keys(self) -> tuple[Key, ...]:
        """What the layout knows the tiers by."""
        return tier_keys(self._tiers())

    def _tiers(self) -> tuple[Tier, ...]:
        held = self._session.held
        textgrid = self._session.textgrid if held is None else held.textgrid
        return () if textgrid is None else textgrid.tiers

    def usual_row_px(self) -> float:
        """The height of a tier that nobody changed."""
        return 2.1 * QFontMetricsF(self._label_font).height()

    def _on_rows(self) -> None:
        layout, keys = self._session.tier_layout, self.keys()
        states = [
            tr("{value} is {which}").format(
                value=key[0],
                which=(tr("collapsed") if layout.is_shown(keys, index) else tr("hidden")),
            )
            for index, key in enumerate(keys)
            if not layout.rows(keys)[index]
        ]
        self.setAccessibleDescription(
            ", ".join((tr("{count} tiers").format(count=len(keys)), *states))
        )
        self.updateGeometry()
        self.update()

    def _on_clicked(self, place: QPointF) -> None:
        row = self.row_at(place.y())
        if row is None:
            return
        if self.open_row_at(place.y()) is None:
            self.margin.toggle(row)
        self._session.select_at(row, time_at(self._session, self.width(), place.x()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw each tier, then cursor and playback over all."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        tiers = self._tiers()
        if not tiers:
            self._draw_empty(painter)
            painter.end()
            return
        for index, (tier, area) in enumerate(zip(tiers, self._areas(), strict=True)):
            if area.height() > 0:
                self._draw_tier(painter, index, tier, area)
        self._draw_lines(painter)
        painter.end()

    def _draw_empty(self, painter: QPainter) -> None:
        area = QRectF(LEFT_PX, 0, self.width() - LEFT_PX - RIGHT_PX, self.height())
        painter.setPen(QColor(self._theme.faint))
        text = (
            tr("No TextGrid beside this recording. File → Open TextGrid… shows one.")
            if self._session.is_open
            else tr("Drop a recording here, or choose File → Open recording… (Ctrl+Shift+O).")
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_tier(self, painter: QPainter, index: int, tier: Tier, area: QRectF) -> None:
        chosen = index == self._session.tier_index
        painter.fillRect(area, QColor(self._theme.paper))
        self._draw_name(painter, index, tier, area, chosen)
        painter.save()
        painter.setClipRect(area)
        self._draw_outside(painter, area, tier)
        painter.setFont(self._label_font)
        if isinstance(tier, IntervalTier):
            self._draw_intervals(painter, area, tier, chosen)
        else:
            self._draw_points(painter, area, tier, chosen)
        painter.restore()
        painter.setPen(QPen(QColor(self._theme.faint), 1))
        painter.drawRect(area.adjusted(0, 0, -1, -1 if index == len(self._tiers()) - 1 else 0))

    def _draw_outside(self, painter: QPainter, area: QRectF, tier: Tier) -> None:
        """Where the recording goes on and the tier does not, there is no paper."""
        session = self._session
        left = x_at(session, self.width(), tier.tmin_s)
        right = x_at(session, self.width(), tier.tmax_s)
        panel, line = QColor(self._theme.panel), QPen(QColor(self._theme.faint), 1)
        painter.setPen(line)
        if left > area.left() + 1:
            painter.fillRect(area.intersected(QRectF(0, area.top(), left, area.height())), panel)
            painter.drawLine(QPointF(left, area.top()), QPointF(left, area.bottom()))
        if right < area.right() - 1:
            painter.fillRect(QRectF(right, area.top(), area.right() - right, area.height()), panel)
            painter.drawLine(QPointF(right, area.top()), QPointF(right, area.bottom()))

    def _draw_name(
        self, painter: QPainter, index: int, tier: Tier, area: QRectF, chosen: bool
    ) -> None:
        font = QFont(self.font())
        if area.height() < COLLAPSED_PX + 2:
            font.setPixelSize(round(COLLAPSED_PX) - 3)
        font.setBold(chosen)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.tier_selected if chosen else self._theme.ink))
        name = f"{'☞' if chosen else ''} {index + 1} {tier.name}"
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, LEFT_PX - 8)
        painter.drawText(
            QRectF(2, area.top(), LEFT_PX - 8, area.height()),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            text,
        )
        count = len(tier.intervals) if isinstance(tier, IntervalTier) else len(tier.points)
        at = self._session.item_index
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.faint))
        text = f"{at + 1}/{count}" if chosen and at is not None else f"({count})"
        painter.drawText(
            QRectF(area.right() + 6, area.top(), RIGHT_PX - 8, area.height()),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            text,
        )

    def _draw_intervals(
        self, painter: QPainter, area: QRectF, tier: IntervalTier, chosen: bool
    ) -> None:
        session = self._session
        metrics = QFontMetricsF(self._label_font)
        start_s, stop_s = session.view
        pixel_s = (stop_s - start_s) / area.width()
        left_px = area.left() - start_s / pixel_s
        at = session.item_index if chosen else None
        selected = None if at is None or at >= len(tier.intervals) else tier.intervals[at]
        if selected is not None:
            left, right = left_px + selected.tmin_s / pixel_s, left_px + selected.tmax_s / pixel_s
            cell = QRectF(left, area.top(), right - left, area.height())
            painter.fillRect(cell, QColor(self._theme.interval_selected))
        ends_s = set() if selected is None else {selected.tmin_s, selected.tmax_s}
        narrowest_px = _NARROWEST_LABEL_PX if area.height() > COLLAPSED_PX else math.inf
        # Zoomed far out, a pixel has one line and no label, however many intervals end in it.
        wide_s = narrowest_px * pixel_s
        far = self._lines.seen(tier, start_s, stop_s, pixel_s, wide_s)
        if far is None:
            near = list(tier.between(start_s, stop_s, pixel_s))
            ends_s.update(
                at_s for _, interval in near for at_s in (interval.tmin_s, interval.tmax_s)
            )
        else:
            ends_s.update(far[0])
            near = [(index, tier.intervals[index]) for index in far[1]]
        for index, interval in near:
            left, right = left_px + interval.tmin_s / pixel_s, left_px + interval.tmax_s / pixel_s
            if right - left > narrowest_px:
                cell = QRectF(left, area.top(), right - left, area.height())
                self._draw_label(painter, cell, area, interval.text, metrics, index == at)
        painter.setPen(QPen(QColor(self._theme.boundary), 1))
        top, bottom = area.top(), area.bottom()
        places = [
            left_px + at_s / pixel_s
            for at_s in ends_s
            if tier.tmin_s < at_s < tier.tmax_s and start_s <= at_s <= stop_s
        ]
        painter.drawLines([QLineF(x, top, x, bottom) for x in places])

    def _draw_label(
        self,
        painter: QPainter,
        cell: QRectF,
        area: QRectF,
        text: str,
        metrics: QFontMetricsF,
        selected: bool,
    ) -> None:
        label = display_label(text)
        seen = cell.intersected(area).adjusted(2, 0, -2, 0)
        if not label.strip() or seen.width() < 4:
            return
        if metrics.horizontalAdvance(label) > seen.width():
            label = metrics.elidedText(label, Qt.TextElideMode.ElideRight, seen.width())
            if label in ("", "…"):
                return
        theme = self._theme
        painter.setPen(QColor(theme.interval_text if selected else theme.ink))
        painter.drawText(seen, Qt.AlignmentFlag.AlignCenter, label)

    def _draw_points(self, painter: QPainter, area: QRectF, tier: PointTier, chosen: bool) -> None:
        metrics = QFontMetricsF(self._label_font)
        for index, point in tier.between(*self._session.view):
            x = x_at(self._session, self.width(), point.time_s)
            label = display_label(point.text)
            width = metrics.horizontalAdvance(label) + 6
            middle = QRectF(
                x - width / 2, area.center().y() - metrics.height() / 2, width, metrics.height()
            )
            painter.setPen(QPen(QColor(self._theme.boundary), 1))
            if area.height() <= COLLAPSED_PX:
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
                continue
            painter.drawLine(QPointF(x, area.top()), QPointF(x, middle.top()))
            painter.drawLine(QPointF(x, middle.bottom()), QPointF(x, area.bottom()))
            selected = chosen and index == self._session.item_index
            if selected:
                painter.fillRect(middle, QColor(self._theme.interval_selected))
            painter.setPen(QColor(self._theme.interval_text if selected else self._theme.ink))
            painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, label)

    def _draw_lines(self, painter: QPainter) -> None:
        session, theme = self._session, self._theme
        painter.setClipRect(QRectF(LEFT_PX, 0, self.width() - LEFT_PX - RIGHT_PX, self.height()))
        lines = [(session.cursor_s, Qt.PenStyle.DashLine)]
        if session.playing_s is not None:
            lines.append((session.playing_s, Qt.PenStyle.SolidLine))
        for at_s, style in lines:
            x = x_at(session, self.width(), at_s)
            painter.setPen(QPen(QColor(theme.cursor), 1, style))
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        if session.held is not None:
            rows = tuple(self.row_rect(index) for index in session.held.tiers)
            painter.setFont(self.font())
            draw_held(painter, session, theme, self.rect().toRectF(), rows)
