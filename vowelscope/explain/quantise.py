"""Weights as int8 with one float32 scale per output channel, and what that changes.

Symmetric: ``w ≈ scale[channel] * q`` with q in -127..127. Only the weights of convolutions and of
the classifier are stored so (99.5 % of a ResNet-101); batch normalisation and biases stay
float32. Arithmetic stays float32: the weights are widened before they are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from vowelscope.explain.runtime import Runs

Floats = npt.NDArray[np.float32]
SCALE_SUFFIX = ".scale"

_CLIPPING = np.linspace(1.0, 0.5, 26, dtype=np.float32)
"""Shares of a channel's largest weight that are tried as the end of its int8 range."""

_BLOCK = 1 << 16
"""Weights tried at a time: what stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike two models are on the same images.

    Attributes
    ----------
    agree
        Share of images with the same predicted class.
    r_min, r_median
        Pearson's r between the two models' maps of one image, all classes and cells together:
        the least and the median over the images.
    """

    agree: float
    r_min: float
    r_median: float


def quantise(weight: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Round a weight to int8, each output channel with the scale of least squared error.

    Parameters
    ----------
    weight
        float32 (outputs, ...).

    Returns
    -------
    q : numpy.ndarray
        int8, the shape of `weight`.
    scale : numpy.ndarray
        float32 (outputs,).
    """
    flat = np.ascontiguousarray(weight.reshape(len(weight), -1), dtype=np.float32)
    largest = np.abs(flat).max(axis=1)
    # A channel of zeros: any scale will do, and 1 keeps the file free of zeros to divide by.
    largest = np.where(largest > 0, largest, np.float32(127.0)).astype(np.float32)
    share = np.empty(len(flat), dtype=np.float32)
    rows = max(_BLOCK // flat.shape[1], 1)
    for start in range(0, len(flat), rows):
        part = slice(start, start + rows)
        share[part] = _best_clipping(flat[part] / largest[part, None])
    # A channel of denormals would have a scale of 0.
    scale = np.maximum(largest / 127 * share, np.finfo(np.float32).tiny).astype(np.float32)
    q = np.clip(np.rint(flat / scale[:, None]), -127, 127).astype(np.int8)
    return q.reshape(weight.shape), scale


def _best_clipping(unit: Floats) -> Floats:
    """The share of each row's range (-1 to 1) that loses least when it becomes the int8 range."""
    steps = unit * np.float32(127.0)
    least = np.full(len(unit), np.inf, dtype=np.float32)
    best = np.ones(len(unit), dtype=np.float32)
    trial = np.empty_like(steps)
    for share in _CLIPPING:
        np.multiply(steps, np.float32(1.0) / share, out=trial)
        np.rint(trial, out=trial)
        np.clip(trial, -127, 127, out=trial)
        trial *= share
        trial -= steps
        error = np.einsum("ij,ij->i", trial, trial)
        better = error < least
        least[better], best[better] = error[better], share
    return best


def dequantise(q: npt.NDArray[np.int8], scale: Floats) -> Floats:
    """The float32 weight that `quantise` stored."""
    shape = (len(q),) + (1,) * (q.ndim - 1)
    return q.astype(np.float32) * scale.reshape(shape)


def quantise_state(state: Mapping[str, Floats]) -> dict[str, npt.NDArray[np.generic]]:
    """A state as it is stored: weights int8 beside ``<key>.scale``, the rest float32."""
    stored: dict[str, npt.NDArray[np.generic]] = {}
    for key, array in state.items():
        if array.ndim > 1:
            stored[key], stored[key + SCALE_SUFFIX] = quantise(array)
        else:
            stored[key] = array.astype(np.float32)
    return stored


def compare(model_a: Runs, model_b: Runs, images: Floats, batch: int = 8) -> Comparison:
    """Hold two runtimes against each other on the same images.

    Parameters
    ----------
    model_a, model_b
        Opened runtimes (`vowelscope.explain.runtime.open_runtime`) of the same classes.
    images
        float32 (n, 3, rows, columns), normalised as the models want them.
    batch
        Images a forward pass.
    """
    same = 0
    rs: list[float] = []
    for start in range(0, len(images), batch):
        part = images[start : start + batch]
        logits_a, maps_a = model_a.run(part)
        logits_b, maps_b = model_b.run(part)
        same += int((logits_a.argmax(axis=1) == logits_b.argmax(axis=1)).sum())
        for a, b in zip(maps_a, maps_b, strict=True):
            rs.append(float(np.corrcoef(a.ravel(), b.ravel())[0, 1]))
    return Comparison(same / len(images), min(rs), float(np.median(rs)))
