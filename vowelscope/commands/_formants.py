"""How a command finds formants: the options for it, and what was decided by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from vowelscope.core.errors import ConfigError

if TYPE_CHECKING:
    from vowelscope.core.acoustics_settings import PitchSettings
    from vowelscope.core.measure_formants import FormantRoad
    from vowelscope.core.textgrid import IntervalTier


@Parameter(name="*")
@dataclass(frozen=True)
class FormantOptions:
    """How formants and pitch are found.

    Parameters
    ----------
    ceiling
        Formant ceiling (Hz): about 5500 for a woman, 5000 for a man. ``auto`` tries 21 ceilings
        from 4000 to 7000 on each interval and takes the one with the smoothest tracks;
        ``auto-file`` takes one for all of the tier. Ceilings chosen by hand, in
        NAME.vowelscope.json beside the TextGrid, go before; intervals of more than 3 s keep 5500.
        What is written says the ceiling, who took it, and the error of its tracks in Bark.
    max_formants
        Number of formants below the ceiling.
    window
        Effective length of the formant window (s).
    time_step
        Distance of formant frames (s); 0 is Praat's own choice, a quarter of the window.
    pitch_floor
        Lowest pitch (Hz).
    pitch_ceiling
        Highest pitch (Hz).
    no_hand
        Leave out what NAME.vowelscope.json says. By default, formants that were set by hand stand
        in the place of Praat's, and what is written says which.
    """

    ceiling: str = "5500"
    max_formants: float = 5.0
    window: float = 0.025
    time_step: float = 0.0
    pitch_floor: float = 75.0
    pitch_ceiling: float = 500.0
    no_hand: Annotated[bool, Parameter(negative="")] = False

    def pitch(self) -> PitchSettings:
        """How pitch is found."""
        from vowelscope.core.acoustics_settings import PitchSettings

        return PitchSettings(self.pitch_floor, self.pitch_ceiling)

    def road(
        self, textgrid: Path, tier: IntervalTier, duration_s: float, channel: int | None
    ) -> FormantRoad:
        """Everything that decides what the formants of a tier's tokens are, as in the window.

        Parameters
        ----------
        textgrid
            Beside it is the file of what was decided by hand.
        duration_s
            Of the recording.
        channel
            0-based, or None for the mean of all.

        Raises
        ------
        ConfigError, AnalysisError
            A value is out of range; what was decided by hand cannot be read.
        """
        from vowelscope.core.acoustics_settings import FormantSettings
        from vowelscope.core.measure_ceilings import AutomaticCeiling, surveyed
        from vowelscope.core.measure_formants import FormantRoad
        from vowelscope.core.sidecar import Sidecar, read_sidecar

        ceiling_hz, scope = self._ceiling()
        kept = Sidecar() if self.no_hand else read_sidecar(textgrid)
        automatic = None
        if scope is not None:
            survey = surveyed(tier, duration_s) if scope == "file" else ()
            automatic = AutomaticCeiling(scope, chosen=kept.ceilings, survey=survey)
        settings = FormantSettings(self.max_formants, ceiling_hz, self.window, self.time_step)
        return FormantRoad(settings, automatic, kept.points, channel)

    def _ceiling(self) -> tuple[float, Literal["token", "file"] | None]:
        """The fixed ceiling in Hz, and how ceilings are found where they are not fixed."""
        if self.ceiling == "auto":
            return 5500.0, "token"
        if self.ceiling == "auto-file":
            return 5500.0, "file"
        try:
            return float(self.ceiling), None
        except ValueError:
            raise ConfigError(
                f"--ceiling {self.ceiling}: must be a number of Hz, auto, or auto-file."
            ) from None
