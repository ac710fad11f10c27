"""The check list: what may be wrong in the TextGrid, each a click away."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.checking import Checking
from vowelscope.app.session import Session
from vowelscope.core.checklist import Finding
from vowelscope.core.phones import display_label
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.translation import tr
from vowelscope.resources import resource
from vowelscope.ui.rows import RowsModel, RowsTable
from vowelscope.ui.theme import LIGHT, Theme

_KINDS = {
    "empty label": tr("empty label"),
    "unknown label": tr("unknown label"),
    "occurs once": tr("occurs once"),
    "blanks": tr("blanks"),
    "short interval": tr("short interval"),
    "gap": tr("gap"),
    "overlap": tr("overlap"),
    "no length": tr("no length"),
    "word without phones": tr("word without phones"),
    "phones without word": tr("phones without word"),
    "word boundary": tr("word boundary"),
}


class CheckPanel(QWidget):
    """Findings by kind; a click or Return goes to the place."""

    check_list_chosen = Signal(str)
    """Name or path of another check list."""

    def __init__(self, session: Session, checking: Checking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._checking = checking
        self._theme = LIGHT
        self._kind = ""
        self._visited: tuple[str, int, float] | None = None
        self.kinds = QComboBox()
        self.kinds.setAccessibleName(tr("Kind of finding"))
        self.list_button = QPushButton()
        self.list_button.setAutoDefault(False)
        self.list_button.setAccessibleName(tr("Check list"))
        menu = QMenu(self.list_button)
        menu.addAction(tr("The check list in the box")).triggered.connect(self._on_default)
        menu.addAction(tr("A check list of my own…")).triggered.connect(self._on_own)
        menu.addAction(tr("Save a copy of the one in the box…")).triggered.connect(self._on_copy)
        menu.addAction(tr("Check again")).triggered.connect(checking.check_again)
        self.list_button.setMenu(menu)
        self.sentence = QLabel()
        self.sentence.setAccessibleName(tr("What was found"))
        self.sentence.setWordWrap(True)
        self.sentence.setMinimumHeight(3 * self.sentence.fontMetrics().height())
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._model = RowsModel((tr(" Time (s)"), tr("Tier"), tr("What")), self._cell)
        self.table = RowsTable(tr("Findings"), self._model, ("00000.000", "phones-x", ""))
        self.setFocusProxy(self.table)
        head = QHBoxLayout()
        head.addWidget(self.kinds, 1)
        head.addWidget(self.list_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self.sentence)
        self.kinds.activated.connect(self._on_kind)
        self.table.chosen.connect(self.go_to)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        checking.changed.connect(self._on_changed)
        self._on_changed()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self._on_changed()

    def go_to(self, row: int) -> None:
        """Select what one of the findings is about, and show it."""
        if not 0 <= row < len(self._model.rows):
            return
        finding: Finding = self._model.rows[row]
        session = self._session
        textgrid = session.textgrid
        if textgrid is None or finding.tier >= len(textgrid.tiers):
            return
        self.table.show_row(row)
        self._visited = _place_of(finding)
        tier = textgrid.tiers[finding.tier]
        count = len(tier.intervals) if isinstance(tier, IntervalTier) else len(tier.points)
        session.select_item(finding.tier, finding.index if finding.index < count else None)
        session.set_cursor(finding.tmin_s)
        session.select_times(finding.tmin_s, finding.tmax_s)
        session.reveal(finding.tmin_s, finding.tmax_s)

    def step(self, by: int) -> None:
        """Go to the finding after the one that is marked, or before it."""
        row = self.table.currentIndex().row()
        count = len(self._model.rows)
        if not count:
            self._session.note.emit(self.sentence.text() or tr("Nothing was found."))
        elif row < 0:
            self.go_to(0 if by > 0 else count - 1)
        elif by > 0 and _place_of(self._model.rows[row]) != self._visited:
            self.go_to(row)  # the one that was here is mended, and the next has come up
        else:
            self.go_to((row + by) % count)

    def _on_changed(self) -> None:
        checking = self._checking
        counts = Counter(finding.kind for finding in checking.findings)
        if self._kind not in counts:
            self._kind = ""
        self.kinds.clear()
        self.kinds.addItem(tr("All findings ({count:,})").format(count=len(checking.findings)), "")
        for kind, count in sorted(counts.items()):
            self.kinds.addItem(f"{_KINDS.get(kind, kind)} ({count:,})", kind)
        self.kinds.setCurrentIndex(max(self.kinds.findData(self._kind), 0))
        name = checking.check_list
        self.list_button.setText(
            tr("List: ") + (Path(name).stem if name != "default" else "default")
        )
        self.list_button.setToolTip(name)
        self._fill()

    def _on_kind(self) -> None:
        self._kind = self.kinds.currentData()
        self._fill()

    def _fill(self) -> None:
        """Show the findings of the chosen kind; the row that was marked stays where it was."""
        row = self.table.currentIndex().row()
        found = self._checking.findings
        self._model.set_rows(
            tuple(x for x in found if x.kind == self._kind) if self._kind else found
        )
        if 0 <= row < len(self._model.rows):
            # What was mended has left the list, so that its row is the next finding's.
            self.table.setCurrentIndex(self._model.index(row, 0))
        self._on_row()

    def _on_row(self) -> None:
        """Say the marked finding in full, or what is wrong with the check list."""
        wrong, row = self._checking.sentence, self.table.currentIndex().row()
        colour = self._theme.disagree if wrong else self._theme.ink
        self.sentence.setStyleSheet(f"color: {colour};")
        if wrong:
            self.sentence.setText(wrong)
        elif 0 <= row < len(self._model.rows):
            self.sentence.setText(display_label(self._model.rows[row].message))
        else:
            there = self._session.textgrid is not None
            self.sentence.setText(
                "" if self._checking.findings or not there else tr("Nothing found.")
            )

    def _cell(self, finding: Finding, column: int) -> str:
        if column == 0:
            return f"{finding.tmin_s:.3f}"
        textgrid = self._session.textgrid
        if column == 2 or textgrid is None or finding.tier >= len(textgrid.tiers):
            return _KINDS.get(finding.kind, finding.kind) if column == 2 else ""
        return textgrid.tiers[finding.tier].name

    def _on_default(self) -> None:
        self.check_list_chosen.emit("default")

    def _on_own(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, tr("Check list"), "", tr("Check lists (*.toml)")
        )
        if path:
            self.check_list_chosen.emit(path)

    def _on_copy(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, tr("Save a copy of the check list"), "checks.toml", tr("Check lists (*.toml)")
        )
        if not path:
            return
        try:
            Path(path).write_bytes(resource("checks", "default.toml").read_bytes())
        except OSError as error:
            self._session.message.emit(
                tr("{path}: cannot be written ({strerror}).").format(
                    path=path, strerror=error.strerror
                )
            )
            return
        self.check_list_chosen.emit(path)


def _place_of(finding: Finding) -> tuple[str, int, float]:
    return finding.kind, finding.tier, finding.tmin_s
