"""How activation maximisation is done.

Source: Erhan, Bengio, Courville, Vincent (2009), "Visualizing higher-layer features of a deep
network"; the priors after Mahendran & Vedaldi (2015), "Understanding deep image representations by
inverting them" (total variation, bounds) and Yosinski, Clune, Nguyen, Fuchs, Lipson (2015),
"Understanding neural networks through deep visualization" (blur, decay). Blur and jitter are in
time alone: a picture that is shifted in frequency would lie about Hz.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr

Doubles = npt.NDArray[np.float64]
StartKind = Literal["token", "mean", "floor"]

NEARNESS, NEARNESS_TO_FLOOR = 2.0, 0.05
STEP_DB, STEP_FROM_FLOOR_DB = 1.0, 4.0


@dataclass(frozen=True, slots=True)
class MaximiseSettings:
    """How the ascent is done.

    Attributes
    ----------
    steps, restarts
        Gradient steps, and how often it is begun; the first begins at the start itself, the others
        `restart_db` away from it.
    step_db
        RMS of the change of the picture in the first step; it falls to a twentieth. None is
        `STEP_DB`, or `STEP_FROM_FLOOR_DB` from the noise floor.
    smoothness
        Price of total variation, in logits a dB between neighbouring pixels (mean).
    nearness
        Price of the mean squared distance from the anchor, in logits a (10 dB)²; None is
        `NEARNESS`, or `NEARNESS_TO_FLOOR` of a start at the noise floor, which is far from speech.
    blur_s
        Standard deviation of the Gaussian in time that every change goes through; 0 for none.
    jitter_s
        Each step shows the network the picture shifted in time by up to this, either way.
    detail_hz
        The finest detail in frequency: changes are sums of cosines whose half period is no
        shorter. 0 lets every row move by itself.
    restart_db
        RMS of the noise that a restart begins with, as smooth as any change.
    seed
        Of noise and jitter.

    Raises
    ------
    ConfigError
        A value out of range.
    """

    steps: int = 100
    restarts: int = 3
    step_db: float | None = None
    smoothness: float = 2.0
    nearness: float | None = None
    blur_s: float = 0.008
    jitter_s: float = 0.008
    detail_hz: float = 150.0
    restart_db: float = 4.0
    seed: int = 1

    def __post_init__(self) -> None:
        for name, low, high in (
            ("steps", 1, 2000),
            ("restarts", 1, 20),
            ("step_db", 0.01, 10.0),
            ("smoothness", 0.0, 1000.0),
            ("nearness", 0.0, 1000.0),
            ("blur_s", 0.0, 0.1),
            ("jitter_s", 0.0, 0.1),
            ("detail_hz", 0.0, 2000.0),
            ("restart_db", 0.0, 20.0),
            ("seed", 0, 2**31 - 1),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ConfigError(
                    tr("{name} = {value:g}: must lie within {low:g}-{high:g}.").format(
                        name=name, value=value, low=low, high=high
                    )
                )

    def nearness_of(self, kind: StartKind) -> float:
        """The price of distance from a start of this kind."""
        if self.nearness is not None:
            return self.nearness
        return NEARNESS_TO_FLOOR if kind == "floor" else NEARNESS

    def step_of(self, kind: StartKind) -> float:
        """The length of the first step from a start of this kind, in dB."""
        if self.step_db is not None:
            return self.step_db
        return STEP_FROM_FLOOR_DB if kind == "floor" else STEP_DB


def cosines(rows: int, waves: int) -> Doubles:
    """Orthonormal cosines along frequency, (rows, waves); wave k has k half periods."""
    at = (np.arange(rows)[:, None] + 0.5) * np.arange(waves)[None, :]
    basis: Doubles = np.cos(np.pi * at / rows) * np.sqrt(2.0 / rows)
    basis[:, 0] /= np.sqrt(2.0)
    return basis


def waves_of(f_max_hz: float, rows: int, detail_hz: float) -> int:
    """How many cosines have no half period shorter than `detail_hz`; all for 0."""
    return rows if detail_hz <= 0 else min(rows, int(f_max_hz / detail_hz) + 1)
