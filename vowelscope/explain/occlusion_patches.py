"""Occlusion in patches of frequency and time: what the score loses without each.

Source: Zeiler, Fergus (2014), "Visualizing and understanding convolutional networks",
with patches side by side instead of sliding: what overlaps cannot be told apart.
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

PATCH = 16
"""Side of a patch in pixels of the input: half a cell of the CAM."""


class OcclusionPatches:
    """Each patch is set to the lower bound of the model's range: silence.

    Parameters
    ----------
    patch
        Side in pixels.
    """

    def __init__(self, _model: Model, runtime: Runs, patch: int = PATCH) -> None:
        self._runtime = runtime
        self._patch = patch

    def attribute(
        self,
        explanation: Explanation,
        of: str,
        against: str | None = None,
        progress: Progress | None = None,
    ) -> Attribution:
        """See `vowelscope.explain.explainers.Explainer`."""
        weights = target_weights(explanation, of, against)
        seen, side = explanation.input, self._patch
        rows, columns = (-(-size // side) for size in seen.db.shape)
        inputs = [lambda: seen.db]
        for row in range(rows):
            for column in range(columns):
                inputs.append(
                    partial(_without, seen.db, row * side, column * side, side, seen.spec.db_min)
                )
        scores = run_all(self._runtime, inputs, seen, progress) @ weights
        return Attribution(
            method="occlusion",
            title=tr("Occlusion, patches"),
            of=of,
            against=against,
            values=(scores[0] - scores[1:]).reshape(rows, columns).astype(np.float32),
            freq_edges_hz=cell_edges(seen.freq_edges_hz, rows, side),
            time_edges_s=cell_edges(seen.time_edges_s, columns, side),
            unit=tr("logits lost without the patch"),
            signed=True,
            caveat=tr(
                "A hole of silence is a sound that the network never heard, with "
                "edges of its own; and what two patches say alike, neither costs."
            ),
            warnings=explanation.warnings,
        )


def _without(db: Floats, row: int, column: int, side: int, level_db: float) -> Floats:
    changed = db.copy()
    changed[row : row + side, column : column + side] = level_db
    return changed
