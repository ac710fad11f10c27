"""The one undoable command: a TextGrid takes the place of another."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from vowelscope.core.textgrid import TextGrid


class ReplaceTextGrid(QUndoCommand):
    """Put `after` in the place of `before`; undo puts `before` back.

    TextGrids are frozen and share their unchanged tiers, so keeping both costs little, and no
    edit needs an inverse of its own.

    Parameters
    ----------
    put
        Called with the TextGrid to show.
    before, after
        The two TextGrids.
    text
        What the user did, for the menus Undo and Redo.
    """

    def __init__(
        self, put: Callable[[TextGrid], None], before: TextGrid, after: TextGrid, text: str
    ) -> None:
        super().__init__(text)
        self._put = put
        self._before = before
        self._after = after

    def redo(self) -> None:
        """Show the new TextGrid."""
        self._put(self._after)

    def undo(self) -> None:
        """Show the old TextGrid again."""
        self._put(self._before)
