"""Puts training together: the dock of runs, the dialog of a new one, the chooser of models."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMainWindow, QWidget

from vowelscope.app.child_task import ChildTask
from vowelscope.app.training import Training, sentence_of
from vowelscope.app.workbench import Workbench
from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr
from vowelscope.ui.model_chooser import ModelChooser
from vowelscope.ui.run_wizard import RunWizard
from vowelscope.ui.theme import Theme
from vowelscope.ui.tool_dock import ToolDock
from vowelscope.ui.training_panel import TrainingPanel

_HEIGHT_PX = 320


class TrainingVerbs(QObject):
    """What the menu Training does; most of it to the run that is marked in the dock."""

    def __init__(
        self,
        bench: Workbench,
        training: Training,
        dock: ToolDock,
        panel: TrainingPanel,
        window: QWidget,
    ) -> None:
        super().__init__(dock)
        self._bench = bench
        self._training = training
        self._dock = dock
        self._panel = panel
        self._window = window
        panel.new_wanted.connect(self.new)

    def new(self) -> None:
        """Lead through a new run."""
        self._training.look()
        wizard = RunWizard(self._training, self._window)
        wizard.accepted.connect(self.show)
        wizard.open()

    def show(self) -> None:
        """Show the runs, the newest one first."""
        self._dock.bring()
        started = self._training.newest
        if started is not None:
            self._panel.show_run(started)

    def add(self) -> None:
        """Take up the run of a folder."""
        folder = QFileDialog.getExistingDirectory(self._window, tr("Folder of a run"))
        if not folder:
            return
        try:
            self._training.add(Path(folder))
        except UserError as error:
            self._bench.session.message.emit(str(error))
            return
        self._dock.bring()

    def resume(self) -> None:
        """Go on with the marked run."""
        self._panel.resume()

    def stop_after_epoch(self) -> None:
        """Stop the marked run at the end of this epoch."""
        self._panel.stop_after_epoch()

    def stop_now(self) -> None:
        """Stop the marked run."""
        self._panel.stop_now()

    def evaluate(self) -> None:
        """Test the marked run."""
        self._dock.bring()
        self._panel.evaluate()

    def open_report(self) -> None:
        """Show the report of the marked run."""
        self._panel.open_report()

    def use_model(self) -> None:
        """Explain with the model of the marked run."""
        self._panel.use_model()


class ModelVerbs(QObject):
    """Opens the chooser of models."""

    def __init__(self, bench: Workbench, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window

    def show(self) -> None:
        """Show the models."""
        ModelChooser(self._bench, self._window).open()


class TrainingTools(QObject):
    """The dock below the views, and the verbs by their group of ids."""

    def __init__(
        self, bench: Workbench, beside: ToolDock, editor: QWidget, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self.training = Training(bench.jobs, self)
        self.panel = TrainingPanel(bench, self.training)
        self.dock = ToolDock(tr("Training"), "training", self.panel, window)
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.dock)
        window.tabifyDockWidget(beside, self.dock)
        window.resizeDocks([self.dock], [_HEIGHT_PX], Qt.Orientation.Vertical)
        self.dock.hide()
        self.dock.left.connect(editor.setFocus)
        self.dock.visibilityChanged.connect(self.training.set_watched)
        self._session, self._window = bench.session, window
        self.training.ended.connect(self._on_ended)
        self.verbs: dict[str, object] = {
            "training": TrainingVerbs(bench, self.training, self.dock, self.panel, window),
            "models": ModelVerbs(bench, window),
        }

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.panel.set_theme(theme)

    def close(self) -> None:
        """The window closes: runs go on, what a dialog asked for does not."""
        self.training.shutdown()
        for task in self.findChildren(ChildTask):
            task.shutdown()
        wizard = self._window.findChild(RunWizard)
        if wizard is not None:
            wizard.reject()

    def _on_ended(self, folder: Path) -> None:
        said = sentence_of(self.training.story(folder))
        self._session.note.emit(tr("Run {name}: {said}").format(name=folder.name, said=said))
