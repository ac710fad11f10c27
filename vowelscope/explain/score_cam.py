"""Score-CAM: each channel by what the model says of the input seen through it alone.

Source: Wang, Wang, Du, Yang, Zhang, Ding, Mardziel, Hu (2020), "Score-CAM: Score-weighted visual
explanations for convolutional neural networks". A channel is enlarged to the input,
brought to 0-1 and multiplied with the normalised image; the softmax over channels of what the score
gains weighs them.
"""

from __future__ import annotations

import numpy as np
import torch

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr
from vowelscope.explain.base import Explanation
from vowelscope.explain.explainers import Attribution, target_weights
from vowelscope.explain.interventions import BATCH, Progress
from vowelscope.explain.model import Model
from vowelscope.explain.runtime import Runs
from vowelscope.explain.stage_cam import StageCam, image_of, network_of, split_at

_TINY = 1e-8


class ScoreCam(StageCam):
    """No gradient, but one forward pass a channel: 2,048 in the last stage of a ResNet-101."""

    name = "score-cam"
    title = tr("Score-CAM")
    unit = tr("weighted activation")
    signed = False
    caveat = tr(
        "It has no unit, and the softmax over the channels lets the few "
        "best decide: a place that is dark may count all the same."
    )

    def __init__(self, model: Model, runtime: Runs, stage: int = 4) -> None:
        super().__init__(model, runtime, stage)
        self._runtime = runtime

    def weigh(self, activations: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        """Not used: there is no gradient."""
        raise NotImplementedError

    def attribute(
        self,
        explanation: Explanation,
        of: str,
        against: str | None = None,
        progress: Progress | None = None,
    ) -> Attribution:
        """See `vowelscope.explain.explainers.Explainer`; there is no contrast.

        Raises
        ------
        ConfigError
            A contrast was asked for.
        """
        if against is not None:
            raise ConfigError(tr("Score-CAM speaks of one class alone; it has no contrast."))
        weights = target_weights(explanation, of)
        image = image_of(explanation.input)
        with torch.no_grad():
            activations = split_at(network_of(self._model), self._stage)[0](image)[0]
        low = activations.amin(dim=(1, 2), keepdim=True)
        masks = activations - low
        masks = masks / (masks.amax(dim=(1, 2), keepdim=True) + _TINY)
        gains: list[float] = []
        count = len(masks)
        for start in range(0, count, BATCH):
            if progress is not None:
                progress(start, count)
            large = torch.nn.functional.interpolate(
                masks[start : start + BATCH, None],
                image.shape[2:],
                mode="bilinear",
                align_corners=False,
            )
            logits, _ = self._runtime.run((large * image).numpy())
            gains += (logits.astype(np.float64) @ weights).tolist()
        if progress is not None:
            progress(count, count)
        # What the whole image scores is the same for all, and drops out of the softmax.
        shares = torch.softmax(torch.tensor(gains, dtype=torch.float32), dim=0)
        values = torch.einsum("k,krc->rc", shares, activations).relu()
        return self.made(explanation, of, against, values)
