"""The training loop: stages of a preset, on whatever Accelerate finds, resumable at any step."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import (
    DistributedDataParallelKwargs,
    InitProcessGroupKwargs,
    broadcast_object_list,
)
from torch.optim.swa_utils import update_bn

from vowelscope.core.errors import ConfigError
from vowelscope.core.features import normalise
from vowelscope.core.phones import load_class_map
from vowelscope_training import checkpoint
from vowelscope_training.batches import micro_batches
from vowelscope_training.board import Board, need_tensorboard
from vowelscope_training.config import load_run
from vowelscope_training.data import TokenSet, augment, draw, load_tokens
from vowelscope_training.events import Events
from vowelscope_training.network import build, grow
from vowelscope_training.settings import Config, Stage
from vowelscope_training.start import begin
from vowelscope_training.steps import Best, Work, train_stage, validate
from vowelscope_training.stopping import PeerLost, Stopped, Stopping, only_here

SOURCE_NAME = "started_from.txt"
"""In a run's folder: what its first weights were."""

_SETTLING_BATCHES = 16
_LONGEST_WAIT = datetime.timedelta(hours=6)
"""For one process that makes the images of a large corpus, or validates, while the others wait."""

FREE = ("micro_batch", "precision", "deterministic", "checkpoint_s", "tensorboard")
"""Keys that a run may change when it goes on: what it learns stays, only how it is reckoned."""


def train(corpus: Path, config: Config, run: Path) -> bool:
    """Train as `config` says and leave ``average.safetensors`` and the story in `run`.

    A run that was stopped goes on from its last checkpoint: what is drawn and how it is augmented
    depends on (seed, step) alone, so the end is that of an unbroken run. How to ask it to stop:
    `stopping.Stopping`.

    Returns
    -------
    bool
        Whether it came to its end; False if it was asked to stop.

    Raises
    ------
    ConfigError
        The run's folder holds a run of another preset, another process works in it, or the loss is
        no number any more.
    CorpusError
        The corpus cannot be used.
    PeerLost
        Another of the processes that share the run is gone.
    """
    accelerator = Accelerator(
        kwargs_handlers=[
            DistributedDataParallelKwargs(broadcast_buffers=False),
            InitProcessGroupKwargs(timeout=_LONGEST_WAIT),
        ]
    )
    try:
        whole = _train_here(accelerator, corpus, config, run)
        # Not left to the end of the process, where PyTorch's threads may be cut off and abort it.
        accelerator.wait_for_everyone()
        accelerator.end_training()
        return whole
    except RuntimeError as error:
        if not _is_of_a_peer(error):
            raise
        raise PeerLost(
            f"{run}: another process of this run has ended, and this one with it; the same command "
            "goes on from the last checkpoint."
        ) from error


def _train_here(accelerator: Accelerator, corpus: Path, config: Config, run: Path) -> bool:
    micro_batches(config, accelerator.num_processes)
    if config.tensorboard:
        need_tensorboard()
    with accelerator.main_process_first():
        if accelerator.is_main_process:
            _make(run)
    with (
        only_here(run, accelerator.is_main_process),
        Stopping(run, accelerator.is_main_process) as stopping,
        _repeatable(config.deterministic),
    ):
        if accelerator.is_main_process:
            _claim(run, corpus, config)
        try:
            with closing(Events(run, accelerator.is_main_process)) as events:
                return _train(accelerator, corpus, config, run, stopping, events)
        except Stopped:
            return False
        except (MemoryError, RuntimeError) as error:
            raise _memory_told(error, run, config, accelerator.num_processes) from error


def _train(
    accelerator: Accelerator,
    corpus: Path,
    config: Config,
    run: Path,
    stopping: Stopping,
    events: Events,
) -> bool:
    classes = load_class_map(config.classes).classes

    def on_features(done: int, total: int) -> None:
        if not accelerator.is_main_process:
            return
        events.emit("features", done=done, total=total)
        if stopping.wanted() == "now":
            events.emit("stopped", stage=0, step=0, total_step=0)
        stopping.raise_if_now()

    def load() -> TokenSet:
        shift = config.augment.shift_columns
        return load_tokens(corpus, classes, config.features, shift, run / "features", on_features)

    tokens = _main_first(accelerator, load)
    training = int((tokens.split == "train").sum())
    if not training:
        raise ConfigError(f"{corpus}: none of its tokens is for training.")
    events.emit(
        "data",
        tokens=len(tokens.rows),
        train=training,
        refused=tokens.refused[:20],
        split_hash=tokens.info["split"]["hash"],
        processes=accelerator.num_processes,
        device=str(accelerator.device),
    )
    config = config.resolved(training)
    work = Work(accelerator, tokens, config, run, events, stopping)
    torch.manual_seed(config.seed)
    at = checkpoint.where(run)
    if at is not None and at["stage"] >= len(config.stages):
        raise ConfigError(f"{run / checkpoint.NAME}: not a checkpoint of this run (its stage).")
    if config.tensorboard and accelerator.is_main_process:
        events.also = Board(run, config, _steps_done(at, config))
    first_architecture = config.stages[0].architecture
    model = build(first_architecture, len(classes), config.dilated)
    if at is None:
        source = begin(model, first_architecture, classes, config.start)
        if accelerator.is_main_process:
            (run / SOURCE_NAME).write_text(source, encoding="utf-8")
        events.emit("start", source=source)
    average = {k: v.clone() for k, v in model.state_dict().items()}
    done = 0
    for number, stage in enumerate(config.stages):
        if number and stage.architecture != config.stages[number - 1].architecture:
            model.load_state_dict(average)
            model = grow(model, stage.architecture, len(classes), config.dilated)
            average = {k: v.clone() for k, v in model.state_dict().items()}
        if at is not None and number < at["stage"]:
            done += stage.steps
            continue
        first, best = 0, Best()
        optimiser = _optimiser(model, config, stage)
        if at is not None and number == at["stage"]:
            first, best = at["step"], _best(at, run)
            checkpoint.load(run, model, average, optimiser)
        if not train_stage(work, model, average, optimiser, number, first, done, best):
            return False
        done += stage.steps
        model = accelerator.unwrap_model(model)
        if number == len(config.stages) - 1:
            _settle(model, average, tokens, config, done)
        if accelerator.is_main_process:
            validate(work, model, average, number, done)
    if accelerator.is_main_process:
        checkpoint.write(run / "average.safetensors", average)
        checkpoint.forget_best(run, -1)
    events.emit("finished", steps=done)
    return True


def _main_first(accelerator: Accelerator, load: Callable[[], TokenSet]) -> TokenSet:
    """Have the main process make the images, then the others find them; all stop if it stops."""
    made, stopped = None, [False]
    if accelerator.is_main_process:
        try:
            made = load()
        except Stopped:
            stopped = [True]
    if accelerator.num_processes > 1:
        broadcast_object_list(stopped)
    if stopped[0]:
        raise Stopped
    return load() if made is None else made


def _is_of_a_peer(error: Exception) -> bool:
    """Whether what the processes say to each other failed, because one of them is gone."""
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return False
    words = ("gloo", "nccl", "connection closed", "connection reset", "broken pipe", "tcpstore")
    text = str(error).lower()
    return isinstance(error, torch.distributed.DistError) or any(word in text for word in words)


def _steps_done(at: dict[str, Any] | None, config: Config) -> int:
    """Steps that a checkpoint has, over all stages."""
    if at is None:
        return 0
    return sum(stage.steps for stage in config.stages[: at["stage"]]) + int(at["step"])


def _best(at: dict[str, object], run: Path) -> Best:
    held = at.get("best", {})
    try:
        return Best(**held)  # type: ignore[arg-type]
    except TypeError:
        raise ConfigError(f"{run / checkpoint.NAME}: the checkpoint is damaged.") from None


def _make(run: Path) -> None:
    try:
        run.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{run}: the folder cannot be made ({error.strerror}).") from error


@contextmanager
def _repeatable(wanted: bool) -> Iterator[None]:
    """Only operations that give the same bits each time, where that is wanted."""
    before = torch.are_deterministic_algorithms_enabled()
    if wanted:
        # cuBLAS reads it when it is first used; without it PyTorch refuses to go on.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(wanted or before)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)


def _memory_told(error: Exception, run: Path, config: Config, processes: int) -> Exception:
    """A sentence for want of memory; every other fault as it is."""
    text = str(error).lower()
    lacking = ("out of memory", "can't allocate memory", "not enough memory")
    if not isinstance(error, (MemoryError, torch.cuda.OutOfMemoryError)) and not any(
        words in text for words in lacking
    ):
        return error
    at_once = config.micro_batch or config.batch // processes
    return ConfigError(
        f"{run}: there is not enough memory for {at_once} images at once; the same command with "
        f"--micro-batch {_half(config.batch, at_once)} goes on from the last checkpoint."
    )


def _half(batch: int, at_once: int) -> int:
    """The largest part of a batch that is half of what was too much, or less."""
    return max(n for n in range(1, max(1, at_once // 2) + 1) if batch % n == 0)


def _claim(run: Path, corpus: Path, config: Config) -> None:
    """Note what the run is; refuse a folder that holds another."""
    path = run / "run.json"
    if path.exists():
        held, of_corpus = load_run(run)
        alike = replace(held, **{key: getattr(config, key) for key in FREE})
        if alike != config or of_corpus != corpus.resolve():
            raise ConfigError(
                f"{run}: this folder holds a run with other settings; choose another folder."
            )
        if held == config:
            return
    told = {"config": config.to_dict(), "corpus": str(corpus.resolve())}
    draft = run / "run.json.draft"
    draft.write_text(json.dumps(told, indent=1), encoding="utf-8")
    draft.replace(path)


def _optimiser(model: torch.nn.Module, config: Config, stage: Stage) -> torch.optim.Optimizer:
    """AdamW; batch norm and biases without weight decay."""
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [
        {"params": decayed, "weight_decay": config.weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=stage.lr)


def _settle(
    model: torch.nn.Module,
    average: dict[str, torch.Tensor],
    tokens: TokenSet,
    config: Config,
    done: int,
) -> None:
    """Give the averaged weights batch-norm statistics of their own, on whole windows.

    The running average mixes in those of earlier weights and narrower images, which no image of
    the finished model has (Izmailov et al. 2018, arXiv:1803.05407, section 3.2).
    """
    spec = config.features
    stage = replace(config.stages[-1], columns=spec.columns)
    at_once = config.micro_batch or config.batch

    def batches() -> Iterator[torch.Tensor]:
        for step in range(done, done + _SETTLING_BATCHES):
            index = draw(tokens, stage, config, step)
            for part, first in enumerate(range(0, len(index), at_once)):
                cut = tokens.db[index[first : first + at_once]]
                image = augment(cut, spec.columns, spec, config.augment, config.seed, step, part)
                yield torch.from_numpy(normalise(image, spec)).to(next(model.parameters()).device)

    model.load_state_dict(average)
    update_bn(batches(), model)
    average.update({key: value.clone() for key, value in model.state_dict().items()})
