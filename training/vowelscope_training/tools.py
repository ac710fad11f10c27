"""What the window asks a child for before a run: presets, devices, a corpus; JSON events."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vowelscope.core.errors import ConfigError
from vowelscope_training.config import PRESETS, Config, load_config
from vowelscope_training.settings import DEPTHS


def say(event: str, **values: Any) -> None:
    """Print one event as a line of JSON."""
    print(json.dumps({"event": event, **values}, ensure_ascii=False), flush=True)


def tell_presets(paths: Sequence[Path]) -> None:
    """An event for each preset that comes with the program, or for each of `paths`.

    Raises
    ------
    ConfigError
        One of `paths` is no preset.
    """
    bundled = sorted(PRESETS.glob("*.toml"), key=lambda path: path.stem)
    for path in paths or bundled:
        if path.suffix != ".toml":
            raise ConfigError(f"{path}: a preset is a TOML file, with a name that ends in .toml.")
        config = load_config(str(path))
        say("preset", path=str(path), bundled=not paths, **_facts(config), description=_about(path))


def _facts(config: Config) -> dict[str, Any]:
    return {
        "name": config.name,
        "classes": config.classes,
        "architecture": config.architecture,
        "networks": [
            name for name, (kind, _) in DEPTHS.items() if kind != "basic" or not config.dilated
        ],
        "f_max_hz": config.features.f_max_hz,
        "start": config.start,
        "batch": config.batch,
        "tensorboard": config.tensorboard,
        "lr": max(stage.lr for stage in config.stages),
        "stages": [
            {
                "architecture": stage.architecture,
                "columns": stage.columns,
                "steps": stage.steps,
                "epochs": stage.epochs,
                "lr": stage.lr,
            }
            for stage in config.stages
        ],
    }


def _about(path: Path) -> str:
    """The comment at the head of a preset, as one paragraph."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").strip())
    return " ".join(lines)


def tell_devices() -> None:
    """An event with what a run may use: this processor, and each GPU with its memory in bytes."""
    import psutil
    import torch

    memory = psutil.virtual_memory()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found: list[dict[str, Any]] = [
        {
            "device": "cpu",
            "name": platform.processor() or platform.machine(),
            "cores": cores,
            "memory_bytes": memory.total,
            "free_bytes": memory.available,
        }
    ]
    for index in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(index)
        found.append(
            {
                "device": f"cuda:{index}",
                "name": torch.cuda.get_device_name(index),
                "memory_bytes": total,
                "free_bytes": free,
            }
        )
    say("devices", devices=found)


def make_corpus(options: Any) -> None:
    """Build a corpus, saying how far it is, and what it holds at the end.

    Raises
    ------
    CorpusError
        See `vowelscope.core.corpus.build_corpus`.
    """
    from vowelscope.core.corpus import build_corpus
    from vowelscope.core.phones import load_class_map

    words = ["vowelscope", "corpus", "build", *map(str, options.folders), "-o", str(options.out)]
    words += ["--classes", options.classes, "--split", options.split, "--seed", str(options.seed)]
    words += ["--test", f"{options.test:g}", "--val", f"{options.val:g}"]
    report = build_corpus(
        options.folders,
        load_class_map(options.classes),
        options.out,
        by=options.split,
        seed=options.seed,
        test=options.test,
        val=options.val,
        jobs=os.cpu_count() or 1,
        command=" ".join(words),
        progress=lambda done, total: say("corpus_progress", done=done, total=total),
    )
    tell_corpus(options.out, report.as_dict())


def tell_corpus(path: Path, report: dict[str, Any] | None = None) -> None:
    """An event with what a corpus holds, and what was met when it was built, if that is known.

    Raises
    ------
    CorpusError
        It is no corpus.
    """
    from vowelscope.core.corpus import read_corpus
    from vowelscope.core.corpus_summary import summarise

    summary = summarise(read_corpus(path))
    for key in ("words", "labels", "histograms", "examples"):
        summary.pop(key, None)  # as long as the corpus, and not for a window
    say("corpus", path=str(path), summary=summary, report=report)
