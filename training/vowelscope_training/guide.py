"""Region-guided training: where in frequency a network should look, and what it costs not to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from vowelscope.core.features import FeatureSpec
from vowelscope_training.settings import Bands, Guide

Floats = npt.NDArray[np.float32]

_LEAST_MASS = 1e-6


def outside(bands: Bands, edges_hz: npt.NDArray[np.float64]) -> Floats:
    """The share of each row that lies in none of some bands.

    Parameters
    ----------
    bands
        (low, high) in Hz; they may overlap.
    edges_hz
        Edges of the rows, (rows + 1,), rising.

    Returns
    -------
    numpy.ndarray
        float32 (rows,), 0 to 1.
    """
    merged: list[list[float]] = []
    for low_hz, high_hz in sorted(bands):
        if merged and low_hz <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], high_hz)
        else:
            merged.append([low_hz, high_hz])
    low, high = edges_hz[:-1], edges_hz[1:]
    covered = np.zeros(len(low))
    for low_hz, high_hz in merged:
        covered += np.clip(np.minimum(high, high_hz) - np.maximum(low, low_hz), 0.0, None)
    return (1.0 - covered / (high - low)).clip(0.0, 1.0).astype(np.float32)


def soften(db: Floats, guide: Guide, spec: FeatureSpec, seed: int, step: int, part: int) -> Floats:
    """Make some images softer outside the guide's bands: its input mask.

    Parameters
    ----------
    db
        float32 (n, rows, columns), dB, within the spec's bounds.

    Returns
    -------
    numpy.ndarray
        The same shape, within the bounds.
    """
    rng = np.random.default_rng([seed, step, 5, part])
    chosen = rng.random(len(db)) < guide.mask_chance
    fall_db = guide.mask_db * outside(guide.bands_hz, spec.freq_edges_hz)
    softer = db - chosen[:, None, None] * fall_db[None, :, None]
    return np.clip(softer, spec.db_min, spec.db_max).astype(np.float32)


class Penalty:
    """The share of a class's map that lies outside its bands, as a term of the loss.

    Parameters
    ----------
    guide
        Its bands; a class without bands of its own has `bands_hz`.
    classes
        Names, in the order of the labels.
    stride
        Rows of the image that one row of the map stands for.
    """

    def __init__(
        self,
        guide: Guide,
        classes: tuple[str, ...],
        spec: FeatureSpec,
        stride: int,
        device: torch.device | str = "cpu",
    ) -> None:
        edges = np.append(np.arange(0, spec.rows, stride), spec.rows)
        edges_hz = spec.freq_edges_hz[edges]
        rows = [outside(guide.classes.get(name, guide.bands_hz), edges_hz) for name in classes]
        self._outside = torch.from_numpy(np.stack(rows)).to(device)

    def __call__(self, maps: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Share of the positive part of each label's map that lies outside, (n,), 0 to 1.

        Parameters
        ----------
        maps
            (n, classes, rows, columns), signed, in logits; row 0 is the lowest frequency.
        y
            Labels, (n,).
        """
        chosen = maps.float()[torch.arange(len(y), device=y.device), y]
        mass = chosen.clamp_min(0.0).sum(dim=2)
        share: torch.Tensor = (mass * self._outside[y]).sum(dim=1) / (mass.sum(dim=1) + _LEAST_MASS)
        return share
