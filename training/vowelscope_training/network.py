"""The network and how it grows."""

from __future__ import annotations

from typing import Any

import torch
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

from vowelscope_training.config import DEPTHS


class Network(ResNet):  # type: ignore[misc]
    """torchvision's ResNet, which also gives its class activation maps when asked."""

    def forward(self, x: torch.Tensor, maps: bool = False) -> Any:
        """Logits (n, k); with `maps`, also the maps of every class, (n, k, rows, columns).

        The mean of a class's map plus its bias is its logit (Zhou et al. 2016, "Learning deep
        features for discriminative localization", equations 1-2).
        """
        if not maps:
            return super().forward(x)
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        logits = self.fc(torch.flatten(self.avgpool(x), 1))
        return logits, torch.einsum("nfrc,kf->nkrc", x, self.fc.weight)


def build(architecture: str, classes: int, dilated: bool = False) -> Network:
    """torchvision's ResNet, every residual branch starting at zero.

    Zero-initialised branches (Goyal et al. 2017, section 5.1) let a deep network learn from
    scratch as if it were shallow.

    Parameters
    ----------
    dilated
        Stage 4 dilated instead of strided (Yu, Koltun & Funkhouser 2017, "Dilated residual
        networks"): its maps have twice the rows and columns. For bottleneck blocks only.
    """
    kind, depths = DEPTHS[architecture]
    block = BasicBlock if kind == "basic" else Bottleneck
    return Network(
        block,
        list(depths),
        num_classes=classes,
        zero_init_residual=True,
        replace_stride_with_dilation=[False, False, dilated],
    )


def grow(shallow: ResNet, architecture: str, classes: int, dilated: bool = False) -> Network:
    """A deeper network that computes exactly what `shallow` does.

    The blocks of `shallow` come first in each stage; those added after them end in a batch norm
    of weight 0, so that each gives relu(x + 0) = x for the non-negative x that it gets (the
    identity of Net2DeeperNet, Chen et al. 2016, section 2.4).

    Returns
    -------
    Network
        In training mode, on the CPU.
    """
    deep = build(architecture, classes, dilated)
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
    moving, towards = [], []
    for key, value in model.state_dict().items():
        if value.is_floating_point():
            moving.append(average[key])
            towards.append(value)
        else:
            average[key].copy_(value)
    # All at once: on a GPU 600 small operations take longer than the step that they follow.
    torch._foreach_lerp_(moving, towards, 1.0 - decay)
