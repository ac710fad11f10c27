"""What playing and recording remember; a part of `vowelscope.app.settings.Settings`."""

from __future__ import annotations

from dataclasses import dataclass

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """Filtered playback and recording.

    Attributes
    ----------
    cell_share
        The strongest cells of a map are the fewest that hold this share of its positive part.
    band_low_hz, band_high_hz, band_all_but
        The band that was played last, or all but it; at first Praat's own for its Hann band.
    input_device
        PortAudio's name of the device to record from; "" for the system's default.
    record_rate_hz, record_channels
        Of new recordings.
    record_folder
        Where the last recording went; "" before the first.
    """

    cell_share: float = 0.5
    band_low_hz: float = 500.0
    band_high_hz: float = 1000.0
    band_all_but: bool = False
    input_device: str = ""
    record_rate_hz: int = 44100
    record_channels: int = 1
    record_folder: str = ""

    def __post_init__(self) -> None:
        if not 0.01 <= self.cell_share <= 1:
            raise ConfigError(
                tr("share of the map = {value:g} %: must lie within 1-100 %.").format(
                    value=100 * self.cell_share
                )
            )
        if not 0 <= self.band_low_hz < self.band_high_hz:
            raise ConfigError(
                tr(
                    "a band from {band_low_hz:g} to {band_high_hz:g} Hz: the lower edge must "
                    "be 0 Hz or more, and below the upper one."
                ).format(band_low_hz=self.band_low_hz, band_high_hz=self.band_high_hz)
            )
        if self.record_channels not in (1, 2):
            raise ConfigError(
                tr("record_channels must be 1 or 2, not {record_channels}.").format(
                    record_channels=self.record_channels
                )
            )
        if not 1000 <= self.record_rate_hz <= 384_000:
            raise ConfigError(
                tr("record_rate_hz must lie within 1000-384000, not {record_rate_hz}.").format(
                    record_rate_hz=self.record_rate_hz
                )
            )
