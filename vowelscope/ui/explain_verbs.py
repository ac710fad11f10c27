"""What the menu Query → Explanation does."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from vowelscope.ui.compare_window import CompareWindow
from vowelscope.ui.cue_window import CueWindow
from vowelscope.ui.ledger_panel import LedgerPanel
from vowelscope.ui.maximise_window import MaximiseWindow
from vowelscope.ui.tuning_panel import TuningPanel


class LedgerVerbs(QObject):
    """Shows the formant ledger and writes it to a file."""

    def __init__(self, panel: LedgerPanel, bring: Callable[[], None]) -> None:
        super().__init__(panel)
        self._panel = panel
        self._bring = bring

    def show(self) -> None:
        """Show the ledger of the selected token."""
        self._bring()

    def export(self) -> None:
        """Write the ledger to a file."""
        self.show()
        self._panel.export()


class TuningVerbs(QObject):
    """Shows the spectral tuning, and starts or stops it."""

    def __init__(self, panel: TuningPanel, bring: Callable[[], None]) -> None:
        super().__init__(panel)
        self._panel = panel
        self._bring = bring

    def show(self) -> None:
        """Show the tuning of the selected token."""
        self._bring()

    def run(self) -> None:
        """Take bands away from the selected token, or stop doing so."""
        self._bring()
        self._panel.start_or_stop()


class MethodsVerbs(QObject):
    """Shows the window of methods."""

    def __init__(self, window: CompareWindow) -> None:
        super().__init__(window)
        self._window = window

    def show(self) -> None:
        """Show other methods side by side on the selected token."""
        self._window.bring()


class CueVerbs(QObject):
    """Shows the window that moves a cue."""

    def __init__(self, window: CueWindow) -> None:
        super().__init__(window)
        self._window = window

    def show(self) -> None:
        """Move one cue of the selected token, hear it, and ask the model."""
        self._window.bring()


class MaximiseVerbs(QObject):
    """Shows the window of activation maximisation."""

    def __init__(self, window: MaximiseWindow) -> None:
        super().__init__(window)
        self._window = window

    def show(self) -> None:
        """Change a spectrogram until the model scores a class highest."""
        self._window.bring()
