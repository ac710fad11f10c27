"""What a corpus holds: counts, durations, and the checks that a phonetician would make first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vowelscope.core.manifest import corpus_info
from vowelscope.core.translation import tr

SHORTEST_S = 0.025
LONGEST_S = 0.6
SILENT_SHARE = 0.2
LEAST_OF_SPEAKER = 20
LEAST_OF_UTTERANCE = 10
BIN_S = 0.025
_EXAMPLES = 5
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
        seconds); ``histograms`` (class -> tokens in each `BIN_S` from 0 to `LONGEST_S`, the last
        one for all that are longer); ``words`` and ``labels`` (class -> label -> tokens);
        ``checks`` (name -> tokens that fail it), ``examples`` (name -> some of them);
        ``one_label`` (speakers and utterances all of whose tokens have one label, though there
        are `LEAST_OF_SPEAKER` or `LEAST_OF_UTTERANCE` of them: a tier filled by mistake, or a
        corpus that a network learns by its speakers);
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
    silent = pc.greater(table.column("silence_s"), pc.multiply(durations, SILENT_SHARE))
    checks = {
        tr("shorter than {ms:g} ms").format(ms=SHORTEST_S * 1000): pc.less(durations, SHORTEST_S),
        tr("longer than {ms:g} ms").format(ms=LONGEST_S * 1000): pc.greater(durations, LONGEST_S),
        tr("more than {share:.0%} in silence").format(share=SILENT_SHARE): pc.fill_null(
            silent, False
        ),
        tr("clipped"): pc.fill_null(pc.greater(table.column("clipped"), 0), False),
    }
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
        "histograms": {
            name: _histogram(table.filter(pc.equal(table.column("class"), name)))
            for name in classes
        },
        "words": dict(_counts(table, "word")),
        "labels": labels,
        "checks": {name: _count(mask) for name, mask in checks.items()},
        "examples": {name: _examples(table.filter(mask)) for name, mask in checks.items()},
        "one_label": {
            "speakers": _one_label(table, "speaker", LEAST_OF_SPEAKER),
            "utterances": _one_label(table, "utterance", LEAST_OF_UTTERANCE),
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


def _histogram(table: pa.Table) -> list[int]:
    bins = round(LONGEST_S / BIN_S)
    # Durations are differences of times that binary fractions cannot hold: 0.3 - 0.2 < 0.1.
    held = np.floor(table.column("duration_s").to_numpy() / BIN_S + 1e-6).astype(int)
    return [int(count) for count in np.bincount(np.minimum(held, bins), minlength=bins + 1)]


def _examples(table: pa.Table) -> list[str]:
    return [
        f"{row['utterance']} {row['tmin_s']:.3f}-{row['tmax_s']:.3f} s {row['label']}"
        for row in table.slice(0, _EXAMPLES).to_pylist()
    ]


def _one_label(table: pa.Table, of: str, least: int) -> dict[str, str]:
    """Who or what has one label only -> that label, where there are `least` tokens or more."""
    by_name: dict[str, dict[str, int]] = {}
    for set_name, name, label, count in _counts(table, "set", of, "label"):
        by_name.setdefault(f"{set_name}/{name}", {})[label] = count
    return {
        name: next(iter(labels))
        for name, labels in by_name.items()
        if len(labels) == 1 and sum(labels.values()) >= least
    }
