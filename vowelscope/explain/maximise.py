"""Activation maximisation by gradient ascent in spectrogram space; importing this imports torch.

The picture is start + change, cut at the bounds that a model input has. The change is a sum of
cosines along frequency (a spectral envelope) and blurred along time; each step follows the gradient
of the score less the prices of roughness and distance, scaled so that the picture moves by a known
number of dB. A step keeps the proportions of the gradient, so that pixels the network does not read
stay where they are; a method that scales each pixel by itself would move them as far as the others.
"""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import conv1d, pad

from vowelscope.core.features import IMAGENET_MEAN, IMAGENET_STD, FeatureSpec, Floats
from vowelscope.explain.interventions import Progress
from vowelscope.explain.maximise_settings import MaximiseSettings, cosines, waves_of
from vowelscope.explain.maximise_starts import Start
from vowelscope.explain.maximised import Maximised, class_weights
from vowelscope.explain.model import Model
from vowelscope.explain.randomised import STAGES, randomised_state
from vowelscope.explain.stage_cam import network_of
from vowelscope.explain.torch_runtime import network_from

CONTROL_NAME = "random weights"
_MOMENTUM = 0.8
_LAST = 0.05
"""Length of the last step as a share of the first."""


def maximise(
    model: Model,
    start: Start,
    of: str,
    against: str | None = None,
    settings: MaximiseSettings | None = None,
    progress: Progress | None = None,
) -> Maximised:
    """Raise the logit of a class, or the difference of two, by changing a picture.

    Parameters
    ----------
    of, against
        Classes of the model.
    progress
        Called with the steps done and all of them; what it raises ends the work.

    Returns
    -------
    Maximised
        The same for the same start, settings and model, on the same machine.

    Raises
    ------
    ConfigError
        The model has no such class.
    """
    classes = model.card.classes
    return ascend(
        network_of(model),
        start,
        classes,
        (of, against),
        settings,
        progress,
        (model.card.name, model.weights_sha256),
    )


def maximise_control(
    model: Model,
    start: Start,
    of: str,
    against: str | None = None,
    settings: MaximiseSettings | None = None,
    progress: Progress | None = None,
) -> Maximised:
    """The same with a network of the same shape whose weights are all random.

    What it shows as well does not come from what the model learnt; see
    `vowelscope.explain.randomised`.
    """
    card = model.card
    state = randomised_state(model.state(), STAGES, 1)
    network = network_from(state, card).requires_grad_(False)
    named = (CONTROL_NAME, "")
    return ascend(network, start, card.classes, (of, against), settings, progress, named)


def ascend(
    network: torch.nn.Module,
    start: Start,
    classes: tuple[str, ...],
    chosen: tuple[str, str | None],
    settings: MaximiseSettings | None = None,
    progress: Progress | None = None,
    named: tuple[str, str] = ("", ""),
) -> Maximised:
    """`maximise` for any network of normalised images (n, 3, rows, columns) to logits (n, k)."""
    settings = settings or MaximiseSettings()
    weights = torch.from_numpy(class_weights(classes, *chosen).astype(np.float32))
    picture = _Picture(start, settings)
    if progress is not None:
        progress(0, settings.steps)
    rng = np.random.default_rng(settings.seed)
    inner = picture.first(rng)
    speed = torch.zeros_like(inner)
    reach = round(settings.jitter_s / picture.column_s)
    scores = np.zeros((settings.restarts, settings.steps))
    for step in range(settings.steps):
        shifts = rng.integers(-reach, reach + 1, settings.restarts)
        share = 0.5 * (1 + np.cos(np.pi * step / max(settings.steps - 1, 1)))
        length_db = settings.step_of(start.kind) * (_LAST + (1 - _LAST) * share)
        for at in range(settings.restarts):
            # One by one: as fast on a processor, and who cancels waits for one pass alone.
            one = inner[at : at + 1].clone().requires_grad_(True)
            change = picture.change(one)
            shown = _shifted(picture.image(change), shifts[at : at + 1])
            score = (network(_normalised(shown, start.spec)) @ weights)[0]
            scores[at, step] = float(score.detach())
            (gradient,) = torch.autograd.grad(score - picture.price(change)[0], one)
            rms = float(picture.rms(picture.change(gradient))[0])
            direction = gradient[0] / (rms or 1.0)
            speed[at] = _MOMENTUM * speed[at] + (1 - _MOMENTUM) * direction
            inner[at] += length_db * speed[at]
            if progress is not None:
                progress(step + (at + 1) // settings.restarts, settings.steps)
    with torch.no_grad():
        images = picture.image(picture.change(inner))
        first = torch.from_numpy(start.db)[None]
        asked = torch.cat([first, images])
        found = torch.cat([network(_normalised(one[None], start.spec)) for one in asked]).numpy()
    return Maximised(
        of=chosen[0],
        against=chosen[1],
        classes=classes,
        start=start,
        settings=settings,
        images_db=images.numpy().astype(np.float32),
        scores=scores,
        start_logits=found[0].astype(np.float64),
        logits=found[1:].astype(np.float64),
        model_name=named[0],
        model_hash=named[1],
    )


class _Picture:
    """From what is moved to the picture: cosines along frequency, blur along time, bounds."""

    def __init__(self, start: Start, settings: MaximiseSettings) -> None:
        spec, rows = start.spec, start.spec.rows
        self._settings = settings
        self._nearness = settings.nearness_of(start.kind)
        self.column_s = float(start.time_edges_s[-1] - start.time_edges_s[0]) / start.db.shape[1]
        self._start = torch.from_numpy(start.db.astype(np.float32))
        anchor = start.db if start.anchor_db is None else start.anchor_db
        self._away = self._start - torch.from_numpy(anchor.astype(np.float32))
        self._free = torch.from_numpy(start.free.astype(np.float32))
        self._low = float(spec.db_min)
        self._high = torch.from_numpy(start.ceiling_db.astype(np.float32))
        waves = waves_of(spec.f_max_hz, rows, settings.detail_hz)
        self._basis = torch.from_numpy(cosines(rows, waves).astype(np.float32))
        self._whole = waves == rows
        self._kernel = torch.from_numpy(_gaussian(settings.blur_s / self.column_s))

    def first(self, rng: np.random.Generator) -> torch.Tensor:
        """Where the restarts begin: nothing, and noise of `restart_db`."""
        settings = self._settings
        rows = self._basis.shape[0 if self._whole else 1]
        shape = (settings.restarts, rows, self._start.shape[1])
        inner = torch.from_numpy(rng.standard_normal(shape, dtype=np.float32))
        rms = self.rms(self.change(inner))
        inner = inner * (settings.restart_db / torch.clamp(rms, min=1e-12))[:, None, None]
        inner[0] = 0.0
        return inner

    def change(self, inner: torch.Tensor) -> torch.Tensor:
        """(restarts, waves, columns) to dB (restarts, rows, columns)."""
        change = inner if self._whole else torch.einsum("rw,nwc->nrc", self._basis, inner)
        if len(self._kernel) > 1:
            n, rows, columns = change.shape
            reach = len(self._kernel) // 2
            flat = pad(change.reshape(n * rows, 1, columns), (reach, reach), mode="replicate")
            change = conv1d(flat, self._kernel[None, None]).reshape(n, rows, columns)
        return change * self._free

    def image(self, change: torch.Tensor) -> torch.Tensor:
        """The picture in dB, within its bounds."""
        held: torch.Tensor = _Bounded.apply(self._start + change, self._low, self._high)
        return torch.where(self._free > 0, held, self._start)

    def price(self, change: torch.Tensor) -> torch.Tensor:
        """What roughness and distance cost, (restarts,) in logits."""
        settings, share = self._settings, self._free.mean()
        rough = (
            change.diff(dim=1).abs().mean(dim=(1, 2)) + change.diff(dim=2).abs().mean(dim=(1, 2))
        ) / share
        far = ((change + self._away) * self._free / 10.0).square().mean(dim=(1, 2)) / share
        return settings.smoothness * rough + self._nearness * far

    def rms(self, change: torch.Tensor) -> torch.Tensor:
        """RMS over the pixels that may change, (restarts,)."""
        return (change.square().mean(dim=(1, 2)) / self._free.mean()).sqrt()


class _Bounded(torch.autograd.Function):
    """Cut at bounds; the gradient of a pixel beyond one counts where it leads back.

    An ordinary cut has none there, and a picture that begins at the noise floor would stay there.
    """

    @staticmethod
    def forward(ctx: Any, values: torch.Tensor, low: float, high: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(values, high)
        ctx.low = low
        return torch.minimum(values.clamp(min=low), high)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        values, high = ctx.saved_tensors
        (gradient,) = gradients
        back = torch.where(values > high, gradient < 0, gradient > 0)
        inside = (values >= ctx.low) & (values <= high)
        return gradient * (inside | back), None, None


def _gaussian(sd: float) -> Floats:
    """A kernel that adds up to 1, of `sd` columns."""
    if sd < 0.1:
        return np.ones(1, dtype=np.float32)
    at = np.arange(-ceil(3 * sd), ceil(3 * sd) + 1)
    kernel = np.exp(-0.5 * (at / sd) ** 2)
    scaled: Floats = (kernel / kernel.sum()).astype(np.float32)
    return scaled


def _shifted(images: torch.Tensor, shifts: npt.NDArray[np.int64]) -> torch.Tensor:
    """Each picture moved along time, its outer columns held."""
    columns = torch.arange(images.shape[2])
    at = torch.clamp(columns[None] + torch.from_numpy(shifts)[:, None], 0, len(columns) - 1)
    return torch.gather(images, 2, at[:, None].expand_as(images))


def _normalised(db: torch.Tensor, spec: FeatureSpec) -> torch.Tensor:
    """`vowelscope.core.features.normalise` with a gradient, of a picture within its bounds."""
    # Not cut again: a cut has no gradient where a pixel lies at the bound.
    unit = (db - spec.db_min) / (spec.db_max - spec.db_min)
    channels = [(unit - m) / s for m, s in zip(IMAGENET_MEAN, IMAGENET_STD, strict=True)]
    return torch.stack(channels, dim=1)
