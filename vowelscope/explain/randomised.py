"""Does the map depend on what the network learnt? Its weights are randomised from the top down.

Source: Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim (2018), "Sanity checks for saliency maps",
the cascading randomisation. The classifier is drawn anew, then stage 4 as well, and so on down to
the first convolution; a map that stays as it was says nothing about the network.

A network that never learnt anything passes that test: its map changes as well. So the strength of
the maps is compared too: learnt classifiers lie along the directions in which the features vary,
random ones do not, and their maps on the same features are weaker.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import UserError
from vowelscope.explain.interventions import Progress
from vowelscope.explain.model import Model
from vowelscope.explain.ranks import spearman
from vowelscope.explain.runtime import cache_folder, open_state

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

STAGES = ("fc", "layer4", "layer3", "layer2", "layer1", "conv1")
"""Randomised in this order, each with all before it."""

VERSION = 1
"""Raise it when the test changes: what is kept is keyed by it."""

PROBES = 6
_SETS = 99
"""Random classifiers that the model's own is compared with."""
_FEW = 8
"""Random classifiers on features that are random themselves."""
_BRANCH_GAIN = 0.3
"""Last batch normalisation of a residual branch, so that a random network does not blow up."""


@dataclass(frozen=True, slots=True)
class Randomised:
    """What the test found, for one model.

    Attributes
    ----------
    stages
        What was randomised last; see `STAGES`.
    similarity
        After each stage the mean absolute rank correlation of the cells of the maps before and
        after, over probes and classes: 1 is the same map, or its negative.
    strength_place
        Place of the strength of the model's maps among those of random classifiers on the same
        features, 0-1; about 1 in a trained network, anything in a random one.
    probes
        Tokens it was measured on.
    """

    stages: tuple[str, ...]
    similarity: tuple[float, ...]
    strength_place: float
    probes: int


def randomised_state(
    state: Mapping[str, Floats], stages: Sequence[str], sets: int, seed: int = 1
) -> dict[str, Floats]:
    """Weights of which those of `stages` are drawn anew.

    Convolutions by He et al. (2015); batch normalisation as that of a new network; the classifier
    with the spread of the model's own.

    Parameters
    ----------
    sets
        Classifiers to draw, one after another: `sets` times as many classes.
    """
    rng = np.random.default_rng(seed)
    drawn = dict(state)
    for key in state:
        array = state[key]
        if not key.startswith(tuple(f"{stage}." for stage in stages) + _stem(stages)):
            continue
        if key == "fc.weight":
            shape = (sets * array.shape[0], array.shape[1])
            drawn[key] = array.std() * rng.standard_normal(shape, dtype=np.float32)
        elif key == "fc.bias":
            drawn[key] = np.zeros(sets * len(array), np.float32)
        elif array.ndim > 1:
            gain = np.float32(np.sqrt(2.0 / np.prod(array.shape[1:])))
            drawn[key] = gain * rng.standard_normal(array.shape, dtype=np.float32)
        elif key.endswith(("running_mean", "bias")):
            drawn[key] = np.zeros_like(array)
        elif key.endswith("running_var"):
            drawn[key] = np.ones_like(array)
        else:
            drawn[key] = np.full_like(array, _BRANCH_GAIN if _ends_branch(key, state) else 1.0)
    return drawn


def randomisation_test(
    model: Model,
    probes: Floats,
    stages: Sequence[str] = STAGES,
    progress: Progress | None = None,
) -> Randomised:
    """Randomise a model's weights from the top down and compare the maps.

    Parameters
    ----------
    probes
        Normalised images, float32 (n, 3, rows, columns).
    progress
        Called with the networks done and all of them; what it raises ends the test.
    """
    state, card = model.state(), model.card
    k = len(card.classes)
    own = np.empty(0)
    place, similarity = np.nan, []
    for at in range(len(stages)):
        if progress is not None:
            progress(at, len(stages))
        changed = randomised_state(state, stages[: at + 1], _SETS if at == 0 else _FEW)
        if at == 0:
            for key in ("fc.weight", "fc.bias"):
                changed[key] = np.concatenate([state[key], changed[key]])
        _, maps = open_state(changed, card.architecture, card.dilated_stage4).run(probes)
        cells = maps.reshape(*maps.shape[:2], -1).astype(np.float64)
        if at == 0:
            own, cells = cells[:, :k], cells[:, k:]
            place = _strength_place(own, cells)
        drawn = cells.reshape(len(cells), -1, k, cells.shape[-1])
        found = np.abs(spearman(own[:, None], drawn))
        similarity.append(float(np.nanmean(found)) if np.isfinite(found).any() else 1.0)
    if progress is not None:
        progress(len(stages), len(stages))
    return Randomised(tuple(stages), tuple(similarity), place, len(probes))


def randomised(model: Model, progress: Progress | None = None) -> Randomised:
    """The result of `randomisation_test` on tokens of the sample recording, kept per model.

    Raises
    ------
    UserError
        The sample cannot be read.
    """
    path = cache_folder().parent / "randomised" / f"{model.weights_sha256}-{VERSION}.json"
    known = _kept(path)
    if known is None:
        known = randomisation_test(model, sample_probes(model), progress=progress)
        # A cache folder that cannot be written costs time, never the result.
        with contextlib.suppress(OSError, UserError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, json.dumps(asdict(known)).encode())
    return known


def sample_probes(model: Model, count: int = PROBES) -> Floats:
    """Inputs of `count` labelled intervals of the sample, of 50 ms or more, evenly chosen."""
    from vowelscope.core.audio import Recording
    from vowelscope.core.features import token_input
    from vowelscope.core.textgrid_io import read_textgrid
    from vowelscope.core.tokens import phone_tier, tokens_of
    from vowelscope.resources import resource

    path = resource("sample", "sample.wav")
    tier = phone_tier(read_textgrid(resource("sample", "sample.TextGrid")).textgrid)
    assert tier is not None
    long = [token for token in tokens_of(path, tier) if token.duration_s >= 0.05]
    chosen = np.linspace(0, len(long) - 1, count).round().astype(int)
    spec = model.card.features
    with Recording(path) as recording:
        return np.stack(
            [
                token_input(
                    recording, long[at].tmin_s, long[at].tmax_s, spec, allow_unfilled=True
                ).image()
                for at in chosen
            ]
        )


def _strength_place(own: Doubles, drawn: Doubles) -> float:
    """Place of the spread of cells in the model's maps (n, k, cells) among random classifiers'."""
    k = own.shape[1]
    strength = _strength(own)
    others = np.array(
        [_strength(drawn[:, at : at + k]) for at in range(0, drawn.shape[1] - k + 1, k)]
    )
    equal = float((others == strength).sum())
    return (float((others < strength).sum()) + 0.5 * equal + 0.5) / (len(others) + 1)


def _strength(maps: Doubles) -> float:
    """Root of the mean squared deviation of a map's cells from its mean."""
    return float(np.sqrt(maps.var(axis=-1).mean()))


def _kept(path: Path) -> Randomised | None:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return Randomised(
            tuple(str(name) for name in values["stages"]),
            tuple(float(value) for value in values["similarity"]),
            float(values["strength_place"]),
            int(values["probes"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _stem(stages: Sequence[str]) -> tuple[str, ...]:
    """The first convolution has its batch normalisation beside it, not under it."""
    return ("bn1.",) if "conv1" in stages else ()


def _ends_branch(key: str, state: Mapping[str, Floats]) -> bool:
    last = "bn3.weight" if key.replace("bn2", "bn3") in state else "bn2.weight"
    return key.startswith("layer") and key.endswith(last)
