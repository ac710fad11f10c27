"""The worker process: runs one picklable function after another for its parent.

Parselmouth holds the interpreter's lock for a whole analysis, so it must not run in the process
that paints the window. The parent speaks to the child over two pipes that nobody else can write
to: a frame is an eight-byte length and a pickle of protocol 5. No Qt is imported here.

A frozen program starts its worker as ``program --vowelscope-worker``; whoever owns the
program's entry point must look for `WORKER_ARGUMENT` first and call `main`.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import struct
import sys
import threading
import traceback
from pathlib import Path
from typing import IO, Any

from vowelscope.core.errors import UserError
from vowelscope.core.translation import LANGUAGE_VARIABLE, language

WORKER_ARGUMENT = "--vowelscope-worker"
_NICENESS = 10
"""What is analysed ahead must not take the processor from the window that is scrolled."""
_LENGTH = struct.Struct("<Q")
# -I keeps PYTHONPATH and the working directory away from the child; it hides packages installed
# for one user as well, hence the parent's own search path, without the working directory.
_BOOTSTRAP = (
    "import sys; sys.path[:] = sys.argv[1:]; from vowelscope.app.worker import main; main()"
)


def worker_command() -> list[str]:
    """The command line that starts a worker, in a checkout, an installation or a frozen program."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKER_ARGUMENT]
    package_root = str(Path(__file__).resolve().parents[2])
    here = Path.cwd()
    paths = [entry for entry in sys.path if entry and Path(entry).resolve() != here]
    return [sys.executable, "-I", "-c", _BOOTSTRAP, *paths, package_root]


def worker_environment() -> dict[str, str]:
    """The environment of a worker: its sentences are in the language of the window."""
    return {**os.environ, LANGUAGE_VARIABLE: language()}


def write_frame(stream: IO[bytes], value: object) -> None:
    """Write one pickled value and flush."""
    data = pickle.dumps(value, protocol=5)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Any:
    """Read one pickled value.

    Raises
    ------
    EOFError
        The other side is gone.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError("the other side closed the pipe")
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError("the other side closed the pipe in the middle of a message")
    return pickle.loads(data)


class Stopped(Exception):
    """Raised by a report, once the parent wants no more of the function."""


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer requests until the parent closes the pipe.

    A request is ``(function, args)``, or ``(function, args, True)`` for a function that is called
    with a report first; what it reports are replies ``("progress", value)``. The parent sends one
    frame more for such a request: after the last reply, or before, as a wish that the function
    stops at its next report. The last reply is ``("done", value)``, ``("stopped",)``,
    ``("user", sentence)`` for a `UserError`, or ``("error", text, traceback)`` for anything else.
    """
    while True:
        try:
            function, args, *more = read_frame(requests)
        except EOFError:
            return
        except Exception as error:  # a function that this child cannot import
            write_frame(replies, ("error", _text(error), traceback.format_exc()))
            continue
        listener = _Listener(requests, replies) if more else None
        reply: tuple[Any, ...]
        try:
            reply = ("done", function(*args) if listener is None else function(listener, *args))
        except Stopped:
            reply = ("stopped",)
        except UserError as error:
            reply = ("user", str(error))
        except Exception as error:
            reply = ("error", _text(error), traceback.format_exc())
        try:
            write_frame(replies, reply)
        except BrokenPipeError:
            return
        except Exception as error:  # a result that cannot be pickled
            write_frame(replies, ("error", _text(error), traceback.format_exc()))
        if listener is not None:
            listener.join()


class _Listener(threading.Thread):
    """Waits for the frame that follows a request; called with a value, it reports it."""

    def __init__(self, requests: IO[bytes], replies: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._requests, self._replies = requests, replies
        self._heard = threading.Event()
        self.start()

    def run(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            read_frame(self._requests)
        self._heard.set()

    def __call__(self, value: object) -> None:
        if self._heard.is_set():
            raise Stopped
        write_frame(self._replies, ("progress", value))


def main() -> None:
    """Serve on standard input and output; what a library prints goes to standard error."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(_NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # The window may leave while a reply is half written; closing would then try the rest again.
    with contextlib.suppress(BrokenPipeError), requests, replies:
        serve(requests, replies)


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


if __name__ == "__main__":
    main()
