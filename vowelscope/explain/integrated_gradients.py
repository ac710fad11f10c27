"""Integrated gradients from silence to the token, by Captum.

Source: Sundararajan, Taly, Yan (2017), "Axiomatic attribution for deep networks". The baseline is
silence: every pixel at the lower bound of the model's range.
"""

from __future__ import annotations

from math import ceil

import numpy as np
from captum.attr import IntegratedGradients as CaptumIntegratedGradients

from vowelscope.core.translation import tr
from vowelscope.explain.base import Explanation
from vowelscope.explain.explainers import Attribution, target_weights
from vowelscope.explain.interventions import BATCH, Progress
from vowelscope.explain.model import Model
from vowelscope.explain.runtime import Runs
from vowelscope.explain.stage_cam import Scored, floor_of, image_of, network_of

STEPS = 50
_LARGE = 0.05
"""Share of the difference that the sum may miss without a word."""


class IntegratedGradients:
    """Pixels of the input that add up to the logit less that of silence."""

    def __init__(self, model: Model, _runtime: Runs, steps: int = STEPS) -> None:
        self._model = model
        self._steps = steps

    def attribute(
        self,
        explanation: Explanation,
        of: str,
        against: str | None = None,
        progress: Progress | None = None,
    ) -> Attribution:
        """See `vowelscope.explain.explainers.Explainer`."""
        weights = target_weights(explanation, of, against)
        seen = explanation.input
        # Captum asks for the ends of the path once more, to say how far the sum is off.
        total = ceil(self._steps / BATCH) + 2
        scored = Scored(network_of(self._model), weights, total, progress)
        found, off = CaptumIntegratedGradients(scored).attribute(
            image_of(seen),
            baselines=floor_of(seen),
            n_steps=self._steps,
            internal_batch_size=BATCH,
            return_convergence_delta=True,
        )
        scored.finish()
        values = found[0].sum(dim=0).numpy().astype(np.float32)
        missed, sum_ = abs(float(off[0])), float(values.sum())
        warnings = list(explanation.warnings)
        if missed > _LARGE * abs(sum_):
            warnings.append(
                tr(
                    "The pixels add up to {sum:+.2f}, {missed:.2f} off the difference from silence."
                ).format(sum=sum_, missed=missed)
            )
        return Attribution(
            method="integrated-gradients",
            title=tr("Integrated gradients"),
            of=of,
            against=against,
            values=values,
            freq_edges_hz=seen.freq_edges_hz,
            time_edges_s=seen.time_edges_s,
            unit=tr("logits a pixel; sum = logit − that of silence"),
            signed=True,
            caveat=tr(
                "It depends on the baseline: against silence, what is silent counts"
                " nothing, even where a gap is the cue. Grain of single pixels is "
                "noise of the gradient."
            ),
            warnings=tuple(warnings),
        )
