"""What the menu Play does."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vowelscope.app.player import Player
from vowelscope.app.session import Session


class PlayVerbs(QObject):
    """Plays the selection or the window; the session's playing line follows."""

    def __init__(self, session: Session, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._player = player
        player.position_changed.connect(session.set_playing)
        player.stopped.connect(self._on_stopped)
        player.failed.connect(self._on_failed)
        session.recording_changed.connect(player.stop)

    def toggle(self) -> None:
        """Play the selection (without one, from the cursor to the end of the window), or stop."""
        if self._player.is_playing:
            self._player.stop()
            return
        session = self._session
        start_s, stop_s = session.view
        if session.selection is not None:
            start_s, stop_s = session.selection
        elif start_s < session.cursor_s < stop_s:
            start_s = session.cursor_s
        self._play(start_s, stop_s)

    def window(self) -> None:
        """Play what is in view."""
        self._play(*self._session.view)

    def stop(self) -> None:
        """Stop; the cursor goes to where the sound was, as in Praat."""
        at_s = self._session.playing_s
        if self._player.is_playing:
            self._player.stop()
            if at_s is not None:
                self._session.set_cursor(at_s)

    def _play(self, start_s: float, stop_s: float) -> None:
        if self._session.recording is None:
            self._session.message.emit("Open a recording first.")
            return
        self._player.play(self._session.recording, start_s, stop_s, self._session.heard_channels)

    def _on_stopped(self) -> None:
        self._session.set_playing(None)

    def _on_failed(self, sentence: str) -> None:
        self._session.set_playing(None)
        self._session.message.emit(sentence)
