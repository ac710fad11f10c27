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

_CLIPPING = np.linspace(1.0, 0.5, 26)
"""Shares of a channel's largest weight that are tried as the end of its int8 range."""


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
    best = np.full(len(flat), np.inf, dtype=np.float32)
    scale = np.empty(len(flat), dtype=np.float32)
    for share in _CLIPPING:
        trial = (largest * np.float32(share / 127.0)).astype(np.float32)
        # A channel of denormals would have a scale of 0.
        trial = np.maximum(trial, np.finfo(np.float32).tiny)
        rounded = np.clip(np.rint(flat / trial[:, None]), -127, 127)
        error = np.square(rounded * trial[:, None] - flat).sum(axis=1)
        better = error < best
        best = np.where(better, error, best)
        scale = np.where(better, trial, scale)
    q = np.clip(np.rint(flat / scale[:, None]), -127, 127).astype(np.int8)
    return q.reshape(weight.shape), scale


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
