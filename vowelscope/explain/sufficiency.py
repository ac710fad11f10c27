"""How much of what a network says formants can tell: logits predicted from measurements."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.explain.discriminant import discriminate
from vowelscope.explain.mean_maps import LEVEL
from vowelscope.explain.shards import FORMANTS, read_plan, read_shards

Doubles = npt.NDArray[np.float64]
DRAWS = 500


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """Share of the variance of held-out logits that measurements predict.

    Attributes
    ----------
    classes
        Of the model.
    r2, low, high
        For each class: of its logit less the mean of all logits, with the 95 % interval over
        utterances. A value of 1 says that the formants are enough to know the logit; one near 0
        that the network used something else, or that the regression could not find it.
    agree
        Share of held-out tokens in which the network and the discriminant analysis of the same
        measurements name the same class.
    apart
        Rows of the corpus in which they do not, those most certain for the network first.
    trained, tested
        Tokens.
    """

    classes: tuple[str, ...]
    r2: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    agree: float
    apart: tuple[int, ...]
    trained: int
    tested: int


def sufficiency(out: Path) -> Sufficiency | None:
    """Fit on the training part of an explained corpus, test on its test part.

    F0, F1-F4 at 20, 50 and 80 % and the log duration predict each class's logit (less the mean of
    all) by gradient-boosted trees, which bear undefined values; and the class of the label by
    quadratic discriminant analysis. None with fewer than 50 tokens to fit or 20 to test.

    Raises
    ------
    ConfigError
        The folder holds no finished run.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    plan = read_plan(out)
    held = []
    for table in read_shards(out, [*_NEEDED, *FORMANTS]):
        held += [row for row in table.to_pylist() if row["logits"] and row["class"] in plan.classes]
    parts = {"train": [], "test": []}  # type: dict[str, list[dict[str, object]]]
    for row in held:
        if row["split"] in parts:
            parts[row["split"]].append(row)
    fit, ask = parts["train"], parts["test"]
    if len(fit) < 50 or len(ask) < 20:
        return None
    known, asked = _measures(fit), _measures(ask)
    said, wanted = _relative(fit), _relative(ask)
    clusters = np.array([f"{row['set']}\0{row['utterance']}" for row in ask])
    values = []
    for k in range(len(plan.classes)):
        tree = HistGradientBoostingRegressor(max_iter=200, learning_rate=0.05, random_state=0)
        tree.fit(known, said[:, k])
        values.append(_r2(wanted[:, k], np.asarray(tree.predict(asked)), clusters))
    y = np.array([plan.classes.index(str(row["class"])) for row in fit])
    names = discriminate(known, y, asked)
    network = np.array([plan.classes.index(str(row["predicted"])) for row in ask])
    differ = np.flatnonzero(names != network)
    sure = np.array([_certainty(ask[at]["logits"]) for at in differ])
    order = differ[np.argsort(-sure)] if len(differ) else differ
    return Sufficiency(
        classes=plan.classes,
        r2=tuple(value[0] for value in values),
        low=tuple(value[1] for value in values),
        high=tuple(value[2] for value in values),
        agree=float((names == network).mean()),
        apart=tuple(int(str(ask[at]["row"])) for at in order),
        trained=len(fit),
        tested=len(ask),
    )


_NEEDED = [
    *("row", "set", "utterance", "split", "class", "predicted", "logits", "f0_hz"),
    *("tmin_s", "tmax_s"),
]


def _measures(rows: list[dict[str, object]]) -> Doubles:
    return np.array(
        [
            [
                *(_number(row[name]) for name in (*FORMANTS, "f0_hz")),
                np.log(_number(row["tmax_s"]) - _number(row["tmin_s"])),
            ]
            for row in rows
        ]
    )


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _relative(rows: list[dict[str, object]]) -> Doubles:
    logits = np.array([row["logits"] for row in rows], dtype=np.float64)
    relative: Doubles = logits - logits.mean(axis=1, keepdims=True)
    return relative


def _certainty(logits: object) -> float:
    values = np.sort(np.asarray(logits, dtype=np.float64))
    return float(values[-1] - values[-2])


def _r2(wanted: Doubles, found: Doubles, clusters: npt.NDArray[np.str_]) -> tuple[float, ...]:
    """Coefficient of determination with its interval over clusters."""
    _, at = np.unique(clusters, return_inverse=True)
    count = int(at.max()) + 1
    columns = np.column_stack([(wanted - found) ** 2, wanted, wanted**2, np.ones(len(wanted))])
    sums = np.zeros((count, 4))
    np.add.at(sums, at, columns)

    def of(weights: Doubles) -> Doubles:
        error, total, squares, n = (weights @ sums).T
        value: Doubles = 1.0 - error / np.maximum(squares - total**2 / n, 1e-12)
        return value

    rng = np.random.default_rng(0)
    drawn = of(rng.multinomial(count, np.full(count, 1 / count), size=DRAWS).astype(np.float64))
    tail = 50 * (1 - LEVEL)
    low, high = np.percentile(drawn, [tail, 100 - tail])
    return float(of(np.ones((1, count)))[0]), float(low), float(high)
