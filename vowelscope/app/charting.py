"""The vowels of a tier with F1 and F2 in their middle, kept up to date in the background."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.tier_ref import TierRef
from vowelscope.app.workbench import Workbench
from vowelscope.core.acoustics import FormantSettings
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.tokens import phone_tier
from vowelscope.core.vowel_chart import midpoint_formants
from vowelscope.core.vowels import vowel_symbols

_PAUSE_MS = 250
_BATCH = 100
"""Vowels a job: what is in view must not wait long for its own formants."""

_GROWTH = 1.5
"""The chart is drawn again when it has grown by this factor, and when it is whole."""

Doubles = npt.NDArray[np.float64]
Span = tuple[float, float]


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
    """

    indices: tuple[int, ...] = ()
    symbols: tuple[str, ...] = ()
    formants_hz: Doubles = field(default_factory=lambda: np.empty((0, 2)))
    undefined: int = 0
    waiting: int = 0


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
        self.points = ChartPoints()
        self.sentence = ""
        """Why there are no points, or ""."""
        self._is_shown = False
        self._is_stale = True
        self._known: dict[Span, tuple[float, float]] = {}
        self._source: tuple[Path, int | None, FormantSettings] | None = None
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
        intervals = (i for i, other in enumerate(textgrid.tiers) if isinstance(other, IntervalTier))
        return next(intervals, None)

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

    def _on_change(self) -> None:
        self._is_stale = True
        self.tiers_changed.emit()
        if self._is_shown:
            self._soon.start()

    def _start(self) -> None:
        self._soon.stop()
        self._bench.jobs.cancel(self._key)
        self._is_stale = False
        session, recording = self._session, self._session.recording
        source = None
        if recording is not None:
            source = (recording.path.absolute(), session.channel, self._bench.settings.formant)
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
            self.sentence = "Open a recording and its TextGrid."
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
            what = "a vowel"
            if not self._bench.settings.measuring.chart_all_vowels:
                what = "one of the model's classes"
            self.sentence = f"No label of the tier “{tier.name}” is {what}."
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
        path, channel, settings = self._source
        spans = missing[:_BATCH]
        self._bench.jobs.submit_process(
            self._key,
            midpoint_formants,
            path,
            spans,
            settings,
            channel,
            on_done=_Batch(self, tuple(spans)).done,
            on_error=self._on_failed,
        )

    def _show(self, waiting: int) -> None:
        known = [vowel for vowel in self._vowels if vowel[2] in self._known]
        if waiting and len(known) < _GROWTH * len(self.points.indices):
            return  # to draw thousands of points again for some more would only cost time
        formants_hz = np.array([self._known[span] for _, _, span in known], dtype=np.float64)
        formants_hz = formants_hz.reshape(-1, 2)
        defined = np.isfinite(formants_hz[:, 0]) & np.isfinite(formants_hz[:, 1])
        self.points = ChartPoints(
            tuple(index for (index, _, _), held in zip(known, defined, strict=True) if held),
            tuple(symbol for (_, symbol, _), held in zip(known, defined, strict=True) if held),
            formants_hz[defined],
            len(known) - int(defined.sum()),
            waiting,
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

    def done(self, formants_hz: Any) -> None:
        charting = self.charting
        charting._known |= dict(zip(self.spans, map(tuple, formants_hz.tolist()), strict=True))
        charting._go_on()
