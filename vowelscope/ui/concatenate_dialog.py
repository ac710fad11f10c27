"""The dialog in which recordings are chosen and put in order before they are put together."""

from __future__ import annotations

from collections.abc import Sequence
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

from vowelscope.core.translation import tr

_SOUNDS = tr(
    "Recordings (*.wav *.WAV *.flac *.aiff *.aif *.aifc *.ogg *.opus "
    "*.mp3 *.au *.snd);;All files (*)"
)
_PATH = Qt.ItemDataRole.UserRole


class ConcatenateDialog(QDialog):
    """A list in the order of the new recording; rows are moved by mouse or by buttons."""

    chosen = Signal(list, str)
    """Paths of the recordings in order, and of the file to write."""

    def __init__(self, paths: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Concatenate recordings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = QLabel(
            tr(
                "From top to bottom, one after the other. Each recording brings "
                "the TextGrid of its name along; a tier “labels” will say which "
                "recording each part was. All must have the same sampling rate and "
                "number of channels."
            )
        )
        text.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Recordings in order"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.add = QPushButton(tr("&Add…"))
        self.remove = QPushButton(tr("&Remove"))
        self.up = QPushButton(tr("Move &up"))
        self.down = QPushButton(tr("Move &down"))
        side = QVBoxLayout()
        for button in (self.add, self.remove, self.up, self.down):
            button.setAutoDefault(False)
            side.addWidget(button)
        side.addStretch(1)
        middle = QHBoxLayout()
        middle.addWidget(self.list, 1)
        middle.addLayout(side)
        self.error = QLabel()
        self.error.setWordWrap(True)
        self.error.setAccessibleName(tr("What is wrong"))
        self.error.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save = self.buttons.addButton(tr("&Save as…"), QDialogButtonBox.ButtonRole.AcceptRole)
        column = QVBoxLayout(self)
        column.addWidget(text)
        column.addLayout(middle, 1)
        column.addWidget(self.error)
        column.addWidget(self.buttons)
        self.resize(560, 380)
        self.add.clicked.connect(self._on_add)
        self.remove.clicked.connect(self._on_remove)
        self.up.clicked.connect(self._on_up)
        self.down.clicked.connect(self._on_down)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.put(paths)

    def paths(self) -> list[Path]:
        """The recordings in order."""
        return [Path(self.list.item(at).data(_PATH)) for at in range(self.list.count())]

    def put(self, paths: Sequence[Path]) -> None:
        """Add recordings at the end."""
        for path in paths:
            item = QListWidgetItem(path.name)
            item.setData(_PATH, str(path))
            item.setToolTip(str(path))
            self.list.addItem(item)
        if self.list.count() and self.list.currentRow() < 0:
            self.list.setCurrentRow(0)

    def accept(self) -> None:
        """Ask for the new file; fewer than two recordings are refused."""
        paths = self.paths()
        if len(paths) < 2:
            self.error.setText(tr("Add two recordings at least."))
            self.error.show()
            return
        name, _ = QFileDialog.getSaveFileName(
            self,
            tr("Save the concatenated recording as"),
            str(paths[0].with_name("chain.wav")),
            tr("WAV files (*.wav)"),
        )
        if name:
            self.chosen.emit(paths, name)
            super().accept()

    def _on_add(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, tr("Add recordings"), "", _SOUNDS)
        self.put([Path(name) for name in names])

    def _on_remove(self) -> None:
        if self.list.currentRow() >= 0:
            self.list.takeItem(self.list.currentRow())

    def _on_up(self) -> None:
        self._move(-1)

    def _on_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        row = self.list.currentRow()
        if row >= 0 and 0 <= row + by < self.list.count():
            self.list.insertItem(row + by, self.list.takeItem(row))
            self.list.setCurrentRow(row + by)
