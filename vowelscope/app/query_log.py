"""The log: measures the cursor or the selection in the background and keeps every row on disk."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vowelscope.app.jobs import CancelToken
from vowelscope.app.places import formant_road, place_here
from vowelscope.app.settings import state_folder
from vowelscope.app.workbench import LONGEST_EXPLAINED_S, Workbench
from vowelscope.core.audio import Recording
from vowelscope.core.measure import MeasureSettings
from vowelscope.core.measure_log import DELETED, RESTORED, export, log_row, read_log
from vowelscope.core.tables import Row
from vowelscope.core.textgrid import Interval, IntervalTier
from vowelscope.core.tokens import Token
from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.explain.base import Explanation
    from vowelscope.explain.cam import CamExplainer

_FILE = "log.jsonl"


@dataclass
class _Entry:
    """A row that is being made: it is done when it has its numbers and the model's word."""

    number: int
    logged: str
    measured: Row | None = None
    model: Row | None = None
    failed: bool = False


class QueryLog(QObject):
    """Rows in the order in which they were asked for.

    A row is in the file, one line of JSON, before it is in `rows`; the file outlives the program,
    however it ends.
    """

    changed = Signal()
    """There are other rows, or they were read from the file."""
    exported = Signal(str)
    """A sentence: rows were written to a file."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self.path = state_folder() / _FILE
        self.rows: tuple[Row, ...] = ()
        self._is_loaded = False
        self._count = itertools.count(1)
        self._entries: list[_Entry] = []
        self._deleted: list[tuple[tuple[int, Row], ...]] = []

    @property
    def is_busy(self) -> bool:
        """True while rows are measured or read."""
        return bool(self._entries) or self._bench.jobs.is_pending(self._key)

    @property
    def _key(self) -> tuple[str, int]:
        return "read log", id(self)

    def load(self) -> None:
        """Read what was logged before, once."""
        if not self._is_loaded and not self._bench.jobs.is_pending(self._key):
            self._bench.jobs.submit(
                self._key, read_log, self.path, on_done=self._on_read, on_error=self._on_unread
            )

    def log(self) -> None:
        """Add a row for the cursor, or for the selection where there is one."""
        session, bench = self._session, self._bench
        recording = session.recording
        if recording is None:
            session.message.emit(tr("Open a recording first."))
            return
        self.load()
        place = place_here(bench)
        settings = bench.settings
        road = formant_road(bench, session.selected_tier)
        how = MeasureSettings(
            formant=settings.formant,
            pitch=settings.pitch,
            intensity=settings.intensity,
            channel=session.channel,
            automatic=road.automatic,
            hand=road.hand,
            pulses=settings.pulses,
            slice_window_s=settings.spectrogram.window_s,
        )
        entry = _Entry(next(self._count), datetime.now().isoformat(timespec="seconds"))
        self._entries.append(entry)
        waiting = _Waiting(self, entry)
        bench.jobs.submit_process(
            ("log", id(self), entry.number),
            log_row,
            place,
            how,
            on_done=waiting.measured,
            on_error=waiting.failed,
        )
        self._ask_model(recording, place.token, entry, waiting)

    def _ask_model(
        self, recording: Recording, token: Token, entry: _Entry, waiting: _Waiting
    ) -> None:
        """Let the model name the labelled interval that is logged, if a model is there."""
        shown, explainer = self._session.explanation, self._bench.explaining.explainer
        interval = self._interval(token)
        entry.model = {}
        if interval is None or explainer is None:
            return
        span = (interval.tmin_s, interval.tmax_s)
        if shown is not None and (shown.tmin_s, shown.tmax_s) == span:
            entry.model = model_columns(shown)
        elif interval.text.strip() and interval.duration_s <= LONGEST_EXPLAINED_S:
            entry.model = None
            self._bench.jobs.submit(
                ("log model", id(self), entry.number),
                _explain,
                explainer,
                recording,
                *span,
                self._session.channel,
                on_done=waiting.modelled,
                on_error=waiting.not_modelled,
                pass_token=True,
            )

    def _interval(self, token: Token) -> Interval | None:
        tier = self._session.selected_tier
        held = isinstance(tier, IntervalTier) and 0 <= token.index < len(tier.intervals)
        return tier.intervals[token.index] if held and isinstance(tier, IntervalTier) else None

    def _advance(self) -> None:
        """Take the rows that are whole, in the order in which they were asked for."""
        self._entries = [entry for entry in self._entries if not entry.failed]
        done: list[Row] = []
        while self._is_loaded and self._entries:
            entry = self._entries[0]
            if entry.measured is None or entry.model is None:
                break
            number = secrets.token_hex(6)
            done.append({"id": number, "logged": entry.logged} | entry.measured | entry.model)
            del self._entries[0]
        if done:
            self._append(done)
            self.rows = (*self.rows, *done)
            self.changed.emit()

    @property
    def has_deleted(self) -> bool:
        """True where rows were deleted that `bring_back` brings back."""
        return bool(self._deleted)

    def delete(self, indices: Sequence[int]) -> None:
        """Delete rows; the file keeps them and says that they are deleted."""
        chosen = {at for at in indices if 0 <= at < len(self.rows)}
        if not chosen:
            return
        gone = tuple((at, row) for at, row in enumerate(self.rows) if at in chosen)
        self._append([{DELETED: [row["id"] for _, row in gone]}])
        self._deleted.append(gone)
        self.rows = tuple(row for at, row in enumerate(self.rows) if at not in chosen)
        self.changed.emit()

    def bring_back(self) -> None:
        """Bring the rows back that were deleted last, to where they were."""
        if not self._deleted:
            return
        back = self._deleted.pop()
        self._append([{RESTORED: [row["id"] for _, row in back]}])
        rows = list(self.rows)
        for at, row in back:
            rows.insert(at, row)
        self.rows = tuple(rows)
        self.changed.emit()

    def _append(self, rows: Sequence[Row]) -> None:
        """Hand the rows to the system at once: what a crash of the program cannot undo."""
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                # After a line that a crash cut short, begin another.
                file.write(_line_break(self.path) + text.encode("utf-8"))
        except OSError as error:
            self._session.message.emit(
                tr(
                    "{path}: the log cannot be written ({strerror}); export it before "
                    "you close the window."
                ).format(path=self.path, strerror=error.strerror)
            )

    def clear(self) -> None:
        """Begin an empty log; the old one is kept beside it under the date."""
        name = f"log-{datetime.now():%Y-%m-%d-%H%M%S}.jsonl"
        kept = self.path.with_name(name)
        try:
            self.path.rename(kept)
        except FileNotFoundError:
            kept = None  # type: ignore[assignment]
        except OSError as error:
            self._session.message.emit(
                tr("{path}: the log cannot be put aside ({strerror}); nothing was cleared.").format(
                    path=self.path, strerror=error.strerror
                )
            )
            return
        self.rows = ()
        self._deleted = []
        self.changed.emit()
        if kept is not None:
            self._session.note.emit(
                tr("The log is empty; what was in it is kept as {kept}.").format(kept=kept)
            )

    def export(self, path: Path, columns: Sequence[str]) -> None:
        """Write the rows in the background; `exported` or a message follows."""
        self._bench.jobs.submit(
            ("export log", id(self), str(path)),
            _export,
            path,
            self.rows,
            tuple(columns),
            on_done=self.exported.emit,
            on_error=self._session.message.emit,
        )

    def _on_read(self, rows: list[Row]) -> None:
        self._is_loaded = True
        self.rows = tuple(rows)
        self.changed.emit()
        self._advance()

    def _on_unread(self, sentence: str) -> None:
        self._session.message.emit(sentence)
        self._on_read([])


@dataclass(eq=False)
class _Waiting:
    """Where the results of one row's jobs belong."""

    log: QueryLog
    entry: _Entry

    def measured(self, row: Row) -> None:
        self.entry.measured = row
        self.log._advance()

    def failed(self, sentence: str) -> None:
        self.entry.failed = True
        self.log._session.message.emit(
            tr("Nothing was logged: {sentence}").format(sentence=sentence)
        )
        self.log._advance()

    def modelled(self, row: Row) -> None:
        self.entry.model = row
        self.log._advance()

    def not_modelled(self, _sentence: str) -> None:
        # The model's columns stay empty; Praat's numbers are worth having without them.
        self.modelled({})


def model_columns(explanation: Explanation) -> Row:
    """What the model said of a token, as columns of the log."""
    from vowelscope.explain.centroid import cam_centroid_hz

    centroid_hz = cam_centroid_hz(explanation)
    return {
        "predicted": explanation.predicted,
        "probability": round(float(explanation.probabilities.max()), 6),
        "cam_centroid_hz": None if centroid_hz is None else round(centroid_hz, 1),
        "model": f"{explanation.model_name} {explanation.model_hash[:12]}",
    }


def _explain(token: CancelToken, explainer: CamExplainer, *request: Any) -> Row:
    token.raise_if_cancelled()
    recording, tmin_s, tmax_s, channel = request
    return model_columns(explainer.explain(recording, tmin_s, tmax_s, channel))


def _export(path: Path, rows: Sequence[Row], columns: Sequence[str]) -> str:
    count = export(path, rows, columns)
    return tr("{count} {which} written to {path}.").format(
        count=count, which=(tr("row") if count == 1 else tr("rows")), path=path
    )


def _line_break(path: Path) -> bytes:
    """A line break where the file ends without one."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return b"" if file.read(1) == b"\n" else b"\n"
    return b""
