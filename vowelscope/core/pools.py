"""Pools of worker processes for long work: a process a core, each with one thread."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait


def worker_pool(jobs: int) -> ProcessPoolExecutor:
    """Processes that import nothing of this one's state, and end with it, however it ends.

    Ctrl-C is this process's to handle: a worker goes on with what it has.
    """
    return ProcessPoolExecutor(max(1, jobs), get_context("spawn"), _begin)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_NUM_THREADS"] = "1"  # before a library that reads it is imported
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()


def _leave_with(sentinel: int) -> None:
    """A worker waits for its next task for ever, also when who would give it was killed."""
    wait([sentinel])
    os._exit(1)
