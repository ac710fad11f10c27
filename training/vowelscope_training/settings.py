"""The keys of a preset: what each means, its unit, its default and its bounds, in one place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from typing import Any, Literal

from vowelscope.core.features import FeatureSpec

Bands = tuple[tuple[float, float], ...]
"""(low, high) in Hz."""

DEPTHS: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    "resnet18": ("basic", (2, 2, 2, 2)),
    "resnet34": ("basic", (3, 4, 6, 3)),
    "resnet26": ("bottleneck", (2, 2, 2, 2)),
    "resnet50": ("bottleneck", (3, 4, 6, 3)),
    "resnet101": ("bottleneck", (3, 4, 23, 3)),
}
"""Kind and number of blocks in the four stages (He et al. 2016, table 1); resnet26 is ours."""


def _key(
    default: Any,
    about: str,
    unit: str = "",
    low: float = -math.inf,
    high: float = math.inf,
    choices: tuple[str, ...] = (),
) -> Any:
    return field(
        default=default,
        metadata={"about": about, "unit": unit, "low": low, "high": high, "choices": choices},
    )


@dataclass(frozen=True)
class Stage:
    """A stretch of training at one depth and one width; the keys of a ``[[stages]]`` table.

    A deeper architecture than that of the stage before grows the network: identity blocks are
    added, so that it goes on from the same function (Chen et al. 2016, Net2Net).
    """

    architecture: str = _key(MISSING, "which network", choices=tuple(DEPTHS))
    columns: int = _key(
        MISSING, "width of the images, cut from the middle of the window", "columns", 32
    )
    lr: float = _key(MISSING, "highest learning rate", low=0)
    steps: int = _key(0, "optimiser steps; 0 where `epochs` says how long", "steps", 0)
    epochs: float = _key(
        0.0, "times that as many samples are drawn as there are training tokens", "epochs", 0
    )
    synthetic: float = _key(
        0.3, "chance that a sample comes from the sets that are for training only", low=0, high=1
    )
    mixup: float = _key(
        0.0,
        "a of the Beta(a, a) that says how much each image in a mixture of two has (Zhang et al. "
        "2018, arXiv:1710.09412), the labels mixed likewise; 0 mixes nothing",
        low=0,
        high=10,
    )


@dataclass(frozen=True)
class Augment:
    """Changes to the training images that keep frequency true; the keys of ``[augment]``."""

    shift_columns: int = _key(16, "largest shift in time, either way", "columns", 0, 4096)
    gain_db: float = _key(3.0, "largest change of level, either way", "dB", 0, 100)
    tilt_db: float = _key(
        6.0, "largest change from the lowest to the highest row, either way", "dB", 0, 100
    )
    noise_low_db: float = _key(-80.0, "softest noise", "dB", -200, 100)
    noise_high_db: float = _key(-30.0, "loudest noise", "dB", -200, 100)
    noise_chance: float = _key(0.7, "chance of noise", low=0, high=1)
    mask_chance: float = _key(0.4, "chance that a band of rows is flattened", low=0, high=1)
    mask_rows: int = _key(16, "largest height of that band", "rows", 0)


@dataclass(frozen=True)
class Guide:
    """Region-guided training; the keys of ``[guide]``.

    The input mask is the same for every class, or it would tell the network the label. The penalty
    may know the label: it is not there when the model is used.
    """

    bands_hz: Bands = field(
        default=(),
        metadata={"about": "where a network should look, [low, high] of each band", "unit": "Hz"},
    )
    mask_chance: float = _key(
        0.0, "chance that a training image is made softer outside `bands_hz`", low=0, high=1
    )
    mask_db: float = _key(20.0, "how much softer it is made there", "dB", 0, 200)
    penalty: float = _key(
        0.0,
        "weight in the loss of the share of the true class's positive map that lies outside the "
        "bands",
        low=0,
        high=100,
    )
    classes: Mapping[str, Bands] = field(
        default_factory=dict,
        metadata={
            "about": "`[guide.classes]`: bands for the penalty of a class, instead of `bands_hz`",
            "unit": "Hz",
        },
    )

    @property
    def active(self) -> bool:
        """Whether it changes anything."""
        return self.penalty > 0 or self.mask_chance > 0


@dataclass(frozen=True)
class Config:
    """A run: the keys at the top of a preset, and its tables."""

    name: str = _key(MISSING, "what the run is called")
    classes: str = _key("vowels5", "class map: its name or a TOML file")
    start: str = _key("scratch", "scratch, imagenet, bundled or file:PATH")
    features: FeatureSpec = field(
        default_factory=FeatureSpec, metadata={"about": "`[features]`: the model input"}
    )
    stages: tuple[Stage, ...] = field(
        default=(),
        metadata={"about": "`[[stages]]`, in order; the last one's network is the model"},
    )
    augment: Augment = field(
        default_factory=Augment, metadata={"about": "`[augment]`: changes to training images"}
    )
    guide: Guide = field(
        default_factory=Guide, metadata={"about": "`[guide]`: region-guided training"}
    )
    dilated: bool = _key(
        False, "stage 4 of the network dilated instead of strided: maps of 14 x 14 cells, not 7 x 7"
    )
    batch: int = _key(32, "samples of an optimiser step, over all processes together", "images", 1)
    micro_batch: int = _key(
        0,
        "images that go through the network at once, and of which batch norm takes its statistics; "
        "less needs less memory; 0: the batch divided by the number of processes",
        "images",
        0,
    )
    weight_decay: float = _key(0.05, "AdamW's; batch norm and biases have none", low=0, high=10)
    label_smoothing: float = _key(
        0.05, "share of each label that is spread over all classes", low=0, high=0.99
    )
    sampling: Literal["balanced", "shuffled"] = _key(
        "balanced",
        "balanced: each batch holds the classes equally often. shuffled: each token once an epoch",
        choices=("balanced", "shuffled"),
    )
    schedule: Literal["cosine", "constant"] = _key(
        "cosine",
        "cosine: warm-up, then half a cosine to 2 % of each stage's rate. constant",
        choices=("cosine", "constant"),
    )
    warm_up: float = _key(0.1, "share of a stage in which the rate rises", low=0, high=1)
    ema: float = _key(
        0.99,
        "decay of the moving average of the weights, which is the model; 0: none",
        low=0,
        high=1,
    )
    validate_steps: int = _key(
        0,
        "steps between two validations; 0: once an epoch, and at the end of each stage",
        "steps",
        0,
    )
    patience: int = _key(
        0,
        "validations without a better macro-F1 after which a stage ends; its best averaged weights "
        "are kept. 0: a stage runs to its end and its last weights are kept",
        "validations",
        0,
    )
    precision: Literal["auto", "float32", "bfloat16"] = _key(
        "auto",
        "of the passes through the network. auto: bfloat16 where a GPU has it, else float32",
        choices=("auto", "float32", "bfloat16"),
    )
    deterministic: bool = _key(
        False,
        "only operations that give the same bits each time on the same machine, also however many "
        "processes share the micro-batches; slower on a GPU, and without effect on a processor, "
        "where they always do",
    )
    seed: int = _key(1, "of all that is drawn", low=0)
    checkpoint_s: float = _key(120.0, "time between two checkpoints", "s", 0)
    tensorboard: bool = _key(False, "write the events for TensorBoard too, in `tensorboard/`")

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


def key_table(kind: type) -> str:
    """The keys of a table as Markdown: name, default, unit, meaning."""
    lines = ["| key | default | unit | meaning |", "|---|---|---|---|"]
    for key in fields(kind):
        about = key.metadata.get("about", "")
        if not isinstance(about, str) or not about:
            raise ValueError(f"{kind.__name__}.{key.name} has no meaning")
        default = _shown(key.default)
        lines.append(f"| `{key.name}` | {default} | {key.metadata.get('unit', '')} | {about} |")
    return "\n".join(lines)


def _shown(default: Any) -> str:
    if default is MISSING or default == () or isinstance(default, tuple):
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, (int, float)) else str(default)
