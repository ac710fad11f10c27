"""Checkpoints in one safetensors file: weights, their average, the optimiser, and where it was."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from vowelscope.core.errors import ConfigError

NAME = "checkpoint.safetensors"

State = dict[str, torch.Tensor]


def save(
    run: Path,
    model: torch.nn.Module,
    average: dict[str, torch.Tensor],
    optimiser: torch.optim.Optimizer,
    where: dict[str, Any],
) -> None:
    """Write the checkpoint of `run`, replacing the one before only when it is whole.

    Raises
    ------
    ConfigError
        It cannot be written; the one before is kept.
    """
    tensors = {f"model.{k}": v for k, v in model.state_dict().items()}
    tensors |= {f"average.{k}": v for k, v in average.items()}
    for name, parameter in model.named_parameters():
        for key, value in optimiser.state.get(parameter, {}).items():
            tensors[f"optimiser.{key}.{name}"] = value
    write(run / NAME, tensors, {"where": json.dumps(where)})


def write(path: Path, tensors: State, metadata: dict[str, str] | None = None) -> None:
    """Write a file of tensors in one step.

    Raises
    ------
    ConfigError
        It cannot be written; what was there is kept.
    """
    tensors = {k: v.detach().cpu().contiguous() for k, v in tensors.items()}
    draft = path.with_name(path.name + ".draft")
    try:
        save_file(tensors, draft, metadata=metadata)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    except (OSError, SafetensorError) as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        reason = " ".join(str(error).split()).rstrip(".")
        raise ConfigError(
            f"{path}: cannot be written ({reason}); the last checkpoint is kept, and the same "
            "command goes on from there."
        ) from error


def save_best(run: Path, average: State, step: int) -> None:
    """Keep the averaged weights of the best validation so far.

    They are named by their step, so that a checkpoint of before, from which a broken run goes on,
    never finds those of a later one in their place.
    """
    write(_best(run, step), average)


def load_best(run: Path, step: int) -> State:
    """The averaged weights that `save_best` kept.

    Raises
    ------
    ConfigError
        They are gone or damaged.
    """
    path = _best(run, step)
    try:
        state: State = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ConfigError(f"{path}: the best weights cannot be read ({error}).") from error
    return state


def forget_best(run: Path, but: int) -> None:
    """Delete the best weights of all steps but one."""
    for path in run.glob("best-*.safetensors"):
        if path != _best(run, but):
            with suppress(OSError):
                path.unlink()


def _best(run: Path, step: int) -> Path:
    return run / f"best-{step}.safetensors"


def where(run: Path) -> dict[str, Any] | None:
    """What `save` was told of the checkpoint of `run`: stage, step; None without one.

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
            values: dict[str, Any] = json.loads(file.metadata()["where"])
            _whole(values)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}: the checkpoint is damaged ({error}).") from error
    return values


def _whole(values: dict[str, Any]) -> None:
    if any(type(values[key]) is not int or values[key] < 0 for key in ("stage", "step")):
        raise ValueError("stage and step are no numbers")
    if not isinstance(values.get("best", {}), dict):
        raise ValueError("what was best is not told")


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
