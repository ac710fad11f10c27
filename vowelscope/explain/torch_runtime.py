"""Runs a model with torch: on a GPU, and as the second opinion in the tests.

Importing this module imports torch and torchvision, which takes seconds; only
`vowelscope.explain.runtime.open_runtime` does so, when a GPU was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
import torchvision

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import Model
from vowelscope.explain.resnet import ARCHITECTURES

Floats = npt.NDArray[np.float32]


def build_network(model: Model) -> torch.nn.Module:
    """torchvision's network with the model's weights, in evaluation mode, on the CPU."""
    return network_from(model.state(), model.card)


def network_from(arrays: Mapping[str, Floats], card: ModelCard) -> torch.nn.Module:
    """The same with other weights, by torchvision's names, such as randomised ones."""
    extra: dict[str, list[bool]] = {}
    if ARCHITECTURES[card.architecture][0] == "bottleneck":
        extra["replace_stride_with_dilation"] = [False, False, card.dilated_stage4]
    make = getattr(torchvision.models, card.architecture)
    network: torch.nn.Module = make(weights=None, num_classes=len(card.classes), **extra)
    state = {key: torch.from_numpy(array) for key, array in arrays.items()}
    for key, value in network.state_dict().items():
        if key.endswith("num_batches_tracked"):
            state[key] = value
    network.load_state_dict(state, strict=True)
    return network.eval()


class TorchRuntime:
    """A model opened by torch.

    Parameters
    ----------
    device
        ``cuda`` or ``cpu``.

    Raises
    ------
    ConfigError
        There is no CUDA GPU that torch can use.
    """

    def __init__(self, model: Model, device: str = "cuda") -> None:
        if device == "cuda" and not torch.cuda.is_available():
            raise ConfigError(tr("torch finds no CUDA GPU here; run on the CPU instead."))
        self.device = torch.device(device)
        self.network = build_network(model).to(self.device)
        self._features = torch.nn.Sequential(*list(self.network.children())[:-2])

    def run(self, images: Floats) -> tuple[Floats, Floats]:
        """One forward pass; see `vowelscope.explain.runtime.Runs`."""
        classifier = self.network.fc
        assert isinstance(classifier, torch.nn.Linear)
        # A GPU's shortened floats (TF32), torch's default for convolutions, would put the maps off
        # by a thousandth; the same token shall give the same map on every machine.
        exact = torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False)
        with torch.inference_mode(), exact:
            features = self._features(torch.from_numpy(images).to(self.device))
            maps = torch.nn.functional.conv2d(features, classifier.weight[:, :, None, None])
            logits = maps.mean(dim=(2, 3)) + classifier.bias
        return logits.cpu().numpy(), maps.cpu().numpy()
