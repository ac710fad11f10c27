"""The left axis of the spectrogram: Hz at round values, wherever the scale puts them."""

from __future__ import annotations

import pyqtgraph as pg

from vowelscope.core.frequency_axis import SCALE_UNITS, FrequencyAxis
from vowelscope.core.translation import tr

_LABEL_OUT_PX = 1
"""The label's own margin, which may lie outside."""

_CLOSEST_PX = 26.0
_DECIMALS = {"hz": 0, "mel": 0, "bark": 2, "erb": 2}


def frequency_text(hz: float, axis: FrequencyAxis) -> str:
    """A frequency in Hz and, where the axis has another scale, on that."""
    text = tr("{hz:,.0f} Hz").format(hz=hz)
    if axis.scale != "hz":
        text += f" ({float(axis.place(hz)):,.{_DECIMALS[axis.scale]}f} {SCALE_UNITS[axis.scale]})"
    return text


class FrequencyAxisItem(pg.AxisItem):  # type: ignore[misc]
    """Its values are places on a `FrequencyAxis`; its numbers are Hz."""

    def __init__(self, axis: FrequencyAxis) -> None:
        super().__init__("left")
        self._axis = axis
        self._hz: dict[float, float] = {}
        self.enableAutoSIPrefix(False)
        self.setStyle(hideOverlappingLabels=False)
        self.set_axis(axis)

    def set_axis(self, axis: FrequencyAxis) -> None:
        """Have other ends or another scale."""
        self._axis = axis
        scale = (
            ""
            if axis.scale == "hz"
            else tr(", {value} scale").format(value=SCALE_UNITS[axis.scale])
        )
        self.setLabel(tr("Frequency (Hz{scale})").format(scale=scale))
        self.picture = None
        self.update()

    def resizeEvent(self, event: object = None) -> None:
        """Keep the label inside: pyqtgraph lets it stand 5 pixels out at the left."""
        super().resizeEvent(event)
        if self.label is not None:
            self.label.setX(max(self.label.x(), -_LABEL_OUT_PX))

    def tickValues(
        self, _minVal: float, _maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        """Places of round frequencies, as many as have room."""
        round_hz = self._axis.round_hz(min(_CLOSEST_PX / max(size, 1.0), 1.0))
        self._hz = {float(self._axis.place(hz)): hz for hz in round_hz}
        return [(1.0, list(self._hz))]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """Those frequencies in Hz."""
        return [f"{self._hz.get(value, float(self._axis.hz(value))):.0f}" for value in values]
