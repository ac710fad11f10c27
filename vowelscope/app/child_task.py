"""Asks the training package for something, in a process of its own that can be cancelled."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from vowelscope.app.training_process import environment_for, parse_event, training_command
from vowelscope.core.errors import UserError
from vowelscope.core.translation import LANGUAGE_VARIABLE, language, tr

_KILLED_AFTER_MS = 4000


class ChildTask(QObject):
    """One child at a time; a new one takes the place of the old one, which is heard no more."""

    told = Signal(object)
    """An event, a dict with the key ``event``."""
    done = Signal()
    failed = Signal(str)
    """One sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._rest = b""

    @property
    def is_running(self) -> bool:
        """True while a child works whose end was not told yet."""
        return self._process is not None

    def start(self, words: Sequence[str], device: str = "") -> None:
        """Start ``python -m vowelscope_training WORDS``."""
        self.cancel()
        try:
            program, *arguments = training_command(words)
        except UserError as error:
            self.failed.emit(str(error))
            return
        process = QProcess(self)
        environment = QProcessEnvironment()
        for name, value in environment_for(device).items():
            environment.insert(name, value)
        environment.insert(LANGUAGE_VARIABLE, language())
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._on_output)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        self._process, self._rest = process, b""
        process.start(program, arguments)
        process.closeWriteChannel()

    def cancel(self) -> None:
        """Stop what runs; nothing is told of it any more. What it began it puts away itself."""
        process, self._process = self._process, None
        if process is None:
            return
        process.readyReadStandardOutput.disconnect(self._on_output)
        process.finished.disconnect(self._on_finished)
        process.errorOccurred.disconnect(self._on_error)
        if process.state() == QProcess.ProcessState.NotRunning:
            process.deleteLater()
            return
        process.finished.connect(process.deleteLater)
        process.terminate()
        QTimer.singleShot(_KILLED_AFTER_MS, process, process.kill)

    def shutdown(self) -> None:
        """Stop what runs and wait for its end."""
        self.cancel()
        for process in self.findChildren(QProcess):
            if process.state() != QProcess.ProcessState.NotRunning:
                process.terminate()
                if not process.waitForFinished(1000):
                    process.kill()
                    process.waitForFinished(1000)

    def _on_output(self) -> None:
        process = self._process
        if process is None:
            return
        data = self._rest + bytes(process.readAllStandardOutput().data())
        *lines, self._rest = data.split(b"\n")
        for line in lines:
            event = parse_event(line.decode("utf-8", errors="replace"))
            if event is not None and process is self._process:
                self.told.emit(event)

    def _on_finished(self, code: int, how: QProcess.ExitStatus) -> None:
        self._on_output()
        process, self._process = self._process, None
        if process is None:
            return
        said = bytes(process.readAllStandardError().data()).decode("utf-8", errors="replace")
        process.deleteLater()
        if code == 0 and how == QProcess.ExitStatus.NormalExit:
            self.done.emit()
        else:
            self.failed.emit(_sentence(said))

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error != QProcess.ProcessError.FailedToStart:
            return
        process, self._process = self._process, None
        if process is not None:
            reason = process.errorString()
            process.deleteLater()
            self.failed.emit(
                tr("The training process cannot be started ({reason}).").format(reason=reason)
            )


def _sentence(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    with contextlib.suppress(StopIteration):
        own = next(line for line in reversed(lines) if line.startswith("vowelscope: "))
        return own.removeprefix("vowelscope: ")
    last = lines[-1].strip() if lines else tr("it said nothing")
    return tr("The training process ended unexpectedly ({last}).").format(last=last)
