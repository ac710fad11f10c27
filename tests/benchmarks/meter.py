"""Times each turn of a window's event loop, and looks at its memory."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from PySide6.QtWidgets import QApplication

_SCHEDSTAT = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")

Times = tuple[float, float, float]
"""Wall, wall without waiting for a processor, and processor time, in ms."""


@dataclass
class Meter:
    """Turns the event loop, and times each turn.

    Attributes
    ----------
    longest
        For each step: the longest turn of the event loop, as `turn` gives it.
    """

    app: QApplication
    longest: dict[str, Times] = field(default_factory=dict)
    step: str = ""
    peak_mb: float = 0.0
    pauses_ms: dict[str, float] = field(default_factory=dict)
    _paused_s: float = 0.0

    def __post_init__(self) -> None:
        self._process = psutil.Process()
        gc.callbacks.append(self._on_collection)

    def turn(self, call: Callable[[], object] = lambda: None) -> Times:
        """Do something and let the window react."""
        wall_s, thread_s, queued_s = time.perf_counter(), time.thread_time(), _queued_s()
        call()
        self.app.processEvents()
        wall_ms = 1000 * (time.perf_counter() - wall_s)
        thread_ms = 1000 * (time.thread_time() - thread_s)
        times = wall_ms, max(wall_ms - 1000 * (_queued_s() - queued_s), 0.0), thread_ms
        held = self.longest.get(self.step, (0.0, 0.0, 0.0))
        self.longest[self.step] = times if wall_ms > held[0] else held
        return times

    def until(self, done: Callable[[], bool], timeout_s: float = 120.0) -> float:
        """Go on until `done`; gives the seconds that it took."""
        start_s = time.perf_counter()
        while not done():
            self.turn()
            if time.perf_counter() - start_s > timeout_s:
                raise TimeoutError(self.step)
            time.sleep(0.0005)
        self.look()
        return time.perf_counter() - start_s

    def pause(self, length_s: float) -> None:
        """Let the window work for so long."""
        stop_s = time.perf_counter() + length_s
        while (left_s := stop_s - time.perf_counter()) > 0:
            self.turn()
            time.sleep(min(left_s, 0.001))

    def look(self) -> float:
        """What the process has in memory, in MB."""
        now_mb = float(self._process.memory_info().rss) / 1e6
        self.peak_mb = max(self.peak_mb, now_mb)
        return now_mb

    def children_mb(self) -> float:
        """What the worker processes have in memory, in MB."""
        total = 0
        for child in self._process.children(recursive=True):
            with suppress(psutil.Error):
                total += child.memory_info().rss
        return total / 1e6

    def _on_collection(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._paused_s = time.perf_counter()
            return
        took_ms = 1000 * (time.perf_counter() - self._paused_s)
        key = f"generation {info['generation']}"
        self.pauses_ms[key] = max(self.pauses_ms.get(key, 0.0), took_ms)


def _queued_s() -> float:
    """How long this thread has been ready to run without a processor, in all."""
    try:
        text = _SCHEDSTAT.read_text(encoding="ascii")
    except OSError:
        return 0.0
    return float(text.split()[1]) / 1e9
