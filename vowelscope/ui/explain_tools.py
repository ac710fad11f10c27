"""Puts what explains together: the docks of ledger and tuning below the inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from vowelscope.app.comparing import Comparing
from vowelscope.app.ledgering import Ledgering
from vowelscope.app.maximising import Maximising
from vowelscope.app.moving_cue import MovingCue
from vowelscope.app.sweeping import Sweeping
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.chart_panel import ChartPanel
from vowelscope.ui.compare_window import CompareWindow
from vowelscope.ui.cue_window import CueWindow
from vowelscope.ui.explain_verbs import (
    CueVerbs,
    LedgerVerbs,
    MaximiseVerbs,
    MethodsVerbs,
    TuningVerbs,
)
from vowelscope.ui.ledger_panel import LedgerPanel
from vowelscope.ui.maximise_window import MaximiseWindow
from vowelscope.ui.theme import Theme
from vowelscope.ui.tool_dock import ToolDock
from vowelscope.ui.tuning_panel import TuningPanel

if TYPE_CHECKING:
    from vowelscope.explain.cue_plane import CuePlane

_HEIGHT_PX = 410
_LEAST_PX = 300


class ExplainTools(QObject):
    """Each works only while it is to be seen."""

    def __init__(
        self, bench: Workbench, editor: QWidget, inspector: QDockWidget, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._window, self._inspector = window, inspector
        self.ledgering = Ledgering(bench, self)
        self.ledger_panel = LedgerPanel(bench, self.ledgering)
        self.ledger_dock = ToolDock(tr("Formant ledger"), "ledger", self.ledger_panel, window)
        # Below the inspector, not in a tab of its place: the map chooser decides what is split.
        side, below = Qt.DockWidgetArea.RightDockWidgetArea, Qt.Orientation.Vertical
        window.addDockWidget(side, self.ledger_dock, below)
        self.ledger_dock.visibilityChanged.connect(self.ledgering.set_shown)
        self.sweeping = Sweeping(bench, self)
        self.tuning_panel = TuningPanel(bench, self.sweeping)
        self.tuning_dock = ToolDock(tr("Spectral tuning"), "tuning", self.tuning_panel, window)
        window.addDockWidget(side, self.tuning_dock, below)
        window.tabifyDockWidget(self.ledger_dock, self.tuning_dock)
        for dock in (self.ledger_dock, self.tuning_dock):
            dock.hide()
            dock.left.connect(editor.setFocus)
        self.comparing = Comparing(bench, self)
        self.compare = CompareWindow(bench, self.comparing, window)
        self.moving = MovingCue(bench, self)
        self._plane: CuePlane | None = None
        self.moving.changed.connect(self._on_moving)
        self.cue = CueWindow(bench, self.moving, window)
        self.maximising = Maximising(bench, self)
        self.maximise = MaximiseWindow(bench, self.maximising, window)
        self.verbs: dict[str, object] = {
            "ledger": LedgerVerbs(self.ledger_panel, self._ledger),
            "tuning": TuningVerbs(self.tuning_panel, self._tuning),
            "methods": MethodsVerbs(self.compare),
            "cue": CueVerbs(self.cue),
            "maximise": MaximiseVerbs(self.maximise),
        }

    def _on_moving(self) -> None:
        """The boundaries that were found are drawn on the vowel chart as well."""
        plane = self.moving.plane
        chart = self._window.findChild(ChartPanel)
        if plane is not self._plane and isinstance(chart, ChartPanel):
            self._plane = plane
            none = np.empty((0, 2))
            chart.show_boundaries(none if plane is None else plane.boundaries())

    def _bring(self, dock: ToolDock) -> None:
        """Show a dock with room for its rows; who has dragged it higher keeps that."""
        hidden = dock.isHidden()
        dock.bring()
        if hidden and not dock.isFloating() and dock.height() < _LEAST_PX:
            both = dock.height() + self._inspector.height()
            heights = [max(both - _HEIGHT_PX, both // 2), _HEIGHT_PX]
            self._window.resizeDocks([self._inspector, dock], heights, Qt.Orientation.Vertical)

    def _ledger(self) -> None:
        self._bring(self.ledger_dock)

    def _tuning(self) -> None:
        self._bring(self.tuning_dock)

    @property
    def is_busy(self) -> bool:
        """True while something that is to be seen is still computed."""
        work = (self.sweeping, self.comparing, self.moving, self.maximising)
        return self.ledgering.is_busy or any(one.is_running for one in work)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.ledger_panel.set_theme(theme)
        self.tuning_panel.set_theme(theme)
        self.compare.set_theme(theme)
        self.cue.set_theme(theme)
        self.maximise.set_theme(theme)
