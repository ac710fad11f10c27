"""How a TextGrid file is written: format, encoding and newlines; sniffed and kept."""

from __future__ import annotations

import codecs
import re
import sys
from dataclasses import dataclass
from typing import Literal, get_args

FileFormat = Literal["long", "short", "binary", "chronological"]
Newline = Literal["\n", "\r\n", "\r"]

FORMATS: tuple[str, ...] = get_args(FileFormat)
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16-be",
    "utf-16-le",
    "latin-1",
    "cp1252",
    "mac-roman",
    "praat",
)
BINARY_MAGIC = b"ooBinaryFile"
CHRONOLOGICAL_MAGIC = '"Praat chronological TextGrid text file"'

# What Praat takes for UTF-8 (surrogates and overlong forms pass, which Python would refuse).
_PRAAT_UTF8 = re.compile(
    rb"(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})*+"
)
# The long format has words ("xmin = ") where the short one has the first number.
_LONG_BODY = re.compile(r'"TextGrid(?: \d+)?"\s*(?:![^\n]*\s*)*[^\s"<0-9+\-!]')


@dataclass(frozen=True, slots=True)
class FileStyle:
    """What a save keeps of the file that was read.

    Attributes
    ----------
    format
        Praat's "text file" (long), "short text file", "binary file" or "chronological text file".
    encoding
        Python's name: "utf-8" (a file in ASCII counts as such), "utf-8-sig" (with byte order
        mark), "utf-16-be" and "utf-16-le" (with mark), "latin-1", "cp1252", "mac-roman"; or
        "praat": ASCII where it is enough, else UTF-16BE, as Praat does by default. A binary file
        has no use for it.
    newline
        The end of each line.
    """

    format: FileFormat = "long"
    encoding: str = "utf-8"
    newline: Newline = "\n"


def sniff(data: bytes, encoding: str | None = None) -> FileStyle:
    """The style of the bytes of a TextGrid file; `encoding` where it is known already."""
    if is_binary(data):
        return FileStyle("binary")
    encoding = encoding or sniff_encoding(data)
    start = decode(data[:4000], encoding)
    found = re.search(r"\r\n|\r|\n", start)
    newline: Newline = "\n"
    if found is not None:
        newline = "\r\n" if found.group() == "\r\n" else "\r" if found.group() == "\r" else "\n"
    start = unify_newlines(start)
    kind: FileFormat = "short"
    if start.startswith(CHRONOLOGICAL_MAGIC):
        kind = "chronological"
    elif _LONG_BODY.search(start):
        kind = "long"
    return FileStyle(kind, encoding, newline)


def is_binary(data: bytes) -> bool:
    """Whether Praat would take `data` for one of its binary files."""
    place = data[:60].find(b"BinaryFile")
    return 0 <= place < 40 and not _has_mark(data)


def is_text(data: bytes) -> bool:
    """Whether `data` begins as one of Praat's text files, of whatever object."""
    start = decode(data[:400], sniff_encoding(data[:400]))
    return 0 <= start.find("TextFile") < 40 or start.startswith(CHRONOLOGICAL_MAGIC)


def sniff_encoding(data: bytes) -> str:
    """Python's name of the encoding that Praat would read `data` with.

    Without a byte order mark that is UTF-8 where the bytes allow it, else the old encoding of the
    system: MacRoman on a Mac, Windows' Latin-1 on Windows, Latin-1 elsewhere (Praat's default
    "Text reading preferences").
    """
    if data.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if data.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if _is_utf8(data):
        return "utf-8"
    return {"darwin": "mac-roman", "win32": "cp1252"}.get(sys.platform, "latin-1")


def decode(data: bytes, encoding: str) -> str:
    """Text of `data` without its byte order mark; bytes that stand for nothing become U+FFFD.

    As in Praat, null characters are dropped from one-byte encodings and end a UTF-16 text.
    """
    if encoding.startswith("utf-16"):
        data = data[: len(data) & ~1]
        return data.decode(encoding, errors="replace").removeprefix("\ufeff").partition("\0")[0]
    return data.decode(encoding, errors="replace").removeprefix("\ufeff").replace("\0", "")


def encode(text: str, encoding: str) -> bytes:
    """`text` in `encoding`; in UTF-8 where a one-byte encoding would not bring it back.

    UTF-16 gets its byte order mark, as in every UTF-16 file that Praat writes.

    Raises
    ------
    UnicodeEncodeError
        The text holds half a surrogate pair.
    """
    if encoding == "praat":
        encoding = "ascii" if text.isascii() else "utf-16-be"
    if encoding == "utf-16-be":
        return codecs.BOM_UTF16_BE + text.encode(encoding)
    if encoding == "utf-16-le":
        return codecs.BOM_UTF16_LE + text.encode(encoding)
    if encoding.startswith("utf-8"):
        return text.encode(encoding)
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8")
    # "Ã©" in Latin-1 has the bytes of "é" in UTF-8, which every reader tries first.
    return data if text.isascii() or not _is_utf8(data) else text.encode("utf-8")


def unify_newlines(text: str) -> str:
    """`text` with each CR LF and CR as LF, as Praat reads it."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def shorten(text: str) -> str:
    """`text` for a sentence: one line, printable, at most 30 characters."""
    shown = "".join(c if c.isprintable() else "·" for c in " ".join(text[:200].split()))
    return shown[:30] + "…" if len(shown) > 30 else shown


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _PRAAT_UTF8.fullmatch(data) is not None
    return True


def _has_mark(data: bytes) -> bool:
    return data.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE))
