"""Puts the tools of the annotator together: finding, check list, correcting, keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QWidget

from vowelscope.app.checking import Checking
from vowelscope.app.correcting import Correcting
from vowelscope.app.finding import Finding
from vowelscope.app.model_queue import ModelQueue
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.action_row import ActionRow
from vowelscope.ui.check_panel import CheckPanel
from vowelscope.ui.check_verbs import CheckVerbs
from vowelscope.ui.correct_verbs import CorrectVerbs
from vowelscope.ui.correction_bar import CorrectionBar
from vowelscope.ui.find_panel import FindPanel
from vowelscope.ui.find_verbs import FindVerbs
from vowelscope.ui.go_verbs import GoVerbs
from vowelscope.ui.key_verbs import KeyVerbs
from vowelscope.ui.label_bar import LabelBar
from vowelscope.ui.queue_panel import QueuePanel
from vowelscope.ui.queue_verbs import QueueVerbs
from vowelscope.ui.symbol_verbs import SymbolVerbs
from vowelscope.ui.theme import Theme
from vowelscope.ui.tool_dock import ToolDock
from vowelscope.ui.typed_label import TypedLabel


class EditingTools(QObject):
    """The docks on the left and all that they need, for one window."""

    def __init__(
        self, bench: Workbench, label_bar: LabelBar, editor: QWidget, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window
        self._editor = editor
        self._docks: list[ToolDock] = []
        session = bench.session
        TypedLabel(session, label_bar.field, editor)
        self.finding = Finding(session, bench.jobs, self)
        self.find_panel = FindPanel(session, self.finding)
        find_dock = self._dock(tr("Find and replace"), "find", self.find_panel)
        find_dock.visibilityChanged.connect(self.finding.set_shown)
        editing = bench.settings.editing
        self.checking = Checking(session, bench.jobs, editing.check_list, self)
        self.check_panel = CheckPanel(session, self.checking)
        self.check_panel.check_list_chosen.connect(self._on_check_list)
        check_dock = self._dock(tr("Check list"), "checks", self.check_panel)
        check_dock.visibilityChanged.connect(self.checking.set_shown)
        self.correcting = Correcting(bench, self)
        self.correction_bar = CorrectionBar(bench, self.correcting, window)
        self.correction_bar.left.connect(editor.setFocus)
        window.addToolBar(self.correction_bar)
        self.correction_bar.hide()
        self.queue = ModelQueue(bench, self)
        self.queue_panel = QueuePanel(session, self.queue, self.correcting)
        queue_dock = self._dock(tr("Queue"), "queue", self.queue_panel)
        self.keys = KeyVerbs(bench, window)
        bench.settings_changed.connect(self._on_settings)
        self.verbs: dict[str, object] = {
            "find": FindVerbs(self.finding, find_dock, self.find_panel),
            "checks": CheckVerbs(check_dock, self.check_panel),
            "go": GoVerbs(bench, self),
            "correct": CorrectVerbs(self.correcting, label_bar, self.correction_bar),
            "queue": QueueVerbs(queue_dock, self.queue_panel),
            "symbol": SymbolVerbs(bench, label_bar, window),
            "keys": self.keys,
        }

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        for part in (self.find_panel, self.check_panel):
            part.set_theme(theme)

    def bind(self, rows: Sequence[ActionRow], actions: Mapping[str, QAction]) -> None:
        """Take the window's actions, once they and the docks are made."""
        self.keys.bind(rows, actions)
        self.correction_bar.set_actions(actions)
        self._mode = actions["correct.mode"]
        self.correcting.changed.connect(self._on_correcting)

    def _on_correcting(self) -> None:
        self._mode.setChecked(self.correcting.is_on)

    def _on_settings(self) -> None:
        chosen = self._bench.settings.editing.check_list
        if chosen != self.checking.check_list:
            self.checking.set_check_list(chosen)

    def _on_check_list(self, name_or_path: str) -> None:
        self.checking.set_check_list(name_or_path)
        editing = self._bench.settings.editing
        self._bench.set_editing(replace(editing, check_list=name_or_path))

    def _dock(self, title: str, name: str, widget: QWidget) -> ToolDock:
        dock = ToolDock(title, name, widget, self._window)
        self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        if self._docks:
            self._window.tabifyDockWidget(self._docks[-1], dock)
        dock.hide()
        dock.left.connect(self._editor.setFocus)
        self._docks.append(dock)
        return dock
