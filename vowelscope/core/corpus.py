"""The corpus manifest: folders of recordings and TextGrids -> one Parquet file, a row a token.

Recordings are read one by one and rows written as they come, so that memory grows with the corpus
only by some numbers an utterance. What was read is kept in pieces beside the file until it is done.
"""

from __future__ import annotations

import fnmatch
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from vowelscope import __version__
from vowelscope.core.corpus_pieces import Piece, PieceStore
from vowelscope.core.corpus_reading import Progress, read_pieces
from vowelscope.core.errors import CorpusError
from vowelscope.core.manifest import SCHEMA, corpus_info, read_corpus, write_draft, write_final
from vowelscope.core.pairs import Pair, Problem, Value, find_pairs
from vowelscope.core.phones import ClassMap
from vowelscope.core.splits import SplitBy, assign_splits, split_hash
from vowelscope.core.translation import tr

__all__ = ["SCHEMA", "BuildReport", "build_corpus", "corpus_info", "read_corpus"]


@dataclass
class BuildReport:
    """What `build_corpus` made and met.

    Attributes
    ----------
    tokens, utterances
        Rows written, and recordings that gave at least one.
    counts
        (set, split, class) -> tokens.
    other, unknown
        Labels without a class: those of known phones, and those that no label set has.
    failures, warnings
        Files that could not be used, and files that could but want a look.
    split_hash
        See `splits.split_hash`.
    """

    out: Path
    tokens: int = 0
    utterances: int = 0
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    failures: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    split_hash: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON would have it."""
        return {
            "out": str(self.out),
            "tokens": self.tokens,
            "utterances": self.utterances,
            "counts": [
                {"set": name, "split": part, "class": cls, "tokens": count}
                for (name, part, cls), count in sorted(self.counts.items())
            ],
            "labels_without_class": dict(self.other.most_common()),
            "unknown_labels": dict(self.unknown.most_common()),
            "failures": [{"path": str(p.path), "reason": p.reason} for p in self.failures],
            "warnings": [{"path": str(p.path), "reason": p.reason} for p in self.warnings],
            "split_hash": self.split_hash,
        }


def build_corpus(
    folders: Sequence[str | Path],
    class_map: ClassMap,
    out: str | Path,
    *,
    tier: str | None = None,
    speaker_from: str = "folder",
    by: SplitBy = "utterance",
    seed: int = 1,
    test: float = 0.2,
    val: float = 0.05,
    train_only: Sequence[str] = (),
    jobs: int = 1,
    command: str = "",
    progress: Progress | None = None,
) -> BuildReport:
    """Make one Parquet manifest of the tokens in folders of recordings and TextGrids.

    Parameters
    ----------
    folders
        Each is a set, called by the folder's name.
    class_map
        Decides which labels are tokens and of which class.
    out
        The Parquet file. It is replaced in one step when all is done; until then, and after a
        fault or an interruption, an older file stays as it was. What was read until then is kept
        in the folder `pieces_folder`, and the next build of the same files goes on from there.
    tier
        Name of the phone tier; None for the usual names.
    speaker_from
        See `pairs.find_pairs`.
    by
        What stays together in the split: see `splits.group_of`, and `splits.LEAKS` for what some
        of them let through.
    seed, test, val
        The split: shares of the test and validation parts, within each set.
    train_only
        Names or patterns (``synth*``) of sets that go into training as a whole.
    jobs
        Processes. More than one needs a main module that can be imported (``__main__`` guarded).
    command
        The command line, kept in the file.
    progress
        Called with (recordings done, recordings in all).

    Returns
    -------
    BuildReport
        The same input gives the same rows in the same order, whatever `jobs` is.

    Raises
    ------
    CorpusError
        A folder is missing, holds no pair, or no label has a class; a share or a pattern is wrong;
        the file cannot be written.
    """
    out = Path(out)
    _check(folders, test, val, out)
    names = _set_names([Path(folder) for folder in folders])
    for pattern in train_only:
        if not any(fnmatch.fnmatchcase(name, pattern) for name in names.values()):
            raise CorpusError(
                tr(
                    "No set is called {pattern!r}, which is to be for training only; "
                    "there are {names}."
                ).format(pattern=pattern, names=", ".join(names.values()))
            )
    report = BuildReport(out)
    pairs: list[Pair] = []
    for folder, name in names.items():
        found, problems = find_pairs(folder.resolve(), name, speaker_from)
        if not found:
            why = f" ({problems[0].path}: {problems[0].reason})" if problems else ""
            raise CorpusError(
                tr("{folder}: no recording has a TextGrid of the same name{why}.").format(
                    folder=folder, why=why
                )
            )
        pairs += found
        report.failures += problems
    try:
        store = PieceStore(pieces_folder(out), class_map, tier)
        draft, final = _temporary(store.folder), _temporary(store.folder)
    except OSError as error:
        raise CorpusError(
            tr("{out}: the corpus cannot be written ({strerror}).").format(
                out=out, strerror=error.strerror
            )
        ) from error
    try:
        with closing(read_pieces(pairs, class_map, tier, jobs, store, progress)) as pieces:
            gathered = write_draft(
                draft, _rows(pieces, report), by, seed if class_map.balanced else None
            )
        if not gathered.counts:
            store.clear()
            raise CorpusError(_nothing(report, class_map))
        splits = _split(gathered.counts, names.values(), train_only, test, val, seed)
        report.split_hash = split_hash((*group, part) for group, part in splits.items())
        metadata = {
            "version": __version__,
            "command": command,
            "class_map": {
                "name": class_map.name,
                "classes": list(class_map.classes),
                "toml": class_map.toml,
            },
            "sets": {name: str(folder) for folder, name in names.items()},
            "split": {
                "by": by,
                "seed": seed,
                "test": test,
                "val": val,
                "train_only": list(train_only),
                "hash": report.split_hash,
            },
            "labels_without_class": dict(report.other.most_common()),
            "unknown_labels": dict(report.unknown.most_common()),
            "failures": len(report.failures),
        }
        report.counts = write_final(
            draft,
            final,
            base=out.resolve().parent,
            metadata=metadata,
            splits=splits,
            limits=gathered.limits(splits) if class_map.balanced else None,
            seed=seed,
        )
        report.tokens, report.utterances = report.counts.total(), len(gathered.utterances)
        _publish(final, out)
        store.clear()
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(
            tr("{out}: the corpus cannot be written ({error}).").format(out=out, error=error)
        ) from error
    finally:
        for path in (draft, final):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        store.leave()
    return report


def pieces_folder(out: Path) -> Path:
    """Where a build that was broken off keeps what it has read."""
    full = out.resolve()
    return full.with_name(f"{full.name}.pieces")


def _check(folders: Sequence[str | Path], test: float, val: float, out: Path) -> None:
    if not folders:
        raise CorpusError(tr("Name at least one folder of recordings and TextGrids."))
    if not (0 <= test < 1 and 0 <= val < 1 and test + val < 1):
        raise CorpusError(
            tr(
                "The test and validation shares ({test:g} and {val:g}) must be 0 or"
                " more and leave something for training."
            ).format(test=test, val=val)
        )
    if out.is_dir():
        raise CorpusError(
            tr("{out}: this is a folder; name the Parquet file to write.").format(out=out)
        )
    if not out.resolve().parent.is_dir():
        raise CorpusError(
            tr("{out}: the folder {parent} does not exist.").format(out=out, parent=out.parent)
        )
    resolved = [Path(folder).resolve() for folder in folders]
    for i, inner in enumerate(resolved):
        for j, outer in enumerate(resolved):
            if i != j and inner.is_relative_to(outer):
                raise CorpusError(
                    tr("{folder} lies inside {other}: its recordings would count twice.").format(
                        folder=folders[i], other=folders[j]
                    )
                )


def _set_names(folders: Sequence[Path]) -> dict[Path, str]:
    """Folder -> name; folders of one name are told apart by their parents' names."""
    names = Counter(folder.resolve().name for folder in folders)
    result: dict[Path, str] = {}
    for folder in folders:
        full = folder.resolve()
        result[folder] = full.name if names[full.name] == 1 else f"{full.parent.name}/{full.name}"
    if len(set(result.values())) < len(result):
        return {folder: folder.resolve().as_posix() for folder in folders}
    return result


def _rows(pieces: Iterator[Piece], report: BuildReport) -> Iterator[list[dict[str, Value]]]:
    """The rows of each piece; all else that was met goes into the report."""
    for piece in pieces:
        report.other.update(piece.other)
        report.unknown.update(piece.unknown)
        report.failures += piece.failures
        report.warnings += piece.warnings
        yield piece.rows


def _nothing(report: BuildReport, class_map: ClassMap) -> str:
    if report.failures:
        first = report.failures[0]
        more = (
            tr(" and {n} more").format(n=len(report.failures) - 1)
            if len(report.failures) > 1
            else ""
        )
        reason = f"{first.path}: {first.reason}{more}"
    else:
        labels = ", ".join(label for label, _ in (report.other + report.unknown).most_common(8))
        reason = (
            tr("the labels are {labels}").format(labels=labels)
            if labels
            else tr("every interval is empty")
        )
    return tr("No token has a class of the map {name!r} ({reason}).").format(
        name=class_map.name, reason=reason
    )


def _split(
    counts: Mapping[tuple[str, str], Mapping[str, int]],
    names: Iterable[str],
    train_only: Sequence[str],
    test: float,
    val: float,
    seed: int,
) -> dict[tuple[str, str], str]:
    result: dict[tuple[str, str], str] = {}
    for name in names:
        of_set = {group: c for (set_name, group), c in counts.items() if set_name == name}
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in train_only):
            parts = dict.fromkeys(of_set, "train")
        else:
            parts = assign_splits(of_set, test=test, val=val, seed=seed, salt=name)
        result.update(((name, group), part) for group, part in parts.items())
    return result


def _temporary(folder: Path) -> Path:
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".vowelscope-")
    os.close(descriptor)
    return Path(name)


def _publish(final: Path, out: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    final.chmod(0o666 & ~mask)
    with final.open("rb") as stream:
        os.fsync(stream.fileno())
    final.replace(out.resolve())
