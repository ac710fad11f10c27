"""The fields of the settings of the sound's analyses, with Praat's standards and its advice.

Praat's manual, in our own words: "Intro 3.2. Configuring the spectrogram", "Advanced spectrogram
settings...", "Intro 4.2. Configuring the pitch contour", "Sound: To Pitch (ac)...", "Intro 5.2.
Configuring the formant contours", "Sound: To Formant (burg)...", "Intro 6.2. Configuring the
intensity contour", "Voice 2. Jitter", "Voice 3. Shimmer".
"""

from __future__ import annotations

from typing import get_args

from vowelscope.core.spectrogram import WindowShape
from vowelscope.core.translation import tr
from vowelscope.ui.number_dialog import NumberField

PRAAT_MAXIMUM_DB = 100.0

_STEP = tr("0 lets Praat choose. A smaller step gives more values, which say no more.")

SPECTROGRAM = (
    NumberField(
        "f_min_hz",
        tr("View range &from (Hz)"),
        0.0,
        tr(
            "Mostly 0. A higher start gives more of the picture to what lies "
            "above it, such as a fricative."
        ),
    ),
    NumberField(
        "f_max_hz",
        tr("View range &to (Hz)"),
        5000.0,
        tr(
            "5,000 Hz shows the formants of vowels; fricatives need 10,000 Hz "
            "or more. Nothing lies above half the sampling frequency."
        ),
    ),
    NumberField(
        "window_s",
        tr("&Window length (s)"),
        0.005,
        tr(
            "0.005 s shows formants as bands and each glottal pulse (a "
            "bandwidth of 260 Hz); 0.03 s shows the harmonics (43 Hz). A voice "
            "with a high pitch may need 0.003 s for its formants."
        ),
    ),
    NumberField(
        "window_shape",
        tr("Window s&hape"),
        "gaussian",
        tr(
            "Leave it Gaussian: the others show bands beside a strong harmonic "
            "that are not in the sound. They are there to repeat what others "
            "did."
        ),
        choices=get_args(WindowShape),
    ),
    NumberField(
        "dynamic_range_db",
        tr("&Dynamic range (dB)"),
        70.0,
        tr(
            "What is this far below the maximum is white. Lower it (50 dB) "
            "where noise in the recording makes the picture grey."
        ),
    ),
    NumberField(
        "pre_emphasis_db_per_octave",
        tr("&Pre-emphasis (dB/octave)"),
        6.0,
        tr(
            "Lifts high frequencies, for a voice falls by about 6 dB an "
            "octave; 0 shows the sound as it is."
        ),
    ),
    NumberField(
        "autoscale",
        tr("&Autoscale: the loudest in view is black"),
        True,
        tr("Off, black is the maximum below in every view, so that views can be compared."),
    ),
    NumberField(
        "maximum_db",
        tr("&Maximum (dB/Hz)"),
        PRAAT_MAXIMUM_DB,
        tr("What is black where autoscaling is off."),
    ),
    NumberField(
        "time_steps",
        tr("&Number of time steps"),
        1000,
        tr(
            "At least so many columns in view, more where the window has more "
            "pixels. They never lie nearer than an eighth of the analysis "
            "window: nearer ones would show nothing new."
        ),
    ),
    NumberField(
        "frequency_steps",
        tr("Number of frequency &steps"),
        250,
        tr("At least so many rows, up to 1,000, more where the window has more pixels."),
    ),
)
FORMANT = (
    NumberField(
        "ceiling_hz",
        tr("Formant &ceiling (Hz)"),
        5500.0,
        tr(
            "The most important choice: about 5,000 Hz for a man, 5,500 Hz for "
            "a woman, up to 8,000 Hz for a young child. Too low, and two "
            "formants become one; too high, and formants are found where there "
            "are none."
        ),
    ),
    NumberField(
        "max_formants",
        tr("&Number of formants"),
        5.0,
        tr("Below the ceiling; leave it at 5 and change the ceiling instead. Halves are allowed."),
    ),
    NumberField(
        "window_s",
        tr("&Window length (s)"),
        0.025,
        tr(
            "Effective length of the analysis window; its whole length is "
            "twice that. A shorter one follows fast movements and jumps with "
            "each glottal pulse."
        ),
    ),
    NumberField("time_step_s", tr("&Time step (s)"), 0.0, _STEP),
    NumberField(
        "pre_emphasis_hz",
        tr("&Pre-emphasis from (Hz)"),
        50.0,
        tr("Above it the spectrum is lifted by 6 dB an octave, so that a vowel's is about flat."),
    ),
    NumberField(
        "dynamic_range_db",
        tr("&Dynamic range of the dots (dB)"),
        30.0,
        tr("Frames this far below the loudest around them have no dots. It changes no number."),
    ),
    NumberField("dot_mm", tr("Dot &size (mm)"), 1.0, tr("Only how the dots look.")),
)
PITCH = (
    NumberField(
        "floor_hz",
        tr("Pitch &floor (Hz)"),
        75.0,
        tr(
            "Below it no pitch is looked for: 75 Hz for a man, 100 Hz for a "
            "woman, lower for creak. It sets the window, three periods long: a "
            "low floor blurs fast movements."
        ),
    ),
    NumberField(
        "ceiling_hz",
        tr("Pitch &ceiling (Hz)"),
        500.0,
        tr(
            "Above it no pitch is looked for: 300 Hz for a man, 500 Hz for a "
            "woman. Jumps by an octave call for a narrower range."
        ),
    ),
    NumberField("time_step_s", tr("&Time step (s)"), 0.0, _STEP),
    NumberField(
        "max_candidates",
        tr("Max. &number of candidates"),
        15,
        tr(
            "Pitches that are kept for each frame, of which the best path is "
            "sought. Praat takes as many as the range needs, whatever smaller "
            "number stands here."
        ),
    ),
    NumberField(
        "silence_threshold",
        tr("&Silence threshold"),
        0.03,
        tr(
            "Frames whose peak is below this share of the loudest in the file "
            "count as silent. Raise it where a hum in the pauses gets a pitch."
        ),
    ),
    NumberField(
        "voicing_threshold",
        tr("&Voicing threshold"),
        0.45,
        tr("How periodic a frame must be to be voiced, 0-1. Raise it for fewer voiced frames."),
    ),
    NumberField(
        "octave_cost",
        tr("&Octave cost"),
        0.01,
        tr("Favours high candidates. Raise it where the pitch is found an octave too low."),
    ),
    NumberField(
        "octave_jump_cost",
        tr("Octave-&jump cost"),
        0.35,
        tr("Disfavours jumps. Raise it where the line jumps between octaves."),
    ),
    NumberField(
        "voiced_unvoiced_cost",
        tr("Voiced / &unvoiced cost"),
        0.14,
        tr("Disfavours changes between voiced and unvoiced. Raise it for fewer of them."),
    ),
)
INTENSITY = (
    NumberField(
        "intensity_low_db",
        tr("View range &from (dB)"),
        50.0,
        tr("The lower end of the axis. It changes no number."),
    ),
    NumberField(
        "intensity_high_db",
        tr("View range &to (dB)"),
        100.0,
        tr("The upper end of the axis. It changes no number."),
    ),
    NumberField(
        "min_pitch_hz",
        tr("&Minimum pitch (Hz)"),
        100.0,
        tr(
            "The lowest pitch of the voice. It sets the window: set too high, "
            "the curve ripples with each glottal pulse; too low, it is smeared."
        ),
    ),
    NumberField("time_step_s", tr("Time &step (s)"), 0.0, _STEP),
    NumberField(
        "subtract_mean",
        tr("Subtract mean &pressure"),
        True,
        tr("On: a microphone that adds a constant would lift the level of silence."),
    ),
)
PULSES = (
    NumberField(
        "max_period_factor",
        tr("Maximum &period factor"),
        1.3,
        tr(
            "Two neighbouring periods that differ by more count in no jitter: "
            "they are a voice break or a mistake."
        ),
    ),
    NumberField(
        "max_amplitude_factor",
        tr("Maximum &amplitude factor"),
        1.6,
        tr("Two neighbouring periods whose amplitudes differ by more count in no shimmer."),
    ),
)
