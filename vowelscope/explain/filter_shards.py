"""What each filter of a stage gives for each token of a corpus, in shards as `shards` has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vowelscope import __version__
from vowelscope.core.atomic import write_bytes
from vowelscope.core.corpus import read_corpus
from vowelscope.core.errors import ConfigError
from vowelscope.core.features import FeatureSpec
from vowelscope.core.translation import tr
from vowelscope.explain.corpus_run import Progress, run_shards
from vowelscope.explain.model import Model, load_model
from vowelscope.explain.plans import Cut, claim_folder, read_plan_file, sha256_of
from vowelscope.explain.randomised import STAGES, randomised_state
from vowelscope.explain.resnet import n_filters, receptive_field, stage_stride
from vowelscope.explain.runtime import StageRuntime, open_stage
from vowelscope.explain.shards import (
    BATCH,
    FORMANTS,
    FROM_CORPUS,
    PLAN_NAME,
    SHARD_TOKENS,
    corpus_rows,
    measure_tokens,
    read_inputs,
    read_plan,
    read_shards,
)

FILTERS_NAME = "filters.json"
Pool = Literal["mean", "peak"]
MEASURES = ("f1_50_hz", "f2_50_hz", "f3_50_hz", "f0_hz", "duration_s")
"""What filters are compared with: formants in the middle, mean f0, duration."""

_MOST_NOTES = 20
_MEASURED = (*FORMANTS, "f0_hz")


@dataclass(frozen=True, slots=True)
class FilterPlan(Cut):
    """Which tokens are shown to which filters, and how they are cut into shards.

    Attributes
    ----------
    corpus
        Absolute path of a corpus file, or of a finished folder of `explain_corpus`.
    corpus_sha256
        Of that file, or of that folder's plan.
    model, model_name, model_sha256
        Absolute path, name, hash of the weights.
    stage, filters
        1 to 4, or 0 for the first layer; how many filters it has.
    untrained
        Whether all weights were drawn anew: what such a network's filters follow needs no learning.
    pool
        What counts of a filter's activations in a token: their mean over the cells, which for
        stage 4 is what the classifier reads, or the largest.
    cells
        Rows and columns of the stage's maps.
    cell_px, sees_px
        Pixels of the input that a cell is drawn over, and that it can see, in each direction.
    tokens, shard_tokens, batch
        Tokens in all, a shard, and a forward pass.
    classes
        Of the model.
    version
        Of the program.
    """

    corpus: str
    corpus_sha256: str
    model: str
    model_name: str
    model_sha256: str
    stage: int
    filters: int
    untrained: bool
    pool: Pool
    cells: tuple[int, int]
    cell_px: int
    sees_px: int
    tokens: int
    shard_tokens: int
    batch: int
    classes: tuple[str, ...]
    version: str


_WHAT = {
    "corpus_sha256": "corpus",
    "model_sha256": "model",
    "stage": "stage",
    "untrained": "kind of weights",
    "pool": "pooling",
    "shard_tokens": "size of shards",
    "batch": "size of batches",
}


def plan_filters(
    corpus: Path,
    model: Path | None,
    stage: int = 4,
    pool: Pool = "mean",
    untrained: bool = False,
    shard_tokens: int = SHARD_TOKENS,
    batch: int = BATCH,
) -> FilterPlan:
    """Look at a corpus and a model.

    Parameters
    ----------
    corpus
        What `build_corpus` wrote, or a folder that `explain_corpus` filled: its formants are taken
        over.
    untrained
        Ask a network of the model's shape and random weights instead.
    model
        A model folder; None for the one that explained `corpus`, which must be such a folder then.

    Raises
    ------
    ConfigError, CorpusError, ModelError
        One of them cannot be used, or there is no such stage.
    """
    if stage not in range(5):
        raise ConfigError(f"stage {stage}: there are 1-4, and 0, the first layer.")
    if corpus.is_dir():
        explained = read_plan(corpus)
        next(iter(read_shards(corpus, ["row"])), None)
        tokens, listed = explained.tokens, corpus / PLAN_NAME
        model = Path(explained.model) if model is None else model
    else:
        tokens, listed = read_corpus(corpus).num_rows, corpus
    if model is None:
        raise ConfigError(f"{corpus}: a corpus names no model; say which.")
    held = load_model(model)
    card = held.card
    step = stage_stride(stage, card.dilated_stage4)
    spec = card.features
    return FilterPlan(
        corpus=str(corpus.absolute()),
        corpus_sha256=sha256_of(listed),
        model=str(model.absolute()),
        model_name=card.name,
        model_sha256=held.weights_sha256,
        stage=stage,
        filters=n_filters(card.architecture, stage),
        untrained=untrained,
        pool=pool,
        cells=(-(-spec.rows // step), -(-spec.columns // step)),
        cell_px=step,
        sees_px=receptive_field(card.architecture, stage, card.dilated_stage4),
        tokens=tokens,
        shard_tokens=shard_tokens,
        batch=batch,
        classes=card.classes,
        version=__version__,
    )


def read_filter_plan(out: Path) -> FilterPlan:
    """The plan of a folder of filters.

    Raises
    ------
    ConfigError
        There is none, or it is damaged.
    """
    path = out / FILTERS_NAME
    if not path.is_file():
        raise ConfigError(f"{out}: this folder holds no filters (there is no {FILTERS_NAME}).")
    return read_plan_file(path, FilterPlan)


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
        raise ConfigError(f"{path}: the explanations have changed since the run began.")
    rows: list[dict[str, Any]] = []
    for table in read_shards(path, [*FROM_CORPUS, *_MEASURED]):
        rows += table.to_pylist()
    return rows


@lru_cache(maxsize=1)
def _opened(model: str, sha256: str, stage: int, untrained: bool) -> tuple[Model, StageRuntime]:
    held = load_model(Path(model))
    if held.weights_sha256 != sha256:
        raise ConfigError(f"{model}: the model has changed since the run began.")
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
            f"{out}: {len(absent)} of {plan.shards} shards are missing; run the same "
            "`vowelscope corpus filters` again to finish."
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
            raise ConfigError(f"{path}: the file is damaged ({error}).") from error
    if not rows:
        why = next(iter(notes), "the corpus has none")
        raise ConfigError(
            f"{out}: not one of {plan.tokens} tokens could be shown to the network ({why})."
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
