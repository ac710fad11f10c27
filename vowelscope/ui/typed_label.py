"""What is typed in the views goes into the label, as in Praat: no key opens the field first."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from vowelscope.app.session import Session

_WITH = (
    Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.KeypadModifier
    | Qt.KeyboardModifier.GroupSwitchModifier
)
"""Modifiers with which a key still prints."""


class TypedLabel(QObject):
    """Hands the first key that prints, and so the keyboard, to the text field.

    It comes after the shortcuts: a key that does something does not print. A space begins no
    label; those who know other programs press it to play.
    """

    def __init__(self, session: Session, field: QLineEdit, editor: QWidget) -> None:
        super().__init__(editor)
        self._session = session
        self._field = field
        editor.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take keys that print while there is a label to write."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        session, text = self._session, event.text()
        if not text.strip() or not text.isprintable() or event.modifiers() & ~_WITH:
            return False
        if session.selected_label is None or session.is_read_only or self._field.hasFocus():
            return False
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.end(False)
        QCoreApplication.sendEvent(self._field, event.clone())
        return True
