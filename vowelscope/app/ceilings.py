"""The formant ceiling of the selected token: found by the worker, or taken by hand and kept."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.formant_choices import FormantChoices
from vowelscope.app.workbench import Workbench
from vowelscope.core.acoustics import FormantTrack, formants
from vowelscope.core.acoustics_grid import Doubles
from vowelscope.core.ceilings import Candidates, best_of_file, candidates
from vowelscope.core.measure_ceilings import has_ceiling
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.translation import tr

MARGIN_S = 0.05
"""Frames beyond the token, for what is interpolated at its ends."""

_NOTHING = tr(
    "Select a labelled interval, with View → Formant ceiling on automatic, to choose its ceiling."
)


class Ceilings(QObject):
    """Follows the selected interval; `changed` tells that there is another answer, or none yet.

    Attributes
    ----------
    found, index, by
        All candidates of the selected token, the one that counts, and who took it: ``token``,
        ``file`` or ``hand``. None, None and "" before they are known.
    track
        Praat's formants at that ceiling in the token and `MARGIN_S` around it, or None before
        they are computed.
    """

    changed = Signal()

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = session = bench.session
        self._chosen = bench.choices.ceilings
        self._survey: list[tuple[float, float]] = []
        self._surveyed: list[Candidates] = []
        self._surveyed_as: tuple[object, ...] | None = None
        self.found: Candidates | None = None
        self.index: int | None = None
        self.by = ""
        self.track: FormantTrack | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._look)
        session.recording_changed.connect(self._on_recording)
        bench.choices.changed.connect(self._on_choices)
        session.interval_changed.connect(self._soon.start)
        session.channel_changed.connect(self._soon.start)
        bench.settings_changed.connect(self._soon.start)

    @property
    def is_busy(self) -> bool:
        """True while the ceiling of the selected token, or its track, is still looked for."""
        jobs = self._bench.jobs
        names = ("ceilings", "ceilings of tier", "ceiling track")
        return self._soon.isActive() or any(jobs.is_pending((name, id(self))) for name in names)

    @property
    def scope(self) -> str:
        """``fixed``, ``token`` or ``file``."""
        return self._bench.settings.ceiling_scope

    @property
    def choices(self) -> FormantChoices:
        """What was decided by hand."""
        return self._bench.choices

    def drawn(self) -> tuple[Doubles, Doubles]:
        """Times and formants within the token, with what was set by hand; (n,) and (n, k)."""
        found, index, track = self.found, self.index, self.track
        assert found is not None
        assert index is not None
        times_s, freqs_hz = found.items[index].times_s, found.items[index].freqs_hz
        if track is not None:
            inside = (track.times_s >= found.tmin_s) & (track.times_s <= found.tmax_s)
            times_s, freqs_hz = track.times_s[inside], track.freqs_hz[inside]
        points = self.choices.drawn_points
        return times_s, points.applied(times_s, freqs_hz, self._session.channel)

    def set_scope(self, scope: str) -> None:
        """Take the ceiling of the settings, one for each token, or one for all of a tier."""
        self._bench.change(ceiling_scope=scope)

    def step(self, by: int) -> None:
        """Take the candidate with the next higher (1) or lower (-1) ceiling, and keep it."""
        if self.found is None or self.index is None:
            self._session.message.emit(_NOTHING)
            return
        index = min(max(self.index + by, 0), len(self.found.items) - 1)
        if index != self.index:
            self._keep(self.found.items[index].ceiling_hz)

    def forget_choice(self) -> None:
        """Let the automatic ceiling count again for the selected token."""
        if self.found is None:
            self._session.message.emit(_NOTHING)
        elif self.by == "hand":
            self._keep(None)

    def _keep(self, ceiling_hz: float | None) -> None:
        session, found = self._session, self.found
        tier = session.selected_tier
        if tier is None or found is None:
            return
        chosen = self._bench.choices.ceilings.with_choice(
            tier.name, found.tmin_s, found.tmax_s, session.channel, ceiling_hz
        )
        if self._bench.choices.set_ceilings(chosen, tr("Take formant ceiling")):
            session.note.emit(self.describe())

    def describe(self) -> str:
        """The ceiling that counts, in a few words."""
        if self.found is None or self.index is None:
            return ""
        item = self.found.items[self.index]
        how = {"token": "automatic", "file": tr("automatic, whole tier"), "hand": tr("by hand")}[
            self.by
        ]
        text = tr("Ceiling {ceiling_hz:,.0f} Hz ({how}; error {error_bark:.2f} Bark)").format(
            ceiling_hz=item.ceiling_hz, how=how, error_bark=item.error_bark
        )
        span = self.found.tmin_s, self.found.tmax_s
        by_hand = self.choices.drawn_points.formants_in(self._session.channel, *span)
        return text + (
            tr(", {join} by hand").format(join=" ".join(f"F{n}" for n in by_hand))
            if by_hand
            else ""
        )

    # What follows from changes

    def _on_recording(self) -> None:
        self._bench.jobs.cancel(("ceilings of tier", id(self)))
        self._surveyed_as = None
        self._soon.start()

    def _on_choices(self) -> None:
        """A ceiling was taken by hand, or that was undone."""
        if self._bench.choices.ceilings != self._chosen:
            self._chosen = self._bench.choices.ceilings
            self._choose()

    def _look(self) -> None:
        session, jobs = self._session, self._bench.jobs
        jobs.cancel(("ceilings", id(self)))
        jobs.cancel(("ceiling track", id(self)))
        had_some = self.found is not None
        self.found, self.index, self.by, self.track = None, None, "", None
        interval, recording = session.selected_interval, session.recording
        if self.scope != "file":
            self._surveyed_as = None
            jobs.cancel(("ceilings of tier", id(self)))
        if (
            self.scope != "fixed"
            and recording is not None
            and interval is not None
            and has_ceiling(interval.text, interval.duration_s)
            and interval.tmin_s < recording.duration_s
        ):
            if self.scope == "file":
                self._begin_survey()
            self._submit("ceilings", interval.tmin_s, interval.tmax_s)
        if had_some:
            self.changed.emit()

    def _submit(self, what: str, tmin_s: float, tmax_s: float) -> None:
        session = self._session
        assert session.recording is not None
        done = self._on_found if what == "ceilings" else self._on_surveyed
        self._bench.jobs.submit_process(
            (what, id(self)),
            candidates,
            session.recording.path.absolute(),
            tmin_s,
            tmax_s,
            None,
            self._bench.settings.formant,
            session.channel,
            on_done=done,
            on_error=self._on_failed,
        )

    def _on_failed(self, sentence: str) -> None:
        self._session.message.emit(sentence)

    def _on_found(self, found: Candidates) -> None:
        self.found = found
        self._choose()

    def _choose(self) -> None:
        """Which candidate counts; Praat's own formants at its ceiling are asked for."""
        session, found, tier = self._session, self.found, self._session.selected_tier
        if found is None or tier is None or session.recording is None:
            return
        chosen, span = self._bench.choices.ceilings, (found.tmin_s, found.tmax_s)
        hand_hz = chosen.of(tier.name, *span, session.channel)
        if hand_hz is not None:
            self.index, self.by = found.nearest(hand_hz), "hand"
        elif self.scope == "file" and self._surveyed and not self._survey:
            self.index, self.by = best_of_file(self._surveyed), "file"
        else:
            self.index, self.by = found.best, "token"
        self.track = None
        self.changed.emit()
        ceiling_hz = hand_hz or found.items[self.index].ceiling_hz
        self._bench.jobs.submit_process(
            ("ceiling track", id(self)),
            formants,
            session.recording.path.absolute(),
            replace(self._bench.settings.formant, ceiling_hz=ceiling_hz),
            found.tmin_s - MARGIN_S,
            found.tmax_s + MARGIN_S,
            session.channel,
            on_done=self._on_track,
            on_error=self._on_failed,
        )

    def _on_track(self, track: FormantTrack) -> None:
        self.track = track
        self.changed.emit()

    # One ceiling for all of a tier

    def _begin_survey(self) -> None:
        session, tier = self._session, self._session.selected_tier
        if not isinstance(tier, IntervalTier) or session.recording is None:
            return
        spans = self._bench.choices.survey(tier)
        wanted = (session.recording, spans, session.channel, self._bench.settings.formant)
        if wanted == self._surveyed_as:
            return
        self._surveyed_as, self._surveyed = wanted, []
        self._survey = list(spans)
        self._next_surveyed()

    def _next_surveyed(self) -> None:
        if self._survey:
            self._submit("ceilings of tier", *self._survey[0])
        elif self._surveyed:
            self._choose()

    def _on_surveyed(self, found: Candidates) -> None:
        self._surveyed.append(found)
        del self._survey[:1]
        self._next_surveyed()
