"""The Parquet file of a corpus: its columns, how it is written in two passes, how it is read.

The first pass writes the tokens as they come and keeps some numbers a group; the second adds
what only the whole can tell, the split and the balanced choice.
"""

from __future__ import annotations

import json
import os
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vowelscope.core.errors import CorpusError
from vowelscope.core.pairs import Value
from vowelscope.core.splits import SplitBy, group_of, seeded_rank, split_hash
from vowelscope.core.translation import tr

_METADATA_KEY = b"vowelscope"
TOKEN_FIELDS = [
    pa.field("recording", pa.string(), nullable=False),
    pa.field("textgrid", pa.string(), nullable=False),
    pa.field("set", pa.string(), nullable=False),
    pa.field("speaker", pa.string(), nullable=False),
    pa.field("utterance", pa.string(), nullable=False),
    pa.field("tier", pa.string(), nullable=False),
    pa.field("index", pa.int32(), nullable=False),
    pa.field("tmin_s", pa.float64(), nullable=False),
    pa.field("tmax_s", pa.float64(), nullable=False),
    pa.field("duration_s", pa.float64(), nullable=False),
    pa.field("label", pa.string(), nullable=False),
    pa.field("class", pa.string(), nullable=False),
    pa.field("stress", pa.int8(), nullable=True),
    pa.field("word", pa.string(), nullable=False),
    pa.field("left", pa.string(), nullable=False),
    pa.field("right", pa.string(), nullable=False),
    pa.field("rate_hz", pa.int32(), nullable=False),
    pa.field("silence_s", pa.float32(), nullable=True),
    pa.field("clipped", pa.int32(), nullable=True),
]
_DRAFT_SCHEMA = pa.schema([*TOKEN_FIELDS, pa.field("group", pa.string(), nullable=False)])
SCHEMA = pa.schema(
    [
        *_DRAFT_SCHEMA,
        pa.field("split", pa.string(), nullable=False),
        pa.field("balanced", pa.bool_(), nullable=False),
    ]
)
"""Columns of a corpus. `group` names what stays together in the split: the utterance, unless the
corpus was split by something else; `stress` is None where the label does not say; `balanced`
marks a fixed random choice with as many tokens of each class in each set and part, where the class
map asks for it, and is true everywhere else; `silence_s` and `clipped` are how much of the token is
silent and how many of its samples are clipped (`sound_checks`), None in corpora of before."""

_LATER = ("silence_s", "clipped")

_ROW_GROUP = 16_384
Group = tuple[str, str]
"""(set, group)"""
Limits = Mapping[tuple[str, str, str], int]
"""(set, part, class) -> the highest rank that belongs to the balanced choice"""


@dataclass
class Gathered:
    """What the first pass keeps: tokens of each class, and their ranks, for each group."""

    counts: dict[Group, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    ranks: dict[tuple[str, str, str], array[int]] = field(
        default_factory=lambda: defaultdict(lambda: array("Q"))
    )
    utterances: set[tuple[str, str]] = field(default_factory=set)

    def limits(self, splits: Mapping[Group, str]) -> Limits:
        """The rank of the last token to keep, so that each class has as many in a set and part."""
        pooled: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for (set_name, group, cls), of_group in self.ranks.items():
            pooled[set_name, splits[set_name, group]][cls].extend(of_group)
        result: dict[tuple[str, str, str], int] = {}
        for (set_name, part), by_class in pooled.items():
            fewest = min(len(ranks) for ranks in by_class.values())
            for cls, ranks in by_class.items():
                result[set_name, part, cls] = sorted(ranks)[fewest - 1]
        return result


def write_draft(
    path: Path,
    tokens: Iterator[list[dict[str, Value]]],
    by: SplitBy,
    balance_seed: int | None,
) -> Gathered:
    """First pass: write the tokens of each recording in the order in which they come.

    Parameters
    ----------
    path
        The draft.
    tokens
        Rows of some recordings at a time, without group, split and balance; the group is added.
    by
        What stays together in the split.
    balance_seed
        Keep ranks for a balanced choice with this seed; None for no balance.
    """
    gathered = Gathered()
    rows: list[dict[str, Value]] = []
    with pq.ParquetWriter(path, _DRAFT_SCHEMA) as writer:
        for of_recording in tokens:
            for row in of_recording:
                name = row["group"] = group_of(row, by)
                group = (str(row["set"]), name)
                gathered.utterances.add((str(row["set"]), str(row["utterance"])))
                gathered.counts[group][str(row["class"])] += 1
                if balance_seed is not None:
                    gathered.ranks[(*group, str(row["class"]))].append(_rank(row, balance_seed))
            rows += of_recording
            if len(rows) >= _ROW_GROUP:
                writer.write_batch(pa.RecordBatch.from_pylist(rows, _DRAFT_SCHEMA))
                rows = []
        if rows:
            writer.write_batch(pa.RecordBatch.from_pylist(rows, _DRAFT_SCHEMA))
    return gathered


def write_final(
    draft: Path,
    final: Path,
    *,
    base: Path,
    metadata: Mapping[str, Any],
    splits: Mapping[Group, str],
    limits: Limits | None,
    seed: int,
) -> Counter[tuple[str, str, str]]:
    """Second pass: the draft with its split, its balanced choice and paths relative to `base`.

    Returns
    -------
    collections.Counter
        (set, part, class) -> tokens.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    schema = SCHEMA.with_metadata({_METADATA_KEY: json.dumps(metadata, ensure_ascii=False)})
    source = pq.ParquetFile(draft)
    with source, pq.ParquetWriter(final, schema, compression="zstd") as writer:
        for batch in source.iter_batches(_ROW_GROUP):
            rows = batch.to_pylist()
            for row in rows:
                row["split"] = splits[row["set"], row["group"]]
                key = (row["set"], row["split"], row["class"])
                counts[key] += 1
                row["balanced"] = limits is None or _rank(row, seed) <= limits[key]
                row["recording"] = _relative(row["recording"], base)
                row["textgrid"] = _relative(row["textgrid"], base)
            writer.write_batch(pa.RecordBatch.from_pylist(rows, schema))
    return counts


def read_corpus(path: str | Path) -> pa.Table:
    """Read a corpus, check it, and make the paths of its files absolute.

    Parameters
    ----------
    path
        A Parquet file that `build_corpus` made.

    Returns
    -------
    pyarrow.Table
        Of the columns of `SCHEMA`; `corpus_info` tells how it was made.

    Raises
    ------
    CorpusError
        The file is missing or no corpus, or the split is not the one that was recorded.
    """
    path = Path(path)
    if not path.is_file():
        raise CorpusError(tr("{path}: there is no such corpus.").format(path=path))
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise CorpusError(
            tr("{path}: not a Parquet file that can be read ({reason}).").format(
                path=path, reason=reason
            )
        ) from error
    for column in SCHEMA:
        if column.name in _LATER and column.name not in table.column_names:
            table = table.append_column(column, pa.nulls(table.num_rows, column.type))
        if column.name not in table.column_names:
            raise CorpusError(
                tr("{path}: not a corpus, for it has no column {name!r}.").format(
                    path=path, name=column.name
                )
            )
        if table.schema.field(column.name).type != column.type:
            raise CorpusError(
                tr("{path}: the column {name!r} is {type}, not {type2}.").format(
                    path=path,
                    name=column.name,
                    type=table.schema.field(column.name).type,
                    type2=column.type,
                )
            )
    if _METADATA_KEY not in (table.schema.metadata or {}):
        raise CorpusError(
            tr("{path}: not a corpus, for it does not say how it was made.").format(path=path)
        )
    try:
        recorded = corpus_info(table)["split"]["hash"]
    except (ValueError, KeyError, TypeError):
        raise CorpusError(
            tr("{path}: what it says about how it was made is damaged.").format(path=path)
        ) from None
    groups = table.group_by(["set", "group", "split"]).aggregate([])
    columns = (groups.column(name).to_pylist() for name in ("set", "group", "split"))
    if split_hash(zip(*columns, strict=True)) != recorded:
        raise CorpusError(
            tr("{path}: its split is not the one that was recorded when it was made.").format(
                path=path
            )
        )
    base = path.resolve().parent
    for name in ("recording", "textgrid"):
        encoded = pc.dictionary_encode(table.column(name).combine_chunks())
        absolute = [os.path.normpath(base / entry) for entry in encoded.dictionary.to_pylist()]
        column = pa.array(absolute, pa.string()).take(encoded.indices)
        table = table.set_column(table.column_names.index(name), SCHEMA.field(name), column)
    return table.select(SCHEMA.names)


def corpus_info(table: pa.Table) -> dict[str, Any]:
    """How a corpus was made: version, command, class_map, sets, split (with its hash), ...

    Parameters
    ----------
    table
        From `read_corpus`.
    """
    info: dict[str, Any] = json.loads(table.schema.metadata[_METADATA_KEY])
    return info


def _rank(row: Mapping[str, Value], seed: int) -> int:
    return seeded_rank(seed, *(str(row[key]) for key in ("set", "utterance", "tier", "index")))


def _relative(path: str, base: Path) -> str:
    """`path` as seen from `base`, unless the two have nothing but the root in common."""
    full = Path(path)
    common = Path(os.path.commonpath([full, base])) if full.anchor == base.anchor else Path()
    if len(common.parts) <= 1:
        return str(full)
    return Path(os.path.relpath(full, base)).as_posix()
