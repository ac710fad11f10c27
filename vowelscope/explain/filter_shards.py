"""What each filter of a stage gives for each token of a corpus, in shards as `shards` has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError
from vowelscope.core.features import FeatureSpec
from vowelscope.core.translation import tr
from vowelscope.explain.corpus_run import Progress, run_shards
from vowelscope.explain.filter_plan import FILTERS_NAME, FilterPlan, read_filter_plan
from vowelscope.explain.model import Model, load_model
from vowelscope.explain.plans import claim_folder, sha256_of
from vowelscope.explain.randomised import STAGES, randomised_state
from vowelscope.explain.runtime import StageRuntime, open_stage
from vowelscope.explain.shards import (
    FORMANTS,
    FROM_CORPUS,
    PLAN_NAME,
    corpus_rows,
    measure_tokens,
    read_inputs,
    read_shards,
)

MEASURES = ("f1_50_hz", "f2_50_hz", "f3_50_hz", "f0_hz", "duration_s")
"""What filters are compared with: formants in the middle, mean f0, duration."""

_MOST_NOTES = 20
_MEASURED = (*FORMANTS, "f0_hz")


_WHAT = {
    "corpus_sha256": "corpus",
    "model_sha256": "model",
    "stage": "stage",
    "untrained": "kind of weights",
    "pool": "pooling",
    "shard_tokens": "size of shards",
    "batch": "size of batches",
}


def pooled_path(out: Path, number: int) -> Path:
    """Where a shard is, or will be."""
    return out / f"pooled-{number:05d}.parquet"


def ask_filters(
    plan: FilterPlan,
    out: Path,
    jobs: int = 1,
    progress: Progress | None = None,
    scheduler: str | None = None,
) -> int:
    """Make the shards that are missing; see `vowelscope.explain.corpus_run.explain_corpus`.

    `progress` may raise to end the work; what is made by then is kept.
    """
    other = tr("{out}: this folder holds activations of another {what}; choose another folder.")
    claim_folder(out / FILTERS_NAME, plan, _WHAT, other)
    todo = [n for n in range(plan.shards) if not pooled_path(out, n).exists()]
    return run_shards(make_pooled, plan, out, todo, jobs, progress, scheduler)


_TEXT = ("recording", "textgrid", "set", "speaker", "utterance", "tier", "label", "class", "word")
_SCHEMA = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        *(pa.field(name, pa.string(), nullable=False) for name in _TEXT),
        pa.field("index", pa.int32(), nullable=False),
        pa.field("tmin_s", pa.float64(), nullable=False),
        pa.field("tmax_s", pa.float64(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        *(pa.field(name, pa.float64()) for name in MEASURES),
        pa.field("pooled", pa.list_(pa.float32())),
        pa.field("place", pa.list_(pa.uint16())),
        pa.field("note", pa.string()),
    ]
)
"""Columns of a shard. ``pooled`` and ``place`` have one number a filter: the pooled activation and
the cell of the largest, row by row; ``note`` says why a token has none."""

_KEPT = (*_TEXT, "index", "tmin_s", "tmax_s", "split")


def make_pooled(plan: FilterPlan, out: str, number: int) -> int:
    """Show the tokens of one shard to the filters and write it; gives how many there were.

    Raises
    ------
    ModelError, ConfigError
        Model or corpus are not those of the plan any more.
    """
    model, runtime = _opened(plan.model, plan.model_sha256, plan.stage, plan.untrained)
    made = list(_tokens(plan, plan.rows_of(number)))
    by_recording: dict[str, list[dict[str, Any]]] = {}
    for row in made:
        by_recording.setdefault(row["recording"], []).append(row)
    measured = Path(plan.corpus).is_dir()
    for path, tokens in by_recording.items():
        if not measured:
            measure_tokens(path, tokens)
        _show(runtime, model.card.features, path, tokens, plan)
    for row in made:
        # Rounding must not put equal durations in an order.
        row["duration_s"] = round(row["tmax_s"] - row["tmin_s"], 6)
    rows = [{name: row.get(name) for name in _SCHEMA.names} for row in made]
    held = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA), held, compression="zstd")
    write_bytes(pooled_path(Path(out), number), held.getvalue().to_pybytes())
    return len(made)


def _tokens(plan: FilterPlan, wanted: range) -> Iterator[dict[str, Any]]:
    rows = _listed(plan.corpus, plan.corpus_sha256)
    for at in wanted:
        row = dict(rows[at])
        yield {"row": at, **{key: row[key] for key in _KEPT}, **_measures(row), "note": None}


def _measures(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row.get(name) for name in _MEASURED}


def _show(
    runtime: StageRuntime,
    spec: FeatureSpec,
    path: str,
    tokens: list[dict[str, Any]],
    plan: FilterPlan,
) -> None:
    inputs, able = read_inputs(path, tokens, spec)
    for start in range(0, len(able), plan.batch):
        images = np.stack([seen.image() for seen in inputs[start : start + plan.batch]])
        mean, peak, place = runtime.run(images)
        pooled = mean if plan.pool == "mean" else peak
        for at, row in enumerate(able[start : start + plan.batch]):
            row["pooled"], row["place"] = pooled[at], place[at].astype(np.uint16)


@lru_cache(maxsize=1)
def _listed(corpus: str, sha256: str) -> list[dict[str, Any]]:
    path = Path(corpus)
    if not path.is_dir():
        return corpus_rows(corpus, sha256)
    if sha256_of(path / PLAN_NAME) != sha256:
        raise ConfigError(
            tr("{path}: the explanations have changed since the run began.").format(path=path)
        )
    rows: list[dict[str, Any]] = []
    for table in read_shards(path, [*FROM_CORPUS, *_MEASURED]):
        rows += table.to_pylist()
    return rows


@lru_cache(maxsize=1)
def _opened(model: str, sha256: str, stage: int, untrained: bool) -> tuple[Model, StageRuntime]:
    held = load_model(Path(model))
    if held.weights_sha256 != sha256:
        raise ConfigError(
            tr("{model}: the model has changed since the run began.").format(model=model)
        )
    state = randomised_state(held.state(), STAGES, 1) if untrained else None
    return held, open_stage(held, stage, threads=1, state=state)


def let_go() -> None:
    """Give the memory of the last model and corpus back."""
    _opened.cache_clear()
    _listed.cache_clear()


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """All tokens that were shown to the filters.

    Attributes
    ----------
    plan
        Of the folder.
    rows
        One dict a token, without its activations.
    values
        float32 (tokens, filters): pooled activations.
    places
        uint16 (tokens, filters): the cell of the largest, row by row.
    left_out
        Tokens that could not be shown.
    notes
        Why, each reason once, twenty at most.
    """

    plan: FilterPlan
    rows: list[dict[str, Any]]
    values: npt.NDArray[np.float32]
    places: npt.NDArray[np.uint16]
    left_out: int
    notes: tuple[str, ...] = ()

    def where(self, chosen: npt.NDArray[np.bool_]) -> Pooled:
        """Some of the tokens."""
        return Pooled(
            self.plan,
            [row for row, kept in zip(self.rows, chosen, strict=True) if kept],
            self.values[chosen],
            self.places[chosen],
            self.left_out,
            self.notes,
        )


def read_pooled(out: Path) -> Pooled:
    """Read a finished folder.

    Raises
    ------
    ConfigError
        Shards are missing or damaged, or no token could be shown.
    """
    plan = read_filter_plan(out)
    absent = [n for n in range(plan.shards) if not pooled_path(out, n).exists()]
    if absent:
        raise ConfigError(
            tr(
                "{out}: {absent} of {shards} shards are missing; run the same "
                "`vowelscope corpus filters` again to finish."
            ).format(out=out, absent=len(absent), shards=plan.shards)
        )
    rows: list[dict[str, Any]] = []
    values, places = [], []
    notes: dict[str, None] = {}
    for number in range(plan.shards):
        path = pooled_path(out, number)
        try:
            table = pq.read_table(path)
            shown = pc.is_valid(table.column("pooled"))
            told = table.filter(pc.invert(shown)).column("note").to_pylist()
            notes.update(dict.fromkeys(str(note) for note in told))
            table = table.filter(shown)
            values.append(_matrix(table, "pooled", plan, np.float32))
            places.append(_matrix(table, "place", plan, np.uint16))
            rows += table.drop_columns(["pooled", "place"]).to_pylist()
        except (pa.ArrowException, OSError, KeyError, ValueError) as error:
            raise ConfigError(
                tr("{path}: the file is damaged ({error}).").format(path=path, error=error)
            ) from error
    if not rows:
        why = next(iter(notes), tr("the corpus has none"))
        raise ConfigError(
            tr("{out}: not one of {tokens} tokens could be shown to the network ({why}).").format(
                out=out, tokens=plan.tokens, why=why
            )
        )
    return Pooled(
        plan,
        rows,
        np.concatenate(values),
        np.concatenate(places),
        plan.tokens - len(rows),
        tuple(notes)[:_MOST_NOTES],
    )


def _matrix(table: pa.Table, name: str, plan: FilterPlan, kind: Any) -> npt.NDArray[Any]:
    held = table.column(name).combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return np.asarray(held, dtype=kind).reshape(table.num_rows, plan.filters)
