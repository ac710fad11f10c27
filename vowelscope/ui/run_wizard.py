"""Training → New run: corpus, experiment, device, start."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget, QWizard

from vowelscope.app.training import Plan, Training
from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr
from vowelscope.ui.run_corpus_page import CorpusPage
from vowelscope.ui.run_device_page import DevicePage
from vowelscope.ui.run_experiment_page import ExperimentPage


class RunWizard(QWizard):
    """Starts a run at its end; what is computed on the way is stopped when it is closed."""

    def __init__(self, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new_run")
        self.setWindowTitle(tr("New run"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWizardStyle(QWizard.WizardStyle.ClassicStyle)
        self.setOption(QWizard.WizardOption.NoBackButtonOnStartPage)
        self._training = training
        self.corpus = CorpusPage()
        self.experiment = ExperimentPage()
        self.device = DevicePage(self.plan)
        for page in (self.corpus, self.experiment, self.device):
            self.addPage(page)
        self.setButtonText(QWizard.WizardButton.FinishButton, tr("Start &training"))
        self.currentIdChanged.connect(self._on_page)
        self.finished.connect(self._on_finished)
        self.resize(760, 640)

    def plan(self) -> Plan:
        """The run as the steps have it."""
        experiment = self.experiment
        assert self.corpus.corpus is not None
        return Plan(
            corpus=self.corpus.corpus,
            preset=str(experiment.facts["path"]),
            folder=experiment.folder,
            architecture=experiment.network.architecture,
            start=experiment.start_words,
            batch=experiment.batch_size,
            lr_scale=experiment.rate.value(),
            steps_scale=experiment.length.value(),
            device=self.device.chosen,
            tensorboard=experiment.writes_tensorboard,
        )

    def accept(self) -> None:
        """Start the run; stay where it cannot be started."""
        try:
            self._training.start(self.plan())
        except UserError as error:
            self.device.error.setText(str(error))
            self.device.error.show()
            return
        super().accept()

    def _on_page(self, _id: int) -> None:
        info = self.corpus.summary.get("info", {})
        self.experiment.classes = str(info.get("class_map", {}).get("name", ""))

    def validateCurrentPage(self) -> bool:
        """Say which classes the corpus has before the presets are shown."""
        self._on_page(0)
        return super().validateCurrentPage()

    def _on_finished(self) -> None:
        for task in (self.corpus.task, self.experiment.task, self.device.finder, self.device.task):
            task.cancel()
            # Its child may need a moment to put its files away, longer than the dialog lives.
            task.setParent(self._training)
