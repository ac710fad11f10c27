"""How a TextGrid file is written: format, encoding and newlines; sniffed and kept."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Literal

FileFormat = Literal["long", "short", "binary", "chronological"]
Newline = Literal["\n", "\r\n", "\r"]

BINARY_MAGIC = b"ooBinaryFile"
CHRONOLOGICAL_MAGIC = '"Praat chronological TextGrid text file"'
_LONG_BODY = re.compile(r'"TextGrid"\s*(?:![^\n]*\s*)*[^\s"<0-9+\-.!]')


@dataclass(frozen=True, slots=True)
class FileStyle:
    """What a save keeps of the file that was read.

    Attributes
    ----------
    format
        Praat's "text file" (long), "short text file", "binary file" or "chronological text file".
    encoding
        Python's name: "utf-8", "utf-8-sig" (with byte order mark), "utf-16-be" and "utf-16-le"
        (with mark), "latin-1", "mac-roman"; or "praat": ASCII where it is enough, else UTF-16BE,
        as Praat does by default. A binary file has none of its own.
    newline
        The end of each line.
    """

    format: FileFormat = "long"
    encoding: str = "utf-8"
    newline: Newline = "\n"


def sniff(data: bytes) -> FileStyle:
    """The style of the bytes of a TextGrid file. Never fails: unlikely bytes look like Latin-1."""
    if data.startswith(BINARY_MAGIC):
        return FileStyle("binary")
    encoding = sniff_encoding(data)
    text = decode(data, encoding)
    found = re.search(r"\r\n|\r|\n", text)
    newline: Newline = "\n" if found is None else found.group()  # type: ignore[assignment]
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kind: FileFormat = "short"
    if unified.startswith(CHRONOLOGICAL_MAGIC):
        kind = "chronological"
    elif _LONG_BODY.search(unified[:2000]):
        kind = "long"
    return FileStyle(kind, encoding, newline)


def sniff_encoding(data: bytes) -> str:
    """Python's name of the encoding that Praat would read `data` with."""
    if data.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if data.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def decode(data: bytes, encoding: str) -> str:
    """Text of `data` without its byte order mark; bad bytes become U+FFFD."""
    return data.decode(encoding, errors="replace").removeprefix("\ufeff")


def encode(text: str, encoding: str) -> bytes:
    """`text` in `encoding`; UTF-8 where a one-byte encoding cannot hold it.

    UTF-16 gets its byte order mark, as in every UTF-16 file that Praat writes.
    """
    if encoding == "praat":
        encoding = "ascii" if text.isascii() else "utf-16-be"
    if encoding == "utf-16-be":
        return codecs.BOM_UTF16_BE + text.encode(encoding)
    if encoding == "utf-16-le":
        return codecs.BOM_UTF16_LE + text.encode(encoding)
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8")
