"""Runs of the training package: started, followed, stopped, gone on with, evaluated.

A run is a process of its own that outlives the window. All that is known of it comes from its
folder, so that a run started elsewhere, or before the window was opened, is followed as well.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.jobs import Jobs
from vowelscope.app.process_identity import ProcessIdentity
from vowelscope.app.run_index import RUN_NAME, RunEntry, forget, known_runs, remember
from vowelscope.app.run_story import LOG_NAME, Glance, RunStory, glance
from vowelscope.app.training_process import start_detached, words_for
from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.translation import tr

STOP_NAME = "stop"
"""As in `vowelscope_training.stopping`."""

_BUSY_MS = 400
_IDLE_MS = 3000
_LOOK_S = 2.5


@dataclass(frozen=True, slots=True)
class Plan:
    """A run to be started; "" and None leave what the preset says.

    Attributes
    ----------
    architecture
        Of every stage: ``resnet18``, ``resnet34``, ``resnet50``, ``resnet101``.
    lr_scale
        Multiplies the learning rate of every stage.
    steps_scale
        Multiplies the length of every stage.
    tensorboard
        Whether the run writes TensorBoard files.
    device
        ``cpu``, ``cuda:N``, several of these with commas between them, or "" for any.
    """

    corpus: Path
    preset: str
    folder: Path
    architecture: str = ""
    start: str = ""
    batch: int | None = None
    lr_scale: float = 1.0
    steps_scale: float = 1.0
    device: str = ""
    tensorboard: bool | None = None

    def words(self) -> list[str]:
        """What `train` and `estimate` of the training package are told, without the folder."""
        words = [str(self.corpus.absolute()), "--preset", self.preset]
        words += ["--steps-scale", f"{self.steps_scale:g}", "--lr-scale", f"{self.lr_scale:g}"]
        words += ["--batch", str(self.batch)] if self.batch is not None else []
        words += ["--architecture", self.architecture] if self.architecture else []
        words += ["--init", self.start] if self.start else []
        if self.tensorboard is None:
            return words
        return [*words, "--tensorboard" if self.tensorboard else "--no-tensorboard"]


class Training(QObject):
    """The runs of this user, for one window."""

    runs_changed = Signal()
    """Another run is known, or one is known no more."""
    story_changed = Signal(object)
    """Folder of a run of which something is new."""
    ended = Signal(object)
    """Folder of a run whose process has ended, well or not."""
    failed = Signal(str)
    """One sentence."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.entries: dict[Path, RunEntry] = {}
        self.stories: dict[Path, RunStory] = {}
        self.newest: Path | None = None
        """The run that was started last from this window."""
        self._children: dict[Path, subprocess.Popen[bytes]] = {}
        self._watched = False
        self._looked_s = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timer)

    @property
    def is_busy(self) -> bool:
        """True while a run is at work, as far as was seen."""
        return any(story.at_work for story in self.stories.values())

    def set_watched(self, watched: bool) -> None:
        """Follow the runs, or stop to: nobody looks."""
        self._watched = watched
        if watched:
            self.look()

    def look(self) -> None:
        """Look for runs and for what is new in them, now."""
        self._looked_s = time.monotonic()
        self._jobs.submit(
            ("runs", id(self)), known_runs, on_done=self._on_known, on_error=self.failed.emit
        )

    def story(self, folder: Path) -> RunStory:
        """What is known of a run."""
        return self.stories.setdefault(folder, RunStory())

    def start(self, plan: Plan) -> None:
        """Start a run.

        Raises
        ------
        ConfigError
            Its folder holds a run already, or cannot be made.
        """
        folder = plan.folder.absolute()
        if (folder / RUN_NAME).exists():
            raise ConfigError(
                tr("{folder}: this folder holds a run already; choose another name.").format(
                    folder=folder
                )
            )
        words = ["train", *plan.words(), "-o", str(folder), *words_for(plan.device)]
        self._begin(folder, words, plan.device)
        self.newest = folder

    def resume(self, folder: Path) -> None:
        """Go on with a run from its last checkpoint, on the device that it was started on."""
        device = self.entries[folder].device if folder in self.entries else ""
        self._begin(folder, ["resume", str(folder), *words_for(device)], device)

    def evaluate(self, folder: Path) -> None:
        """Test a finished run, write its model folder and its report."""
        device = self.entries[folder].device if folder in self.entries else ""
        self._begin(folder, ["evaluate", str(folder)], device)

    def stop(self, folder: Path, at_once: bool) -> None:
        """Have a run stop after this step, or after this epoch; a checkpoint is written first.

        Raises
        ------
        ConfigError
            Its folder cannot be written.
        """
        write_bytes(folder / STOP_NAME, b"now" if at_once else b"epoch", ConfigError)

    def add(self, folder: Path) -> None:
        """Take up a run that was made elsewhere.

        Raises
        ------
        ConfigError
            The folder holds no run.
        """
        folder = folder.absolute()
        if not (folder / RUN_NAME).is_file():
            raise ConfigError(
                tr("{folder}: this folder holds no run (there is no run.json).").format(
                    folder=folder
                )
            )
        if folder not in self.entries:
            remember(RunEntry(folder))
        self.look()

    def remove(self, folder: Path) -> None:
        """Take a run off the list; its folder stays."""
        forget(folder)
        self.entries.pop(folder, None)
        self.stories.pop(folder, None)
        self.runs_changed.emit()

    def shutdown(self) -> None:
        """Stop to follow; runs go on."""
        self._timer.stop()

    def _begin(self, folder: Path, words: Sequence[str], device: str) -> None:
        if self.story(folder).at_work:
            raise ConfigError(tr("{folder}: this run is at work already.").format(folder=folder))
        (folder / STOP_NAME).unlink(missing_ok=True)
        # One GPU is enough to evaluate; the run keeps those that it was started on.
        seen = device.split(",")[0] if words[0] == "evaluate" else device
        child = start_detached(words, folder / LOG_NAME, seen)
        self._children[folder] = child
        entry = RunEntry(folder, ProcessIdentity.of(child.pid), device)
        self.entries[folder] = entry
        self.story(folder).at_work = True
        self.runs_changed.emit()
        self.story_changed.emit(folder)
        self._timer.start(_BUSY_MS)
        try:
            remember(entry)
        except UserError as error:
            self.failed.emit(str(error))

    def _on_timer(self) -> None:
        self._reap()
        if time.monotonic() - self._looked_s > _LOOK_S:
            self.look()
            return
        for folder, entry in self.entries.items():
            if self.story(folder).at_work:
                self._ask(folder, entry)

    def _reap(self) -> None:
        for folder, child in list(self._children.items()):
            if child.poll() is not None:
                del self._children[folder]

    def _on_known(self, found: dict[Path, RunEntry]) -> None:
        # One that was just started may not be on the disk yet.
        fresh = {folder: self.entries[folder] for folder in self._children if folder not in found}
        new = found | fresh
        changed = new.keys() != self.entries.keys()
        self.entries = new
        for folder in [folder for folder in self.stories if folder not in new]:
            del self.stories[folder]
        if changed:
            self.runs_changed.emit()
        for folder, entry in new.items():
            self._ask(folder, entry)
        if self._watched or self._children:
            self._timer.start(_BUSY_MS if self._watched and self.is_busy else _IDLE_MS)
        else:
            self._timer.stop()

    def _ask(self, folder: Path, entry: RunEntry) -> None:
        key = ("run", id(self), folder)
        if not self._jobs.is_pending(key):
            self._jobs.submit(
                key,
                _glance,
                folder,
                self.story(folder).offset,
                entry.process,
                on_done=self._on_glance,
                on_error=self.failed.emit,
            )

    def _on_glance(self, seen: tuple[Path, int, Glance]) -> None:
        folder, offset, new = seen
        story = self.stories.get(folder)
        if story is None or story.offset != offset:
            return
        child = self._children.get(folder)
        if child is not None and child.poll() is None and not new.at_work:
            new = replace(new, at_work=True, said="")
        worked = story.at_work
        if story.take(new):
            self.story_changed.emit(folder)
            if worked and not story.at_work and not new.more:
                self.ended.emit(folder)
        if new.more and folder in self.entries:
            self._ask(folder, self.entries[folder])


def _glance(folder: Path, offset: int, process: ProcessIdentity | None) -> tuple[Path, int, Glance]:
    return folder, offset, glance(folder, offset, process)


def state_of(story: RunStory) -> str:
    """The state of a run in a word or two, for a list."""
    if story.at_work:
        if story.doing or not story.total:
            return tr("at work")
        return f"{100 * story.steps[-1] / story.total:.0f} %" if story.steps else tr("at work")
    if story.model:
        return tr("evaluated")
    if story.is_trained:
        return tr("finished")
    if story.end == "stopped":
        return tr("stopped")
    return tr("broken off")


def tested_words(story: RunStory) -> str:
    """What the test part said, set by set; "" before it did."""
    parts = [
        tr("{accuracy:.1f} % of {tokens:,} held-out tokens of {name} right").format(
            accuracy=100 * held["accuracy"], tokens=held["tokens"], name=held["set"]
        )
        for held in story.tested
    ]
    return "; ".join(parts) + "." if parts else ""


def sentence_of(story: RunStory) -> str:
    """What a run does, or why it does nothing, in a sentence."""
    if story.at_work:
        return story.doing or (tr("Training") if story.steps else tr("Starting…"))
    if story.said:
        return story.said
    if story.model:
        return tested_words(story) or tr("Evaluated; the model is in {model}.").format(
            model=story.model
        )
    if story.is_trained:
        return tr("Trained to the end; evaluate it to have its model and report.")
    if story.end == "stopped":
        return tr("Stopped with a checkpoint; it can go on from there.")
    return tr("The process ended before its end; the run can go on from its last checkpoint.")
