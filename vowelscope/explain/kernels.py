"""The kernels of a network's first layer as patterns in time and frequency, on physical axes.

The three input channels of a model are one image (`vowelscope.core.features.normalise`), so that
their kernels add up to one kernel on the picture in dB. It is measured as a spectro-temporal
receptive field is (Chi, Gao, Guyton, Ru, Shamma 1999, "Spectro-temporal modulation transfer
functions and speech intelligibility", JASA 106): by the ripple that it answers to best, with its
scale in cycles/kHz along frequency and its rate in cycles/s along time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from vowelscope.core.features import IMAGENET_MEAN, IMAGENET_STD, FeatureSpec
from vowelscope.core.translation import Said, said
from vowelscope.explain.model import Model
from vowelscope.explain.onnx_graph import fold
from vowelscope.explain.resnet import STEM
from vowelscope.explain.ripples import best_ripple, noise_limits, orientation, transfer

Doubles = npt.NDArray[np.float64]
Pattern = Literal[
    "horizontal", "rising", "falling", "vertical", "mixed", "level", "noise", "silent"
]

PATTERNS: tuple[Pattern, ...] = (
    "horizontal",
    "rising",
    "falling",
    "vertical",
    "mixed",
    "level",
    "noise",
    "silent",
)
"""In the order in which kernels are shown."""

MEANINGS: dict[Pattern, Said] = {
    "horizontal": said("stripes along time: edges in frequency, such as harmonics and formants"),
    "rising": said("stripes that rise with time"),
    "falling": said("stripes that fall with time"),
    "vertical": said("stripes along frequency: changes in time, such as onsets and pulses"),
    "mixed": said("more than noise, but no one direction: spots, corners, crossed stripes"),
    "level": said("hardly any stripes: the level within its reach"),
    "noise": said("no more than kernels of white noise have, such as those before training"),
    "silent": said("no weights"),
}
RESOLUTION_HZ_S = 1.3
"""Of the Gaussian window: its -3 dB bandwidth in Hz times its effective length in s."""

_STRONG = 0.98
"""Weights beyond this quantile of all get the full colour."""
_LEVEL_SHARE = 0.75
_SILENT_SHARE = 1e-6
_DIAGONAL_DEG = 22.5


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """One filter of the first layer, its batch normalisation folded in.

    Attributes
    ----------
    number
        From 0, as in the file of weights.
    weights
        (rows, columns), activation per dB; row 0 is the lowest frequency.
    constant
        What the filter gives for silence (every pixel at the model's lower bound), before the
        rectifier and away from the picture's edges.
    pattern
        See `MEANINGS`.
    angle_deg
        Direction in which it changes most, in rows and columns: 0 along frequency (horizontal
        stripes), ±90 along time; above 0 the stripes fall, below they rise. NaN where it has none.
    coherence
        How far it has one direction, 0-1.
    scale_cycles_per_khz, rate_cycles_per_column
        Of the ripple that fits it best; the rate is above 0 where the ripple falls.
    grating_share
        Share of the kernel's variance that this one ripple makes up.
    level_share
        Share of its energy that lies in its mean: 1 weighs all of its reach alike.
    gain_per_db
        Activation per dB of amplitude of the ripple it passes best (`transfer`).
    level_per_db
        Activation per dB by which all of its reach rises: the sum of the weights.
    """

    number: int
    weights: Doubles
    constant: float
    pattern: Pattern
    angle_deg: float
    coherence: float
    scale_cycles_per_khz: float
    rate_cycles_per_column: float
    grating_share: float
    level_share: float
    gain_per_db: float
    level_per_db: float

    @property
    def strength_per_db(self) -> float:
        """Root of the sum of the squared weights: activation per dB of white noise."""
        return float(np.linalg.norm(self.weights))


@dataclass(frozen=True, slots=True, eq=False)
class Kernels:
    """The first layer of a model.

    Attributes
    ----------
    kernels
        Sorted by pattern, and the strongest first within one.
    spec
        Of the model's input.
    model_name, model_hash
        Which model it is; the hash is that of its weights.
    noise_coherence, noise_share
        Coherence, and share of one ripple, that 95 % of kernels of white noise stay below.
    """

    kernels: tuple[Kernel, ...]
    spec: FeatureSpec
    model_name: str
    model_hash: str
    noise_coherence: float
    noise_share: float

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of a kernel."""
        rows, columns = self.kernels[0].weights.shape
        return rows, columns

    @property
    def row_hz(self) -> float:
        """Height of a row."""
        return self.spec.f_max_hz / self.spec.rows

    @property
    def column_s(self) -> float | None:
        """Width of a column; None under the time rule ``stretch``, where it follows the token."""
        return self.spec.column_s if self.spec.time_rule == "fixed" else None

    @property
    def height_hz(self) -> float:
        """What a kernel reaches over in frequency."""
        return self.size[0] * self.row_hz

    @property
    def width_s(self) -> float | None:
        """What a kernel reaches over in time, or None; see `column_s`."""
        return None if self.column_s is None else self.size[1] * self.column_s

    @property
    def freq_edges_hz(self) -> Doubles:
        """Edges of the rows about the kernel's middle, (rows + 1,)."""
        rows = self.size[0]
        return np.asarray((np.arange(rows + 1) - rows / 2) * self.row_hz, dtype=np.float64)

    @property
    def time_edges(self) -> Doubles:
        """Edges of the columns about the middle, (columns + 1,), in seconds or `time_unit`."""
        columns = self.size[1]
        step = 1 / self.spec.columns if self.column_s is None else self.column_s
        return np.asarray((np.arange(columns + 1) - columns / 2) * step, dtype=np.float64)

    @property
    def rate_unit(self) -> str:
        """Unit of `rate`."""
        return "cycles/token" if self.column_s is None else "cycles/s"

    def rate(self, kernel: Kernel) -> float:
        """Rate of a kernel's ripple in `rate_unit`; above 0 it falls."""
        return kernel.rate_cycles_per_column * self.columns_a_unit

    @property
    def columns_a_unit(self) -> float:
        """Columns in a second, or in a token under ``stretch``."""
        return float(self.spec.columns) if self.column_s is None else 1 / self.column_s

    def slope_hz_per_ms(self, kernel: Kernel) -> float:
        """Slope of the stripes of a rising or falling kernel; NaN for the others.

        A kernel's 45° is one row a column, far steeper than formants move.
        """
        if kernel.pattern not in ("rising", "falling") or self.column_s is None:
            return math.nan
        steep = -math.tan(math.radians(kernel.angle_deg))
        return steep * self.row_hz / (1000 * self.column_s)

    @property
    def colour_limit(self) -> float:
        """The weight, in activation per dB, that gets the full colour in every kernel alike."""
        weights = np.abs(np.stack([kernel.weights for kernel in self.kernels]))
        return float(np.quantile(weights, _STRONG)) or float(weights.max()) or 1.0

    @property
    def caveat(self) -> Said:
        """What the picture of the kernels may not be taken for."""
        reach = f"{self.height_hz:,.0f} Hz"
        if self.width_s is not None:
            reach += f" × {1000 * self.width_s:.3g} ms"
        return said(
            "A kernel sees {reach} at a time; the spectrogram under it is blurred by "
            "{blur_hz:,.0f} Hz × {blur_ms:.3g} ms already. It says what the first layer can pick "
            "out, at every frequency alike: not which frequencies the network uses, and not that a "
            "formant or a harmonic is what it picks out.",
            reach=reach,
            blur_hz=RESOLUTION_HZ_S / self.spec.window_s,
            blur_ms=1000 * self.spec.window_s,
        )


def read_kernels(model: Model) -> Kernels:
    """Measure the first layer of a model.

    Raises
    ------
    ModelError
        The weights have changed since the model was loaded.
    """
    weight, bias = fold(model.stem(), STEM)
    return measure(weight, bias, model.card.features, model.card.name, model.weights_sha256)


def measure(
    weight: npt.NDArray[np.float32],
    bias: npt.NDArray[np.float32],
    spec: FeatureSpec,
    model_name: str = "",
    model_hash: str = "",
) -> Kernels:
    """Measure kernels.

    Parameters
    ----------
    weight, bias
        (filters, 3, rows, columns) and (filters,) of a convolution with its batch normalisation
        folded in, on the normalised image.
    """
    on_db, constants = on_decibels(weight, bias, spec)
    strengths = np.sqrt((on_db**2).sum(axis=(1, 2)))
    least = _SILENT_SHARE * max(float(strengths.max()), 1e-30)
    limits = noise_limits(*on_db.shape[1:])
    made = [
        _measured(number, kernel, float(constant), strength < least, limits, spec)
        for number, (kernel, constant, strength) in enumerate(
            zip(on_db, constants, strengths, strict=True)
        )
    ]
    made.sort(key=lambda k: (PATTERNS.index(k.pattern), -k.strength_per_db))
    return Kernels(tuple(made), spec, model_name, model_hash, *limits)


def on_decibels(
    weight: npt.NDArray[np.float32], bias: npt.NDArray[np.float32], spec: FeatureSpec
) -> tuple[Doubles, Doubles]:
    """Kernels on the picture in dB, (filters, rows, columns), and what they give for silence.

    With d the dB above the model's lower bound and within its bounds, channel c of the image is
    (d / range − mean_c) / std_c, so that the filter gives Σ kernel · d + constant.
    """
    std, mean = np.array(IMAGENET_STD), np.array(IMAGENET_MEAN)
    wide = weight.astype(np.float64)
    on_db = (wide / std[:, None, None]).sum(axis=1) / (spec.db_max - spec.db_min)
    constants = bias.astype(np.float64) - (wide * (mean / std)[:, None, None]).sum(axis=(1, 2, 3))
    return on_db, constants


def _measured(
    number: int,
    kernel: Doubles,
    constant: float,
    silent: bool,
    limits: tuple[float, float],
    spec: FeatureSpec,
) -> Kernel:
    nan = math.nan
    if silent:
        level = float(kernel.sum())
        return Kernel(number, kernel, constant, "silent", nan, nan, nan, nan, nan, nan, 0.0, level)
    angle_deg, coherence = orientation(kernel)
    level = float(kernel.size * kernel.mean() ** 2 / (kernel**2).sum())
    up, along, share = best_ripple(kernel)
    return Kernel(
        number=number,
        weights=kernel,
        constant=constant,
        pattern=_pattern(angle_deg, coherence, level, share, limits),
        angle_deg=angle_deg,
        coherence=coherence,
        scale_cycles_per_khz=up / (spec.f_max_hz / spec.rows / 1000),
        rate_cycles_per_column=along,
        grating_share=share,
        level_share=level,
        gain_per_db=float(transfer(kernel)[2].max()),
        level_per_db=float(kernel.sum()),
    )


def _pattern(
    angle_deg: float, coherence: float, level: float, share: float, limits: tuple[float, float]
) -> Pattern:
    if level >= _LEVEL_SHARE:
        return "level"
    if not coherence > limits[0]:
        return "mixed" if share > limits[1] else "noise"
    if abs(angle_deg) <= _DIAGONAL_DEG:
        return "horizontal"
    if abs(angle_deg) >= 90 - _DIAGONAL_DEG:
        return "vertical"
    return "falling" if angle_deg > 0 else "rising"
