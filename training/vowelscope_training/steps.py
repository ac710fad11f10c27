"""One stage of a run, step by step: micro-batches, statistics, validation, checkpoints."""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast
from torch.nn.functional import cross_entropy

from vowelscope.core.errors import ConfigError
from vowelscope.explain.resnet import cell_stride
from vowelscope_training import checkpoint
from vowelscope_training.batches import MicroBatch, make_batch, micro_batches
from vowelscope_training.data import TokenSet
from vowelscope_training.evaluate import predict, scores
from vowelscope_training.events import Events
from vowelscope_training.feeding import feed
from vowelscope_training.guide import Penalty
from vowelscope_training.network import update_average
from vowelscope_training.settings import Config, Stage
from vowelscope_training.stopping import Stopping
from vowelscope_training.sums import OrderedSum

State = dict[str, torch.Tensor]

_WISHES = ("", "epoch", "now")


@dataclass
class Best:
    """The best validation of a stage so far.

    Attributes
    ----------
    macro_f1
        Its macro-F1; -1 before the first validation.
    step
        Its step, counted over all stages; -1 before the first.
    waited
        Validations since then.
    """

    macro_f1: float = -1.0
    step: int = -1
    waited: int = 0

    def take(self, macro_f1: float, step: int) -> bool:
        """Note a validation; True if it is the best."""
        if macro_f1 > self.macro_f1:
            self.macro_f1, self.step, self.waited = macro_f1, step, 0
            return True
        self.waited += 1
        return False


@dataclass(frozen=True)
class Work:
    """What a run works with."""

    accelerator: Accelerator
    tokens: TokenSet
    config: Config
    run: Path
    events: Events
    stopping: Stopping

    @property
    def epoch_steps(self) -> int:
        """Steps in which as many samples are drawn as there are training tokens."""
        tokens = int((self.tokens.split == "train").sum())
        return max(1, math.ceil(tokens / self.config.batch))


def learning_rate(stage: Stage, step: int, config: Config) -> float:
    """Linear warm-up over the first share of the stage, then half a cosine to 2 %; or constant."""
    if config.schedule == "constant":
        return stage.lr
    rising = max(1, round(stage.steps * config.warm_up))
    if step < rising:
        return stage.lr * (step + 1) / rising
    phase = (step - rising) / max(1, stage.steps - rising)
    return stage.lr * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * phase)))


def train_stage(
    work: Work,
    model: torch.nn.Module,
    average: State,
    optimiser: Any,
    number: int,
    first: int,
    before: int,
    best: Best,
) -> bool:
    """Train one stage; False if the run was asked to stop, after a checkpoint.

    Parameters
    ----------
    average
        The averaged weights; at the end, with `patience`, those of the best validation.
    first, before
        The step of the stage to begin with, and the steps of the stages before.
    best
        What a stage that goes on from a checkpoint had found.

    Raises
    ------
    ConfigError
        The loss is no number, or the checkpoint cannot be written.
    """
    accelerator, config, events = work.accelerator, work.config, work.events
    stage, epoch = config.stages[number], work.epoch_steps
    every = config.validate_steps or epoch
    bare = model.to(memory_format=torch.channels_last)
    if _in_order(work):
        model = accelerator.prepare_model(model, evaluation_mode=True)  # it is not to add up itself
        broadcast(list(bare.state_dict().values()))
        optimiser = accelerator.prepare(optimiser)
    else:
        model, optimiser = accelerator.prepare(model, optimiser)
    average_on = {k: v.to(accelerator.device) for k, v in average.items()}
    passes = _Passes(work, model, bare)
    model.train()
    saved_s = started_s = time.monotonic()
    with closing(_batches(work, stage, first, before)) as batches:
        for step, micros in enumerate(batches, first):
            total = before + step + 1
            rate = learning_rate(stage, step, config)
            for group in optimiser.param_groups:
                group["lr"] = rate
            optimiser.zero_grad()
            loss, accuracy, wanted = passes.run(micros, work.stopping.wanted())
            if not math.isfinite(loss):
                raise ConfigError(
                    f"{work.run}: the loss is no number at step {total - 1}; the checkpoint before "
                    "it is kept, a lower learning rate may go on from there."
                )
            accelerator.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            update_average(average_on, bare, min(config.ema, total / (9 + total)))
            now_s = time.monotonic()
            events.emit(
                "step",
                stage=number,
                step=step + 1,
                of=stage.steps,
                total_step=total,
                total=config.total_steps,
                loss=round(loss, 5),
                accuracy=round(accuracy, 4),
                lr=rate,
                images_per_s=round((step + 1 - first) * config.batch / (now_s - started_s), 2),
            )
            last = step + 1 == stage.steps
            stops = wanted == "now" or (wanted == "epoch" and (last or total % epoch == 0))
            if config.patience:
                validates = last or total % every == 0
            else:
                validates = not last and total % every == 0 and wanted != "now"
            ended = False
            if validates:
                _keep(average, average_on)
                ended = _validated(work, bare, average, number, total, best)
            if (
                now_s - saved_s > config.checkpoint_s
                or last
                or stops
                or ended
                or best.step == total
            ):
                _keep(average, average_on)
                where = {"stage": number, "step": stage.steps if ended else step + 1}
                if accelerator.is_main_process:
                    told = {**where, "best": asdict(best)} if config.patience else where
                    checkpoint.save(work.run, bare, average, optimiser, told)
                    events.emit("checkpoint", **where)
                    checkpoint.forget_best(work.run, best.step)
                saved_s = now_s
            if ended:
                best_of = {"best_step": best.step, "macro_f1": best.macro_f1}
                events.emit("early_stop", stage=number, total_step=total, **best_of)
            if stops and not ((last or ended) and number == len(config.stages) - 1):
                events.emit("stopped", stage=number, step=step + 1, total_step=total)
                return False
            if ended:
                break
    if config.patience and best.step >= 0:
        accelerator.wait_for_everyone()
        _keep(average, checkpoint.load_best(work.run, best.step))
    return True


def _in_order(work: Work) -> bool:
    """Whether the micro-batches of several processes are added up as one process does it.

    On a GPU that is left to the switch: there PyTorch adds up beside the backward pass.
    """
    on_processor = work.accelerator.device.type == "cpu"
    return work.accelerator.num_processes > 1 and (on_processor or work.config.deterministic)


def _batches(
    work: Work, stage: Stage, first: int, before: int
) -> Generator[list[MicroBatch], None, None]:
    rank, world = work.accelerator.process_index, work.accelerator.num_processes
    count = micro_batches(work.config, world)

    def make(step: int) -> list[MicroBatch]:
        mine = range(rank, count, world)
        return make_batch(work.tokens, stage, work.config, before + step, count, mine)

    def on_fault(reason: str) -> None:
        work.events.emit("feeding", text=f"batches come from threads now ({reason})")

    device = work.accelerator.device
    return feed(make, range(first, stage.steps), device, world, on_fault)


def _keep(average: State, newer: State) -> None:
    for key, tensor in newer.items():
        average[key].copy_(tensor)


class _Passes:
    """Forward and backward through the micro-batches of a step, here and on other processes.

    The gradient is that of the mean loss over the whole step. Batch norm takes its statistics of
    each micro-batch, and its running statistics move by the mean over all micro-batches: the end
    is the same however many processes share them (Hoffer, Hubara & Soudry 2017, "Train longer,
    generalize better", call such micro-batches ghost batches).
    """

    def __init__(self, work: Work, model: Any, bare: torch.nn.Module) -> None:
        config, device = work.config, work.accelerator.device
        self._accelerator, self._model = work.accelerator, model
        self._world = work.accelerator.num_processes
        self._count = micro_batches(config, self._world)
        self._loss = partial(
            cross_entropy, label_smoothing=config.label_smoothing, reduction="none"
        )
        self._weight = config.guide.penalty
        self._penalty = None
        if self._weight:
            stride = cell_stride(config.dilated)
            self._penalty = Penalty(
                config.guide, work.tokens.classes, config.features, stride, device
            )
        half = config.precision == "bfloat16" or (
            config.precision == "auto"
            and device.type == "cuda"
            and torch.cuda.is_bf16_supported(including_emulation=False)
        )
        self._autocast = partial(torch.autocast, device.type, torch.bfloat16, enabled=half)
        self._sum = OrderedSum(list(bare.parameters()), self._world) if _in_order(work) else None
        self._moving = [b for b in bare.buffers() if b.is_floating_point()]
        self._counters = [b for b in bare.buffers() if not b.is_floating_point()]

    def run(self, micros: list[MicroBatch], wish: str) -> tuple[float, float, str]:
        """Leave the step's gradient in the parameters.

        Returns
        -------
        loss, accuracy, wish
            Means over the step; the strongest wish to stop of all processes, so that they leave
            the loop together.
        """
        alone = self._count == 1
        start = None if alone else self._statistics()
        counted = [] if alone else [counter.clone() for counter in self._counters]
        summed = torch.zeros_like(start) if start is not None else None
        said = torch.zeros(2, device=self._accelerator.device)
        for number, micro in enumerate(micros):
            if start is not None and number:
                self._restore(start)
            in_part = self._sum is None and number + 1 < len(micros)
            with self._accelerator.no_sync(self._model) if in_part else nullcontext():
                loss, right = self._pass(micro)
                shares = 1 if self._sum is not None else self._world
                self._accelerator.backward(loss * (shares / micro.of))
            of_micro = torch.stack([loss.detach(), right.to(loss.dtype)]) / micro.of
            if self._sum is not None:
                self._sum.add(torch.cat([self._statistics(), of_micro]))
                continue
            said += of_micro
            if summed is not None:
                summed += self._statistics()
        if self._sum is not None:
            summed, said = self._sum.put().tensor_split([-2])
        elif summed is not None and self._world > 1:
            summed = self._accelerator.reduce(summed, "sum")
        if summed is not None:
            self._restore(summed / self._count)
            for counter, before in zip(self._counters, counted, strict=True):
                counter.copy_(before + 1)
        every = torch.cat([said, said.new_tensor([_WISHES.index(wish)])])[None]
        if self._world > 1:
            every = self._accelerator.gather(every)
        if self._sum is None:
            said = every[:, :2].sum(dim=0)
        loss_sum, right_sum = said.tolist()
        return loss_sum, right_sum, _WISHES[int(every[:, 2].max())]

    def _pass(self, micro: MicroBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Sum of the losses of a micro-batch, and how many labels were the likeliest."""
        device = self._accelerator.device
        x, y, other, weight = (
            torch.as_tensor(part).to(device, non_blocking=True)
            for part in (micro.x, micro.y, micro.other, micro.weight)
        )
        # Laid out anew where it arrives: a GPU does that in passing, a processor does not.
        x = x.contiguous(memory_format=torch.channels_last)
        with self._autocast():
            made = self._model(x) if self._penalty is None else self._model(x, maps=True)
        logits = (made if self._penalty is None else made[0]).float()
        each = weight * self._loss(logits, y) + (1 - weight) * self._loss(logits, other)
        if self._penalty is not None:
            maps = made[1]
            outside = weight * self._penalty(maps, y) + (1 - weight) * self._penalty(maps, other)
            each = each + self._weight * outside
        return each.sum(), (logits.detach().argmax(1) == y).sum()

    def _statistics(self) -> torch.Tensor:
        return torch.cat([buffer.flatten() for buffer in self._moving])

    def _restore(self, flat: torch.Tensor) -> None:
        at = 0
        for buffer in self._moving:
            buffer.copy_(flat[at : at + buffer.numel()].view_as(buffer))
            at += buffer.numel()


def _validated(
    work: Work, model: torch.nn.Module, average: State, number: int, done: int, best: Best
) -> bool:
    """Validate on one process, tell all; True if a stage has waited long enough for a better."""
    held: list[float | None] = [None]
    if work.accelerator.is_main_process:
        held = [validate(work, model, average, number, done)]
    if work.accelerator.num_processes > 1:
        from accelerate.utils import broadcast_object_list

        broadcast_object_list(held)
    macro_f1 = held[0]
    if macro_f1 is None or not work.config.patience:
        return False
    if best.take(macro_f1, done) and work.accelerator.is_main_process:
        checkpoint.save_best(work.run, average, done)
    return best.waited >= work.config.patience


def validate(
    work: Work, model: torch.nn.Module, average: State, number: int, done: int
) -> float | None:
    """Score the averaged weights on the validation part, whole windows, without augmentation.

    Returns
    -------
    float or None
        Macro-F1; None where there is no validation part.
    """
    tokens = work.tokens
    index = (tokens.split == "val").nonzero()[0]
    if not len(index):
        return None
    current = {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(average)
    logits = predict(model, tokens, index, work.config.features)
    model.load_state_dict(current)
    result = scores(tokens.y[index], logits.argmax(1), tokens.classes)
    work.events.emit("validation", stage=number, total_step=done, tokens=len(index), **result)
    return float(result["macro_f1"])
