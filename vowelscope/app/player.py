"""The player of the window: `vowelscope.core.playback` with signals on the GUI thread."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from vowelscope.core.audio import Recording
from vowelscope.core.devices import SoundDevice
from vowelscope.core.passages import Passage, Selection
from vowelscope.core.playback import PlaybackEngine, PlaybackEvent

_TICK_MS = 33


class Player(QObject):
    """Plays a stretch of a recording; a new request ends the one before.

    A call of `play` gives `failed` alone, or `started` and later `stopped`. A device that is lost
    gives `failed` and then `stopped`. No method waits for the sound system.
    """

    position_changed = Signal(float)
    """Seconds of the recording that leave the loudspeaker now, about 30 times a second."""
    started = Signal()
    stopped = Signal()
    failed = Signal(str)
    noted = Signal(str)
    """Something that does not keep it from playing: the chosen device is not there."""
    level_changed = Signal(object)
    """The `Level` of what leaves the loudspeaker now, about 30 times a second; None at the end."""
    devices_changed = Signal()
    _event = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = PlaybackEngine(self._post)
        self._request: int | None = None
        self._devices: tuple[SoundDevice, ...] = ()
        self._device: str | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._event.connect(self._on_event, Qt.ConnectionType.QueuedConnection)

    @property
    def is_playing(self) -> bool:
        """True from `play` until `stopped` or `failed`."""
        return self._request is not None

    @property
    def request(self) -> int | None:
        """Number of the newest request, while it plays."""
        return self._request

    @property
    def device(self) -> str | None:
        """Name of the chosen device, or None for the system's default."""
        return self._device

    def play(
        self,
        recording: Recording,
        start_s: float,
        stop_s: float,
        channels: tuple[int, ...] | None = None,
    ) -> None:
        """Play `start_s` to `stop_s` (seconds) of 0-based channels, or of all for None."""
        self.play_passage(Selection(recording, start_s, stop_s, channels))

    def play_passage(self, passage: Passage, again: bool = False) -> int:
        """Play `passage`, once or `again` and again; gives the number of the request."""
        self._request = self._engine.play(passage, again)
        return self._request

    def follow(self, passage: Passage | None) -> None:
        """After the pass that is heard play `passage`, again and again; nothing for None."""
        self._engine.follow(passage)

    def stop(self) -> None:
        """Stop at once; `stopped` follows."""
        self._engine.stop()

    def devices(self) -> tuple[SoundDevice, ...]:
        """The devices found last time; looks again and emits `devices_changed` if they differ."""
        self._engine.ask_for_devices()
        return self._devices

    @property
    def known_devices(self) -> tuple[SoundDevice, ...]:
        """The devices found last time."""
        return self._devices

    def set_device(self, name: str | None) -> None:
        """Play on the device of that name from the next `play` on; None is the default one."""
        self._device = name
        self._engine.set_device(name)

    def shutdown(self) -> None:
        """Stop and let the sound system go. The player is of no use afterwards."""
        self._timer.stop()
        self._engine.close()
        self._request = None

    def _post(self, event: PlaybackEvent) -> None:
        with contextlib.suppress(RuntimeError):  # the window was torn down meanwhile
            self._event.emit(event)

    @Slot(object)
    def _on_event(self, event: PlaybackEvent) -> None:
        if event.what == "devices":
            if event.devices != self._devices:
                self._devices = event.devices
                self.devices_changed.emit()
            return
        if event.what == "started":
            self._timer.start()
            self.started.emit()
            return
        if event.what == "note":
            self.noted.emit(event.sentence)
            return
        newest = event.request == self._request
        if event.what == "failed":
            if newest and not self._timer.isActive():
                self._request = None
            self.failed.emit(event.sentence)
            return
        self._timer.stop()
        if newest:
            self._request = None
        self.level_changed.emit(None)
        self.stopped.emit()

    @Slot()
    def _tick(self) -> None:
        position_s = self._engine.position_s()
        if position_s is not None:
            self.position_changed.emit(position_s)
            self.level_changed.emit(self._engine.level())
