"""The dock of training: runs, their curves, confusion matrix and log, and what can be done."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.run_compare import short_names
from vowelscope.app.run_story import RunStory
from vowelscope.app.training import Training, sentence_of, state_of
from vowelscope.app.workbench import Workbench
from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr
from vowelscope.ui.form_parts import CountTable, sentence
from vowelscope.ui.rows import RowsModel, RowsTable
from vowelscope.ui.run_device_page import duration_words
from vowelscope.ui.run_plots import RunPlots
from vowelscope.ui.run_table import RunTable
from vowelscope.ui.theme import LIGHT, Theme

_REDRAWN_MS = 250
_LEFT_PX, _MIDDLE_PX, _RIGHT_PX = 330, 760, 270


class TrainingPanel(QWidget):
    """One run is shown in full; several that are marked are drawn over each other."""

    new_wanted = Signal()

    def __init__(self, bench: Workbench, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._training = training
        self._theme: Theme = LIGHT
        self.folders: list[Path] = []
        heads = (tr("Run"), tr("State"), tr(" Macro-F1"), tr(" Test"))
        self._model = RowsModel(heads, self._cell)
        self.table = RowsTable(tr("Runs"), self._model, ("", "evaluated", "Macro-F1", "100.0 %"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setToolTip(tr("Ctrl+click or Shift+arrow marks several runs, to compare them"))
        self.setFocusProxy(self.table)
        self.says = sentence(tr("What the run does"))
        self.pace = QLabel()
        self.pace.setAccessibleName(tr("Pace and time left"))
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Steps of the run"))
        self.plots = RunPlots()
        self.confusion = CountTable(tr("Confusion matrix of the validation part: rows are labels"))
        self.compared = RunTable()
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setTabChangesFocus(True)
        self.log.setAccessibleName(tr("Log of the run"))
        self._shown: tuple[Path, int] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REDRAWN_MS)
        self._soon.timeout.connect(self.redraw)
        self._make_buttons()
        self._lay_out()
        selection = self.table.selectionModel()
        selection.selectionChanged.connect(self.redraw)
        training.runs_changed.connect(self._on_runs)
        training.story_changed.connect(self._on_story)
        training.failed.connect(bench.session.message)
        self._on_runs()

    def _make_buttons(self) -> None:
        self.buttons: dict[str, QPushButton] = {}
        for name, text, slot in (
            ("new", tr("Ne&w run…"), self.new_wanted.emit),
            ("resume", tr("&Go on"), self.resume),
            ("stop_epoch", tr("Stop after this epo&ch"), self.stop_after_epoch),
            ("stop_now", tr("Stop &now"), self.stop_now),
            ("evaluate", tr("E&valuate"), self.evaluate),
            ("report", tr("Open re&port"), self.open_report),
            ("use", tr("Use this &model"), self.use_model),
            ("remove", tr("Off the &list"), self.remove),
        ):
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            self.buttons[name] = button
        self.buttons["stop_now"].setToolTip(tr("After this step; a checkpoint is written first"))
        self.buttons["remove"].setToolTip(tr("The run's folder stays as it is"))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        for index, button in enumerate(self.buttons.values()):
            grid.addWidget(button, index // 2, index % 2)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        column.addLayout(grid)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout()
        line.addWidget(self.says, 1)
        line.addWidget(self.pace)
        column.addLayout(line)
        column.addWidget(self.progress)
        self.views = QTabWidget()
        self.views.setAccessibleName(tr("Curves or comparison of the marked runs"))
        self.views.setDocumentMode(True)
        self.views.addTab(self.plots, tr("Curves"))
        self.views.addTab(self.compared, tr("Comparison"))
        column.addWidget(self.views, 1)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(tr("Confusion matrix or log"))
        self.tabs.addTab(self.confusion, tr("Confusion"))
        self.tabs.addTab(self.log, tr("Log"))
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        for part, share in ((left, 2), (middle, 5), (self.tabs, 2)):
            self.splitter.addWidget(part)
            self.splitter.setStretchFactor(self.splitter.count() - 1, share)
            part.raise_()  # a splitter puts each new part before the others for screen readers
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([_LEFT_PX, _MIDDLE_PX, _RIGHT_PX])
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.addWidget(self.splitter)

    @property
    def current(self) -> Path | None:
        """Folder of the run that is shown in full."""
        row = self.table.currentIndex().row()
        return self.folders[row] if 0 <= row < len(self.folders) else None

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self._shown = None
        self.plots.set_theme(theme)
        self.redraw()

    def show_run(self, folder: Path) -> None:
        """Mark one run."""
        if folder in self.folders:
            self.table.selectRow(self.folders.index(folder))

    def resume(self) -> None:
        """Go on with the run from its last checkpoint."""
        self._do(self._training.resume)

    def evaluate(self) -> None:
        """Test the run's network on the test part."""
        self._do(self._training.evaluate)

    def stop_now(self) -> None:
        """Have the run stop after this step."""
        self._do(lambda folder: self._training.stop(folder, True), tr("Stops after this step…"))

    def stop_after_epoch(self) -> None:
        """Have the run stop at the end of this epoch."""
        self._do(lambda folder: self._training.stop(folder, False), tr("Stops after this epoch…"))

    def remove(self) -> None:
        """Take the run off the list."""
        self._do(self._training.remove)

    def open_report(self) -> None:
        """Show the report in the system's browser."""
        story = self._story()
        if story is None or not Path(story.report).is_file():
            self._bench.session.message.emit(tr("This run has no report; evaluate it first."))
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(story.report)):
            self._bench.session.message.emit(
                tr("{report}: no program of this system opens it.").format(report=story.report)
            )

    def use_model(self) -> None:
        """Explain with the run's model from now on."""
        story = self._story()
        if story is None or not story.model:
            self._bench.session.message.emit(tr("This run has no model; evaluate it first."))
            return
        self._bench.use_model(Path(story.model))
        self._bench.session.note.emit(tr("The model of this run is loaded…"))

    def redraw(self) -> None:
        """Draw what is known of the marked runs."""
        folder, story = self.current, self._story()
        marked = sorted({index.row() for index in self.table.selectedIndexes()})
        shown = [self.folders[row] for row in marked if row < len(self.folders)]
        if folder is not None and folder not in shown:
            shown = [folder]
        stories = [self._training.story(path) for path in shown]
        self.plots.show_runs(list(zip(short_names(shown), stories, strict=True)))
        self.compared.show_runs(list(zip(shown, stories, strict=True)), self._theme)
        self._say(story)
        if folder is None or story is None:
            self._shown = None
            self.log.setPlainText("")
            self.confusion.setRowCount(0)
        elif self._shown != (folder, story.version):
            self._shown = (folder, story.version)
            self._show_log(story)
            self._show_confusion(story)

    def _do(self, what: object, said: str = "") -> None:
        folder = self.current
        if folder is None:
            self._bench.session.message.emit(tr("There is no run yet."))
            return
        assert callable(what)
        try:
            what(folder)
        except UserError as error:
            self._bench.session.message.emit(str(error))
            return
        if said:
            self._bench.session.note.emit(said)
            self.says.setText(said)

    def _story(self) -> RunStory | None:
        folder = self.current
        return None if folder is None else self._training.story(folder)

    def _say(self, story: RunStory | None) -> None:
        at_work = story is not None and story.at_work
        trained = story is not None and story.is_trained
        can = {
            "resume": story is not None and not at_work and not trained,
            "stop_epoch": at_work and not trained,
            "stop_now": at_work and not trained,
            "evaluate": trained and not at_work,
            "report": story is not None and bool(story.report),
            "use": story is not None and bool(story.model),
            "remove": story is not None and not at_work,
        }
        for name, enabled in can.items():
            self.buttons[name].setEnabled(bool(enabled))
        if story is None:
            self.says.setText(tr("No run yet: New run… leads through corpus, preset and device."))
            self.pace.setText("")
            self.progress.setRange(0, 1)
            self.progress.setValue(0)
            return
        self.says.setText(sentence_of(story))
        busy = at_work and (bool(story.doing) or not story.steps)
        self.progress.setRange(0, 0 if busy else max(1, story.total))
        done = story.steps[-1] if story.steps else 0
        # It may have come to its end early, when validation got no better.
        self.progress.setValue(self.progress.maximum() if story.is_trained else done)
        parts = []
        if story.steps:
            parts.append(
                tr("step {step:,} of {total:,}").format(step=story.steps[-1], total=story.total)
            )
        if at_work and story.steps and not busy:
            parts.append(tr("{rate:.1f} images/s").format(rate=story.images_per_s))
            left_s = story.left_s
            if left_s is not None:
                parts.append(tr("about {time} left").format(time=duration_words(left_s)))
        self.pace.setText(", ".join(parts))

    def _show_log(self, story: RunStory) -> None:
        bar = self.log.verticalScrollBar()
        at_end = bar.value() == bar.maximum()
        self.log.setPlainText("\n".join([*story.log, *([story.said] if story.said else [])]))
        if at_end:
            bar.setValue(bar.maximum())

    def _show_confusion(self, story: RunStory) -> None:
        counts = story.validation.get("confusion") or []
        names = [f"/{name}/" for name in story.validation.get("counts", {})]
        self.confusion.show_counts(names, names, [[f"{n:,}" for n in row] for row in counts])
        ink = QColor(self._theme.positive)
        for i, row in enumerate(counts):
            total = sum(row)
            for j, count in enumerate(row):
                item = self.confusion.item(i, j)
                if item is not None:
                    ink.setAlpha(round(190 * count / total) if total else 0)
                    item.setBackground(ink)

    def _on_runs(self) -> None:
        before = self.current
        entries = self._training.entries
        self.folders = sorted(entries, key=lambda path: (str(path.parent), path.name))
        self._model.set_rows(tuple(self.folders))
        if before is not None and before in self.folders:
            self.show_run(before)
        elif self.folders:
            self.table.selectRow(len(self.folders) - 1)
        self.redraw()

    def _on_story(self, folder: Path) -> None:
        if folder in self.folders:
            row = self.folders.index(folder)
            left, right = self._model.index(row, 0), self._model.index(row, 3)
            self._model.dataChanged.emit(left, right)
        if not self._soon.isActive() and self.isVisible():
            self._soon.start()

    def _cell(self, folder: Path, column: int) -> str:
        if column == 0:
            return folder.name
        story = self._training.story(folder)
        if column == 1:
            return state_of(story)
        if column == 2:
            return f"{story.valid_f1s[-1]:.3f}" if story.valid_f1s else ""
        return " ".join(f"{100 * held['accuracy']:.1f} %" for held in story.tested)
