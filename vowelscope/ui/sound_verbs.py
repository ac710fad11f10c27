"""The settings of spectrogram, formants and pitch: what is asked, with advice, and what follows."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vowelscope.app.measuring_settings import MeasuringSettings
from vowelscope.app.workbench import Workbench
from vowelscope.core.acoustics import FormantSettings, PitchSettings
from vowelscope.core.spectrogram import SpectrogramSettings
from vowelscope.ui.number_dialog import NumberDialog, NumberField, Numbers

_PRAAT_MAXIMUM_DB = 100.0

_SPECTROGRAM = (
    NumberField(
        "f_min_hz",
        "View range &from (Hz)",
        0.0,
        "Mostly 0. A higher start gives more of the picture to what lies above it, such as a "
        "fricative.",
    ),
    NumberField(
        "f_max_hz",
        "View range &up to (Hz)",
        5000.0,
        "5,000 Hz shows the formants of vowels; fricatives need 10,000 Hz or more.",
    ),
    NumberField(
        "window_s",
        "&Window length (s)",
        0.005,
        "0.005 s shows formants as bands and each glottal pulse; 0.03 s shows the harmonics. "
        "A voice with a high pitch may need 0.003 s for its formants.",
    ),
    NumberField(
        "dynamic_range_db",
        "&Dynamic range (dB)",
        70.0,
        "What is this far below the maximum is white. Lower it (50 dB) where noise in the "
        "recording makes the picture grey.",
    ),
    NumberField(
        "pre_emphasis_db_per_octave",
        "&Pre-emphasis (dB/octave)",
        6.0,
        "Lifts high frequencies, for a voice falls by about 6 dB an octave; 0 shows the sound as "
        "it is.",
    ),
    NumberField(
        "autoscale",
        "&Autoscale: the loudest in view is black",
        True,
        "Off, black is the maximum below in every view, so that views can be compared.",
    ),
    NumberField(
        "maximum_db",
        "&Maximum (dB/Hz)",
        _PRAAT_MAXIMUM_DB,
        "What is black where autoscaling is off.",
    ),
)
_FORMANT = (
    NumberField(
        "ceiling_hz",
        "Formant &ceiling (Hz)",
        5500.0,
        "The most important choice: about 5,000 Hz for a man, 5,500 Hz for a woman, up to 8,000 Hz "
        "for a young child. Too low, and two formants become one; too high, and formants are "
        "found where there are none.",
    ),
    NumberField(
        "max_formants",
        "&Number of formants",
        5.0,
        "Below the ceiling; leave it at 5 and change the ceiling instead. Halves are allowed.",
    ),
    NumberField(
        "window_s",
        "&Window length (s)",
        0.025,
        "Effective length of the analysis window; its whole length is twice that.",
    ),
    NumberField(
        "pre_emphasis_hz",
        "&Pre-emphasis from (Hz)",
        50.0,
        "Above it the spectrum is lifted by 6 dB an octave, so that a vowel's is about flat.",
    ),
    NumberField(
        "dynamic_range_db",
        "&Dynamic range of the dots (dB)",
        30.0,
        "Frames this far below the loudest around them have no dots. It changes no number.",
    ),
    NumberField("dot_mm", "Dot &size (mm)", 1.0, "Only how the dots look."),
)
_PITCH = (
    NumberField(
        "floor_hz",
        "Pitch &floor (Hz)",
        75.0,
        "Below it no pitch is looked for: 75 Hz for a man, 100 Hz for a woman, lower for creak. "
        "It sets the window, three periods long.",
    ),
    NumberField(
        "ceiling_hz",
        "Pitch &ceiling (Hz)",
        500.0,
        "Above it no pitch is looked for: 300 Hz for a man, 500 Hz for a woman. Jumps by an octave "
        "call for a narrower range.",
    ),
)


class SoundVerbs(QObject):
    """Opens a dialog of settings; they are used at once and remembered."""

    def __init__(self, bench: Workbench, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window

    def spectrogram(self) -> None:
        """Ask for the spectrogram's settings."""
        now = self._bench.settings.spectrogram
        values = {
            "f_min_hz": now.f_min_hz,
            "f_max_hz": now.f_max_hz,
            "window_s": now.window_s,
            "dynamic_range_db": now.dynamic_range_db,
            "pre_emphasis_db_per_octave": now.pre_emphasis_db_per_octave,
            "autoscale": now.maximum_db is None,
            "maximum_db": _PRAAT_MAXIMUM_DB if now.maximum_db is None else now.maximum_db,
        }
        self._ask(
            "Spectrogram settings",
            "How the spectrogram is drawn. Formants, pitch and the model do not depend on it.",
            _SPECTROGRAM,
            values,
            self._set_spectrogram,
        )

    def formants(self) -> None:
        """Ask for the settings of formants."""
        now = self._bench.settings.formant
        values = {
            "ceiling_hz": now.ceiling_hz,
            "max_formants": now.max_formants,
            "window_s": now.window_s,
            "pre_emphasis_hz": now.pre_emphasis_hz,
            "dynamic_range_db": now.dynamic_range_db,
            "dot_mm": self._bench.settings.measuring.formant_dot_mm,
        }
        self._ask(
            "Formant settings",
            "By Burg's method, as Praat's. They decide the dots, the queries, the log and the "
            "vowel chart.",
            _FORMANT,
            values,
            self._set_formants,
        )

    def pitch(self) -> None:
        """Ask for the settings of pitch."""
        now = self._bench.settings.pitch
        self._ask(
            "Pitch settings",
            "By autocorrelation, as Praat's. The range is that of the axis too.",
            _PITCH,
            {"floor_hz": now.floor_hz, "ceiling_hz": now.ceiling_hz},
            self._set_pitch,
        )

    def _ask(self, title: str, advice: str, fields: object, values: Numbers, use: object) -> None:
        dialog = NumberDialog(title, advice, fields, values, use, self._window)  # type: ignore[arg-type]
        dialog.setObjectName(title)
        dialog.open()

    def _set_spectrogram(self, values: Numbers) -> None:
        chosen = dict(values)
        autoscale = chosen.pop("autoscale")
        maximum_db = None if autoscale else chosen.pop("maximum_db")
        chosen.pop("maximum_db", None)
        before: SpectrogramSettings = self._bench.settings.spectrogram
        after = replace(before, maximum_db=maximum_db, **chosen)  # type: ignore[arg-type]
        self._bench.change(spectrogram=after)
        self._bench.session.set_frequency(after.axis)

    def _set_formants(self, values: Numbers) -> None:
        chosen = dict(values)
        dot_mm = float(chosen.pop("dot_mm"))
        before: FormantSettings = self._bench.settings.formant
        formant = replace(before, **chosen)
        now: MeasuringSettings = self._bench.settings.measuring
        self._bench.change(formant=formant, measuring=replace(now, formant_dot_mm=dot_mm))

    def _set_pitch(self, values: Numbers) -> None:
        before: PitchSettings = self._bench.settings.pitch
        self._bench.change(pitch=replace(before, **values))  # type: ignore[arg-type]
