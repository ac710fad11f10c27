"""The dialog in which the columns of the log are chosen and put in order."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.measuring_settings import DEFAULT_COLUMNS
from vowelscope.core.measure_log import COLUMNS

_NAME = Qt.ItemDataRole.UserRole


class LogColumns(QDialog):
    """A list with a tick at each column that is shown; rows are moved by mouse or by buttons."""

    chosen = Signal(tuple)
    """Names of the columns, in order."""

    def __init__(self, columns: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Columns of the log")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget()
        self.list.setAccessibleName("Columns of the log")
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        text = QLabel(
            "Ticked columns are shown, from top to bottom. Every row holds them all, and an "
            "exported table always says the settings of the analysis."
        )
        text.setWordWrap(True)
        self.up = QPushButton("Move &up")
        self.down = QPushButton("Move &down")
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.standards = self.buttons.addButton("&Standards", QDialogButtonBox.ButtonRole.ResetRole)
        self.error = QLabel()
        self.error.setAccessibleName("What is wrong")
        self.error.hide()
        side = QVBoxLayout()
        for button in (self.up, self.down):
            button.setAutoDefault(False)
            side.addWidget(button)
        side.addStretch(1)
        middle = QHBoxLayout()
        middle.addWidget(self.list, 1)
        middle.addLayout(side)
        column = QVBoxLayout(self)
        column.addWidget(text)
        column.addLayout(middle, 1)
        column.addWidget(self.error)
        column.addWidget(self.buttons)
        self.resize(460, 560)
        self.up.clicked.connect(self._on_up)
        self.down.clicked.connect(self._on_down)
        self.standards.clicked.connect(self._on_standards)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._fill(columns)

    def columns(self) -> tuple[str, ...]:
        """Names of the ticked columns, from top to bottom."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(
            item.data(_NAME) for item in items if item.checkState() == Qt.CheckState.Checked
        )

    def accept(self) -> None:
        """Hand the columns over; a log without any is refused."""
        columns = self.columns()
        if not columns:
            self.error.setText("Tick one column at least.")
            self.error.show()
            return
        self.chosen.emit(columns)
        super().accept()

    def _fill(self, columns: Sequence[str]) -> None:
        self.list.clear()
        for name in (*columns, *(other for other in COLUMNS if other not in columns)):
            known = COLUMNS[name]
            item = QListWidgetItem(f"{known.title}: {known.meaning}")
            item.setData(_NAME, name)
            item.setToolTip(known.meaning)
            ticked = Qt.CheckState.Checked if name in columns else Qt.CheckState.Unchecked
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(ticked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _on_up(self) -> None:
        self._move(-1)

    def _on_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        row = self.list.currentRow()
        if row >= 0 and 0 <= row + by < self.list.count():
            self.list.insertItem(row + by, self.list.takeItem(row))
            self.list.setCurrentRow(row + by)

    def _on_standards(self) -> None:
        self._fill(DEFAULT_COLUMNS)
