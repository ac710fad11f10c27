"""What the ledger and the tuning remember; a part of `vowelscope.app.settings.Settings`."""

from __future__ import annotations

from dataclasses import dataclass

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr

TUNING_FILLS = ("mean", "floor", "neighbours")
"""As `vowelscope.explain.interventions.FILLS`, which is not imported for the settings' sake."""


@dataclass(frozen=True, slots=True)
class ExplainSettings:
    """How a logit is split over bands, and how bands are taken away.

    Attributes
    ----------
    formant_half_hz, f0_half_hz
        Half widths of the ledger's bands around F1 to F4 and around f0, 1 to 5,000 Hz.
    tuning_fill
        What stands in the place of a band that the tuning takes away; one of `TUNING_FILLS`.

    Raises
    ------
    ConfigError
        A value out of range.
    """

    formant_half_hz: float = 200.0
    f0_half_hz: float = 50.0
    tuning_fill: str = "mean"

    def __post_init__(self) -> None:
        for name in ("formant_half_hz", "f0_half_hz"):
            value = getattr(self, name)
            if not 1 <= value <= 5000:
                raise ConfigError(
                    tr("{name} = {value:g} Hz: must lie within 1-5,000 Hz.").format(
                        name=name, value=value
                    )
                )
        if self.tuning_fill not in TUNING_FILLS:
            raise ConfigError(
                tr("tuning_fill must be one of {names}, not {tuning_fill!r}.").format(
                    names=", ".join(TUNING_FILLS), tuning_fill=self.tuning_fill
                )
            )
