"""Reads a recording and its TextGrid from disk, on any thread, before a session shows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vowelscope.core.audio import Recording
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid_io import Document, read_textgrid

_SAME_DURATION_S = 0.011
"""Aligners round a TextGrid's end to their frame; what differs by less is not worth a word."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was read from disk and may now take the place of what a window shows."""

    recording: Recording
    document: Document | None
    notice: str = ""


def read_files(audio: Path, textgrid: Path | None = None) -> Opened:
    """Open a recording and its TextGrid; safe to call from any thread.

    Parameters
    ----------
    textgrid
        None takes the file of the recording's stem that ends in ``.TextGrid``, if there is one.

    Raises
    ------
    AudioError, TextGridError
        One of the two cannot be read.
    """
    recording = Recording(audio)
    try:
        path = textgrid if textgrid is not None else find_textgrid(recording.path)
        document = None if path is None else read_textgrid(path)
    except TextGridError:
        recording.close()
        raise
    notice = ""
    if document is not None:
        length_s = document.textgrid.tmax_s
        if abs(length_s - recording.duration_s) > _SAME_DURATION_S:
            notice = (
                f"{document.path.name} ends at {length_s:.3f} s but {recording.path.name} "
                f"lasts {recording.duration_s:.3f} s; both are shown from 0 s."
            )
    return Opened(recording, document, notice)


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
