"""What happens to an exception that nobody caught: a sentence for the user, a log for us.

`install` is the first line of the program. It needs no Qt, so the command line can call it as
well; `install_qt` adds Qt's own messages once there is a window to come.
"""

from __future__ import annotations

import faulthandler
import logging
import logging.handlers
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING

from vowelscope.core.errors import UserError

if TYPE_CHECKING:
    from PySide6.QtCore import QMessageLogContext, QtMsgType

log = logging.getLogger("vowelscope")
LOG_NAME = "vowelscope.log"
CRASH_NAME = "crash.log"
_LOG_BYTES = 1 << 20
_installed: ErrorHooks | None = None


class ErrorHooks:
    """The hooks of one program.

    Attributes
    ----------
    log_path
        Where tracebacks go; None when the folder cannot be written to.
    show
        Called with one sentence for the user, on whatever thread the fault was. A window
        sets it to something that is safe to call from there, such as a signal's `emit`.
    """

    def __init__(self, folder: Path) -> None:
        self.show: Callable[[str], None] | None = None
        self.log_path: Path | None = None
        self._crash_file: IO[str] | None = None
        self._handler: logging.Handler | None = None
        self._before = (sys.excepthook, threading.excepthook)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / LOG_NAME
            handler = logging.handlers.RotatingFileHandler(
                path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
            )
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            log.addHandler(handler)
            self._handler, self.log_path = handler, path
            # Must stay open: the interpreter writes to it while it dies.
            self._crash_file = (folder / CRASH_NAME).open("a", encoding="utf-8")
            faulthandler.enable(self._crash_file)
        except OSError:
            log.addHandler(logging.NullHandler())  # or logging would write to the terminal
            if sys.stderr is not None:
                faulthandler.enable()
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def report(self, error: BaseException) -> None:
        """Log an exception with its traceback and show its sentence."""
        if isinstance(error, UserError):
            sentence = str(error)
        else:
            text = str(error).strip().splitlines()
            what = type(error).__name__ + (f": {text[0].rstrip('.')}" if text else "")
            where = f"the details are in {self.log_path}" if self.log_path else "nothing was logged"
            sentence = f"Something went wrong that should not have ({what}); {where}."
        log.error("%s", sentence, exc_info=error)
        if self.show is None:
            if sys.stderr is not None:
                print(sentence, file=sys.stderr)
            return
        try:
            self.show(sentence)
        except Exception:
            # A fault here would call the hook again, for ever.
            log.exception("the sentence could not be shown")

    def install_qt(self) -> None:
        """Send Qt's messages to the log; a fatal one also goes to the user."""
        from PySide6.QtCore import qInstallMessageHandler

        qInstallMessageHandler(self._on_qt_message)

    def uninstall(self) -> None:
        """Put back what was there before."""
        global _installed
        if _installed is self:
            _installed = None
        sys.excepthook, threading.excepthook = self._before
        if "PySide6.QtCore" in sys.modules:
            from PySide6.QtCore import qInstallMessageHandler

            qInstallMessageHandler(None)
        if self._crash_file is not None:
            faulthandler.disable()
            self._crash_file.close()
        if self._handler is not None:
            log.removeHandler(self._handler)
            self._handler.close()

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            self.report(args.exc_value)

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        from PySide6.QtCore import QtMsgType

        levels = {
            QtMsgType.QtDebugMsg: logging.DEBUG,
            QtMsgType.QtInfoMsg: logging.INFO,
            QtMsgType.QtWarningMsg: logging.WARNING,
        }
        place = f" ({context.category})" if context.category not in (None, "", "default") else ""
        log.log(levels.get(kind, logging.ERROR), "Qt%s: %s", place, text)
        if kind == QtMsgType.QtFatalMsg and sys.stderr is not None:
            print(f"Qt cannot go on: {text}", file=sys.stderr)


def show_with(show: Callable[[str], None]) -> None:
    """Let the hooks, if they are installed, show their sentences in another window."""
    if _installed is not None and _installed.show is not None:
        _installed.show = show


def install(folder: Path) -> ErrorHooks:
    """Install the hooks, logging into `folder` (made if missing); never raises.

    They are one for the program: a second call gives those that are there.
    """
    global _installed
    if _installed is None:
        _installed = ErrorHooks(folder)
    return _installed
