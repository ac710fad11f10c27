"""What finding does from the menu Edit."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vowelscope.app.finding import Finding
from vowelscope.ui.find_panel import FindPanel
from vowelscope.ui.tool_dock import ToolDock


class FindVerbs(QObject):
    """Opens the dock, and goes from hit to hit wherever the keyboard is."""

    def __init__(self, finding: Finding, dock: ToolDock, panel: FindPanel) -> None:
        super().__init__(dock)
        self._finding = finding
        self._dock = dock
        self._panel = panel

    def open(self) -> None:
        """Find and replace labels."""
        self._dock.bring()
        self._panel.start()

    def next(self) -> None:
        """Go to the next hit."""
        self._step(backwards=False)

    def previous(self) -> None:
        """Go to the hit before."""
        self._step(backwards=True)

    def _step(self, backwards: bool) -> None:
        if self._finding.query is None:
            self.open()
        else:
            self._finding.next(backwards)
