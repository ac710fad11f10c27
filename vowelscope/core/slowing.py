"""Speech made slower with its pitch kept, by Praat's own overlap-add."""

from __future__ import annotations

import math

import numpy as np

from vowelscope.core.audio import Samples
from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr

SLOWEST = 0.25
_LONGEST_FACTOR = 3.0
"""Praat lengthens by no more in one go, and takes a larger factor for this one."""


def slowed(
    samples: Samples,
    rate_hz: float,
    speed: float,
    floor_hz: float = 75.0,
    ceiling_hz: float = 500.0,
) -> Samples:
    """Lengthen each channel by ``1 / speed``, keeping pitch and formants.

    Parameters
    ----------
    samples
        (frames, channels), float32.
    rate_hz
        Their sampling rate.
    speed
        0.25 to 1; 1 gives the samples themselves.
    floor_hz, ceiling_hz
        The range of the voice's pitch.

    Returns
    -------
    numpy.ndarray
        (about frames / speed, channels), float32: frame n of the input is heard at n / speed.

    Raises
    ------
    ConfigError
        A speed out of range.

    Notes
    -----
    Praat's manual, "Sound: Lengthen (overlap-add)...": PSOLA after Moulines & Charpentier (1990),
    Speech Communication 9. The channels are lengthened one by one, as each may have a speaker of
    its own. A call holds the interpreter's lock: about 12 ms for each second at 44,100 Hz.
    """
    if not SLOWEST <= speed <= 1:
        raise ConfigError(
            tr("speed = {speed:g}: must lie within {slowest:g}-1.").format(
                speed=speed, slowest=SLOWEST
            )
        )
    if speed == 1 or not len(samples):
        return samples
    turns = math.ceil(math.log(1 / speed) / math.log(_LONGEST_FACTOR) - 1e-9)
    factor = (1 / speed) ** (1 / turns)
    # Pitch is found only in a sound of several periods.
    short = max(math.ceil(4 * rate_hz / floor_hz) - len(samples), 0)
    wanted = round(len(samples) / speed)
    columns = []
    for column in samples.T.astype(np.float64):
        wave = np.pad(column, (0, short))
        for _ in range(turns):
            wave = _lengthened(wave, rate_hz, factor, floor_hz, ceiling_hz)
        columns.append(np.pad(wave[:wanted], (0, max(wanted - len(wave), 0))))
    return np.stack(columns, axis=1).astype(np.float32)


def _lengthened(
    wave: np.ndarray, rate_hz: float, factor: float, floor_hz: float, ceiling_hz: float
) -> np.ndarray:
    import parselmouth
    from parselmouth.praat import call

    if not wave.any():
        return np.zeros(round(len(wave) * factor))
    sound = parselmouth.Sound(wave, rate_hz)
    longer = call(sound, "Lengthen (overlap-add)", floor_hz, ceiling_hz, factor)
    return np.asarray(longer.values[0])
