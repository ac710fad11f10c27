"""What keeps a window's edits: saving, the lock on the file, its backup, and the journal."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from vowelscope.app.backups import Backups
from vowelscope.app.files import same_file
from vowelscope.app.recovery import Recovery
from vowelscope.app.session import Session
from vowelscope.core.errors import TextGridError, UserError
from vowelscope.core.translation import tr


class Keeping(QObject):
    """Follows a session's edits into the journal, and saves.

    Parameters
    ----------
    session
        The session of the window.
    state_folder
        See `vowelscope.core.folders.state_folder`.
    """

    def __init__(self, session: Session, state_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._locked: Path | None = None
        self.recovery = Recovery(state_folder, self)
        self.backups = Backups(state_folder)
        self.recovery.failed.connect(session.message)
        session.textgrid_changed.connect(self._on_textgrid)
        session.modified_changed.connect(self._on_modified)

    def save(self, path: Path | None = None) -> None:
        """Save the TextGrid to its file, or to another that is ours from then on.

        Raises
        ------
        TextGridError
            The file cannot be written, or another window has it.
        """
        session = self._session
        if session.document is None:
            session.save()  # says that there is nothing to save
            return
        if path is None and not session.is_read_only:
            self._before_save(session.document.path)
            session.save()
            return
        old = session.document.path
        path = path or old
        known = self._locked
        lock = self.recovery.lock(path)
        if not lock.held:
            raise TextGridError(tr("Nothing was saved: {sentence}").format(sentence=lock.sentence))
        self._before_save(path)
        try:
            session.save_as(path)
        except UserError:
            if known is None or not same_file(path, known):
                self.recovery.unlock(path)
            raise
        self._locked = path
        if not same_file(path, old):
            # Its edits are in the new file now.
            self.recovery.clear(old, self._audio)
            if known is not None:
                self.recovery.unlock(known)

    def take(self, path: Path | None) -> str:
        """Let the old file go and lock the new one; gives a sentence where another has it."""
        known, self._locked = self._locked, None
        if known is not None and (path is None or not same_file(path, known)):
            self.recovery.unlock(known)
        if path is None:
            return ""
        self.backups.begin(path)
        lock = self.recovery.lock(path)
        if lock.held:
            self._locked = path
            return ""
        return tr("{sentence} It is read-only here: File → Save TextGrid as… makes a copy.").format(
            sentence=lock.sentence
        )

    def forget_edits(self) -> None:
        """The unsaved edits were saved, undone or given up: the journal need not keep them."""
        if self._session.document is not None:
            self.recovery.clear(self._session.document.path, self._audio)

    @property
    def _audio(self) -> Path | None:
        recording = self._session.recording
        return None if recording is None else recording.path

    def _before_save(self, path: Path) -> None:
        # A journal that lags behind the file would offer to take a part of the save back.
        self.recovery.flush()
        try:
            self.backups.keep(path)
        except TextGridError as error:
            self._session.message.emit(str(error))

    def _on_textgrid(self) -> None:
        session = self._session
        if session.textgrid is not None and session.document is not None and session.is_modified:
            self.recovery.record(session.document.path, self._audio, session.textgrid)

    def _on_modified(self, modified: bool) -> None:
        if modified:
            # The stack calls itself clean until the first edit after a save is done, and so does
            # the session while it tells of that edit.
            self._on_textgrid()
        else:
            self.forget_edits()
