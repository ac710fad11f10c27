"""Transcripts on disk: a text file, a folder of text files, or a table."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path, PurePath

from vowelscope.core.errors import AlignmentError
from vowelscope.core.pairs import AUDIO_SUFFIXES

TEXT_SUFFIXES = (".txt", ".lab")
_ID_HEADS = frozenset(("id", "file", "filename", "file_name", "name", "path", "audio", "wav"))
_TEXT_HEADS = frozenset(("text", "transcript", "transcription", "sentence"))


def read_transcript(path: str | Path) -> str:
    """The text of one transcript file.

    Raises
    ------
    AlignmentError
        The file is missing, is not UTF-8 (or UTF-16 with its mark), or is empty.
    """
    text = " ".join(_read_text(Path(path)).split())
    if not text:
        raise AlignmentError(f"{path}: the transcript is empty.")
    return text


def read_transcripts(path: str | Path) -> dict[str, str]:
    """Transcripts by the name of their recording, without its suffix.

    Parameters
    ----------
    path
        A folder whose ``.txt`` and ``.lab`` files (subfolders too) are named as the recordings,
        or a table: ``id|text`` or ``id|...|text`` as LJ Speech's metadata.csv, the same with
        tabs, or CSV. The first column is the name, the last the text; a row of headings is
        recognised.

    Returns
    -------
    dict
        For files in subfolders, the name holds the subfolder (``speaker1/a``).

    Raises
    ------
    AlignmentError
        It cannot be read, a row has no text, a name stands twice, or there is nothing in it.
    """
    path = Path(path)
    if path.is_dir():
        found: dict[str, str] = {}
        for file in sorted(path.rglob("*")):
            if file.suffix.lower() in TEXT_SUFFIXES and file.is_file():
                _add(found, file.relative_to(path).with_suffix("").as_posix(), file, path)
        if not found:
            raise AlignmentError(f"{path}: there are no .txt or .lab files in this folder.")
        return found
    return _read_table(path)


def transcript_of(name: PurePath, transcripts: Mapping[str, str]) -> str | None:
    """The transcript of a recording by its relative path without suffix, else by its bare name."""
    return transcripts.get(name.as_posix(), transcripts.get(name.name))


def _add(found: dict[str, str], name: str, file: Path, folder: Path) -> None:
    if name in found:
        raise AlignmentError(f"{folder}: there are two transcripts of {name!r} (.txt and .lab).")
    found[name] = " ".join(_read_text(file).split())


def _read_table(path: Path) -> dict[str, str]:
    lines = _read_text(path).splitlines()
    first = next((line for line in lines if line.strip()), "")
    mark = next((mark for mark in "|\t," if mark in first), None)
    if mark is None:
        raise AlignmentError(
            f"{path}: not a table of transcripts; its lines should be id|text, id<tab>text or "
            "id,text."
        )
    found: dict[str, str] = {}
    if mark == ",":
        reader = csv.reader(lines, strict=True)
    else:  # A quotation mark is part of the text there.
        reader = csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_NONE)
    try:
        for number, row in enumerate(reader):
            if not row or (number == 0 and _is_heading(row)):
                continue
            name = _without_suffix(row[0].strip())
            if len(row) < 2 or not name:
                raise AlignmentError(f"{path}, line {reader.line_num}: there is no {mark!r} in it.")
            if name in found:
                raise AlignmentError(f"{path}, line {reader.line_num}: {name!r} is there twice.")
            found[name] = row[-1].strip()
    except csv.Error as error:
        raise AlignmentError(f"{path}, line {reader.line_num}: {error}.") from error
    if not found:
        raise AlignmentError(f"{path}: the table of transcripts has no rows.")
    return found


def _is_heading(row: list[str]) -> bool:
    return row[0].strip().lower() in _ID_HEADS and row[-1].strip().lower() in _TEXT_HEADS


def _without_suffix(name: str) -> str:
    path = PurePath(name.replace("\\", "/"))
    is_sound = path.suffix.lower() in AUDIO_SUFFIXES
    return (path.with_suffix("") if is_sound else path).as_posix() if name else ""


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AlignmentError(
            f"{path}: the transcript cannot be read ({error.strerror})."
        ) from error
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise AlignmentError(
            f"{path}: the transcript is not UTF-8 text (byte {error.start})."
        ) from error
