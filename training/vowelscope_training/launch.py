"""Several processes of this machine share one run: started, watched and ended together.

PyTorch's elastic launcher starts them, as `torchrun` does. What it would say and do itself is
replaced where a user meets it: one sentence in the place of a table of failures, a checkpoint in
the place of SIGKILL after 30 s, and no process that goes on alone.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import psutil

from vowelscope.core.errors import ConfigError
from vowelscope_training.stopping import LAUNCHER, SIGNALS, STOP_NAME, PeerLost

_LOOK_S = 0.2
_PARENT_S = 1.0


def shared(words: Sequence[str], run: Path, processes: int | None, gpus: str | None) -> bool:
    """Have several processes train, and wait for them.

    A signal of `stopping.SIGNALS` or Ctrl-C has them stop with a checkpoint, Ctrl-C again without.

    Parameters
    ----------
    words
        What each of them is told: the words of this process.
    processes
        How many share a step: one a GPU, or, where there is none, on the processor.
    gpus
        How many GPUs, or the numbers of some: ``2``, ``0,2``; ``0`` for none.

    Returns
    -------
    bool
        False where one process is enough: it is this one, and sees the chosen GPU alone.

    Raises
    ------
    ConfigError
        There are no such GPUs, or one of the processes ended before its end: why.
    KeyboardInterrupt
        After Ctrl-C, when all have ended.
    """
    if LAUNCHER in os.environ:
        return False
    count, environment = _chosen(processes, gpus)
    if count == 1:
        os.environ.update(environment)
        return False
    os.environ.update(environment)
    os.environ[LAUNCHER] = str(os.getpid())
    # Of a process that ended, PyTorch would tell in its own way.
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    logging.disable(logging.CRITICAL)
    with _wishes() as asked, ThreadPoolExecutor(1) as pool:
        # In a thread it leaves signals to us.
        job = pool.submit(_launch, list(words), count)
        while not job.done():
            if asked and not (run / STOP_NAME).exists():
                with contextlib.suppress(OSError):
                    run.mkdir(parents=True, exist_ok=True)
                    (run / STOP_NAME).write_text("now", encoding="utf-8")
            if asked.count(signal.SIGINT) > 1:
                _kill_all()
            wait([job], timeout=_LOOK_S)
        if asked:
            with contextlib.suppress(OSError):
                (run / STOP_NAME).unlink(missing_ok=True)
        _tell(job, run, count, signal.SIGINT in asked)
    return True


def follow_launcher() -> None:
    """End with a checkpoint when the launcher of this process is gone."""
    held = os.environ.get(LAUNCHER)
    if held is None:
        return

    def watch() -> None:
        while os.getppid() == int(held):
            time.sleep(_PARENT_S)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="launcher", daemon=True).start()


def told_to_launcher(error: Exception) -> bool:
    """Leave a sentence to the launcher, which says it once for all; False without a launcher."""
    path = os.environ.get("TORCHELASTIC_ERROR_FILE")
    if LAUNCHER not in os.environ or not path:
        return False
    held = {
        "message": str(error),
        "timestamp": int(time.time()),
        "peer_lost": isinstance(error, PeerLost),
    }
    try:
        Path(path).write_text(json.dumps(held), encoding="utf-8")
    except OSError:
        return False
    return True


def _chosen(processes: int | None, gpus: str | None) -> tuple[int, dict[str, str]]:
    """How many processes, and the environment in which they see what they are to see."""
    if processes is not None and processes < 1:
        raise ConfigError(f"--processes {processes}: must be 1 or more.")
    if gpus is None and processes in (None, 1):
        return 1, {}
    import torch

    found = torch.cuda.device_count()
    here = f"this machine has {found or 'no'} GPU{'' if found == 1 else 's'}"
    if gpus is not None:
        numbers = _numbers(gpus)
    else:
        numbers = list(range(processes or 1)) if found else []
        if numbers and len(numbers) > found:
            raise ConfigError(
                f"--processes {processes}: each has a GPU of its own, and {here}; with --gpus 0 "
                "they share the processor."
            )
    if any(number >= found for number in numbers):
        counted = ", counted from 0" if found else ""
        raise ConfigError(f"--gpus {gpus}: {here}{counted}.")
    if not numbers:
        count = processes or 1
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
        threads = os.environ.get("OMP_NUM_THREADS") or str(max(1, cores // count))
        only = {"CUDA_VISIBLE_DEVICES": "", "ACCELERATE_USE_CPU": "true"}
        return count, only | ({"OMP_NUM_THREADS": threads} if count > 1 else {})
    if processes is not None and processes != len(numbers):
        raise ConfigError(f"--processes {processes} --gpus {gpus}: it is one process a GPU.")
    seen = [part for part in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if part]
    names = [seen[number] if seen else str(number) for number in numbers]
    return len(numbers), {"CUDA_VISIBLE_DEVICES": ",".join(names)}


def _numbers(gpus: str) -> list[int]:
    """Numbers of GPUs: the first N, or those that are listed with a comma."""
    parts = [part.strip() for part in gpus.split(",")]
    listed = len(parts) > 1
    if listed and not parts[-1]:
        parts.pop()  # "3," is the one GPU of that number
    if not all(part.isdecimal() for part in parts) or len(set(parts)) < len(parts):
        raise ConfigError(f"--gpus {gpus}: not a number of GPUs, nor numbers of some, as in 0,2.")
    return [int(part) for part in parts] if listed else list(range(int(parts[0])))


@contextlib.contextmanager
def _wishes() -> Iterator[list[int]]:
    """The signals that come meanwhile."""
    came: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _frame: came.append(number))
        for number in (*SIGNALS, signal.SIGINT)
    }
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _launch(words: list[str], count: int) -> None:
    from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    with tempfile.TemporaryDirectory(prefix="vowelscope-") as logs:
        config = LaunchConfig(
            min_nodes=1,
            max_nodes=1,
            nproc_per_node=count,
            run_id=uuid.uuid4().hex,
            rdzv_backend="c10d",
            rdzv_endpoint="127.0.0.1:0",
            local_addr="127.0.0.1",
            max_restarts=0,
            monitor_interval=_LOOK_S,
            logs_specs=DefaultLogsSpecs(log_dir=logs),
        )
        # Isolated, as this process is: nothing of the working directory is imported.
        elastic_launch(config, sys.executable)("-I", "-m", "vowelscope_training", *words)


def _kill_all() -> None:
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            child.kill()


def _tell(job: Future[None], run: Path, count: int, interrupted: bool) -> None:
    """Raise what has to be said of the end."""
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

    error = job.exception()
    if interrupted:
        raise KeyboardInterrupt
    if error is None:
        return
    if not isinstance(error, ChildFailedError):
        raise error
    failures: list[tuple[int, Any]] = sorted(error.failures.items())
    for _rank, failure in failures:
        if failure.error_file_data.get("peer_lost") is False:
            raise ConfigError(str(failure.message)) from error
    # Those that were ended because of the first one, or missed it, are not the cause.
    own = [
        (rank, failure)
        for rank, failure in failures
        if failure.exitcode != -signal.SIGTERM and "peer_lost" not in failure.error_file_data
    ]
    rank, failure = next(iter(own or failures))
    how = failure.signal_name() if failure.exitcode < 0 else f"status {failure.exitcode}"
    raise ConfigError(
        f"{run}: process {rank + 1} of {count} ended unexpectedly ({how}), and the others with it; "
        "the same command goes on from the last checkpoint."
    ) from error
