"""The maps of two models of one corpus, brought to one axis: where they differ, and what shifted.

The study's experiments 1 and 2 are two networks that read 0-11,025 and 0-4,000 Hz. Their logits
have no common unit, so each token's map becomes shares: its cells within the range that both read,
divided by the sum of their sizes. The rows and columns are those of the coarser map, because to
bring a coarse map to finer ones would make up what lies within its cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vowelscope.explain.aligned_maps import card_of
from vowelscope.explain.mean_maps import Explained, MeanMap, band, mean_with_interval, on_axis
from vowelscope.explain.statements import (
    CLAIMS,
    RANGES_HZ,
    BandClaim,
    Finding,
    Verdict,
    verdict_of,
)

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Where one model's maps differ from another's.

    Attributes
    ----------
    maps
        For each class of both, the mean over its tokens of the first model's map less the second's,
        (rows, columns), each token's as shares of its evidence: from -2 to 2.
    freq_edges_hz
        (rows + 1,), up to the lower of the two tops.
    """

    maps: dict[str, MeanMap]
    freq_edges_hz: Doubles


def paired(first: Explained, second: Explained) -> tuple[Ints, Ints]:
    """Where the same tokens are in two explained corpora; empty if the corpora are not the same."""
    if first.plan.corpus_sha256 != second.plan.corpus_sha256:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    at = {row["row"]: place for place, row in enumerate(second.rows)}
    both = [(n, at[row["row"]]) for n, row in enumerate(first.rows) if row["row"] in at]
    places = np.array(both, dtype=np.int64).reshape(-1, 2)
    return places[:, 0], places[:, 1]


def difference(first: Explained, second: Explained) -> Difference:
    """The mean maps of the first model less those of the second, class by class.

    Columns are compared where both models read the same stretch of time around a token; else each
    row is one cell.
    """
    ours, theirs = paired(first, second)
    edges_hz = _common_edges(first, second)
    same = _window(first) is not None and _window(first) == _window(second)
    columns = min(first.plan.cells[1], second.plan.cells[1]) if same else 1
    found = {}
    for name in first.plan.classes:
        if name not in second.plan.classes:
            continue
        chosen = first.y[ours] == first.plan.classes.index(name)
        if not chosen.any():
            continue
        apart = _shares(first, ours[chosen], name, edges_hz, columns)
        apart -= _shares(second, theirs[chosen], name, edges_hz, columns)
        found[name] = mean_with_interval(apart, first.clusters[ours[chosen]])
    return Difference(found, edges_hz)


def shift_findings(first: Explained, second: Explained) -> list[Finding]:
    """What the study says to be new under 4,000 Hz: experiment 2 against experiment 1.

    The measure is the share of the evidence in a band under the narrow range, less that under the
    wide one, both of what lies within the narrow range. Which model is which, their ranges say.
    """
    models = {_experiment(one): one for one in (second, first)}
    wide, narrow = models.get(1), models.get(2)
    found = []
    for claim in CLAIMS:
        if claim.experiment != 2:
            continue
        words = (
            f"Experiment 2 against 1: more of /{claim.name}/ lies at "
            f"{claim.low_hz:,.0f}-{claim.high_hz:,.0f} Hz."
        )
        if wide is None or narrow is None:
            reason = "That takes one model of 0-4,000 Hz and one that reads above 5,500 Hz."
            found.append(_without(words, "not asked", reason))
        else:
            found.append(_shift(words, claim, wide, narrow))
    return found


def _shift(words: str, claim: BandClaim, wide: Explained, narrow: Explained) -> Finding:
    assert claim.high_hz is not None
    if claim.name not in wide.plan.classes or claim.name not in narrow.plan.classes:
        return _without(words, "not asked", f"One of the models has no class /{claim.name}/.")
    at_narrow, at_wide = paired(narrow, wide)
    chosen = narrow.y[at_narrow] == narrow.plan.classes.index(claim.name)
    if not chosen.any():
        return _without(words, "not asked", "The models were not asked about the same corpus.")
    tall_hz = max(np.diff(one.plan.freq_edges_hz)[0] for one in (wide, narrow))
    if claim.high_hz - claim.low_hz < tall_hz:
        return _without(
            words,
            "not resolvable",
            f"The band is {claim.high_hz - claim.low_hz:,.0f} Hz tall, a cell of one of the models "
            f"{tall_hz:,.0f} Hz.",
        )
    edges_hz = _common_edges(wide, narrow)
    shares = []
    for one, places in ((narrow, at_narrow[chosen]), (wide, at_wide[chosen])):
        rows = _shares(one, places, claim.name, edges_hz, 1)[:, :, 0]
        shares.append(band(rows, edges_hz, claim.low_hz, claim.high_hz))
    found = mean_with_interval(shares[0] - shares[1], narrow.clusters[at_narrow[chosen]])
    verdict = verdict_of(found, strong=True)
    return Finding(
        words,
        _MEASURE,
        verdict,
        float(found.mean),
        float(found.low),
        float(found.high),
        found.tokens,
        f"{narrow.plan.model_name} less {wide.plan.model_name}.",
    )


_MEASURE = "share of the evidence below 4,000 Hz, less that of the other model"


def _without(words: str, verdict: Verdict, reason: str) -> Finding:
    return Finding(words, _MEASURE, verdict, np.nan, np.nan, np.nan, 0, reason)


def _experiment(explained: Explained) -> int:
    top_hz = explained.plan.freq_edges_hz[-1]
    for experiment in (1, 2):
        low_hz, high_hz = RANGES_HZ[experiment]
        if low_hz < top_hz <= high_hz:
            return experiment
    return 0


def _common_edges(first: Explained, second: Explained) -> Doubles:
    edges = [np.array(one.plan.freq_edges_hz) for one in (first, second)]
    top_hz = min(one[-1] for one in edges)
    coarse = max(edges, key=lambda one: float(one[1] - one[0]))
    return np.asarray(np.append(coarse[coarse < top_hz - 1], top_hz), dtype=np.float64)


def _window(explained: Explained) -> tuple[str, float] | None:
    """The stretch of time that a model reads; None where its card is no more."""
    card = card_of(explained)
    if card is None:
        return None
    return card.features.time_rule, round(card.features.columns * card.features.column_s, 6)


def _shares(
    explained: Explained, places: Ints, name: str, edges_hz: Doubles, columns: int
) -> Doubles:
    """Maps of a class less the mean of all, (n, rows, columns), each token's sizes adding to 1."""
    k = explained.plan.classes.index(name)
    maps = explained.maps[places].astype(np.float64)
    held = maps[:, k] - maps.mean(axis=1)
    edges = np.array(explained.plan.freq_edges_hz)
    rows = on_axis(np.moveaxis(held, 1, 0), edges, edges_hz)
    ends = np.arange(held.shape[2] + 1) / held.shape[2]
    cells = on_axis(np.moveaxis(rows, 2, 0), ends, np.arange(columns + 1) / columns)
    given = cells.transpose(2, 1, 0)
    whole = np.abs(given).sum(axis=(1, 2), keepdims=True)
    shares: Doubles = given / np.where(whole == 0, 1, whole)
    return shares
