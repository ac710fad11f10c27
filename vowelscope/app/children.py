"""Functions in processes of their own, and what tells a job to stop.

A child is for what holds the interpreter's lock: Praat's analyses, and the import of libraries.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import subprocess
import threading
from collections.abc import Callable
from functools import cache
from typing import IO, Any

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


class Child:
    """One worker process, started on first use and again after a crash."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Run a function there; gives the worker's reply.

        Raises
        ------
        UserError
            The process died.
        """
        process = self.started()
        assert process.stdin is not None and process.stdout is not None
        try:
            write_frame(process.stdin, (function, args))
            return tuple(read_frame(process.stdout))
        except (EOFError, OSError):
            raise self.death() from None

    def started(self) -> subprocess.Popen[bytes]:
        """The process, started now if there is none."""
        process = self._process
        if process is None or process.poll() is not None:
            self.close()
            process = self._process = subprocess.Popen(
                worker_command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=worker_environment(),
            )
        return process

    def death(self) -> UserError:
        """Collect a process that does not answer any more; gives what is to be said of it."""
        code = 0 if self._process is None else self._process.wait()
        self.close()
        what = (
            tr("signal {value}").format(value=-code)
            if code < 0
            else tr("exit code {code}").format(code=code)
        )
        return UserError(
            tr(
                "The analysis process died ({what}); it is started again at the next request."
            ).format(what=what)
        )

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


class WarmChild:
    """A worker process that stays, for libraries that take seconds to import.

    While such a library is imported the interpreter's lock is held, and a window in the same
    process would stand still. Calls come one after the other; each tells its progress and may be
    stopped, and the process is there for the next. It ends with this one.
    """

    def __init__(self) -> None:
        self._child = Child()
        self._turn = threading.Lock()

    def call(self, token: CancelToken, function: Callable[..., Any], *args: Any) -> Any:
        """Run ``function(report, *args)`` there and wait; what it reports goes to `token`.

        Raises
        ------
        Cancelled
            The token was cancelled; the function ends at its next report.
        UserError
            What the function raised, or one sentence for any other failure.
        """
        with self._turn:
            token.raise_if_cancelled()
            process = self._child.started()
            assert process.stdin is not None and process.stdout is not None
            release = _Release(process.stdin)
            try:
                write_frame(process.stdin, (function, args, True))
                with contextlib.suppress(Cancelled):
                    token.stop_with(release)
                if token.cancelled:
                    release()
                while (reply := tuple(read_frame(process.stdout)))[0] == "progress":
                    token.progress(reply[1])
                release()
            except (EOFError, OSError):
                death = self._child.death()
                token.raise_if_cancelled()
                raise death from None
        token.raise_if_cancelled()
        return result_of(reply)

    def close(self) -> None:
        """Stop the process, even in the middle of a call; the next call starts another."""
        self._child.kill()
        if self._turn.acquire(timeout=1.0):
            self._child.close()
            self._turn.release()


@cache
def warm_child() -> WarmChild:
    """The one of this program, whatever windows it has."""
    child = WarmChild()
    atexit.register(child.close)
    return child


class _Release:
    """The one frame that follows a request with reports: early, it is the wish to stop."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream: IO[bytes] | None = stream
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock, contextlib.suppress(OSError, ValueError):
            stream, self._stream = self._stream, None
            if stream is not None:
                write_frame(stream, None)


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
    child = Child()
    try:
        if token is not None:
            token.stop_with(child.kill)
        return result_of(child.call(function, args))
    finally:
        child.close()


def result_of(reply: tuple[Any, ...]) -> Any:
    """The value of a worker's last word; raises `UserError` for any other."""
    if reply[0] == "done":
        return reply[1]
    if reply[0] == "user":
        raise UserError(reply[1])
    log.error("A job in a worker process failed:\n%s", reply[2])
    raise UserError(unexpected(reply[1]))


def unexpected(text: str) -> str:
    """The sentence for a fault of the program."""
    first_line = text.strip().splitlines()[0].rstrip(". ")
    return tr(
        "Something went wrong that should not have ({first_line}); the log has the details."
    ).format(first_line=first_line)
