"""Copies of what the user's TextGrids were before a session saved over them for the first time.

Each file has a folder in the state folder, named after it, with dated copies, byte for byte, and a
text file that says where the original lies. Only so many are kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from datetime import datetime
from pathlib import Path

from vowelscope.core.atomic import reason, write_bytes
from vowelscope.core.errors import TextGridError
from vowelscope.core.translation import tr

KEPT_OF_A_FILE = 10
KEPT_FILES = 200
_FROM = "from.txt"
_LONGEST_STEM = 40
"""Characters: four bytes each at most, and file systems allow 255 bytes."""


class Backups:
    """The backups of one window.

    Parameters
    ----------
    state_folder
        See `vowelscope.core.folders.state_folder`.
    """

    def __init__(self, state_folder: Path) -> None:
        self.folder = state_folder / "backups"
        self._kept: set[str] = set()

    def begin(self, path: Path) -> None:
        """A file was opened: the next save over it is the first of a session."""
        self._kept.discard(os.path.realpath(path))

    def folder_of(self, path: Path) -> Path:
        """Where the copies of a file are, or would be."""
        target = Path(os.path.realpath(path))
        name = hashlib.sha256(os.fsencode(target)).hexdigest()[:12]
        return self.folder / f"{target.stem[:_LONGEST_STEM]} {name}"

    def keep(self, path: Path) -> Path | None:
        """Copy a file before it is saved over, once a session.

        Returns
        -------
        Path or None
            The copy; None where there is no file yet, or it was copied before.

        Raises
        ------
        TextGridError
            The copy cannot be made. It may be saved over all the same: that is the user's choice.
        """
        target = os.path.realpath(path)
        if target in self._kept:
            return None
        folder = self.folder_of(path)
        try:
            data = Path(target).read_bytes()
        except FileNotFoundError:
            self._kept.add(target)  # what this session makes is no version of anyone's
            return None
        except OSError as fault:
            raise _refused(path, reason(fault, path)) from fault
        try:
            folder.mkdir(parents=True, exist_ok=True)
            older = _copies(folder)
            if older and older[-1].read_bytes() == data:
                copy = None
            else:
                now = datetime.now().strftime("%Y-%m-%d %H.%M.%S.%f")
                copy = folder / f"{now}.TextGrid"
                write_bytes(folder / _FROM, f"{target}\n".encode("utf-8", "surrogateescape"))
                write_bytes(copy, data, TextGridError)
            os.utime(folder)
        except OSError as fault:
            raise _refused(path, reason(fault, folder)) from fault
        self._kept.add(target)
        self._forget_oldest(folder)
        return copy

    def _forget_oldest(self, folder: Path) -> None:
        with contextlib.suppress(OSError):
            for copy in _copies(folder)[:-KEPT_OF_A_FILE]:
                copy.unlink()
            folders = sorted(self.folder.iterdir(), key=lambda other: other.stat().st_mtime)
            for other in folders[:-KEPT_FILES]:
                shutil.rmtree(other, ignore_errors=True)


def _copies(folder: Path) -> list[Path]:
    """The copies in a file's folder, the oldest first."""
    return sorted(folder.glob("*.TextGrid"))


def _refused(path: Path, why: str) -> TextGridError:
    return TextGridError(tr("No backup of {name} was made: {why}.").format(name=path.name, why=why))
