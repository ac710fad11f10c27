"""The training loop: stages of a preset, on whatever Accelerate finds, resumable at any step."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from torch.nn.functional import cross_entropy
from torch.optim.swa_utils import update_bn

from vowelscope.core.errors import ConfigError
from vowelscope.core.features import normalise
from vowelscope.core.phones import load_class_map
from vowelscope_training import checkpoint
from vowelscope_training.config import Config, Stage
from vowelscope_training.data import TokenSet, augment, draw, load_tokens, mix
from vowelscope_training.evaluate import predict, scores
from vowelscope_training.events import Events
from vowelscope_training.network import build, grow, update_average
from vowelscope_training.start import begin
from vowelscope_training.stopping import Stopped, Stopping, only_here

SOURCE_NAME = "started_from.txt"
"""In a run's folder: what its first weights were."""

_SETTLING_BATCHES = 16


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
    """
    accelerator = Accelerator()
    run.mkdir(parents=True, exist_ok=True)
    with only_here(run, accelerator.is_main_process), Stopping(run) as stopping:
        _claim(run, corpus, config)
        try:
            return _train(accelerator, corpus, config, run, stopping)
        except Stopped:
            return False


def _train(
    accelerator: Accelerator, corpus: Path, config: Config, run: Path, stopping: Stopping
) -> bool:
    events = Events(run, accelerator.is_main_process)
    classes = load_class_map(config.classes).classes

    def on_features(done: int, total: int) -> None:
        events.emit("features", done=done, total=total)
        if stopping.wanted() == "now":
            events.emit("stopped", stage=0, step=0, total_step=0)
        stopping.raise_if_now()

    with accelerator.main_process_first():
        tokens = load_tokens(
            corpus,
            classes,
            config.features,
            config.augment.shift_columns,
            run / "features",
            on_features,
        )
    events.emit(
        "data",
        tokens=len(tokens.rows),
        train=int((tokens.split == "train").sum()),
        refused=tokens.refused[:20],
        split_hash=tokens.info["split"]["hash"],
    )
    config = config.resolved(int((tokens.split == "train").sum()))
    torch.manual_seed(config.seed)
    at = checkpoint.where(run)
    first_architecture = config.stages[0].architecture
    model = build(first_architecture, len(classes))
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
            model = grow(model, stage.architecture, len(classes))
            average = {k: v.clone() for k, v in model.state_dict().items()}
        if at is not None and number < at["stage"]:
            done += stage.steps
            continue
        first = 0
        optimiser = _optimiser(model, config, stage)
        if at is not None and number == at["stage"]:
            first = at["step"]
            checkpoint.load(run, model, average, optimiser)
        whole = _stage(
            accelerator,
            model,
            average,
            optimiser,
            tokens,
            config,
            number,
            first,
            done,
            run,
            events,
            stopping,
        )
        if not whole:
            return False
        done += stage.steps
        model = accelerator.unwrap_model(model)
        if number == len(config.stages) - 1:
            _settle(model, average, tokens, config, done)
        _validate(model, average, tokens, config, number, done, events)
    if accelerator.is_main_process:
        from safetensors.torch import save_file

        save_file(
            {k: v.cpu().contiguous() for k, v in average.items()}, run / "average.safetensors"
        )
    events.emit("finished", steps=done)
    return True


def _claim(run: Path, corpus: Path, config: Config) -> None:
    """Note what the run is; refuse a folder that holds another."""
    wanted = json.loads(json.dumps({"config": config.to_dict(), "corpus": str(corpus.resolve())}))
    path = run / "run.json"
    if path.exists():
        if json.loads(path.read_text(encoding="utf-8")) != wanted:
            raise ConfigError(
                f"{run}: this folder holds a run with other settings; choose another folder."
            )
        return
    path.write_text(json.dumps(wanted, indent=1), encoding="utf-8")


def _optimiser(model: torch.nn.Module, config: Config, stage: Stage) -> torch.optim.Optimizer:
    """AdamW; batch norm and biases without weight decay."""
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [
        {"params": decayed, "weight_decay": config.weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=stage.lr)


def learning_rate(stage: Stage, step: int, config: Config) -> float:
    """Linear warm-up over the first share of the stage, then half a cosine to 2 %; or constant."""
    if config.schedule == "constant":
        return stage.lr
    rising = max(1, round(stage.steps * config.warm_up))
    if step < rising:
        return stage.lr * (step + 1) / rising
    phase = (step - rising) / max(1, stage.steps - rising)
    return stage.lr * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * phase)))


def _stage(
    accelerator: Accelerator,
    model: Any,
    average: dict[str, torch.Tensor],
    optimiser: Any,
    tokens: TokenSet,
    config: Config,
    number: int,
    first: int,
    before: int,
    run: Path,
    events: Events,
    stopping: Stopping,
) -> bool:
    """Train one stage; False if the run was asked to stop, after a checkpoint."""
    stage = config.stages[number]
    epoch = max(1, math.ceil(int((tokens.split == "train").sum()) / config.batch))
    bare = model.to(memory_format=torch.channels_last)
    model, optimiser = accelerator.prepare(model, optimiser)
    average_on = {k: v.to(accelerator.device) for k, v in average.items()}
    rank, world = accelerator.process_index, accelerator.num_processes
    loss_of = partial(cross_entropy, label_smoothing=config.label_smoothing, reduction="none")
    model.train()
    saved_s = started_s = time.monotonic()
    for step in range(first, stage.steps):
        whole = draw(tokens, stage, config, before + step)
        index = whole[rank::world]
        image = augment(
            tokens.db[index],
            stage.columns,
            config.features,
            config.augment,
            config.seed * world + rank,
            before + step,
        )
        labels = tokens.y[index]
        partner, share = np.arange(len(index)), np.ones(len(index), dtype=np.float32)
        if stage.mixup:
            own = config.seed * world + rank
            image, partner, share = mix(image, stage.mixup, own, before + step)
        x = torch.from_numpy(normalise(image, config.features)).to(
            accelerator.device, memory_format=torch.channels_last
        )
        y, other, weight = (
            torch.from_numpy(part).to(accelerator.device)
            for part in (labels, labels[partner], share)
        )
        rate = learning_rate(stage, step, config)
        for group in optimiser.param_groups:
            group["lr"] = rate
        logits = model(x)
        loss = (weight * loss_of(logits, y) + (1 - weight) * loss_of(logits, other)).mean()
        value = float(loss.detach())
        if not math.isfinite(value):
            raise ConfigError(
                f"{run}: the loss is no number at step {before + step}; the checkpoint before it "
                "is kept, a lower learning rate may go on from there."
            )
        optimiser.zero_grad()
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        decay = min(config.ema, (1 + before + step) / (10 + before + step))
        update_average(average_on, accelerator.unwrap_model(model), decay)
        now_s = time.monotonic()
        per_s = (step + 1 - first) * config.batch / (now_s - started_s)
        events.emit(
            "step",
            stage=number,
            step=step + 1,
            of=stage.steps,
            total_step=before + step + 1,
            total=config.total_steps,
            loss=round(value, 5),
            accuracy=round(float((logits.argmax(1) == y).float().mean()), 4),
            lr=rate,
            images_per_s=round(per_s, 2),
        )
        last = step + 1 == stage.steps
        epoch_ends = last or (before + step + 1) % epoch == 0
        wanted = _agreed(accelerator, stopping)
        stops = wanted == "now" or (wanted == "epoch" and epoch_ends)
        if now_s - saved_s > config.checkpoint_s or last or stops:
            for key, tensor in average_on.items():
                average[key].copy_(tensor)
            if accelerator.is_main_process:
                where = {"stage": number, "step": step + 1}
                checkpoint.save(run, bare, average, optimiser, where)
                events.emit("checkpoint", **where)
            saved_s = now_s
        if epoch_ends and not last and wanted != "now":
            for key, tensor in average_on.items():
                average[key].copy_(tensor)
            _validate(
                accelerator.unwrap_model(model),
                average,
                tokens,
                config,
                number,
                before + step + 1,
                events,
            )
        if stops and not (last and number == len(config.stages) - 1):
            events.emit("stopped", stage=number, step=step + 1, total_step=before + step + 1)
            return False
    return True


_WISHES = ("", "epoch", "now")


def _agreed(accelerator: Accelerator, stopping: Stopping) -> str:
    """The strongest wish to stop of all processes, so that they leave the loop together."""
    wanted = _WISHES.index(stopping.wanted())
    if accelerator.num_processes > 1:
        mine = torch.tensor([wanted], device=accelerator.device)
        wanted = int(accelerator.gather(mine).max())
    return _WISHES[wanted]


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

    def batches() -> Iterator[torch.Tensor]:
        for step in range(done, done + _SETTLING_BATCHES):
            index = draw(tokens, stage, config, step)
            cut = tokens.db[index]
            image = augment(cut, spec.columns, spec, config.augment, config.seed, step)
            yield torch.from_numpy(normalise(image, spec)).to(next(model.parameters()).device)

    model.load_state_dict(average)
    update_bn(batches(), model)
    average.update({key: value.clone() for key, value in model.state_dict().items()})


def _validate(
    model: torch.nn.Module,
    average: dict[str, torch.Tensor],
    tokens: TokenSet,
    config: Config,
    number: int,
    done: int,
    events: Events,
) -> None:
    """Score the averaged weights on the validation part, whole windows, without augmentation."""
    index = (tokens.split == "val").nonzero()[0]
    if not len(index):
        return
    current = {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(average)
    logits = predict(model, tokens, index, config.features)
    model.load_state_dict(current)
    result = scores(tokens.y[index], logits.argmax(1), tokens.classes)
    events.emit("validation", stage=number, total_step=done, tokens=len(index), **result)
