"""Training as a child process: how it is started, and what its events say."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, TextIO

from vowelscope.core.errors import ConfigError


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
            "training is not part of this installation; install vowelscope with pip to train."
        )
    return [sys.executable, "-I", "-m", "vowelscope_training", *words]


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
