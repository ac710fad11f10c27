"""Puts the corpus browser of a window together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vowelscope.app.browsing import Browsing
from vowelscope.app.corpus_charting import CorpusCharting
from vowelscope.app.workbench import Workbench
from vowelscope.ui.corpus_browser import CorpusBrowser
from vowelscope.ui.filters_window import FilterTools
from vowelscope.ui.theme import Theme


class CorpusTools(QObject):
    """The browser, and what it shows."""

    def __init__(
        self,
        bench: Workbench,
        open_paths: Callable[[list[Path]], None],
        play: Callable[[float, float], object],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self.browsing = Browsing(bench, open_paths, play, self)
        self.charting = CorpusCharting(bench, self.browsing, self)
        self.browser = CorpusBrowser(self.browsing, self.charting, window)
        self.filters = FilterTools(bench, open_paths, play, self._explained, window)
        self.browser.filters.clicked.connect(self.filters.show_tokens)
        self.verbs: dict[str, object] = {"corpus": self, "filters": self.filters}

    def browse(self) -> None:
        """Show the tokens of an explained corpus."""
        self.browser.bring()

    def _explained(self) -> Path | None:
        browsed = self.browsing.browsed
        return None if browsed is None else browsed.out

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.browser.set_theme(theme)
        self.filters.set_theme(theme)
