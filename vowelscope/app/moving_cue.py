"""One cue of the selected token moved in steps: Praat makes them, the model is asked of each."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vowelscope.app.jobs import CancelToken
from vowelscope.app.places import formant_road
from vowelscope.app.workbench import Workbench
from vowelscope.core.errors import UserError
from vowelscope.core.labels import display_label
from vowelscope.core.one_cue import Cue, Doubles, Piece
from vowelscope.core.passages import Rendered
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.tokens import Token, token_at
from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.explain.base import Explanation
    from vowelscope.explain.cam import CamExplainer
    from vowelscope.explain.cue_plane import CuePlane
    from vowelscope.explain.cue_sweep import CueSweep, Step

_AROUND_HEARD_S = 0.15


class MovingCue(QObject):
    """Holds the last sweep and the last plane of the token that is explained now."""

    changed = Signal()

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self.sweep: CueSweep | None = None
        self.plane: CuePlane | None = None
        self.piece: Piece | None = None
        """The token as it is, with what stands around it."""
        self.original_hz: Doubles | None = None
        """F1 to F4 of the token's own sound, as measured."""
        self.sentence = ""
        """Why the last one failed, or ""."""
        self.done = 0
        self.total = 0
        self._began_s = 0.0
        self._cue: Cue = "F1"
        self._rows: list[list[Step]] = []
        self._explanation: Explanation | None = None
        self._session.explanation_changed.connect(self._on_explanation)

    @property
    def is_running(self) -> bool:
        """True while steps are made or asked about."""
        return self._bench.jobs.is_pending(self._key)

    @property
    def estimate_s(self) -> float | None:
        """Seconds that are left, by what was done."""
        if not self.is_running or not self.done:
            return None
        return (time.monotonic() - self._began_s) / self.done * (self.total - self.done)

    def start(self, cue: Cue, low: float, high: float, steps: int) -> None:
        """Move a cue from `low` to `high`, in its own unit, 0 being the token as it is."""
        from vowelscope.explain.cue_sweep import amounts_between

        try:
            amounts: list[dict[Cue, float]] = [
                {cue: float(x)} for x in amounts_between(low, high, steps)
            ]
        except UserError as error:
            self._on_failed(str(error))
            return
        self._cue, self.sweep = cue, None
        self._make(amounts, self._on_steps)

    def start_plane(self) -> None:
        """Move F1 and F2 over a grid."""
        self.plane, self._rows = None, []
        self._next_row()

    def stop(self) -> None:
        """Make and ask nothing more."""
        self._bench.jobs.cancel(self._key)
        self.changed.emit()

    def play(self, number: int | None) -> None:
        """Play a step of the sweep, or the token's own sound for None, with a little around it."""
        piece = self.piece
        if number is not None and self.sweep is not None and number < len(self.sweep.steps):
            piece = self.sweep.steps[number].piece
        if piece is None:
            return
        start_s = max(piece.tmin_s - _AROUND_HEARD_S, 0.0)
        samples = piece.read(start_s, piece.tmax_s + _AROUND_HEARD_S)[:, None]
        first_s = piece.offset_s + start_s
        span_s = (first_s, first_s + len(samples) / piece.rate_hz)
        self._bench.player.play_passage(Rendered(samples, float(piece.rate_hz), span_s))

    def save(self, folder: Path) -> None:
        """Write the sweep into a folder in the background; a note or a message follows."""
        token = self._token()
        if self.sweep is None or token is None:
            self._session.note.emit(tr("There is no sweep to save yet."))
            return
        label = display_label(token.label.strip())
        title = f"{token.recording.name}, {label} at {token.tmin_s:.3f} s"
        self._bench.jobs.submit(
            ("save cue", id(self)),
            _save,
            folder,
            self.sweep,
            title,
            on_done=self._session.note.emit,
            on_error=self._session.message.emit,
        )

    @property
    def _key(self) -> tuple[str, int]:
        return "cue", id(self)

    def _token(self) -> Token | None:
        session, tier = self._session, self._session.selected_tier
        if session.recording is None or session.explanation is None or session.item_index is None:
            return None
        if not isinstance(tier, IntervalTier):
            return None
        return token_at(session.recording.path.absolute(), tier, session.item_index)

    def _make(self, amounts: list[dict[Cue, float]], on_done: Any) -> None:
        from vowelscope.explain.cue_sweep import sweep_recording

        token, explanation = self._token(), self._session.explanation
        if token is None or explanation is None:
            self._on_failed(tr("Select a labelled interval first."))
            return
        self._explanation, self.sentence = explanation, ""
        edges_s = explanation.input.time_edges_s
        beside_s = (token.tmin_s - float(edges_s[0]), float(edges_s[-1]) - token.tmax_s, 0.0)
        self._bench.jobs.submit_process(
            self._key,
            sweep_recording,
            token,
            max(beside_s),
            formant_road(self._bench, self._session.selected_tier),
            self._bench.settings.pitch,
            amounts,
            on_done=on_done,
            on_error=self._on_failed,
        )
        self.done = self.total = 0
        self.changed.emit()

    def _on_steps(self, made: tuple[Piece, Doubles, list[Step]]) -> None:
        self.piece, self.original_hz, steps = made
        self._ask(_ask, self.piece, self._cue, steps, on_done=self._on_sweep)

    def _next_row(self) -> None:
        from vowelscope.explain.cue_plane import F1_SHIFTS_HZ, grid_amounts

        # A row at a time: what the views need must not wait long behind the whole grid.
        self._make(grid_amounts(F1_SHIFTS_HZ[len(self._rows)]), self._on_row)
        self.done, self.total = len(self._rows), len(F1_SHIFTS_HZ)

    def _on_row(self, made: tuple[Piece, Doubles, list[Step]]) -> None:
        from vowelscope.explain.cue_plane import F1_SHIFTS_HZ

        self.piece, self.original_hz, steps = made
        self._rows.append(steps)
        if len(self._rows) < len(F1_SHIFTS_HZ):
            self._next_row()
            return
        self._ask(_ask_plane, self.piece, self._rows, self.original_hz, on_done=self._on_plane)

    def _ask(self, function: Any, *args: Any, on_done: Any) -> None:
        self._began_s = time.monotonic()
        self._bench.jobs.submit(
            self._key,
            function,
            self._bench.explaining.explainer,
            *args,
            on_done=on_done,
            on_error=self._on_failed,
            on_progress=self._on_progress,
            pass_token=True,
        )
        self.changed.emit()

    def _on_progress(self, progress: tuple[int, int]) -> None:
        self.done, self.total = progress
        self.changed.emit()

    def _on_sweep(self, sweep: CueSweep) -> None:
        self.sweep = sweep
        self.changed.emit()

    def _on_plane(self, plane: CuePlane) -> None:
        self.plane = plane
        self.changed.emit()

    def _on_failed(self, sentence: str) -> None:
        self.sentence = sentence[:1].upper() + sentence[1:]
        self.changed.emit()

    def _on_explanation(self) -> None:
        if self._session.explanation is not self._explanation:
            self._bench.jobs.cancel(self._key)
            self.sweep = self.plane = self.piece = self._explanation = None
            self.sentence = ""
        self.changed.emit()


class _Report:
    def __init__(self, token: CancelToken) -> None:
        self._token = token

    def __call__(self, done: int, total: int) -> None:
        self._token.raise_if_cancelled()
        self._token.progress((done, total))


def _ask(
    token: CancelToken, engine: CamExplainer, piece: Piece, cue: Cue, steps: list[Step]
) -> CueSweep:
    from vowelscope.explain.cue_sweep import ask

    return ask(engine, piece, cue, steps, _Report(token))


def _save(folder: Path, sweep: CueSweep, title: str) -> str:
    # matplotlib takes long to import: only ever on this thread.
    from vowelscope.explain.cue_files import save_sweep

    save_sweep(folder, sweep, title)
    return tr("The sweep is in {path}.").format(path=folder)


def _ask_plane(
    token: CancelToken,
    engine: CamExplainer,
    piece: Piece,
    rows: list[list[Step]],
    original_hz: Doubles,
) -> CuePlane:
    from vowelscope.explain.cue_plane import ask_plane

    return ask_plane(engine, piece, rows, original_hz, _Report(token))
