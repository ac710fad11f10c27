"""What the check list does from the menu Edit."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vowelscope.ui.check_panel import CheckPanel
from vowelscope.ui.tool_dock import ToolDock


class CheckVerbs(QObject):
    """Opens the dock, and goes from finding to finding wherever the keyboard is."""

    def __init__(self, dock: ToolDock, panel: CheckPanel) -> None:
        super().__init__(dock)
        self._dock = dock
        self._panel = panel

    def show(self) -> None:
        """Show what the check list finds."""
        self._dock.bring()

    def next(self) -> None:
        """Go to the next finding."""
        self._step(1)

    def previous(self) -> None:
        """Go to the finding before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if not self._dock.is_seen:
            self.show()
        else:
            self._panel.step(by)
