"""Keeps the interpreter from holding the window up."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject

from vowelscope.app.workbench import Workbench

_SWITCH_S = 0.001


class Pauses(QObject):
    """Short turns for background threads, and little for Python's collector to look through.

    A full collection looks at every object there is, 50-100 ms long once the modules, the model
    and a large TextGrid are loaded, and always in the middle of something, because it is allocating
    that starts it. Nearly all of these objects live as long as the window or the file, so they are
    taken out of its sight (`gc.freeze`) when the window stands, when the model is loaded and when a
    file is opened. What is frozen is still freed when nobody refers to it any more; only cycles
    that were garbage at that very moment stay, some hundred objects.

    A thread that computes in Python lets the window go on after 1 ms, not 5: at each call into Qt
    the window lets go of the lock and has to get it back.
    """

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        sys.setswitchinterval(_SWITCH_S)
        bench.opened.connect(self.freeze)
        bench.model_changed.connect(self.freeze)
        self.freeze()

    def freeze(self) -> None:
        """Let the collector look no more at what there is now."""
        gc.freeze()
