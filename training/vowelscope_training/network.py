"""The network and how it grows."""

from __future__ import annotations

import torch
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

from vowelscope_training.config import DEPTHS


def build(architecture: str, classes: int) -> ResNet:
    """torchvision's ResNet, every residual branch starting at zero.

    Zero-initialised branches (Goyal et al. 2017, section 5.1) let a deep network learn from
    scratch as if it were shallow.
    """
    kind, depths = DEPTHS[architecture]
    block = BasicBlock if kind == "basic" else Bottleneck
    return ResNet(block, list(depths), num_classes=classes, zero_init_residual=True)


def grow(shallow: ResNet, architecture: str, classes: int) -> ResNet:
    """A deeper network that computes exactly what `shallow` does.

    The blocks of `shallow` come first in each stage; those added after them end in a batch norm
    of weight 0, so that each gives relu(x + 0) = x for the non-negative x that it gets (the
    identity of Net2DeeperNet, Chen et al. 2016, section 2.4).

    Returns
    -------
    ResNet
        In training mode, on the CPU.
    """
    deep = build(architecture, classes)
    state = deep.state_dict()
    known = shallow.state_dict()
    missing = sorted(set(known) - set(state))
    if missing:
        raise ValueError(f"{architecture} has no place for {missing[0]}")
    state.update(known)
    deep.load_state_dict(state)
    return deep


@torch.no_grad()
def update_average(average: dict[str, torch.Tensor], model: ResNet, decay: float) -> None:
    """Exponential moving average of weights and batch-norm statistics, in place."""
    for key, value in model.state_dict().items():
        if value.is_floating_point():
            average[key].lerp_(value, 1.0 - decay)
        else:
            average[key].copy_(value)
