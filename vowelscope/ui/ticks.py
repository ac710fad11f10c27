"""Where round numbers stand on an axis."""

from __future__ import annotations

import math


def tick_step(length: float, most: int) -> float:
    """The smallest of 1, 2, 5 × 10ⁿ that gives at most `most` steps over `length`."""
    rough = length / max(most, 1)
    power = 10.0 ** math.floor(math.log10(max(rough, 1e-12)))
    for factor in (1.0, 2.0, 5.0):
        if factor * power >= rough:
            return factor * power
    return 10.0 * power


def time_text(time_s: float, step_s: float) -> str:
    """A time with the decimals that a step of `step_s` calls for."""
    return f"{time_s:.{max(0, -math.floor(math.log10(step_s) + 1e-9))}f}"
