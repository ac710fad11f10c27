"""Small parts of the dialogs of training: a path with a button, a sentence, a table of counts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from vowelscope.core.translation import tr
from vowelscope.ui.theme import ipa_font


def sentence(name: str) -> QLabel:
    """A label for whole sentences, which can be selected."""
    label = QLabel()
    label.setAccessibleName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def fault(name: str = "") -> QLabel:
    """A sentence that says what is wrong."""
    label = sentence(name or tr("What is wrong"))
    label.setForegroundRole(QPalette.ColorRole.BrightText)
    label.hide()
    return label


class PathRow(QWidget):
    """A path that is typed or chosen.

    Parameters
    ----------
    kind
        ``folder``, ``open`` or ``save``.
    """

    changed = Signal(str)

    def __init__(self, name: str, kind: str, title: str, filters: str = "") -> None:
        super().__init__()
        self._kind, self._title, self._filters = kind, title, filters
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.button = QPushButton(tr("Browse…"))
        self.button.setAccessibleName(tr("Browse: {name}").format(name=name))
        self.button.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self.changed)
        self.button.clicked.connect(self.browse)

    @property
    def text(self) -> str:
        """The path as it was typed, without blanks around it."""
        return self.line.text().strip()

    def browse(self) -> None:
        """Ask for a path."""
        if self._kind == "folder":
            path = QFileDialog.getExistingDirectory(self, self._title, self.text)
        elif self._kind == "save":
            path, _ = QFileDialog.getSaveFileName(self, self._title, self.text, self._filters)
        else:
            path, _ = QFileDialog.getOpenFileName(self, self._title, self.text, self._filters)
        if path:
            self.line.setText(path)


class CountTable(QTableWidget):
    """A table of numbers with names at the top and at the side, for reading."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setFont(ipa_font(max(self.font().pointSizeF(), 9.0)))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def show_counts(
        self, rows: Sequence[str], columns: Sequence[str], cells: Sequence[Sequence[str]]
    ) -> None:
        """Show these cells, right-aligned; what is already there is not made anew."""
        self.setRowCount(len(rows))
        self.setColumnCount(len(columns))
        self.setVerticalHeaderLabels(list(rows))
        self.setHorizontalHeaderLabels(list(columns))
        for i, line in enumerate(cells):
            for j, text in enumerate(line):
                item = self.item(i, j)
                if item is None:
                    item = QTableWidgetItem()
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                    self.setItem(i, j, item)
                if item.text() != text:
                    item.setText(text)
