"""What the menu Query does with the log, the vowel chart and the spectral slice."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vowelscope.app.query_log import QueryLog
from vowelscope.ui.chart_panel import ChartPanel
from vowelscope.ui.log_panel import LogPanel
from vowelscope.ui.slice_window import SliceWindow
from vowelscope.ui.tool_dock import ToolDock


class LogVerbs(QObject):
    """Logs, and shows what was logged."""

    def __init__(self, log: QueryLog, dock: ToolDock, panel: LogPanel) -> None:
        super().__init__(dock)
        self._log = log
        self._dock = dock
        self._panel = panel

    def add(self) -> None:
        """Log the cursor or the selection."""
        self._log.log()

    def show(self) -> None:
        """Show the log."""
        self._log.load()
        self._dock.bring()

    def columns(self) -> None:
        """Choose the columns."""
        self.show()
        self._panel.choose_columns()

    def export(self) -> None:
        """Write the log to a file."""
        self.show()
        self._panel.export()


class ChartVerbs(QObject):
    """Shows the vowel chart and draws it into a file."""

    def __init__(self, dock: ToolDock, panel: ChartPanel) -> None:
        super().__init__(dock)
        self._dock = dock
        self._panel = panel

    def show(self) -> None:
        """Show the chart of the tier of vowels."""
        self._dock.bring()

    def export(self) -> None:
        """Draw the chart into a file."""
        self.show()
        self._panel.export()


class SliceVerbs(QObject):
    """Shows the spectral slice."""

    def __init__(self, window: SliceWindow) -> None:
        super().__init__(window)
        self._window = window

    def show(self) -> None:
        """Show the spectrum at the cursor or of the selection."""
        self._window.bring()
