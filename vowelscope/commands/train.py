"""`vowelscope train` and `vowelscope evaluate`: the training package, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vowelscope.app.training_process import follow, training_command
from vowelscope.core.errors import ConfigError, CorpusError


def train(
    corpus: Path,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    preset: str = "vowels-8k",
    init: str | None = None,
    architecture: str | None = None,
    steps_scale: float = 1.0,
    batch: int | None = None,
    micro_batch: int | None = None,
    lr_scale: float = 1.0,
    tensorboard: bool | None = None,
    gpus: str | None = None,
    processes: int | None = None,
    json: bool = False,
) -> int:
    """Train a network on a corpus.

    A run that was stopped goes on from its last checkpoint when the same command is given again.
    The run's folder then holds its settings, its events (events.jsonl) and its weights;
    `vowelscope evaluate RUN` tests them and makes the model folder.

    Parameters
    ----------
    corpus
        The Parquet file that `vowelscope corpus build` wrote.
    out
        Folder of the run.
    preset
        Name of a preset, or a TOML file.
    init
        What to start from, in the place of the preset's start: scratch, imagenet (torchvision's
        weights), bundled (the model in the box), or file:PATH (a model folder, or a safetensors
        file with torchvision's names).
    architecture
        The network of every stage, in the place of the preset's: resnet18, resnet34, resnet50 or
        resnet101.
    steps_scale
        Multiplies the steps of every stage: 0.01 is a trial.
    batch
        Tokens of an optimiser step, in the place of the preset's batch.
    micro_batch
        Images that go through the network at once; less needs less memory, and a run that goes on
        may change it.
    lr_scale
        Multiplies the learning rate of every stage.
    tensorboard
        Write the events for TensorBoard too, in the folder tensorboard of the run; by default as
        the preset says. Needs the package tensorboard: pip install 'vowelscope[tensorboard]'.
    gpus
        How many GPUs share the run, or the numbers of some: 2, or 0,2; 0 for none. Each has a
        process of its own. By default the first one that is found.
    processes
        How many processes share the run: one a GPU, or, where there is none, on the processor.
    json
        Print each event as a line of JSON instead of a progress bar.
    """
    if not corpus.is_file():
        raise CorpusError(f"{corpus}: there is no such corpus.")
    if not steps_scale > 0:
        raise ConfigError(f"--steps-scale {steps_scale:g}: must be above 0.")
    words = ["train", str(corpus), "--preset", preset, "-o", str(out)]
    words += ["--steps-scale", str(steps_scale)]
    words += ["--lr-scale", str(lr_scale)]
    words += ["--batch", str(batch)] if batch is not None else []
    words += ["--micro-batch", str(micro_batch)] if micro_batch is not None else []
    words += ["--init", init] if init else []
    words += ["--architecture", architecture] if architecture else []
    if tensorboard is not None:
        words += ["--tensorboard" if tensorboard else "--no-tensorboard"]
    words += ["--gpus", gpus] if gpus is not None else []
    words += ["--processes", str(processes)] if processes is not None else []
    command = training_command(words)
    if json:
        return subprocess.run(command, check=False).returncode
    return follow(command, sys.stderr)


def evaluate(
    run: Path,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    name: str = "",
    also: list[Path] | None = None,
    storage: str | None = None,
) -> int:
    """Test a finished run on held-out utterances, beside a formant baseline; make its model folder.

    Prints accuracy and macro-F1 of each set, stressed and unstressed apart, next to quadratic
    discriminant analysis on Praat's F1-F3 at 20, 50 and 80 % of the vowel, on the same split.

    Parameters
    ----------
    run
        Folder of the run.
    out
        Model folder to write; RUN/model by default.
    name
        The model's name; the preset's by default.
    also
        More corpora to test on, all of their tokens.
    storage
        float32, float16 or int8; by default the smallest that changes nothing that matters.
    """
    if not run.is_dir():
        raise ConfigError(f"{run}: there is no such folder.")
    words = ["evaluate", str(run)]
    words += ["-o", str(out)] if out else []
    words += ["--name", name] if name else []
    for path in also or []:
        words += ["--also", str(path)]
    words += ["--storage", storage] if storage else []
    return subprocess.run(training_command(words), check=False).returncode
