"""Makes the shards of a corpus: in several processes here, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from vowelscope.core.errors import ConfigError
from vowelscope.core.pools import worker_pool
from vowelscope.explain.runtime import Device
from vowelscope.explain.shards import Plan, claim, make_shard, missing

RETRIES = 3
Progress = Callable[[int, int], None]
"""Called with tokens done and tokens in all."""
Make = Callable[[Any, str, int], int]
"""Makes one shard of a plan in a folder; gives how many tokens there were."""


def explain_corpus(
    plan: Plan,
    out: Path,
    jobs: int,
    progress: Progress | None = None,
    scheduler: str | None = None,
    device: Device = "cpu",
) -> int:
    """Make the shards that are missing.

    Parameters
    ----------
    jobs
        Processes on this machine, one thread each.
    scheduler
        Address of a Dask scheduler (``tcp://host:8786``) whose workers see the same paths; it
        takes the place of `jobs`.
    device
        Where each process runs the network; on a GPU several share it, since features and formants
        are computed on the processor.

    Returns
    -------
    int
        Tokens that were explained now, without those of shards that were there.

    Raises
    ------
    ConfigError
        The folder holds other explanations, there is no such scheduler, or a process died.
    """
    claim(out, plan)
    make: Make = make_shard if device == "cpu" else partial(make_shard, device=device)
    return run_shards(make, plan, out, missing(out, plan), jobs, progress, scheduler)


def run_shards(
    make: Make,
    plan: Any,
    out: Path,
    todo: list[int],
    jobs: int,
    progress: Progress | None = None,
    scheduler: str | None = None,
) -> int:
    """Have the shards `todo` made by `make`, a module's own function; see `explain_corpus`.

    `progress` may raise to end the work: what is made by then is kept.
    """
    held = sum(len(plan.rows_of(n)) for n in set(range(plan.shards)) - set(todo))
    done = 0
    if progress is not None:
        progress(held, plan.tokens)
    if scheduler:
        made = _by_dask(make, plan, out, todo, scheduler)
    else:
        made = _here(make, plan, out, todo, jobs)
    for tokens in made:
        done += tokens
        if progress is not None:
            progress(held + done, plan.tokens)
    return done


def _here(make: Make, plan: Any, out: Path, todo: list[int], jobs: int) -> Iterator[int]:
    if jobs == 1:
        for number in todo:
            yield make(plan, str(out), number)
        return
    with worker_pool(min(jobs, len(todo))) as pool:
        futures = [pool.submit(make, plan, str(out), number) for number in todo]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool as error:
            raise ConfigError(
                f"a process that explained {plan.corpus} was killed, perhaps for want of memory; "
                "what is finished is kept: run the same command again, with fewer --jobs."
            ) from error
        finally:
            for future in futures:
                future.cancel()


@contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError as error:
        raise ConfigError(
            "--scheduler needs the package distributed: pip install vowelscope[cluster]."
        ) from error
    try:
        client = Client(scheduler, timeout="20s")
    except (OSError, ValueError, TimeoutError) as error:
        raise ConfigError(f"--scheduler {scheduler}: no Dask scheduler answers there.") from error
    with client:
        yield client


def _by_dask(make: Make, plan: Any, out: Path, todo: list[int], scheduler: str) -> Iterator[int]:
    with _client(scheduler) as client:
        from distributed import as_completed as as_dask_completes

        futures = [
            client.submit(make, plan, str(out.absolute()), n, pure=False, retries=RETRIES)
            for n in todo
        ]
        try:
            for future in as_dask_completes(futures):
                yield int(future.result())
        finally:
            client.cancel(futures)
