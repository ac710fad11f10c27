"""What a network starts from: nothing, ImageNet, the model in the box, or a file of the user's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import torch
from torchvision.models import get_model_weights
from torchvision.models.resnet import ResNet

from vowelscope.core.errors import ConfigError
from vowelscope.explain.model import load_model
from vowelscope.resources import resource

State = dict[str, torch.Tensor]

_HEAD = ("fc.weight", "fc.bias")


def begin(model: ResNet, architecture: str, classes: tuple[str, ...], start: str) -> str:
    """Load what a run starts from into a network that was just built.

    The classifier is taken over only from a model of the very same classes; else it stays as it
    was built.

    Parameters
    ----------
    start
        ``scratch``; ``imagenet``: torchvision's IMAGENET1K_V1, fetched once, its hash checked;
        ``bundled``: the model in the box; ``file:PATH``: a model folder, or a safetensors file
        with torchvision's names.

    Returns
    -------
    str
        What the card says the model was started from.

    Raises
    ------
    ConfigError
        The weights cannot be had, or are not of this architecture.
    ModelError
        A model folder does not pass its checks.
    """
    if start == "scratch":
        return "scratch"
    if start == "imagenet":
        state, name = _imagenet(architecture), "torchvision's IMAGENET1K_V1 (ImageNet)"
        keep = False
    else:
        path = (
            resource("models", "vowels5")
            if start == "bundled"
            else Path(start.removeprefix("file:"))
        )
        if path.suffix == ".safetensors":
            state, name, keep = _file(path), f"{path.name}", False
        else:
            source = load_model(path)
            if source.card.architecture != architecture:
                raise ConfigError(
                    f"{path}: this is a {source.card.architecture}; a run that starts from it "
                    f"needs that architecture in its first stage, not {architecture}."
                )
            state = {key: torch.from_numpy(value) for key, value in source.state().items()}
            name = f"{source.card.name} ({source.weights_sha256[:12]})"
            keep = source.card.classes == classes
    _load(model, state, keep, start, architecture)
    return name


def _load(model: ResNet, state: State, keep_head: bool, start: str, architecture: str) -> None:
    wanted = model.state_dict()
    for key, value in wanted.items():
        if key.endswith("num_batches_tracked") or (key in _HEAD and not keep_head):
            continue
        if key not in state:
            raise ConfigError(f"start {start!r}: no weights of {architecture}: {key} is missing.")
        if state[key].shape != value.shape:
            raise ConfigError(
                f"start {start!r}: no weights of {architecture}: {key} is "
                f"{_shape(state[key])}, not {_shape(value)}."
            )
        if not torch.isfinite(state[key]).all():
            raise ConfigError(f"start {start!r}: {key} holds values that are no numbers.")
        wanted[key] = state[key].to(value.dtype)
    model.load_state_dict(wanted)


def _shape(tensor: torch.Tensor) -> str:
    return " x ".join(map(str, tensor.shape)) or "a scalar"


def _file(path: Path) -> State:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        state: State = load_file(path)
    except (OSError, SafetensorError) as error:
        reason = re.sub(r"\s+", " ", str(error)).rstrip(".")
        raise ConfigError(f"{path}: cannot be read as safetensors ({reason}).") from error
    return state


def _imagenet(architecture: str) -> State:
    try:
        weights: Any = get_model_weights(architecture)["IMAGENET1K_V1"]
    except (ValueError, KeyError):
        raise ConfigError(f"torchvision has no ImageNet weights of {architecture}.") from None
    try:
        # The archive is read without running any code that it may hold.
        state: State = weights.get_state_dict(check_hash=True, weights_only=True, progress=False)
    except (OSError, RuntimeError) as error:
        raise ConfigError(
            f"torchvision's ImageNet weights of {architecture} cannot be fetched ({error}); get "
            f"{weights.url.rsplit('/', 1)[-1]} into torch's hub folder, or start from file:PATH."
        ) from error
    return state
