"""First step of a new run: build a corpus from folders, or choose one; see what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
    QWizardPage,
)

from vowelscope.app.child_task import ChildTask
from vowelscope.app.corpus_words import corpus_words
from vowelscope.core.splits import LEAKS
from vowelscope.core.translation import tr
from vowelscope.resources import resource
from vowelscope.ui.form_parts import CountTable, PathRow, fault, sentence

_SPLITS = (
    ("utterance", tr("By utterance: each recording is wholly in one part")),
    ("speaker", tr("By speaker: all of a speaker is in one part")),
    ("word", tr("By word: all tokens of a word are in one part")),
    ("token", tr("By token, as in the paper: nothing stays together")),
)
_SOUND_SPLITS = {
    "utterance": tr(
        "The test is on recordings that the network never heard; the speakers may be the same."
    ),
    "speaker": tr("The test is on speakers whom the network never heard. It needs several."),
}
_FILTER = tr("Corpus (*.parquet)")
_SENTENCE_PX = 560


class CorpusPage(QWizardPage):
    """Complete once a corpus was read and counted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(tr("Corpus"))
        self.setSubTitle(tr("The table of tokens that the network learns from and is tested on."))
        self.corpus: Path | None = None
        self.summary: dict[str, Any] = {}
        self.task = ChildTask(self)
        self.task.told.connect(self._on_told)
        self.task.done.connect(self._on_done)
        self.task.failed.connect(self._on_failed)
        self._make_fields()
        self._lay_out()
        self._on_way()
        self._on_split()

    def _make_fields(self) -> None:
        self.builds = QRadioButton(tr("&Build a corpus from folders of recordings and TextGrids"))
        self.chooses = QRadioButton(tr("&Use a corpus that was built before"))
        self.builds.setChecked(True)
        self.folders = QListWidget()
        self.folders.setAccessibleName(tr("Folders of recordings and TextGrids"))
        self.folders.setMaximumHeight(84)
        self.add = QPushButton(tr("&Add folder…"))
        self.drop = QPushButton(tr("&Remove"))
        self.classes = QComboBox()
        self.classes.setAccessibleName(tr("Class map"))
        for path in sorted(resource("classes").glob("*.toml"), reverse=True):
            self.classes.addItem(path.stem, path.stem)
        self.classes.addItem(tr("A file…"), "")
        self.split = QComboBox()
        self.split.setAccessibleName(tr("How the corpus is split"))
        for key, words in _SPLITS:
            self.split.addItem(words, key)
        self.leaks = sentence(tr("What the split lets through"))
        self.leaks.setMinimumWidth(_SENTENCE_PX)
        self.test = _percent(tr("Share of the tokens in the test part"), 20.0)
        self.validation = _percent(tr("Share of the tokens in the validation part"), 10.0)
        self.out = PathRow(tr("File of the corpus"), "save", tr("File of the corpus"), _FILTER)
        self.path = PathRow(tr("Corpus"), "open", tr("Choose a corpus"), _FILTER)
        self.run = QPushButton(tr("Build"))
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Recordings that were read"))
        self.progress.hide()
        self.error = fault()
        self.table = CountTable(tr("Tokens of each class in each part"))
        self.found = QPlainTextEdit()
        self.found.setReadOnly(True)
        self.found.setTabChangesFocus(True)
        self.found.setAccessibleName(tr("What was found in the corpus"))
        for button in (self.add, self.drop, self.run):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.addWidget(self.add)
        side.addWidget(self.drop)
        side.addStretch(1)
        chosen = QHBoxLayout()
        chosen.addWidget(self.folders, 1)
        chosen.addLayout(side)
        shares = QHBoxLayout()
        shares.addWidget(self.test)
        label = QLabel(tr("&Validation"))
        label.setBuddy(self.validation)
        shares.addWidget(label)
        shares.addWidget(self.validation)
        shares.addStretch(1)
        self.building = QWidget()
        form = QFormLayout(self.building)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(tr("Folders"), chosen)
        form.addRow(tr("C&lass map"), self.classes)
        form.addRow(tr("&Split"), self.split)
        form.addRow("", self.leaks)
        form.addRow(tr("&Test"), shares)
        form.addRow(tr("&File"), self.out)
        for words, layout, buddy in (
            (tr("Folders"), chosen, self.folders),
            (tr("&Test"), shares, self.test),
        ):
            shown = form.labelForField(layout)
            if isinstance(shown, QLabel):
                shown.setText(words)
                shown.setBuddy(buddy)
        line = QHBoxLayout()
        line.addWidget(self.run)
        line.addWidget(self.progress, 1)
        line.addStretch(0)
        held = QGroupBox(tr("What it holds"))
        row = QHBoxLayout(held)
        row.addWidget(self.table, 1)
        row.addWidget(self.found, 1)
        column = QVBoxLayout(self)
        column.addWidget(self.builds)
        column.addWidget(self.building)
        column.addWidget(self.chooses)
        column.addWidget(self.path)
        column.addLayout(line)
        column.addWidget(self.error)
        column.addWidget(held, 1)
        self.builds.toggled.connect(self._on_way)
        self.add.clicked.connect(self._on_add)
        self.drop.clicked.connect(self._on_drop)
        self.classes.activated.connect(self._on_classes)
        self.split.activated.connect(self._on_split)
        self.run.clicked.connect(self.start_or_stop)
        self.path.changed.connect(self._forget)
        self.out.changed.connect(self._forget)

    def isComplete(self) -> bool:
        """Whether there is a corpus."""
        return self.corpus is not None

    def add_folder(self, folder: Path) -> None:
        """Take a folder into the corpus; the first one says where the corpus goes."""
        names = [self.folders.item(i).text() for i in range(self.folders.count())]
        if str(folder) not in names:
            self.folders.addItem(str(folder))
        if not self.out.text:
            self.out.line.setText(str(folder.parent / f"{folder.name}.parquet"))
        self._forget()

    def start_or_stop(self) -> None:
        """Build or read the corpus; or stop to, and leave no file."""
        if self.task.is_running:
            self.task.cancel()
            self._show_busy(False)
            return
        self._forget()
        if self.chooses.isChecked():
            self._start(["corpus", str(Path(self.path.text or ".").absolute())])
            return
        folders = [self.folders.item(i).text() for i in range(self.folders.count())]
        if not folders or not self.out.text:
            self._on_failed(tr("Add a folder first, and name the file of the corpus."))
            return
        out = Path(self.out.text)
        out = out if out.suffix == ".parquet" else out.with_name(out.name + ".parquet")
        words = ["build", *folders, "-o", str(out.absolute())]
        words += ["--classes", str(self.classes.currentData())]
        words += ["--split", str(self.split.currentData())]
        words += ["--test", f"{self.test.value() / 100:g}"]
        words += ["--val", f"{self.validation.value() / 100:g}"]
        self._start(words)

    def _start(self, words: list[str]) -> None:
        self.task.start(words)
        self._show_busy(self.task.is_running)

    def _show_busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        self.progress.setRange(0, 0)
        for part in (self.builds, self.chooses, self.building, self.path):
            part.setEnabled(not busy)
        self._say_run()

    def _say_run(self) -> None:
        if self.task.is_running:
            self.run.setText(tr("Cancel"))
        else:
            self.run.setText(tr("Buil&d") if self.builds.isChecked() else tr("Rea&d"))

    def _on_told(self, event: dict[str, Any]) -> None:
        if event["event"] == "corpus_progress":
            self.progress.setRange(0, event["total"])
            self.progress.setValue(event["done"])
        elif event["event"] == "corpus":
            self.corpus, self.summary = Path(event["path"]), event["summary"]
            rows, columns, cells, said = corpus_words(self.summary, event["report"])
            self.table.show_counts(rows, columns, cells)
            self.found.setPlainText(said)

    def _on_done(self) -> None:
        self._show_busy(False)
        self.completeChanged.emit()

    def _on_failed(self, said: str) -> None:
        self._show_busy(False)
        self.error.setText(said)
        self.error.show()

    def _forget(self) -> None:
        self.error.hide()
        self.corpus, self.summary = None, {}
        self.table.setRowCount(0)
        self.found.setPlainText("")
        self.completeChanged.emit()

    def _on_way(self) -> None:
        self.building.setVisible(self.builds.isChecked())
        self.path.setVisible(self.chooses.isChecked())
        self._forget()
        self._say_run()

    def _on_split(self) -> None:
        key = self.split.currentData()
        self.leaks.setText(_SOUND_SPLITS.get(key) or LEAKS[key])

    def _on_add(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Folder of recordings and TextGrids"))
        if folder:
            self.add_folder(Path(folder))

    def _on_drop(self) -> None:
        self.folders.takeItem(self.folders.currentRow())
        self._forget()

    def _on_classes(self, index: int) -> None:
        if self.classes.itemData(index):
            return
        path, _ = QFileDialog.getOpenFileName(
            self, tr("Choose a class map"), "", tr("Class map (*.toml)")
        )
        if path:
            self.classes.insertItem(0, Path(path).name, path)
        self.classes.setCurrentIndex(0)


def _percent(name: str, value: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setAccessibleName(name)
    box.setRange(0.0, 90.0)
    box.setDecimals(1)
    box.setSuffix(" %")
    box.setValue(value)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    return box
