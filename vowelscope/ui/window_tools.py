"""Puts together what belongs to the window as a whole: figures, preferences, what comes back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow, QWidget

from vowelscope.app.workbench import Workbench
from vowelscope.ui.figure_verbs import FigureVerbs


class WindowTools(QObject):
    """The verbs by their group of ids, for one window."""

    def __init__(self, bench: Workbench, views: Sequence[QWidget], window: QMainWindow) -> None:
        super().__init__(window)
        self.verbs: dict[str, object] = {"figure": FigureVerbs(bench, views, window)}
