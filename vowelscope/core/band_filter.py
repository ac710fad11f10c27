"""Only what lies in some cells of frequency and time, or all but that."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vowelscope.core.audio import Samples
from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr

Doubles = npt.NDArray[np.float64]

SMOOTHING_HZ = 100.0
"""Praat's own standard for its Hann band filter."""
RAMP_S = 0.005
_RINGS_S = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Cells of frequency and time, some of them chosen.

    Attributes
    ----------
    freq_edges_hz, time_edges_s
        Rising edges: (rows + 1,) in Hz, (columns + 1,) in seconds of the recording.
    chosen
        bool (rows, columns), row 0 lowest.
    """

    freq_edges_hz: Doubles
    time_edges_s: Doubles
    chosen: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        wanted = (len(self.freq_edges_hz) - 1, len(self.time_edges_s) - 1)
        if self.chosen.shape != wanted:
            raise ConfigError(
                tr("cells: {shape} chosen, but edges of {wanted}.").format(
                    shape=self.chosen.shape, wanted=wanted
                )
            )


def band_cells(low_hz: float, high_hz: float, start_s: float, stop_s: float) -> Cells:
    """One cell: a band between two frequencies from `start_s` to `stop_s`.

    Raises
    ------
    ConfigError
        The band has no width, or goes below 0 Hz.
    """
    if not 0 <= low_hz < high_hz:
        raise ConfigError(
            tr(
                "a band from {low_hz:g} to {high_hz:g} Hz: the lower edge must be 0 Hz "
                "or more, and below the upper one."
            ).format(low_hz=low_hz, high_hz=high_hz)
        )
    edges_hz, edges_s = np.array([low_hz, high_hz]), np.array([start_s, stop_s])
    return Cells(edges_hz, edges_s, np.ones((1, 1), dtype=np.bool_))


def hann_band(freqs_hz: Doubles, low_hz: float, high_hz: float, smoothing_hz: float) -> Doubles:
    """The gain of Praat's Hann band filter at some frequencies, 0-1.

    Parameters
    ----------
    low_hz, high_hz
        Where the gain is a half; a lower edge at 0 Hz has no slope.
    smoothing_hz
        Half the width of each slope. Bands that share an edge and a smoothing sum to 1 there.

    Notes
    -----
    Praat's manual, "Sound: Filter (pass Hann band)...".
    """
    above = np.clip((freqs_hz - low_hz) / (2 * smoothing_hz) + 0.5, 0, 1)
    below = np.clip((freqs_hz - high_hz) / (2 * smoothing_hz) + 0.5, 0, 1)
    rising = np.ones_like(freqs_hz) if low_hz <= 0 else 0.5 - 0.5 * np.cos(np.pi * above)
    gain: Doubles = rising * (0.5 + 0.5 * np.cos(np.pi * below))
    return gain


def filtered(
    samples: Samples, rate_hz: float, start_s: float, cells: Cells, all_but: bool = False
) -> Samples:
    """Leave only the chosen cells of a sound, or all but them.

    Each row is cut out by a Hann band, and its columns by a gate that opens and closes along a
    Hann window of 10 ms about each edge. What is left and what is taken away sum to the sound.

    Parameters
    ----------
    samples
        (frames, channels), float32.
    rate_hz
        Their sampling rate.
    start_s
        The time of the first frame, in the seconds of `cells`.
    all_but
        Give what the chosen cells leave.

    Returns
    -------
    numpy.ndarray
        The shape of `samples`. No gain, no delay: the filter has zero phase.
    """
    edges_hz, edges_s = cells.freq_edges_hz, cells.time_edges_s
    smoothing_hz = min(SMOOTHING_HZ, float(np.diff(edges_hz).min()) / 4)
    ramp_s = min(RAMP_S, float(np.diff(edges_s).min()) / 4)
    result = np.array(samples) if all_but else np.zeros_like(samples)
    columns = np.flatnonzero(cells.chosen.any(axis=0))
    if not len(columns):
        return result
    # What is further from the chosen cells than a filter rings is left out of the work.
    around_s = ramp_s + _RINGS_S
    first = math.floor((edges_s[columns[0]] - around_s - start_s) * rate_hz)
    last = math.ceil((edges_s[columns[-1] + 1] + around_s - start_s) * rate_hz)
    first, last = min(max(first, 0), len(samples)), min(max(last, 0), len(samples))
    part = samples[first:last]
    # Silence behind, so that the end does not sound into the start.
    length = _fast_length(len(part) + round(_RINGS_S * rate_hz))
    spectrum = np.fft.rfft(part.astype(np.float64), length, axis=0)
    freqs_hz: Doubles = np.asarray(np.fft.rfftfreq(length, 1 / rate_hz), dtype=np.float64)
    times_s: Doubles = start_s + (first + np.arange(len(part)) + 0.5) / rate_hz
    kept = np.zeros(part.shape)
    for row, chosen in enumerate(cells.chosen):
        if chosen.any():
            gain = hann_band(freqs_hz, edges_hz[row], edges_hz[row + 1], smoothing_hz)
            band = np.fft.irfft(spectrum * gain[:, None], length, axis=0)[: len(part)]
            kept += band * _gate(times_s, edges_s, chosen, ramp_s)[:, None]
    result[first:last] = part - kept if all_but else kept
    return result


def _fast_length(least: int) -> int:
    """A length, up to a sixteenth above `least`, whose Fourier transform is quick."""
    step = 1 << max(least.bit_length() - 5, 0)
    return -(-least // step) * step


def _gate(
    times_s: Doubles, edges_s: Doubles, chosen: npt.NDArray[np.bool_], ramp_s: float
) -> Doubles:
    """1 in the chosen columns, 0 in the others, with a slope of ``2 * ramp_s`` between them."""
    steps = np.diff(np.concatenate([[0], chosen.astype(np.float64), [0]]))
    gate = np.zeros_like(times_s)
    for edge_s, step in zip(edges_s, steps, strict=True):
        if step:
            share = np.clip((times_s - edge_s) / (2 * ramp_s) + 0.5, 0, 1)
            gate += step * (0.5 - 0.5 * np.cos(np.pi * share))
    return gate
