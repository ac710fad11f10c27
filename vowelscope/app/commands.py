"""The one undoable command: a frozen state takes the place of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtGui import QUndoCommand

_T = TypeVar("_T")


class Replace(QUndoCommand):
    """Put `after` in the place of `before`; undo puts `before` back.

    TextGrids and what is kept beside them are frozen and share their unchanged parts, so keeping
    both costs little, and no edit needs an inverse of its own.

    Parameters
    ----------
    put
        Called with the state to show.
    before, after
        The two states.
    text
        What the user did, for the menus Undo and Redo.
    """

    def __init__(self, put: Callable[[_T], None], before: _T, after: _T, text: str) -> None:
        super().__init__(text)
        self._put: Callable[[_T], None] = put
        self._before = before
        self._after = after

    def redo(self) -> None:
        """Show the new state."""
        self._put(self._after)

    def undo(self) -> None:
        """Show the old state again."""
        self._put(self._before)
