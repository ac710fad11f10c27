"""The model's own boundaries around a token, in the plane of F1 and F2.

The token is resynthesised with F1 and F2 moved over a grid, and the model is asked of each point.
Between the points the logits are interpolated, so a boundary is no finer than the grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import AnalysisError
from vowelscope.core.one_cue import Cue, Piece
from vowelscope.core.translation import tr
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.cue_sweep import Step, ask
from vowelscope.explain.interventions import Progress

Doubles = npt.NDArray[np.float64]

F1_SHIFTS_HZ = tuple(float(hz) for hz in range(-200, 401, 100))
F2_SHIFTS_HZ = tuple(float(hz) for hz in range(-1000, 601, 200))
_FINE = 8


@dataclass(frozen=True, slots=True, eq=False)
class CuePlane:
    """Logits over the grid.

    Attributes
    ----------
    classes
        In the order of the logits.
    f1_hz, f2_hz
        (n,) and (m,): the middle of the token as measured, plus the shifts.
    logits
        (n, m, k); NaN where F1 and F2 would cross each other or a neighbour.
    original_hz
        (2,): measured F1 and F2 of the token's own sound.
    """

    classes: tuple[str, ...]
    f1_hz: Doubles
    f2_hz: Doubles
    logits: Doubles
    original_hz: Doubles

    def regions(self) -> tuple[Doubles, Doubles, npt.NDArray[np.int64]]:
        """A finer grid: F1 (p,), F2 (q,) in Hz, and the likeliest class of each cell (p, q).

        Logits are interpolated bilinearly; −1 where a corner is missing.
        """
        f1_hz, rows = _finer(self.f1_hz)
        f2_hz, columns = _finer(self.f2_hz)
        fine = np.einsum("xn,nmk->xmk", rows, np.nan_to_num(self.logits))
        fine = np.einsum("ym,xmk->xyk", columns, fine)
        missing = np.isnan(self.logits[:, :, 0]).astype(np.float64)
        lacks = rows @ missing @ columns.T
        found: npt.NDArray[np.int64] = np.where(lacks > 1e-9, -1, fine.argmax(axis=2))
        return f1_hz, f2_hz, found

    def boundaries(self) -> Doubles:
        """The sides that cells of different classes share: (2 m, 2) of F1 and F2, pair by pair."""
        f1_hz, f2_hz, found = self.regions()
        half1, half2 = 0.5 * (f1_hz[1] - f1_hz[0]), 0.5 * (f2_hz[1] - f2_hz[0])
        sides: list[tuple[float, float]] = []
        known = found >= 0
        across = (found[:, 1:] != found[:, :-1]) & known[:, 1:] & known[:, :-1]
        for row, column in zip(*np.nonzero(across), strict=True):
            at = f2_hz[column] + half2
            sides += [(f1_hz[row] - half1, at), (f1_hz[row] + half1, at)]
        along = (found[1:] != found[:-1]) & known[1:] & known[:-1]
        for row, column in zip(*np.nonzero(along), strict=True):
            at = f1_hz[row] + half1
            sides += [(at, f2_hz[column] - half2), (at, f2_hz[column] + half2)]
        return np.array(sides, dtype=np.float64).reshape(-1, 2)


def grid_amounts(f1_shift_hz: float) -> list[dict[Cue, float]]:
    """The steps of one row of the grid, for `vowelscope.explain.cue_sweep.sweep_recording`."""
    return [{"F1": f1_shift_hz, "F2": f2_shift_hz} for f2_shift_hz in F2_SHIFTS_HZ]


def ask_plane(
    engine: CamExplainer,
    piece: Piece,
    rows: Sequence[Sequence[Step]],
    original_hz: Doubles,
    progress: Progress | None = None,
) -> CuePlane:
    """Ask the model about every point of the grid.

    Parameters
    ----------
    rows
        For each of `F1_SHIFTS_HZ` the steps of `F2_SHIFTS_HZ`.
    original_hz
        Measured F1 to F4 of the token.

    Raises
    ------
    AnalysisError
        No point could be made, or the token has no F1 or F2.
    """
    if not np.isfinite(original_hz[:2]).all():
        raise AnalysisError(tr("the token has no F1 or F2 in its middle."))
    steps = [step for row in rows for step in row]
    sweep = ask(engine, piece, "F1", steps, progress)
    logits = np.full((len(rows), len(F2_SHIFTS_HZ), len(sweep.classes)), np.nan)
    made = iter(sweep.logits)
    for at, row in enumerate(rows):
        for column, step in enumerate(row):
            if step.piece is not None:
                logits[at, column] = next(made)
    return CuePlane(
        classes=sweep.classes,
        f1_hz=original_hz[0] + np.array(F1_SHIFTS_HZ[: len(rows)]),
        f2_hz=original_hz[1] + np.array(F2_SHIFTS_HZ),
        logits=logits,
        original_hz=original_hz[:2],
    )


def _finer(values_hz: Doubles) -> tuple[Doubles, Doubles]:
    """Points between those of a grid, and their weights (fine, coarse)."""
    count = len(values_hz)
    at = np.linspace(0, count - 1, (count - 1) * _FINE + 1)
    weights = np.maximum(0.0, 1.0 - np.abs(at[:, None] - np.arange(count)))
    return weights @ values_hz, weights
