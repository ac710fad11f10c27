"""Puts the tools of the annotator together: finding, check list, correcting, keys."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QWidget

from vowelscope.app.finding import Finding
from vowelscope.app.workbench import Workbench
from vowelscope.ui.find_panel import FindPanel
from vowelscope.ui.find_verbs import FindVerbs
from vowelscope.ui.label_bar import LabelBar
from vowelscope.ui.theme import Theme
from vowelscope.ui.tool_dock import ToolDock


class EditingTools(QObject):
    """The docks on the left and all that they need, for one window."""

    def __init__(
        self, bench: Workbench, label_bar: LabelBar, editor: QWidget, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._window = window
        self._editor = editor
        self._label_bar = label_bar
        self._docks: list[ToolDock] = []
        session = bench.session
        self.finding = Finding(session, bench.jobs, self)
        self.find_panel = FindPanel(session, self.finding)
        find_dock = self._dock("Find and replace", "find", self.find_panel)
        self.verbs: dict[str, object] = {
            "find": FindVerbs(self.finding, find_dock, self.find_panel),
        }

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.find_panel.set_theme(theme)

    def bind(self, actions: Mapping[str, QAction]) -> None:
        """Take the window's actions, once they are made."""

    def _dock(self, title: str, name: str, widget: QWidget) -> ToolDock:
        dock = ToolDock(title, name, widget, self._window)
        self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        if self._docks:
            self._window.tabifyDockWidget(self._docks[-1], dock)
        dock.hide()
        dock.left.connect(self._editor.setFocus)
        self._docks.append(dock)
        return dock
