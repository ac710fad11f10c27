"""TextGrid files: read by Praat's own parser, saved atomically in the style they had."""

from __future__ import annotations

import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from vowelscope.core import atomic
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.textgrid_binary import from_binary, to_binary
from vowelscope.core.textgrid_style import FileStyle, encode, sniff
from vowelscope.core.textgrid_text import to_long_text, to_short_text

__all__ = ["Document", "FileStyle", "read_textgrid", "to_bytes", "write_textgrid"]

# Praat keeps the state of its reader in global variables.
_PRAAT = threading.Lock()
_NEW = FileStyle()


@dataclass(frozen=True, slots=True)
class Document:
    """A TextGrid with the file it came from and the style that a save keeps."""

    path: Path
    textgrid: TextGrid
    style: FileStyle


def read_textgrid(path: str | os.PathLike[str]) -> Document:
    """Read a TextGrid of any format and encoding that Praat reads, each time to its last bit.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Document
        The TextGrid as Praat has it: overlaps, gaps and unsorted times are kept.

    Raises
    ------
    TextGridError
        The file is missing, is a folder, is no TextGrid or is damaged.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise TextGridError(f"{path} does not exist.") from None
    except IsADirectoryError:
        raise TextGridError(f"{path} is a folder, not a TextGrid file.") from None
    except OSError as fault:
        raise TextGridError(f"{path} cannot be read: {fault.strerror}.") from fault
    if not data:
        raise TextGridError(f"{path} is empty, not a TextGrid file.")
    return Document(path, _through_praat(path, data), sniff(data))


def _through_praat(path: Path, data: bytes) -> TextGrid:
    """Let Praat parse `data` and hand it on as a binary file, whose doubles are exact."""
    import parselmouth

    with tempfile.TemporaryDirectory(prefix="vowelscope-") as folder:
        source, binary = Path(folder, "in.TextGrid"), Path(folder, "out.TextGrid")
        source.write_bytes(data)
        with _PRAAT:
            try:
                thing = parselmouth.Data.read(str(source))
            except Exception as fault:
                raise TextGridError(f"{path} is not a TextGrid that Praat can read.") from fault
            if type(thing) is not parselmouth.TextGrid:
                name = getattr(thing, "class_name", type(thing).__name__)
                raise TextGridError(f"{path} holds a {name}, not a TextGrid.")
            thing.save_as_binary_file(str(binary))
        return from_binary(binary.read_bytes())


def to_bytes(textgrid: TextGrid, style: FileStyle = _NEW) -> bytes:
    """The bytes of a TextGrid file in `style`, as Praat would write them."""
    if style.format == "binary":
        return to_binary(textgrid)
    text = to_short_text(textgrid) if style.format == "short" else to_long_text(textgrid)
    if style.newline != "\n":
        text = text.replace("\n", style.newline)
    return encode(text, style.encoding)


def write_textgrid(
    path: str | os.PathLike[str], textgrid: TextGrid, style: FileStyle = _NEW
) -> None:
    """Save a TextGrid atomically; without a `style`, UTF-8 long text as Praat writes it.

    Parameters
    ----------
    path
        The file to make or replace.
    textgrid
        What to write, with every time to its last bit.
    style
        Format, encoding and newlines; give `Document.style` to keep those of the file read.

    Raises
    ------
    TextGridError
        The file cannot be written; the old one is then untouched.
    """
    atomic.write_bytes(path, to_bytes(textgrid, style), TextGridError)
