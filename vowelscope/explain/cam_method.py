"""The class activation map as one method among others; its engine is `vowelscope.explain.cam`."""

from __future__ import annotations

import numpy as np

from vowelscope.core.translation import tr
from vowelscope.explain.base import Explanation
from vowelscope.explain.explainers import Attribution, target_weights
from vowelscope.explain.interventions import Progress
from vowelscope.explain.model import Model
from vowelscope.explain.runtime import Runs


class CamMethod:
    """Zhou et al. (2016): the mean of the cells and the bias are the logit; no pass is needed."""

    def __init__(self, _model: Model, _runtime: Runs) -> None:
        pass

    def attribute(
        self,
        explanation: Explanation,
        of: str,
        against: str | None = None,
        progress: Progress | None = None,
    ) -> Attribution:
        """The map that the explanation holds; see `vowelscope.explain.explainers.Explainer`."""
        weights = target_weights(explanation, of, against).astype(np.float32)
        if progress is not None:
            progress(1, 1)
        return Attribution(
            method="cam",
            title=tr("CAM"),
            of=of,
            against=against,
            values=np.tensordot(weights, explanation.maps, axes=1),
            freq_edges_hz=explanation.freq_edges_hz,
            time_edges_s=explanation.time_edges_s,
            unit=tr("logits; mean + bias = logit"),
            signed=True,
            caveat=tr("A cell rests on far more of the input than lies between its edges."),
            warnings=explanation.warnings,
        )
