"""What keeps a window's edits: saving, the lock on the file, its backup, and the journal."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject

from vowelscope.app.backups import Backups
from vowelscope.app.files import Stamp, same_file, stamp_of
from vowelscope.app.jobs import Jobs
from vowelscope.app.recovery import Recovery
from vowelscope.app.session import Session
from vowelscope.core.errors import TextGridError, UserError
from vowelscope.core.textgrid_io import Document, FileStyle, write_textgrid
from vowelscope.core.translation import tr

log = logging.getLogger(__name__)

_KEY = "save"


@dataclass(eq=False)
class _Saving:
    """One save, on its way to the disk; the thread that writes fills in what is below the line."""

    document: Document
    old: Path
    known: Path | None
    journal: Callable[[], str]
    backup: Callable[[Path], object]
    done: threading.Event = field(default_factory=threading.Event)
    # ---
    stamp: Stamp | None = None
    journal_failed: str = ""
    backup_failed: str = ""
    failed: str = ""

    def write(self) -> None:
        """The journal first: one that lags behind would offer to take a part of the save back."""
        path = self.document.path
        try:
            self.journal_failed = self.journal()
            try:
                self.backup(path)
            except TextGridError as error:
                self.backup_failed = str(error)
            write_textgrid(path, self.document.textgrid, self.document.style)
            self.stamp = stamp_of(path)
        except UserError as error:
            self.failed = str(error)
        except Exception as error:
            log.exception("A save failed")
            self.failed = tr("Cannot save {path}: {fault}; the log has the details.").format(
                path=path, fault=type(error).__name__
            )
        finally:
            self.done.set()


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
        self._saving: _Saving | None = None
        self._next: tuple[Path | None, FileStyle | None] | None = None
        self._jobs = Jobs(self, threads=1, processes=0)
        self.recovery = Recovery(state_folder, self)
        self.backups = Backups(state_folder)
        self.recovery.failed.connect(session.message)
        session.textgrid_changed.connect(self._on_textgrid)
        session.modified_changed.connect(self._on_modified)

    def save(self, path: Path | None = None) -> None:
        """Save the TextGrid to its file, or to another that is ours from then on, and wait.

        Raises
        ------
        TextGridError
            The file cannot be written, or another window has it.
        """
        self.finish()
        self.begin_save(path)
        sentence = self._end()
        if sentence:
            raise TextGridError(sentence)

    def begin_save(self, path: Path | None = None, style: FileStyle | None = None) -> None:
        """As `save`, in the background: the session says when the file is on disk, or why not.

        What is edited meanwhile is not in the file, and so unsaved. A save that is asked for
        while another is on its way follows that one. `style` None keeps the file's own.

        Raises
        ------
        TextGridError
            There is nothing to save, or another window has the file.
        """
        if self._saving is not None:
            self._next = (path, style)
            return
        session = self._session
        if session.document is None or session.textgrid is None:
            raise TextGridError(tr("There is no TextGrid to save."))
        old, known = session.document.path, self._locked
        if path is not None or session.is_read_only:
            lock = self.recovery.lock(path or old)
            if not lock.held:
                raise TextGridError(
                    tr("Nothing was saved: {sentence}").format(sentence=lock.sentence)
                )
        document = Document(path or old, session.textgrid, style or session.document.style)
        self._saving = _Saving(
            document, old, known, self.recovery.flush_elsewhere(), self.backups.keep
        )
        self._jobs.submit(_KEY, self._saving.write, on_done=self._on_written)

    @property
    def is_saving(self) -> bool:
        """True while a save is on its way to the disk."""
        return self._saving is not None

    def finish(self) -> None:
        """Wait until all that is to be saved is on disk, or was refused with a sentence."""
        while self._saving is not None:
            self._on_written(None)

    def close(self) -> None:
        """Finish, and let files and threads go."""
        self.finish()
        self._jobs.shutdown()
        self.recovery.close()

    def _on_written(self, _: object) -> None:
        sentence = self._end()
        if sentence:
            self._session.message.emit(sentence)
        if self._next is not None:
            (path, style), self._next = self._next, None
            try:
                self.begin_save(path, style)
            except TextGridError as error:
                self._session.message.emit(str(error))

    def _end(self) -> str:
        """What follows from a save that has come to its end; gives why it failed, or ""."""
        saving, session = self._saving, self._session
        assert saving is not None
        saving.done.wait()
        self._jobs.cancel(_KEY)
        self._saving = None
        path = saving.document.path
        self.recovery.note_flushed(saving.journal_failed)
        if saving.backup_failed:
            session.message.emit(saving.backup_failed)
        moved = not same_file(path, saving.old)
        if saving.failed:
            if saving.known is None or not same_file(path, saving.known):
                self.recovery.unlock(path)
            return saving.failed
        session.saved(saving.document, saving.stamp)
        self._locked = path
        if moved:
            # Its edits are in the new file now; those made meanwhile are recorded for that one.
            self._on_textgrid()
            self.recovery.clear(saving.old, self._audio)
            if saving.known is not None:
                self.recovery.unlock(saving.known)
        return ""

    def take(self, path: Path | None) -> str:
        """Let the old file go and lock the new one; gives a sentence where another has it."""
        self.finish()
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
