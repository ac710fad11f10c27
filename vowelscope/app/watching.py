"""Notices at once when another program writes a file that is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from vowelscope.app.files import Stamp, stamp_of
from vowelscope.app.workbench import Workbench
from vowelscope.core.textgrid_io import Document, read_textgrid
from vowelscope.core.translation import tr

_KEY = "reload"
# A program that writes in pieces has told of the last one by then, as a rule.
_SETTLED_MS = 400


class Watching(QObject):
    """The TextGrid and the recording of a window; saves of this window are not told."""

    found = Signal()
    """`path` is another one, or None."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = session = bench.session
        self.path: Path | None = None
        self._audio_stamp: Stamp | None = None
        self._kept: set[tuple[Path, Stamp | None]] = set()
        self._watcher = QFileSystemWatcher(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SETTLED_MS)
        self._soon.timeout.connect(self.look)
        self._watcher.fileChanged.connect(self._soon.start)
        self._watcher.directoryChanged.connect(self._on_folder)
        session.recording_changed.connect(self._on_recording)
        session.file_changed.connect(self.look)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._on_state)

    @property
    def is_recording(self) -> bool:
        """Whether what was found is the recording."""
        recording = self._session.recording
        return recording is not None and self.path == recording.path

    def look(self) -> None:
        """See whether a file that is open was changed, and go on watching."""
        if self._bench.keeping.is_saving:
            self._soon.start()
            return
        self._watch()
        session, path = self._session, None
        if session.document is not None and session.is_changed_outside:
            path = session.document.path
        elif session.recording is not None:
            now = stamp_of(session.recording.path)
            if None not in (now, self._audio_stamp) and now != self._audio_stamp:
                path = session.recording.path
        if path is not None and (path, stamp_of(path)) in self._kept:
            path = None
        if path != self.path:
            self.path = path
            self.found.emit()

    def keep_mine(self) -> None:
        """Do not ask again about what the file is now; a save still asks before it replaces it."""
        if self.path is not None:
            self._kept.add((self.path, stamp_of(self.path)))
        self.look()

    def reload(self) -> None:
        """Show what is in the file now: an edit, so that undo brings back what was shown.

        A recording, and a TextGrid that is read-only here, is opened anew.
        """
        session, path = self._session, self.path
        if path is None or session.recording is None:
            return
        if self.is_recording or session.is_read_only:
            document = session.document
            grid = document.path if document is not None and document.path.is_file() else None
            self._bench.open(session.recording.path, grid, keep_view=True)
            return
        self._bench.jobs.submit(
            _KEY, _read, path, on_done=self._on_read, on_error=session.message.emit
        )

    def _on_read(self, result: tuple[Document, Stamp | None]) -> None:
        document, stamp = result
        session = self._session
        if session.document is None or session.document.path != document.path:
            return
        session.replace_textgrid(document.textgrid, tr("Reload TextGrid"))
        assert session.textgrid is not None
        session.saved(
            Document(document.path, session.textgrid, document.style, document.warnings), stamp
        )
        sentence = tr("Reloaded {name}; Undo brings back what was shown.")
        session.note.emit(sentence.format(name=document.path.name))

    def _on_recording(self) -> None:
        recording = self._session.recording
        self._audio_stamp = None if recording is None else stamp_of(recording.path)
        self.look()

    def _on_folder(self, _: str) -> None:
        # A folder in which much goes on must not put the look off for ever.
        if not self._soon.isActive():
            self._soon.start()

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.look()

    def _watch(self) -> None:
        """The folder, too: a file that is replaced as a whole is another file afterwards."""
        session = self._session
        files = [None if session.document is None else session.document.path]
        files.append(None if session.recording is None else session.recording.path)
        wanted = {str(path) for path in files if path is not None and path.is_file()}
        if session.document is not None and session.document.path.parent.is_dir():
            wanted.add(str(session.document.path.parent))
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if watched - wanted:
            self._watcher.removePaths(sorted(watched - wanted))
        if wanted - watched:
            self._watcher.addPaths(sorted(wanted - watched))


def _read(path: Path) -> tuple[Document, Stamp | None]:
    stamp = stamp_of(path)
    return read_textgrid(path), stamp
