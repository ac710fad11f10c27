"""Background work: threads for what lets go of the interpreter's lock, processes for the rest.

Each job has a key, and the newest job of a key wins: an older one is told to stop and its result
is dropped. Callbacks run on the GUI thread. They are called from a slot of `Jobs`, which lives
there; no signal lives on a runnable.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from vowelscope.app.children import (
    Cancelled,
    CancelToken,
    Child,
    call_in_process,
    result_of,
    unexpected,
)
from vowelscope.core.errors import UserError

__all__ = ["CancelToken", "Cancelled", "Jobs", "call_in_process"]

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Job:
    key: Hashable
    function: Callable[..., Any]
    args: tuple[Any, ...]
    pass_token: bool
    on_done: Callable[[Any], None]
    on_error: Callable[[str], None] | None
    on_progress: Callable[[Any], None] | None
    token: CancelToken = field(default_factory=CancelToken)


class Jobs(QObject):
    """Runs functions in the background and calls back on the thread that it was made on.

    Parameters
    ----------
    threads, processes
        The most threads and worker processes. None is started before it is needed, and a worker
        process stays warm until `shutdown`.
    niceness
        How far the threads stand back from the window's own, 0-19, where the system lets each
        thread have its own (Linux). Worker processes always stand back.
    """

    failed = Signal(str)
    """The sentence of a job that failed and had no `on_error`."""
    _wake = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        threads: int = 4,
        processes: int | None = None,
        niceness: int = 0,
    ) -> None:
        super().__init__(parent)
        self._niceness = niceness
        if processes is None:
            processes = 2 if (os.cpu_count() or 1) > 2 else 1
        self._limits = {"thread": threads, "process": processes}
        self._queues: dict[str, queue.SimpleQueue[_Job | None]] = {
            kind: queue.SimpleQueue() for kind in self._limits
        }
        self._running: dict[str, list[threading.Thread]] = {kind: [] for kind in self._limits}
        self._unfinished = dict.fromkeys(self._limits, 0)
        self._lock = threading.Lock()
        self._children: list[Child] = []
        self._newest: dict[Hashable, _Job] = {}
        self._inbox: deque[tuple[_Job, str, Any]] = deque()
        self._closed = False
        self._wake.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        key: Hashable,
        function: Callable[..., Any],
        *args: Any,
        on_done: Callable[[Any], None],
        on_error: Callable[[str], None] | None = None,
        on_progress: Callable[[Any], None] | None = None,
        pass_token: bool = False,
    ) -> CancelToken:
        """Run ``function(*args)`` in a thread.

        Parameters
        ----------
        key
            What the job is for. An older job of the same key is cancelled and never calls back.
        on_done, on_error, on_progress
            Bound methods, called on the GUI thread with the result, with one sentence, and with
            what the job gives to `CancelToken.progress`. Without `on_error` the sentence goes to
            the signal `failed`. Nothing is called on a QObject that is gone.
        pass_token
            Call ``function(token, *args)``, for a job that stops early or tells its progress.

        Returns
        -------
        CancelToken
            Cancels this job alone.
        """
        job = _Job(key, function, args, pass_token, on_done, on_error, on_progress)
        return self._enqueue("thread", job)

    def submit_process(
        self,
        key: Hashable,
        function: Callable[..., Any],
        *args: Any,
        on_done: Callable[[Any], None],
        on_error: Callable[[str], None] | None = None,
    ) -> CancelToken:
        """Run ``function(*args)`` in a worker process.

        `function` is a module's own function and is pickled by name; arguments and result are
        pickled too. A stale job that waits is never started; one that runs goes on, unheard. A
        worker that dies fails its job with one sentence, and the next job gets a new worker.
        """
        return self._enqueue("process", _Job(key, function, args, False, on_done, on_error, None))

    def cancel(self, key: Hashable) -> None:
        """Drop the job of `key`, waiting or running: it calls nobody any more."""
        job = self._newest.pop(key, None)
        if job is not None:
            job.token.cancel()

    def is_pending(self, key: Hashable) -> bool:
        """True while the newest job of `key` has not called back."""
        return key in self._newest

    def shutdown(self, timeout_s: float = 2.0) -> None:
        """Cancel everything, end threads and workers, and collect them. May be called twice.

        A thread that does not stop within `timeout_s` is left behind; it cannot keep the program
        from ending.
        """
        if self._closed:
            return
        self._closed = True
        for key in list(self._newest):
            self.cancel(key)
        for child in self._children:
            child.kill()
        for kind, threads in self._running.items():
            for _ in threads:
                self._queues[kind].put(None)
        deadline = time.monotonic() + timeout_s
        for thread in (thread for threads in self._running.values() for thread in threads):
            thread.join(max(0.0, deadline - time.monotonic()))
        self._inbox.clear()

    def _enqueue(self, kind: str, job: _Job) -> CancelToken:
        if self._closed:
            job.token.cancel()
            return job.token
        self.cancel(job.key)
        self._newest[job.key] = job
        job.token._report = lambda value: self._post(job, "progress", value)
        threads = self._running[kind]
        with self._lock:
            self._unfinished[kind] += 1
            short = len(threads) < min(self._unfinished[kind], self._limits[kind])
        self._queues[kind].put(job)
        if short:
            # Daemon threads: a library call that never returns must not keep the program alive.
            thread = threading.Thread(
                target=self._work, args=(kind,), name=f"vowelscope-{kind}", daemon=True
            )
            threads.append(thread)
            thread.start()
        return job.token

    def _work(self, kind: str) -> None:
        if kind == "thread" and self._niceness and sys.platform == "linux":
            # The threads that a library starts from here, such as ONNX Runtime's, inherit it.
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._niceness)
        child = Child() if kind == "process" else None
        if child is not None:
            self._children.append(child)
        while (job := self._queues[kind].get()) is not None:
            if not job.token.cancelled:
                self._post(job, *_run(job, child))
            with self._lock:
                self._unfinished[kind] -= 1
            del job  # a result must not live on until the next job comes
        if child is not None:
            child.close()

    def _post(self, job: _Job, what: str, value: object) -> None:
        if self._closed:
            return
        self._inbox.append((job, what, value))
        with contextlib.suppress(RuntimeError):  # the window was torn down meanwhile
            self._wake.emit()

    @Slot()
    def _deliver(self) -> None:
        while self._inbox:
            job, what, value = self._inbox.popleft()
            if self._newest.get(job.key) is not job:
                continue
            if what == "progress":
                _call(job.on_progress, value)
                continue
            del self._newest[job.key]
            if job.token.cancelled:
                continue
            if what == "done":
                _call(job.on_done, value)
            elif what == "error":
                _call(job.on_error or self.failed.emit, value)


def _run(job: _Job, child: Child | None) -> tuple[str, Any]:
    """Do the job; give ("done", result), ("error", sentence) or ("cancelled", None)."""
    try:
        if child is None:
            args = (job.token, *job.args) if job.pass_token else job.args
            return "done", job.function(*args)
        return "done", result_of(child.call(job.function, job.args))
    except Cancelled:
        return "cancelled", None
    except UserError as error:
        return "error", str(error)
    except Exception as error:
        log.error("A background job failed:\n%s", traceback.format_exc())
        return "error", unexpected(f"{type(error).__name__}: {error}")


def _call(callback: Callable[[Any], None] | None, value: object) -> None:
    if callback is None:
        return
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, QObject) and not shiboken6.isValid(owner):
        return
    callback(value)
