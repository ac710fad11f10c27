"""A corpus explained in shards: Parquet files that any process can make, in any order.

A shard holds the tokens of a fixed range of the corpus's rows. It is written in one step, so one
that is there is whole, and a run that was broken off goes on with those that are missing. What a
shard holds depends on corpus and model alone: each forward pass is of the same tokens and on one
thread, whoever makes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from vowelscope import __version__
from vowelscope.core.acoustics import pitch, vowel_formants
from vowelscope.core.acoustics_grid import mean_over
from vowelscope.core.atomic import write_bytes
from vowelscope.core.audio import Recording
from vowelscope.core.corpus import read_corpus
from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.features import FeatureSpec, ModelInput, token_input
from vowelscope.core.translation import tr
from vowelscope.explain.base import Explanation
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.model import load_model
from vowelscope.explain.plans import Cut, claim_folder, read_plan_file, sha256_of
from vowelscope.explain.runtime import Device, open_runtime

PLAN_NAME = "explain.json"
SHARD_TOKENS = 128
BATCH = 8
POINTS = (0.2, 0.5, 0.8)
FORMANTS = tuple(f"f{n}_{round(100 * at)}_hz" for at in POINTS for n in (1, 2, 3, 4))
"""Columns of the formants at 20, 50 and 80 % of the token."""

FROM_CORPUS = (
    *("recording", "textgrid", "set", "speaker", "utterance", "tier", "index"),
    *("tmin_s", "tmax_s", "label", "class", "stress", "word", "left", "right", "split"),
)

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plan(Cut):
    """What is explained by what, and how it is cut into shards.

    Attributes
    ----------
    corpus, model
        Absolute paths.
    corpus_sha256, model_sha256
        Of the corpus file and of the weights.
    tokens
        Rows of the corpus.
    shard_tokens, batch
        Rows a shard, and rows a forward pass.
    classes, cells
        Of the model, and rows and columns of its maps.
    freq_edges_hz
        Edges of the map's rows, the same for all tokens.
    version
        Of the program.
    """

    corpus: str
    corpus_sha256: str
    model: str
    model_name: str
    model_sha256: str
    tokens: int
    shard_tokens: int
    batch: int
    classes: tuple[str, ...]
    cells: tuple[int, int]
    freq_edges_hz: tuple[float, ...]
    version: str


def make_plan(
    corpus: Path, model: Path, shard_tokens: int = SHARD_TOKENS, batch: int = BATCH
) -> Plan:
    """Look at a corpus and a model.

    Raises
    ------
    CorpusError, ModelError
        One of them cannot be used.
    """
    table = read_corpus(corpus)
    held = load_model(model)
    runtime = open_runtime(held, threads=1)
    spec = held.card.features
    _, maps = runtime.run(np.zeros((1, 3, spec.rows, spec.columns), np.float32))
    explainer = CamExplainer(held, runtime)
    edges_hz = explainer.freq_edges_hz(maps.shape[2])
    return Plan(
        corpus=str(corpus.absolute()),
        corpus_sha256=sha256_of(corpus),
        model=str(model.absolute()),
        model_name=held.card.name,
        model_sha256=held.weights_sha256,
        tokens=table.num_rows,
        shard_tokens=shard_tokens,
        batch=batch,
        classes=held.card.classes,
        cells=(maps.shape[2], maps.shape[3]),
        freq_edges_hz=tuple(float(edge) for edge in edges_hz),
        version=__version__,
    )


def claim(out: Path, plan: Plan) -> None:
    """Note in the folder what its shards are; refuse one that holds others.

    Raises
    ------
    ConfigError
        The folder holds explanations of another corpus, model or cut.
    """
    other = tr("{out}: this folder holds explanations of another {what}; choose another folder.")
    claim_folder(out / PLAN_NAME, plan, _WHAT, other)


_WHAT = {
    "corpus_sha256": "corpus",
    "model_sha256": "model",
    "shard_tokens": "size of shards",
    "batch": "size of batches",
}


def read_plan(out: Path) -> Plan:
    """The plan of a folder of shards.

    Raises
    ------
    ConfigError
        There is none, or it is damaged.
    """
    path = out / PLAN_NAME
    if not path.is_file():
        raise ConfigError(
            tr("{out}: this folder holds no explanations (there is no {plan_name}).").format(
                out=out, plan_name=PLAN_NAME
            )
        )
    return read_plan_file(path, Plan)


def shard_path(out: Path, number: int) -> Path:
    """Where a shard is, or will be."""
    return out / f"shard-{number:05d}.parquet"


def missing(out: Path, plan: Plan) -> list[int]:
    """Numbers of the shards that are not there yet."""
    return [n for n in range(plan.shards) if not shard_path(out, n).exists()]


def make_shard(plan: Plan, out: str, number: int, device: Device = "cpu") -> int:
    """Explain the tokens of one shard and write it; gives how many there were.

    Runs in any process that sees the same files, and has a GPU if `device` is ``cuda``.

    Raises
    ------
    ModelError, ConfigError
        Model or corpus are not those of the plan any more, or there is no such device.
    """
    rows = corpus_rows(plan.corpus, plan.corpus_sha256)
    explainer = _explainer(plan.model, plan.model_sha256, device)
    wanted = plan.rows_of(number)
    made: list[dict[str, Any]] = [
        {"row": at, **{key: rows[at][key] for key in FROM_CORPUS}, **_EMPTY} for at in wanted
    ]
    by_recording: dict[str, list[dict[str, Any]]] = {}
    for row in made:
        by_recording.setdefault(row["recording"], []).append(row)
    for path, tokens in by_recording.items():
        measure_tokens(path, tokens)
        _explain(explainer, path, tokens, plan.batch)
    target = shard_path(Path(out), number)
    held = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(made, schema=_SCHEMA), held, compression="zstd")
    write_bytes(target, held.getvalue().to_pybytes())
    return len(made)


_EMPTY: dict[str, Any] = dict.fromkeys(
    (*FORMANTS, "f0_hz", "predicted", "logits", "map", "note"), None
)
_TEXT = ("recording", "textgrid", "set", "speaker", "utterance", "tier", "label", "class", "word")
_SCHEMA = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        *(pa.field(name, pa.string(), nullable=False) for name in _TEXT),
        pa.field("index", pa.int32(), nullable=False),
        pa.field("tmin_s", pa.float64(), nullable=False),
        pa.field("tmax_s", pa.float64(), nullable=False),
        pa.field("stress", pa.int8()),
        pa.field("left", pa.string()),
        pa.field("right", pa.string()),
        pa.field("split", pa.string(), nullable=False),
        pa.field("predicted", pa.string()),
        pa.field("logits", pa.list_(pa.float32())),
        pa.field("map", pa.list_(pa.float32())),
        *(pa.field(name, pa.float64()) for name in FORMANTS),
        pa.field("f0_hz", pa.float64()),
        pa.field("note", pa.string()),
    ]
)
"""Columns of a shard. ``map`` holds the signed maps of all classes in logits, flattened from
(classes, rows, columns), the lowest frequency first; ``note`` says why a token has none."""


def measure_tokens(path: str, tokens: list[dict[str, Any]]) -> None:
    """Fill in `FORMANTS` and ``f0_hz`` of tokens of one recording, where Praat finds them."""
    spans = [(row["tmin_s"], row["tmax_s"]) for row in tokens]
    try:
        values_hz = vowel_formants(path, spans, POINTS, count=4).reshape(len(tokens), -1)
        voice = pitch(path)
    except UserError:
        # The explanation says what is wrong with the file; a short sound has no analysis.
        return
    for row, (start_s, stop_s), found in zip(tokens, spans, values_hz, strict=True):
        row.update(zip(FORMANTS, (_or_none(value) for value in found), strict=True))
        row["f0_hz"] = _or_none(
            mean_over(float(voice.times_s[0]), voice.settings.step_s, voice.f0_hz, start_s, stop_s)
            if len(voice.times_s)
            else math.nan
        )


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _explain(explainer: CamExplainer, path: str, tokens: list[dict[str, Any]], batch: int) -> None:
    inputs, able = read_inputs(path, tokens, explainer.model.card.features)
    for start in range(0, len(able), batch):
        part = able[start : start + batch]
        spans = [(row["tmin_s"], row["tmax_s"]) for row in part]
        for row, said in zip(
            part, explainer.explain_inputs(inputs[start : start + batch], spans), strict=True
        ):
            _note(row, said)


def read_inputs(
    path: str, tokens: list[dict[str, Any]], spec: FeatureSpec
) -> tuple[list[ModelInput], list[dict[str, Any]]]:
    """Model inputs of tokens of one recording, and those that have one; the rest get a note."""
    inputs: list[ModelInput] = []
    able: list[dict[str, Any]] = []
    try:
        recording = Recording(path)
    except UserError as error:
        for row in tokens:
            row["note"] = str(error)
        return inputs, able
    with recording:
        for row in tokens:
            try:
                seen = token_input(
                    recording, row["tmin_s"], row["tmax_s"], spec, allow_unfilled=True
                )
            except UserError as error:
                row["note"] = str(error)
            else:
                inputs.append(seen)
                able.append(row)
    return inputs, able


def _note(row: dict[str, Any], said: Explanation) -> None:
    row["predicted"] = said.predicted
    row["logits"] = said.logits
    row["map"] = said.maps.reshape(-1)
    row["note"] = "; ".join(said.warnings) or None


@lru_cache(maxsize=1)
def corpus_rows(corpus: str, sha256: str) -> list[dict[str, Any]]:
    """Columns `FROM_CORPUS` of a corpus file, which must not have changed."""
    path = Path(corpus)
    table = read_corpus(path)
    if sha256_of(path) != sha256:
        raise ConfigError(
            tr("{path}: the corpus has changed since the run began.").format(path=path)
        )
    rows: list[dict[str, Any]] = table.select(list(FROM_CORPUS)).to_pylist()
    return rows


@lru_cache(maxsize=1)
def _explainer(model: str, sha256: str, device: Device) -> CamExplainer:
    held = load_model(Path(model))
    if held.weights_sha256 != sha256:
        raise ConfigError(
            tr("{model}: the model has changed since the run began.").format(model=model)
        )
    return CamExplainer(held, open_runtime(held, device, threads=1))


def read_shards(out: Path, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """The shards of a folder in the order of the corpus; only some columns, if they are named.

    Raises
    ------
    ConfigError
        Some are missing: the run is not finished.
    """
    plan = read_plan(out)
    absent = missing(out, plan)
    if absent:
        raise ConfigError(
            tr(
                "{out}: {count} of {shards} shards are missing; run the same "
                "`vowelscope corpus explain` again to finish."
            ).format(out=out, count=len(absent), shards=plan.shards)
        )
    for number in range(plan.shards):
        yield pq.read_table(shard_path(out, number), columns=columns)


def maps_of(table: pa.Table, plan: Plan) -> npt.NDArray[np.float32]:
    """The maps of a shard's explained rows, (n, classes, rows, columns), in logits."""
    held = table.column("map").combine_chunks().drop_null()
    flat = held.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat, dtype=np.float32).reshape(-1, len(plan.classes), *plan.cells)
