"""Batches reach a GPU from worker processes, and a processor from one thread beside the network."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path
from threading import Lock

import torch
from torch.multiprocessing import active_children, get_context

from vowelscope_training.batches import MicroBatch, ahead, threads_for

Step = list[MicroBatch]
Make = Callable[[int], Step]

WAIT_S = 60.0
"""A worker that gives nothing for so long is taken for stuck."""

_SHARED = Path("/dev/shm")
_PR_SET_PDEATHSIG = 1


def feed(
    make: Make,
    steps: Sequence[int],
    device: torch.device,
    processes: int,
    on_fault: Callable[[str], None],
    workers: bool | None = None,
) -> Generator[Step, None, None]:
    """`make` of each step in order, made before they are wanted.

    Threads share Python's lock with the one that gives the GPU its work: on an H200 that took
    14-28 % of the images/s, though a batch was always ready. Worker processes do not. What is made
    depends on the step alone, so where the workers fail, the threads make it themselves.

    Parameters
    ----------
    processes
        That train on this machine and share its cores.
    on_fault
        Told, once, why the workers were given up; from another thread.
    workers
        Whether to use worker processes; by default on a GPU, where the system can fork and has the
        shared memory.
    """
    threads = threads_for(device.type, processes)
    if workers is None:
        workers = device.type == "cuda" and _may_fork(make, steps, threads)
    if not workers:
        with closing(ahead(make, steps, threads)) as made:
            yield from made
        return
    pinned = device.type == "cuda"
    with (
        closing(_Workers(make, threads, pinned, on_fault)) as pool,
        closing(ahead(pool.made, steps, threads)) as made,
    ):
        yield from made


class _Workers:
    """Processes that make steps; each thread that asks waits for one of them."""

    def __init__(
        self, make: Make, count: int, pinned: bool, on_fault: Callable[[str], None]
    ) -> None:
        self._make, self._pinned, self._on_fault = make, pinned, on_fault
        self._giving_up = Lock()
        before = {child.pid for child in active_children()}
        # Forked, the workers see the mapped images and the tokens where they are.
        self._pool: ProcessPoolExecutor | None = ProcessPoolExecutor(
            count, get_context("fork"), initializer=_begin, initargs=(make,)
        )
        # Now, from this thread: a worker ends with the thread that forked it.
        self._pool.submit(os.getpid)
        self._children = [child for child in active_children() if child.pid not in before]

    def made(self, step: int) -> Step:
        """A step from a worker, or from this thread once the workers are given up."""
        pool = self._pool
        if pool is None:
            return self._make(step)
        try:
            micros: Step = pool.submit(_made, step).result(WAIT_S)
        except (BrokenProcessPool, TimeoutError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and not self._is_broken(error):
                raise
            self._give_up(error)
            return self._make(step)
        return [micro.pin_memory() for micro in micros] if self._pinned else micros

    def _is_broken(self, error: RuntimeError) -> bool:
        # A pool that another thread has just closed refuses work with a plain RuntimeError.
        return isinstance(error, BrokenProcessPool) or self._pool is None

    def _give_up(self, error: Exception) -> None:
        with self._giving_up:
            if self._pool is None:
                return
            self._pool = None
        self._end()
        stuck = isinstance(error, TimeoutError)
        self._on_fault(
            f"a worker process gave nothing for {WAIT_S:g} s" if stuck else "a worker process died"
        )

    def _end(self) -> None:
        for child in self._children:
            child.kill()
        for child in self._children:
            child.join()

    def close(self) -> None:
        """End the workers."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


_make: Make | None = None


def _begin(make: Make) -> None:
    """What a worker does first."""
    global _make
    _make = make
    torch.set_num_threads(1)
    # Ctrl-C reaches the whole group; the run itself decides what comes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # A run that is killed leaves nobody behind who holds its folder.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _made(step: int) -> Step:
    if _make is None:
        raise ValueError("this process is no worker")
    # As tensors they lie in memory that the processes share; arrays would be copied by a pipe.
    return [micro.as_tensors() for micro in _make(step)]


def _may_fork(make: Make, steps: Sequence[int], workers: int) -> bool:
    """Whether the system forks and its shared memory holds what is made ahead, twice over."""
    if not sys.platform.startswith("linux") or not len(steps) or not _SHARED.is_dir():
        return False
    step_bytes = sum(micro.as_tensors().x.nbytes for micro in make(steps[0]))
    # `ahead` keeps two steps a thread.
    return shutil.disk_usage(_SHARED).free > 2 * step_bytes * 2 * workers
