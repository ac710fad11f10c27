"""What the queue does from the menu Edit."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vowelscope.ui.queue_panel import QueuePanel
from vowelscope.ui.tool_dock import ToolDock


class QueueVerbs(QObject):
    """Opens the dock, and goes from token to token wherever the keyboard is."""

    def __init__(self, dock: ToolDock, panel: QueuePanel) -> None:
        super().__init__(dock)
        self._dock = dock
        self._panel = panel

    def show(self) -> None:
        """Show the queue."""
        self._dock.bring()
        if not self._panel.table.model().rowCount():
            self._panel.run.setFocus()

    def next(self) -> None:
        """Go to the next token of the queue."""
        self._panel.step(1)

    def previous(self) -> None:
        """Go to the token of the queue before."""
        self._panel.step(-1)
