"""How a run is asked to stop, and how a folder is kept from being trained in twice."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
from filelock import FileLock, Timeout

from vowelscope.core.errors import ConfigError, UserError

STOP_NAME = "stop"
"""In a run's folder: ``now``, or ``epoch`` for the end of this epoch. It is deleted when read."""
LOCK_NAME = "lock"
"""Held in a run's folder for as long as a process works there."""

LAUNCHER = "VOWELSCOPE_LAUNCHER"
"""Environment variable of one of several processes: the process id of `launch`, which waits."""

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGUSR1") if hasattr(signal, name))
"""What a cluster sends before it takes a machine away: a run stops, with a checkpoint."""

_PATIENCE_S = 5.0


class Stopped(Exception):
    """Raised by `Stopping.raise_if_now`."""


class PeerLost(UserError):
    """Another process that shares the run is gone, and nothing can go on without it."""

    status = 3
    """Exit status of a process that ends because of it."""


class Stopping:
    """Whether somebody wants the run to stop: by the file, or by one of `SIGNALS`, meaning now.

    Parameters
    ----------
    run
        The run's folder. A wish that is older than this process, or its launcher, is forgotten.
    owner
        Of several processes one takes the file away, or a wish would be lost to the others.
    """

    def __init__(self, run: Path, owner: bool = True) -> None:
        self._path = run / STOP_NAME
        self._owner = owner
        self._signalled = False
        self._before: dict[int, Any] = {}
        with contextlib.suppress(OSError, psutil.Error):
            first = psutil.Process(int(os.environ.get(LAUNCHER, os.getpid())))
            if owner and self._path.stat().st_mtime < first.create_time():
                self._path.unlink()

    def __enter__(self) -> Stopping:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._owner:
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
