"""The text field above the views: the label of the selected interval, as in Praat."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from vowelscope.app.session import Session
from vowelscope.core.edits import set_label
from vowelscope.core.phones import display_label
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.translation import tr
from vowelscope.ui.theme import ipa_font

_OWN = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete,
)


def is_for_field(event: QKeyEvent) -> bool:
    """Whether a key belongs to a field in which a label is typed, and not to an action."""
    plain = event.modifiers() in (
        Qt.KeyboardModifier.NoModifier,
        Qt.KeyboardModifier.ShiftModifier,
        Qt.KeyboardModifier.KeypadModifier,
    )
    prints = event.text().isprintable() and event.text() != ""
    return plain and (prints or event.key() in _OWN)


class LabelBar(QWidget):
    """Shows and edits the label; what is typed is in the TextGrid when the field is left.

    Keys that print stay in the field, so that typing a label never plays or scrolls.
    """

    committing = Signal()
    """What is typed is wanted in the TextGrid now, wherever it is typed."""
    left_field = Signal()
    """Return or Escape was pressed: the keyboard goes back to the views."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[int | None, int | None] = (None, None)
        self._textgrid: TextGrid | None = None
        self.field = QLineEdit()
        self.field.setFont(ipa_font(max(self.font().pointSizeF(), 9.0) * 1.2))
        self.field.setAccessibleName(tr("Label of the selected interval"))
        self.field.setPlaceholderText(tr("Click an interval to select it and edit its label"))
        self.field.installEventFilter(self)
        self.field.editingFinished.connect(self.commit)
        self._seen = QLabel()
        self._seen.setFont(self.field.font())
        self._seen.setAccessibleName(tr("Label as it is displayed"))
        name = QLabel(tr("&Label:"))
        name.setBuddy(self.field)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 3, 6, 3)
        row.addWidget(name)
        row.addWidget(self.field, 1)
        row.addWidget(self._seen)
        session.interval_changed.connect(self._on_interval)
        session.textgrid_changed.connect(self._on_interval)
        self.field.textChanged.connect(self._on_text)
        self._on_interval()

    def commit(self) -> None:
        """Put the field's text into the TextGrid as one edit that can be undone."""
        self.committing.emit()
        session, (tier_index, item_index) = self._session, self._shown
        if not self.field.isModified() or session.textgrid is not self._textgrid:
            return
        if session.textgrid is None or tier_index is None or item_index is None:
            return
        self.field.setModified(False)
        edited = set_label(session.textgrid, tier_index, item_index, self.field.text())
        session.replace_textgrid(edited, tr("Change label"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep Tab, Return and Escape for the field's own meaning: done, done, take back."""
        kind = event.type()
        if isinstance(event, QKeyEvent) and kind == QEvent.Type.ShortcutOverride:
            if is_for_field(event):
                event.accept()
                return True
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.field.setModified(False)
                self.field.setText(self._session.selected_label or "")
                self.left_field.emit()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.commit()
                self.left_field.emit()
                return True
        return super().eventFilter(watched, event)

    def _on_interval(self) -> None:
        session = self._session
        here = (session.tier_index, session.item_index)
        if here != self._shown:
            self.commit()
        self._shown, self._textgrid = here, session.textgrid
        label = session.selected_label
        self.field.setEnabled(label is not None)
        self.field.setReadOnly(session.is_read_only)
        if self.field.text() != (label or ""):
            self.field.setText(label or "")
        self.field.setModified(False)

    def _on_text(self, text: str) -> None:
        shown = display_label(text)
        self._seen.setText(shown if shown != text else "")
