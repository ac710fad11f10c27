"""The dialog in which the columns of the log are chosen and put in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.measuring_settings import DEFAULT_COLUMNS
from vowelscope.core.errors import UserError
from vowelscope.core.log_design import ENDING, read_design, write_design
from vowelscope.core.measure_log import COLUMNS
from vowelscope.core.translation import tr

_DESIGNS = tr("Designs of the log (*.toml)")
_NAME = Qt.ItemDataRole.UserRole


class LogColumns(QDialog):
    """A list with a tick at each column that is shown; rows are moved by mouse or by buttons."""

    chosen = Signal(tuple)
    """Names of the columns, in order."""

    def __init__(self, columns: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Columns of the log"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Columns of the log"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        text = QLabel(
            tr(
                "Ticked columns are shown, from top to bottom. Every row holds "
                "them all, and an exported table always says the settings of the "
                "analysis."
            )
        )
        text.setWordWrap(True)
        self.up = QPushButton(tr("Move &up"))
        self.down = QPushButton(tr("Move &down"))
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.standards = self.buttons.addButton(
            tr("&Standards"), QDialogButtonBox.ButtonRole.ResetRole
        )
        self.error = QLabel()
        self.error.setAccessibleName(tr("What is wrong"))
        self.error.setWordWrap(True)
        self.error.hide()
        side = QVBoxLayout()
        for button in (self.up, self.down):
            button.setAutoDefault(False)
            side.addWidget(button)
        side.addStretch(1)
        self.load = QPushButton(tr("&Load…"))
        self.save = QPushButton(tr("Sa&ve…"))
        self.load.setToolTip(tr("Take the columns of a design that was saved"))
        self.save.setToolTip(
            tr("Save these columns as a design, for another log or another person")
        )
        for button in (self.load, self.save):
            button.setAutoDefault(False)
            side.addWidget(button)
        middle = QHBoxLayout()
        middle.addWidget(self.list, 1)
        middle.addLayout(side)
        column = QVBoxLayout(self)
        column.addWidget(text)
        column.addLayout(middle, 1)
        column.addWidget(self.error)
        column.addWidget(self.buttons)
        self.resize(640, 560)
        self.up.clicked.connect(self._on_up)
        self.down.clicked.connect(self._on_down)
        self.load.clicked.connect(self._on_load)
        self.save.clicked.connect(self._on_save)
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
            self._say(tr("Tick one column at least."))
            return
        self.chosen.emit(columns)
        super().accept()

    def _fill(self, columns: Sequence[str]) -> None:
        self.list.clear()
        for name in (*columns, *(other for other in COLUMNS if other not in columns)):
            known = COLUMNS[name]
            item = QListWidgetItem(f"{tr(known.title)}: {tr(known.meaning)}")
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

    def _on_load(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Load a design of the log"), "", _DESIGNS)
        if name:
            self._try(lambda: self._fill(read_design(Path(name))))

    def _on_save(self) -> None:
        columns = self.columns()
        if not columns:
            self._say(tr("Tick one column at least."))
            return
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Save this design of the log"), "log-columns.toml", _DESIGNS
        )
        if name:
            path = Path(name)
            path = path if path.suffix else path.with_suffix(ENDING)
            self._try(lambda: write_design(path, columns))

    def _try(self, work: Callable[[], None]) -> None:
        self.error.hide()
        try:
            work()
        except UserError as error:
            self._say(str(error))

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.show()

    def _on_standards(self) -> None:
        self._fill(DEFAULT_COLUMNS)
