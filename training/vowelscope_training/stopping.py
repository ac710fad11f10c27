"""How a run is asked to stop, and how a folder is kept from being trained in twice."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
from filelock import FileLock, Timeout

from vowelscope.core.errors import ConfigError

STOP_NAME = "stop"
"""In a run's folder: ``now``, or ``epoch`` for the end of this epoch. It is deleted when read."""
LOCK_NAME = "lock"
"""Held in a run's folder for as long as a process works there."""

_PATIENCE_S = 5.0


class Stopped(Exception):
    """Raised by `Stopping.raise_if_now`."""


class Stopping:
    """Whether somebody wants the run to stop: by the file, or by SIGTERM (which means now).

    Parameters
    ----------
    run
        The run's folder. A wish that is older than this process is forgotten.
    """

    def __init__(self, run: Path) -> None:
        self._path = run / STOP_NAME
        self._signalled = False
        self._before: Any = None
        with contextlib.suppress(OSError):
            if self._path.stat().st_mtime < psutil.Process().create_time():
                self._path.unlink()

    def __enter__(self) -> Stopping:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGTERM, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGTERM, self._before)
        self._path.unlink(missing_ok=True)

    def wanted(self) -> str:
        """``now``, ``epoch``, or "" for to go on."""
        if self._signalled:
            return "now"
        try:
            text = self._path.read_text(encoding="utf-8").strip()
        except OSError:
            return ""
        return text if text in ("now", "epoch") else ""

    def raise_if_now(self) -> None:
        """Leave what has nothing to keep.

        Raises
        ------
        Stopped
            The run is to stop now.
        """
        if self.wanted() == "now":
            raise Stopped

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signalled = True


@contextlib.contextmanager
def only_here(run: Path, enabled: bool = True) -> Iterator[None]:
    """Hold the lock of a run's folder.

    Raises
    ------
    ConfigError
        Another process works in it.
    """
    if not enabled:
        yield
        return
    lock = FileLock(run / LOCK_NAME)
    try:
        # Who only looks whether somebody works here holds the lock for a moment.
        lock.acquire(timeout=_PATIENCE_S)
    except Timeout:
        raise ConfigError(f"{run}: another process is at work on this run.") from None
    try:
        yield
    finally:
        lock.release()
