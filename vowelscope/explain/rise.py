"""RISE: what a cell gives while random others are hidden, with its standard error over the masks.

Source: Petsiuk, Das, Saenko (2018), "RISE: Randomized input sampling for explanation of black-box
models", equations 4 to 6: small binary masks, each cell shown with probability 1/2, are enlarged
bilinearly and laid over the input; a cell's value is what the score is on average when it is shown.

Three things differ. The masks are not shifted, so that each value belongs to one cell with edges.
The values are differences (shown less hidden), so that they are logits and not a mean that every
cell shares. And they are found by least squares over all cells at once: the expectation is the
same, as the cells are drawn independently, but what the other cells give is no longer noise.
Each mask comes with its reverse, which takes away what pairs of cells give together.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt

from vowelscope.core.translation import tr
from vowelscope.explain.base import Explanation, cell_edges
from vowelscope.explain.explainers import Attribution, target_weights
from vowelscope.explain.interventions import Progress, run_all
from vowelscope.explain.model import Model
from vowelscope.explain.runtime import Runs

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

SIDE = 32
"""Side of a cell in pixels of the input: 7 × 7 cells of 224 × 224, as in the paper."""

PAIRS_A_CELL = 4
"""Masks, each with its reverse, for each cell: least squares needs more masks than cells."""

FEWEST_PAIRS = 64


class Rise:
    """Hidden parts are drawn towards silence, the lower bound of the model's range (dB).

    Parameters
    ----------
    side
        Of a cell, in pixels.
    pairs
        Masks, each with its reverse; by default `PAIRS_A_CELL` a cell.
    seed
        Of the masks: the same seed gives the same map.
    """

    def __init__(
        self,
        _model: Model,
        runtime: Runs,
        side: int = SIDE,
        pairs: int | None = None,
        seed: int = 1,
    ) -> None:
        self._runtime = runtime
        self._side = side
        self._pairs = pairs
        self._seed = seed

    def attribute(
        self,
        explanation: Explanation,
        of: str,
        against: str | None = None,
        progress: Progress | None = None,
    ) -> Attribution:
        """See `vowelscope.explain.explainers.Explainer`."""
        weights = target_weights(explanation, of, against)
        seen, side = explanation.input, self._side
        high, wide = (enlarging(size, side) for size in seen.db.shape)
        rows, columns = high.shape[1], wide.shape[1]
        pairs = self._pairs or max(PAIRS_A_CELL * rows * columns, FEWEST_PAIRS)
        drawn = np.random.default_rng(self._seed).random((pairs, rows, columns)) < 0.5
        inputs = [
            partial(_masked, seen.db, seen.spec.db_min, high, wide, shown)
            for mask in drawn
            for shown in (mask, ~mask)
        ]
        scores = run_all(self._runtime, inputs, seen, progress) @ weights
        values, errors = slopes(drawn.reshape(pairs, -1), scores[::2] - scores[1::2])
        freq_edges_hz = cell_edges(seen.freq_edges_hz, rows, side)
        time_edges_s = cell_edges(seen.time_edges_s, columns, side)
        cell_hz, cell_s = (float(edges[1] - edges[0]) for edges in (freq_edges_hz, time_edges_s))
        return Attribution(
            method="rise",
            title=tr("RISE"),
            of=of,
            against=against,
            values=values.reshape(rows, columns).astype(np.float32),
            freq_edges_hz=freq_edges_hz,
            time_edges_s=time_edges_s,
            unit=tr("logits a cell adds, mean over masks"),
            signed=True,
            caveat=tr(
                "Cells of {cell_hz:,.0f} Hz × {cell_ms:.0f} ms fade into their "
                "neighbours; random holes of silence are sounds that the network "
                "never heard, so this is what a cell does in them, not in the token"
                " as it was said."
            ).format(cell_hz=cell_hz, cell_ms=1000 * cell_s),
            warnings=explanation.warnings,
            errors=errors.reshape(rows, columns).astype(np.float32),
        )


def enlarging(size: int, side: int) -> Doubles:
    """How much of each cell each pixel has along one direction, (pixels, cells); rows add up to 1.

    Straight lines between the middles of the cells, constant beyond the outer ones.
    """
    cells = -(-size // side)
    edges = np.minimum(np.arange(cells + 1) * side, size)
    middles = 0.5 * (edges[1:] + edges[:-1])
    pixels = np.arange(size) + 0.5
    return np.stack([np.interp(pixels, middles, one) for one in np.eye(cells)], axis=1)


def slopes(drawn: npt.NDArray[np.bool_], differences: Doubles) -> tuple[Doubles, Doubles]:
    """What each cell adds to a score, and its standard error over the masks.

    Parameters
    ----------
    drawn
        (pairs, cells): which cells a mask shows; its reverse shows the others.
    differences
        (pairs,): the score with a mask less that with its reverse.

    Returns
    -------
    values, errors : numpy.ndarray
        (cells,). Least squares without a constant, which reverses take away; the errors are those
        of MacKinnon & White (1985), HC3, that let the spread differ from mask to mask.
    """
    signs = np.where(drawn, 1.0, -1.0)
    inverse = np.linalg.pinv(signs.T @ signs)
    values: Doubles = inverse @ (signs.T @ differences)
    left = differences - signs @ values
    leverage = np.einsum("ij,jk,ik->i", signs, inverse, signs)
    scaled = signs * (left / np.maximum(1.0 - leverage, 1e-9))[:, None]
    errors: Doubles = np.sqrt(np.diag(inverse @ (scaled.T @ scaled) @ inverse).clip(min=0.0))
    return values, errors


def _masked(
    db: Floats, db_min: float, high: Doubles, wide: Doubles, shown: npt.NDArray[np.bool_]
) -> Floats:
    mask = high @ shown @ wide.T
    masked: Floats = (db_min + mask * (db - db_min)).astype(np.float32)
    return masked
