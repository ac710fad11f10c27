"""Presets: everything that decides a run, as TOML, checked before anything is trained."""

from __future__ import annotations

import itertools
import json
import math
import tomllib
from dataclasses import MISSING, Field, fields, replace
from pathlib import Path
from typing import Any

from vowelscope.core.errors import ConfigError, FeatureError, UserError
from vowelscope.core.features import FeatureSpec
from vowelscope.core.phones import load_class_map
from vowelscope_training.settings import DEPTHS, Augment, Bands, Config, Guide, Stage

__all__ = [
    "DEPTHS",
    "PRESETS",
    "STARTS",
    "Augment",
    "Config",
    "Guide",
    "Stage",
    "load_config",
    "load_run",
]

PRESETS = Path(__file__).parent / "presets"

STARTS = ("scratch", "imagenet", "bundled")
"""Besides ``file:PATH``."""

TO_GROW_FROM = ("resnet26",)
"""Not among torchvision's, so no model may end as one."""


def load_config(
    name_or_path: str,
    steps_scale: float = 1.0,
    start: str | None = None,
    batch: int | None = None,
    lr_scale: float = 1.0,
    micro_batch: int | None = None,
    architecture: str | None = None,
    tensorboard: bool | None = None,
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
    micro_batch
        Takes the place of the preset's own `micro_batch`.
    architecture
        The network of every stage, in the place of the preset's own; nothing grows.
    tensorboard
        Takes the place of the preset's own `tensorboard`.

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
    if micro_batch is not None:
        values["micro_batch"] = micro_batch
    if architecture is not None:
        for stage in values.get("stages", ()) if isinstance(values.get("stages"), list) else ():
            if isinstance(stage, dict):
                stage["architecture"] = architecture
    if tensorboard is not None:
        values["tensorboard"] = tensorboard
    config = _config(values, path, steps_scale)
    if not (math.isfinite(lr_scale) and lr_scale > 0):
        raise ConfigError(f"{path}: the learning rate times {lr_scale:g} is no learning rate.")
    stages = tuple(replace(stage, lr=stage.lr * lr_scale) for stage in config.stages)
    return replace(config, stages=stages)


def _config(values: dict[str, Any], path: Path, steps_scale: float) -> Config:
    values = dict(values)
    where = str(path)
    if not (math.isfinite(steps_scale) and steps_scale > 0):
        raise ConfigError(f"{where}: the steps times {steps_scale:g} are no steps.")
    features = _features(_table(values, "features", where), f"{where}: [features]")
    tables = values.pop("stages", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(f"{where}: stages are written as [[stages]] tables.")
    if not tables:
        raise ConfigError(f"{where}: there is no [[stages]] table, so nothing would be trained.")
    stages = [
        _scaled(_stage(table, features, f"{where}: stage {number}"), steps_scale)
        for number, table in enumerate(tables, 1)
    ]
    _check_growth(stages, where)
    augment = _table(values, "augment", where)
    _check_keys(augment, Augment, f"{where}: [augment]")
    guide = _table(values, "guide", where)
    _check_keys(values, Config, where)
    start = values.get("start", "scratch")
    if start not in STARTS and not (start.startswith("file:") and start != "file:"):
        raise ConfigError(f"{where}: start {start!r} is not {', '.join(STARTS)} or file:PATH.")
    config = Config(features=features, stages=tuple(stages), augment=Augment(**augment), **values)
    config = replace(config, guide=_guide(guide, config, f"{where}: [guide]"))
    for stage in config.stages:
        if config.dilated and DEPTHS[stage.architecture][0] == "basic":
            raise ConfigError(
                f"{where}: {stage.architecture} cannot have a dilated stage 4; that needs "
                "bottleneck blocks, as resnet50 and resnet101 have them."
            )
    if config.micro_batch and config.batch % config.micro_batch:
        raise ConfigError(
            f"{where}: batch {config.batch} is not a multiple of micro_batch {config.micro_batch}."
        )
    return config


def _table(values: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    table = values.pop(name, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: {name} is written as a table, [{name}].")
    return dict(table)


def _features(values: dict[str, Any], where: str) -> FeatureSpec:
    try:
        known = {key: value for key, value in values.items() if key in _names(FeatureSpec)}
        _check_keys(known, FeatureSpec, where)
        return FeatureSpec.from_dict(values)
    except FeatureError as error:
        raise ConfigError(f"{where}: {error}") from error


def _stage(values: dict[str, Any], features: FeatureSpec, where: str) -> Stage:
    _check_keys(values, Stage, where)
    stage = Stage(**values)
    if not 32 <= stage.columns <= features.columns or not stage.lr > 0:
        raise ConfigError(f"{where}: needs 32-{features.columns} columns and lr > 0.")
    if (stage.steps < 1) != (stage.epochs > 0):
        raise ConfigError(f"{where}: needs either steps or epochs above 0.")
    return stage


def _scaled(stage: Stage, steps_scale: float) -> Stage:
    if stage.epochs:
        return replace(stage, epochs=stage.epochs * steps_scale)
    return replace(stage, steps=max(1, round(stage.steps * steps_scale)))


def _check_growth(stages: list[Stage], where: str) -> None:
    last = stages[-1].architecture
    if last in TO_GROW_FROM:
        raise ConfigError(
            f"{where}: {last} only serves to grow from; the last stage must be "
            f"one of {', '.join(name for name in DEPTHS if name not in TO_GROW_FROM)}."
        )
    for before, after in itertools.pairwise(stages):
        (kind, shallow), (other, deep) = DEPTHS[before.architecture], DEPTHS[after.architecture]
        if kind != other or any(b > a for b, a in zip(shallow, deep, strict=True)):
            raise ConfigError(
                f"{where}: {before.architecture} cannot grow into {after.architecture}: a later "
                "stage needs the same kind of block and as many of them at least."
            )


def _guide(values: dict[str, Any], config: Config, where: str) -> Guide:
    classes = values.pop("classes", {})
    _check_keys(values, Guide, where)
    if not isinstance(classes, dict):
        raise ConfigError(f"{where}: bands of classes are written as a table, [guide.classes].")
    f_max_hz = config.features.f_max_hz
    bands = _bands(values.pop("bands_hz", ()), f_max_hz, f"{where}: bands_hz")
    guide = Guide(
        bands_hz=bands,
        classes={
            name: _bands(of_class, f_max_hz, f"{where}: classes: {name}")
            for name, of_class in classes.items()
        },
        **values,
    )
    if guide.mask_chance and not bands:
        raise ConfigError(f"{where}: mask_chance needs bands_hz.")
    if not guide.classes and not guide.penalty:
        return guide
    try:
        known = load_class_map(config.classes).classes
    except UserError as error:
        raise ConfigError(f"{where}: {error}") from error
    for name in guide.classes:
        if name not in known:
            raise ConfigError(
                f"{where}: {name!r} is no class of {config.classes} ({', '.join(known)})."
            )
    if guide.penalty and not bands and set(guide.classes) != set(known):
        raise ConfigError(f"{where}: penalty needs bands_hz, or bands of every class.")
    return guide


def _bands(values: Any, f_max_hz: float, where: str) -> Bands:
    bands: list[tuple[float, float]] = []
    listed: Any = values if isinstance(values, (list, tuple)) else [values]
    for band in listed:
        try:
            low_hz, high_hz = (float(edge) for edge in band)
        except (TypeError, ValueError):
            raise ConfigError(f"{where}: bands are written as [[low, high], ...] in Hz.") from None
        if not 0 <= low_hz < high_hz or not low_hz < f_max_hz or not math.isfinite(high_hz):
            raise ConfigError(
                f"{where}: a band from {low_hz:g} to {high_hz:g} Hz; it must rise and begin within "
                f"0-{f_max_hz:g} Hz."
            )
        bands.append((low_hz, high_hz))
    return tuple(bands)


def _check_keys(values: dict[str, Any], kind: type, where: str) -> None:
    """Names, types, bounds and choices of a table's keys."""
    unknown = sorted(set(values) - _names(kind))
    if unknown:
        raise ConfigError(f"{where}: unknown key {', '.join(unknown)}.")
    for key in fields(kind):
        if key.name in values:
            _check_value(values[key.name], key, values, where)
        elif key.default is MISSING and key.default_factory is MISSING:
            raise ConfigError(f"{where}: {key.name} is missing.")


def _check_value(value: Any, key: Field[Any], values: dict[str, Any], where: str) -> None:
    of, choices = str(key.type), key.metadata.get("choices", ())
    if choices and value not in choices:
        told = ", ".join(choices[:-1]) + f" or {choices[-1]}"
        if len(choices) > 3:
            told = f"one of {', '.join(choices)}"
        raise ConfigError(f"{where}: {key.name} {value!r} is not {told}.")
    kinds: dict[str, tuple[tuple[type, ...], str]] = {
        "int": ((int,), "a whole number"),
        "float": ((int, float), "a number"),
        "bool": ((bool,), "true or false"),
        "str": ((str,), "a text"),
    }
    if of not in kinds:
        return
    types, told = kinds[of]
    if not isinstance(value, types) or (isinstance(value, bool) and of != "bool"):
        raise ConfigError(f"{where}: {key.name} {value!r} is not {told}.")
    if of in ("int", "float"):
        given: Any = value
        low = key.metadata.get("low", -math.inf)
        high = key.metadata.get("high", math.inf)
        if not low <= given <= high or not abs(given) < 1e18:
            if math.isfinite(high):
                bounds = f"within {low:g}-{high:g}"
            elif of == "int" and low == 1:
                bounds = "a whole number above 0"
            else:
                bounds = f"{low:g} or more" if math.isfinite(low) else "a finite number"
            raise ConfigError(f"{where}: {key.name} {value!r} is not {bounds}.")
        if of == "float":
            values[key.name] = float(given)


def _names(kind: type) -> set[str]:
    return {key.name for key in fields(kind)}


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
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path}: the file is damaged ({error}).") from error
