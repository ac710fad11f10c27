"""What a corpus holds: counts, durations, and the checks that a phonetician would make first."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vowelscope.core.manifest import corpus_info

SHORTEST_S = 0.025
LONGEST_S = 0.6
_QUANTILES = {"min": 0.0, "p05": 0.05, "median": 0.5, "p95": 0.95, "max": 1.0}


def summarise(table: pa.Table) -> dict[str, Any]:
    """Count a corpus.

    Parameters
    ----------
    table
        From `corpus.read_corpus`.

    Returns
    -------
    dict
        ``tokens``, ``utterances``, ``recordings``; ``classes``, ``sets``, ``speakers``, ``splits``,
        ``rates_hz``, ``stress`` (value -> tokens); ``by_set`` (set -> split -> class -> tokens),
        ``balanced`` (class -> tokens of the balanced choice); ``durations_s`` (class -> quantiles,
        seconds); ``labels`` (class -> label -> tokens); ``checks`` (name -> tokens that fail it);
        ``info`` (`corpus_info`, without the text of the class map).
    """
    info = corpus_info(table)
    classes = [str(name) for name in info["class_map"]["classes"]]
    info["class_map"] = {key: value for key, value in info["class_map"].items() if key != "toml"}
    by_set: dict[str, dict[str, dict[str, int]]] = {}
    for set_name, part, cls, count in _counts(table, "set", "split", "class"):
        by_set.setdefault(set_name, {}).setdefault(part, {})[cls] = count
    labels: dict[str, dict[str, int]] = {}
    for cls, label, count in _counts(table, "class", "label"):
        labels.setdefault(cls, {})[label] = count
    durations = table.column("duration_s")
    return {
        "tokens": table.num_rows,
        "utterances": len(_counts(table, "set", "utterance")),
        "recordings": len(pc.unique(table.column("recording"))),
        "classes": {name: dict(_counts(table, "class")).get(name, 0) for name in classes},
        "balanced": dict(_counts(table.filter(table.column("balanced")), "class")),
        "sets": dict(_counts(table, "set")),
        "speakers": dict(_counts(table, "speaker")),
        "splits": dict(_counts(table, "split")),
        "rates_hz": dict(_counts(table, "rate_hz")),
        "stress": dict(_counts(table, "stress")),
        "by_set": by_set,
        "durations_s": {
            name: _quantiles(table.filter(pc.equal(table.column("class"), name)))
            for name in classes
        },
        "labels": labels,
        "checks": {
            f"shorter than {SHORTEST_S * 1000:g} ms": _count(pc.less(durations, SHORTEST_S)),
            f"longer than {LONGEST_S * 1000:g} ms": _count(pc.greater(durations, LONGEST_S)),
        },
        "info": info,
    }


def _counts(table: pa.Table, *columns: str) -> list[tuple[Any, ...]]:
    """(value of each column, ..., tokens), sorted."""
    grouped = table.group_by(list(columns)).aggregate([([], "count_all")])
    rows = zip(*(grouped.column(name).to_pylist() for name in (*columns, "count_all")), strict=True)
    return sorted(rows, key=lambda row: tuple((value is None, value) for value in row))


def _count(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(mask).as_py() or 0)


def _quantiles(table: pa.Table) -> dict[str, float]:
    if not table.num_rows:
        return {}
    values = pc.quantile(table.column("duration_s"), q=list(_QUANTILES.values())).to_pylist()
    return dict(zip(_QUANTILES, values, strict=True))
