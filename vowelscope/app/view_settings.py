"""What the views remember of how they look; a part of `vowelscope.app.settings.Settings`."""

from __future__ import annotations

from dataclasses import dataclass

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr

COLOURS = (
    "grey",
    "black_on_white",
    "white_on_black",
    "viridis",
    "cividis",
    "magma",
    "inferno",
)
"""Colours of the spectrogram; ``grey`` follows light and dark, the others do not."""


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """Colours and scales of what is drawn; no number depends on them.

    Attributes
    ----------
    spectrogram_colours
        One of `COLOURS`.
    intensity_low_db, intensity_high_db
        Ends of the intensity axis (Praat's "View range (dB)", 50-100).

    Raises
    ------
    ConfigError
        A value out of range.
    """

    spectrogram_colours: str = "grey"
    intensity_low_db: float = 50.0
    intensity_high_db: float = 100.0

    def __post_init__(self) -> None:
        if self.spectrogram_colours not in COLOURS:
            raise ConfigError(
                tr(
                    "spectrogram_colours must be one of {names}, not {spectrogram_colours!r}."
                ).format(names=", ".join(COLOURS), spectrogram_colours=self.spectrogram_colours)
            )
        low_db, high_db = self.intensity_low_db, self.intensity_high_db
        if not -200 <= low_db <= high_db - 1 <= 299:
            raise ConfigError(
                tr(
                    "view range {low_db:g}-{high_db:g} dB: must lie within -200 and 300 dB "
                    "and be 1 dB wide at least."
                ).format(low_db=low_db, high_db=high_db)
            )
