"""Presets: everything that decides a run, as TOML, checked before anything is trained."""

from __future__ import annotations

import itertools
import json
import math
import tomllib
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from vowelscope.core.errors import ConfigError, FeatureError
from vowelscope.core.features import FeatureSpec

PRESETS = Path(__file__).parent / "presets"

DEPTHS: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    "resnet18": ("basic", (2, 2, 2, 2)),
    "resnet34": ("basic", (3, 4, 6, 3)),
    "resnet26": ("bottleneck", (2, 2, 2, 2)),
    "resnet50": ("bottleneck", (3, 4, 6, 3)),
    "resnet101": ("bottleneck", (3, 4, 23, 3)),
}
"""Kind and number of blocks in the four stages (He et al. 2016, table 1); resnet26 is ours."""

STARTS = ("scratch", "imagenet", "bundled")
"""Besides ``file:PATH``."""

_SAMPLINGS = ("balanced", "shuffled")
_SCHEDULES = ("cosine", "constant")

TO_GROW_FROM = ("resnet26",)
"""Not among torchvision's, so no model may end as one."""


@dataclass(frozen=True)
class Stage:
    """A stretch of training at one depth and one width.

    Attributes
    ----------
    architecture
        A key of `DEPTHS`. A deeper one than the stage before grows the network: identity blocks
        are added, so that it goes on from the same function (Chen et al. 2016, Net2Net).
    columns
        Width of the images in columns, cut from the middle of the model's window. The frequency
        axis is never cut or scaled.
    steps
        Optimiser steps; 0 where `epochs` says how long.
    epochs
        Times that as many samples are drawn as the training part has tokens; used by `resolved`.
    lr
        Peak learning rate of the warm-up and cosine.
    synthetic
        Chance that a sample is drawn from the sets that are for training only.
    mixup
        a of the Beta(a, a) from which the share of each image in a mixture of two is drawn, their
        labels mixed likewise (Zhang et al. 2018, arXiv:1710.09412); 0 mixes nothing. Rows keep
        their frequency.
    """

    architecture: str
    columns: int
    lr: float
    steps: int = 0
    epochs: float = 0.0
    synthetic: float = 0.3
    mixup: float = 0.0


@dataclass(frozen=True)
class Augment:
    """Changes that keep frequency true; each the bound of a uniform draw, or a chance."""

    shift_columns: int = 16
    gain_db: float = 3.0
    tilt_db: float = 6.0
    noise_low_db: float = -80.0
    noise_high_db: float = -30.0
    noise_chance: float = 0.7
    mask_chance: float = 0.4
    mask_rows: int = 16


@dataclass(frozen=True)
class Config:
    """A run.

    Attributes
    ----------
    start
        What the first stage's network starts from: see `start.begin`.
    sampling
        ``balanced``: each batch holds the classes equally often, whatever the corpus. ``shuffled``:
        each token once an epoch, in a random order, the sets as they are.
    schedule
        ``cosine``: warm-up, then half a cosine to 2 % of each stage's rate. ``constant``.
    features
        The model input (`vowelscope.core.features.FeatureSpec`); goes onto the card.
    stages
        In order; the last one's architecture is the model's.
    batch
        Samples of an optimiser step, over all processes together.
    """

    name: str
    classes: str = "vowels5"
    start: str = "scratch"
    features: FeatureSpec = field(default_factory=FeatureSpec)
    stages: tuple[Stage, ...] = ()
    augment: Augment = field(default_factory=Augment)
    batch: int = 32
    weight_decay: float = 0.05
    label_smoothing: float = 0.05
    sampling: Literal["balanced", "shuffled"] = "balanced"
    schedule: Literal["cosine", "constant"] = "cosine"
    warm_up: float = 0.1
    ema: float = 0.99
    seed: int = 1
    checkpoint_s: float = 120.0

    @property
    def architecture(self) -> str:
        """The model's architecture."""
        return self.stages[-1].architecture

    @property
    def total_steps(self) -> int:
        """Optimiser steps of all stages."""
        return sum(stage.steps for stage in self.stages)

    def resolved(self, training_tokens: int) -> Config:
        """The same with every stage's length in steps."""
        stages = tuple(
            replace(stage, steps=max(1, math.ceil(stage.epochs * training_tokens / self.batch)))
            if stage.epochs
            else stage
            for stage in self.stages
        )
        return replace(self, stages=stages)

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for the run's folder and the card."""
        return asdict(self)


def load_config(
    name_or_path: str,
    steps_scale: float = 1.0,
    start: str | None = None,
    batch: int | None = None,
    lr_scale: float = 1.0,
) -> Config:
    """Read a preset by name or a TOML file by path.

    Parameters
    ----------
    steps_scale
        Multiplies the steps of every stage; small values make a trial run.
    start
        Takes the place of the preset's own `start`.
    batch
        Takes the place of the preset's own `batch`.
    lr_scale
        Multiplies the learning rate of every stage.

    Raises
    ------
    ConfigError
        No such preset, not TOML, an unknown key, or a value of the wrong kind.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = PRESETS / f"{name_or_path}.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in PRESETS.glob("*.toml")))
        raise ConfigError(f"{name_or_path}: there is no such preset (known: {known}) or file.")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not a TOML file ({error}).") from error
    if start is not None:
        values["start"] = start
    if batch is not None:
        values["batch"] = batch
    config = _config(values, path, steps_scale)
    if not (math.isfinite(lr_scale) and lr_scale > 0):
        raise ConfigError(f"{path}: the learning rate times {lr_scale:g} is no learning rate.")
    stages = tuple(replace(stage, lr=stage.lr * lr_scale) for stage in config.stages)
    return replace(config, stages=stages)


def _config(values: dict[str, Any], path: Path, steps_scale: float) -> Config:
    values = dict(values)
    try:
        features = FeatureSpec.from_dict(values.pop("features", {}))
    except FeatureError as error:
        raise ConfigError(f"{path}: [features]: {error}") from error
    stages = []
    for number, stage in enumerate(values.pop("stages", []), 1):
        _known(stage, Stage, f"{path}: stage {number}")
        try:
            made = Stage(**stage)
        except TypeError as error:
            raise ConfigError(f"{path}: stage {number}: {error}.") from error
        if made.architecture not in DEPTHS:
            raise ConfigError(
                f"{path}: stage {number}: architecture {made.architecture!r} is not one of "
                f"{', '.join(DEPTHS)}."
            )
        if not 32 <= made.columns <= features.columns or not made.lr > 0:
            raise ConfigError(
                f"{path}: stage {number}: needs 32-{features.columns} columns and lr > 0."
            )
        if (made.steps < 1) != (made.epochs > 0):
            raise ConfigError(f"{path}: stage {number}: needs either steps or epochs above 0.")
        if not 0 <= made.mixup <= 10:
            raise ConfigError(f"{path}: stage {number}: mixup must lie within 0-10.")
        if made.epochs:
            stages.append(replace(made, epochs=made.epochs * steps_scale))
        else:
            stages.append(replace(made, steps=max(1, round(made.steps * steps_scale))))
    if not stages:
        raise ConfigError(f"{path}: there is no [[stages]] table, so nothing would be trained.")
    if stages[-1].architecture in TO_GROW_FROM:
        raise ConfigError(
            f"{path}: {stages[-1].architecture} only serves to grow from; the last stage must be "
            f"one of {', '.join(name for name in DEPTHS if name not in TO_GROW_FROM)}."
        )
    for before, after in itertools.pairwise(stages):
        (kind, shallow), (other, deep) = DEPTHS[before.architecture], DEPTHS[after.architecture]
        if kind != other or any(b > a for b, a in zip(shallow, deep, strict=True)):
            raise ConfigError(
                f"{path}: {before.architecture} cannot grow into {after.architecture}: a later "
                "stage needs the same kind of block and as many of them at least."
            )
    for key, known in (("sampling", _SAMPLINGS), ("schedule", _SCHEDULES)):
        if values.get(key, known[0]) not in known:
            raise ConfigError(f"{path}: {key} {values[key]!r} is not {' or '.join(known)}.")
    start = str(values.get("start", "scratch"))
    if start not in STARTS and not (start.startswith("file:") and start != "file:"):
        raise ConfigError(f"{path}: start {start!r} is not {', '.join(STARTS)} or file:PATH.")
    batch = values.get("batch", 1)
    if not isinstance(batch, int) or isinstance(batch, bool) or batch < 1:
        raise ConfigError(f"{path}: batch {batch!r} is not a whole number above 0.")
    augment = values.pop("augment", {})
    _known(augment, Augment, f"{path}: [augment]")
    _known(values, Config, str(path))
    try:
        return Config(features=features, stages=tuple(stages), augment=Augment(**augment), **values)
    except TypeError as error:
        raise ConfigError(f"{path}: {error}.") from error


def load_run(run: Path) -> tuple[Config, Path]:
    """The settings that a run's folder was made with, and its corpus.

    Raises
    ------
    ConfigError
        The folder holds no run.
    """
    path = run / "run.json"
    if not path.is_file():
        raise ConfigError(f"{run}: this folder holds no run (there is no run.json).")
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return _config(held["config"], path, 1.0), Path(held["corpus"])
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}: the file is damaged ({error}).") from error


def _known(values: dict[str, Any], kind: type, where: str) -> None:
    unknown = sorted(set(values) - {f.name for f in fields(kind)})
    if unknown:
        raise ConfigError(f"{where}: unknown key {', '.join(unknown)}.")
