"""The vowels of a tier with F1 and F2 in their middle, kept up to date in the background."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.places import formant_road
from vowelscope.app.tier_ref import TierRef
from vowelscope.app.workbench import Workbench
from vowelscope.core.chosen_ceilings import ChosenCeilings
from vowelscope.core.hand_points import LONGEST_REACH_S, HandPoints
from vowelscope.core.measure_ceilings import TokenCeiling
from vowelscope.core.measure_formants import FormantRoad, midpoint_formants
from vowelscope.core.textgrid import IntervalTier, TextGrid
from vowelscope.core.tokens import Token, phone_tier
from vowelscope.core.translation import tr
from vowelscope.core.vowels import vowel_symbols

_PAUSE_MS = 250
_BATCH = 40
"""Vowels a job: what is in view must not wait long for its own formants."""

_LOOKED_AT = 500
"""Intervals of a tier that say whether it is one of vowels."""

_GROWTH = 1.5
"""The chart is drawn again when it has grown by this factor, and when it is whole."""

Doubles = npt.NDArray[np.float64]
Span = tuple[float, float]
Midpoint = tuple[float, float, TokenCeiling, tuple[int, ...]]
"""F1, F2, the ceiling, and the formants that are set by hand there."""
_NOTHING = ChosenCeilings()


@dataclass(frozen=True, slots=True, eq=False)
class ChartPoints:
    """The vowels that are in the chart.

    Attributes
    ----------
    indices
        Of their intervals in the tier, (n,).
    symbols
        How each is written.
    formants_hz
        (n, 2): F1 and F2, never NaN.
    undefined
        How many more vowels have no F1 or F2 in their middle.
    waiting
        How many are not measured yet.
    ceilings_hz
        The formant ceiling of each, (n,).
    by_hand
        Which have an F1 or F2 that was set by hand there, (n,).
    """

    indices: tuple[int, ...] = ()
    symbols: tuple[str, ...] = ()
    formants_hz: Doubles = field(default_factory=lambda: np.empty((0, 2)))
    undefined: int = 0
    waiting: int = 0
    ceilings_hz: Doubles = field(default_factory=lambda: np.empty(0))
    by_hand: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=bool))


class Charting(QObject):
    """Measures the vowels of one tier as long as somebody looks at the chart."""

    changed = Signal()
    """Points or sentence changed."""
    tiers_changed = Signal()
    """Other tiers can be chosen."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self._tier: TierRef | None = None
        self._guess: tuple[TextGrid, int | None] | None = None
        self.points = ChartPoints()
        self.sentence = ""
        """Why there are no points, or ""."""
        self._is_shown = False
        self._is_stale = True
        self._known: dict[Span, Midpoint] = {}
        self._source: tuple[Path, str, FormantRoad] | None = None
        self._sidecar = bench.choices.sidecar
        self._vowels: list[tuple[int, str, Span]] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._start)
        session = self._session
        session.recording_changed.connect(self._on_recording)
        session.textgrid_changed.connect(self._on_change)
        session.channel_changed.connect(self._on_change)
        bench.settings_changed.connect(self._on_change)
        bench.choices.changed.connect(self._on_choices)
        bench.model_changed.connect(self._on_change)

    @property
    def is_busy(self) -> bool:
        """True while the points may not be those of the tier as it is."""
        return self._soon.isActive() or self._bench.jobs.is_pending(self._key)

    @property
    def tier_index(self) -> int | None:
        """Where the tier is now."""
        textgrid = self._session.textgrid
        if textgrid is None:
            return None
        found = None if self._tier is None else self._tier.find(textgrid)
        if found is not None:
            return found
        tier = phone_tier(textgrid)
        if tier is not None:
            return next(i for i, other in enumerate(textgrid.tiers) if other is tier)
        if self._guess is None or self._guess[0] is not textgrid:
            self._guess = textgrid, self._with_most_vowels(textgrid)
        return self._guess[1]

    def _with_most_vowels(self, textgrid: TextGrid) -> int | None:
        """The interval tier, by its first labels; the upper one of two alike."""
        shares: dict[int, float] = {}
        for index, tier in enumerate(textgrid.tiers):
            if isinstance(tier, IntervalTier):
                labels = sorted({held.text for held in tier.intervals[:_LOOKED_AT]} - {""})
                found = sum(symbol is not None for symbol in self._symbols(labels).values())
                shares[index] = found / max(len(labels), 1)
        return max(shares, key=shares.__getitem__, default=None)

    def set_tier(self, index: int) -> None:
        """Chart another tier."""
        textgrid = self._session.textgrid
        if textgrid is not None and 0 <= index < len(textgrid.tiers):
            self._tier = TierRef(index, textgrid.tiers[index].name)
            self._start()

    def set_shown(self, shown: bool) -> None:
        """Say whether the chart is to be seen."""
        self._is_shown = shown
        if shown and self._is_stale:
            self._start()

    @property
    def _key(self) -> tuple[str, int]:
        return "vowel chart", id(self)

    def _on_recording(self) -> None:
        self._tier = None
        self._known.clear()
        self._on_change()

    def _on_choices(self) -> None:
        """Something was decided by hand: measure again what it concerns."""
        before, self._sidecar = self._sidecar, self._bench.choices.sidecar
        now = self._sidecar
        ceilings = set(before.ceilings.choices) ^ set(now.ceilings.choices)
        times_s = sorted(
            [*before.points.changed_times_s(now.points), *(x.time_s for x in ceilings)]
        )
        self._bench.jobs.cancel(self._key)
        for span in [x for x in self._known if _holds_one(times_s, *x)]:
            del self._known[span]
        self._on_change()

    def _on_change(self) -> None:
        self._is_stale = True
        self.tiers_changed.emit()
        if self._is_shown:
            self._soon.start()

    def _start(self) -> None:
        self._soon.stop()
        self._bench.jobs.cancel(self._key)
        self._is_stale = False
        recording, index, source = self._session.recording, self.tier_index, None
        if recording is not None and index is not None and self._session.textgrid is not None:
            tier = self._session.textgrid.tiers[index]
            road = formant_road(self._bench, tier)
            chosen = None if road.automatic is None else replace(road.automatic, chosen=_NOTHING)
            # What was decided by hand is looked after interval by interval.
            road = replace(road, automatic=chosen, hand=HandPoints())
            # Without an automatic ceiling the tier does not matter.
            source = (recording.path.absolute(), tier.name if chosen else "", road)
        if source != self._source:
            self._source = source
            self._known.clear()
        self.sentence = ""
        self._vowels = self._find_vowels()
        self._go_on()

    def _find_vowels(self) -> list[tuple[int, str, Span]]:
        """Interval, symbol and span of each vowel of the tier."""
        textgrid, index = self._session.textgrid, self.tier_index
        if self._source is None or textgrid is None or index is None:
            self.sentence = tr("Open a recording and its TextGrid.")
            return []
        tier = textgrid.tiers[index]
        assert isinstance(tier, IntervalTier)
        labels = [interval.text for interval in tier.intervals]
        of_label = self._symbols(sorted(set(labels)))
        vowels = [
            (at, symbol, (interval.tmin_s, interval.tmax_s))
            for at, interval in enumerate(tier.intervals)
            if (symbol := of_label[interval.text]) is not None
        ]
        if not vowels:
            what = tr("a vowel")
            if not self._bench.settings.measuring.chart_all_vowels:
                what = tr("one of the model's classes")
            self.sentence = tr("No label of the tier “{name}” is {what}.").format(
                name=tier.name, what=what
            )
        return vowels

    def _symbols(self, labels: list[str]) -> dict[str, str | None]:
        """How the chart writes each label of the tier, or None where it is not in it."""
        class_map = self._bench.class_map
        classes: dict[str, str | None] = dict.fromkeys(labels)
        if class_map is not None:
            # A class's own name, so that the chart speaks of the same classes as the model.
            classes = {label: class_map.class_of(label) for label in labels if label.strip()}
        if not self._bench.settings.measuring.chart_all_vowels:
            return {label: classes.get(label) for label in labels}
        symbols = zip(labels, vowel_symbols(labels), strict=True)
        return {label: classes.get(label) or symbol for label, symbol in symbols}

    def _go_on(self) -> None:
        """Show what is measured and measure the next of what is not."""
        missing = [span for _, _, span in self._vowels if span not in self._known]
        self._show(len(missing))
        if not missing or self._source is None:
            return
        textgrid, index = self._session.textgrid, self.tier_index
        if textgrid is None or index is None:
            return
        tier = textgrid.tiers[index]
        spans = missing[:_BATCH]
        tokens = [Token(self._source[0], tier.name, -1, *span, "vowel") for span in spans]
        self._bench.jobs.submit_process(
            self._key,
            midpoint_formants,
            tokens,
            formant_road(self._bench, tier),
            on_done=_Batch(self, tuple(spans)).done,
            on_error=self._on_failed,
        )

    def _show(self, waiting: int) -> None:
        known = [vowel for vowel in self._vowels if vowel[2] in self._known]
        if waiting and len(known) < _GROWTH * len(self.points.indices):
            return  # to draw thousands of points again for some more would only cost time
        found = [self._known[span] for _, _, span in known]
        formants_hz = np.array([x[:2] for x in found], dtype=np.float64).reshape(-1, 2)
        defined = np.isfinite(formants_hz[:, 0]) & np.isfinite(formants_hz[:, 1])
        self.points = ChartPoints(
            tuple(index for (index, _, _), held in zip(known, defined, strict=True) if held),
            tuple(symbol for (_, symbol, _), held in zip(known, defined, strict=True) if held),
            formants_hz[defined],
            len(known) - int(defined.sum()),
            waiting,
            np.array([x[2].ceiling_hz for x in found], dtype=np.float64)[defined],
            np.array([bool({1, 2} & set(x[3])) for x in found], dtype=bool)[defined],
        )
        self.changed.emit()

    def _on_failed(self, sentence: str) -> None:
        self._vowels = []
        self.sentence = sentence
        self._show(0)


@dataclass(eq=False)
class _Batch:
    """Which spans the result of one job belongs to."""

    charting: Charting
    spans: tuple[Span, ...]

    def done(self, found: list[Midpoint]) -> None:
        charting = self.charting
        charting._known |= dict(zip(self.spans, found, strict=True))
        charting._go_on()


def _holds_one(times_s: list[float], tmin_s: float, tmax_s: float) -> bool:
    """Whether one of these rising times lies in a span or just beside it."""
    at = bisect_left(times_s, tmin_s - LONGEST_REACH_S)
    return at < len(times_s) and times_s[at] <= tmax_s + LONGEST_REACH_S
