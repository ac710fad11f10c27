"""LayerCAM: each cell of each channel by its own gradient, where that is positive; any stage.

Source: Jiang, Zhang, Hou, Cheng, Wei (2021), "LayerCAM: Exploring hierarchical class activation
maps for localization".
"""

from __future__ import annotations

import torch

from vowelscope.core.translation import tr
from vowelscope.explain.model import Model
from vowelscope.explain.runtime import Runs
from vowelscope.explain.stage_cam import StageCam


class LayerCam(StageCam):
    """Made for the earlier stages, whose cells are smaller; the third by default."""

    name = "layercam"
    title = tr("LayerCAM")
    unit = tr("logits a cell, first order, for alone")
    signed = False
    caveat = tr(
        "Smaller cells are not sharper knowledge: an earlier stage has not "
        "yet decided, and what speaks against the class is left out."
    )

    def __init__(self, model: Model, runtime: Runs, stage: int = 3) -> None:
        super().__init__(model, runtime, stage)

    def weigh(self, activations: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        """Sum over the channels of activation times what raises the score."""
        return (gradient.relu() * activations).sum(dim=0).relu()
