"""Activation maximisation in the background: start, stop, listen, save."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vowelscope.app.children import CancelToken, call_in_process, warm_child
from vowelscope.app.places import formant_road
from vowelscope.app.torch_tasks import study_there
from vowelscope.app.workbench import Workbench
from vowelscope.core.measure_formants import FormantRoad
from vowelscope.core.passages import Rendered
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.tokens import Token, phone_tier, token_at, tokens_of
from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.core.features import ModelInput
    from vowelscope.core.phones import ClassMap
    from vowelscope.explain.cam import CamExplainer
    from vowelscope.explain.class_formants import ClassFormants
    from vowelscope.explain.interventions import Progress
    from vowelscope.explain.maximise_settings import MaximiseSettings, StartKind
    from vowelscope.explain.maximise_starts import Labelled, Start
    from vowelscope.explain.maximise_study import Study


@dataclass(frozen=True, slots=True, eq=False)
class _Ask:
    """All that the job needs; nothing of it is read from the session later."""

    kind: StartKind
    of: str
    against: str | None
    settings: MaximiseSettings
    control: bool
    token: Token | None
    seen: ModelInput | None
    recording: Path | None
    tier: IntervalTier | None
    class_map: ClassMap | None
    road: FormantRoad


class Maximising(QObject):
    """Holds the last study; it stays until the next one is done, whatever is selected meanwhile.

    Pictures, sounds and formants are made in processes of their own: to import PyTorch or librosa
    holds the interpreter's lock, and so does Praat.
    """

    changed = Signal()

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self.study: Study | None = None
        self.said: tuple[str, ...] = ()
        """What the study found, each a sentence."""
        self.sentence = ""
        """Why the last one failed, or ""."""
        self.done = 0
        self.total = 0
        self._began_s = 0.0

    @property
    def is_running(self) -> bool:
        """True while a picture is made."""
        return self._bench.jobs.is_pending(self._key)

    @property
    def classes(self) -> tuple[str, ...]:
        """Of the model in use; none before it is loaded."""
        model = self._bench.explaining.model
        return () if model is None else model.card.classes

    @property
    def estimate_s(self) -> float | None:
        """Seconds that are left, by what was done."""
        if not self.is_running or not self.done:
            return None
        return (time.monotonic() - self._began_s) / self.done * (self.total - self.done)

    def can_start(self, kind: StartKind) -> str:
        """Why a picture cannot begin there now, or ""."""
        if self._bench.explaining.explainer is None:
            return tr("The model is not loaded yet.")
        if kind == "token" and (self._session.explanation is None or self._token() is None):
            return tr("Select a labelled interval first.")
        if kind == "mean" and self._tier() is None:
            return tr("Open a recording with a tier of phones, or select an interval tier.")
        return ""

    def start(
        self,
        kind: StartKind,
        of: str,
        against: str | None,
        settings: MaximiseSettings,
        control: bool = True,
    ) -> None:
        """Raise a class or the difference of two, from the token, the tier's mean or the floor."""
        engine = self._bench.explaining.explainer
        why_not = self.can_start(kind)
        if why_not or engine is None:
            self._on_failed(why_not)
            return
        session, explanation = self._session, self._session.explanation
        tier = self._tier()
        ask = _Ask(
            kind,
            of,
            against,
            settings,
            control,
            self._token(),
            None if explanation is None else explanation.input,
            None if session.recording is None else session.recording.path.absolute(),
            tier,
            self._bench.class_map,
            formant_road(self._bench, tier),
        )
        self.sentence = ""
        self.done = self.total = 0
        self._began_s = time.monotonic()
        self._bench.jobs.submit(
            self._key,
            _study,
            engine,
            ask,
            on_done=self._on_done,
            on_error=self._on_failed,
            on_progress=self._on_progress,
            pass_token=True,
        )
        self.changed.emit()

    def stop(self) -> None:
        """Go no further; what was there before stays."""
        self._bench.jobs.cancel(self._key)
        self.changed.emit()

    def play(self, start: bool = False) -> None:
        """Play the sound of the picture, or of the start."""
        study = self.study
        sound = None if study is None else study.start_sound if start else study.sound
        if study is None or sound is None:
            self._session.note.emit(tr("There is no sound to play."))
            return
        piece = sound.piece
        # The cursor goes along where the token is; of a mean or the floor there is no such place.
        first_s = last_s = self._session.cursor_s
        if study.found.start.kind == "token":
            first_s = max(piece.offset_s, 0.0)
            last_s = first_s + piece.duration_s
        span_s = (first_s, last_s)
        rendered = Rendered(piece.samples[:, None], float(piece.rate_hz), span_s)
        self._bench.player.play_passage(rendered)

    def stop_playing(self) -> bool:
        """Be silent; whether there was anything to hear."""
        playing = self._bench.player.is_playing
        self._bench.player.stop()
        return playing

    def save(self, folder: Path) -> None:
        """Write figure, sounds and numbers into a folder in the background."""
        if self.study is None:
            self._session.note.emit(tr("There is no picture to save yet."))
            return
        self._bench.jobs.submit(
            ("save maximised", id(self)),
            _save,
            folder,
            self.study,
            on_done=self._session.note.emit,
            on_error=self._session.message.emit,
        )

    @property
    def _key(self) -> tuple[str, int]:
        return "maximise", id(self)

    def _tier(self) -> IntervalTier | None:
        """The selected interval tier, or that of phones."""
        tier = self._session.selected_tier
        if not isinstance(tier, IntervalTier) and self._session.textgrid is not None:
            tier = phone_tier(self._session.textgrid)
        return tier if isinstance(tier, IntervalTier) and self._session.recording else None

    def _token(self) -> Token | None:
        session, tier = self._session, self._session.selected_tier
        if session.recording is None or session.item_index is None:
            return None
        if not isinstance(tier, IntervalTier):
            return None
        return token_at(session.recording.path.absolute(), tier, session.item_index)

    def _on_progress(self, progress: tuple[int, int]) -> None:
        self.done, self.total = progress
        self.changed.emit()

    def _on_done(self, made: tuple[Study, tuple[str, ...]]) -> None:
        self.study, self.said = made
        self.changed.emit()

    def _on_failed(self, sentence: str) -> None:
        self.sentence = sentence[:1].upper() + sentence[1:]
        self.changed.emit()


def _study(token: CancelToken, engine: CamExplainer, ask: _Ask) -> tuple[Study, tuple[str, ...]]:
    def reading(_done: int, _total: int) -> None:
        token.raise_if_cancelled()

    tokens = _tokens(engine, ask)
    token.raise_if_cancelled()
    start = _start(engine, ask, tokens, reading)
    formants = _formants(token, ask, tokens)
    model = engine.model
    made: Study = warm_child().call(
        *(token, study_there, model.folder.absolute(), model.weights_sha256),
        *(start, ask.of, ask.against, ask.settings, formants, ask.control),
    )
    return made, made.sentences()


def _tokens(engine: CamExplainer, ask: _Ask) -> list[Labelled]:
    from vowelscope.explain.maximise_starts import Labelled

    if ask.recording is None or ask.tier is None or ask.class_map is None:
        return []
    named = (
        (token, ask.class_map.class_of(token.label)) for token in tokens_of(ask.recording, ask.tier)
    )
    classes = engine.model.card.classes
    return [Labelled(token, name) for token, name in named if name is not None and name in classes]


def _start(
    engine: CamExplainer, ask: _Ask, tokens: Sequence[Labelled], progress: Progress
) -> Start:
    from vowelscope.explain.maximise_starts import (
        start_at_floor,
        start_at_mean,
        start_of_token,
    )

    spec, classes = engine.model.card.features, engine.model.card.classes
    if ask.kind == "token" and ask.seen is not None and ask.token is not None:
        return start_of_token(ask.seen, ask.token)
    if ask.kind == "mean" and ask.recording is not None:
        source = ask.recording.name
        return start_at_mean(tokens, spec, classes, source, ask.road.channel, progress)
    return start_at_floor(spec)


def _formants(token: CancelToken, ask: _Ask, tokens: Sequence[Labelled]) -> ClassFormants | None:
    """Those of the open tier's vowels where there are enough, else those of the table."""
    from vowelscope.explain.class_formants import measured_formants, table_formants

    measured: ClassFormants | None = None
    own = [one for one in tokens if one.name == ask.of]
    if own and ask.recording is not None:
        # Praat holds the interpreter's lock for a whole analysis.
        measured = call_in_process(
            measured_formants, own, ask.of, ask.road, ask.recording.name, token=token
        )
    return measured or table_formants(ask.of)


def _save(folder: Path, study: Study) -> str:
    # matplotlib takes long to import: only ever on this thread.
    from vowelscope.explain.maximise_files import save_study

    save_study(folder, study)
    return tr("The picture, its sounds and numbers are in {path}.").format(path=folder)
