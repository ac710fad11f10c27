"""The filters of a stage in a table, and below it the tokens that fire the chosen one most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.filtering import Filtering, Seen
from vowelscope.core.translation import in_language, tr
from vowelscope.ui.rows import RowsModel, RowsTable
from vowelscope.ui.theme import Theme
from vowelscope.ui.token_strip import TokenStrip

_PAUSE_MS = 80
_ORDERS = ("d_prime", "bits", "top_share")
_MEASURES = ("f1_50_hz", "f2_50_hz", "f3_50_hz", "f0_hz", "duration_s")


class FilterTokens(QWidget):
    """A folder that “corpus filters” made; a click on a token goes to it in its recording."""

    def __init__(self, filtering: Filtering, explained: Callable[[], Path | None]) -> None:
        """Make it; `explained` gives the folder of explanations that is open, if one is."""
        super().__init__()
        self._filtering = filtering
        self._explained = explained
        self._number = -1
        self._seen: Sequence[Seen] = ()
        self.open_folder = QPushButton(tr("&Open filters…"))
        self.open_folder.setAutoDefault(False)
        self.sentence = QLabel(filtering.sentence)
        self.sentence.setAccessibleName(tr("What is shown"))
        self.stage = QComboBox()
        self.stage.setAccessibleName(tr("Stage of the network"))
        for stage in (4, 3, 2, 1):
            self.stage.addItem(tr("Stage {number}").format(number=stage), stage)
        self.stage.addItem(tr("First layer"), 0)
        self.run = QPushButton()
        self.run.setAutoDefault(False)
        self.run.setToolTip(
            tr("Show the tokens of the corpus browser to the filters of the stage; may take long")
        )
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Tokens that were shown, then filters counted"))
        self.by = QComboBox()
        self.by.setAccessibleName(tr("Order"))
        for name, key in _orders():
            self.by.addItem(name, key)
        self.model = RowsModel(_headers(), _cell)
        self.table = RowsTable(tr("Filters"), self.model, _WIDEST)
        self.strip = TokenStrip()
        self.words = _label(tr("What is said of the filter"))
        self.caveat = _label(tr("What it may not be taken for"))
        order = QLabel(tr("&Sort by"))
        order.setBuddy(self.by)
        top = QHBoxLayout()
        top.addWidget(self.open_folder)
        top.addWidget(self.stage)
        top.addWidget(self.run)
        top.addWidget(self.progress)
        top.addWidget(self.sentence, 1)
        top.addWidget(order)
        top.addWidget(self.by)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addWidget(self.words)
        column.addWidget(self.strip)
        column.addWidget(self.caveat)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._on_soon)
        self.open_folder.clicked.connect(self._on_open)
        self.by.activated.connect(self._on_by)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.strip.chosen.connect(self._on_token)
        self.strip.heard.connect(self._on_heard)
        self.run.clicked.connect(self.start_or_stop)
        filtering.running_changed.connect(self.show_run)
        filtering.changed.connect(self._on_changed)
        filtering.thumbnails.connect(self._on_thumbnails)
        self.show_run()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.strip.set_theme(theme)
        self.caveat.setStyleSheet(f"color: {theme.faint};")

    def _on_open(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Open filters"))
        if folder:
            self._filtering.read(Path(folder))

    def start_or_stop(self) -> None:
        """Show the corpus that is open to a stage, or stop doing so."""
        explained = self._explained()
        if self._filtering.is_running:
            self._filtering.stop()
        elif explained is not None:
            self._filtering.ask(explained, self.stage.currentData())

    def show_run(self) -> None:
        """Say how far a run is, and whether there is a corpus for one."""
        running = self._filtering.is_running
        self.run.setText(tr("S&top") if running else tr("&Ask the corpus"))
        self.run.setEnabled(running or self._explained() is not None)
        self.progress.setVisible(running)
        self.progress.setRange(0, self._filtering.total)
        self.progress.setValue(self._filtering.done)

    def _on_by(self) -> None:
        self._filtering.sort(self.by.currentData())

    def _on_changed(self) -> None:
        from vowelscope.explain.filter_words import caveat

        filtering = self._filtering
        self.sentence.setText(filtering.sentence)
        self.model.set_rows(filtering.rows)
        if filtering.table is not None:
            text = tr(
                "F1 to duration: rank correlation with the filter's activation within class and "
                "speaker. Pictures: what the network sees, low frequencies at the bottom; dashed: "
                "the interval; frame: the cell."
            )
            self.caveat.setText(f"{text} {in_language(caveat(filtering.table.plan))}")
        self.table.scrollToTop()
        if filtering.rows:
            self._number = -1
            self.table.selectRow(0)
            self._on_current(self.model.index(0, 0), QModelIndex())

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        from vowelscope.explain.filter_words import filter_words

        if not 0 <= current.row() < len(self._filtering.rows):
            return
        row = self._filtering.rows[current.row()]
        if row["filter"] == self._number:
            return
        self._number = row["filter"]
        self.words.setText(" ".join(map(in_language, filter_words(row))))
        self._soon.start()

    def _on_soon(self) -> None:
        """Rows that a held key only passes are not asked for."""
        self._filtering.ask_tokens(self._number)

    def _on_thumbnails(self, number: int, seen: list[Seen]) -> None:
        if number == self._number:
            self._seen = seen
            self.strip.show_tokens(seen)

    def _on_token(self, at: int) -> None:
        self._filtering.go_to(self._seen[at].row)

    def _on_heard(self, at: int) -> None:
        self._filtering.go_to(self._seen[at].row, play=True)


_WIDEST = ("00000 x", "/ɝ/ label", "00.00 x", "0.00 bits", "100 % /ɝ/ label", "-0.00 x", "-0.00 x",
           "-0.00 x", "-0.00 x", "-0.00 duration", "")  # fmt: skip


def _headers() -> tuple[str, ...]:
    return (
        " " + tr("Filter"),
        tr("Tells"),
        " d′",
        " bits",
        " " + tr("Top tokens"),
        " F1",
        " F2",
        " F3",
        " f0",
        " " + tr("Duration"),
        tr("Follows"),
    )


def _cell(row: Any, column: int) -> str:
    match column:
        case 0:
            return str(row["filter"])
        case 1:
            return f"/{row['class']}/" if row["tells_classes"] else "–"
        case 2 | 3:
            value = row["d_prime" if column == 2 else "bits"]
            return "–" if value is None else f"{value:.2f}"
        case 4:
            share = row["top_share"]
            return "–" if share is None else f"{100 * share:.0f} % /{row['top_class']}/"
        case 10:
            return tr("duration") if row["follows"] == "duration" else row["follows"] or "–"
    value = row[f"within_{_MEASURES[column - 5]}"]
    return "–" if value is None else f"{value:+.2f}"


def _orders() -> tuple[tuple[str, str], ...]:
    texts = (tr("Distance of its class (d′)"), tr("Information on the class"), tr("Top tokens"))
    formants = [(f"F{n}", f"within_f{n}_50_hz") for n in (1, 2, 3)]
    return (
        *zip(texts, _ORDERS, strict=True),
        *formants,
        ("f0", "within_f0_hz"),
        (tr("Duration"), "within_duration_s"),
        (tr("Number"), "filter"),
    )


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setAccessibleName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
