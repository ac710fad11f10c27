"""What the menu Edit does."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vowelscope.app.session import Session
from vowelscope.core.edits import add_boundary, remove_boundary, remove_point
from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import IntervalTier
from vowelscope.ui.label_bar import LabelBar


class EditVerbs(QObject):
    """Undo and redo, boundaries, and the way to the text field."""

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

    def add_boundary(self) -> None:
        """Add a boundary, or a point, at the cursor on the selected tier."""
        session = self._session
        self._label_bar.commit()
        if session.textgrid is None or session.tier_index is None:
            session.message.emit("There is no tier to add a boundary to.")
            return
        at_s = session.cursor_s
        try:
            after = add_boundary(session.textgrid, session.tier_index, at_s)
        except UserError as error:
            session.message.emit(str(error))
            return
        session.replace_textgrid(after, "Add boundary")
        session.select_at(session.tier_index, at_s)

    def remove(self) -> None:
        """Remove the boundary at the cursor (the start of the selected interval), or the point."""
        session = self._session
        self._label_bar.commit()
        tier = session.selected_tier
        if session.textgrid is None or session.tier_index is None or tier is None:
            return
        index = session.item_index
        if isinstance(tier, IntervalTier) and index is None:
            index = tier.index_at(session.cursor_s)
        try:
            if index is None:
                session.message.emit("Select an interval or a point first.")
            elif isinstance(tier, IntervalTier):
                after = remove_boundary(session.textgrid, session.tier_index, index)
                session.replace_textgrid(after, "Remove boundary")
            else:
                after = remove_point(session.textgrid, session.tier_index, index)
                session.replace_textgrid(after, "Remove point")
        except UserError as error:
            session.message.emit(str(error))
