"""Where a class of vowels has F1 to F3: measured in tokens, or from a published table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vowelscope.core.errors import AnalysisError, AudioError
from vowelscope.core.measure_formants import FormantRoad, formants_of
from vowelscope.core.translation import tr
from vowelscope.explain.maximise_settings import Doubles
from vowelscope.explain.maximise_starts import Labelled, spread

FORMANTS = 3
_FEWEST, _MOST = 3, 60
"""Tokens of a class that a mean is taken of."""

_TABLE_HZ = {
    "i": ((270, 2290, 3010), (310, 2790, 3310)),
    "ɪ": ((390, 1990, 2550), (430, 2480, 3070)),
    "ɛ": ((530, 1840, 2480), (610, 2330, 2990)),
    "æ": ((660, 1720, 2410), (860, 2050, 2850)),
    "ɑ": ((730, 1090, 2440), (850, 1220, 2810)),
    "ɔ": ((570, 840, 2410), (590, 920, 2710)),
    "ʊ": ((440, 1020, 2240), (470, 1160, 2680)),
    "u": ((300, 870, 2240), (370, 950, 2670)),
    "ʌ": ((640, 1190, 2390), (760, 1400, 2780)),
    "ɝ": ((490, 1350, 1690), (500, 1640, 1960)),
}
"""Means of F1 to F3 of men and of women. Source: Peterson & Barney (1952), "Control methods used
in a study of the vowels", JASA 24, table II."""


@dataclass(frozen=True, slots=True)
class ClassFormants:
    """Where a class has F1 to F3.

    Attributes
    ----------
    means_hz, low_hz, high_hz
        Mean and range of each: a standard deviation either way, or from men to women.
    source
        In words.
    """

    means_hz: tuple[float, ...]
    low_hz: tuple[float, ...]
    high_hz: tuple[float, ...]
    source: str


def table_formants(name: str) -> ClassFormants | None:
    """F1 to F3 of a vowel by Peterson and Barney's table; None for other classes."""
    if name not in _TABLE_HZ:
        return None
    men, women = _TABLE_HZ[name]
    return ClassFormants(
        tuple(0.5 * (a + b) for a, b in zip(men, women, strict=True)),
        tuple(float(min(pair)) for pair in zip(men, women, strict=True)),
        tuple(float(max(pair)) for pair in zip(men, women, strict=True)),
        tr("Peterson and Barney 1952, men to women"),
    )


def measured_formants(
    tokens: Sequence[Labelled], name: str, road: FormantRoad, source: str
) -> ClassFormants | None:
    """F1 to F3 in the middle of a class's tokens, mean ± a standard deviation (n − 1).

    Parameters
    ----------
    road
        How they are measured.

    Returns
    -------
    ClassFormants or None
        None where fewer than three tokens have them.
    """
    found: list[Doubles] = []
    by_file: dict[str, list[Labelled]] = {}
    for one in spread([one for one in tokens if one.name == name], _MOST):
        by_file.setdefault(str(one.token.recording), []).append(one)
    for held in by_file.values():
        asked = [one.token for one in held]
        try:
            found += [
                one.values_hz[0, :FORMANTS]
                for one in formants_of(asked, np.array([0.5]), road, means=False)
            ]
        except (AudioError, AnalysisError):
            continue
    values = np.array(found).reshape(-1, FORMANTS)
    values = values[np.isfinite(values).all(axis=1)]
    if len(values) < _FEWEST:
        return None
    mean, spread_hz = values.mean(axis=0), values.std(axis=0, ddof=1)
    return ClassFormants(
        tuple(mean.tolist()),
        tuple((mean - spread_hz).tolist()),
        tuple((mean + spread_hz).tolist()),
        tr("mean of {count} tokens in {source}, ± one standard deviation").format(
            count=len(values), source=source
        ),
    )
