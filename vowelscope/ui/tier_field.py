"""A label edited in place: a double click on an interval or point opens a field over it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from vowelscope.app.session import Session
from vowelscope.core.edits import set_label
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.translation import tr
from vowelscope.ui.label_bar import LabelBar, is_for_field
from vowelscope.ui.theme import ipa_font
from vowelscope.ui.tiers import TiersView
from vowelscope.ui.timeline import LEFT_PX, RIGHT_PX, x_at

_NARROWEST_PX = 90


class TierField(QObject):
    """Return, or going elsewhere, puts the text into the TextGrid as one edit; Escape does not."""

    def __init__(
        self, session: Session, tiers: TiersView, label_bar: LabelBar, editor: QWidget
    ) -> None:
        super().__init__(tiers)
        self._session, self._tiers, self._editor = session, tiers, editor
        self._item: tuple[int, int] | None = None
        self._textgrid: TextGrid | None = None
        self.field = QLineEdit(tiers)
        self.field.setFont(ipa_font(max(tiers.font().pointSizeF(), 9.0) * 1.25))
        self.field.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.field.setAccessibleName(tr("Label, edited in its tier"))
        self.field.hide()
        self.field.installEventFilter(self)
        self.field.editingFinished.connect(self.commit)
        tiers.installEventFilter(self)
        for signal in (
            label_bar.committing,
            session.view_changed,
            session.interval_changed,
            session.textgrid_changed,
            session.tier_layout_changed,
        ):
            signal.connect(self.commit)

    def open(self) -> bool:
        """Edit the label of the selected interval or point where it is drawn."""
        self._editor.setFocus()  # what is typed in the field above is put into the TextGrid
        session, label = self._session, self._session.selected_label
        tier_index, item_index = session.tier_index, session.item_index
        if label is None or tier_index is None or item_index is None or session.is_read_only:
            return False
        place = self._place(tier_index)
        if place is None:
            return False
        self.field.setGeometry(place)
        self.field.setText(label)
        self.field.selectAll()
        self._item, self._textgrid = (tier_index, item_index), session.textgrid
        self.field.show()
        self.field.setFocus()
        return True

    def commit(self) -> None:
        """Put the text into the TextGrid, if it is another."""
        item, self._item = self._item, None
        if item is None:
            return
        text, had_focus = self.field.text(), self.field.hasFocus()
        changed = self.field.isModified()
        self.field.hide()
        session = self._session
        if changed and session.textgrid is not None and session.textgrid is self._textgrid:
            session.replace_textgrid(set_label(session.textgrid, *item, text), tr("Change label"))
        if had_focus:
            self._editor.setFocus()

    def cancel(self) -> None:
        """Leave the label as it was."""
        self._item = None
        self.field.hide()
        self._editor.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open at a double click; keep the keys of the text for the text."""
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and is_for_field(event):
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                self.cancel()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() in (
                Qt.Key.Key_Return,
                Qt.Key.Key_Enter,
            ):
                self.commit()
                return True
            return False
        if event.type() != QEvent.Type.MouseButtonDblClick or not isinstance(event, QMouseEvent):
            return False
        place = event.position()
        inside = LEFT_PX <= place.x() <= self._tiers.width() - RIGHT_PX
        left = event.button() == Qt.MouseButton.LeftButton
        row = self._tiers.open_row_at(place.y()) if inside and left else None
        return row is not None and row == self._session.tier_index and self.open()

    def _place(self, tier_index: int) -> QRect | None:
        """Where the item is drawn, wide enough to write in; None where it is out of sight."""
        session, width = self._session, self._tiers.width()
        interval, point = session.selected_interval, session.selected_point
        area = self._tiers.row_rect(tier_index).toRect()
        if area.height() < self.field.fontMetrics().height():
            return None
        if interval is not None:
            start, stop = (
                x_at(session, width, interval.tmin_s),
                x_at(session, width, interval.tmax_s),
            )
        elif point is not None:
            start = stop = x_at(session, width, point.time_s)
        else:
            return None
        start, stop = max(start, area.left()), min(stop, area.right())
        if stop < start:
            return None
        middle, wide = round(0.5 * (start + stop)), max(round(stop - start), _NARROWEST_PX)
        left = min(max(middle - wide // 2, area.left()), area.right() - wide)
        return QRect(left, area.top(), wide, area.height())
