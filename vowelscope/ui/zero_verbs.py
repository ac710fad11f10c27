"""Moves to the nearest zero crossing: of the cursor, the selection's ends, a boundary."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from vowelscope.app.jobs import Jobs
from vowelscope.app.session import Session
from vowelscope.core import edit_boundaries
from vowelscope.core.edit_boundaries import Handle
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.translation import tr
from vowelscope.core.zero_crossing import nearest_zero_crossing_s
from vowelscope.ui.editing_base import EditingVerbs
from vowelscope.ui.label_bar import LabelBar

_KEY = "zero crossing"


class ZeroVerbs(EditingVerbs):
    """Looks in the background: in digital silence the nearest crossing may be an hour away.

    The crossings are those of the chosen channel, or of the first where none is chosen.
    """

    def __init__(
        self, session: Session, jobs: Jobs, label_bar: LabelBar, parent: QObject | None = None
    ) -> None:
        super().__init__(session, label_bar, parent)
        self._jobs = jobs
        self._then: Callable[[float], None] = self._to_cursor
        self._handle: Handle | None = None
        self._textgrid: TextGrid | None = None
        session.recording_changed.connect(self._forget)

    def cursor(self) -> None:
        """Move the cursor to the nearest zero crossing."""
        self._look(self._session.cursor_s, self._to_cursor)

    def start(self) -> None:
        """Move the start of the selection to the nearest zero crossing."""
        if self._has_selection():
            assert self._session.selection is not None
            self._look(self._session.selection[0], self._to_start)

    def end(self) -> None:
        """Move the end of the selection to the nearest zero crossing."""
        if self._has_selection():
            assert self._session.selection is not None
            self._look(self._session.selection[1], self._to_end)

    def boundary(self) -> None:
        """Move the boundary or point at the cursor to the nearest zero crossing."""
        session, tier_index = self._session, self._tier_index()
        if tier_index is None or session.textgrid is None:
            return
        handle = edit_boundaries.handle_near(session.textgrid, tier_index, session.cursor_s)
        if handle is None:
            session.message.emit(
                tr(
                    "No boundary or point of the selected tier stands at the cursor; "
                    "click one first."
                )
            )
            return
        self._handle, self._textgrid = handle, session.textgrid
        at_s = edit_boundaries.handle_time_s(session.textgrid, handle)
        self._look(at_s, self._to_boundary)

    def _has_selection(self) -> bool:
        if self._session.selection is None:
            self._session.message.emit(tr("Select a stretch of time first."))
        return self._session.selection is not None

    def _look(self, time_s: float, then: Callable[[float], None]) -> None:
        session = self._session
        if session.recording is None:
            session.message.emit(tr("Open a recording first."))
            return
        self._then = then
        self._jobs.submit(
            _KEY,
            nearest_zero_crossing_s,
            session.recording,
            time_s,
            session.channel or 0,
            on_done=self._on_found,
            on_error=session.message.emit,
        )

    def _forget(self) -> None:
        self._jobs.cancel(_KEY)

    def _on_found(self, time_s: float | None) -> None:
        if time_s is None:
            self._session.message.emit(tr("The recording has no zero crossing in this channel."))
        else:
            self._then(time_s)

    def _to_cursor(self, time_s: float) -> None:
        self._session.set_cursor(time_s)
        self._session.reveal(time_s, time_s)

    def _to_start(self, time_s: float) -> None:
        session = self._session
        if session.selection is not None and time_s < session.selection[1]:
            session.select_times(time_s, session.selection[1])
            session.set_cursor(time_s)

    def _to_end(self, time_s: float) -> None:
        session = self._session
        if session.selection is not None and time_s > session.selection[0]:
            session.select_times(session.selection[0], time_s)

    def _to_boundary(self, time_s: float) -> None:
        session, handle = self._session, self._handle
        if handle is None or session.textgrid is not self._textgrid:
            return  # another edit came in between
        text = tr("Move boundary to zero crossing")
        if self._apply(text, edit_boundaries.move, (handle,), time_s):
            session.set_cursor(time_s)
