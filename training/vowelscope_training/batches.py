"""Batches: what one step trains on, made ahead of time by threads beside the network."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import ConfigError
from vowelscope.core.features import normalise
from vowelscope_training.data import TokenSet, augment, draw, mix
from vowelscope_training.guide import soften
from vowelscope_training.settings import Config, Stage

if TYPE_CHECKING:
    import torch

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Made = TypeVar("Made")

_MOST_THREADS = 8


@dataclass(frozen=True, eq=False)
class MicroBatch:
    """Images that go through the network together.

    Attributes
    ----------
    x
        float32 (n, 3, rows, columns), normalised.
    y, other, weight
        Label of each image, that of the one mixed into it, and the first one's share; (n,).
    of
        Images of the whole step, over all processes.
    """

    x: Floats | torch.Tensor
    y: Ints | torch.Tensor
    other: Ints | torch.Tensor
    weight: Floats | torch.Tensor
    of: int

    def as_tensors(self) -> MicroBatch:
        """The same, each array as a tensor on the same memory."""
        import torch

        return self._each(torch.as_tensor)

    def pin_memory(self) -> MicroBatch:
        """The same in memory that a GPU reads by itself; PyTorch's loader calls it."""
        return self._each(lambda part: part.pin_memory())

    def _each(self, change: Callable[[Any], Any]) -> MicroBatch:
        parts = {key.name: getattr(self, key.name) for key in fields(self) if key.name != "of"}
        return replace(self, **{name: change(part) for name, part in parts.items()})


def micro_batches(config: Config, processes: int) -> int:
    """How many micro-batches a step has, over all processes.

    Raises
    ------
    ConfigError
        The processes cannot share them evenly.
    """
    if not config.micro_batch:
        return processes
    count = config.batch // config.micro_batch
    if count % processes:
        raise ConfigError(
            f"A batch of {config.batch} in micro-batches of {config.micro_batch} makes {count} of "
            f"them, which {processes} processes cannot share evenly."
        )
    return count


def make_batch(
    tokens: TokenSet, stage: Stage, config: Config, step: int, count: int, mine: Sequence[int]
) -> list[MicroBatch]:
    """Some of the micro-batches of a step, as augmentation, mask and mixture make them.

    All that is drawn depends on (seed, step, number of the micro-batch), so the images are the
    same however many processes share them, and whenever they are made.

    Parameters
    ----------
    step
        Counted over all stages.
    count, mine
        Micro-batches of the step over all processes, and which of them to make.
    """
    whole = draw(tokens, stage, config, step)
    made = []
    for part in mine:
        index = np.array_split(whole, count)[part]
        image = augment(
            tokens.db[index],
            stage.columns,
            config.features,
            config.augment,
            config.seed,
            step,
            part,
        )
        if config.guide.mask_chance:
            image = soften(image, config.guide, config.features, config.seed, step, part)
        partner, share = np.arange(len(index)), np.ones(len(index), dtype=np.float32)
        if stage.mixup:
            image, partner, share = mix(image, stage.mixup, config.seed, step, part)
        y = tokens.y[index]
        x = normalise(image, config.features)
        made.append(MicroBatch(x, y, y[partner], share, len(whole)))
    return made


def threads_for(device: str, processes: int) -> int:
    """How many threads make batches: one beside a processor that trains, more for a GPU."""
    if device == "cpu":
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(_MOST_THREADS, (cores or 1) // max(1, processes) - 1))


def ahead(
    make: Callable[[int], Made], steps: Sequence[int], threads: int, depth: int = 2
) -> Generator[Made, None, None]:
    """`make` of each step in order, made up to `depth` steps a thread before they are wanted.

    NumPy lets go of Python's lock while it works on an image, so threads do what processes would,
    without a copy of every batch and without starting anything.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="batches")
    waiting: deque[Future[Made]] = deque()
    rest = iter(steps)
    try:
        for step in islice(rest, depth * threads):
            waiting.append(pool.submit(make, step))
        while waiting:
            made = waiting.popleft().result()
            for step in islice(rest, 1):
                waiting.append(pool.submit(make, step))
            yield made
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
