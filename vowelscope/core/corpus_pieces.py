"""What a corpus build has read so far, kept in pieces, so that a broken build goes on from there.

A piece is a Parquet file of the tokens of `PIECE` recordings, named by a digest of all that its
content depends on: paths, sizes and times of the files, the class map, the tier and the version.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vowelscope import __version__
from vowelscope.core.manifest import TOKEN_FIELDS
from vowelscope.core.pairs import Pair, PairTokens, Problem, Value
from vowelscope.core.phones import ClassMap

PIECE = 256
"""Recordings of a piece."""

_FORMAT = 1
_METADATA_KEY = b"vowelscope piece"
_SCHEMA = pa.schema(TOKEN_FIELDS)


@dataclass
class Piece:
    """Tokens of some recordings in their order, and what else was met; see `pairs.PairTokens`."""

    rows: list[dict[str, Value]] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    failures: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, read: PairTokens) -> None:
        """Take in the next recording."""
        self.rows += read.rows
        self.unknown.update(read.unknown)
        self.other.update(read.other)
        if read.failure is not None:
            self.failures.append(read.failure)
        if read.warning is not None:
            self.warnings.append(read.warning)


class PieceStore:
    """The folder of a build's pieces, beside the file that is being built.

    Parameters
    ----------
    folder
        Made at once.
    class_map, tier
        As `corpus.build_corpus` has them.

    Raises
    ------
    OSError
        The folder cannot be made.
    """

    def __init__(self, folder: Path, class_map: ClassMap, tier: str | None) -> None:
        self.folder = folder
        self._of_build = [_FORMAT, __version__, class_map.name, class_map.toml, tier]
        folder.mkdir(exist_ok=True)

    def path_of(self, pairs: Sequence[Pair]) -> Path:
        """Where the piece of these pairs is kept, once it has been read."""
        files = [
            [str(path), *_stamp(path), pair.set_name, pair.speaker, pair.utterance]
            for pair in pairs
            for path in (pair.recording, pair.textgrid)
        ]
        text = json.dumps([*self._of_build, files])
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.parquet"

    def load(self, path: Path) -> Piece | None:
        """A piece that was kept; None where there is none, or a damaged one."""
        try:
            table = pq.read_table(path)
            said = json.loads(table.schema.metadata[_METADATA_KEY])
            return Piece(
                table.to_pylist(),
                Counter(said["unknown"]),
                Counter(said["other"]),
                _problems(said["failures"]),
                _problems(said["warnings"]),
            )
        except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
            return None

    def save(self, path: Path, piece: Piece) -> None:
        """Keep a piece; whoever loads it finds the whole of it or nothing.

        Raises
        ------
        OSError, pyarrow.ArrowException
            The file cannot be written.
        """
        said = {
            "unknown": piece.unknown,
            "other": piece.other,
            "failures": [[str(problem.path), problem.reason] for problem in piece.failures],
            "warnings": [[str(problem.path), problem.reason] for problem in piece.warnings],
        }
        schema = _SCHEMA.with_metadata({_METADATA_KEY: json.dumps(said)})
        draft = path.with_suffix(".draft")
        pq.write_table(pa.Table.from_pylist(piece.rows, schema), draft)
        draft.replace(path)

    def clear(self) -> None:
        """Remove all pieces and the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def leave(self) -> None:
        """Remove the folder if it holds no piece."""
        with suppress(OSError):
            self.folder.rmdir()


def _stamp(path: Path) -> tuple[int, int]:
    try:
        held = os.stat(path)  # noqa: PTH116 - twice as fast, and this is asked for every file
    except OSError:
        return -1, -1
    return held.st_size, held.st_mtime_ns


def _problems(said: Iterable[Any]) -> list[Problem]:
    return [Problem(Path(path), reason) for path, reason in said]
