"""TensorBoard files: a run's events once more, for those who compare runs there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vowelscope.core.errors import ConfigError
from vowelscope_training.events import EVENTS_NAME
from vowelscope_training.settings import Config

FOLDER = "tensorboard"
"""In a run's folder."""

_FILES = "events.out.tfevents.*"
_DPI = 100
_STEP = {
    "loss": "training/loss",
    "accuracy": "training/accuracy",
    "lr": "training/learning rate",
    "images_per_s": "training/images per s",
}
_VALIDATION = {"accuracy": "validation/accuracy", "macro_f1": "validation/macro-F1"}


def need_tensorboard() -> Callable[..., Any]:
    """The writer of TensorBoard files.

    Raises
    ------
    ConfigError
        The package tensorboard is not installed.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ConfigError(
            "TensorBoard files need the package tensorboard, which is not installed: pip install "
            "'vowelscope[tensorboard]', or train with --no-tensorboard."
        ) from error
    writer: Callable[..., Any] = SummaryWriter
    return writer


class Board:
    """Writes RUN/tensorboard from the events of a run, each step once.

    A run that goes on repeats the steps after its checkpoint, and what a killed process had not
    written is lost. So the files are made anew from RUN/events.jsonl whenever a run goes on, up to
    its checkpoint: no step is there twice and none is missing, also where nobody had asked for
    such files before.

    Parameters
    ----------
    done
        Steps that the checkpoint has, counted over all stages; events after it are left out.

    Raises
    ------
    ConfigError
        The package tensorboard is missing, or its files cannot be written.
    """

    def __init__(self, run: Path, config: Config, done: int) -> None:
        make = need_tensorboard()
        self._folder = run / FOLDER
        self._validated = -1
        self._session_end: Any = None
        # For whoever watches the folder, step 0 begins what was read before anew.
        self._writer: Any = self._tried(self._begun, make)
        self._tried(self._say_settings, config)
        for event in _held(run / EVENTS_NAME, done):
            self.take(event)
        self._tried(self._writer.flush)

    def take(self, event: dict[str, Any]) -> None:
        """Write what belongs there of one event; others are passed over.

        Raises
        ------
        ConfigError
            It cannot be written.
        """
        self._tried(self._take, event)

    def close(self) -> None:
        """Write what waits, and close the file."""
        self._tried(self._writer.close)

    def _begun(self, make: Callable[..., Any]) -> Any:
        self._folder.mkdir(exist_ok=True)
        for path in self._folder.glob(_FILES):
            path.unlink()
        return make(str(self._folder), purge_step=0)

    def _tried(self, what: Callable[..., Any], *values: Any) -> Any:
        try:
            return what(*values)
        except OSError as error:
            raise ConfigError(
                f"{self._folder}: cannot be written ({error.strerror or error}); the last "
                "checkpoint is kept, and the same command goes on from there."
            ) from error

    def _take(self, event: dict[str, Any]) -> None:
        kind = event["event"]
        if kind == "step":
            self._scalars(_STEP, event)
        elif kind == "validation" and event["total_step"] > self._validated:
            # The last one of a stage is repeated by a run that was broken off just after it.
            self._validated = event["total_step"]
            self._scalars(_VALIDATION, event)
            self._writer.add_image(
                "validation/confusion",
                _confusion(event["confusion"], list(event["counts"])),
                event["total_step"],
                walltime=event["time_s"],
                dataformats="HWC",
            )
        elif kind == "finished":
            self._writer.file_writer.add_summary(self._session_end)
        if kind in ("validation", "checkpoint", "stopped", "finished"):
            self._writer.flush()

    def _scalars(self, tags: dict[str, str], event: dict[str, Any]) -> None:
        for key, tag in tags.items():
            self._writer.add_scalar(
                tag, event[key], event["total_step"], walltime=event["time_s"], new_style=False
            )

    def _say_settings(self, config: Config) -> None:
        from torch.utils.tensorboard.summary import hparams

        values = dict(_flat("", config.to_dict()))
        metrics = dict.fromkeys(_VALIDATION.values(), 0.0)
        made: Any = hparams
        experiment, session, self._session_end = made(values, metrics)
        for summary in (experiment, session):
            self._writer.file_writer.add_summary(summary)
        lines = "\n".join(f"| `{key}` | {value} |" for key, value in values.items())
        self._writer.add_text("settings", f"| key | value |\n|---|---|\n{lines}", 0)


def _flat(name: str, value: Any) -> Iterator[tuple[str, str | float]]:
    """Each setting by the path of its key; stages are counted from 1."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, (list, tuple)) and value and isinstance(value[0], dict):
        inner = enumerate(value, 1)
    elif isinstance(value, (int, float, str)) and not isinstance(value, bool):
        yield name, value
    else:
        yield name, json.dumps(value)  # PyTorch makes 1 of true
    for key, held in inner:
        yield from _flat(f"{name}.{key}" if name else str(key), held)


def _held(path: Path, done: int) -> list[dict[str, Any]]:
    """Of a run's events the steps and validations up to `done`, in their order, each once."""
    newest: dict[tuple[int, str], dict[str, Any]] = {}
    if done:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                    key = (int(event["total_step"]), str(event["event"]))
                except (ValueError, KeyError, TypeError):
                    continue  # of another kind, or half a line of a process that was killed
                if key[0] <= done and key[1] in ("step", "validation"):
                    newest[key] = event
    return [newest[key] for key in sorted(newest)]


def _confusion(counts: list[list[int]], classes: list[str]) -> np.ndarray[Any, Any]:
    """The confusion matrix as a picture; uint8 (height, width, 3)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from vowelscope.explain.corpus_figures import confusion

    figure = confusion(np.array(counts), classes)
    figure.set_dpi(_DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]
