"""The table of a stage's filters: what fires each, which class that is, and is it a formant."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError
from vowelscope.core.features import FeatureSpec
from vowelscope.core.translation import tr
from vowelscope.explain.base import cell_edges
from vowelscope.explain.filter_plan import FilterPlan, read_filter_plan
from vowelscope.explain.filter_shards import MEASURES, Pooled, read_pooled
from vowelscope.explain.filter_stats import SHUFFLES, Follows, Tells, follows, tells, top_tokens
from vowelscope.explain.model import load_model

TABLE_NAME = "filters.parquet"
TOP_NAME = "top.parquet"
FINDINGS_NAME = "findings.json"
TOP = 16
MEASURE_NAMES = {
    "f1_50_hz": "F1",
    "f2_50_hz": "F2",
    "f3_50_hz": "F3",
    "f0_hz": "f0",
    "duration_s": "duration",
}

Told = Callable[[str, int, int], None]
"""Called with what is done, how much of it is done, and how much there is."""

_MOST_DRAWS = 4_000_000
_LEAST_SHUFFLES = 40


@dataclass(frozen=True, slots=True, eq=False)
class FilterTable:
    """A finished folder of filters.

    Attributes
    ----------
    out, plan
        The folder, and what was asked.
    filters
        One dict a filter, in the order of their numbers; see `_SCHEMA`.
    top
        One dict a filter and token, the strongest first; see `_TOP_SCHEMA`.
    findings
        What ``findings.json`` holds.
    """

    out: Path
    plan: FilterPlan
    filters: list[dict[str, Any]]
    top: dict[int, list[dict[str, Any]]]
    findings: dict[str, Any]


def make_table(
    out: Path, top: int = TOP, part: str | None = None, told: Told | None = None
) -> FilterTable:
    """Count what the shards of a folder say, and write the tables beside them.

    Parameters
    ----------
    top
        Tokens kept of each filter.
    part
        Whose tokens count: ``train``, ``val``, ``test``, or all (None).
    told
        May raise to end the work; nothing is written then.

    Raises
    ------
    ConfigError
        The folder is not finished, or the part has no token.
    ModelError
        The model is gone or another.
    """
    pooled = read_pooled(out)
    if part is not None:
        pooled = pooled.where(np.array([row["split"] == part for row in pooled.rows]))
        if not pooled.rows:
            raise ConfigError(
                tr("{out}: the part {part!r} of the corpus has no token.").format(
                    out=out, part=part
                )
            )
    plan = pooled.plan
    model = load_model(Path(plan.model))
    if model.weights_sha256 != plan.model_sha256:
        raise ConfigError(
            tr("{model}: the model has changed since the run began.").format(model=plan.model)
        )
    y = np.array([_class_at(plan, row["class"]) for row in pooled.rows], dtype=np.int64)
    compared, told_apart = _ask(pooled, y, told)
    strongest = top_tokens(pooled.values, top)
    read_out = plan.stage == 4 and plan.pool == "mean" and not plan.untrained
    weights = model.classifier() if read_out else None
    rows = [
        _row(at, pooled, y, strongest[at], compared, told_apart, weights)
        for at in range(plan.filters)
    ]
    listed = _top_rows(pooled, strongest, model.card.features)
    findings = {"part": part, **_findings(pooled, y, rows, compared, told_apart)}
    fields = [
        *_FIELDS,
        *(pa.field(f"{kind}_{name}", pa.float64()) for name in MEASURES for kind in _KINDS),
    ]
    _write(out / TABLE_NAME, rows, pa.schema(fields))
    _write(out / TOP_NAME, listed, _TOP_SCHEMA)
    text = json.dumps(findings, ensure_ascii=False, indent=1)
    write_bytes(out / FINDINGS_NAME, (text + "\n").encode())
    return FilterTable(out, plan, rows, _by_filter(listed), findings)


def read_table(out: Path) -> FilterTable:
    """Read what `make_table` wrote.

    Raises
    ------
    ConfigError
        It is not there, or damaged.
    """
    plan = read_filter_plan(out)
    held: list[list[dict[str, Any]]] = []
    for name in (TABLE_NAME, TOP_NAME, FINDINGS_NAME):
        if not (out / name).is_file():
            raise ConfigError(
                tr(
                    "{out}: there is no {name}; run the same `vowelscope corpus filters` again to "
                    "finish."
                ).format(out=out, name=name)
            )
    for name, needed in ((TABLE_NAME, _FIELDS), (TOP_NAME, _TOP_SCHEMA)):
        try:
            table = pq.read_table(out / name)
        except (pa.ArrowException, OSError) as error:
            raise ConfigError(
                tr("{path}: the file is damaged ({error}).").format(path=out / name, error=error)
            ) from error
        absent = [field.name for field in needed if field.name not in table.column_names]
        if absent:
            raise ConfigError(
                tr("{path}: the column {column!r} is missing.").format(
                    path=out / name, column=absent[0]
                )
            )
        held.append(table.to_pylist())
    path = out / FINDINGS_NAME
    try:
        findings = json.loads(path.read_text(encoding="utf-8"))
        assert isinstance(findings["measures"], dict)
    except (ValueError, KeyError, TypeError, AssertionError, OSError) as error:
        raise ConfigError(
            tr("{path}: the file is damaged ({error}).").format(path=path, error=error)
        ) from error
    return FilterTable(out, plan, held[0], _by_filter(held[1]), findings)


def _class_at(plan: FilterPlan, name: str) -> int:
    return plan.classes.index(name) if name in plan.classes else -1


def _by_filter(rows: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["filter"], []).append(row)
    return found


def _ask(
    pooled: Pooled, y: npt.NDArray[np.int64], told: Told | None
) -> tuple[dict[str, Follows], Tells]:
    rows, plan = pooled.rows, pooled.plan
    utterances = np.array([f"{row['set']}\0{row['utterance']}" for row in rows])
    strata = np.array([f"{row['class']}\0{row['set']}\0{row['speaker']}" for row in rows])
    shuffles = max(_LEAST_SHUFFLES, min(SHUFFLES, _MOST_DRAWS // len(rows)))
    compared = {}
    for name in MEASURES:
        measure = np.array(
            [np.nan if row[name] is None else row[name] for row in rows], dtype=np.float64
        )
        compared[name] = follows(
            pooled.values,
            measure,
            utterances,
            strata,
            _teller(told, MEASURE_NAMES[name]),
            shuffles,
        )
    classes = len(plan.classes)
    apart = tells(pooled.values, y, classes, utterances, _teller(told, "classes"), shuffles)
    return compared, apart


def _teller(told: Told | None, what: str) -> Callable[[int, int], None] | None:
    if told is None:
        return None
    tell = told
    return lambda done, total: tell(what, done, total)


_KINDS = ("rho", "within")
_FIELDS = [
    pa.field("filter", pa.int32(), nullable=False),
    pa.field("mean", pa.float64(), nullable=False),
    pa.field("largest", pa.float64(), nullable=False),
    pa.field("silent_share", pa.float64(), nullable=False),
    pa.field("class", pa.string()),
    pa.field("d_prime", pa.float64()),
    pa.field("bits", pa.float64()),
    pa.field("tells_classes", pa.bool_(), nullable=False),
    pa.field("top_class", pa.string()),
    pa.field("top_share", pa.float64()),
    pa.field("speaks_for", pa.string()),
    pa.field("weight", pa.float64()),
    pa.field("follows", pa.string()),
]
"""Columns of ``filters.parquet``, beside ``rho_`` and ``within_`` of each measure. ``class`` is the
one of the largest d'; ``top_class`` the commonest among the tokens that fire the filter most;
``speaks_for`` the class whose logit it raises most, by ``weight`` logits a unit of activation, less
the mean of all classes (stage 4); ``follows`` the measure that it goes with most within class and
speaker, if beyond what shuffled tokens give."""
_TOP_SCHEMA = pa.schema(
    [
        pa.field("filter", pa.int32(), nullable=False),
        pa.field("rank", pa.int32(), nullable=False),
        pa.field("activation", pa.float64(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        *(
            pa.field(name, pa.string(), nullable=False)
            for name in ("recording", "textgrid", "tier", "label", "class", "word", "split")
        ),
        pa.field("index", pa.int32(), nullable=False),
        *(
            pa.field(name, pa.float64(), nullable=False)
            for name in ("tmin_s", "tmax_s", "low_hz", "high_hz", "start_s", "stop_s")
        ),
    ]
)
"""Columns of ``top.parquet``; the last four are the cell where the filter fired most."""


def _row(
    at: int,
    pooled: Pooled,
    y: npt.NDArray[np.int64],
    strongest: npt.NDArray[np.int64],
    compared: dict[str, Follows],
    apart: Tells,
    weights: npt.NDArray[np.float32] | None,
) -> dict[str, Any]:
    column, classes = pooled.values[:, at], pooled.plan.classes
    d_prime = apart.d_prime[at]
    best = int(np.nanargmax(d_prime)) if np.isfinite(d_prime).any() else None
    fires = strongest[column[strongest] > 0]
    among = Counter(classes[k] for k in y[fires] if k >= 0).most_common(1)
    row: dict[str, Any] = {
        "filter": at,
        "mean": float(column.mean(dtype=np.float64)),
        "largest": float(column.max()),
        "silent_share": float((column <= 0).mean()),
        "class": None if best is None else classes[best],
        "d_prime": None if best is None else float(d_prime[best]),
        "bits": _finite(apart.bits[at]),
        "tells_classes": bool(apart.bits[at] > apart.bits_limit),
        "top_class": among[0][0] if among else None,
        "top_share": among[0][1] / len(fires) if among else None,
        "speaks_for": None,
        "weight": None,
        "follows": _followed(at, compared),
    }
    if weights is not None:
        relative = weights[:, at] - weights[:, at].mean()
        row["speaks_for"] = classes[int(relative.argmax())]
        row["weight"] = float(relative.max())
    for name, held in compared.items():
        row[f"rho_{name}"] = _finite(held.rho[at])
        row[f"within_{name}"] = _finite(held.within[at])
    return row


def _followed(at: int, compared: dict[str, Follows]) -> str | None:
    beyond = {
        name: abs(held.within[at])
        for name, held in compared.items()
        if abs(held.within[at]) > held.within_limit
    }
    return MEASURE_NAMES[max(beyond, key=beyond.__getitem__)] if beyond else None


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _top_rows(
    pooled: Pooled, strongest: npt.NDArray[np.int64], spec: FeatureSpec
) -> list[dict[str, Any]]:
    plan = pooled.plan
    rows, columns = plan.cells
    freqs_hz = cell_edges(spec.freq_edges_hz, rows, plan.cell_px)
    made = []
    for at, tokens in enumerate(strongest):
        for rank, token in enumerate(tokens, start=1):
            held = pooled.rows[token]
            up, along = divmod(int(pooled.places[token, at]), columns)
            edges_s = spec.time_edges_s(held["tmin_s"], held["tmax_s"])
            times_s = cell_edges(edges_s, columns, plan.cell_px)
            made.append(
                {
                    "filter": at,
                    "rank": rank,
                    "activation": float(pooled.values[token, at]),
                    **{name: held[name] for name in _TOP_SCHEMA.names if name in held},
                    "low_hz": float(freqs_hz[up]),
                    "high_hz": float(freqs_hz[up + 1]),
                    "start_s": float(times_s[along]),
                    "stop_s": float(times_s[along + 1]),
                }
            )
    return made


def _findings(
    pooled: Pooled,
    y: npt.NDArray[np.int64],
    rows: list[dict[str, Any]],
    compared: dict[str, Follows],
    apart: Tells,
) -> dict[str, Any]:
    plan = pooled.plan
    known = np.bincount(y[y >= 0], minlength=len(plan.classes))
    return {
        "corpus": Path(plan.corpus).name,
        "corpus_sha256": plan.corpus_sha256,
        "model": plan.model_name,
        "model_sha256": plan.model_sha256,
        "stage": plan.stage,
        "pool": plan.pool,
        "untrained": plan.untrained,
        "filters": plan.filters,
        "silent": sum(row["silent_share"] == 1.0 for row in rows),
        "tokens": len(pooled.rows),
        "left_out": pooled.left_out,
        "notes": list(pooled.notes),
        "utterances": len({(row["set"], row["utterance"]) for row in pooled.rows}),
        "speakers": len({(row["set"], row["speaker"]) for row in pooled.rows}),
        "class_tokens": dict(zip(plan.classes, known.tolist(), strict=True)),
        "tell_classes": sum(row["tells_classes"] for row in rows),
        "bits_limit": _finite(apart.bits_limit),
        "measures": {
            MEASURE_NAMES[name]: _measure_finding(name, held, rows)
            for name, held in compared.items()
        },
    }


def _measure_finding(name: str, held: Follows, rows: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"tokens": held.tokens, "within_tokens": held.within_tokens}
    for kind, values, limit in (
        ("rho", held.rho, held.rho_limit),
        ("within", held.within, held.within_limit),
    ):
        strong = np.nan_to_num(np.abs(values))
        best = int(strong.argmax())
        asked = bool(np.isfinite(values).any())
        found[f"{kind}_limit"] = _finite(limit)
        found[f"{kind}_filters"] = int((strong > limit).sum()) if asked else None
        found[f"{kind}_best"] = best if asked else None
        found[f"{kind}_of_best"] = rows[best][f"{kind}_{name}"] if asked else None
    return found


def _write(path: Path, rows: list[dict[str, Any]], schema: pa.Schema) -> None:
    held = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), held, compression="zstd")
    write_bytes(path, held.getvalue().to_pybytes())
