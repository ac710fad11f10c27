"""Formants of many speakers in the plane of a chart, each speaker normalised alone."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from vowelscope.core.frequency_axis import hz_to_scale
from vowelscope.core.vowel_chart import Normalisation, unit_of

__all__ = ["QUANTITIES", "Quantity", "coordinates", "quantity_unit"]

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Quantity = Literal["F1", "F2", "F3", "F2-F1"]

QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)


def coordinates(
    formants_hz: Doubles,
    quantity: Quantity,
    how: Normalisation = "none",
    speakers: Ints | None = None,
    middle: int = 1,
) -> Doubles:
    """What one axis of a chart shows of tokens, at each point in time.

    ``lobanov`` and ``nearey`` go by the speaker, and by the middle of the tokens whose F1 and F2
    are defined there; the other points in time are moved by the same numbers, so that a
    trajectory keeps its place. Sources: see `vowelscope.core.vowel_chart`.

    Parameters
    ----------
    formants_hz
        (n, points, 3 or more): F1, F2, F3 in Hz, NaN where undefined.
    quantity
        A formant, or F2-F1: the difference in Hz, on the Bark scale, of the logarithms (Nearey's
        constant drops out), or, for ``lobanov``, in Hz and then normalised as a formant is.
    how
        As in `vowelscope.core.vowel_chart.normalised`.
    speakers
        (n,) number of the speaker of each token, 0 and up; None for one speaker.
    middle
        The point in time that the normalisation goes by.

    Returns
    -------
    numpy.ndarray
        (n, points) in the unit that `quantity_unit` names, NaN where undefined.
    """
    first, second = formants_hz[..., 0], formants_hz[..., 1]
    is_difference = quantity == "F2-F1"
    own = first if is_difference else formants_hz[..., int(quantity[1]) - 1]
    if how == "bark":
        if is_difference:
            return hz_to_scale(second, "bark") - hz_to_scale(first, "bark")
        return hz_to_scale(own, "bark")
    values = second - first if is_difference else own
    if how == "none":
        return np.array(values, dtype=np.float64)
    if speakers is None:
        speakers = np.zeros(len(formants_hz), dtype=np.int64)
    there = np.isfinite(first[:, middle]) & np.isfinite(second[:, middle])
    if how == "nearey":
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(formants_hz)
        if is_difference:
            return np.asarray(logs[..., 1] - logs[..., 0])
        mean, _ = _moments(0.5 * (logs[:, middle, 0] + logs[:, middle, 1]), speakers, there)
        return np.asarray(logs[..., int(quantity[1]) - 1] - mean[speakers][:, None])
    there &= np.isfinite(values[:, middle])
    mean, spread = _moments(values[:, middle], speakers, there)
    return np.asarray((values - mean[speakers][:, None]) / spread[speakers][:, None])


def quantity_unit(quantity: Quantity, how: Normalisation) -> str:
    """Name and unit of an axis, as ``F2 (Hz)``."""
    if quantity != "F2-F1":
        return f"{quantity} ({unit_of(how)})"
    return "ln F2 − ln F1" if how == "nearey" else f"F2 − F1 ({unit_of(how)})"


def _moments(
    values: Doubles, speakers: Ints, there: npt.NDArray[np.bool_]
) -> tuple[Doubles, Doubles]:
    """Mean and standard deviation (over n − 1) of each speaker.

    The deviation is 1 where nothing varies, as in `vowelscope.core.vowel_chart.lobanov`, and the
    mean NaN where a speaker has no value.
    """
    who, known = speakers[there], values[there]
    size = int(speakers.max(initial=-1)) + 1
    count = np.bincount(who, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(who, known, size) / count
        squares = np.bincount(who, (known - mean[who]) ** 2, size) / (count - 1)
    spread = np.sqrt(np.where(count > 1, squares, 0.0))
    return mean, np.where(spread > 0, spread, 1.0)
