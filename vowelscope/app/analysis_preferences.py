"""The rows of the table of preferences that are about Praat's analyses and how they are drawn."""

from __future__ import annotations

from typing import get_args

from vowelscope.app.preference import Preference
from vowelscope.core.spectrogram import WindowShape
from vowelscope.core.translation import tr

_SPECTROGRAM, _FORMANTS = tr("Spectrogram"), tr("Formants")
_PITCH, _INTENSITY, _PULSES = tr("Pitch"), tr("Intensity"), tr("Pulses")

ANALYSES: tuple[Preference, ...] = (
    Preference(
        "spectrogram.f_min_hz",
        _SPECTROGRAM,
        tr("View range from"),
        tr("Mostly 0; a higher start gives more room to what lies above it."),
        "Hz",
    ),
    Preference(
        "spectrogram.f_max_hz",
        _SPECTROGRAM,
        tr("View range up to"),
        tr("5,000 Hz shows the formants of vowels; fricatives need 10,000 Hz or more."),
        "Hz",
    ),
    Preference(
        "spectrogram.scale",
        _SPECTROGRAM,
        tr("Frequency scale"),
        tr("In which unit rows are equally far apart; Praat has Hz."),
        choices=(("hz", "Hertz"), ("mel", "Mel"), ("bark", "Bark"), ("erb", "ERB")),
    ),
    Preference(
        "spectrogram.window_s",
        _SPECTROGRAM,
        tr("Window length"),
        tr("5 ms shows formants as bands; 30 ms shows the harmonics."),
        "ms",
        factor=1000,
    ),
    Preference(
        "spectrogram.window_shape",
        _SPECTROGRAM,
        tr("Window shape"),
        tr("Gaussian; the others show bands beside strong harmonics that are not in the sound."),
        choices=tuple((shape, tr(shape.capitalize())) for shape in get_args(WindowShape)),
    ),
    Preference(
        "spectrogram.time_steps",
        _SPECTROGRAM,
        tr("Number of time steps"),
        tr("At least so many columns in view; more where the window has more pixels."),
    ),
    Preference(
        "spectrogram.frequency_steps",
        _SPECTROGRAM,
        tr("Number of frequency steps"),
        tr("At least so many rows, up to 1,000; more where the window has more pixels."),
    ),
    Preference(
        "spectrogram.dynamic_range_db",
        _SPECTROGRAM,
        tr("Dynamic range"),
        tr("What is this far below the maximum is white; lower it for a noisy recording."),
        "dB",
    ),
    Preference(
        "spectrogram.pre_emphasis_db_per_octave",
        _SPECTROGRAM,
        tr("Pre-emphasis"),
        tr("Lifts high frequencies; 0 shows the sound as it is."),
        tr("dB/octave"),
    ),
    Preference(
        "spectrogram.maximum_db",
        _SPECTROGRAM,
        tr("Maximum"),
        tr("What is black; empty: the loudest in view (Praat's autoscaling)."),
        "dB/Hz",
    ),
    Preference(
        "ceiling_scope",
        _FORMANTS,
        tr("Formant ceiling"),
        tr("As set below, or the one with the smoothest tracks, for each token or the tier."),
        choices=(
            ("fixed", tr("Fixed, as set")),
            ("token", tr("Automatic for each token")),
            ("file", tr("Automatic for all of the tier")),
        ),
    ),
    Preference(
        "formant.ceiling_hz",
        _FORMANTS,
        tr("Fixed ceiling"),
        tr("About 5,000 Hz for a man, 5,500 Hz for a woman, up to 8,000 Hz for a young child."),
        "Hz",
    ),
    Preference(
        "formant.max_formants",
        _FORMANTS,
        tr("Number of formants"),
        tr("Below the ceiling; leave it at 5 and change the ceiling. Halves are allowed."),
    ),
    Preference(
        "formant.window_s",
        _FORMANTS,
        tr("Window length of formants"),
        tr("Effective length; 25 ms suits most voices."),
        "ms",
        factor=1000,
    ),
    Preference(
        "formant.time_step_s",
        _FORMANTS,
        tr("Time step of formants"),
        tr("0 is Praat's own choice, a quarter of the window."),
        "ms",
        factor=1000,
    ),
    Preference(
        "formant.pre_emphasis_hz",
        _FORMANTS,
        tr("Pre-emphasis from"),
        tr("The spectrum is lifted by 6 dB an octave above this frequency."),
        "Hz",
    ),
    Preference(
        "formant.dynamic_range_db",
        _FORMANTS,
        tr("Dynamic range of the dots"),
        tr("Weaker frames have no dots."),
        "dB",
    ),
    Preference(
        "pitch.floor_hz",
        _PITCH,
        tr("Pitch floor"),
        tr("The lowest pitch that is looked for; 75 Hz for a man, 100 Hz for a woman."),
        "Hz",
    ),
    Preference(
        "pitch.ceiling_hz",
        _PITCH,
        tr("Pitch ceiling"),
        tr("The highest pitch that is looked for; 300 Hz for a man, 500 Hz for a woman."),
        "Hz",
    ),
    Preference(
        "pitch.time_step_s",
        _PITCH,
        tr("Time step of pitch"),
        tr("0 is Praat's own choice, 0.75 / floor."),
        "ms",
        factor=1000,
    ),
    Preference(
        "pitch.max_candidates",
        _PITCH,
        tr("Candidates a frame"),
        tr("How many pitches of a frame are weighed; Praat has 15."),
    ),
    Preference(
        "pitch.silence_threshold",
        _PITCH,
        tr("Silence threshold"),
        tr("Frames weaker than this share of the strongest are taken as silent."),
    ),
    Preference(
        "pitch.voicing_threshold",
        _PITCH,
        tr("Voicing threshold"),
        tr("Higher: fewer frames are voiced."),
    ),
    Preference(
        "pitch.octave_cost",
        _PITCH,
        tr("Octave cost"),
        tr("Higher: a higher pitch is preferred."),
    ),
    Preference(
        "pitch.octave_jump_cost",
        _PITCH,
        tr("Octave-jump cost"),
        tr("Higher: fewer jumps of pitch."),
    ),
    Preference(
        "pitch.voiced_unvoiced_cost",
        _PITCH,
        tr("Voiced/unvoiced cost"),
        tr("Higher: fewer changes between voiced and unvoiced."),
    ),
    Preference(
        "intensity.min_pitch_hz",
        _INTENSITY,
        tr("Minimum pitch"),
        tr("Sets the window, 6.4 / this: a lower one smooths more."),
        "Hz",
    ),
    Preference(
        "intensity.time_step_s",
        _INTENSITY,
        tr("Time step of intensity"),
        tr("0 is Praat's own choice, 0.8 / minimum pitch."),
        "ms",
        factor=1000,
    ),
    Preference(
        "intensity.subtract_mean",
        _INTENSITY,
        tr("Subtract mean pressure"),
        tr("Takes away what a microphone adds at 0 Hz."),
    ),
    Preference(
        "view.intensity_low_db",
        _INTENSITY,
        tr("Intensity axis from"),
        tr("Praat's view range is 50-100 dB."),
        "dB",
    ),
    Preference(
        "view.intensity_high_db",
        _INTENSITY,
        tr("Intensity axis up to"),
        tr("Praat's view range is 50-100 dB."),
        "dB",
    ),
    Preference(
        "pulses.max_period_factor",
        _PULSES,
        tr("Maximum period factor"),
        tr("Neighbouring periods that differ by more count in no jitter."),
    ),
    Preference(
        "pulses.max_amplitude_factor",
        _PULSES,
        tr("Maximum amplitude factor"),
        tr("Neighbouring periods whose amplitudes differ by more count in no shimmer."),
    ),
)
"""In the order of the dialog."""
