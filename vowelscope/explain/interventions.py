"""Takes a band of frequencies out of a model input, or leaves only it, and asks the model again.

A map says which cells a logit comes from; only an intervention says what the logit would be without
them. A band is taken out of the spectrogram that the network reads, in all its columns: nothing is
filtered in the sound, so that the band's edges are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import ConfigError
from vowelscope.core.features import Floats, ModelInput, normalise
from vowelscope.core.translation import tr
from vowelscope.explain.runtime import Runs

Doubles = npt.NDArray[np.float64]
Fill = Literal["mean", "floor", "neighbours"]

FILLS: tuple[Fill, ...] = ("mean", "floor", "neighbours")
"""What stands in the place of what is taken away: its own mean over frequency and time; the lower
bound of the model's range (``db_min``); a straight line between the rows beside it, in each column.
"""

BATCH = 8

Progress = Callable[[int, int], None]
"""Called with the passes done and all of them; what it raises ends the work, which is how a caller
cancels."""


def erb_number(freq_hz: npt.ArrayLike) -> Doubles:
    """ERB-number (Cam) of a frequency.

    Source: Glasberg & Moore (1990), "Derivation of auditory filter shapes from notched-noise
    data", Hearing Research 47, equation 4.
    """
    number: Doubles = 21.4 * np.log10(0.00437 * np.asarray(freq_hz, dtype=np.float64) + 1.0)
    return number


def erb_to_hz(number: npt.ArrayLike) -> Doubles:
    """The frequency of an ERB-number, in Hz; the inverse of `erb_number`."""
    freq_hz: Doubles = (10.0 ** (np.asarray(number, dtype=np.float64) / 21.4) - 1.0) / 0.00437
    return freq_hz


def erb_bands(f_max_hz: float, step_erb: float = 1.0, width_erb: float = 2.0) -> Doubles:
    """Bands of equal width on the ERB scale that cover 0 to `f_max_hz`.

    Parameters
    ----------
    step_erb
        Distance of their centres, in ERB; made a little smaller, so that a whole number of steps
        fits the range.
    width_erb
        Their width, in ERB.

    Returns
    -------
    numpy.ndarray
        (bands, 2): lower and upper edge in Hz, rising, cut at 0 Hz and `f_max_hz`.

    Raises
    ------
    ConfigError
        A step or width out of range.
    """
    if not 0.25 <= step_erb <= 10:
        raise ConfigError(
            tr("step of {step_erb:g} ERB: must lie within 0.25-10 ERB.").format(step_erb=step_erb)
        )
    if not 0.25 <= width_erb <= 20:
        raise ConfigError(
            tr("width of {width_erb:g} ERB: must lie within 0.25-20 ERB.").format(
                width_erb=width_erb
            )
        )
    top = float(erb_number(f_max_hz))
    count = int(np.ceil(top / step_erb))
    centres = (np.arange(count) + 0.5) * top / count
    edges = np.stack([centres - 0.5 * width_erb, centres + 0.5 * width_erb], axis=1)
    return np.clip(erb_to_hz(np.clip(edges, 0.0, top)), 0.0, f_max_hz)


def control_bands(bands_hz: Doubles, f_max_hz: float, count: int = 3) -> Doubles:
    """For each band, bands of the same width in Hz elsewhere.

    Parameters
    ----------
    bands_hz
        (bands, 2) edges.
    count
        Controls a band.

    Returns
    -------
    numpy.ndarray
        (bands, count, 2): spread evenly over where such a band fits without touching the one that
        it is the control of; NaN where it fits nowhere.
    """
    out = np.full((len(bands_hz), count, 2), np.nan)
    for at, (low, high) in enumerate(bands_hz):
        width = high - low
        # The lower edge may lie in 0 to low - width, or in high to f_max - width.
        below, above = max(low - width, 0.0), max(f_max_hz - width - high, 0.0)
        if below + above <= 0:
            continue
        places = (np.arange(count) + 0.5) / count * (below + above)
        starts = np.where(places < below, places, high + places - below)
        out[at] = np.stack([starts, starts + width], axis=1)
    return out


def row_weights(band_hz: Sequence[float] | Doubles, freq_edges_hz: Doubles) -> Doubles:
    """Share of each row of the input that lies in a band, (rows,) of 0-1."""
    edges = np.asarray(freq_edges_hz, dtype=np.float64)
    overlap = np.minimum(band_hz[1], edges[1:]) - np.maximum(band_hz[0], edges[:-1])
    weights: Doubles = np.clip(overlap / np.diff(edges), 0.0, 1.0)
    return weights


def replaced(db: Floats, weights: Doubles, fill: Fill, db_min: float) -> Floats:
    """A model input in which rows are filled.

    Parameters
    ----------
    db
        (rows, columns) in dB.
    weights
        (rows,): 1 where a row is taken away, 0 where it is kept; a share where a band's edge falls
        within a row.
    db_min
        The level that ``floor`` fills with.

    Raises
    ------
    ConfigError
        There is no such fill.
    """
    if fill not in FILLS:
        raise ConfigError(
            tr("no fill {fill!r}; there are {names}.").format(fill=fill, names=", ".join(FILLS))
        )
    if not weights.any():
        return db.copy()
    kept = np.flatnonzero(weights <= 0)
    level: npt.NDArray[np.floating]
    if fill == "floor":
        level = np.full((1, 1), db_min)
    elif fill == "neighbours" and len(kept):
        level = _between(db, kept)
    else:
        level = np.full((1, 1), float(weights @ db.mean(axis=1)) / float(weights.sum()))
    share = weights[:, None]
    return ((1.0 - share) * db + share * level).astype(np.float32)


def _between(db: Floats, kept: npt.NDArray[np.int64]) -> Doubles:
    """Each row on the straight line between the kept rows around it, constant beyond the last."""
    at = np.arange(len(db))
    right = np.clip(np.searchsorted(kept, at), 0, len(kept) - 1)
    left = np.clip(np.searchsorted(kept, at, side="right") - 1, 0, len(kept) - 1)
    low, high = kept[left], kept[right]
    share = np.where(high > low, (at - low) / np.maximum(high - low, 1), 0.0)[:, None]
    between: Doubles = (1.0 - share) * db[low] + share * db[high]
    return between


def band_stop(seen: ModelInput, band_hz: Sequence[float] | Doubles, fill: Fill) -> Floats:
    """The input without a band, dB (rows, columns)."""
    weights = row_weights(band_hz, seen.freq_edges_hz)
    return replaced(seen.db, weights, fill, seen.spec.db_min)


def band_pass(seen: ModelInput, band_hz: Sequence[float] | Doubles, fill: Fill) -> Floats:
    """The input with nothing but a band, dB (rows, columns)."""
    weights = row_weights(band_hz, seen.freq_edges_hz)
    return replaced(seen.db, 1.0 - weights, fill, seen.spec.db_min)


def run_all(
    runtime: Runs,
    inputs: Sequence[Callable[[], Floats]],
    seen: ModelInput,
    progress: Progress | None = None,
    batch: int = BATCH,
) -> Doubles:
    """Logits of many changed inputs, made and run `batch` at a time.

    Parameters
    ----------
    inputs
        Each makes one input in dB, (rows, columns).
    progress
        Called before the first batch and after each; what it raises ends the work.

    Returns
    -------
    numpy.ndarray
        (inputs, k).
    """
    found: list[Doubles] = []
    if progress is not None:
        progress(0, len(inputs))
    for start, made in _batches(inputs, batch):
        logits, _ = runtime.run(normalise(np.stack(made), seen.spec))
        found.append(np.asarray(logits, dtype=np.float64))
        if progress is not None:
            progress(start + len(made), len(inputs))
    return np.concatenate(found) if found else np.empty((0, 0))


def _batches(
    inputs: Sequence[Callable[[], Floats]], batch: int
) -> Iterator[tuple[int, list[Floats]]]:
    for start in range(0, len(inputs), batch):
        yield start, [make() for make in inputs[start : start + batch]]
