"""Align a folder of recordings in parallel processes, going on past those that fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from vowelscope.core.align import Aligner, Alignment, shared_aligner
from vowelscope.core.errors import AlignmentError, UserError
from vowelscope.core.pairs import AUDIO_SUFFIXES
from vowelscope.core.pools import worker_pool
from vowelscope.core.textgrid_io import write_textgrid
from vowelscope.core.transcripts import transcript_of


@dataclass(frozen=True, slots=True)
class Task:
    """One recording, its transcript, and the TextGrid to write."""

    recording: Path
    text: str | None
    target: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task.

    Attributes
    ----------
    task
        The task.
    reason
        Why there is no TextGrid; "" where it was written.
    doubtful
        Words that fit the sound badly, with their times.
    """

    task: Task
    reason: str = ""
    doubtful: tuple[str, ...] = ()


def plan(folder: Path, transcripts: Mapping[str, str], out: Path) -> list[Task]:
    """One task for each recording under `folder`, subfolders kept.

    Parameters
    ----------
    folder, out
        Where the recordings are, and where the TextGrids go.
    transcripts
        As `transcripts.read_transcripts` gives them.

    Raises
    ------
    AlignmentError
        There are no recordings, or two that would give the same TextGrid.
    """
    tasks: dict[Path, Task] = {}
    for recording in sorted(folder.rglob("*")):
        if recording.suffix.lower() not in AUDIO_SUFFIXES or not recording.is_file():
            continue
        name = recording.relative_to(folder).with_suffix("")
        target = (out / name).with_name(name.name + ".TextGrid")
        if target in tasks:
            raise AlignmentError(
                f"{recording} and {tasks[target].recording.name} would give the same TextGrid."
            )
        tasks[target] = Task(recording, transcript_of(name, transcripts), target)
    if not tasks:
        raise AlignmentError(f"{folder}: there are no recordings in this folder.")
    return list(tasks.values())


def align_tasks(
    tasks: Sequence[Task], dictionary: Path | None = None, jobs: int = 1
) -> Iterator[Outcome]:
    """Align every task, yielding each outcome as it comes.

    A process that dies (for want of memory, say) fails the recording that it worked on; the rest
    are then aligned one at a time.

    Parameters
    ----------
    tasks
        As `plan` gives them.
    dictionary
        A user dictionary.
    jobs
        Processes at a time.

    Raises
    ------
    AlignmentError
        The dictionary cannot be read.
    """
    # A fault in the dictionary is said once, before any process is started.
    Aligner(dictionary)
    waiting = {task.target: task for task in tasks}
    while waiting:
        pool = worker_pool(jobs)
        try:
            futures = [pool.submit(_align_task, task, dictionary) for task in waiting.values()]
            for future in as_completed(futures):
                # When a process has died, every recording that is not done says so.
                if isinstance(future.exception(), BrokenProcessPool):
                    continue
                outcome = future.result()
                del waiting[outcome.task.target]
                yield outcome
        except BrokenProcessPool:
            pass  # It died before everything was submitted.
        finally:
            pool.shutdown(cancel_futures=True)
        if waiting and jobs <= 1:
            # One process does them in order, so it died on the first that is left.
            task = waiting.pop(next(iter(waiting)))
            yield Outcome(task, "the process that aligned it was ended by the system")
        jobs = 1


def doubtful_words(alignment: Alignment) -> tuple[str, ...]:
    """The words of an alignment that were probably not said, as ``'word' at 1.23 s``."""
    return tuple(
        f"{word.text!r} at {word.interval.tmin_s:.2f} s"
        for word in alignment.words
        if word.is_doubtful
    )


def _align_task(task: Task, dictionary: Path | None) -> Outcome:
    try:
        if task.text is None:
            raise AlignmentError(f"{task.recording}: it has no transcript.")
        alignment = shared_aligner(dictionary).align(task.recording, task.text)
        task.target.parent.mkdir(parents=True, exist_ok=True)
        write_textgrid(task.target, alignment.textgrid)
    except UserError as error:
        return Outcome(task, str(error).removeprefix(f"{task.recording}: "))
    except OSError as error:
        return Outcome(task, f"{error.filename}: {error.strerror}")
    return Outcome(task, doubtful=doubtful_words(alignment))
