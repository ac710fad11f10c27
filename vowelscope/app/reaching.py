"""The way to a token that some list names: open its recording, select its interval, play it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject

from vowelscope.app.workbench import Workbench
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.translation import tr


@dataclass(frozen=True, slots=True)
class Target:
    """Where a token lies: files, name of the tier, times in seconds."""

    recording: Path
    textgrid: Path
    tier: str
    tmin_s: float
    tmax_s: float


class Reaching(QObject):
    """Goes to one token at a time, in the window of `bench`.

    Parameters
    ----------
    open_paths
        Opens a recording and its TextGrid, after asking about what is unsaved.
    play
        Plays from one time to another.
    """

    def __init__(
        self,
        bench: Workbench,
        open_paths: Callable[[list[Path]], None],
        play: Callable[[float, float], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = bench.session
        self._open_paths = open_paths
        self._play = play
        self._wanted: Target | None = None
        self._plays = False
        bench.opened.connect(self._on_opened)

    def go(self, target: Target, play: bool = False) -> None:
        """Open the token's recording where it is not open yet, and select its interval."""
        self._wanted, self._plays = target, play
        recording = self._session.recording
        if recording is not None and recording.path.absolute() == target.recording.absolute():
            self._select()
        else:
            self._open_paths([target.recording, target.textgrid])

    def _on_opened(self) -> None:
        if self._wanted is not None:
            self._select()

    def _select(self) -> None:
        session, target = self._session, self._wanted
        self._wanted = None
        if target is None or session.recording is None:
            return
        if session.recording.path.absolute() != target.recording.absolute():
            return
        start_s, stop_s = target.tmin_s, target.tmax_s
        tier_index = None
        if session.textgrid is not None:
            tier_index = session.textgrid.tier_index(target.tier)
        if session.textgrid is None or tier_index is None:
            session.select_times(start_s, stop_s)
            session.set_cursor(start_s)
        else:
            tier = session.textgrid.tiers[tier_index]
            if isinstance(tier, IntervalTier):
                session.select_at(tier_index, 0.5 * (start_s + stop_s))
                held = session.selected_interval
                if held is None or abs(held.tmin_s - start_s) > 1e-6:
                    session.message.emit(
                        tr("The interval has changed since the corpus was explained.")
                    )
        margin_s = 3 * (stop_s - start_s)
        session.reveal(start_s - margin_s, stop_s + margin_s)
        if self._plays:
            self._play(start_s, stop_s)
