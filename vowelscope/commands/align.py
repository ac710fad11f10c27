"""`vowelscope align`: TextGrids of words and phones from recordings and their transcripts."""

from __future__ import annotations

import json as json_format
import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vowelscope.core.align import Aligner
from vowelscope.core.align_folder import Outcome, Task, align_tasks, doubtful_words, plan
from vowelscope.core.errors import AlignmentError
from vowelscope.core.textgrid_io import write_textgrid
from vowelscope.core.transcripts import TEXT_SUFFIXES, read_transcript, read_transcripts


def align(
    audio: Path,
    transcript: Path | None = None,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    text: str | None = None,
    dict: Path | None = None,
    overwrite: bool = False,
    jobs: Annotated[int | None, Parameter(name=["--jobs", "-j"])] = None,
    json: bool = False,
) -> int:
    """Make a TextGrid of words and phones from a recording and its transcript.

    Speech and transcript are English. Phones are ARPAbet. Words outside the dictionary are
    pronounced by rules; figures are spelled out. A recording may last an hour.

    With a FOLDER for AUDIO, every recording in it and its subfolders is aligned, several at a
    time. One that fails is listed at the end, and the exit status is then 1.

    Parameters
    ----------
    audio
        Recording, or folder of recordings.
    transcript
        Text file with what is said. For a folder: a table (id|text, id|...|text, or CSV) or a
        folder of .txt or .lab files; by default those beside the recordings.
    out
        TextGrid to write, or a folder for them.
    text
        What is said, instead of a text file.
    dict
        Pronunciations in the format of the CMU dictionary, which go before the built-in ones.
    overwrite
        Replace TextGrids that are there. Otherwise one is refused, and a folder's are left as
        they are.
    jobs
        Recordings at a time, in a folder; as many as there are processors by default.
    json
        Print the result as JSON.
    """
    if jobs is not None and jobs < 1:
        raise AlignmentError(f"--jobs {jobs}: at least one recording must be aligned at a time.")
    if audio.is_dir():
        if text is not None:
            raise AlignmentError(f"{audio} is a folder, so --text cannot say what each file says.")
        return _folder(audio, transcript, out, dict, overwrite, jobs or os.cpu_count() or 1, json)
    if (transcript is None) == (text is None):
        raise AlignmentError("give either a TRANSCRIPT file or --text, and not both.")
    said = read_transcript(transcript) if transcript is not None else text or ""
    _single(audio, said, out, dict, overwrite, json)
    return 0


def _single(
    audio: Path, text: str, out: Path, dictionary: Path | None, overwrite: bool, as_json: bool
) -> None:
    if out.is_dir():
        raise AlignmentError(f"{out}: this is a folder; name the TextGrid to write.")
    if out.exists() and not overwrite:
        raise AlignmentError(f"{out}: this file exists; use --overwrite to replace it.")
    aligner = Aligner(dictionary)
    alignment = aligner.align(audio, text)
    write_textgrid(out, alignment.textgrid)
    derived = [word for word in _distinct(aligner.words(text)) if not aligner.is_known(word)]
    n_words, n_phones = len(alignment.words), len(alignment.phones)
    doubtful = doubtful_words(alignment)
    pronounced = {word: " ".join(aligner.pronunciations(word)[0]) for word in derived}
    if as_json:
        result = {
            "audio": str(audio),
            "textgrid": str(out),
            "duration_s": alignment.duration_s,
            "words": n_words,
            "phones": n_phones,
            "fit_nats": round(alignment.fit, 3),
            "derived": pronounced,
            "doubtful": doubtful,
        }
        print(json_format.dumps(result, ensure_ascii=False))
        return
    print(f"{out}: {n_words} words, {n_phones} phones")
    for word, phones in pronounced.items():
        print(f"  {word}: in no dictionary, taken as {phones}")
    for word in doubtful:
        print(f"  {word} fits the sound badly; was it said?")


def _folder(
    folder: Path,
    transcripts: Path | None,
    out: Path,
    dictionary: Path | None,
    overwrite: bool,
    jobs: int,
    as_json: bool,
) -> int:
    if out.exists() and not out.is_dir():
        raise AlignmentError(f"{out}: this is a file; name a folder for the TextGrids.")
    tasks = plan(folder, read_transcripts(transcripts or folder), out)
    if all(task.text is None for task in tasks):
        wanted = transcripts or f"{folder} (no {' or '.join(TEXT_SUFFIXES)} files)"
        raise AlignmentError(f"{wanted}: it has a transcript of none of the recordings.")
    kept = [] if overwrite else [task for task in tasks if task.target.exists()]
    todo = [task for task in tasks if task not in kept]
    outcomes = _run(todo, dictionary, jobs)
    failed = sorted(
        (outcome for outcome in outcomes if outcome.reason), key=lambda o: o.task.recording
    )
    n_aligned = len(outcomes) - len(failed)
    if as_json:
        result = {
            "aligned": sorted(str(o.task.target) for o in outcomes if not o.reason),
            "kept": [str(task.target) for task in kept],
            "doubtful": {str(o.task.recording): o.doubtful for o in outcomes if o.doubtful},
            "failed": [{"audio": str(o.task.recording), "reason": o.reason} for o in failed],
        }
        print(json_format.dumps(result, ensure_ascii=False, indent=1))
    else:
        left = f", {len(kept)} left as they were" if kept else ""
        print(f"{n_aligned} of {len(todo)} recordings aligned into {out}{left}")
        for outcome in outcomes:
            for word in outcome.doubtful:
                print(f"  {outcome.task.recording.name}: {word} fits the sound badly; was it said?")
    for outcome in failed:
        print(f"vowelscope: {outcome.task.recording}: {outcome.reason}", file=sys.stderr)
    return 1 if failed else 0


def _run(tasks: list[Task], dictionary: Path | None, jobs: int) -> list[Outcome]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("aligning"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}"),
    )
    outcomes: list[Outcome] = []
    # On stderr, so that what a program reads on stdout stays clean.
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=len(tasks), failed="")
        for outcome in align_tasks(tasks, dictionary, min(jobs, max(1, len(tasks)))):
            outcomes.append(outcome)
            n_failed = sum(bool(o.reason) for o in outcomes)
            progress.update(bar, advance=1, failed=f"{n_failed} failed" if n_failed else "")
    return outcomes


def _distinct(words: list[str]) -> list[str]:
    """The words once each, in the order of the text."""
    return list(dict.fromkeys(words))
