"""Second step of a new run: the preset, and what people change of it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
    QWizardPage,
)

from vowelscope.app.child_task import ChildTask
from vowelscope.app.run_index import RUN_NAME, default_runs_folder
from vowelscope.core.translation import tr
from vowelscope.ui.form_parts import PathRow, fault, sentence
from vowelscope.ui.run_network import NetworkChoice

_STARTS = (
    ("", tr("As the preset says")),
    ("scratch", tr("From scratch")),
    ("imagenet", tr("ImageNet (fetched once)")),
    ("bundled", tr("The model in the box")),
    ("file", tr("A model folder, or a safetensors file…")),
)
_SENTENCE_PX = 560
_USUAL = "vowels-8k"
"""What `vowelscope train` takes where no preset is named: made for machines without a GPU."""


class ExperimentPage(QWizardPage):
    """Complete once a preset is known, and the folder of the run is free."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(tr("Experiment"))
        self.setSubTitle(tr("A preset decides everything about a run; change what you need to."))
        self.classes = ""
        self._named = ""
        self._wanted = ""
        self.task = ChildTask(self)
        self.task.told.connect(self._on_told)
        self.task.failed.connect(self._on_failed)
        self._make_fields()
        self._lay_out()

    def _make_fields(self) -> None:
        self.preset = QComboBox()
        self.preset.setAccessibleName(tr("Preset"))
        self.other = QPushButton(tr("A preset &file…"))
        self.other.setAutoDefault(False)
        self.about = sentence(tr("What the preset does"))
        self.about.setMinimumWidth(_SENTENCE_PX)
        self.network = NetworkChoice()
        self.start = QComboBox()
        self.start.setAccessibleName(tr("What the network starts from"))
        for key, words in _STARTS:
            self.start.addItem(words, key)
        self.file = PathRow(
            tr("Weights to start from"),
            "open",
            tr("Choose weights, or model.json of a model"),
            tr("Weights (*.safetensors model.json)"),
        )
        self.file.hide()
        self.length = QDoubleSpinBox()
        self.length.setAccessibleName(tr("Length of the training, times the preset's"))
        self.length.setRange(0.001, 100.0)
        self.length.setDecimals(3)
        self.length.setPrefix("× ")
        self.length.setValue(1.0)
        self.length_words = QLabel()
        self.batch = QSpinBox()
        self.batch.setAccessibleName(tr("Tokens of an optimiser step"))
        self.batch.setRange(1, 4096)
        self.rate = QDoubleSpinBox()
        self.rate.setAccessibleName(tr("Learning rate, times the preset's"))
        self.rate.setRange(0.001, 1000.0)
        self.rate.setDecimals(3)
        self.rate.setPrefix("× ")
        self.rate.setValue(1.0)
        self.rate_words = QLabel()
        self.tensorboard = QCheckBox(tr("&TensorBoard files too"))
        self.tensorboard.setToolTip(tr("In the folder tensorboard of the run, for that program"))
        if importlib.util.find_spec("tensorboard") is None:
            self.tensorboard.setEnabled(False)
            self.tensorboard.setToolTip(
                tr("Needs the package tensorboard: pip install 'vowelscope[tensorboard]'")
            )
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name of the run"))
        self.parent_folder = PathRow(
            tr("Folder of runs"), "folder", tr("Folder in which the run has its folder")
        )
        self.parent_folder.line.setText(str(default_runs_folder()))
        self.error = fault()
        self.loading = sentence(tr("What is going on"))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("&Preset"), _beside(self.preset, self.other, buddy=self.preset))
        form.addRow("", self.about)
        form.addRow(tr("Net&work"), self.network)
        form.addRow(tr("&Start"), self.start)
        form.addRow("", self.file)
        form.addRow(tr("&Length"), _beside(self.length, self.length_words, buddy=self.length))
        form.addRow(tr("Batc&h"), self.batch)
        form.addRow(tr("Learning &rate"), _beside(self.rate, self.rate_words, buddy=self.rate))
        form.addRow(tr("Na&me"), self.name)
        form.addRow(tr("F&older"), self.parent_folder)
        form.addRow("", self.tensorboard)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.loading)
        column.addWidget(self.error)
        column.addStretch(1)
        self.preset.currentIndexChanged.connect(self._on_preset)
        self.other.clicked.connect(self._on_other)
        self.start.currentIndexChanged.connect(self._on_start)
        self.length.valueChanged.connect(self._say)
        self.rate.valueChanged.connect(self._say)
        self.name.textChanged.connect(self._check)
        self.parent_folder.changed.connect(self._check)
        self.file.changed.connect(self._check)

    def initializePage(self) -> None:
        """Ask for the presets the first time."""
        if not self.preset.count() and not self.task.is_running:
            self.loading.setText(tr("Looking for presets…"))
            self.task.start(["presets"])
        self._say()

    def take_file(self, path: Path) -> None:
        """Take a preset of the user's own, once it is checked."""
        self._wanted = str(path)
        self.error.hide()
        self.loading.setText(tr("Checking the preset…"))
        self.task.start(["presets", str(path.absolute())])

    @property
    def facts(self) -> dict[str, Any]:
        """What is known of the chosen preset; {} before any is."""
        found: dict[str, Any] | None = self.preset.currentData()
        return found or {}

    @property
    def folder(self) -> Path:
        """Of the run."""
        return Path(self.parent_folder.text) / self.name.text().strip()

    @property
    def start_words(self) -> str:
        """What `Plan.start` is."""
        key = str(self.start.currentData())
        if key != "file":
            return key
        path = Path(self.file.text)
        return f"file:{path.parent if path.name == 'model.json' else path}"

    @property
    def batch_size(self) -> int | None:
        """The batch, where it is not the preset's."""
        return None if self.batch.value() == self.facts.get("batch") else self.batch.value()

    @property
    def writes_tensorboard(self) -> bool | None:
        """Whether the run writes TensorBoard files, where it is not as the preset says."""
        wanted = self.tensorboard.isChecked()
        return None if wanted == self.facts.get("tensorboard") else wanted

    def isComplete(self) -> bool:
        """Whether the run could be started."""
        return bool(self.facts) and not self._problem()

    def _problem(self) -> str:
        name = self.name.text().strip()
        if not name or name in (".", "..") or any(c in name for c in '/\\:*?"<>|'):
            return tr("The run needs a name that can be a folder's.")
        if not self.parent_folder.text or not Path(self.parent_folder.text).is_absolute():
            return tr("Choose the folder that the run's folder goes into.")
        if (self.folder / RUN_NAME).exists():
            return tr("There is a run of that name; choose another.")
        if self.start.currentData() == "file" and not Path(self.file.text or "…").exists():
            return tr("{path}: there is no such file.").format(path=self.file.text or "…")
        return ""

    def _check(self) -> None:
        problem = self._problem() if self.facts else ""
        self.error.setText(problem)
        self.error.setVisible(bool(problem))
        self.completeChanged.emit()

    def _on_told(self, event: dict[str, Any]) -> None:
        if event["event"] != "preset":
            return
        self.loading.setText("")
        title = f"{event['name']}  ({event['architecture']}, 0-{event['f_max_hz']:,.0f} Hz)"
        if event["bundled"]:
            self.preset.addItem(title, event)
            # One that fits the corpus and goes without a download.
            fits = event["classes"] == self.classes and event["start"] == "scratch"
            if fits and (event["name"] == _USUAL or self.facts.get("start") != "scratch"):
                self.preset.setCurrentIndex(self.preset.count() - 1)
        else:
            self.preset.insertItem(0, title, event)
            self.preset.setCurrentIndex(0)
        self._on_preset()

    def _on_failed(self, said: str) -> None:
        self.loading.setText("")
        self.error.setText(said)
        self.error.show()

    def _on_preset(self) -> None:
        facts = self.facts
        if not facts:
            return
        self.network.take(facts)
        self.batch.setValue(int(facts["batch"]))
        self.tensorboard.setChecked(bool(facts["tensorboard"]))
        self.start.setItemText(0, f"{_STARTS[0][1]} ({facts['start']})")
        if self.name.text() == self._named:
            self._named = self._free_name(str(facts["name"]))
            self.name.setText(self._named)
        said = str(facts["description"])
        if self.classes and facts["classes"] != self.classes:
            said = (
                tr("⚠ It is for the class map {wanted}; the corpus has {has}.").format(
                    wanted=facts["classes"], has=self.classes
                )
                + " "
                + said
            )
        self.about.setText(said)
        self._say()
        self._check()

    def _free_name(self, name: str) -> str:
        number, parent = 1, Path(self.parent_folder.text)
        while (parent / f"{name}-{number}").exists():
            number += 1
        return f"{name}-{number}"

    def _say(self) -> None:
        facts = self.facts
        if not facts:
            return
        length, stages = self.length.value(), facts["stages"]
        steps = sum(max(1, round(s["steps"] * length)) for s in stages if s["steps"])
        epochs = sum(s["epochs"] * length for s in stages)
        parts = [tr("{steps:,} steps").format(steps=steps)] if steps else []
        parts += [tr("{epochs:g} epochs").format(epochs=epochs)] if epochs else []
        self.length_words.setText(", ".join(parts))
        self.rate_words.setText(
            tr("{rate:.2g} at its highest").format(rate=facts["lr"] * self.rate.value())
        )

    def _on_start(self) -> None:
        self.file.setVisible(self.start.currentData() == "file")
        self._check()

    def _on_other(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, tr("Choose a preset"), "", tr("Preset (*.toml)")
        )
        if path:
            self.take_file(Path(path))


def _beside(first: QWidget, second: QWidget, buddy: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(first, 1 if isinstance(first, QComboBox) else 0)
    row.addWidget(second)
    if not isinstance(first, QComboBox):
        row.addStretch(1)
    holder.setFocusProxy(buddy)
    return holder
