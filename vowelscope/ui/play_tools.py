"""Puts what plays and records into a window: verbs, menus, meter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from vowelscope.app.listening import Listening
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.heard_cells import HeardCells
from vowelscope.ui.level_meter import LevelMeter
from vowelscope.ui.play_verbs import PlayVerbs
from vowelscope.ui.record_dialog import RecordDialog
from vowelscope.ui.sound_menus import DeviceMenu, HeardMenu
from vowelscope.ui.theme import Theme
from vowelscope.ui.timeline import TimePlot

OpenPaths = Callable[[list[Path]], None]


class RecordVerbs(QObject):
    """Records into a new file, which is then opened."""

    def __init__(
        self, bench: Workbench, listening: Listening, open_paths: OpenPaths, window: QWidget
    ) -> None:
        super().__init__(window)
        self._bench = bench
        self._listening = listening
        self._open_paths = open_paths
        self._window = window

    def open(self) -> None:
        """Show the recorder."""
        self._listening.stop()
        RecordDialog(self._bench, self._on_recorded, self._window).open()

    def _on_recorded(self, path: Path) -> None:
        self._open_paths([path])


class PlayTools(QObject):
    """The verbs by their group of ids, the meter in the status bar, and two menus."""

    def __init__(
        self, bench: Workbench, plot: TimePlot, open_paths: OpenPaths, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window
        self.listening = Listening(bench, self)
        self.heard_cells = HeardCells(bench.session, self.listening, plot)
        self.meter = LevelMeter(tr("Level of what is played"))
        bench.player.level_changed.connect(self.meter.show_level)
        self.verbs: dict[str, object] = {
            "play": PlayVerbs(bench, self.listening, window),
            "record": RecordVerbs(bench, self.listening, open_paths, window),
        }
        self._loop: QAction | None = None
        self._speeds: dict[int, QAction] = {}

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.meter.set_theme(theme)
        self.heard_cells.set_theme(theme)

    def bind(self, actions: Mapping[str, QAction], menus: Mapping[str, QMenu]) -> None:
        """Take the window's actions and menus, once they are made."""
        self._window.statusBar().addPermanentWidget(self.meter)
        self._loop = actions["play.loop"]
        group = QActionGroup(self)
        for percent in (100, 75, 50, 25):
            self._speeds[percent] = group.addAction(actions[f"play.speed:{percent}"])
        menus["&Play"].addSeparator()
        menus["&Play"].addMenu(HeardMenu(self._bench.session, self._window))
        menus["&Play"].addMenu(DeviceMenu(self._bench, self._window))
        self.listening.loop_changed.connect(self._loop.setChecked)
        self.listening.speed_changed.connect(self._on_speed)
        self._on_speed(self.listening.speed)

    def _on_speed(self, speed: float) -> None:
        self._speeds[round(100 * speed)].setChecked(True)
