"""The recorder of the window: `vowelscope.core.capture` with signals on the GUI thread."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from vowelscope.core.capture import CaptureEngine, CaptureEvent, Source
from vowelscope.core.devices import SoundDevice

_TICK_MS = 33


class Recorder(QObject):
    """Listens to a microphone and records it; no method waits for the sound system."""

    level_changed = Signal(object)
    """The `Level` of what is heard, about 30 times a second."""
    elapsed_changed = Signal(float)
    """Seconds that are recorded and on the disk."""
    listening = Signal()
    started = Signal()
    saved = Signal(object)
    """The `CaptureEvent` of a recording that has ended: its path, duration and gaps."""
    failed = Signal(str)
    noted = Signal(str)
    devices_changed = Signal()
    _event = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = CaptureEngine(self._post)
        self.devices: tuple[SoundDevice, ...] = ()
        self.is_recording = False
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._event.connect(self._on_event, Qt.ConnectionType.QueuedConnection)

    def look_for_devices(self) -> None:
        """Look for devices; `devices_changed` follows."""
        self._engine.ask_for_devices()

    def listen(self, source: Source) -> None:
        """Listen to `source`; `listening` or `failed` follows."""
        self._engine.listen(source)

    def record(self, path: Path) -> None:
        """Record into a new file; `started` or `failed` follows."""
        self._engine.record(path)

    def finish(self) -> None:
        """End the recording; `saved` follows."""
        self._engine.finish()

    def shutdown(self) -> None:
        """End the recording and let the device go, without waiting for it."""
        self._timer.stop()
        self._engine.close(timeout_s=0.0)
        self.is_recording = False

    def _post(self, event: CaptureEvent) -> None:
        with contextlib.suppress(RuntimeError):  # the window was torn down meanwhile
            self._event.emit(event)

    @Slot(object)
    def _on_event(self, event: CaptureEvent) -> None:
        if event.what == "devices":
            self.devices = event.devices
            self.devices_changed.emit()
        elif event.what == "listening":
            self._timer.start()
            self.listening.emit()
        elif event.what == "recording":
            self.is_recording = True
            self.started.emit()
        elif event.what == "saved":
            self.is_recording = False
            self.saved.emit(event)
        elif event.what == "note":
            self.noted.emit(event.sentence)
        else:
            self.failed.emit(event.sentence)

    @Slot()
    def _tick(self) -> None:
        self.level_changed.emit(self._engine.level())
        elapsed_s = self._engine.elapsed_s()
        if elapsed_s is not None:
            self.elapsed_changed.emit(elapsed_s)
