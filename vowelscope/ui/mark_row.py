"""What marks tokens in the corpus browser, and the window that writes them into a tier."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.browsing import Browsing
from vowelscope.app.suspect_files import Outcome
from vowelscope.core.suspects import SUSPECT_TIER
from vowelscope.core.translation import tr
from vowelscope.ui.rows import RowsModel, RowsTable

Places = npt.NDArray[np.int64]


class MarkRow(QWidget):
    """The buttons below the table."""

    def __init__(self, browsing: Browsing, chosen: Callable[[], Places], parent: QWidget) -> None:
        super().__init__(parent)
        self._browsing, self._chosen = browsing, chosen
        self.mark = _button(tr("&Mark or unmark"))
        self.mark.setToolTip(tr("The selected rows; M does it, too"))
        self.mark_all = _button(tr("Mark &all shown"))
        self.mark_all.setToolTip(tr("Pressed again, it unmarks them"))
        self.only = QCheckBox(tr("O&nly marked"))
        self.count = QLabel()
        self.count.setAccessibleName(tr("Marked tokens"))
        self.write = _button(tr("&Write to a tier…"))
        self.writer = SuspectWindow(browsing, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.mark, self.mark_all, self.only):
            row.addWidget(widget)
        row.addWidget(self.count, 1)
        row.addWidget(self.write)
        self.mark.clicked.connect(self._on_mark)
        self.mark_all.clicked.connect(self._on_mark_all)
        self.only.toggled.connect(browsing.show_only_marked)
        self.write.clicked.connect(self.writer.bring)
        browsing.changed.connect(self._draw)
        browsing.marking.changed.connect(self._draw)
        self._draw()

    def _on_mark(self) -> None:
        self._browsing.marking.toggle(self._chosen())

    def _on_mark_all(self) -> None:
        self._browsing.marking.toggle(self._browsing.order)

    def _draw(self) -> None:
        browsing = self._browsing
        there = browsing.browsed is not None
        for widget in (self.mark, self.mark_all, self.only, self.write):
            widget.setEnabled(there)
        self.only.blockSignals(True)
        self.only.setChecked(browsing.only_marked)
        self.only.blockSignals(False)
        text = tr("{n} marked").format(n=f"{browsing.marking.count:,}")
        self.count.setText(text if there else "")


class SuspectWindow(QDialog):
    """Writes the marked tokens into a tier of their TextGrids, and says what became of each."""

    def __init__(self, browsing: Browsing, parent: QWidget) -> None:
        super().__init__(parent)
        self._marking = browsing.marking
        self.setWindowTitle(tr("Write marked tokens to a tier"))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAccessibleName(tr("What will be written"))
        self.name = QLineEdit(SUSPECT_TIER)
        self.name.setAccessibleName(tr("Name of the tier"))
        label = QLabel(tr("&Tier"))
        label.setBuddy(self.name)
        self.write = _button(tr("&Write"))
        self.stop = _button(tr("&Stop"))
        self.undo = _button(tr("&Undo the last writing"))
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Files that are done"))
        self.left = QLabel()
        self.model = RowsModel((tr("File"), tr("Done"), tr("What became of it")), _cell)
        self.table = RowsTable(tr("Files"), self.model, ("recording-0000.TextGrid", "Done x", ""))
        self.table.horizontalHeader().setStretchLastSection(True)
        first, second = QHBoxLayout(), QHBoxLayout()
        for widget in (label, self.name, self.write):
            first.addWidget(widget, 1 if widget is self.name else 0)
        second.addWidget(self.progress, 9)
        second.addStretch(1)
        for widget in (self.left, self.stop, self.undo):
            second.addWidget(widget)
        column = QVBoxLayout(self)
        column.addWidget(self.words)
        column.addLayout(first)
        column.addWidget(self.table, 1)
        column.addLayout(second)
        self.resize(self.sizeHint())
        self.write.clicked.connect(self._on_write)
        self.stop.clicked.connect(self._marking.stop)
        self.undo.clicked.connect(self._marking.take_back)
        self._marking.changed.connect(self._draw)
        self._marking.running.connect(self._draw)
        self._marking.progress.connect(self._on_progress)
        self._marking.finished.connect(self._on_finished)

    def sizeHint(self) -> QSize:
        """Room for the sentences."""
        return QSize(860, 420)

    def bring(self) -> None:
        """Show it."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._draw()
        self.name.setFocus()

    def _on_write(self) -> None:
        self._marking.write(self.name.text().strip())

    def _draw(self) -> None:
        if not self.isVisible():
            return
        marking = self._marking
        self.words.setText(
            tr(
                "{n} marked tokens go into an interval tier of their TextGrids, each with label, "
                "prediction and probability. Other tiers and labels that the tier has already "
                "stay as they are."
            ).format(n=f"{marking.count:,}")
        )
        running = marking.is_running
        self.write.setEnabled(not running and marking.count > 0)
        self.name.setEnabled(not running)
        self.stop.setEnabled(running)
        self.undo.setEnabled(not running and marking.can_take_back)
        self.progress.setVisible(running)
        self.left.setVisible(running)

    def _on_progress(self, done: int, total: int, left_s: float) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.left.setText("" if isnan(left_s) else tr("{n} s left").format(n=f"{left_s:.0f}"))

    def _on_finished(self, outcomes: list[Outcome]) -> None:
        self.model.set_rows(outcomes)


def _cell(item: Outcome, column: int) -> str:
    match column:
        case 0:
            return item.path.name
        case 1:
            return tr("yes") if item.is_done else tr("no")
    return item.sentence


def _button(text: str) -> QPushButton:
    made = QPushButton(text)
    made.setAutoDefault(False)
    return made
