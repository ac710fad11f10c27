"""The vowel chart: first against second formant of a tier's vowels, normalised, with ellipses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from vowelscope.core.frequency_axis import hz_to_scale

__all__ = [
    "CLASS_COLOURS",
    "ELLIPSE_SHARE",
    "Ellipse",
    "Normalisation",
    "classes_in_order",
    "ellipses",
    "lobanov",
    "nearey",
    "normalised",
    "unit_of",
]

Doubles = npt.NDArray[np.float64]
Normalisation = Literal["none", "bark", "lobanov", "nearey"]

CLASS_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#000000", "#56b4e9")
"""Okabe and Ito's ("Color Universal Design", 2008) for white paper, which eyes that confuse red
and green tell apart; given out in the order of `classes_in_order`."""

ELLIPSE_SHARE = 0.68
"""Share of a bivariate normal distribution that an ellipse holds."""
_FEWEST = 3
_PERIMETER = "iɪyʏeøɛœæaɶɐɑɒɔoɤʊɯuʌəɨʉɵɘɜɝɚɞ"


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Where a class lies in the plane of F1 and F2.

    Attributes
    ----------
    symbol
        The class.
    count
        Number of its tokens.
    mean
        (F1, F2) in the unit of the points.
    outline
        (n, 2): the closed curve, F1 and F2; empty for fewer than three tokens, which have no
        shape.
    """

    symbol: str
    count: int
    mean: tuple[float, float]
    outline: Doubles


def normalised(formants_hz: Doubles, how: Normalisation) -> Doubles:
    """The points of a chart in the unit that `unit_of` names.

    Parameters
    ----------
    formants_hz
        (n, 2) without NaN; all vowels of one speaker, for the normalisations speak of a speaker.
    how
        ``none`` is Hz as they are, ``bark`` Praat's 7 arsinh(f / 650), then `lobanov`, `nearey`.
    """
    if how == "bark":
        return hz_to_scale(formants_hz, "bark")
    if how == "lobanov":
        return lobanov(formants_hz)
    return nearey(formants_hz) if how == "nearey" else formants_hz


def classes_in_order(symbols: Sequence[str]) -> list[str]:
    """The classes, each once, around the vowel space from the close front vowel on.

    Where there are more classes than colours, those that share one so lie far apart.
    """
    last = len(_PERIMETER)
    place = {vowel: index for index, vowel in enumerate(_PERIMETER)}
    return sorted(set(symbols), key=lambda symbol: (place.get(symbol[:1], last), symbol))


def unit_of(how: Normalisation) -> str:
    """What stands beside the axes."""
    return {"none": "Hz", "bark": "Bark", "lobanov": "z", "nearey": "ln F − G"}[how]


def lobanov(formants_hz: Doubles) -> Doubles:
    """Each formant less its mean, in units of its standard deviation: (n, 2).

    z = (F − mean F) / s, with s over n − 1 tokens. A formant that does not vary is 0.

    Source: B. M. Lobanov (1971), "Classification of Russian vowels spoken by different speakers",
    J. Acoust. Soc. Am. 49, 606-608.
    """
    if len(formants_hz) < 2:
        return np.zeros_like(formants_hz)
    spread = formants_hz.std(axis=0, ddof=1)
    z: Doubles = (formants_hz - formants_hz.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return z


def nearey(formants_hz: Doubles) -> Doubles:
    """Log formants less one mean of all log formants of the speaker: (n, 2).

    ln F − G, with G the mean of ln F1 and ln F2 over all tokens: one scale factor a speaker.

    Source: T. M. Nearey (1978), "Phonetic feature systems for vowels", the constant log interval
    hypothesis with a single mean (also called Nearey 2).
    """
    logs = np.log(formants_hz)
    shifted: Doubles = logs - logs.mean() if len(logs) else logs
    return shifted


def ellipses(
    points: Doubles, symbols: Sequence[str], share: float = ELLIPSE_SHARE, corners: int = 73
) -> list[Ellipse]:
    """One ellipse a class, in the order in which the classes first occur.

    Parameters
    ----------
    points
        (n, 2) without NaN.
    symbols
        The class of each.
    share
        Of the tokens that the ellipse is to hold if they were drawn from a normal distribution:
        the points at a Mahalanobis distance of sqrt(−2 ln(1 − share)) from the mean, which is the
        quantile of chi-square with two degrees of freedom.
    corners
        Points of the outline, the first and the last being the same.
    """
    radius = math.sqrt(-2.0 * math.log1p(-share))
    turn = np.linspace(0.0, 2.0 * np.pi, corners)
    circle = radius * np.stack([np.cos(turn), np.sin(turn)])
    names = np.array(symbols, dtype=object)
    found = []
    for symbol in dict.fromkeys(symbols):
        own = points[names == symbol]
        mean = own.mean(axis=0)
        outline = np.empty((0, 2))
        if len(own) >= _FEWEST:
            variances, axes = np.linalg.eigh(np.cov(own, rowvar=False))
            lengths = np.sqrt(np.maximum(variances, 0.0))
            outline = mean + (axes @ (lengths[:, None] * circle)).T
        found.append(Ellipse(symbol, len(own), (float(mean[0]), float(mean[1])), outline))
    return found
