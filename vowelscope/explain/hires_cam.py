"""HiResCAM: each cell of each channel by its own gradient, with its sign.

Source: Draelos, Carin (2020), "Use HiResCAM instead of Grad-CAM for faithful explanations of
convolutional neural networks".
"""

from __future__ import annotations

import torch

from vowelscope.core.translation import tr
from vowelscope.explain.stage_cam import StageCam


class HiResCam(StageCam):
    """In the last stage its cells and the bias add up to the logit, as those of the CAM do."""

    name = "hirescam"
    title = tr("HiResCAM")
    unit = tr("logits a cell, first order")
    last_unit = tr("logits a cell; sum + bias = logit")
    caveat = tr(
        "Before the last stage it is first order only: what a cell would "
        "cost if it were taken away may be another number."
    )

    def weigh(self, activations: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        """Sum over the channels of activation times gradient."""
        return (gradient * activations).sum(dim=0)
