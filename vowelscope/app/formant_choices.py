"""What was decided by hand about formants: kept beside the TextGrid, undone like an edit."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from vowelscope.app.commands import Replace
from vowelscope.app.jobs import Jobs
from vowelscope.app.session import Session
from vowelscope.core.chosen_ceilings import ChosenCeilings
from vowelscope.core.errors import UserError
from vowelscope.core.hand_points import HandPoints
from vowelscope.core.measure_ceilings import Spans, surveyed
from vowelscope.core.sidecar import Sidecar, read_sidecar, sidecar_path, write_sidecar
from vowelscope.core.textgrid import IntervalTier, Tier
from vowelscope.core.translation import tr

_SHORT = 1000
"""A sidecar with no more points is written at once: some milliseconds."""


class FormantChoices(QObject):
    """The sidecar of what is open.

    It is written at each change, without waiting for a save of the TextGrid, and again at undo
    and redo: the stack is the session's.
    """

    changed = Signal()
    previewed = Signal()
    """The mouse holds a formant somewhere else, or let go of it."""

    def __init__(self, session: Session, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._waiting: dict[Path, Sidecar] = {}
        self._disk = threading.Lock()
        self._path: Path | None = None
        self._damaged = ""
        self._written = Sidecar()
        self._surveyed: tuple[IntervalTier, object, int, Spans] | None = None
        self.sidecar = Sidecar()
        self._preview: HandPoints | None = None
        session.recording_changed.connect(self._on_recording)
        session.file_changed.connect(self._on_file)

    @property
    def ceilings(self) -> ChosenCeilings:
        """Ceilings taken by hand."""
        return self.sidecar.ceilings

    @property
    def points(self) -> HandPoints:
        """Formants set by hand."""
        return self.sidecar.points

    @property
    def drawn_points(self) -> HandPoints:
        """Formants set by hand as they are to be seen: with what the mouse holds."""
        return self.points if self._preview is None else self._preview

    def preview(self, points: HandPoints | None) -> None:
        """Show what would be set by hand, or nothing but what is."""
        if points != self._preview:
            self._preview = points
            self.previewed.emit()

    def set_ceilings(self, ceilings: ChosenCeilings, text: str) -> bool:
        """Keep other ceilings; `text` names the step. False, with a sentence, where refused."""
        return self._edit(replace(self.sidecar, ceilings=ceilings), text)

    def set_points(self, points: HandPoints, text: str, merged: object = None) -> bool:
        """As `set_ceilings`, for formants; steps in a row with the same `merged` are one."""
        return self._edit(replace(self.sidecar, points=points), text, merged)

    def survey(self, tier: Tier | None) -> Spans:
        """The tokens that decide about one ceiling for all of a tier.

        They stay the same until the tier has half or twice as many, so that an edit elsewhere in
        it does not move every formant.
        """
        recording = self._session.recording
        if recording is None or not isinstance(tier, IntervalTier):
            return ()
        known = self._surveyed
        if known is not None and known[0] is tier and known[1] is recording:
            return known[3]
        count = sum(bool(interval.text.strip()) for interval in tier.intervals)
        spans = surveyed(tier, recording.duration_s)
        if known is not None and known[1] is recording and known[0].name == tier.name:
            low, high = sorted((count, known[2]))
            spans = known[3] if high < 2 * low else spans
            count = known[2] if high < 2 * low else count
        self._surveyed = (tier, recording, count, spans)
        return spans

    def _edit(self, after: Sidecar, text: str, merged: object = None) -> bool:
        session = self._session
        if after == self.sidecar or self._path is None:
            return False
        refusal = self._damaged
        if session.is_read_only:
            refusal = tr("Nothing was changed: another window has this TextGrid.")
        if not refusal:
            refusal = self._write(self._path, after)
        if refusal:
            session.message.emit(refusal)
            return False
        session.undo_stack.push(Replace(self._put, self.sidecar, after, text, merged))
        return True

    def _put(self, sidecar: Sidecar) -> None:
        self.sidecar, self._preview = sidecar, None
        if self._path is not None and sidecar != self._written:
            refusal = self._write(self._path, sidecar)
            if refusal:
                self._session.message.emit(refusal)
        self.changed.emit()

    def flush(self) -> None:
        """Write what is not on disk yet, on this thread."""
        for path in list(self._waiting):
            try:
                self._write_waiting(path)
            except UserError as error:
                self._session.message.emit(str(error))

    def _write(self, path: Path, sidecar: Sidecar) -> str:
        """Write the file; gives a sentence where it cannot be.

        A long one is written in the background: it would take longer than a hand notices.
        """
        if len(sidecar.points.points) <= _SHORT:
            try:
                with self._disk:
                    self._waiting.pop(path, None)
                    write_sidecar(path, sidecar)
            except UserError as error:
                return str(error)
            self._written = sidecar
            return ""
        self._written = self._waiting[path] = sidecar
        self._jobs.submit(
            ("sidecar", id(self), path),
            self._write_waiting,
            path,
            on_done=_nothing,
            on_error=self._session.message.emit,
        )
        return ""

    def _write_waiting(self, path: Path) -> None:
        """Write what waits for a path; on any thread, one after the other."""
        with self._disk:
            sidecar = self._waiting.get(path)
            if sidecar is None:
                return
            write_sidecar(path, sidecar)
            # What came meanwhile is another job's; a dict's single steps are safe between threads.
            if self._waiting.get(path) is sidecar:
                self._waiting.pop(path, None)

    @property
    def _owner(self) -> Path | None:
        """The TextGrid, or the recording where there is none."""
        session = self._session
        if session.document is not None:
            return session.document.path
        return None if session.recording is None else session.recording.path

    def _on_recording(self) -> None:
        self.flush()
        self._path, self._damaged = self._owner, ""
        self.sidecar, self._preview = Sidecar(), None
        if self._path is not None:
            try:
                self.sidecar = read_sidecar(self._path)
            except UserError as error:
                # It is left as it is: what somebody decided must not be written over.
                self._damaged = str(error)
                self._session.message.emit(self._damaged)
        self._written = self.sidecar
        self.changed.emit()

    def _on_file(self) -> None:
        """Saved as another file: what was decided goes with it."""
        path, old = self._owner, self._path
        self._path = path
        if path is None or old is None or sidecar_path(path) == sidecar_path(old):
            return
        self._damaged = ""
        if sidecar_path(path).exists():
            self._put_aside(path)
        if not self.sidecar.is_empty:
            refusal = self._write(path, self.sidecar)
            if refusal:
                self._session.message.emit(refusal)

    def _put_aside(self, path: Path) -> None:
        """Keep the sidecar of a TextGrid that was replaced under another name."""
        old = sidecar_path(path)
        kept = old.with_name(old.name + ".old")
        try:
            old.replace(kept)
        except OSError as error:
            sentence = tr("{path}: cannot be put aside ({reason}).")
            self._session.message.emit(sentence.format(path=old, reason=error.strerror))
        else:
            sentence = tr("What {name} held is in {kept} now.")
            self._session.note.emit(sentence.format(name=old.name, kept=kept.name))


def _nothing(_result: object) -> None:
    return
