"""New files from old ones: recordings put together, time taken out or put in, in the background."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from vowelscope.app.files import find_textgrid
from vowelscope.app.jobs import CancelToken
from vowelscope.app.workbench import Workbench
from vowelscope.core.edit_sound import (
    Source,
    concatenate_files,
    insert_silence,
    paste_time,
    remove_span,
)
from vowelscope.core.sidecar import read_sidecar
from vowelscope.core.textgrid_io import FileStyle, read_textgrid
from vowelscope.core.translation import tr

_KEY = "splice"


class Splicing(QObject):
    """One work at a time; what is open is not touched."""

    progressed = Signal(float, float)
    """Share that is done (0-1), and seconds that are left as far as can be told."""
    ended = Signal(str)
    """Path of the new recording, or "" where there is none."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self._begun = 0.0
        self._wav: Path | None = None
        self.clip: tuple[Source, tuple[float, float]] | None = None

    @property
    def is_busy(self) -> bool:
        """True while a file is written."""
        return self._bench.jobs.is_pending(_KEY)

    def source(self) -> Source | None:
        """What is open, as it is now: unsaved edits too."""
        session = self._session
        if session.recording is None:
            return None
        path = session.recording.path.absolute()
        return Source(path, session.textgrid, self._bench.choices.sidecar)

    def copy(self) -> bool:
        """Keep the selected time, to be put in somewhere."""
        source, selection = self.source(), self._session.selection
        if source is None or selection is None:
            return False
        self.clip = source, selection
        return True

    def concatenate(self, paths: Sequence[Path], wav: Path) -> None:
        """Put recordings together; each brings the TextGrid of its name."""
        self._run(wav, _concatenate, tuple(paths), wav)

    def remove(self, source: Source, span_s: tuple[float, float], wav: Path) -> None:
        """Write a recording without a stretch of time."""
        self._run(wav, _work, remove_span, source, *span_s, wav, self._style)

    def insert(self, source: Source, at_s: float, duration_s: float, wav: Path) -> None:
        """Write a recording with silence put in."""
        self._run(wav, _work, insert_silence, source, at_s, duration_s, wav, self._style)

    def paste(self, source: Source, at_s: float, wav: Path) -> None:
        """Write a recording with what `copy` kept put in."""
        if self.clip is not None:
            self._run(wav, _work, paste_time, source, at_s, *self.clip, wav, self._style)

    def cancel(self) -> None:
        """Stop; no file is left."""
        self._bench.jobs.cancel(_KEY)
        self._session.note.emit(tr("Nothing was written."))
        self.ended.emit("")

    @property
    def _style(self) -> FileStyle | None:
        document = self._session.document
        return None if document is None else document.style

    def _run(self, wav: Path, function: Callable[..., Any], *args: Any) -> None:
        self._begun, self._wav = time.monotonic(), wav
        self._bench.jobs.submit(
            _KEY,
            function,
            *args,
            on_done=self._on_done,
            on_error=self._on_error,
            on_progress=self._on_progress,
            pass_token=True,
        )

    def _on_progress(self, share: float) -> None:
        spent_s = time.monotonic() - self._begun
        self.progressed.emit(share, spent_s * (1.0 - share) / share if share > 0 else 0.0)

    def _on_done(self, length_s: float) -> None:
        assert self._wav is not None
        self._session.note.emit(
            tr("Written: {wav} ({length_s:.3f} s).").format(wav=self._wav, length_s=length_s)
        )
        self.ended.emit(str(self._wav))

    def _on_error(self, sentence: str) -> None:
        self._session.message.emit(sentence)
        self.ended.emit("")


def _told(token: CancelToken) -> Callable[[float], None]:
    def told(share: float) -> None:
        token.raise_if_cancelled()
        token.progress(share)

    return told


def _work(token: CancelToken, function: Callable[..., float], *args: Any) -> float:
    return function(*args, _told(token))


def _concatenate(token: CancelToken, paths: Sequence[Path], wav: Path) -> float:
    sources = []
    for path in paths:
        token.raise_if_cancelled()
        grid = find_textgrid(path)
        textgrid = None if grid is None else read_textgrid(grid).textgrid
        sources.append(Source(path, textgrid, read_sidecar(grid or path)))
    return concatenate_files(sources, wav, None, _told(token))
