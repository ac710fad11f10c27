"""Patterns of a few rows and columns: their direction, and the ripple that fits them.

The orientation is that of the structure tensor (Bigün, Granlund 1987, "Optimal orientation
detection of linear symmetry").
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

_STEPS = 64
_NOISE_KERNELS = 1000
_NOISE_QUANTILE = 0.95


def orientation(kernel: Doubles) -> tuple[float, float]:
    """Angle (degrees, -90 to 90) of the strongest change, and coherence 0-1.

    Slopes are Sobel's, taken within the kernel alone, so that its edges are no pattern. NaN and 0
    where nothing changes.
    """
    up, along = kernel[2:] - kernel[:-2], kernel[:, 2:] - kernel[:, :-2]
    up = up[:, :-2] + 2 * up[:, 1:-1] + up[:, 2:]
    along = along[:-2] + 2 * along[1:-1] + along[2:]
    uu, vv, uv = float((up * up).sum()), float((along * along).sum()), float((up * along).sum())
    if uu + vv <= 1e-24 * max(float((kernel**2).sum()), 1e-300):
        return math.nan, 0.0
    angle = 0.5 * math.degrees(math.atan2(2 * uv, uu - vv))
    return angle, math.hypot(uu - vv, 2 * uv) / (uu + vv)


@lru_cache(maxsize=8)
def noise_limits(rows: int, columns: int) -> tuple[float, float]:
    """Coherence, and share of one ripple, that 95 % of kernels of white noise stay below."""
    drawn = np.random.default_rng(0).standard_normal((_NOISE_KERNELS, rows, columns))
    coherence = [orientation(kernel)[1] for kernel in drawn]
    share = [best_ripple(kernel)[2] for kernel in drawn]
    first, second = np.quantile([coherence, share], _NOISE_QUANTILE, axis=1)
    return float(first), float(second)


def best_ripple(kernel: Doubles) -> tuple[float, float, float]:
    """The ripple that fits a kernel best, by least squares beside a constant.

    Unlike the peak of a spectrum, which the few rows of a kernel blur and pull, it is exact for a
    kernel that is a ripple, whatever its phase (Zechmeister, Kürster 2009, "The generalised
    Lomb-Scargle periodogram", in two dimensions).

    Returns
    -------
    up, along : float
        In cycles a row, at least 0, and in cycles a column, above 0 where the ripple falls. Ripples
        of less than half a cycle in the kernel cannot be told from a slope and are not tried.
    share : float
        Of the variance that it makes up; 0 for a kernel that does not vary.
    """
    rows, columns = kernel.shape
    frequencies, bases = _ripples(rows, columns)
    level = kernel - kernel.mean()
    total = float((level**2).sum())
    if total <= 1e-24 * float((kernel**2).sum()):
        return 0.0, 0.0, 0.0
    fitted = ((bases @ level.ravel()) ** 2).sum(axis=1)
    # Of equals the slowest: ripples are in that order.
    at = int(np.argmax(fitted > (1 - 1e-9) * fitted.max()))
    return float(frequencies[at, 0]), float(frequencies[at, 1]), float(fitted[at]) / total


@lru_cache(maxsize=8)
def _ripples(rows: int, columns: int) -> tuple[Doubles, Doubles]:
    """Frequencies (n, 2) from slow to fast, and an orthonormal pair for each, (n, 2, pixels)."""
    steps = np.arange(_STEPS // 2 + 1) / _STEPS
    up, along = np.meshgrid(steps, np.concatenate([-steps[:0:-1], steps]), indexing="ij")
    found = np.column_stack([up.ravel(), along.ravel()])
    # (0, -v) is (0, v); half a cycle in the kernel is the least.
    keep = (found[:, 0] > 0) | (found[:, 1] > 0)
    keep &= (found[:, 0] >= 0.5 / rows) | (np.abs(found[:, 1]) >= 0.5 / columns)
    found = found[keep]
    found = found[np.argsort((found**2).sum(axis=1), kind="stable")]
    row, column = np.indices((rows, columns)).reshape(2, -1)
    phase = 2 * np.pi * (found[:, :1] * row + found[:, 1:] * column)
    waves = np.stack([np.cos(phase), np.sin(phase)], axis=2)
    waves -= waves.mean(axis=1, keepdims=True)
    left, sizes, _ = np.linalg.svd(waves, full_matrices=False)
    # At the highest frequencies one wave of the two may vanish.
    left *= (sizes > 1e-6 * np.sqrt(rows * columns))[:, None, :]
    return found, np.ascontiguousarray(left.transpose(0, 2, 1))


def transfer(kernel: Doubles, steps: int = _STEPS) -> tuple[Doubles, Doubles, Doubles]:
    """The modulation transfer of a kernel: what it makes of ripples in the spectrogram.

    Returns
    -------
    up, along : numpy.ndarray
        Cycles a row, (steps // 2 + 1,) from 0, and cycles a column, (steps + 1,) from -1/2 to
        1/2; above 0 the ripple falls.
    gain : numpy.ndarray
        (steps // 2 + 1, steps + 1): amplitude of the activation per dB of amplitude of the ripple.
    """
    gain = np.abs(np.fft.fftshift(np.fft.fft2(kernel, (steps, steps))))
    # The highest frequency stands at both ends.
    gain = np.concatenate([gain, gain[:, :1]], axis=1)
    gain = np.concatenate([gain, gain[:1]], axis=0)[steps // 2 :]
    return np.arange(steps // 2 + 1) / steps, np.arange(-(steps // 2), steps // 2 + 1) / steps, gain
