"""Where the panels of a window stand: remembered, brought back, put back."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QSettings
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter, QToolBar

from vowelscope.app.settings import config_folder

_VERSION = 1
"""Of the panels; a state of another version is not used."""


class Panels(QObject):
    """Geometry, docks and splitter of one window; also the verb of View → Put all panels back."""

    def __init__(self, window: QMainWindow, splitter: QSplitter) -> None:
        super().__init__(window)
        self._window = window
        self._splitter = splitter
        self._first: tuple[QByteArray, QByteArray] | None = None
        self.is_kept = True
        """Whether the next window stands as this one does at its end."""

    def restore(self) -> None:
        """Stand as the window stood when it was closed."""
        window = self._window
        self._first = (window.saveState(_VERSION), self._splitter.saveState())
        store = self._store()
        # Another program, or an older version, may have written anything there.
        for key, restore in (
            ("geometry", window.restoreGeometry),
            ("splitter", self._splitter.restoreState),
        ):
            value = store.value(key)
            if isinstance(value, QByteArray):
                restore(value)
        docks = store.value("docks")
        if isinstance(docks, QByteArray):
            window.restoreState(docks, _VERSION)
        # A bar belongs to a mode that is switched on by hand.
        for bar in window.findChildren(QToolBar):
            bar.hide()

    def save(self) -> None:
        """Remember how the window stands."""
        if not self.is_kept:
            return
        store = self._store()
        store.setValue("geometry", self._window.saveGeometry())
        store.setValue("splitter", self._splitter.saveState())
        store.setValue("docks", self._window.saveState(_VERSION))

    def reset(self) -> None:
        """Put every panel where it stood at the first start."""
        if self._first is None:
            return
        shown = {bar: bar.isVisible() for bar in self._window.findChildren(QToolBar)}
        for dock in self._window.findChildren(QDockWidget):
            dock.setFloating(False)
        self._window.restoreState(self._first[0], _VERSION)
        self._splitter.restoreState(self._first[1])
        for bar, visible in shown.items():
            bar.setVisible(visible)

    def _store(self) -> QSettings:
        return QSettings(str(config_folder() / "window.ini"), QSettings.Format.IniFormat)
