"""Small networks of random weights, saved as model folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vowelscope.core.acoustics import FormantTrack, PitchTrack
from vowelscope.core.features import FeatureSpec, ModelInput
from vowelscope.explain.bands import Tracks
from vowelscope.explain.base import Explanation, cell_edges
from vowelscope.explain.card import DataSource, ModelCard
from vowelscope.explain.model import Model, save_model
from vowelscope.explain.resnet import state_shapes

CLASSES = ("i", "æ", "ɝ", "ɑ", "u")


def _random_state(architecture: str = "resnet18", classes: int = 5, seed: int = 1):
    """He-initialised weights, and batch normalisation with something to fold."""
    rng = np.random.default_rng(seed)
    state = {}
    for key, shape in state_shapes(architecture, classes).items():
        if key == "fc.weight":
            state[key] = 0.3 * rng.standard_normal(shape)
        elif len(shape) > 1:
            state[key] = rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))
        elif key.endswith("running_var"):
            state[key] = rng.uniform(0.5, 2.0, shape)
        elif key.endswith(("running_mean", "bias")):
            state[key] = 0.2 * rng.standard_normal(shape)
        else:
            # Small at the end of a block, so that noise does not grow from block to block.
            last = "bn3" if architecture in ("resnet50", "resnet101", "resnet152") else "bn2"
            state[key] = rng.uniform(0.5, 1.5, shape) * (0.3 if last in key else 1.0)
    return {key: array.astype(np.float32) for key, array in state.items()}


@pytest.fixture(scope="session")
def random_state() -> Callable[..., dict[str, np.ndarray]]:
    """Make a state: ``random_state("resnet18", classes=5, seed=1)``."""
    return _random_state


@pytest.fixture(scope="session")
def card() -> ModelCard:
    """A card of a ResNet-18 that reads 64×64."""
    return ModelCard(
        name="tiny",
        architecture="resnet18",
        classes=CLASSES,
        class_map="vowels5",
        features=FeatureSpec(rows=64, columns=64, column_s=0.0035),
        started_from="scratch",
        data=(DataSource("noise", 3, "CC0-1.0", "nobody"),),
        split_hash="abc",
        seed=7,
        results={"noise": {"accuracy": 0.2, "confusion": [[1, 2], [3, 4]]}},
        command="vowelscope train",
        created="2026-01-02",
        version="0.1.0",
    )


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory, card: ModelCard) -> Model:
    """A ResNet-18 in int8 on disk; not to be changed."""
    return save_model(tmp_path_factory.mktemp("tiny") / "model", _random_state(), card, "int8")


@pytest.fixture(scope="session")
def images() -> np.ndarray:
    """Four random images of 64×64."""
    return np.random.default_rng(2).standard_normal((4, 3, 64, 64), dtype=np.float32)


@pytest.fixture
def tiny_copy(tiny: Model, tmp_path: Path) -> Path:
    """A copy of the folder of `tiny` that the test may spoil."""
    import shutil

    return Path(shutil.copytree(tiny.folder, tmp_path / "model"))


def _explanation(maps, bias=None, span=(0.4, 0.6), stride=32, column_s=0.002, db=None):
    """An explanation whose input has `stride` rows and columns a cell, 0-8,000 Hz."""
    maps = np.asarray(maps, dtype=np.float32)
    k, rows, cols = maps.shape
    bias = np.zeros(k, np.float32) if bias is None else np.asarray(bias, np.float32)
    spec = FeatureSpec(rows=rows * stride, columns=cols * stride, column_s=column_s)
    times_s, freqs_hz = spec.time_edges_s(*span), spec.freq_edges_hz
    shape = (rows * stride, cols * stride)
    held = np.full(shape, spec.db_min, np.float32) if db is None else np.asarray(db, np.float32)
    return Explanation(
        method="cam",
        classes=tuple("iæɝɑu"[:k]),
        logits=maps.mean(axis=(1, 2)) + bias,
        bias=bias,
        maps=maps,
        freq_edges_hz=cell_edges(freqs_hz, rows, stride),
        time_edges_s=cell_edges(times_s, cols, stride),
        tmin_s=span[0],
        tmax_s=span[1],
        input=ModelInput(held, freqs_hz, times_s, spec),
        model_name="hand-made",
        model_hash="0" * 64,
    )


def _tracks(values_hz, span=(0.4, 0.6)):
    """Tracks of a token from values (n, 5): f0 and F1 to F4, over the token and 50 ms beyond.

    A single line of values is held throughout.
    """
    values = np.atleast_2d(np.asarray(values_hz, dtype=np.float64))
    step_s = 0.00625
    times_s = np.arange(span[0] - 0.05, span[1] + 0.05, step_s)
    at = np.linspace(0, len(values) - 1, len(times_s)).round().astype(int)
    held = values[at]
    level = np.zeros(len(times_s))
    found = FormantTrack(times_s, held[:, 1:], np.full((len(times_s), 4), 80.0), level, level)
    pitch_step_s = 0.01
    pitch_s = np.arange(span[0] - 0.05, span[1] + 0.05, pitch_step_s)
    place = np.linspace(0, len(values) - 1, len(pitch_s)).round().astype(int)
    return Tracks(*span, found, PitchTrack(pitch_s, values[place, 0]))


@pytest.fixture(scope="session")
def explanation_of() -> Callable[..., Explanation]:
    """Make an explanation of given maps: ``explanation_of(maps, bias, span)``."""
    return _explanation


@pytest.fixture(scope="session")
def tracks_of() -> Callable[..., Tracks]:
    """Make tracks of given values in Hz: ``tracks_of([[120, 500, 1500, 2500, 3500]])``."""
    return _tracks
