"""Tokens of an explained corpus that are marked, and their way into a tier of their TextGrids."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from vowelscope.app.files import same_file
from vowelscope.app.jobs import CancelToken
from vowelscope.app.suspect_files import Outcome, last_writing, take_back, told, write_all
from vowelscope.app.workbench import Workbench
from vowelscope.core.errors import TextGridError, UserError
from vowelscope.core.folders import state_folder
from vowelscope.core.suspects import Suspect, put_suspects
from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.explain.browse import Browsed

Places = npt.NDArray[np.int64]


def _keep(browsed: Browsed, rows: list[int]) -> None:
    from vowelscope.explain.marks import write_marks

    write_marks(browsed.out, browsed.plan, rows)


def _suspects(browsed: Browsed, places: Places) -> dict[Path, list[Suspect]]:
    """What `vowelscope.explain.choosing` says of some tokens, by TextGrid."""
    # It takes long to import; the job that read the folder has done it by now.
    from vowelscope.explain.choosing import suspects_of

    return suspects_of(browsed, places)


def _write(
    token: CancelToken, browsed: Browsed, places: Places, name: str, stop: threading.Event
) -> list[Outcome]:
    files = _suspects(browsed, places)
    return write_all(files, name, browsed.out, state_folder(), stop, token.progress)


def _take_back(token: CancelToken, folder: Path, stop: threading.Event) -> list[Outcome]:
    return take_back(folder, state_folder(), stop, token.progress)


class Marking(QObject):
    """The marks of what the browser shows; kept beside the explanations at each change."""

    changed = Signal()
    """Other tokens are marked."""
    running = Signal()
    """Files are written, or no longer."""
    progress = Signal(int, int, float)
    """Files done and in all, and seconds that are left (NaN where unknown)."""
    finished = Signal(list)
    """The `Outcome` of each file."""
    _not_kept = Signal(str)

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._browsed: Browsed | None = None
        self._refusal = ""
        # One thread, so that the last marks are written last; the program waits for it at its end.
        self._keeper = ThreadPoolExecutor(max_workers=1)
        self._key = ("corpus suspects", id(self))
        self._stop = threading.Event()
        self._began_s = 0.0
        self._unseen: frozenset[int] = frozenset()
        self._outcomes: list[Outcome] = []
        self.marked: npt.NDArray[np.bool_] = np.zeros(0, bool)
        self._not_kept.connect(bench.session.message)

    def adopt(self, browsed: Browsed, rows: frozenset[int], refusal: str = "") -> None:
        """Go on with the marks of other explanations; a `refusal` says why they cannot be read."""
        self._browsed, self._refusal = browsed, refusal
        self._unseen = rows - set(browsed.row.tolist())
        self.marked = np.isin(browsed.row, np.fromiter(rows, np.int64, len(rows)))
        if refusal:
            self._bench.session.message.emit(refusal)
        self.changed.emit()

    @property
    def count(self) -> int:
        """How many tokens are marked."""
        return int(self.marked.sum())

    def toggle(self, places: Places) -> None:
        """Mark tokens, or, where all of them are marked, unmark them."""
        browsed = self._browsed
        if browsed is None or not len(places):
            return
        if self._refusal:
            self._bench.session.message.emit(self._refusal)
            return
        self.marked[places] = not self.marked[places].all()
        rows = [*self._unseen, *browsed.row[self.marked].tolist()]
        self._keeper.submit(_keep, browsed, rows).add_done_callback(self._on_kept)
        self.changed.emit()

    def flush(self) -> None:
        """Wait until the marks are kept."""
        self._keeper.submit(int).result()

    def _on_kept(self, kept: Future[None]) -> None:
        # Called on the keeper's thread.
        error = kept.exception()
        if isinstance(error, UserError):
            self._not_kept.emit(str(error))
        elif error is not None:
            self._not_kept.emit(tr("The marks were not kept ({error}).").format(error=error))

    # Writing them

    @property
    def is_running(self) -> bool:
        """True while files are written."""
        return self._bench.jobs.is_pending(self._key)

    @property
    def can_take_back(self) -> bool:
        """Whether there is a writing to be taken back."""
        browsed = self._browsed
        return browsed is not None and last_writing(browsed.out) is not None

    def write(self, name: str) -> None:
        """Write the marked tokens into tiers of that name.

        The TextGrid of this window is edited in the window, as one step that can be undone.
        """
        browsed = self._browsed
        if browsed is None or not self.marked.any() or self.is_running:
            return
        here = self.marked & self._in_open(browsed)
        self._outcomes = [
            self._edit_open(path, suspects, name)
            for path, suspects in _suspects(browsed, np.flatnonzero(here)).items()
        ]
        others = np.flatnonzero(self.marked & ~here)
        if len(others):
            self._submit(_write, browsed, others, name)
        else:
            self._on_done([])

    def take_back(self) -> None:
        """Give the files of the last writing what they held before."""
        folder = None if self._browsed is None else last_writing(self._browsed.out)
        if folder is None or self.is_running:
            return
        self._outcomes = []
        self._submit(_take_back, folder)

    def stop(self) -> None:
        """Stop after the file that is being written."""
        self._stop.set()

    def _submit(self, function: Callable[..., list[Outcome]], *args: object) -> None:
        self._began_s, self._stop = time.monotonic(), threading.Event()
        self._bench.jobs.submit(
            self._key,
            function,
            *args,
            self._stop,
            on_done=self._on_done,
            on_error=self._on_failed,
            on_progress=self._on_progress,
            pass_token=True,
        )
        self.progress.emit(0, 0, float("nan"))
        self.running.emit()

    def _on_progress(self, numbers: tuple[int, int]) -> None:
        done, total = numbers
        left_s = (time.monotonic() - self._began_s) / done * (total - done)
        self.progress.emit(done, total, left_s)

    def _on_done(self, outcomes: list[Outcome]) -> None:
        self._outcomes += outcomes
        self.running.emit()
        self.finished.emit(self._outcomes)

    def _on_failed(self, sentence: str) -> None:
        self._bench.session.message.emit(sentence)
        self._on_done([])

    def _in_open(self, browsed: Browsed) -> npt.NDArray[np.bool_]:
        """Which tokens are in the TextGrid that this window has open."""
        document = self._bench.session.document
        found = np.zeros(len(browsed), bool)
        if document is None or not document.path.exists():
            return found
        texts = browsed.texts["textgrid"]
        for name in set(texts[self.marked].tolist()):
            # A link of another name is found open by its lock.
            if Path(name).name == document.path.name and same_file(Path(name), document.path):
                found |= texts == name
        return found

    def _edit_open(self, path: Path, suspects: list[Suspect], name: str) -> Outcome:
        session = self._bench.session
        assert session.textgrid is not None
        if session.is_read_only:
            return Outcome(path, False, tr("It is open in another window."), is_refused=True)
        try:
            put = put_suspects(session.textgrid, suspects, name)
        except TextGridError as error:
            return Outcome(path, False, str(error), is_refused=True)
        session.replace_textgrid(put.textgrid, tr("Write suspects"))
        if not put.written:
            return Outcome(path, False, told(put))
        return Outcome(path, True, told(put) + " " + tr("It is open here and not saved yet."))
