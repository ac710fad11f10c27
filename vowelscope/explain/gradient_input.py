"""Gradient × input, averaged over noisy copies of the input (SmoothGrad), by Captum.

Source: Shrikumar, Greenside, Shcherbina, Kundaje (2016), "Not just a black box", for gradient ×
input; Smilkov, Thorat, Kim, Viégas, Wattenberg (2017), "SmoothGrad: removing noise by adding
noise". The input is measured from silence, so that a silent pixel counts nothing.
"""

from __future__ import annotations

from math import ceil

import numpy as np
import torch
from captum.attr import InputXGradient, NoiseTunnel

from vowelscope.core.translation import tr
from vowelscope.explain.base import Explanation
from vowelscope.explain.explainers import Attribution, target_weights
from vowelscope.explain.interventions import Progress
from vowelscope.explain.model import Model
from vowelscope.explain.runtime import Runs
from vowelscope.explain.stage_cam import Scored, floor_of, image_of, network_of

SAMPLES = 16
NOISE = 0.1
"""Spread of the noise, as a share of the range of the input (10-20 % in the paper)."""
_BATCH = 4
_SEED = 1


class GradientInput:
    """Pixels by what they would give if the model were linear around the token.

    Parameters
    ----------
    samples
        Noisy copies; 0 for the input as it is.
    """

    def __init__(
        self, model: Model, _runtime: Runs, samples: int = SAMPLES, noise: float = NOISE
    ) -> None:
        self._model = model
        self._samples = samples
        self._noise = noise

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
        floor = floor_of(seen)
        total = max(ceil(self._samples / _BATCH), 1)
        scored = Scored(network_of(self._model), weights, total, progress)
        above = image_of(seen) - floor
        spread = self._noise * float(above.max() - above.min())
        above.requires_grad_(True)
        method = InputXGradient(lambda offset: scored(offset + floor))
        if self._samples:
            with torch.random.fork_rng():
                torch.manual_seed(_SEED)  # the same token gives the same map
                found = NoiseTunnel(method).attribute(
                    above,
                    nt_type="smoothgrad",
                    nt_samples=self._samples,
                    nt_samples_batch_size=_BATCH,
                    stdevs=spread,
                )
        else:
            found = method.attribute(above)
        scored.finish()
        return Attribution(
            method="gradient-input",
            title=tr("Gradient × input, SmoothGrad") if self._samples else tr("Gradient × input"),
            of=of,
            against=against,
            values=found.detach()[0].sum(dim=0).numpy().astype(np.float32),
            freq_edges_hz=seen.freq_edges_hz,
            time_edges_s=seen.time_edges_s,
            unit=tr("logits a pixel, first order"),
            signed=True,
            caveat=tr(
                "It says how the score would move, not where it comes from: where "
                "the network is sure, the gradient is small and the map says "
                "little."
            ),
            warnings=explanation.warnings,
        )
