"""A second window with another recording, which shows the same stretch of time as the first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from vowelscope.app import errors_hook
from vowelscope.app.linking import Linking
from vowelscope.app.sharing import share_settings
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.file_verbs import AUDIO_SUFFIXES
from vowelscope.ui.number_dialog import NumberDialog, NumberField, Numbers
from vowelscope.ui.window_pair import arrange, title_of

if TYPE_CHECKING:
    from vowelscope.ui.main_window import MainWindow

_open: list[QObject] = []
"""Second windows and their workbenches: nobody else holds them once the first one is closed."""


class Pair(QObject):
    """Two windows and what joins them, until one of them is closed."""

    def __init__(self, first: MainWindow, second: MainWindow) -> None:
        super().__init__()
        self.windows = (first, second)
        self.linking = Linking(first.session, second.session, self)
        self._before = first.saveGeometry()
        self._arranged = None if first.isMinimized() else arrange(first, second)
        for window in self.windows:
            window.installEventFilter(self)
            for signal in (window.bench.settings_changed, window.bench.theme_changed):
                signal.connect(self._share)
        self._sharing = False

    def other(self, window: MainWindow) -> MainWindow:
        """The window beside `window`."""
        first, second = self.windows
        return second if window is first else first

    def sign(self, window: MainWindow) -> float:
        """Of the offset, as it is seen from `window`."""
        return 1.0 if window is self.windows[0] else -1.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whoever goes to a window finds there what was set in the other."""
        if event.type() == QEvent.Type.WindowActivate and watched in self.windows:
            first, second = self.windows
            self._hand(second if watched is first else first)
        return False

    def _share(self) -> None:
        for window in self.windows:
            if self.sender() is window.bench:
                self._hand(window)

    def _hand(self, source: MainWindow) -> None:
        if not self._sharing:
            self._sharing = True
            try:
                share_settings(source.bench, self.other(source).bench)
            finally:
                self._sharing = False

    def part(self, closing: MainWindow) -> None:
        """One is closed: the other goes on alone, the first where it stood before."""
        stays = self.other(closing)
        self._hand(closing)
        self.linking.close()
        for window in self.windows:
            window.removeEventFilter(self)
        first = self.windows[0]
        if self._arranged is not None and first.geometry() == self._arranged:
            first.restoreGeometry(self._before)
        errors_hook.show_with(stays.fault.emit)
        self.deleteLater()


class BesideVerbs(QObject):
    """What File → Open beside… and View → Two windows do in one of the windows."""

    def __init__(self, bench: Workbench, window: MainWindow) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window
        self.pair: Pair | None = None
        self._actions: Mapping[str, QAction] = {}

    def bind(self, actions: Mapping[str, QAction]) -> None:
        """Take the window's actions, once they are made."""
        self._actions = {
            verb: actions[f"beside.{verb}"]
            for verb in ("synchronize", "offset", "align", "arrange", "switch")
        }
        self._on_changed()

    def open(self) -> None:
        """Ask for a recording and show it in a second window."""
        recording = self._bench.session.recording
        kinds = " ".join(f"*.{suffix} *.{suffix.upper()}" for suffix in AUDIO_SUFFIXES)
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("Open beside"),
            str(recording.path.parent if recording is not None else Path.home()),
            tr("Recordings ({kinds});;All files (*)").format(kinds=kinds),
        )
        if path:
            self.open_paths([Path(path)])

    def open_paths(self, paths: list[Path]) -> None:
        """Show a recording, and a TextGrid if there is one, in the other window."""
        second = self._window if self.pair is None else self.pair.other(self._window)
        if self.pair is None:
            second = self._second()
        second.file_verbs.open_paths(paths)
        second.raise_()
        second.activateWindow()

    def synchronize(self, on: bool) -> None:
        """Let both windows show the same stretch of time, or each its own."""
        if self.pair is not None:
            self.pair.linking.set_on(on, self._bench.session)

    def offset(self) -> None:
        """Ask how far the two recordings stand apart."""
        pair = self.pair
        if pair is None:
            return
        names = {
            "other": title_of(pair.other(self._window)),
            "this": title_of(self._window),
        }
        NumberDialog(
            tr("Offset"),
            tr("How much later a moment of {this} comes in {other}.").format(**names),
            [
                NumberField(
                    "offset_s",
                    tr("&Offset (s)"),
                    0.0,
                    tr("Negative where it comes earlier in the other window."),
                )
            ],
            {"offset_s": pair.sign(self._window) * pair.linking.offset_s},
            self._set_offset,
            self._window,
        ).open()

    def align(self) -> None:
        """Let the starts of the selections, or the cursors, stand beside each other."""
        pair, session = self.pair, self._bench.session
        if pair is None:
            return
        if pair.linking.is_on:
            session.message.emit(
                tr(
                    "The selections follow each other already. Switch View → Two windows → "
                    "Synchronize off, select in each window, then align."
                )
            )
            return
        offset_s = pair.sign(self._window) * pair.linking.align(session)
        session.note.emit(tr("Offset: {offset_s:+.4f} s.").format(offset_s=offset_s))

    def arrange(self) -> None:
        """Put the two windows beside each other on the screen."""
        if self.pair is not None:
            arrange(*self.pair.windows)

    def switch(self) -> None:
        """Go to the other window."""
        if self.pair is not None:
            other = self.pair.other(self._window)
            if other.isMinimized():
                other.showNormal()
            other.raise_()
            other.activateWindow()

    def closing(self) -> None:
        """This window is closed; the other goes on alone."""
        pair, self.pair = self.pair, None
        if pair is not None:
            other = pair.other(self._window).beside
            pair.part(self._window)
            other.pair = None
            other._on_changed()
        if self._window in _open:
            # Held until Qt has done with them, so that Python deletes neither on another thread.
            for part in (self._window, self._bench):
                part.destroyed.connect(_forget)
                part.deleteLater()

    def _second(self) -> MainWindow:
        from vowelscope.ui.main_window import MainWindow

        model = self._bench.explaining.model
        bench = Workbench(None if model is None else model.folder)
        bench.theme = self._bench.theme
        window = MainWindow(bench)
        window.tools.panels.is_kept = False
        _open.extend((window, bench))
        bench.explaining.share(self._bench.explaining)
        bench.explaining.load()
        window.show()
        pair = self.pair = window.beside.pair = Pair(self._window, window)
        for verbs in (self, window.beside):
            pair.linking.changed.connect(verbs._on_changed)
            verbs._on_changed()
        return window

    def _set_offset(self, numbers: Numbers) -> None:
        if self.pair is not None:
            offset_s = self.pair.sign(self._window) * float(numbers["offset_s"])
            self.pair.linking.set_offset(offset_s, self._bench.session)

    def _on_changed(self) -> None:
        for action in self._actions.values():
            action.setEnabled(self.pair is not None)
        if self._actions:
            on = self.pair is not None and self.pair.linking.is_on
            self._actions["synchronize"].setChecked(on)


def _forget() -> None:
    _open[:] = [part for part in _open if shiboken6.isValid(part)]
