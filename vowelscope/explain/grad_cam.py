"""Grad-CAM: the channels of a stage, each by the mean of its gradient.

Source: Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra (2017), "Grad-CAM: Visual explanations
from deep networks via gradient-based localization", equations 1-2, without the rectifier of
equation 2: what speaks against a class is shown too.
"""

from __future__ import annotations

import torch

from vowelscope.core.translation import tr
from vowelscope.explain.stage_cam import StageCam


class GradCam(StageCam):
    """In the last stage of a residual network it is the CAM divided by the number of cells."""

    name = "grad-cam"
    title = tr("Grad-CAM")
    unit = tr("activation × mean gradient")
    last_unit = tr("logits a cell; sum + bias = logit")
    caveat = tr(
        "Before the last stage its cells add up to nothing: the mean of the"
        " gradient forgets where a channel counts, and the map can mark "
        "cells that the score does not use."
    )

    def weigh(self, activations: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        """Sum over the channels of activation times mean gradient."""
        return torch.einsum("k,krc->rc", gradient.mean(dim=(1, 2)), activations)
