"""Events: one JSON object a line on stdout; logs go to stderr."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, Protocol

from vowelscope.core.errors import ConfigError

EVENTS_NAME = "events.jsonl"
"""In a run's folder."""


class Taker(Protocol):
    """Takes each event besides."""

    def take(self, event: dict[str, Any]) -> None:
        """Take one event, with its time."""

    def close(self) -> None:
        """There are no more."""


class Events:
    """Writes events to stdout and to RUN/events.jsonl.

    Parameters
    ----------
    run
        The run's folder.
    enabled
        False on every process but the main one.
    printed
        False writes to the file alone.
    """

    def __init__(self, run: Path, enabled: bool = True, printed: bool = True) -> None:
        self._printed = printed
        self.also: Taker | None = None
        self._path = run / EVENTS_NAME
        self._file = self._path.open("a", encoding="utf-8") if enabled else None

    def emit(self, event: str, **values: Any) -> None:
        """Write one event with the time in seconds since the epoch.

        Raises
        ------
        ConfigError
            The file cannot be written.
        """
        if self._file is None:
            return
        told = {"event": event, "time_s": round(time.time(), 3), **values}
        line = json.dumps(told)
        try:
            self._file.write(line + "\n")
            self._file.flush()
        except OSError as error:
            raise ConfigError(
                f"{self._path}: cannot be written ({error.strerror}); the last checkpoint is kept, "
                "and the same command goes on from there."
            ) from error
        if self.also is not None:
            self.also.take(told)
        if not self._printed:
            return
        try:
            print(line, flush=True)
        except BrokenPipeError:
            # Whoever listened went away; the run goes on and events.jsonl keeps its story.
            sys.stdout = sys.stderr

    def close(self) -> None:
        """Close the files."""
        if self.also is not None:
            self.also.close()
        if self._file is not None:
            self._file.close()
