"""Starts Qt, makes the window, fulfils what the command line wished for."""

from __future__ import annotations

import gc
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QObject, QTimer, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from vowelscope.app import errors_hook
from vowelscope.app.memory import keep_memory_flat
from vowelscope.app.pauses import Pauses
from vowelscope.app.settings import state_folder
from vowelscope.app.workbench import Workbench
from vowelscope.core.phones import load_class_map
from vowelscope.core.textgrid import IntervalTier, Tier
from vowelscope.core.tokens import phone_tier
from vowelscope.core.translation import language, tr
from vowelscope.resources import resource
from vowelscope.ui.main_window import MainWindow

_PICTURE_TIMEOUT_S = 90.0
_POLL_MS = 50
_FIRST_VIEW_S = 1.6
"""Length of the view around a selected interval: long enough for its word."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks of the window; see ``vowelscope open --help``."""

    audio: Path | None = None
    textgrid: Path | None = None
    at_s: float | None = None
    tier: str | None = None
    model: Path | None = None
    screenshot: Path | None = None
    size: tuple[int, int] = (1400, 900)
    theme: str | None = None
    first_vowel: bool = False
    """Select the first interval that the model has a class for."""
    beside: tuple[Path, ...] = ()
    """A recording for a second window, and its TextGrid if it has another stem."""


class Fulfilment(QObject):
    """Opens what was wished for once the window is painted; draws the picture once all is there."""

    def __init__(self, window: MainWindow, wish: Wish) -> None:
        super().__init__(window)
        self._window = window
        self._wish = wish
        self._said = ""
        self._beside = list(wish.beside)
        self._deadline = time.monotonic() + _PICTURE_TIMEOUT_S
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)
        window.session.message.connect(self._on_message)
        window.bench.opened.connect(self._on_opened)
        QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        gc.enable()
        Pauses(self._window.bench)
        self._window.bench.start()
        if self._wish.screenshot is None and not self._wish.first_vowel:
            self._window.tools.begin(with_files=self._wish.audio is not None)
        if self._wish.audio is not None:
            self._window.bench.open(self._wish.audio, self._wish.textgrid)
        else:
            self._open_beside()
        if self._wish.screenshot is not None:
            self._timer.start()

    def _on_message(self, sentence: str) -> None:
        self._said = sentence

    def _open_beside(self) -> None:
        paths, self._beside = self._beside, []
        if paths:
            self._window.beside.open_paths(paths)

    def _on_opened(self) -> None:
        self._fulfil()
        # It goes where this window is, so not before that is known.
        self._open_beside()

    def _fulfil(self) -> None:
        session, wish = self._window.session, self._wish
        if session.recording is None or session.textgrid is None:
            if wish.screenshot is not None and session.recording is None:
                self._end(
                    self._said or tr("{audio}: cannot be opened.").format(audio=wish.audio), 2
                )
            return
        index = self._tier_index()
        if index is None:
            session.message.emit(
                tr("The TextGrid has no tier called {tier}.").format(tier=wish.tier)
            )
            return
        at_s = first_vowel_s(session.textgrid.tiers[index]) if wish.first_vowel else wish.at_s
        if at_s is None:
            session.select_item(index, None)
            return
        session.select_at(index, at_s)
        session.set_view(at_s - _FIRST_VIEW_S / 2, at_s + _FIRST_VIEW_S / 2)

    def _tier_index(self) -> int | None:
        textgrid = self._window.session.textgrid
        assert textgrid is not None
        if self._wish.tier is not None:
            return textgrid.tier_index(self._wish.tier)
        phones = phone_tier(textgrid)
        if phones is not None:
            return textgrid.tiers.index(phones)
        kinds = [isinstance(tier, IntervalTier) for tier in textgrid.tiers]
        return kinds.index(True) if True in kinds else (0 if kinds else None)

    def _poll(self) -> None:
        late = time.monotonic() > self._deadline
        settled = self._window.is_settled() and not self._window.bench.is_opening
        if not settled and not late:
            return
        self._timer.stop()
        # One more turn of the event loop, so that what has just come is drawn.
        QTimer.singleShot(2 * _POLL_MS, self._draw)

    def _draw(self) -> None:
        path = self._wish.screenshot
        assert path is not None
        if not self._window.grab().save(str(path), "PNG"):
            self._end(tr("{path}: the picture cannot be written.").format(path=path), 2)
            return
        print(path)
        self._end("", 0)

    def _end(self, sentence: str, status: int) -> None:
        self._timer.stop()
        if sentence:
            print(f"vowelscope: {sentence}", file=sys.stderr)
        self._window.bench.shutdown()
        QApplication.exit(status)


def first_vowel_s(tier: Tier) -> float | None:
    """Middle of the first interval of at least 60 ms that is one of the five vowels."""
    if not isinstance(tier, IntervalTier):
        return None
    classes = load_class_map("vowels5")
    for interval in tier.intervals:
        if interval.duration_s >= 0.06 and classes.class_of(interval.text) is not None:
            return interval.midpoint_s
    return None


def install_qt_words(app: QApplication) -> None:
    """Qt's own words, such as those of OK and Cancel, in the language in use."""
    words = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if words.load(f"qtbase_{language()}", folder):
        app.installTranslator(words)


def run(wish: Wish, hooks: errors_hook.ErrorHooks | None = None) -> int:
    """Show the window until it is closed, or draw its picture; gives the exit status."""
    keep_memory_flat()
    gc.disable()  # until the window is painted, nothing is garbage
    hooks = hooks or errors_hook.install(state_folder())
    hooks.install_qt()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("vowelscope")
    app.setApplicationDisplayName("")
    app.setDesktopFileName("vowelscope")
    app.setStyle("Fusion")
    install_qt_words(app)
    app.setWindowIcon(QIcon(str(resource("icons", "vowelscope.svg"))))
    bench = Workbench(wish.model, only_looks=wish.screenshot is not None)
    if wish.theme is not None:
        bench.theme = wish.theme
    window = MainWindow(bench)
    hooks.show = window.fault.emit
    if wish.screenshot is not None:
        window.resize(*wish.size)
    fulfilment = Fulfilment(window, wish)
    window.show()
    status = app.exec()
    hooks.show = None
    fulfilment.deleteLater()
    return int(status)
