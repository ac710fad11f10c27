"""The explained tokens of a corpus as columns, to be sorted, filtered and shown; maps on demand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr
from vowelscope.explain.browse_orders import NOT_ASKED, ORDERS, Order
from vowelscope.explain.discriminant import discriminate
from vowelscope.explain.shards import (
    FORMANTS,
    POINTS,
    Plan,
    maps_of,
    missing,
    read_plan,
    shard_path,
)

__all__ = ["NOT_ASKED", "ORDERS", "Browsed", "Order", "read_browsed", "read_maps"]

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_TEXTS = ("recording", "textgrid", "tier", "utterance", "set", "word", "label", "split")
_SEARCHED = ("word", "label", "recording")
_GROUPED = ("set", "speaker", "split")
_LEAST_TO_FIT = 50


@dataclass(frozen=True, slots=True, eq=False)
class Browsed:
    """Every explained token of a folder of shards.

    Attributes
    ----------
    out, plan
        The folder, and what its shards are.
    texts
        Columns of text by name, (n,) of str.
    ranked
        For the columns that are searched: the different values in order, and the place of each
        token's among them.
    row, index
        (n,) row of the corpus, and interval in its tier.
    tmin_s, tmax_s
        (n,) seconds.
    y, said, by_formants
        (n,) class of the label, of the prediction, and of the discriminant analysis of F1-F4 at
        20, 50 and 80 % that was fitted on the training part; `NOT_ASKED` where there is none.
    probability, margin
        (n,) of the prediction; its logit less the next one's.
    formants_hz
        (n, 3, 4): F1-F4 at 20, 50 and 80 %; NaN where undefined.
    groups
        For ``set``, ``speaker`` and ``split``: the names in the order in which they first occur,
        and the number of each token's.
    """

    out: Path
    plan: Plan
    texts: dict[str, npt.NDArray[Any]]
    ranked: dict[str, tuple[list[str], Ints]]
    row: Ints
    index: Ints
    tmin_s: Doubles
    tmax_s: Doubles
    y: Ints
    said: Ints
    by_formants: Ints
    probability: Doubles
    margin: Doubles
    formants_hz: Doubles
    groups: dict[str, tuple[tuple[str, ...], Ints]]

    def __len__(self) -> int:
        return len(self.row)

    @property
    def doubt(self) -> Doubles:
        """(n,) 1 less the probability of the prediction."""
        return 1.0 - self.probability

    @property
    def differs_from_label(self) -> Flags:
        """(n,) where the label has a class, and the prediction is another."""
        return self._differs(self.y)

    @property
    def differs_from_formants(self) -> Flags:
        """(n,) where the formants name a class, and the prediction is another."""
        return self._differs(self.by_formants)

    def _differs(self, other: Ints) -> Flags:
        differs: Flags = (other != self.said) & (other != NOT_ASKED)
        return differs

    @property
    def f1_hz(self) -> Doubles:
        """(n,) in the middle; NaN where undefined."""
        return self.formants_hz[:, 1, 0]

    @property
    def f2_hz(self) -> Doubles:
        """(n,) in the middle; NaN where undefined."""
        return self.formants_hz[:, 1, 1]

    def order(self, by: Order, chosen: Flags | None = None) -> Ints:
        """The tokens in an order, or those of them that are `chosen`."""
        last = len(self) - np.arange(len(self))  # ties stay as the corpus has them
        keys: tuple[npt.NDArray[Any], ...]
        if by == "corpus":
            keys = (self.row,)
        elif by == "doubt":
            keys = (-last, -self.doubt)
        elif by == "duration":
            keys = (-last, self.tmax_s - self.tmin_s)
        elif by in ("label", "formants"):
            differs = self.differs_from_label if by == "label" else self.differs_from_formants
            keys = (-last, -self.margin, ~differs)
        elif by == "word":
            keys = (-last, self.ranked["word"][1])
        else:
            keys = (-last, self.y if by == "class" else self.said)
        found: Ints = np.lexsort(keys).astype(np.int64)
        return found if chosen is None else found[chosen[found]]

    def counts(self, chosen: Flags | None = None) -> Ints:
        """Tokens by class of the label (rows) and prediction (columns), of all or the chosen."""
        k = len(self.plan.classes)
        counts = np.zeros((k, k), np.int64)
        keep = self.y >= 0 if chosen is None else chosen & (self.y >= 0)
        np.add.at(counts, (self.y[keep], self.said[keep]), 1)
        return counts

    def matching(
        self, text: str = "", label: int | None = None, said: int | None = None, part: str = ""
    ) -> Flags:
        """Which tokens have a text in word, label or recording, a class, a prediction, a part."""
        keep = np.ones(len(self), bool)
        if label is not None:
            keep &= self.y == label
        if said is not None:
            keep &= self.said == said
        if part:
            keep &= self.texts["split"] == part
        wanted = text.strip().casefold()
        if wanted:
            found = np.zeros(len(self), bool)
            for values, at in self.ranked.values():
                # Each different text is looked at once: a corpus has far fewer words than tokens.
                held = np.array([wanted in value.casefold() for value in values], bool)
                found |= held[at] if len(values) else False
            keep &= found
        return keep


def _ranked(table: pa.Table, name: str) -> tuple[list[str], Ints]:
    held = table.column(name).combine_chunks().dictionary_encode()
    values, at = held.dictionary.to_pylist(), held.indices.to_numpy()
    order = sorted(range(len(values)), key=values.__getitem__)
    place = np.empty(len(values), np.int64)
    place[order] = np.arange(len(values))
    # Folders are not searched: all of a corpus may lie in one.
    names = [Path(values[n]).name if name == "recording" else values[n] for n in order]
    return names, place[at]


def _grouped(table: pa.Table, name: str) -> tuple[tuple[str, ...], Ints]:
    held = table.column(name).combine_chunks().dictionary_encode()
    return tuple(held.dictionary.to_pylist()), held.indices.to_numpy().astype(np.int64)


def read_browsed(out: Path) -> Browsed:
    """Read all but the maps.

    Raises
    ------
    ConfigError
        The folder holds no explanations, none is finished, or a file is damaged.
    """
    plan = read_plan(out)
    there = [n for n in range(plan.shards) if n not in set(missing(out, plan))]
    if not there:
        raise ConfigError(tr("{out}: no shard is finished yet.").format(out=out))
    columns = [*_TEXTS, "row", "index", "tmin_s", "tmax_s", "class", "predicted", "logits"]
    columns += ["speaker", *FORMANTS]
    try:
        table = pa.concat_tables(pq.read_table(shard_path(out, n), columns=columns) for n in there)
    except (pa.ArrowException, OSError) as error:
        raise ConfigError(
            tr("{out}: the explanations cannot be read ({error}).").format(out=out, error=error)
        ) from error
    table = table.filter(pc.is_valid(table.column("logits")))
    logits = _matrix(table, plan)
    formants = np.column_stack([_numbers(table, name) for name in FORMANTS])
    y, said = _classes(table, "class", plan), _classes(table, "predicted", plan)
    texts = {name: table.column(name).to_numpy() for name in _TEXTS}
    ordered = np.sort(logits, axis=1)
    chances = np.exp(logits - ordered[:, -1:])
    return Browsed(
        out=out,
        plan=plan,
        texts=texts,
        ranked={name: _ranked(table, name) for name in _SEARCHED},
        row=table.column("row").to_numpy(),
        index=table.column("index").to_numpy().astype(np.int64),
        tmin_s=_numbers(table, "tmin_s"),
        tmax_s=_numbers(table, "tmax_s"),
        y=y,
        said=said,
        by_formants=_judged(formants, y, texts["split"] == "train"),
        probability=1.0 / chances.sum(axis=1),
        margin=ordered[:, -1] - ordered[:, -2] if logits.shape[1] > 1 else ordered[:, -1],
        formants_hz=formants.reshape(len(formants), len(POINTS), -1),
        groups={name: _grouped(table, name) for name in _GROUPED},
    )


def _matrix(table: pa.Table, plan: Plan) -> Doubles:
    held = table.column("logits").combine_chunks().flatten().to_numpy(zero_copy_only=False)
    logits: Doubles = held.reshape(-1, len(plan.classes)).astype(np.float64)
    return logits


def _numbers(table: pa.Table, name: str) -> Doubles:
    values: Doubles = table.column(name).to_numpy().astype(np.float64)
    return values


def _classes(table: pa.Table, name: str, plan: Plan) -> Ints:
    found = pc.index_in(table.column(name), pa.array(plan.classes))
    numbers: Ints = pc.fill_null(found, NOT_ASKED).to_numpy().astype(np.int64)
    return numbers


def _judged(formants_hz: Doubles, y: Ints, train: Flags) -> Ints:
    fit = train & (y != NOT_ASKED)
    if fit.sum() < _LEAST_TO_FIT or len(np.unique(y[fit])) < 2:
        return np.full(len(y), NOT_ASKED, dtype=np.int64)
    return discriminate(formants_hz[fit], y[fit], formants_hz)


def read_maps(browsed: Browsed, at: list[int]) -> list[npt.NDArray[np.float32]]:
    """The maps of some tokens, each (classes, rows, columns) in logits.

    Parameters
    ----------
    at
        Places in `browsed`, not rows of the corpus.
    """
    plan = browsed.plan
    found: dict[int, npt.NDArray[np.float32]] = {}
    wanted = {int(browsed.row[place]): place for place in at}
    for number in sorted({row // plan.shard_tokens for row in wanted}):
        table = pq.read_table(
            shard_path(browsed.out, number),
            columns=["row", "map"],
            filters=[("row", "in", list(wanted))],
        )
        table = table.filter(pc.is_valid(table.column("map")))
        for row, maps in zip(table.column("row").to_pylist(), maps_of(table, plan), strict=True):
            found[wanted[row]] = maps
    return [found[place] for place in at]
