"""The menu of channels: which one is analysed, explained and played."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from vowelscope.app.session import Session
from vowelscope.core.translation import tr


class ChannelMenu(QMenu):
    """Filled anew each time it opens: the mean of all channels, then each of them."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(tr("&Channel"), parent)
        self._session = session
        self.aboutToShow.connect(self._fill)
        self.triggered.connect(self._on_chosen)

    def _fill(self) -> None:
        self.clear()
        recording = self._session.recording
        count = 0 if recording is None else recording.n_channels
        names = [tr("&Mean of all"), *(_name(index) for index in range(count))]
        for index, name in enumerate(names if count > 1 else [_name(0)]):
            channel = index - 1 if index else None
            action = self.addAction(name)
            action.setCheckable(True)
            action.setData(channel)
            action.setChecked(self._session.channel == channel)

    def _on_chosen(self, action: QAction) -> None:
        self._session.set_channel(action.data())


def _name(channel: int) -> str:
    """From 1; the digit is the mnemonic as far as there are digits."""
    return tr("Channel {which}{value}").format(
        which=("&" if channel < 9 else ""), value=channel + 1
    )
