"""Two sessions that show the same stretch of time: what is done in one, the other follows.

Praat's editors in a group do so ("Preferences… → Synchronize zoom and scroll"). Each session goes
on with its own recording, TextGrid, undo and tiers.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.cursor import put_cursor
from vowelscope.app.session import Session


class Linking(QObject):
    """Visible part, cursor and selection of two sessions, the one after the other.

    Where the recordings differ in length, each session shows what it has: its `set_view` moves and
    cuts. What follows never leads back, so a shorter recording does not hold the longer one.

    Parameters
    ----------
    first, second
        The sessions; none leads by itself.
    first_leads
        A recording that is opened in the first moves the second. Otherwise a session that has just
        opened one goes where the other is.
    """

    changed = Signal()
    """It was switched on or off, or the offset is another."""

    def __init__(
        self,
        first: Session,
        second: Session,
        parent: QObject | None = None,
        first_leads: bool = False,
    ) -> None:
        super().__init__(parent)
        self._first, self._second = first, second
        self._first_leads = first_leads
        self._on = True
        self._offset_s = 0.0
        self._following = False
        self._sides = (_Side(self, first), _Side(self, second))
        self._follow(first)

    @property
    def is_on(self) -> bool:
        """Whether each follows the other."""
        return self._on

    @property
    def offset_s(self) -> float:
        """A time in the second recording less the time of the first that stands beside it."""
        return self._offset_s

    def set_on(self, on: bool, leader: Session | None = None) -> None:
        """Switch it on or off; once on, the other goes where `leader` (None: the first) is."""
        if on != self._on:
            self._on = on
            self._follow(leader or self._first)
            self.changed.emit()

    def set_offset(self, offset_s: float, leader: Session | None = None) -> None:
        """Let time t of the first stand beside t + `offset_s` (seconds) of the second."""
        if offset_s != self._offset_s:
            self._offset_s = offset_s
            self._follow(leader or self._first)
            self.changed.emit()

    def align(self, leader: Session | None = None) -> float:
        """Let the starts of the two selections (or the cursors) stand beside each other.

        Returns
        -------
        float
            The new offset in seconds.
        """
        self._offset_s = _start_s(self._second) - _start_s(self._first)
        self._on = True
        self._follow(leader or self._first)
        self.changed.emit()
        return self._offset_s

    def close(self) -> None:
        """Let both go their own ways for good."""
        self._on = False
        for side in self._sides:
            side.close()

    def _follow(self, leader: Session) -> None:
        self._follow_view(leader)
        self._follow_selection(leader)

    def _follow_view(self, leader: Session) -> None:
        follower, offset_s = self._towards(leader)
        if self._may(leader, follower):
            self._following = True
            try:
                follower.set_view(leader.view[0] + offset_s, leader.view[1] + offset_s)
            finally:
                self._following = False

    def _follow_selection(self, leader: Session) -> None:
        follower, offset_s = self._towards(leader)
        if not self._may(leader, follower):
            return
        self._following = True
        try:
            _put(follower, leader.cursor_s + offset_s)
            if leader.selection is None:
                follower.clear_selection()
            else:
                start_s, stop_s = leader.selection
                follower.select_times(start_s + offset_s, stop_s + offset_s)
        finally:
            self._following = False

    def _towards(self, leader: Session) -> tuple[Session, float]:
        if leader is self._first:
            return self._second, self._offset_s
        return self._first, -self._offset_s

    def _may(self, leader: Session, follower: Session) -> bool:
        return self._on and not self._following and leader.is_open and follower.is_open

    def _on_opened(self, opened: Session) -> None:
        """A recording was opened: its session goes where the other is."""
        leads = self._first_leads and opened is self._first
        other, _ = self._towards(opened)
        self._follow(opened if leads else other)


class _Side(QObject):
    """Listens to one of the two."""

    def __init__(self, linking: Linking, leader: Session) -> None:
        super().__init__(linking)
        self._linking, self._leader = linking, leader
        # While a recording is being shown its view stands at the start: that is no wish.
        self._opening = QTimer(self)
        self._opening.setSingleShot(True)
        self._opening.setInterval(0)
        self._opening.timeout.connect(self._on_opened)
        self._connected = (
            (leader.recording_changed, self._on_recording),
            (leader.view_changed, self._on_view),
            (leader.cursor_changed, self._on_selection),
            (leader.selection_changed, self._on_selection),
        )
        for signal, slot in self._connected:
            signal.connect(slot)

    def close(self) -> None:
        self._opening.stop()
        for signal, slot in self._connected:
            signal.disconnect(slot)

    def _on_recording(self) -> None:
        self._opening.start()

    def _on_opened(self) -> None:
        self._linking._on_opened(self._leader)

    def _on_view(self) -> None:
        if not self._opening.isActive():
            self._linking._follow_view(self._leader)

    def _on_selection(self) -> None:
        if not self._opening.isActive():
            self._linking._follow_selection(self._leader)


def _start_s(session: Session) -> float:
    return session.cursor_s if session.selection is None else session.selection[0]


def _put(session: Session, time_s: float) -> None:
    """The cursor with the item under it, so that what is typed next lands where the cursor is."""
    low_s, high_s = session.domain
    if low_s <= time_s <= high_s:
        put_cursor(session, time_s)
        return
    session.set_cursor(time_s)
    if session.tier_index is not None:
        session.select_item(session.tier_index, None)
