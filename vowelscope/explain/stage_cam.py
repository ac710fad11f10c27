"""What the gradient methods of the CAM family share: activations of a stage, and their gradient.

Importing this imports torch: only the registry does so, in the background.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import numpy as np
import torch

from vowelscope.core.features import ModelInput
from vowelscope.core.translation import tr
from vowelscope.explain.base import Explanation, cell_edges
from vowelscope.explain.explainers import Attribution, Doubles, target_weights
from vowelscope.explain.interventions import Progress
from vowelscope.explain.model import Model
from vowelscope.explain.resnet import stage_stride
from vowelscope.explain.runtime import Runs
from vowelscope.explain.torch_runtime import build_network

_kept: dict[tuple[str, bool], torch.nn.Module] = {}


def network_of(model: Model) -> torch.nn.Module:
    """The network of a model, made once: the last one that was asked for is kept."""
    key = (model.weights_sha256, model.card.dilated_stage4)
    if key not in _kept:
        network = build_network(model).requires_grad_(False)
        _kept.clear()
        _kept[key] = network
    return _kept[key]


def image_of(seen: ModelInput) -> torch.Tensor:
    """The normalised input, (1, 3, rows, columns)."""
    return torch.from_numpy(seen.image()[None].copy())


def floor_of(seen: ModelInput) -> torch.Tensor:
    """The input of silence: every pixel at the lower bound of the model's range."""
    from vowelscope.core.features import normalise

    return torch.from_numpy(normalise(np.full_like(seen.db, seen.spec.db_min)[None], seen.spec))


class Scored:
    """A network as one number an input: its logits times the weights of a class or contrast.

    Each forward pass tells the progress, which may end the work.
    """

    def __init__(
        self, network: torch.nn.Module, weights: Doubles, total: int, progress: Progress | None
    ) -> None:
        self._network = network
        self._weights = torch.from_numpy(weights.astype(np.float32))
        self._progress = progress
        self._done, self._total = 0, total
        self._tell()

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        """(n, 3, rows, columns) to (n,)."""
        self._tell()
        score: torch.Tensor = self._network(images) @ self._weights
        self._done += 1
        return score

    def finish(self) -> None:
        """All is done."""
        self._done = self._total
        self._tell()

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(min(self._done, self._total), self._total)


class StageCam:
    """One forward pass up to a stage, one backward pass to it.

    Parameters
    ----------
    stage
        1 to 4: the last residual stage has the tallest cells.
    """

    name = ""
    title = ""
    unit = ""
    signed = True
    caveat = ""
    last_unit = ""
    """Its unit in the last stage, where more can be said of it."""

    def __init__(self, model: Model, _runtime: Runs, stage: int = 4) -> None:
        self._model = model
        self._stage = stage

    @abstractmethod
    def weigh(self, activations: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        """The map, (rows, columns), from two (channels, rows, columns)."""

    def attribute(
        self,
        explanation: Explanation,
        of: str,
        against: str | None = None,
        progress: Progress | None = None,
    ) -> Attribution:
        """See `vowelscope.explain.explainers.Explainer`."""
        weights = target_weights(explanation, of, against)
        if progress is not None:
            progress(0, 1)
        until, after = split_at(network_of(self._model), self._stage)
        with torch.no_grad():
            activations = until(image_of(explanation.input))
        activations.requires_grad_(True)
        score = after(activations) @ torch.from_numpy(weights.astype(np.float32))
        (gradient,) = torch.autograd.grad(score.sum(), activations)
        values = self.weigh(activations.detach()[0], gradient[0])
        if progress is not None:
            progress(1, 1)
        return self.made(explanation, of, against, values)

    def made(
        self, explanation: Explanation, of: str, against: str | None, values: torch.Tensor
    ) -> Attribution:
        """The attribution of a map at this stage."""
        rows, columns = values.shape
        stride = stage_stride(self._stage, self._model.card.dilated_stage4)
        seen, last = explanation.input, self._stage == 4
        return Attribution(
            method=f"{self.name}:{self._stage}",
            title=tr("{title}, stage {stage}").format(title=self.title, stage=self._stage),
            of=of,
            against=against,
            values=np.ascontiguousarray(values.numpy(), dtype=np.float32),
            freq_edges_hz=cell_edges(seen.freq_edges_hz, rows, stride),
            time_edges_s=cell_edges(seen.time_edges_s, columns, stride),
            unit=self.last_unit if last and self.last_unit else self.unit,
            signed=self.signed,
            caveat=self.caveat,
            warnings=explanation.warnings,
        )


def split_at(
    network: torch.nn.Module, stage: int
) -> tuple[Callable[[torch.Tensor], torch.Tensor], Callable[[torch.Tensor], torch.Tensor]]:
    """A residual network up to a stage, and from there to the logits."""
    parts = list(network.children())  # conv1, bn1, relu, maxpool, layer1-4, avgpool, fc
    until = torch.nn.Sequential(*parts[: 4 + stage])
    after = torch.nn.Sequential(*parts[4 + stage : -1], torch.nn.Flatten(1), parts[-1])
    return until, after
