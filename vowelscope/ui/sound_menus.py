"""The menus Output device and Channels heard, filled anew each time they open."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from vowelscope.app.player import Player
from vowelscope.app.session import Session
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr


class DeviceMenu(QMenu):
    """The devices that can play; the chosen one is remembered by its name."""

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(tr("&Output device"), parent)
        self._bench = bench
        self._player: Player = bench.player
        self._asks = False
        self.aboutToShow.connect(self._on_open)
        self.triggered.connect(self._on_chosen)
        self._player.devices_changed.connect(self._fill)

    def _on_open(self) -> None:
        self._player.devices()  # looks again; `devices_changed` follows where they differ
        self._fill()

    def _fill(self) -> None:
        self.clear()
        chosen = self._bench.settings.device
        devices = self._player.known_devices
        entries = [(tr("System's &default"), "")]
        entries += [(f"{one.name.strip()} ({one.host})", one.key) for one in devices]
        known = any(chosen in ("", one.key, one.name) for one in devices) or not chosen
        if not known:
            entries.append((tr("{chosen} (not there)").format(chosen=chosen), chosen))
        group = QActionGroup(self)
        by_name = {one.name: one.key for one in devices}
        for text, key in entries:
            action = group.addAction(self.addAction(text))
            action.setCheckable(True)
            action.setData(key)
            action.setChecked(key in (chosen, by_name.get(chosen)))
        if not devices:
            self.addAction(tr("No device was found")).setEnabled(False)

    def _on_chosen(self, action: QAction) -> None:
        key = action.data()
        if key is None:
            return
        self._player.set_device(key or None)
        self._bench.change(device=key)


class HeardMenu(QMenu):
    """Which channels are played: all, each alone, or any of them."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(tr("C&hannels heard"), parent)
        self._session = session
        self.aboutToShow.connect(self._fill)
        self.triggered.connect(self._on_chosen)

    def _fill(self) -> None:
        self.clear()
        recording = self._session.recording
        count = 1 if recording is None else recording.n_channels
        heard = heard_of(self._session)
        self._add(tr("&All"), tuple(range(count)), len(heard) == count)
        if count == 1:
            return
        self.addSeparator()
        for channel in range(count):
            self._add(
                tr("Channel &{value} alone").format(value=channel + 1),
                (channel,),
                heard == (channel,),
            )
        if count == 2:
            return
        self.addSeparator()
        for channel in range(count):
            self._add(tr("Channel {value}").format(value=channel + 1), channel, channel in heard)

    def _add(self, text: str, data: object, checked: bool) -> None:
        action = self.addAction(text)
        action.setCheckable(True)
        action.setChecked(checked)
        action.setData(data)

    def _on_chosen(self, action: QAction) -> None:
        data = action.data()
        if isinstance(data, int):
            toggle_channel(self._session, data)
        elif data is not None:
            self._session.set_heard(tuple(data))


def heard_of(session: Session) -> tuple[int, ...]:
    """The channels that are played, one by one."""
    if session.heard_channels is not None:
        return session.heard_channels
    return tuple(range(1 if session.recording is None else session.recording.n_channels))


def toggle_channel(session: Session, channel: int) -> None:
    """Mute a channel that is heard, or hear one that is muted; one at least stays."""
    heard = heard_of(session)
    after = set(heard) ^ {channel}
    if not after:
        session.note.emit(
            tr("Channel {value} is the only one that is heard.").format(value=channel + 1)
        )
        return
    session.set_heard(tuple(sorted(after)))
    muted = session.recording.n_channels - len(after) if session.recording else 0
    names = ", ".join(str(one + 1) for one in sorted(after))
    word = tr("channel") if len(after) == 1 else tr("channels")
    session.note.emit(
        tr("Heard: {word} {names}.").format(word=word, names=names)
        if muted
        else tr("Heard: all channels.")
    )
