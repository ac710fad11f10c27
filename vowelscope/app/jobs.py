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
import subprocess
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

from vowelscope.app.worker import read_frame, worker_command, worker_environment, write_frame
from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised inside a job by `CancelToken.raise_if_cancelled`; nobody is told of it."""


class CancelToken:
    """Tells a running job that nobody wants its result any more, and takes its progress."""

    def __init__(self, report: Callable[[object], None] | None = None) -> None:
        self._event = threading.Event()
        self._report = report
        self._stop: Callable[[], None] | None = None

    @property
    def cancelled(self) -> bool:
        """True once the job is stale."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask the job to stop."""
        self._event.set()
        if self._stop is not None:
            self._stop()

    def stop_with(self, stop: Callable[[], None]) -> None:
        """Have `stop` called, on the GUI thread, when the job is cancelled."""
        self._stop = stop
        self.raise_if_cancelled()

    def raise_if_cancelled(self) -> None:
        """Leave the job if it is stale.

        Raises
        ------
        Cancelled
            A newer job has the same key, or the program closes.
        """
        if self._event.is_set():
            raise Cancelled

    def progress(self, value: object) -> None:
        """Hand `value` to the job's `on_progress` on the GUI thread."""
        if self._report is not None and not self.cancelled:
            self._report(value)


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


class _Child:
    """One worker process, started on first use and again after a crash."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, ...]:
        process = self._process
        if process is None or process.poll() is not None:
            self.close()
            process = self._process = subprocess.Popen(
                worker_command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=worker_environment(),
            )
        assert process.stdin is not None and process.stdout is not None
        try:
            write_frame(process.stdin, (function, args))
            return tuple(read_frame(process.stdout))
        except (EOFError, OSError):
            code = process.wait()
            self.close()
            what = (
                tr("signal {value}").format(value=-code)
                if code < 0
                else tr("exit code {code}").format(code=code)
            )
            raise UserError(
                tr(
                    "The analysis process died ({what}); it is started again at the next request."
                ).format(what=what)
            ) from None

    def kill(self) -> None:
        """Stop the process, even in the middle of a call; `close` must follow."""
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()

    def close(self) -> None:
        """Let the process go and collect it, so that no zombie stays."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


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
        self._children: list[_Child] = []
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
        child = _Child() if kind == "process" else None
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


def _run(job: _Job, child: _Child | None) -> tuple[str, Any]:
    """Do the job; give ("done", result), ("error", sentence) or ("cancelled", None)."""
    try:
        if child is None:
            args = (job.token, *job.args) if job.pass_token else job.args
            return "done", job.function(*args)
        return "done", _result(child.call(job.function, job.args))
    except Cancelled:
        return "cancelled", None
    except UserError as error:
        return "error", str(error)
    except Exception as error:
        log.error("A background job failed:\n%s", traceback.format_exc())
        return "error", _unexpected(f"{type(error).__name__}: {error}")


def call_in_process(
    function: Callable[..., Any], *args: Any, token: CancelToken | None = None
) -> Any:
    """Call a function in a process of its own and wait: for a job that is heavy and rare.

    The process is killed where `token` is cancelled.

    Raises
    ------
    UserError
        What the function raised, or one sentence for any other failure.
    """
    child = _Child()
    try:
        if token is not None:
            token.stop_with(child.kill)
        return _result(child.call(function, args))
    finally:
        child.close()


def _result(reply: tuple[Any, ...]) -> Any:
    if reply[0] == "done":
        return reply[1]
    if reply[0] == "user":
        raise UserError(reply[1])
    log.error("A job in a worker process failed:\n%s", reply[2])
    raise UserError(_unexpected(reply[1]))


def _unexpected(text: str) -> str:
    first_line = text.strip().splitlines()[0].rstrip(". ")
    return tr(
        "Something went wrong that should not have ({first_line}); the log has the details."
    ).format(first_line=first_line)


def _call(callback: Callable[[Any], None] | None, value: object) -> None:
    if callback is None:
        return
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, QObject) and not shiboken6.isValid(owner):
        return
    callback(value)
