"""Training as a child process: how it is started, and what its events say."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr

_NICENESS = 5


def training_command(words: Sequence[str]) -> list[str]:
    """The command line of the training package.

    Python runs isolated (``-I``), so that nothing from the working directory or PYTHONPATH is
    imported.

    Raises
    ------
    ConfigError
        The training package is not installed, as in a frozen program.
    """
    if getattr(sys, "frozen", False) or importlib.util.find_spec("vowelscope_training") is None:
        raise ConfigError(
            tr("training is not part of this installation; install vowelscope with pip to train.")
        )
    return [sys.executable, "-I", "-m", "vowelscope_training", *words]


def environment_for(device: str) -> dict[str, str]:
    """The environment of a child that is to see one device: ``cpu``, or ``cuda:N``.

    Parameters
    ----------
    device
        N counts among the GPUs that this process may see. "" leaves the choice to the child, and
        so do several GPUs: `words_for` tells it.
    """
    environment = dict(os.environ)
    # Threads that spin while they wait take the processor from the window, and from each other.
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if device == "cpu":
        environment["CUDA_VISIBLE_DEVICES"] = ""
    elif device.startswith("cuda:") and "," not in device:
        number = int(device.removeprefix("cuda:"))
        seen = [part for part in environment.get("CUDA_VISIBLE_DEVICES", "").split(",") if part]
        environment["CUDA_VISIBLE_DEVICES"] = seen[number] if number < len(seen) else str(number)
    return environment


def words_for(device: str) -> list[str]:
    """What a child is told where several GPUs are to share its run: ``cuda:0,cuda:2``."""
    names = device.split(",")
    if len(names) < 2:
        return []
    return ["--gpus", ",".join(name.removeprefix("cuda:") for name in names)]


def start_detached(words: Sequence[str], log: Path, device: str = "") -> subprocess.Popen[bytes]:
    """Start the training package so that it outlives this program.

    It has a session of its own, no terminal, and a file for what it logs; its events are in the
    run's folder. It stands back from the window.

    Parameters
    ----------
    log
        Replaced: it holds what the last process said.

    Raises
    ------
    ConfigError
        The training package is not installed, or `log` cannot be written.
    """
    command = training_command(words)
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as stream:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stream,
                cwd=log.parent,
                env=environment_for(device),
                start_new_session=True,
            )
    except OSError as error:
        raise ConfigError(
            tr("{log}: training cannot be started ({why}).").format(
                log=log, why=error.strerror or error
            )
        ) from error
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, child.pid, _NICENESS)
    return child


def parse_event(line: str) -> dict[str, Any] | None:
    """One line of the child's stdout as an event; None for anything else."""
    try:
        values = json.loads(line)
    except ValueError:
        return None
    return values if isinstance(values, dict) and "event" in values else None


def follow(command: Sequence[str], out: TextIO) -> int:
    """Run training to its end, showing its events as a progress bar; its exit status.

    Ctrl-C reaches the child as well; the run goes on later from its last checkpoint.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(file=out)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),  # knows what to say before the total is known
        TimeRemainingColumn(),
    )
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as child,
        Progress(*columns, console=console) as bar,
    ):
        assert child.stdout is not None
        task = bar.add_task("starting", total=None)
        for line in child.stdout:
            event = parse_event(line)
            if event is None:
                console.print(line.rstrip())
            elif event["event"] == "features":
                words = "spectrograms"
                bar.update(task, description=words, completed=event["done"], total=event["total"])
            elif event["event"] == "step":
                words = f"loss {event['loss']:.3f}  {event['images_per_s']:.1f} images/s"
                bar.update(
                    task, description=words, completed=event["total_step"], total=event["total"]
                )
            elif event["event"] == "validation":
                console.print(
                    f"stage {event['stage'] + 1}: validation accuracy {event['accuracy']:.3f}, "
                    f"macro-F1 {event['macro_f1']:.3f} on {event['tokens']} tokens"
                )
        return child.wait()
