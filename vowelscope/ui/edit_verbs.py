"""What the menu Edit does."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vowelscope.app.session import Session
from vowelscope.ui.label_bar import LabelBar


class EditVerbs(QObject):
    """Undo and redo, and the way to the text field."""

    def __init__(
        self, session: Session, label_bar: LabelBar, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._label_bar = label_bar

    def undo(self) -> None:
        """Take back the last edit."""
        self._label_bar.commit()
        self._session.undo_stack.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self._session.undo_stack.redo()

    def label(self) -> None:
        """Put the keyboard into the text field."""
        self._label_bar.field.setFocus()
        self._label_bar.field.selectAll()
