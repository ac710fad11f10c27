"""The table of the corpus browser: it shows the tokens and the selection of a `Browsing`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication

from vowelscope.app.browsing import Browsing
from vowelscope.core.translation import tr
from vowelscope.ui.browser_columns import MARK, WIDEST, cell, headers
from vowelscope.ui.rows import RowsModel, RowsTable

_SELECTS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
"""With them a click selects more rows, and goes nowhere."""
_CLEAR = QItemSelectionModel.SelectionFlag.ClearAndSelect
_ROWS = QItemSelectionModel.SelectionFlag.Rows
_NOTHING = QItemSelectionModel.SelectionFlag.NoUpdate


class TokenTable(RowsTable):
    """A click or Return goes to the token, the space bar plays it, too, and M marks it."""

    def __init__(self, browsing: Browsing) -> None:
        self._browsing = browsing
        self.tokens = RowsModel(headers(), self._cell)
        super().__init__(tr("Tokens"), self.tokens, WIDEST)
        self._is_told = False
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        # The marks stand first, whatever the number of their column.
        self.horizontalHeader().moveSection(MARK, 0)
        self.chosen.connect(self._on_chosen)
        selection = self.selectionModel()
        selection.selectionChanged.connect(self._tell)
        selection.currentRowChanged.connect(self._tell)
        browsing.selected.connect(self._on_selected)
        browsing.marking.changed.connect(self.viewport().update)

    def refill(self) -> None:
        """Show the tokens as they are now, and select the first."""
        # An array is read like any sequence, and 10⁵ numbers need not become a list.
        self.tokens.set_rows(cast("Sequence[Any]", self._browsing.order))
        self.scrollToTop()
        if len(self._browsing.order):
            self.selectRow(0)
        self._tell()

    def chosen_places(self) -> npt.NDArray[np.int64]:
        """The tokens of the rows that are selected."""
        order = self._browsing.order
        rows = np.zeros(len(order), bool)
        # A list of the rows would take seconds where a whole corpus is selected.
        selection = self.selectionModel().selection()
        for part in map(selection.at, range(selection.count())):
            rows[part.top() : part.bottom() + 1] = True
        return order[rows]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A table would take the space bar and letters for itself."""
        if event.key() == Qt.Key.Key_M and not event.modifiers():
            self._browsing.marking.toggle(self.chosen_places())
        elif event.key() == Qt.Key.Key_Space:
            row = self.currentIndex().row()
            if 0 <= row < len(self._browsing.order):
                self._browsing.go_to(int(self._browsing.order[row]), play=True)
        else:
            super().keyPressEvent(event)

    def _on_chosen(self, row: int) -> None:
        if not QApplication.keyboardModifiers() & _SELECTS:
            self._browsing.go_to(int(self._browsing.order[row]))

    def _tell(self) -> None:
        """Say what is selected, unless it was said to this table."""
        if self._is_told:
            return
        order, row = self._browsing.order, self.currentIndex().row()
        here = int(order[row]) if 0 <= row < len(order) else -1
        self._is_told = True
        self._browsing.select(self.chosen_places(), here)
        self._is_told = False

    def _on_selected(self) -> None:
        """Select what was selected in another view."""
        browsing = self._browsing
        if self._is_told or browsing.browsed is None:
            return
        wanted = np.zeros(len(browsing.browsed), bool)
        wanted[browsing.selection] = True
        selection = QItemSelection()
        for row in np.flatnonzero(wanted[browsing.order]).tolist():
            one = self.tokens.index(row, 0)
            selection.select(one, one)
        here = np.flatnonzero(browsing.order == browsing.here)
        self._is_told = True
        self.selectionModel().select(selection, _CLEAR | _ROWS)
        if len(here):
            index = self.tokens.index(int(here[0]), 0)
            self.selectionModel().setCurrentIndex(index, _NOTHING)
            self.scrollTo(index)
        self._is_told = False

    def _cell(self, item: Any, column: int) -> str:
        browsing = self._browsing
        if browsing.browsed is None:
            return ""
        return cell(browsing.browsed, browsing.marking.marked, int(item), column)
