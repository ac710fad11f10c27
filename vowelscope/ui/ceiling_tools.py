"""Puts the automatic formant ceiling into a window: what is drawn, and its actions."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup

from vowelscope.app.ceilings import Ceilings
from vowelscope.app.workbench import Workbench
from vowelscope.ui.ceiling_overlay import CeilingOverlay
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.theme import Theme
from vowelscope.ui.tracks import TracksOverlay


class CeilingVerbs(QObject):
    """What View → Formant ceiling does."""

    def __init__(self, ceilings: Ceilings) -> None:
        super().__init__(ceilings)
        self._ceilings = ceilings

    def fixed(self) -> None:
        """The ceiling of the formant settings."""
        self._ceilings.set_scope("fixed")

    def token(self) -> None:
        """The ceiling that suits each token best."""
        self._ceilings.set_scope("token")

    def file(self) -> None:
        """The one ceiling that suits all tokens of the tier best."""
        self._ceilings.set_scope("file")

    def lower(self) -> None:
        """Take the candidate below for the selected token."""
        self._ceilings.step(-1)

    def higher(self) -> None:
        """Take the candidate above for the selected token."""
        self._ceilings.step(1)

    def automatic(self) -> None:
        """Forget what was taken by hand for the selected token."""
        self._ceilings.forget_choice()


class CeilingTools(QObject):
    """The overlay and the verbs of one window."""

    def __init__(
        self, bench: Workbench, plot: SpectrogramView, tracks: TracksOverlay, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self.ceilings = Ceilings(bench, self)
        self.overlay = CeilingOverlay(bench.session, self.ceilings, plot, tracks)
        self.verbs: dict[str, object] = {"ceiling": CeilingVerbs(self.ceilings)}
        self._by_scope: dict[str, QAction] = {}
        bench.settings_changed.connect(self._on_settings)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.overlay.set_theme(theme)

    def bind(self, actions: Mapping[str, QAction]) -> None:
        """Take the window's actions, once they are made."""
        group = QActionGroup(self)
        for scope in ("fixed", "token", "file"):
            self._by_scope[scope] = group.addAction(actions[f"ceiling.{scope}"])
        self._on_settings()

    def _on_settings(self) -> None:
        self._by_scope[self._bench.settings.ceiling_scope].setChecked(True)
