"""The recovery journal: unsaved edits are on disk within a second, beside nobody's own files.

Each window keeps, for each TextGrid with unsaved edits, one folder in the user's state folder
with the TextGrid as it is now and a note of whose it is. A note whose process is gone is what the
next start offers. The user's own file is never touched from here.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLockFile, QObject, QSysInfo, QTimer, Signal, Slot

from vowelscope.app.jobs import Jobs
from vowelscope.app.process_identity import ProcessIdentity
from vowelscope.core.atomic import reason, write_bytes
from vowelscope.core.errors import TextGridError, UserError
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.textgrid_io import read_textgrid, write_textgrid
from vowelscope.core.translation import tr

log = logging.getLogger(__name__)

DELAY_MS = 300
_AGAIN_MS = 5000
"""What could not be written is tried again after this time, edits or not: disks are tidied."""
_PATIENCE_S = 0.02
"""So long the window waits for a journal that is just being written."""
_NOTE = "note.json"
_GRID = "unsaved.TextGrid"

_State = tuple[Path | None, Path | None, TextGrid]
"""The TextGrid's path, the recording's, and the TextGrid."""


@dataclass(frozen=True, slots=True)
class RecoveryEntry:
    """Edits that were lost with their process.

    Attributes
    ----------
    folder
        Where the journal keeps them.
    textgrid_path
        The file that they belong to, or None if it had no name yet.
    audio_path
        The recording, or None.
    saved_at
        When the last of them was written, in UTC.
    """

    folder: Path
    textgrid_path: Path | None
    audio_path: Path | None
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class LockResult:
    """Whether a file is ours to edit; if not, `sentence` says who has it."""

    held: bool
    sentence: str = ""
    pid: int = 0


class Recovery(QObject):
    """The journal and the locks of one window.

    Parameters
    ----------
    state_folder
        See `vowelscope.core.folders.state_folder`.
    """

    failed = Signal(str)
    """One sentence: the journal cannot be written. Said once until it works again."""

    def __init__(self, state_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = state_folder / "recovery"
        self._locks_folder = state_folder / "locks"
        # A thread of its own: nothing else may hold up what keeps edits safe.
        self._jobs = Jobs(self, threads=1, processes=0)
        self._me = ProcessIdentity.mine()
        # Two windows of one process have a journal each.
        self._session = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._waiting: dict[str, _State] = {}
        self._on_the_way: dict[str, _State] = {}
        self._to_delete: dict[str, int] = {}
        self._serial: dict[str, int] = {}
        # The one is held while files are written, the other for a moment, by the window too.
        self._writing, self._state = threading.Lock(), threading.Lock()
        self._locks: dict[Path, QLockFile] = {}
        self._taken: set[Path] = set()
        self._complained = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._write_waiting)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self._write_again)

    def record(
        self, textgrid_path: Path | None, audio_path: Path | None, textgrid: TextGrid
    ) -> None:
        """Note the TextGrid as it is after an edit; it is on disk within a second."""
        self._waiting[_name(textgrid_path, audio_path)] = (textgrid_path, audio_path, textgrid)
        # Not restarted by the next edit: someone who never pauses is kept safe as well.
        if not self._timer.isActive():
            self._timer.start()

    @property
    def is_written(self) -> bool:
        """True where all that was recorded is on disk."""
        with self._state:
            return not self._waiting and not self._on_the_way

    def clear(self, textgrid_path: Path | None, audio_path: Path | None = None) -> None:
        """Forget the edits of a file, because they were saved or thrown away."""
        name = _name(textgrid_path, audio_path)
        self._waiting.pop(name, None)
        self._jobs.cancel(self._key(name))
        with self._state:
            self._on_the_way.pop(name, None)
            serial = self._serial[name] = self._serial.get(name, 0) + 1
        self._to_delete[name] = serial
        if not self._delete(name, serial, _PATIENCE_S):
            self._jobs.submit(self._key(name), self._delete, name, serial, on_done=self._on_written)

    def _delete(self, name: str, serial: int, timeout_s: float = -1) -> bool:
        if not self._writing.acquire(timeout=timeout_s):
            return False
        self._to_delete.pop(name, None)
        if self._is_newest(name, serial):
            shutil.rmtree(self._folder(name), ignore_errors=True)
        self._writing.release()
        return True

    def flush(self) -> None:
        """Write what is not on disk yet, on this thread."""
        self.note_flushed(self.flush_elsewhere()())

    def flush_elsewhere(self) -> Callable[[], str]:
        """What writes all that is not on disk yet, for any thread.

        It gives a sentence where that fails, or "", for `note_flushed` on this thread.
        """
        self._timer.stop()
        self._take_back()
        waiting, self._waiting = self._waiting, {}
        jobs = [(name, self._next(name, state), state) for name, state in waiting.items()]

        def write() -> str:
            sentence = ""
            for job in jobs:
                try:
                    self._write(*job)
                except UserError as error:
                    sentence = str(error)
            return sentence

        return write

    def note_flushed(self, sentence: str) -> None:
        """Say what kept the edits from being written, and try again later."""
        if sentence:
            self._on_error(sentence)
        self._complained = bool(sentence)

    def pending(self) -> list[RecoveryEntry]:
        """What processes that are gone left behind, the newest first."""
        entries = []
        with contextlib.suppress(OSError):
            for note in self._root.glob(f"*/{_NOTE}"):
                if note.parent in self._taken:
                    continue  # the note still names the process that is gone
                entry = _read_note(note)
                if entry is not None:
                    entries.append(entry)
        return sorted(entries, key=lambda entry: entry.saved_at, reverse=True)

    def load(self, entry: RecoveryEntry) -> TextGrid:
        """The TextGrid of an entry.

        Raises
        ------
        TextGridError
            The journal was damaged.
        """
        return read_textgrid(entry.folder / _GRID).textgrid

    def discard(self, entry: RecoveryEntry) -> None:
        """Delete an entry: it was taken over, or nobody wants it."""
        shutil.rmtree(entry.folder, ignore_errors=True)

    def take_over(self, entry: RecoveryEntry) -> bool:
        """Let an entry be this window's own, so that the next `record` or `clear` goes there.

        Until then it stays on disk as it was: at no moment are its edits in no journal. Call it
        before `record`.

        Returns
        -------
        bool
            False where the entry is gone or cannot be moved; it stays as it was then.
        """
        name = _name(entry.textgrid_path, entry.audio_path)
        with self._writing:
            # The window had edits of its own here: the newer state takes their place.
            shutil.rmtree(self._folder(name), ignore_errors=True)
            try:
                entry.folder.rename(self._folder(name))
                self._taken.add(self._folder(name))
            except OSError as error:
                log.warning("%s cannot be taken over: %s", entry.folder, error)
                return False
        return True

    def lock(self, path: Path) -> LockResult:
        """Take a TextGrid for this window.

        Returns
        -------
        LockResult
            Not held if another window has it, in this process or another; opening it all the
            same is the user's choice. Held as well where a lock cannot be made at all.
        """
        target = Path(os.path.realpath(path))
        if target in self._locks:
            return LockResult(held=True)
        try:
            self._locks_folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return LockResult(held=True)
        file = QLockFile(str(self._locks_folder / f"{_hash(str(target))}.lock"))
        file.setStaleLockTime(0)  # a lock is stale when its process is gone, however old it is
        if file.tryLock(0):
            self._locks[target] = file
            return LockResult(held=True)
        if file.error() != QLockFile.LockError.LockFailedError:
            return LockResult(held=True)
        pid, host = _owner(file)
        own, other = tr("another window of this program"), tr("process {pid}").format(pid=pid)
        where = own if pid == os.getpid() else other
        host = tr(" on {host}").format(host=host) if host else ""
        return LockResult(
            held=False,
            sentence=tr("{name} is open in another window already ({where}{host}).").format(
                name=path.name, where=where, host=host
            ),
            pid=pid,
        )

    def unlock(self, path: Path) -> None:
        """Let a TextGrid go."""
        file = self._locks.pop(Path(os.path.realpath(path)), None)
        if file is not None:
            file.unlock()

    def close(self) -> None:
        """Write what waits and let all locks go; what was not cleared stays in the journal."""
        self.flush()
        for name, serial in list(self._to_delete.items()):
            self._delete(name, serial)
        self._again.stop()
        self._jobs.shutdown()
        for file in self._locks.values():
            file.unlock()
        self._locks.clear()

    @Slot()
    def _write_waiting(self) -> None:
        while self._waiting:
            name, state = self._waiting.popitem()
            self._jobs.submit(
                self._key(name),
                self._write,
                name,
                self._next(name, state),
                state,
                on_done=self._on_written,
                on_error=self._on_error,
            )

    @Slot()
    def _write_again(self) -> None:
        self._take_back()
        self._write_waiting()

    def _take_back(self) -> None:
        """Let what is on its way, or could not be written, wait again; newer states stay."""
        with self._state:
            self._waiting = self._on_the_way | self._waiting
            self._on_the_way.clear()

    def _key(self, name: str) -> tuple[str, str, str]:
        return ("recovery", self._session, name)

    def _next(self, name: str, state: _State) -> int:
        with self._state:
            self._on_the_way[name] = state
            serial = self._serial[name] = self._serial.get(name, 0) + 1
        return serial

    def _folder(self, name: str) -> Path:
        return self._root / f"{self._session}-{name}"

    def _write(self, name: str, serial: int, state: _State) -> None:
        textgrid_path, audio_path, textgrid = state
        note = {
            "textgrid": None if textgrid_path is None else str(textgrid_path.absolute()),
            "audio": None if audio_path is None else str(audio_path.absolute()),
            "saved_at": datetime.now(UTC).isoformat(),
            "process": self._me.to_dict(),
        }
        with self._writing:
            if not self._is_newest(name, serial):
                return  # saved or edited again meanwhile: this state must not come back
            folder = self._folder(name)
            try:
                folder.mkdir(parents=True, exist_ok=True)
                write_textgrid(folder / _GRID, textgrid)
                write_bytes(folder / _NOTE, json.dumps(note).encode("utf-8"), TextGridError)
            except (OSError, TextGridError) as error:
                fault = error if isinstance(error, OSError) else error.__cause__
                why = reason(fault, folder) if isinstance(fault, OSError) else str(error)
                sentence = tr(
                    "Cannot keep unsaved edits in {root}: {why}. Save the TextGrid; it "
                    "is tried again meanwhile."
                )
                raise TextGridError(sentence.format(root=self._root, why=why)) from error
        with self._state:
            if self._serial.get(name) == serial:
                self._on_the_way.pop(name, None)

    def _is_newest(self, name: str, serial: int) -> bool:
        with self._state:
            return self._serial.get(name) == serial

    def _on_written(self, _: object) -> None:
        self._complained = False

    def _on_error(self, sentence: str) -> None:
        log.warning("%s", sentence)
        self._again.start()
        if not self._complained:
            self._complained = True
            self.failed.emit(sentence)


def _read_note(path: Path) -> RecoveryEntry | None:
    """The entry of a note, or None if its process lives or nothing can be made of it."""
    try:
        note: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if ProcessIdentity.from_dict(note["process"]).is_alive():
            return None
        saved_at = datetime.fromisoformat(note["saved_at"])
        textgrid, audio = note["textgrid"], note["audio"]
        return RecoveryEntry(
            path.parent,
            None if textgrid is None else Path(textgrid),
            None if audio is None else Path(audio),
            saved_at if saved_at.tzinfo else saved_at.replace(tzinfo=UTC),
        )
    except (OSError, ValueError, KeyError, TypeError):
        log.warning("%s cannot be read; it is left where it is", path)
        return None


def _owner(file: QLockFile) -> tuple[int, str]:
    """Process and host of who holds a lock; the host is "" if it is this one."""
    # Some versions of PySide put a flag in front.
    info: tuple[Any, ...] = file.getLockInfo()
    pid, host, _ = info[-3:]
    return int(pid), "" if host == QSysInfo.machineHostName() else str(host)


def _name(textgrid_path: Path | None, audio_path: Path | None) -> str:
    known = textgrid_path or audio_path
    kind = "textgrid" if textgrid_path else "audio"
    return _hash(f"{kind}:{os.path.realpath(known) if known else ''}")


def _hash(text: str) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:16]
