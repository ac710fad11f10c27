"""What a run's events tell: read from RUN/events.jsonl as it grows, put together for the window."""

from __future__ import annotations

import datetime
import json
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from vowelscope.app.process_identity import ProcessIdentity
from vowelscope.app.run_index import RUN_NAME
from vowelscope.app.training_process import parse_event
from vowelscope.core.translation import tr

EVENTS_NAME = "events.jsonl"
LOG_NAME = "process.log"
"""In a run's folder: what its last process wrote to standard error."""
LOCK_NAME = "lock"
"""As in `vowelscope_training.stopping`."""

_CHUNK_BYTES = 1 << 20
_LOG_BYTES = 16 << 10
_LINES = 400
_PACE_STEPS = 30
_FIELDS = {
    "step": ("total_step", "total", "loss", "accuracy", "images_per_s", "time_s"),
    "validation": ("total_step", "accuracy", "macro_f1", "confusion", "counts", "tokens"),
    "features": ("done", "total"),
    "data": ("tokens", "train", "refused"),
    "evaluated": ("model", "report"),
}
"""What an event must have to be used; a file that something else wrote to is not believed."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One look at a run's folder.

    Attributes
    ----------
    events
        What is new, whole lines only.
    offset
        Where the next look goes on, in bytes.
    more
        Whether there is more to read at once.
    restarted
        The file became shorter: what was known before is of another run.
    at_work
        Whether a process trains or evaluates there.
    said
        The sentence, or the last line, of what its last process wrote to its log.
    settings
        Of the run, with its corpus, where they are news; None where nothing began.
    """

    events: tuple[dict[str, Any], ...]
    offset: int
    more: bool
    restarted: bool
    at_work: bool
    said: str
    settings: dict[str, Any] | None = None


def glance(folder: Path, offset: int, process: ProcessIdentity | None) -> Glance:
    """Read on in a run's events; for a thread."""
    # Whether it works is asked first: what it wrote before it ended is then read for sure.
    at_work = (process is not None and process.is_alive()) or is_locked(folder)
    try:
        with (folder / EVENTS_NAME).open("rb") as stream:
            size = stream.seek(0, 2)
            restarted = size < offset
            stream.seek(0 if restarted else offset)
            start = stream.tell()
            data = stream.read(_CHUNK_BYTES)
    except OSError:
        return Glance((), 0, False, offset > 0, at_work, _said(folder))
    whole = data[: data.rfind(b"\n") + 1]
    lines = whole.decode("utf-8", errors="replace").splitlines()
    events = tuple(event for line in lines if (event := parse_event(line)) is not None)
    end = start + len(whole)
    more = len(data) == _CHUNK_BYTES and bool(whole)
    said = "" if at_work else _said(folder)
    # Each process begins with its data; one that goes on may have changed some settings.
    began = not start or any(event["event"] == "data" for event in events)
    settings = _settings(folder) if began else None
    return Glance(events, end, more, restarted, at_work, said, settings)


def is_locked(folder: Path) -> bool:
    """Whether a process holds the lock of a run's folder."""
    path = folder / LOCK_NAME
    if not path.is_file():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


def _settings(folder: Path) -> dict[str, Any] | None:
    try:
        held = json.loads((folder / RUN_NAME).read_text(encoding="utf-8"))
        return {"corpus": str(held["corpus"]), **held["config"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _said(folder: Path) -> str:
    try:
        with (folder / LOG_NAME).open("rb") as stream:
            stream.seek(max(0, stream.seek(0, 2) - _LOG_BYTES))
            lines = stream.read().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    for line in reversed(lines):
        if line.startswith("vowelscope: "):
            return line.removeprefix("vowelscope: ")
    if any(line.startswith("Traceback") for line in lines):
        return lines[-1].strip()
    return ""


@dataclass
class RunStory:
    """Everything that is shown of a run; lists of the same length belong together.

    Attributes
    ----------
    steps, losses, accuracies
        Of each optimiser step: its number from 1, the loss, the accuracy in its batch (0-1).
    validation
        The newest event of validation, with its confusion matrix; {} before the first.
    valid_steps, valid_accuracies, valid_f1s
        Of each validation.
    tested
        ``set``, ``tokens`` and ``accuracy`` of the test part, once it was evaluated.
    settings
        Its preset as it was read, and ``corpus``; {} before they are known.
    end
        The last of ``finished``, ``stopped`` and ``evaluated``; "" while neither is the newest.
    """

    offset: int = 0
    at_work: bool = False
    said: str = ""
    steps: list[int] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    valid_steps: list[int] = field(default_factory=list)
    valid_accuracies: list[float] = field(default_factory=list)
    valid_f1s: list[float] = field(default_factory=list)
    validation: dict[str, Any] = field(default_factory=dict)
    total: int = 0
    images_per_s: float = 0.0
    doing: str = ""
    end: str = ""
    is_trained: bool = False
    model: str = ""
    report: str = ""
    tested: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    log: deque[str] = field(default_factory=lambda: deque(maxlen=_LINES))
    version: int = 0
    """Grows with everything new."""
    _times: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=_PACE_STEPS))

    def take(self, new: Glance) -> bool:
        """Add what was read; True if that changes anything."""
        if new.restarted:
            self.__init__()  # type: ignore[misc]
        changed = new.restarted or bool(new.events) or new.at_work != self.at_work
        changed = changed or new.said != self.said
        if new.settings is not None:
            changed = changed or new.settings != self.settings
            self.settings = new.settings
        self.offset, self.at_work, self.said = new.offset, new.at_work, new.said
        for event in new.events:
            if all(key in event for key in _FIELDS.get(event["event"], ())):
                self._take(event)
        self.version += changed
        return changed

    @property
    def left_s(self) -> float | None:
        """Seconds to the end at the pace of the last steps, or None where nobody can tell."""
        if not self.at_work or len(self._times) < 3 or self.is_trained:
            return None
        (first, began_s), (last, now_s) = self._times[0], self._times[-1]
        if last <= first or now_s <= began_s:
            return None
        return (self.total - last) * (now_s - began_s) / (last - first)

    def _take(self, event: dict[str, Any]) -> None:
        kind = event["event"]
        self.end = kind if kind in ("finished", "stopped", "evaluated") else ""
        if kind == "step":
            self._take_step(event)
        elif kind == "validation":
            self._forget_from(event["total_step"], of_steps=False)
            self.valid_steps.append(event["total_step"])
            self.valid_accuracies.append(event["accuracy"])
            self.valid_f1s.append(event["macro_f1"])
            self.validation = event
        elif kind == "features":
            self.doing = tr("Spectrograms: {done:,} of {total:,}").format(**_two(event))
            self._times.clear()
        elif kind == "evaluating":
            self.doing = str(event.get("text", ""))
        elif kind == "finished":
            self.is_trained, self.doing = True, ""
        elif kind == "evaluated":
            self.model, self.report = str(event["model"]), str(event["report"])
            self.tested = _tested(event.get("tested"))
            self.doing = ""
        elif kind == "data":
            self._times.clear()
        line = _line(event)
        if line:
            when = datetime.datetime.fromtimestamp(float(event.get("time_s", 0)))
            self.log.append(f"{when:%H:%M:%S}  {line}")

    def _take_step(self, event: dict[str, Any]) -> None:
        number = event["total_step"]
        self._forget_from(number)
        self.steps.append(number)
        self.losses.append(event["loss"])
        self.accuracies.append(event["accuracy"])
        self._times.append((number, event["time_s"]))
        self.total, self.images_per_s, self.doing = event["total"], event["images_per_s"], ""

    def _forget_from(self, step: int, of_steps: bool = True) -> None:
        """A run that goes on from a checkpoint repeats some steps."""
        while of_steps and self.steps and self.steps[-1] >= step:
            self.steps.pop()
            self.losses.pop()
            self.accuracies.pop()
            self._times.clear()
        while self.valid_steps and self.valid_steps[-1] >= step:
            self.valid_steps.pop()
            self.valid_accuracies.pop()
            self.valid_f1s.pop()


def _tested(held: Any) -> list[dict[str, Any]]:
    keys = {"set", "tokens", "accuracy"}
    return [x for x in held if isinstance(x, dict) and keys <= x.keys()] if held else []


def _two(event: dict[str, Any]) -> dict[str, int]:
    return {"done": int(event["done"]), "total": int(event["total"])}


def _line(event: dict[str, Any]) -> str:
    """What the log says of an event; "" for those that come too often."""
    kind = event["event"]
    if kind == "data":
        said = tr("{tokens:,} tokens, {train:,} of them for training").format(
            tokens=event["tokens"], train=event["train"]
        )
        return "; ".join([said, *map(str, event["refused"])])
    if kind == "start":
        return tr("Starts from {source}").format(source=event.get("source", ""))
    if kind == "validation":
        return tr(
            "Step {step:,}: validation accuracy {accuracy:.3f}, macro-F1 {f1:.3f} "
            "on {tokens:,} tokens"
        ).format(
            step=event["total_step"],
            accuracy=event["accuracy"],
            f1=event["macro_f1"],
            tokens=event["tokens"],
        )
    if kind == "stopped":
        return tr("Stopped at step {step:,}, with a checkpoint").format(
            step=event.get("total_step", 0)
        )
    if kind == "finished":
        return tr("The training has come to its end")
    if kind == "evaluating":
        return str(event.get("text", ""))
    return tr("Evaluated: {report}").format(report=event["report"]) if kind == "evaluated" else ""
