"""The frequency axis of what is shown: its ends in Hz, and how its rows are spaced.

A place on the axis is a frequency on its scale: plots have places as their vertical unit, so that
everything drawn on them goes through the one `FrequencyAxis` of the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import AnalysisError
from vowelscope.core.translation import tr

Doubles = npt.NDArray[np.float64]
Scale = Literal["hz", "mel", "bark", "erb"]

SCALE_UNITS: dict[Scale, str] = {"hz": "Hz", "mel": "mel", "bark": "Bark", "erb": "ERB"}

_NARROWEST_HZ = 100.0
_MOST_TRIED = 250
_ROUND = 20
"""A number on the axis is a multiple of a step no less than a twentieth of it: 350, but not 360."""
_NICE_HZ = tuple(
    factor * power for power in (10_000.0, 1000.0, 100.0, 10.0, 1.0) for factor in (5.0, 2.0, 1.0)
)


def hz_to_scale(hz: npt.ArrayLike, scale: Scale) -> Doubles:
    """Frequencies in Hz on a scale, as Praat has them.

    Mel 550 ln(1 + f / 550), Bark 7 arsinh(f / 650), ERB 11.17 ln((f + 312) / (f + 14680)) + 43:
    Praat's hertzToMel, hertzToBark and hertzToErb.
    Source: Praat manual, "Formulas 4. Mathematical functions".
    """
    hz = np.asarray(hz, dtype=np.float64)
    if scale == "mel":
        hz = 550.0 * np.log1p(hz / 550.0)
    elif scale == "bark":
        hz = 7.0 * np.arcsinh(hz / 650.0)
    elif scale == "erb":
        hz = 11.17 * np.log((hz + 312.0) / (hz + 14680.0)) + 43.0
    return hz


def scale_to_hz(values: npt.ArrayLike, scale: Scale) -> Doubles:
    """The inverse of `hz_to_scale`."""
    values = np.asarray(values, dtype=np.float64)
    if scale == "mel":
        values = 550.0 * np.expm1(values / 550.0)
    elif scale == "bark":
        values = 650.0 * np.sinh(values / 7.0)
    elif scale == "erb":
        ratio = np.exp((values - 43.0) / 11.17)
        values = (14680.0 * ratio - 312.0) / (1.0 - ratio)
    return values


def scale_edges_hz(scale: Scale, top_hz: float, rows: int, low_hz: float = 0.0) -> Doubles:
    """Edges in Hz of `rows` rows from `low_hz` to `top_hz`, equally spaced on a scale."""
    low, high = hz_to_scale([low_hz, top_hz], scale)
    edges: Doubles = np.array(scale_to_hz(np.linspace(low, high, rows + 1), scale))
    edges[0], edges[-1] = low_hz, top_hz
    return edges


@dataclass(frozen=True, slots=True)
class FrequencyAxis:
    """What of the frequencies is shown, and how.

    Attributes
    ----------
    low_hz, high_hz
        Praat's "View range (Hz)".
    scale
        ``hz``, ``mel``, ``bark`` or ``erb``.

    Raises
    ------
    AnalysisError
        The ends are not in order, or nearer than 100 Hz.
    """

    low_hz: float = 0.0
    high_hz: float = 5000.0
    scale: Scale = "hz"

    def __post_init__(self) -> None:
        if not (self.low_hz >= 0 and self.high_hz - self.low_hz >= _NARROWEST_HZ):
            raise AnalysisError(
                tr(
                    "the view range {low_hz:g}-{high_hz:g} Hz must start at 0 Hz or above "
                    "and be {narrowest_hz:g} Hz wide at least."
                ).format(low_hz=self.low_hz, high_hz=self.high_hz, narrowest_hz=_NARROWEST_HZ)
            )
        if self.scale not in get_args(Scale):
            raise AnalysisError(
                tr("scale = {scale!r}: hz, mel, bark or erb.").format(scale=self.scale)
            )

    @property
    def low(self) -> float:
        """Place of the lower end."""
        return float(hz_to_scale(self.low_hz, self.scale))

    @property
    def high(self) -> float:
        """Place of the upper end."""
        return float(hz_to_scale(self.high_hz, self.scale))

    def place(self, hz: npt.ArrayLike) -> Doubles:
        """Where frequencies stand; NaN stays NaN."""
        return hz_to_scale(hz, self.scale)

    def hz(self, places: npt.ArrayLike) -> Doubles:
        """The frequencies that stand there."""
        return scale_to_hz(places, self.scale)

    def contains(self, hz: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Which frequencies are in view; NaN is not."""
        hz = np.asarray(hz, dtype=np.float64)
        inside: npt.NDArray[np.bool_] = (hz >= self.low_hz) & (hz <= self.high_hz)
        return inside

    def round_hz(self, least: float) -> list[float]:
        """Round frequencies in view for the axis, the roundest first taken, rising.

        Parameters
        ----------
        least
            No two stand nearer than this share (0-1) of the axis.
        """
        span = least * (self.high - self.low)
        taken: dict[float, float] = {}
        for step_hz in _NICE_HZ:
            first = int(np.ceil(self.low_hz / step_hz - 1e-9))
            last = int(np.floor(self.high_hz / step_hz + 1e-9))
            if last - first > _MOST_TRIED:
                break
            values_hz = step_hz * np.arange(first, last + 1)
            places = self.place(values_hz)
            if self.scale == "hz":
                if step_hz < span:
                    break
                taken = dict(zip(values_hz.tolist(), places.tolist(), strict=True))
                continue
            for hz, at in zip(values_hz.tolist(), places.tolist(), strict=True):
                round_enough = hz <= _ROUND * step_hz
                if round_enough and all(abs(at - other) >= span for other in taken.values()):
                    taken[hz] = at
        return sorted(taken)


def repeat_rows(
    values: npt.NDArray[np.float32], freq_edges_hz: npt.ArrayLike, scale: Scale, rows: int
) -> npt.NDArray[np.float32]:
    """Rows of unequal height on a scale as `rows` rows of equal height, each a copy of its own.

    Parameters
    ----------
    values
        (n, columns), row 0 the lowest.
    freq_edges_hz
        Edges of the rows in Hz, (n + 1,), rising.

    Returns
    -------
    numpy.ndarray
        (rows, columns) between the outer edges.
    """
    edges = hz_to_scale(freq_edges_hz, scale)
    step = (edges[-1] - edges[0]) / rows
    centres = edges[0] + step * (np.arange(rows) + 0.5)
    own = np.clip(np.searchsorted(edges, centres, side="right") - 1, 0, len(values) - 1)
    fine: npt.NDArray[np.float32] = values[own]
    return fine
