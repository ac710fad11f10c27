"""How long a run would take: a few steps of the real network on real images, timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from vowelscope.core.audio import Recording
from vowelscope.core.corpus import read_corpus
from vowelscope.core.errors import CorpusError, FeatureError
from vowelscope.core.features import normalise, token_input
from vowelscope.core.phones import load_class_map
from vowelscope_training.config import Config
from vowelscope_training.network import build

_STEPS = 3
"""Timed of each stage, after one that is not: the first one allocates."""


def estimate(
    corpus: Path, config: Config, progress: Callable[[int, int], None], processes: int = 1
) -> dict[str, Any]:
    """Time some images and some steps of each stage, and reckon up the run.

    Of several processes one is timed, with its share of a batch: what they say to each other is
    not in it. Nor are validation and the writing of checkpoints, nor what other programs take of
    the machine later.

    Returns
    -------
    dict
        ``seconds`` in all; ``features_s`` of them for the images; ``tokens``, ``steps``,
        ``device``; ``stages`` with ``architecture``, ``columns``, ``steps``, ``step_s``.

    Raises
    ------
    CorpusError
        The corpus cannot be read, or none of the tokens that were tried can be used.
    """
    rows = [row for row in read_corpus(corpus).to_pylist() if row["balanced"]]
    classes = load_class_map(config.classes).classes
    train = [row for row in rows if row["split"] == "train" and row["class"] in classes]
    if not train:
        raise CorpusError(f"{corpus}: no token of it is for training with {config.classes}.")
    config = config.resolved(len(train))
    of = 1 + len(config.stages) * (_STEPS + 1)
    progress(0, of)
    images, image_s = _images(corpus, train, config)
    images = images[: max(1, -(-config.batch // max(1, processes)))]
    progress(1, of)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    stages: list[dict[str, Any]] = []
    timed: dict[tuple[str, int], float] = {}
    for number, stage in enumerate(config.stages):
        key = (stage.architecture, stage.columns)
        if key not in timed:
            cut = images[:, :, : stage.columns]
            told = _after(progress, 1 + number * (_STEPS + 1), of)
            timed[key] = _step_s(cut, config, key[0], len(classes), device, told)
        stages.append(
            {
                "architecture": stage.architecture,
                "columns": stage.columns,
                "steps": stage.steps,
                "step_s": round(timed[key], 4),
            }
        )
    progress(of, of)
    features_s = image_s * len(rows) / max(1, torch.get_num_threads())
    training_s = sum(stage["steps"] * stage["step_s"] for stage in stages)
    return {
        "seconds": round(features_s + training_s, 1),
        "features_s": round(features_s, 1),
        "tokens": len(train),
        "steps": config.total_steps,
        "device": str(device),
        "stages": stages,
    }


def _after(progress: Callable[[int, int], None], before: int, of: int) -> Callable[[int], None]:
    def told(done: int) -> None:
        progress(before + done, of)

    return told


def _images(
    corpus: Path, rows: list[dict[str, Any]], config: Config
) -> tuple[np.ndarray[Any, np.dtype[np.float32]], float]:
    """A batch of images from tokens all over the corpus, and the time of one, in seconds."""
    wanted = min(config.batch, len(rows))
    images, why = [], ""
    started_s = time.perf_counter()
    for index in np.linspace(0, len(rows) - 1, wanted).round().astype(int):
        row = rows[index]
        try:
            with Recording(row["recording"]) as recording:
                made = token_input(recording, row["tmin_s"], row["tmax_s"], config.features)
        except FeatureError as error:
            why = str(error)
            continue
        images.append(made.db.astype(np.float32))
    spent_s = time.perf_counter() - started_s
    if not images:
        raise CorpusError(
            f"{corpus}: none of the {wanted} tokens that were tried can be used: {why}"
        )
    whole = np.resize(np.stack(images), (config.batch, *images[0].shape))
    return whole, spent_s / wanted


def _step_s(
    images: np.ndarray[Any, np.dtype[np.float32]],
    config: Config,
    architecture: str,
    classes: int,
    device: torch.device,
    progress: Callable[[int], None],
) -> float:
    """Median time of an optimiser step, in seconds."""
    model: Any = build(architecture, classes, config.dilated).to(
        device, memory_format=torch.channels_last
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-6)
    model.train()
    x = torch.from_numpy(normalise(images, config.features)).to(
        device, memory_format=torch.channels_last
    )
    y = torch.arange(len(images), device=device) % classes
    spent_s = []
    for step in range(_STEPS + 1):
        started_s = time.perf_counter()
        optimiser.zero_grad()
        loss: Any = cross_entropy(model(x), y)
        loss.backward()
        optimiser.step()
        if device.type == "cuda":
            torch.cuda.synchronize()
        spent_s.append(time.perf_counter() - started_s)
        progress(step + 1)
    return float(np.median(spent_s[1:]))
