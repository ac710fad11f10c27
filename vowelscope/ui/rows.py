"""A table of what was found, for lists of any length: hits, findings, tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from vowelscope.ui.theme import ipa_font

_Index = QModelIndex | QPersistentModelIndex


class RowsModel(QAbstractTableModel):
    """Shows a sequence of anything, each cell made when it is seen.

    Parameters
    ----------
    headers
        Of the columns; one that begins with a blank holds numbers, set to the right.
    cell
        Called with an item and a column; gives the text.
    """

    def __init__(self, headers: Sequence[str], cell: Callable[[Any, int], str]) -> None:
        super().__init__()
        self._headers = tuple(headers)
        self._cell = cell
        self.rows: Sequence[Any] = ()

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show others."""
        if rows is not self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def set_headers(self, headers: Sequence[str]) -> None:
        """Have other columns."""
        self.beginResetModel()
        self._headers = tuple(headers)
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """One row an item."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        """One column a header."""
        return 0 if parent is not None and parent.isValid() else len(self._headers)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text of a cell, also as its tool tip: a dock may be narrow."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._cell(self.rows[index.row()], index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Names of the columns."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self._headers):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._headers[section].strip()
        return self._side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        right = self._headers[column].startswith(" ")
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


class RowsTable(QTableView):
    """The table of a `RowsModel`; a click or Return chooses a row."""

    chosen = Signal(int)
    """A row was clicked, or Return was pressed on it."""

    def __init__(
        self, name: str, model: RowsModel, widest: Sequence[str], parent: QWidget | None = None
    ) -> None:
        """Make it; `widest` is a text for each column that is to fit, "" for what is left."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setModel(model)
        self.setFont(ipa_font(max(self.font().pointSizeF(), 9.0)))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        metrics = QFontMetricsF(self.font())
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(round(1.5 * metrics.height()))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        for column, text in enumerate(widest):
            if text:
                self.setColumnWidth(column, round(metrics.horizontalAdvance(text)) + 18)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.clicked.connect(self._on_clicked)

    def show_row(self, row: int | None) -> None:
        """Mark a row and scroll to it, without choosing it."""
        if row is None:
            self.clearSelection()
        elif row != self.currentIndex().row() or not self.selectionModel().hasSelection():
            self.selectRow(row)
            self.scrollTo(self.model().index(row, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return chooses; the rest is the table's."""
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.chosen.emit(row)
            return
        super().keyPressEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row())
