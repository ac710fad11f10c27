"""Remembers what was open and what was in view, and opens it again at a start without files.

It is one small TOML file in the state folder, written in one step: in the background while you
work, so that it is there after a crash too, and once more at the end.
"""

from __future__ import annotations

import logging
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.session import Session
from vowelscope.app.settings import state_folder, to_toml
from vowelscope.app.workbench import Workbench
from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.translation import tr

log = logging.getLogger(__name__)

_FILE = "last_session.toml"
_SOON_MS = 2000


@dataclass(frozen=True, slots=True)
class LastSession:
    """What was open, and what was in view.

    Attributes
    ----------
    audio, textgrid
        Absolute paths; "" for none.
    view_start_s, view_stop_s, cursor_s
        Seconds.
    selection_start_s, selection_stop_s
        Seconds; the same twice for no selection.
    tier, item
        0-based indices of the selected tier and interval or point; -1 for none.
    channel
        0-based; -1 for the mean of all.
    """

    audio: str = ""
    textgrid: str = ""
    view_start_s: float = 0.0
    view_stop_s: float = 0.0
    cursor_s: float = 0.0
    selection_start_s: float = 0.0
    selection_stop_s: float = 0.0
    tier: int = -1
    item: int = -1
    channel: int = -1


def read_last(path: Path) -> LastSession | None:
    """What the file holds; None where there is none, or it cannot be used."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None
    known: dict[str, Any] = {}
    for item in fields(LastSession):
        kind = type(item.default)
        value = table.get(item.name, item.default)
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind or value != value:
            return None
        known[item.name] = value
    return LastSession(**known) if known["audio"] else None


class Reopening(QObject):
    """Keeps the file of one window's session, and opens what an earlier one left.

    Parameters
    ----------
    bench
        The window's workbench.
    path
        The file; None takes `last_session.toml` in the state folder.
    """

    reopened = Signal()
    """What was open is open again, and in view."""

    def __init__(
        self, bench: Workbench, path: Path | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self.path = path or state_folder() / _FILE
        self._wanted: LastSession | None = None
        self._keeps = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._write_soon)
        bench.opened.connect(self._on_opened)
        session = bench.session
        for signal in (
            session.recording_changed,
            session.file_changed,
            session.view_changed,
            session.selection_changed,
            session.interval_changed,
            session.channel_changed,
        ):
            signal.connect(self._on_change)

    def keep(self) -> None:
        """Remember from now on what is open in this window."""
        self._keeps = True

    def last(self) -> LastSession | None:
        """What an earlier window left."""
        return read_last(self.path)

    def reopen(self, last: LastSession) -> None:
        """Open it again; what is not there any more is said in one sentence."""
        audio = Path(last.audio)
        textgrid = Path(last.textgrid) if last.textgrid else None
        say = self._bench.session.message.emit
        if not audio.is_file():
            say(
                tr("{audio}: the recording that was open last is not there any more.").format(
                    audio=audio
                )
            )
            return
        if textgrid is not None and not textgrid.is_file():
            say(
                tr("{textgrid}: the TextGrid that was open last is not there any more.").format(
                    textgrid=textgrid
                )
            )
            textgrid = None
        self._wanted = last
        self._bench.open(audio, textgrid)

    def close(self) -> None:
        """Write the file for the last time."""
        self._soon.stop()
        if self._keeps and self._bench.session.is_open:
            _write(self.path, self._now())

    def _on_change(self) -> None:
        if self._keeps and self._bench.session.is_open and not self._soon.isActive():
            self._soon.start()

    def _write_soon(self) -> None:
        self._bench.jobs.submit(
            ("last session", id(self)), _write, self.path, self._now(), on_done=self._on_written
        )

    def _on_written(self, _done: bool) -> None:
        pass

    def _now(self) -> LastSession:
        session = self._bench.session
        assert session.recording is not None
        document, channel = session.document, session.channel
        start_s, stop_s = session.selection or (0.0, 0.0)
        on_disk = document is not None and document.path.is_file()
        return LastSession(
            str(session.recording.path.absolute()),
            str(document.path.absolute()) if document is not None and on_disk else "",
            *session.view,
            session.cursor_s,
            start_s,
            stop_s,
            -1 if session.tier_index is None else session.tier_index,
            -1 if session.item_index is None else session.item_index,
            -1 if channel is None else channel,
        )

    def _on_opened(self) -> None:
        last, self._wanted = self._wanted, None
        session = self._bench.session
        if last is None or session.recording is None:
            return
        if session.recording.path.absolute() != Path(last.audio):
            return
        if 0 <= last.channel < session.recording.n_channels:
            session.set_channel(last.channel)
        session.select_item(last.tier, _index(session, last))
        session.set_cursor(last.cursor_s)
        session.select_times(last.selection_start_s, last.selection_stop_s)
        if last.view_stop_s > last.view_start_s:
            session.set_view(last.view_start_s, last.view_stop_s)
        self.reopened.emit()


def _index(session: Session, last: LastSession) -> int | None:
    """The item that was selected, if the tier still has so many."""
    textgrid = session.textgrid
    if textgrid is None or not 0 <= last.tier < len(textgrid.tiers) or last.item < 0:
        return None
    tier = textgrid.tiers[last.tier]
    count = len(tier.intervals) if isinstance(tier, IntervalTier) else len(tier.points)
    return last.item if last.item < count else None


def _write(path: Path, last: LastSession) -> bool:
    """Write it in one step; what cannot be written is not worth a word."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, to_toml(asdict(last)).encode("utf-8"))
    except (OSError, UserError) as error:
        log.warning("The last session cannot be remembered: %s", error)
        return False
    return True
