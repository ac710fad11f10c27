"""Puts together what belongs to the window as a whole: figures, panels, what comes back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QSplitter, QWidget

from vowelscope.app.last_session import LastSession, Reopening
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.figure_verbs import FigureVerbs
from vowelscope.ui.focus_ring import ring_of
from vowelscope.ui.panels import Panels
from vowelscope.ui.preferences import PreferencesVerbs


class WindowTools(QObject):
    """The verbs by their group of ids, and what a start without files does."""

    def __init__(
        self,
        bench: Workbench,
        views: Sequence[QWidget],
        splitter: QSplitter,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window
        self.panels = Panels(window, splitter)
        self.reopening = Reopening(bench, parent=self)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.ring = ring_of(app)
        self.verbs: dict[str, object] = {
            "figure": FigureVerbs(bench, views, window),
            "panels": self.panels,
            "preferences": PreferencesVerbs(bench, window),
        }

    def begin(self, with_files: bool) -> None:
        """Remember this window's session; without files of its own, bring the last one back."""
        self.reopening.keep()
        how = self._bench.settings.window.reopen
        last = None if with_files or how == "never" else self.reopening.last()
        if last is None:
            return
        if how == "always":
            self.reopening.reopen(last)
        else:
            self._ask(last)

    def restore(self) -> None:
        """Stand as the last window did; a picture is the same for everybody."""
        if not self._bench.only_looks:
            self.panels.restore()

    def close(self) -> None:
        """Remember where all stands."""
        self.panels.save()
        self.reopening.close()

    def _ask(self, last: LastSession) -> None:
        box = QMessageBox(self._window)
        box.setObjectName("reopen")
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Open again"))
        box.setText(tr("Open what was open last?\n\n{audio}").format(audio=last.audio))
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
        box.setDefaultButton(QMessageBox.StandardButton.Yes)
        self._asked = last
        box.accepted.connect(self._on_yes)
        box.open()

    def _on_yes(self) -> None:
        self.reopening.reopen(self._asked)
