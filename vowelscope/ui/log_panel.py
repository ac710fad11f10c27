"""The log as a table: rows of measurements, each a click away from where it was made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.query_log import QueryLog
from vowelscope.app.session import Session
from vowelscope.core.measure_log import COLUMNS, SETTINGS_COLUMNS
from vowelscope.core.phones import display_label
from vowelscope.core.tables import Row, to_table
from vowelscope.core.translation import tr
from vowelscope.ui.log_columns import LogColumns
from vowelscope.ui.rows import RowsModel, RowsTable

_SAMPLED = 40
_WIDEST_EM = 24
_FINE = {
    "probability",
    "jitter_local_percent",
    "shimmer_local_percent",
    "spectral_skewness",
    "spectral_kurtosis",
}
_FILTERS = {
    "CSV table (*.csv)": ".csv",
    "Tab-separated table (*.tsv)": ".tsv",
    "Excel workbook (*.xlsx)": ".xlsx",
    "Parquet table (*.parquet)": ".parquet",
}


class LogPanel(QWidget):
    """Table of the log with its columns, and what can be done with it."""

    columns_chosen = Signal(tuple)
    """Names of the columns, to be remembered."""

    def __init__(
        self, session: Session, log: QueryLog, columns: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._log = log
        self.columns = tuple(columns)
        self._model = RowsModel((), self._cell)
        self.table = RowsTable(tr("Log"), self._model, ())
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setFocusProxy(self.table)
        self.sentence = QLabel()
        self.sentence.setAccessibleName(tr("What the log holds"))
        self.log_button = QPushButton(tr("&Log here (F12)"))
        self.columns_button = QPushButton(tr("&Columns…"))
        self.export_button = QPushButton(tr("E&xport…"))
        self.delete_button = QPushButton(tr("&Delete rows"))
        self.delete_button.setToolTip(tr("Delete: takes the marked rows out of the table"))
        self.back_button = QPushButton(tr("Bring &back"))
        self.back_button.setToolTip(tr("Brings the rows back that were deleted last"))
        self.clear_button = QPushButton(tr("Begin a &new log"))
        self.clear_button.setToolTip(
            tr("Empties the table; the rows are kept in a file of their own")
        )
        head = QHBoxLayout()
        for button in (
            self.log_button,
            self.columns_button,
            self.export_button,
            self.delete_button,
            self.back_button,
            self.clear_button,
        ):
            button.setAutoDefault(False)
            head.addWidget(button)
        head.addWidget(self.sentence, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        self.log_button.clicked.connect(log.log)
        self.columns_button.clicked.connect(self.choose_columns)
        self.export_button.clicked.connect(self.export)
        self.delete_button.clicked.connect(self.delete)
        self.back_button.clicked.connect(log.bring_back)
        self.clear_button.clicked.connect(log.clear)
        self.table.chosen.connect(self.go_to)
        remove = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table)
        remove.setContext(Qt.ShortcutContext.WidgetShortcut)
        remove.activated.connect(self.delete)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy)
        log.changed.connect(self._on_changed)
        log.exported.connect(session.note)
        self.set_columns(self.columns)
        self._on_changed()

    def set_columns(self, columns: Sequence[str]) -> None:
        """Show these columns, in this order."""
        self.columns = tuple(columns)
        heads = (COLUMNS[name] for name in self.columns)
        self._model.set_headers(
            [f"{'' if head.kind == 'text' else ' '}{tr(head.title)}" for head in heads]
        )
        self._fit()

    def go_to(self, row: int) -> None:
        """Show and select what a row was made from, if its recording is open."""
        logged, session = self._log.rows[row], self._session
        recording = session.recording
        if recording is None or logged.get("audio") != str(recording.path.absolute()):
            session.note.emit(
                tr("Open {get} to see where this row was made.").format(get=logged.get("audio"))
            )
            return
        time_s, tmin_s, tmax_s = (logged.get(name) for name in ("time_s", "tmin_s", "tmax_s"))
        if logged.get("how") == "cursor" and time_s is not None:
            session.clear_selection()
            session.set_cursor(time_s)
            session.reveal(time_s, time_s)
        elif tmin_s is not None and tmax_s is not None:
            session.set_cursor(tmin_s)
            session.select_times(tmin_s, tmax_s)
            session.reveal(tmin_s, tmax_s)

    def choose_columns(self) -> None:
        """Ask which columns to show."""
        dialog = LogColumns(self.columns, self)
        dialog.chosen.connect(self._on_columns)
        dialog.open()

    def export(self) -> None:
        """Ask for a file and write the table to it."""
        if not self._log.rows:
            self._session.note.emit(tr("The log is empty; F12 logs the cursor or the selection."))
            return
        name, chosen = QFileDialog.getSaveFileName(
            self, tr("Export the log"), "log.csv", ";;".join(_FILTERS)
        )
        if name:
            path = Path(name)
            if path.suffix.lower() not in (*_FILTERS.values(), ".txt"):
                path = path.with_name(path.name + _FILTERS.get(chosen, ".csv"))
            self._log.export(path, self.columns)

    def delete(self) -> None:
        """Take the marked rows out of the log."""
        marked = self._marked()
        self._log.delete(marked)
        if self._log.rows and marked:
            self.table.selectRow(min(marked[0], len(self._log.rows) - 1))

    def _marked(self) -> list[int]:
        return sorted(index.row() for index in self.table.selectionModel().selectedRows())

    def copy(self) -> None:
        """Put the marked rows on the clipboard, tab-separated, with the columns' names."""
        table = [{n: self._log.rows[row].get(n) for n in self.columns} for row in self._marked()]
        if table:
            QGuiApplication.clipboard().setText(to_table(table, "\t"))

    def _on_columns(self, columns: tuple[str, ...]) -> None:
        self.set_columns(columns)
        self.columns_chosen.emit(columns)

    def _on_changed(self) -> None:
        count = len(self._log.rows)
        self._model.set_rows(self._log.rows)
        said = tr("F12 logs the cursor, or the selection where there is one.")
        self.sentence.setText(
            f"{count:,} {tr('row') if count == 1 else tr('rows')}" if count else said
        )
        self.back_button.setEnabled(self._log.has_deleted)
        self.delete_button.setEnabled(count > 0)
        if count:
            self._fit()
            self.table.scrollToBottom()

    def _fit(self) -> None:
        """Columns as wide as their headers and their newest rows."""
        metrics = QFontMetricsF(self.table.font())
        newest = self._log.rows[-_SAMPLED:]
        for index, name in enumerate(self.columns):
            texts = [tr(COLUMNS[name].title), *(self._cell(row, index) for row in newest)]
            width = max(metrics.horizontalAdvance(text) for text in texts)
            width = min(width, _WIDEST_EM * metrics.horizontalAdvance("m"))
            self.table.setColumnWidth(index, round(width) + 24)

    def _cell(self, row: Row, column: int) -> str:
        name = self.columns[column]
        value = row.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return Path(value).name if name == "audio" else display_label(value)
        if isinstance(value, int) or name in SETTINGS_COLUMNS:
            return f"{value:g}"
        if name in ("time_s", "tmin_s", "tmax_s", "duration_s"):
            return f"{value:.4f}"
        return f"{value:.3f}" if name in _FINE else f"{value:.1f}"
