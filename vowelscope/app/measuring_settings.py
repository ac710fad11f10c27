"""What log, vowel chart and dots remember; a part of `vowelscope.app.settings.Settings`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from vowelscope.core.errors import ConfigError
from vowelscope.core.measure_log import COLUMNS
from vowelscope.core.translation import tr
from vowelscope.core.vowel_chart import Normalisation

DEFAULT_COLUMNS = (
    "audio",
    "label",
    "how",
    "time_s",
    "duration_s",
    "F1_hz",
    "F2_hz",
    "F3_hz",
    "F4_hz",
    "f0_hz",
    "intensity_db",
    "ceiling_hz",
    "formants_by_hand",
)


@dataclass(frozen=True, slots=True)
class MeasuringSettings:
    """Columns of the log, choices of the chart, size of the formant dots.

    Attributes
    ----------
    log_columns
        Names of `vowelscope.core.measure_log.COLUMNS`, in the order in which they stand.
    chart_normalisation
        ``none``, ``bark``, ``lobanov`` or ``nearey``.
    chart_all_vowels
        Whether vowels that are none of the model's classes are in the chart too.
    formant_dot_mm
        Diameter of the formant dots, 0.2 to 5 mm (Praat: 1 mm).
    """

    log_columns: tuple[str, ...] = DEFAULT_COLUMNS
    chart_normalisation: str = "none"
    chart_all_vowels: bool = True
    formant_dot_mm: float = 1.0

    def __post_init__(self) -> None:
        unknown = [name for name in self.log_columns if name not in COLUMNS]
        if unknown:
            raise ConfigError(
                tr("log_columns: the log has no column {unknown!r}.").format(unknown=unknown[0])
            )
        if self.chart_normalisation not in get_args(Normalisation):
            raise ConfigError(
                tr(
                    "chart_normalisation must be one of {names}, not {chart_normalisation!r}."
                ).format(
                    names=", ".join(get_args(Normalisation)),
                    chart_normalisation=self.chart_normalisation,
                )
            )
        if not 0.2 <= self.formant_dot_mm <= 5:
            raise ConfigError(
                tr("formant dot size = {formant_dot_mm:g} mm: must lie within 0.2-5 mm.").format(
                    formant_dot_mm=self.formant_dot_mm
                )
            )
