"""Suspects written into many TextGrid files, and taken out again.

Each writing has a folder in ``writings`` beside the explanations. Before a file is replaced, its
bytes are put there with a note of what is to follow, so that a writing that was killed in the
middle can be taken back as well as one that came to its end.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QLockFile

from vowelscope.app.backups import KEPT_FILES, Backups
from vowelscope.app.recovery import _hash
from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import TextGridError, UserError
from vowelscope.core.suspects import Put, Suspect, put_suspects
from vowelscope.core.textgrid_io import from_bytes, to_bytes
from vowelscope.core.textgrid_style import sniff
from vowelscope.core.translation import tr

WRITINGS = "writings"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: whether it was replaced, and one sentence.

    `is_refused` where it could not be read, written or reached, so that it may be tried again.
    """

    path: Path
    is_done: bool
    sentence: str
    is_refused: bool = False


def write_all(
    files: Mapping[Path, Sequence[Suspect]],
    name: str,
    out: Path,
    state: Path,
    stop: threading.Event,
    progress: Callable[[tuple[int, int]], None] = lambda _: None,
    is_dry: bool = False,
) -> list[Outcome]:
    """Write suspects into files, each read, edited and replaced atomically in its own style.

    Parameters
    ----------
    files
        TextGrid -> its suspects.
    name
        Of the tier.
    out, state
        Folder of the explanations, and that of `vowelscope.core.folders.state_folder`.
    stop
        Set to stop after the file that is being written.
    progress
        Called with the numbers of files done and in all.
    is_dry
        Do all but write: the outcomes say what would be done.
    """
    # Of more files than backups are kept of, they would push out those of what was edited by hand;
    # the writing's own folder has the bytes in any case.
    backups = Backups(state) if len(files) <= KEPT_FILES // 2 else None
    folder = out / WRITINGS / datetime.now().strftime("%Y-%m-%d %H.%M.%S.%f")
    outcomes = []
    for number, (path, suspects) in enumerate(files.items()):
        if stop.is_set():
            why = tr("Not reached: the writing was stopped.")
            outcomes.append(Outcome(path, False, why, is_refused=True))
            continue
        try:
            with _locked(path, state):
                outcomes.append(_write(path, suspects, name, folder, backups, is_dry))
        except UserError as error:
            outcomes.append(Outcome(path, False, str(error), is_refused=True))
        progress((number + 1, len(files)))
    return outcomes


def _write(
    path: Path,
    suspects: Sequence[Suspect],
    name: str,
    folder: Path,
    backups: Backups | None,
    is_dry: bool,
) -> Outcome:
    before = _read(path)
    document = from_bytes(before, path)
    if document.warnings:
        raise TextGridError(document.warnings[0])
    put = put_suspects(document.textgrid, suspects, name)
    if put.textgrid is document.textgrid:
        return Outcome(path, False, told(put))
    after = to_bytes(put.textgrid, document.style)
    if is_dry:
        return Outcome(path, False, told(put, is_dry=True))
    if backups is not None:
        backups.keep(path)
    stem = folder / _hash(os.path.realpath(path))
    note = {
        "version": _VERSION,
        "path": str(path.resolve()),
        "before_sha256": _sha256(before),
        "after_sha256": _sha256(after),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise UserError(
            tr("{path} cannot be made ({why}), so nothing was written.").format(
                path=folder, why=fault.strerror
            )
        ) from fault
    write_bytes(stem.with_suffix(".TextGrid"), before)
    write_bytes(stem.with_suffix(".json"), (json.dumps(note) + "\n").encode("utf-8"))
    if _read(path) != before:
        raise TextGridError(tr("Another program changed the file meanwhile."))
    write_bytes(path, after, TextGridError)
    sentence = told(put)
    now = sniff(after)
    if now.encoding != document.style.encoding and not before.isascii():
        sentence += " " + tr(
            "The file is in {encoding} now, as its old encoding has no IPA."
        ).format(encoding=now.encoding.upper())
    return Outcome(path, True, sentence)


def told(put: Put, is_dry: bool = False) -> str:
    """One sentence on what was, or (`is_dry`) would be, written into a file and what was not."""
    text = tr("{n} would be written") if is_dry else tr("{n} written")
    parts = [text.format(n=put.written)]
    for count, more in (
        (put.there, tr("{n} there already")),
        (put.labelled, tr("{n} left out, as the tier has another label there")),
        (put.changed, tr("{n} left out, as the interval has changed since")),
    ):
        if count:
            parts.append(more.format(n=count))
    return ", ".join(parts) + "."


# Taking back


def last_writing(out: Path) -> Path | None:
    """Folder of the last writing that can be taken back."""
    with contextlib.suppress(OSError):
        folders = sorted((out / WRITINGS).iterdir(), reverse=True)
        return next((folder for folder in folders if any(folder.glob("*.json"))), None)
    return None


def take_back(
    folder: Path,
    state: Path,
    stop: threading.Event,
    progress: Callable[[tuple[int, int]], None] = lambda _: None,
    is_dry: bool = False,
) -> list[Outcome]:
    """Give each file of a writing the bytes that it had, where nobody changed it since.

    A file that is open in a window, or was not reached, is left for another time. One
    that was changed since is left for good; what it held before stays in the folder.
    With `is_dry` nothing changes, and the outcomes say what would be done.
    """
    outcomes = []
    notes = sorted(folder.glob("*.json"))
    for number, note in enumerate(notes):
        path = note
        if stop.is_set():
            break
        try:
            path, before_sha256, after_sha256 = _note(note)
            with _locked(path, state):
                outcomes.append(_restore(path, note, before_sha256, after_sha256, is_dry))
        except UserError as error:
            outcomes.append(Outcome(path, False, str(error), is_refused=True))
        progress((number + 1, len(notes)))
    with contextlib.suppress(OSError):
        folder.rmdir()
    return outcomes


def _restore(
    path: Path, note: Path, before_sha256: str, after_sha256: str, is_dry: bool
) -> Outcome:
    copy = note.with_suffix(".TextGrid")
    now = _sha256(_read(path))
    if now == before_sha256:
        outcome = Outcome(path, False, tr("It is as it was before."))
    elif now != after_sha256:
        why = tr("Changed since, so it was left; what it was before is in {copy}.")
        outcome = Outcome(path, False, why.format(copy=copy), is_refused=True)
        if not is_dry:
            note.unlink()
        return outcome
    else:
        before = _read(copy)
        if _sha256(before) != before_sha256:
            raise TextGridError(tr("{copy} is damaged.").format(copy=copy))
        if is_dry:
            return Outcome(path, False, tr("Would be as it was before the writing."))
        write_bytes(path, before, TextGridError)
        outcome = Outcome(path, True, tr("As it was before the writing."))
    if is_dry:
        return outcome
    note.unlink()
    copy.unlink(missing_ok=True)
    return outcome


def _note(path: Path) -> tuple[Path, str, str]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held["version"] != _VERSION:
            raise ValueError
        return Path(str(held["path"])), str(held["before_sha256"]), str(held["after_sha256"])
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise TextGridError(
            tr("{path}: the note of a writing is damaged.").format(path=path)
        ) from (fault)


@contextlib.contextmanager
def _locked(path: Path, state: Path) -> Iterator[None]:
    """Hold the lock that a window takes on a TextGrid."""
    folder = state / "locks"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(folder / f"{_hash(os.path.realpath(path))}.lock"))
    lock.setStaleLockTime(0)
    held = lock.tryLock(0)
    if not held and lock.error() == QLockFile.LockError.LockFailedError:
        raise TextGridError(tr("It is open in a window."))
    try:
        yield
    finally:
        if held:
            lock.unlock()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise TextGridError(
            tr("{path} cannot be read: {reason}.").format(path=path, reason=fault.strerror)
        ) from fault


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
