"""What the model said of the vowels in the chart of the open file, as its colours."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, Signal

from vowelscope.app.charting import Charting
from vowelscope.app.model_queue import Judged, ModelQueue
from vowelscope.app.workbench import Workbench
from vowelscope.core.textgrid import IntervalTier
from vowelscope.explain.corpus_chart import Shade, agreement_shade, class_shade, doubt_shade

Shading = Literal["label", "predicted", "agreement", "doubt"]

_GROWTH = 1.5
"""While the model is asked, the chart is drawn again when so many times more are known."""


class ChartShading(QObject):
    """Takes from the queue what it has; asks nothing by itself."""

    changed = Signal()
    """The colours of some points say something else."""
    progressed = Signal()
    """The model was asked about more, or is asked no longer."""

    def __init__(
        self, bench: Workbench, charting: Charting, queue: ModelQueue, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bench, self._charting, self._queue = bench, charting, queue
        self.shading: Shading = "label"
        self._count = 0
        queue.changed.connect(self._on_queue)

    @property
    def is_asking(self) -> bool:
        """True while the model is asked."""
        return self._queue.is_running

    @property
    def progress(self) -> tuple[int, int]:
        """Tokens that the model was asked about, and of how many."""
        return self._queue.done, self._queue.total

    def choose(self, shading: Shading) -> None:
        """Have the colours say something else."""
        self.shading = shading
        self.changed.emit()

    def ask(self) -> None:
        """Ask the model about the vowels of the chart's tier, or stop asking."""
        if self._queue.is_running:
            self._queue.stop()
        else:
            self._queue.start(self._charting.tier_index)

    def shade(self) -> Shade | None:
        """What the colours of the points in the chart say; None for their own classes."""
        class_map, points = self._bench.class_map, self._charting.points
        if self.shading == "label":
            return None
        said = self._said()
        if class_map is None or not any(said):
            nothing = np.full(len(points.indices), np.nan)
            return Shade(self.shading, ("",), nothing)
        classes = class_map.classes
        if self.shading == "doubt":
            values = [np.nan if one is None else 1.0 - one.probability for one in said]
            return doubt_shade(np.array(values), len(classes))
        if self.shading == "predicted":
            numbers = [-1 if one is None else classes.index(one.predicted) for one in said]
            return class_shade("predicted", classes, np.array(numbers))
        differs = [np.nan if one is None else float(not one.agrees) for one in said]
        return agreement_shade(np.array(differs))

    def _said(self) -> list[Judged | None]:
        """What the model said of each point: of the sound between the same times."""
        textgrid, index = self._bench.session.textgrid, self._charting.tier_index
        points = self._charting.points
        if textgrid is None or index is None or index >= len(textgrid.tiers):
            return [None] * len(points.indices)
        tier = textgrid.tiers[index]
        known = {(row.tmin_s, row.tmax_s): row for row in self._queue.rows}
        if not known or not isinstance(tier, IntervalTier):
            return [None] * len(points.indices)
        held = (tier.intervals[at] if at < len(tier.intervals) else None for at in points.indices)
        return [None if x is None else known.get((x.tmin_s, x.tmax_s)) for x in held]

    def _on_queue(self) -> None:
        # To draw thousands of letters again for some more would only cost time.
        count = len(self._queue.rows)
        if not self._queue.is_running or count >= _GROWTH * self._count or count < self._count:
            self._count = count
            self.changed.emit()
        else:
            self.progressed.emit()
