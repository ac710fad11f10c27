"""Settings and results of Praat's analyses: plain values, picklable, with units in their names.

The defaults are Praat's: manual pages "Sound: To Formant (burg)...", "Sound: To Pitch (ac)...",
"Intro 4.2. Configuring the pitch contour", "Sound: To Intensity...".
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import AnalysisError
from vowelscope.core.translation import tr

Doubles = npt.NDArray[np.float64]


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise AnalysisError(sentence)


@dataclass(frozen=True, slots=True)
class FormantSettings:
    """How formants are found.

    Attributes
    ----------
    max_formants
        Formants below the ceiling; halves are allowed, as in Praat (5.5 is 11 poles).
    ceiling_hz
        Formant ceiling: about 5,500 Hz for a woman, 5,000 Hz for a man. The sound is resampled
        to twice this.
    window_s
        Effective length of the Gaussian window; its physical length is twice that.
    time_step_s
        Distance of frames; 0 is Praat's own choice, a quarter of `window_s`.
    pre_emphasis_hz
        +6 dB per octave above this frequency.
    dynamic_range_db
        Dots are drawn for frames at most this far below the loudest one around (`visible`).

    Raises
    ------
    AnalysisError
        A value out of range.
    """

    max_formants: float = 5.0
    ceiling_hz: float = 5500.0
    window_s: float = 0.025
    time_step_s: float = 0.0
    pre_emphasis_hz: float = 50.0
    dynamic_range_db: float = 30.0

    def __post_init__(self) -> None:
        _require(
            0.5 <= self.max_formants <= 20,
            tr("max_formants = {max_formants:g}: must lie within 0.5-20.").format(
                max_formants=self.max_formants
            ),
        )
        _require(
            200 <= self.ceiling_hz <= 100_000,
            tr("formant ceiling = {ceiling_hz:g} Hz: must lie within 200-100,000 Hz.").format(
                ceiling_hz=self.ceiling_hz
            ),
        )
        _require(
            0.001 <= self.window_s <= 1,
            tr("formant window = {window_s:g} s: must lie within 0.001-1 s.").format(
                window_s=self.window_s
            ),
        )
        _require(
            self.time_step_s == 0 or 1e-5 <= self.time_step_s <= 10,
            tr(
                "time step = {time_step_s:g} s: must be 0 (automatic) or within 0.00001-10 s."
            ).format(time_step_s=self.time_step_s),
        )
        _require(
            self.pre_emphasis_hz > 0,
            tr("pre-emphasis from {pre_emphasis_hz:g} Hz: must lie above 0 Hz.").format(
                pre_emphasis_hz=self.pre_emphasis_hz
            ),
        )
        _require(
            0 < self.dynamic_range_db <= 300,
            tr(
                "dynamic range of the dots = {dynamic_range_db:g} dB: must lie within 0-300 dB."
            ).format(dynamic_range_db=self.dynamic_range_db),
        )

    @property
    def step_s(self) -> float:
        """The time step in use, in seconds."""
        return self.time_step_s if self.time_step_s > 0 else self.window_s / 4.0

    @property
    def poles(self) -> int:
        """Order of the linear prediction: two for each formant."""
        return math.floor(2 * self.max_formants + 0.5)

    @property
    def columns(self) -> int:
        """Number of formants a frame can hold."""
        return (self.poles + 1) // 2


@dataclass(frozen=True, slots=True)
class PitchSettings:
    """How pitch is found (autocorrelation); defaults of Praat's editor, 75-500 Hz.

    Attributes
    ----------
    floor_hz, ceiling_hz
        Pitch range. The floor sets the window (3 / floor).
    time_step_s
        Distance of frames; 0 is Praat's own choice, 0.75 / `floor_hz`.
    max_candidates, silence_threshold, voicing_threshold, octave_cost, octave_jump_cost, \
voiced_unvoiced_cost
        As in Praat's advanced pitch settings.

    Raises
    ------
    AnalysisError
        A value out of range.
    """

    floor_hz: float = 75.0
    ceiling_hz: float = 500.0
    time_step_s: float = 0.0
    max_candidates: int = 15
    silence_threshold: float = 0.03
    voicing_threshold: float = 0.45
    octave_cost: float = 0.01
    octave_jump_cost: float = 0.35
    voiced_unvoiced_cost: float = 0.14

    def __post_init__(self) -> None:
        _require(
            1 <= self.floor_hz < self.ceiling_hz,
            tr(
                "pitch floor {floor_hz:g} Hz and ceiling {ceiling_hz:g} Hz: the floor "
                "must be at least 1 Hz and lie below the ceiling."
            ).format(floor_hz=self.floor_hz, ceiling_hz=self.ceiling_hz),
        )
        _require(
            self.time_step_s == 0 or 1e-5 <= self.time_step_s <= 10,
            tr(
                "time step = {time_step_s:g} s: must be 0 (automatic) or within 0.00001-10 s."
            ).format(time_step_s=self.time_step_s),
        )
        _require(self.max_candidates >= 2, tr("a pitch analysis needs 2 candidates at least."))
        costs = (
            self.silence_threshold,
            self.voicing_threshold,
            self.octave_cost,
            self.octave_jump_cost,
            self.voiced_unvoiced_cost,
        )
        _require(
            min(costs) >= 0, tr("thresholds and costs of a pitch analysis cannot be negative.")
        )

    @property
    def step_s(self) -> float:
        """The time step in use, in seconds."""
        return self.time_step_s if self.time_step_s > 0 else 3.0 / self.floor_hz / 4.0

    @property
    def window_s(self) -> float:
        """Length of the analysis window in seconds: three periods of the floor."""
        return 3.0 / self.floor_hz


@dataclass(frozen=True, slots=True)
class IntensitySettings:
    """How intensity is found.

    Attributes
    ----------
    min_pitch_hz
        Sets the window: 6.4 / min_pitch_hz seconds of a Kaiser-20 shape, so that the ripple of
        a voice above this pitch is smoothed away.
    time_step_s
        Distance of frames; 0 is Praat's own choice, 0.8 / `min_pitch_hz`.
    subtract_mean
        Take the mean pressure away first.

    Raises
    ------
    AnalysisError
        A value out of range.
    """

    min_pitch_hz: float = 100.0
    time_step_s: float = 0.0
    subtract_mean: bool = True

    def __post_init__(self) -> None:
        _require(
            self.min_pitch_hz >= 0.1,
            tr("minimum pitch of intensity = {min_pitch_hz:g} Hz: must be at least 0.1 Hz.").format(
                min_pitch_hz=self.min_pitch_hz
            ),
        )
        _require(
            self.time_step_s == 0 or 1e-5 <= self.time_step_s <= 10,
            tr(
                "time step = {time_step_s:g} s: must be 0 (automatic) or within 0.00001-10 s."
            ).format(time_step_s=self.time_step_s),
        )

    @property
    def step_s(self) -> float:
        """The time step in use, in seconds."""
        return self.time_step_s if self.time_step_s > 0 else 0.8 / self.min_pitch_hz

    @property
    def window_s(self) -> float:
        """Physical length of the analysis window in seconds."""
        return 6.4 / self.min_pitch_hz


@dataclass(frozen=True, slots=True, eq=False)
class FormantTrack:
    """Formants in frames.

    Attributes
    ----------
    times_s
        Times of the frames (n,).
    freqs_hz, bandwidths_hz
        (n, k), rising in each row, NaN where a frame has fewer formants.
    intensity_db
        (n,): the highest squared sample of a frame after pre-emphasis, in dB (Praat's
        "intensity" of a formant frame); -inf in digital silence.
    reference_db
        (n,): the highest `intensity_db` within 2.5 s of each frame.
    settings
        The settings that gave it.
    by_hand
        (n, k): which values were set by hand, with no bandwidth and perhaps not rising; None
        where all are Praat's.
    """

    times_s: Doubles
    freqs_hz: Doubles
    bandwidths_hz: Doubles
    intensity_db: Doubles
    reference_db: Doubles
    settings: FormantSettings = field(default_factory=FormantSettings)
    by_hand: npt.NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PitchTrack:
    """Pitch in frames: `times_s` (n,), `f0_hz` (n,) NaN where unvoiced, and the settings."""

    times_s: Doubles
    f0_hz: Doubles
    settings: PitchSettings = field(default_factory=PitchSettings)


@dataclass(frozen=True, slots=True, eq=False)
class PulseTrack:
    """Glottal pulses: `times_s` (n,) rising, and the settings of the pitch that they follow."""

    times_s: Doubles
    settings: PitchSettings = field(default_factory=PitchSettings)


@dataclass(frozen=True, slots=True, eq=False)
class IntensityTrack:
    """Intensity in frames: `times_s` (n,), `level_db` (n,) in dB re 2e-5 Pa, and the settings."""

    times_s: Doubles
    level_db: Doubles
    settings: IntensitySettings = field(default_factory=IntensitySettings)
