"""The statements of the study's section 4, each as a test on an explained corpus, with a verdict.

Source: James, Balamurali, Abeysinghe and Liu, "Explaining Spectrograms in Machine Learning",
section 4. The bounds in Hz are the study's; how "strong" is measured is ours and stands with each
test. A verdict is "holds" or "does not" where the interval over utterances leaves no doubt, "no
verdict" where it does, and "not resolvable" where the map's cells are too tall for the question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from vowelscope.explain.mean_maps import (
    Explained,
    MeanMap,
    band,
    cluster_means,
    mean_with_interval,
)
from vowelscope.explain.ranks import spearman

Verdict = Literal["holds", "does not", "no verdict", "not resolvable", "not asked"]
Doubles = npt.NDArray[np.float64]

MOST_CELLS = 1.0
"""A band is resolvable if it is at least this many cells tall."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one statement.

    Attributes
    ----------
    statement
        What the study says, in our words.
    measure
        What was measured, with its unit.
    verdict
        See the module.
    value, low, high
        The measured value and its 95 % interval over utterances; NaN where nothing was.
    tokens
        How many went in.
    reason
        Why there is no verdict, or more about it; may be empty.
    """

    statement: str
    measure: str
    verdict: Verdict
    value: float
    low: float
    high: float
    tokens: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BandClaim:
    """A class is said to be seen, or not, in a band of frequency.

    Attributes
    ----------
    experiment
        1: vowels at 0-11,025 Hz; 2: vowels at 0-4,000 Hz; 3: voiced against unvoiced.
    high_hz
        None: up to the top of the map.
    strong
        What is said: that the band is strong, or that none is.
    """

    experiment: int
    name: str
    low_hz: float
    high_hz: float | None
    strong: bool = True

    @property
    def words(self) -> str:
        """The statement."""
        if self.high_hz is None:
            where = f"above {self.low_hz:,.0f} Hz"
        elif self.low_hz == 0:
            where = f"below {self.high_hz:,.0f} Hz"
        else:
            where = f"at {self.low_hz:,.0f}-{self.high_hz:,.0f} Hz"
        kind = "a strong region" if self.strong else "no strong region"
        return f"Experiment {self.experiment}: /{self.name}/ has {kind} {where}."


RANGES_HZ = {1: (5500.0, 11025.0), 2: (3500.0, 5000.0), 3: (3500.0, 5000.0)}
"""Tops of the ranges of models of which an experiment's statements may be asked. Experiment 1 read
0-11,025 Hz, and a model that reads less far is asked about the same bands up to its own top."""

_READ_HZ = {1: 11025, 2: 4000, 3: 4000}

CLAIMS: tuple[BandClaim, ...] = (
    BandClaim(1, "i", 5500, None),
    BandClaim(1, "u", 5500, None),
    BandClaim(1, "æ", 3500, None),
    BandClaim(1, "æ", 500, 1000),
    BandClaim(1, "ɝ", 5000, None, strong=False),
    BandClaim(1, "ɑ", 5000, None, strong=False),
    BandClaim(1, "ɑ", 1000, 3500),
    BandClaim(2, "ɝ", 1500, 2500),
    BandClaim(2, "u", 500, 1000),
    BandClaim(2, "i", 500, 1000),
    BandClaim(3, "voiced", 0, 700),
)


def band_finding(explained: Explained, claim: BandClaim) -> Finding:
    """Whether a band gives more to the class than its share of the frequency range would.

    The measure is the density of the band less that of the rest, in logits a kHz, of the class's
    row profiles (`Explained.profiles`) over the tokens that carry its label.
    """
    measure = "band less rest (logits a kHz)"
    plan = explained.plan
    edges_hz = np.array(plan.freq_edges_hz)
    top_hz = float(edges_hz[-1])
    high_hz = top_hz if claim.high_hz is None else claim.high_hz

    def without(verdict: Verdict, reason: str) -> Finding:
        return Finding(claim.words, measure, verdict, np.nan, np.nan, np.nan, 0, reason)

    if claim.name not in plan.classes:
        return without("not asked", f"The model has no class /{claim.name}/.")
    lowest_hz, highest_hz = RANGES_HZ[claim.experiment]
    if not lowest_hz < top_hz <= highest_hz or high_hz > top_hz + 1:
        return without(
            "not asked",
            f"This model reads 0-{top_hz:,.0f} Hz; the statement is about "
            f"0-{_READ_HZ[claim.experiment]:,.0f} Hz.",
        )
    cell_hz = float(edges_hz[1] - edges_hz[0])
    if high_hz - claim.low_hz < MOST_CELLS * cell_hz:
        return without(
            "not resolvable",
            f"The band is {high_hz - claim.low_hz:,.0f} Hz tall, a cell {cell_hz:,.0f} Hz.",
        )
    k = plan.classes.index(claim.name)
    chosen = explained.y == k
    profiles = explained.profiles(k)[chosen]
    inside = band(profiles, edges_hz, claim.low_hz, high_hz)
    rest = profiles.sum(axis=1) - inside
    width_khz = (high_hz - claim.low_hz) / 1000
    rest_khz = top_hz / 1000 - width_khz
    found = mean_with_interval(inside / width_khz - rest / rest_khz, explained.clusters[chosen])
    verdict = verdict_of(found, claim.strong)
    return Finding(
        claim.words,
        measure,
        verdict,
        float(found.mean),
        float(found.low),
        float(found.high),
        found.tokens,
        _remark(verdict, claim, top_hz),
    )


def _remark(verdict: Verdict, claim: BandClaim, top_hz: float) -> str:
    words = []
    if verdict == "no verdict":
        words.append("The interval holds zero, or there are too few tokens.")
    if top_hz < 0.99 * _READ_HZ[claim.experiment]:
        words.append(
            f"This model reads 0-{top_hz:,.0f} Hz, the study's "
            f"0-{_READ_HZ[claim.experiment]:,.0f} Hz."
        )
    return " ".join(words)


def verdict_of(found: MeanMap, strong: bool) -> Verdict:
    """What an interval leaves to say: all of it above 0, all below, or neither."""
    low, high = float(found.low), float(found.high)
    if not np.isfinite(low) or low <= 0 <= high:
        return "no verdict"
    return "holds" if (low > 0) == strong else "does not"


def peak_finding(
    explained: Explained,
    name: str,
    second_formant_hz: Doubles,
    third_formant_hz: Doubles,
    near_hz: float = 2000.0,
) -> Finding:
    """Whether a class's strongest row is the one where F3 lies (the study: F3 of /ɝ/, 2,000 Hz).

    The measure is the share of tokens whose strongest row holds the token's own F3. Where a row is
    taller than F3 lies above F2 in half of the tokens, a row that holds F3 may as well be that of
    F2, and nothing can be said of F3.

    Parameters
    ----------
    second_formant_hz, third_formant_hz
        (n,) F2 and F3 in the middle of each token of `explained`; NaN where undefined.
    """
    words = f"F3 near {near_hz:,.0f} Hz is what /{name}/ is seen by."
    measure = "share of tokens whose strongest row holds their F3, less that of chance"
    plan = explained.plan
    if name not in plan.classes:
        return Finding(words, measure, "not asked", np.nan, np.nan, np.nan, 0, "No such class.")
    edges_hz = np.array(plan.freq_edges_hz)
    k = plan.classes.index(name)
    chosen = (explained.y == k) & np.isfinite(second_formant_hz + third_formant_hz)
    if not chosen.any():
        return Finding(words, measure, "no verdict", np.nan, np.nan, np.nan, 0, "No tokens.")
    cell_hz = float(edges_hz[1] - edges_hz[0])
    apart_hz = float(np.median(third_formant_hz[chosen] - second_formant_hz[chosen]))
    if cell_hz > apart_hz:
        reason = f"F3 lies {apart_hz:,.0f} Hz above F2 (median), a cell is {cell_hz:,.0f} Hz tall."
        return Finding(words, measure, "not resolvable", np.nan, np.nan, np.nan, 0, reason)
    profiles = explained.profiles(k)[chosen]
    row = np.digitize(third_formant_hz[chosen], edges_hz) - 1
    strongest = profiles.argmax(axis=1)
    # Chance: the same strongest rows against the F3 of the other classes' tokens.
    others = np.isfinite(third_formant_hz) & (explained.y != k)
    other_rows = np.digitize(third_formant_hz[others], edges_hz) - 1
    chance = np.array([(other_rows == at).mean() if len(other_rows) else 0.0 for at in strongest])
    found = mean_with_interval((strongest == row) - chance, explained.clusters[chosen])
    third_hz = float(np.median(third_formant_hz[chosen]))
    reason = (
        f"A row is {cell_hz:,.0f} Hz tall; F3 is at {third_hz:,.0f} Hz (median), {apart_hz:,.0f} "
        "Hz above F2."
    )
    return Finding(
        words,
        measure,
        verdict_of(found, strong=True),
        float(found.mean),
        float(found.low),
        float(found.high),
        found.tokens,
        reason,
    )


def overlap_finding(explained: Explained) -> Finding:
    """Whether classes whose maps overlap are confused more (the study's reading of its matrix).

    The measure is the rank correlation (Spearman) over pairs of classes between the correlation of
    their mean maps and how often one is called the other.
    """
    words = "Classes whose maps overlap are the ones that are confused."
    measure = "rank correlation over pairs of classes"
    classes = range(len(explained.plan.classes))
    pairs = [(a, b) for a in classes for b in classes if a < b]
    there = {k for k in classes if (explained.y == k).any()}
    pairs = [(a, b) for a, b in pairs if a in there and b in there]
    if len(pairs) < 4:
        return Finding(
            words,
            measure,
            "not asked",
            np.nan,
            np.nan,
            np.nan,
            len(explained.y),
            f"{len(pairs)} pairs of classes are too few for a rank correlation.",
        )

    def of(weights: Doubles) -> float:
        likeness, confused = [], []
        for a, b in pairs:
            of_a, of_b = weights * (explained.y == a), weights * (explained.y == b)
            if not of_a.sum() or not of_b.sum():
                return float("nan")
            map_a = np.tensordot(of_a, explained.maps[:, a], 1) / of_a.sum()
            map_b = np.tensordot(of_b, explained.maps[:, b], 1) / of_b.sum()
            likeness.append(float(np.corrcoef(map_a.ravel(), map_b.ravel())[0, 1]))
            wrong = (of_a * (explained.said == b)).sum() / of_a.sum()
            wrong += (of_b * (explained.said == a)).sum() / of_b.sum()
            confused.append(float(wrong))
        if len(set(confused)) < 2:
            return float("nan")
        return float(spearman(np.array(likeness), np.array(confused)))

    value = of(np.ones(len(explained.y)))
    drawn = _drawn(of, explained, 300)
    if not np.isfinite(value) or len(drawn) < 30:
        return Finding(
            words,
            measure,
            "no verdict",
            value,
            np.nan,
            np.nan,
            len(explained.y),
            "Too few confusions.",
        )
    low, high = (float(end) for end in np.percentile(drawn, [2.5, 97.5]))
    nothing = np.zeros(())
    verdict = verdict_of(MeanMap(nothing, np.array(low), np.array(high), 0, 0), strong=True)
    return Finding(words, measure, verdict, value, low, high, len(explained.y))


def _drawn(of: Callable[[Doubles], float], explained: Explained, draws: int) -> Doubles:
    names, at = np.unique(explained.clusters, return_inverse=True)
    rng = np.random.default_rng(0)
    found = []
    for _ in range(draws):
        counts = np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))
        found.append(of(counts[at].astype(np.float64)))
    values: Doubles = np.array([value for value in found if np.isfinite(value)])
    return values


def asymmetry_findings(explained: Explained, least: int = 3) -> list[Finding]:
    """For each pair of classes with confusions: whether one way is commoner than the other.

    The measure is the rate of a called b less that of b called a.
    """
    found = []
    classes = explained.plan.classes
    for a, first in enumerate(classes):
        for b in range(a + 1, len(classes)):
            of_a, of_b = explained.y == a, explained.y == b
            wrong_a = of_a & (explained.said == b)
            wrong_b = of_b & (explained.said == a)
            if wrong_a.sum() + wrong_b.sum() < least:
                continue
            words = f"/{first}/ and /{classes[b]}/ are confused one way more than the other."
            measure = f"/{first}/ called /{classes[b]}/ less the other way (share of tokens)"
            if not of_a.any() or not of_b.any():
                continue
            rates = [
                cluster_means(wrong[of].astype(np.float64), explained.clusters[of], seed=seed)
                for seed, (wrong, of) in enumerate(((wrong_a, of_a), (wrong_b, of_b)))
            ]
            drawn = (rates[0] - rates[1])[:, 0]
            low, high = (float(end) for end in np.percentile(drawn, [2.5, 97.5]))
            value = float(wrong_a[of_a].mean() - wrong_b[of_b].mean())
            verdict: Verdict = "no verdict" if low <= 0 <= high else "holds"
            count = int(of_a.sum() + of_b.sum())
            found.append(
                Finding(
                    words,
                    measure,
                    verdict,
                    value,
                    low,
                    high,
                    count,
                    f"{int(wrong_a.sum())} and {int(wrong_b.sum())} tokens.",
                )
            )
    return found
