"""Reads a recording and its TextGrid from disk, on any thread, before a session shows them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from vowelscope.core.atomic import clear_leftovers
from vowelscope.core.audio import Recording
from vowelscope.core.errors import TextGridError
from vowelscope.core.interchange import is_foreign, read_annotations
from vowelscope.core.textgrid_io import Document, FileStyle, read_textgrid
from vowelscope.core.translation import tr

_MOST_WARNINGS = 3


@dataclass(frozen=True, slots=True)
class Opened:
    """What was read from disk and may now take the place of what a window shows."""

    recording: Recording
    document: Document | None
    notice: str = ""
    """Sentences that the user should see: another duration, what Praat leaves out."""
    stamp: Stamp | None = None
    """Of the TextGrid's file, taken before it was read."""


Stamp = tuple[int, int]
"""When a file was last written, in ns, and its size in bytes: another program changes it."""


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of a file, or None where it cannot be asked for, as when it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def read_files(
    audio: Path, textgrid: Path | None = None, instead: Document | None = None
) -> Opened:
    """Open a recording and its TextGrid; safe to call from any thread.

    Parameters
    ----------
    textgrid
        None takes the file of the recording's stem that ends in ``.TextGrid``, if there is one.
        Annotations of another program, by their suffix, become a TextGrid that is in no file yet.
    instead
        Is taken in the place of what would be read from `textgrid`.

    Raises
    ------
    AudioError, TextGridError
        One of the two cannot be read.
    """
    recording = Recording(audio)
    sentences: list[str] = []
    try:
        path = textgrid if textgrid is not None else find_textgrid(recording.path)
        stamp = None if path is None else stamp_of(path)
        document = instead
        if path is not None and instead is None and is_foreign(path):
            document, stamp = _converted(path, recording), None
            sentences.append(
                tr("{name} was read; a save makes {new}.").format(
                    name=path.name, new=document.path.name
                )
            )
        elif path is not None and instead is None:
            document = read_textgrid(path)
            clear_leftovers(path)
    except TextGridError:
        recording.close()
        raise
    if document is not None:
        sentences += _few(document.warnings)
    return Opened(recording, document, " ".join(sentences), stamp)


def _converted(path: Path, recording: Recording) -> Document:
    """Annotations of another program, as a TextGrid in the place of no file that there is."""
    textgrid = read_annotations(path, recording.duration_s, recording.rate_hz)
    names = [path.with_suffix(".TextGrid"), path.with_name(f"{path.name}.TextGrid")]
    names += [path.with_name(f"{path.name} {number}.TextGrid") for number in range(2, 1000)]
    free = next((name for name in names if not name.exists()), names[-1])
    return Document(free, textgrid, FileStyle())


def _few(sentences: tuple[str, ...]) -> list[str]:
    """The first of them, and how many more there are."""
    more = len(sentences) - _MOST_WARNINGS
    rest = [tr("There are {more} more such warnings.").format(more=more)] if more > 0 else []
    return [*sentences[:_MOST_WARNINGS], *rest]


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one place, where there is a file or where there will be one."""
    return os.path.realpath(one) == os.path.realpath(other)


def find_textgrid(audio: Path) -> Path | None:
    """The TextGrid beside a recording that has its stem, or None."""
    for suffix in (".TextGrid", ".textgrid", ".textGrid"):
        path = audio.with_suffix(suffix)
        if path.is_file():
            return path
    return None


def find_audio(textgrid: Path) -> Path | None:
    """The recording beside a TextGrid that has its stem, or None."""
    for suffix in ("wav", "flac", "WAV", "aiff", "aif", "ogg", "mp3"):
        path = textgrid.with_suffix(f".{suffix}")
        if path.is_file():
            return path
    return None
