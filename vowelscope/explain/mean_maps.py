"""Mean maps of the classes of an explained corpus, with intervals over utterances, in real Hz."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.explain.shards import Plan, maps_of, read_plan, read_shards

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DRAWS = 1000
LEVEL = 0.95

_COLUMNS = [
    *("set", "utterance", "class", "predicted", "split", "word", "label", "stress"),
    *("recording", "tmin_s", "tmax_s", "logits", "map", "row"),
]


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """The explained tokens of a corpus, or of a part of it.

    Attributes
    ----------
    plan
        What was explained by what.
    rows
        One dict a token, without its map.
    y, said
        (n,) class of the label and of the prediction, as indices into the plan's classes.
    maps
        float32 (n, classes, rows, columns), signed, in logits.
    clusters
        (n,) set and utterance of each token.
    """

    plan: Plan
    rows: list[dict[str, Any]]
    y: Ints
    said: Ints
    maps: npt.NDArray[np.float32]
    clusters: npt.NDArray[np.str_]

    def where(self, chosen: npt.NDArray[np.bool_]) -> Explained:
        """Some of the tokens."""
        return Explained(
            self.plan,
            [row for row, held in zip(self.rows, chosen, strict=True) if held],
            self.y[chosen],
            self.said[chosen],
            self.maps[chosen],
            self.clusters[chosen],
        )

    def profiles(self, of: int, against: int | None = None) -> Doubles:
        """What each row of the map gives to a class's logit, (n, rows) in logits.

        The rows of a token add up to its logit less the bias. Without `against` the mean of all
        classes is taken off, since softmax ignores what they share; with it, that class's.
        """
        maps = self.maps.astype(np.float64)
        other = maps.mean(axis=1) if against is None else maps[:, against]
        cells = maps.shape[2] * maps.shape[3]
        return np.asarray((maps[:, of] - other).sum(axis=2) / cells, dtype=np.float64)


def read_explained(out: Path, split: str | None = "test") -> Explained:
    """Read the explained tokens of one part of a corpus, or of all (None).

    Tokens that could not be explained, and those of classes that the model has not, are left out.

    Raises
    ------
    ConfigError
        The folder holds no finished run.
    """
    plan = read_plan(out)
    rows: list[dict[str, Any]] = []
    maps: list[npt.NDArray[np.float32]] = []
    for table in read_shards(out, _COLUMNS):
        held = table.filter(_valid(table))
        known = [name in plan.classes for name in held.column("class").to_pylist()]
        part = [split in (None, value) for value in held.column("split").to_pylist()]
        keep = np.array(known, bool) & np.array(part, bool)
        if keep.any():
            maps.append(maps_of(held, plan)[keep])
            plain = held.drop_columns(["map"]).to_pylist()
            rows += [row for row, kept in zip(plain, keep, strict=True) if kept]
    shape = (0, len(plan.classes), *plan.cells)
    return Explained(
        plan=plan,
        rows=rows,
        y=np.array([plan.classes.index(row["class"]) for row in rows], dtype=np.int64),
        said=np.array([plan.classes.index(row["predicted"]) for row in rows], dtype=np.int64),
        maps=np.concatenate(maps) if maps else np.empty(shape, np.float32),
        clusters=np.array([f"{row['set']}\0{row['utterance']}" for row in rows], dtype=np.str_),
    )


def _valid(table: Any) -> Any:
    import pyarrow.compute as pc

    return pc.is_valid(table.column("logits"))


@dataclass(frozen=True, slots=True, eq=False)
class MeanMap:
    """A mean over tokens with its interval.

    Attributes
    ----------
    mean, low, high
        Of the shape of one token's values, in logits; NaN where there is nothing to take an
        interval from.
    tokens, utterances
        How many went in.
    """

    mean: Doubles
    low: Doubles
    high: Doubles
    tokens: int
    utterances: int


def mean_with_interval(
    values: npt.NDArray[Any],
    clusters: npt.NDArray[Any],
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = 0,
) -> MeanMap:
    """Mean over tokens; percentile interval from whole utterances drawn with replacement.

    Parameters
    ----------
    values
        (n, ...) one value or array a token.
    clusters
        (n,) utterance of each.
    """
    n, shape = len(values), values.shape[1:]
    nothing = np.full(shape, np.nan)
    if n == 0:
        return MeanMap(nothing, nothing, nothing, 0, 0)
    drawn = cluster_means(values, clusters, draws, seed)
    mean = values.reshape(n, -1).mean(axis=0, dtype=np.float64).reshape(shape)
    count = len(np.unique(clusters))
    if count < 2:
        return MeanMap(mean, nothing, nothing, n, count)
    tail = 50 * (1 - level)
    low, high = np.percentile(drawn, [tail, 100 - tail], axis=0)
    return MeanMap(mean, low.reshape(shape), high.reshape(shape), n, count)


def cluster_means(
    values: npt.NDArray[Any], clusters: npt.NDArray[Any], draws: int = DRAWS, seed: int = 0
) -> Doubles:
    """The means of bootstrap draws of whole utterances, (draws, values a token)."""
    _, at = np.unique(clusters, return_inverse=True)
    count = int(at.max()) + 1
    flat = values.reshape(len(values), -1).astype(np.float64)
    sums = np.zeros((count, flat.shape[1]))
    np.add.at(sums, at, flat)
    sizes = np.bincount(at, minlength=count).astype(np.float64)
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(count, np.full(count, 1 / count), size=draws).astype(np.float64)
    return np.asarray((weights @ sums) / (weights @ sizes)[:, None], dtype=np.float64)


def class_maps(explained: Explained) -> dict[str, MeanMap]:
    """The mean map of each class over the tokens that carry its label, (rows, columns).

    The mean of all classes is taken off each token's map first (`Explanation.relative_map`).
    """
    found = {}
    for k, name in enumerate(explained.plan.classes):
        chosen = explained.y == k
        maps = explained.maps[chosen].astype(np.float64)
        found[name] = mean_with_interval(maps[:, k] - maps.mean(axis=1), explained.clusters[chosen])
    return found


def on_axis(values: Doubles, edges_hz: npt.NDArray[Any], wanted_hz: npt.NDArray[Any]) -> Doubles:
    """Rows of one map brought to the rows of another, what each gives in logits kept.

    What lies in a row is spread evenly over it; the part below or above `wanted_hz` is lost.

    Parameters
    ----------
    values
        (rows, ...) in logits a row.
    edges_hz, wanted_hz
        Edges of those rows, and of the rows wanted.
    """
    edges, wanted = np.asarray(edges_hz, float), np.asarray(wanted_hz, float)
    low = np.maximum(edges[None, :-1], wanted[:-1, None])
    high = np.minimum(edges[None, 1:], wanted[1:, None])
    shares = np.maximum(high - low, 0.0) / np.diff(edges)[None, :]
    return np.asarray(np.tensordot(shares, values, axes=1), dtype=np.float64)


def band(profile: Doubles, edges_hz: npt.NDArray[Any], low_hz: float, high_hz: float) -> Doubles:
    """What a band gives, from profiles (n, rows) in logits a row -> (n,)."""
    edges = np.array([low_hz, high_hz])
    given: Doubles = on_axis(profile.T, edges_hz, edges)[0]
    return given
