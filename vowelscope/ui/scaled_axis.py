"""A right axis with units of its own over a plot that has another."""

from __future__ import annotations

import pyqtgraph as pg

from vowelscope.ui.ticks import tick_step


class ScaledAxis(pg.AxisItem):  # type: ignore[misc]
    """Shows `low`-`high` over the whole height of the plot that it is linked to."""

    def __init__(self, low: float, high: float, label: str) -> None:
        super().__init__("right")
        self.low, self.high = low, high
        self._label = label
        self._shown = True
        self.enableAutoSIPrefix(False)
        self.setStyle(hideOverlappingLabels=False)
        self.set_shown(False)

    def set_range(self, low: float, high: float) -> None:
        """Have other ends."""
        if (low, high) != (self.low, self.high):
            self.low, self.high = low, high
            self.picture = None
            self.update()

    def set_shown(self, shown: bool) -> None:
        """Show or hide ticks and label; the width stays, so that times stay aligned."""
        if shown == self._shown:
            return
        self._shown = shown
        self.setStyle(showValues=shown, tickLength=-4 if shown else 0)
        self.setLabel(self._label if shown else "")
        self.showLabel(shown)
        self.setOpacity(1.0 if shown else 0.0)

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        """Places in the plot's own unit of round values of this axis."""
        step = tick_step(self.high - self.low, max(int(size / 40), 1))
        count = int((self.high - self.low) / step + 1e-9)
        first = -(-self.low // step) * step
        per_unit = (maxVal - minVal) / (self.high - self.low)
        values = [first + index * step for index in range(count + 1)]
        places = [minVal + (v - self.low) * per_unit for v in values if v <= self.high]
        return [(step * per_unit, places)]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """The values of this axis at those places."""
        low, high = self.range
        per_place = (self.high - self.low) / (high - low)
        return [f"{self.low + (value - low) * per_place:.0f}" for value in values]
