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
    merged
        Commands in a row with the same are one step, as the presses of a held key are; None
        makes each a step.
    """

    def __init__(
        self,
        put: Callable[[_T], None],
        before: _T,
        after: _T,
        text: str,
        merged: object = None,
    ) -> None:
        super().__init__(text)
        self._merged = merged
        self._put: Callable[[_T], None] = put
        self._before = before
        self._after = after

    def id(self) -> int:
        """Qt asks commands of the same number, unless it is -1, whether they can be one."""
        return -1 if self._merged is None else 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take the next command in, if it goes on with this one."""
        if not isinstance(other, Replace) or other._merged != self._merged:
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        """Show the new state."""
        self._put(self._after)

    def undo(self) -> None:
        """Show the old state again."""
        self._put(self._before)
