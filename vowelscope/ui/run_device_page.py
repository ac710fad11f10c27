"""Third step of a new run: where it runs, how long it would take, and what is about to start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
    QWizardPage,
)

from vowelscope.app.child_task import ChildTask
from vowelscope.app.training import Plan
from vowelscope.core.translation import tr
from vowelscope.ui.form_parts import fault, sentence

_GIB = 1 << 30
_SENTENCE_PX = 560
_GPUS_PX = 96
_SEVERAL = "several"
"""In the place of a device: those that are ticked."""


class DevicePage(QWizardPage):
    """Complete at once: where nothing is known, the child chooses.

    Parameters
    ----------
    plan
        Gives the run as the steps before have it.
    """

    def __init__(self, plan: Callable[[], Plan], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(tr("Device and start"))
        self.setSubTitle(
            tr("The run is a process of its own: it goes on when the window is closed.")
        )
        self._plan = plan
        self._asked = False
        self.finder = ChildTask(self)
        self.finder.told.connect(self._on_found)
        self.finder.failed.connect(self._on_failed)
        self.task = ChildTask(self)
        self.task.told.connect(self._on_told)
        self.task.done.connect(self._on_done)
        self.task.failed.connect(self._on_failed)
        self.device = QComboBox()
        self.device.setAccessibleName(tr("Device"))
        self.device.addItem(tr("Looking for GPUs…"), "")
        self.gpus = QListWidget()
        self.gpus.setAccessibleName(tr("GPUs that share the run"))
        self.gpus.setMaximumHeight(_GPUS_PX)
        self.sharing = sentence(tr("What it means to share a run"))
        self.sharing.setMinimumWidth(_SENTENCE_PX)
        self.sharing.setText(
            tr(
                "One process a GPU. They share the images of each step; batch norm takes its "
                "statistics of what each has of them."
            )
        )
        self.run = QPushButton()
        self.run.setAutoDefault(False)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Steps that were timed"))
        self.estimate = sentence(tr("How long the run would take"))
        self.summary = sentence(tr("What will be started"))
        self.estimate.setMinimumWidth(_SENTENCE_PX)
        self.error = fault()
        line = QHBoxLayout()
        line.addWidget(self.run)
        line.addWidget(self.progress, 1)
        line.addStretch(0)
        form = QFormLayout()
        form.addRow(tr("&Device"), self.device)
        form.addRow(tr("&GPUs"), self.gpus)
        form.addRow("", self.sharing)
        form.addRow(tr("Time"), line)
        form.addRow("", self.estimate)
        form.addRow(tr("Run"), self.summary)
        self._form = form
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.error)
        column.addStretch(1)
        self.run.clicked.connect(self.start_or_stop)
        self.device.activated.connect(self._on_device)
        self.gpus.itemChanged.connect(self._on_device)
        self._on_device()
        self._show_busy(False)

    @property
    def chosen(self) -> str:
        """What `Plan.device` is."""
        held = str(self.device.currentData() or "")
        if held != _SEVERAL:
            return held
        items = [self.gpus.item(row) for row in range(self.gpus.count())]
        ticked = [item for item in items if item.checkState() == Qt.CheckState.Checked]
        return ",".join(item.data(Qt.ItemDataRole.UserRole) for item in ticked)

    def isComplete(self) -> bool:
        """Whether there is a device; before any is found, the child chooses."""
        return self.device.currentData() != _SEVERAL or bool(self.chosen)

    def initializePage(self) -> None:
        """Look for devices the first time; say what would be started."""
        if not self._asked:
            self._asked = True
            self.finder.start(["devices"])
        self._forget()
        plan = self._plan()
        self.summary.setText(
            tr("Corpus: {corpus}\nPreset: {preset}\nFolder: {folder}").format(
                corpus=plan.corpus, preset=plan.preset, folder=plan.folder
            )
        )

    def cleanupPage(self) -> None:
        """Back: what would be timed is another run."""
        self.task.cancel()
        self._show_busy(False)

    def start_or_stop(self) -> None:
        """Time some steps, or stop to."""
        if self.task.is_running:
            self.task.cancel()
            self._show_busy(False)
            self.estimate.setText("")
            return
        self.error.hide()
        self.estimate.setText(tr("Some steps of the real network on real images are timed…"))
        devices = self.chosen.split(",")
        shared = ["--processes", str(len(devices))] if len(devices) > 1 else []
        self.task.start(["estimate", *self._plan().words(), *shared], devices[0])
        self._show_busy(self.task.is_running)

    def _show_busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        self.progress.setRange(0, 0)
        self.run.setText(tr("&Cancel") if busy else tr("&Estimate"))

    def _forget(self) -> None:
        self.task.cancel()
        self._show_busy(False)
        self.error.hide()
        self.estimate.setText(tr("Not estimated yet."))

    def _on_device(self) -> None:
        several = self.device.currentData() == _SEVERAL
        for field in (self.gpus, self.sharing):
            self._form.setRowVisible(field, several)
        self._forget()
        self.completeChanged.emit()

    def _on_found(self, event: dict[str, Any]) -> None:
        if event["event"] != "devices":
            return
        self.device.clear()
        best = 0
        for index, found in enumerate(event["devices"]):
            self.device.addItem(_words(found), found["device"])
            if found["device"] != "cpu" and not best:
                best = index
        gpus = [found for found in event["devices"] if found["device"] != "cpu"]
        if len(gpus) > 1:
            self.device.addItem(tr("Several GPUs…"), _SEVERAL)
        self.gpus.clear()
        for found in gpus:
            item = QListWidgetItem(_words(found))
            item.setData(Qt.ItemDataRole.UserRole, found["device"])
            item.setCheckState(Qt.CheckState.Checked)
            self.gpus.addItem(item)
        self.device.setCurrentIndex(best)
        self._on_device()

    def _on_told(self, event: dict[str, Any]) -> None:
        if event["event"] == "estimate_progress":
            self.progress.setRange(0, event["total"])
            self.progress.setValue(event["done"])
        elif event["event"] == "estimate":
            slowest = max(event["stages"], key=lambda stage: stage["step_s"])
            self.estimate.setText(
                tr(
                    "About {time}: {steps:,} steps of up to {step_s:.2g} s, spectrograms "
                    "{features}. An estimate, from a few steps timed just now; validation and "
                    "other work on this computer come on top."
                ).format(
                    time=duration_words(event["seconds"]),
                    steps=event["steps"],
                    step_s=slowest["step_s"],
                    features=duration_words(event["features_s"]),
                )
            )

    def _on_done(self) -> None:
        self._show_busy(False)

    def _on_failed(self, said: str) -> None:
        self._show_busy(False)
        self.estimate.setText("")
        self.error.setText(said)
        self.error.show()
        if self.device.count() == 1 and not self.device.currentData():
            self.device.setItemText(0, tr("The first that is found"))


def duration_words(seconds: float) -> str:
    """A duration in at most two units."""
    if seconds < 90:
        return tr("{seconds:.0f} s").format(seconds=max(1.0, seconds))
    minutes = seconds / 60
    if minutes < 90:
        return tr("{minutes:.0f} min").format(minutes=minutes)
    hours = minutes / 60
    if hours < 36:
        return tr("{hours:.1f} h").format(hours=hours)
    return tr("{days:.1f} days").format(days=hours / 24)


def _words(found: dict[str, Any]) -> str:
    free, total = found["free_bytes"] / _GIB, found["memory_bytes"] / _GIB
    if found["device"] == "cpu":
        return tr("Processor ({cores} cores, {free:.1f} of {total:.1f} GiB free)").format(
            cores=found["cores"], free=free, total=total
        )
    return tr("{name} ({device}, {free:.1f} of {total:.1f} GiB free)").format(
        name=found["name"], device=found["device"], free=free, total=total
    )
