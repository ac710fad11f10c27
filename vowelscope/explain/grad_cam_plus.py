"""Grad-CAM++: as Grad-CAM, with the cells that raise the score counted most.

Source: Chattopadhay, Sarkar, Howlader, Balasubramanian (2018), "Grad-CAM++: Generalized
gradient-based visual explanations for deep convolutional networks". With g the gradient of a cell
and S the sum of its channel, their weight g² / (2 g² + S g³) is 1 / (2 + S g).
"""

from __future__ import annotations

import torch

from vowelscope.core.translation import tr
from vowelscope.explain.stage_cam import StageCam


class GradCamPlus(StageCam):
    """Nothing that speaks against the class is in it."""

    name = "grad-cam++"
    title = tr("Grad-CAM++")
    unit = tr("activation × weighted gradient")
    signed = False
    caveat = tr(
        "Only what speaks for the class is counted, and its scale is "
        "arbitrary: compare places in one map, never the strength of two."
    )

    def weigh(self, activations: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        """Sum over the channels of activation times the weighted mean of what raises the score."""
        raises = gradient.relu()
        alpha = 1.0 / (2.0 + activations.sum(dim=(1, 2), keepdim=True) * raises)
        weights = (alpha * raises).sum(dim=(1, 2))
        return torch.einsum("k,krc->rc", weights, activations).relu()
