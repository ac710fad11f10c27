"""Checkpoints in one safetensors file: weights, their average, the optimiser, and where it was."""

from __future__ import annotations

import json
import os
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from vowelscope.core.errors import ConfigError

NAME = "checkpoint.safetensors"


def save(
    run: Path,
    model: torch.nn.Module,
    average: dict[str, torch.Tensor],
    optimiser: torch.optim.Optimizer,
    where: dict[str, int],
) -> None:
    """Write the checkpoint of `run`, replacing the one before only when it is whole."""
    tensors = {f"model.{k}": v for k, v in model.state_dict().items()}
    tensors |= {f"average.{k}": v for k, v in average.items()}
    for name, parameter in model.named_parameters():
        for key, value in optimiser.state.get(parameter, {}).items():
            tensors[f"optimiser.{key}.{name}"] = value
    tensors = {k: v.detach().cpu().contiguous() for k, v in tensors.items()}
    draft = run / (NAME + ".draft")
    save_file(tensors, draft, metadata={"where": json.dumps(where)})
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.replace(run / NAME)


def where(run: Path) -> dict[str, int] | None:
    """Stage and step of the checkpoint of `run`; None without one.

    Raises
    ------
    ConfigError
        The file is damaged.
    """
    path = run / NAME
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            values: dict[str, int] = json.loads(file.metadata()["where"])
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}: the checkpoint is damaged ({error}).") from error
    return values


def load(
    run: Path,
    model: torch.nn.Module,
    average: dict[str, torch.Tensor],
    optimiser: torch.optim.Optimizer,
) -> None:
    """Put the checkpoint of `run` into a model, an average and an optimiser of the same shapes.

    Raises
    ------
    ConfigError
        The file is damaged or of another network.
    """
    path = run / NAME
    try:
        with safe_open(path, framework="pt") as file:
            held = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        model.load_state_dict(_under(held, "model."))
        for key, value in _under(held, "average.").items():
            average[key].copy_(value)
        for name, parameter in model.named_parameters():
            state = {
                kind: held[f"optimiser.{kind}.{name}"]
                for kind in ("step", "exp_avg", "exp_avg_sq")
                if f"optimiser.{kind}.{name}" in held
            }
            if state:
                optimiser.state[parameter] = {
                    kind: value if kind == "step" else value.to(parameter.device)
                    for kind, value in state.items()
                }
    except (SafetensorError, OSError, RuntimeError, KeyError) as error:
        raise ConfigError(f"{path}: not a checkpoint of this run ({error}).") from error


def _under(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
