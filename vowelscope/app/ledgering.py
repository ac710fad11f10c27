"""The formant ledger of the selected token, made in the background as long as somebody looks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.explain_settings import ExplainSettings
from vowelscope.app.jobs import CancelToken
from vowelscope.app.places import formant_road
from vowelscope.app.workbench import Workbench
from vowelscope.core.acoustics import PitchSettings
from vowelscope.core.measure_formants import FormantRoad
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.tokens import Token, token_at
from vowelscope.core.translation import tr
from vowelscope.explain.neighbours import neighbours

if TYPE_CHECKING:
    from vowelscope.explain.bands import Tracks
    from vowelscope.explain.base import Explanation
    from vowelscope.explain.ledger import Ledger

_BATCH = 10
"""Tokens a job: what the views need must not wait long behind it."""
_PAUSE_MS = 250

_Span = tuple[float, float]
_Source = tuple[Path, str, FormantRoad, PitchSettings]


class Ledgering(QObject):
    """Finds f0 and formants of the token and of its neighbours, and splits the logits.

    The first ledger comes with the token's own tracks, the places against chance with those of
    the others.
    """

    changed = Signal()

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self.ledger: Ledger | None = None
        self.explanation: Explanation | None = None
        """The one that `ledger` splits."""
        self.tracks: Tracks | None = None
        """Those of the token."""
        self.token: Token | None = None
        self._is_shown = False
        self._known: dict[_Span, Tracks] = {}
        self._source: _Source | None = None
        self._others: list[Token] = []
        self._failed = ""
        self._classes: tuple[object, dict[str, bool]] = (None, {})
        self._settings = bench.settings.explain
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._start)
        self._session.explanation_changed.connect(self._on_explanation)
        self._session.textgrid_changed.connect(self._on_change)
        bench.choices.changed.connect(self._on_change)
        bench.settings_changed.connect(self._on_settings)

    @property
    def is_busy(self) -> bool:
        """True while the ledger may not be the last word on this token."""
        jobs = self._bench.jobs
        return self._soon.isActive() or any(jobs.is_pending(key) for key in self._keys)

    @property
    def sentence(self) -> str:
        """Why there is no ledger, or ""."""
        if self.ledger is not None:
            return ""
        if self._session.explanation is None:
            return tr("Select a labelled interval: its logit is split over bands of frequency.")
        return self._failed or tr("Finding f0 and formants…")

    def set_shown(self, shown: bool) -> None:
        """Say whether the ledger is to be seen; nothing is computed for nobody."""
        self._is_shown = shown
        if shown and self.explanation is not self._session.explanation:
            self._start()

    def set_half_widths(self, settings: ExplainSettings) -> None:
        """Have bands of another width; the tracks stay."""
        if settings != self._bench.settings.explain:
            self._bench.change(explain=settings)

    def table(self, of: str, against: str | None) -> list[dict[str, Any]]:
        """The ledger as rows of a table, [] without one."""
        if self.ledger is None or self.explanation is None or self.token is None:
            return []
        from vowelscope.explain.ledger_table import ledger_table

        token = self.token
        what = {
            "audio": token.recording.name,
            "tier": token.tier,
            "interval": token.index + 1,
            "label": token.label,
        }
        return ledger_table(self.ledger, self.explanation, of, against, self.tracks, what)

    def export(self, path: Path, rows: Sequence[dict[str, Any]]) -> None:
        """Write rows of `table` in the background; a note or a message follows."""
        self._bench.jobs.submit(
            ("export ledger", id(self)),
            _export,
            path,
            list(rows),
            on_done=self._session.note.emit,
            on_error=self._session.message.emit,
        )

    @property
    def _keys(self) -> tuple[tuple[str, int], tuple[str, int]]:
        return ("ledger tracks", id(self)), ("ledger", id(self))

    def _on_explanation(self) -> None:
        if self._is_shown:
            self._start()
        else:
            self._drop()

    def _on_change(self) -> None:
        if self._is_shown and self._session.explanation is not None:
            self._soon.start()

    def _on_settings(self) -> None:
        before, self._settings = self._settings, self._bench.settings.explain
        if self._is_shown and before != self._settings and self.tracks is not None:
            self._split()
        else:
            self._on_change()

    def _drop(self) -> None:
        self._soon.stop()
        for key in self._keys:
            self._bench.jobs.cancel(key)
        self.ledger = self.explanation = self.tracks = self.token = None
        self._failed = ""

    def _start(self) -> None:
        """Begin with the token that is explained now; what was on the way is dropped."""
        session, tier = self._session, self._session.selected_tier
        # While the same token is measured again, its old ledger stays to be seen.
        same = self.explanation is not None and self.explanation is session.explanation
        kept = (self.ledger, self.explanation, self.tracks, self.token) if same else None
        self._drop()
        if kept is not None:
            self.ledger, self.explanation, self.tracks, self.token = kept
        index, recording = session.item_index, session.recording
        if (
            session.explanation is None
            or recording is None
            or not isinstance(tier, IntervalTier)
            or index is None
        ):
            self.changed.emit()
            return
        path = recording.path.absolute()
        road = formant_road(self._bench, tier)
        source = (path, tier.name, road, self._bench.settings.pitch)
        if source != self._source:
            self._source, self._known = source, {}
        self.explanation = session.explanation
        self.token = token_at(path, tier, index)
        self._others = neighbours(path, tier, index, self._is_class, self._duration_s())
        self.changed.emit()
        self._go_on()

    def _is_class(self, label: str) -> bool:
        class_map = self._bench.class_map
        if class_map is None:
            return False
        if self._classes[0] is not class_map:
            self._classes = class_map, {}
        known = self._classes[1]
        if label not in known:
            known[label] = class_map.class_of(label) is not None
        return known[label]

    def _go_on(self) -> None:
        """Measure the next tokens, and split the logits with the tracks that are there."""
        token = self.token
        if token is None or self._source is None:
            return
        wanted = [token, *self._others]
        missing = [one for one in wanted if (one.tmin_s, one.tmax_s) not in self._known]
        own = (token.tmin_s, token.tmax_s) in self._known
        if own and (not missing or len(missing) == len(self._others)):
            self.tracks = self._known[token.tmin_s, token.tmax_s]
            self._split()
        if not missing:
            return
        from vowelscope.explain.bands import road_tracks

        batch = missing[: _BATCH if own else 1]
        self._bench.jobs.submit_process(
            self._keys[0],
            road_tracks,
            batch,
            self._source[2],
            self._source[3],
            on_done=self._on_tracks,
            on_error=self._on_failed,
        )

    def _on_tracks(self, found: list[Tracks]) -> None:
        self._known |= {(tracks.tmin_s, tracks.tmax_s): tracks for tracks in found}
        self._go_on()

    def _split(self) -> None:
        known = [self._known.get((one.tmin_s, one.tmax_s)) for one in self._others]
        others = [tracks for tracks in known if tracks is not None]
        self._bench.jobs.submit(
            self._keys[1],
            _make,
            self.explanation,
            self.tracks,
            self._settings,
            others,
            self._duration_s(),
            on_done=self._on_ledger,
            on_error=self._on_failed,
            pass_token=True,
        )

    def _duration_s(self) -> float:
        recording = self._session.recording
        return 0.0 if recording is None else recording.duration_s

    def _on_ledger(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.changed.emit()

    def _on_failed(self, sentence: str) -> None:
        self.ledger = None
        self._failed = sentence
        self.changed.emit()


def _make(
    token: CancelToken,
    explanation: Explanation,
    tracks: Tracks,
    settings: ExplainSettings,
    others: list[Tracks],
    duration_s: float,
) -> Ledger:
    from vowelscope.explain.bands import BandSettings
    from vowelscope.explain.ledger import make_ledger

    token.raise_if_cancelled()
    bands = BandSettings(settings.formant_half_hz, settings.f0_half_hz)
    return make_ledger(explanation, tracks, bands, others, duration_s)


def _export(path: Path, rows: list[dict[str, Any]]) -> str:
    from vowelscope.core.tables import kinds_of, write_table

    write_table(path, rows, kinds_of(rows))
    return tr("The ledger is in {path}.").format(path=path)
