"""The settings of spectrogram, formants, pitch, intensity and pulses: what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vowelscope.app.measuring_settings import MeasuringSettings
from vowelscope.app.workbench import Workbench
from vowelscope.core.acoustics import FormantSettings, PitchSettings
from vowelscope.core.spectrogram import SpectrogramSettings
from vowelscope.core.translation import tr
from vowelscope.ui.number_dialog import NumberDialog, NumberField, Numbers
from vowelscope.ui.sound_fields import (
    FORMANT,
    INTENSITY,
    PITCH,
    PRAAT_MAXIMUM_DB,
    PULSES,
    SPECTROGRAM,
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
        own = {
            "autoscale": now.maximum_db is None,
            "maximum_db": PRAAT_MAXIMUM_DB if now.maximum_db is None else now.maximum_db,
        }
        values = _values(SPECTROGRAM, own, now)
        self._ask(
            tr("Spectrogram settings"),
            tr("How the spectrogram is drawn. Formants, pitch and the model do not depend on it."),
            SPECTROGRAM,
            values,
            self._set_spectrogram,
        )

    def formants(self) -> None:
        """Ask for the settings of formants."""
        own = {"dot_mm": self._bench.settings.measuring.formant_dot_mm}
        values = _values(FORMANT, own, self._bench.settings.formant)
        self._ask(
            tr("Formant settings"),
            tr(
                "By Burg's method, as Praat's. They decide the dots, the queries, "
                "the log and the vowel chart."
            ),
            FORMANT,
            values,
            self._set_formants,
        )

    def pitch(self) -> None:
        """Ask for the settings of pitch."""
        self._ask(
            tr("Pitch settings"),
            tr(
                "By autocorrelation, as Praat's. The range is that of the axis "
                "too. Pulses follow the pitch."
            ),
            PITCH,
            _values(PITCH, {}, self._bench.settings.pitch),
            self._set_pitch,
        )

    def intensity(self) -> None:
        """Ask for the settings of intensity."""
        now = self._bench.settings
        self._ask(
            tr("Intensity settings"),
            tr("As Praat's, with its mean of energy over a selection."),
            INTENSITY,
            _values(INTENSITY, {}, now.view, now.intensity),
            self._set_intensity,
        )

    def pulses(self) -> None:
        """Ask for the settings of the pulses."""
        self._ask(
            tr("Pulses settings"),
            tr(
                "Which periods count in the jitter and shimmer of the voice "
                "report. Where the pulses are follows from the pitch settings."
            ),
            PULSES,
            _values(PULSES, {}, self._bench.settings.pulses),
            self._set_pulses,
        )

    def _ask(
        self,
        title: str,
        advice: str,
        fields: Sequence[NumberField],
        values: Numbers,
        use: Callable[[Numbers], None],
    ) -> None:
        dialog = NumberDialog(title, advice, fields, values, use, self._window)
        dialog.setObjectName(title)
        dialog.open()

    def _set_spectrogram(self, values: Numbers) -> None:
        chosen: dict[str, Any] = dict(values)
        autoscale = chosen.pop("autoscale")
        maximum_db = None if autoscale else chosen.pop("maximum_db")
        chosen.pop("maximum_db", None)
        before: SpectrogramSettings = self._bench.settings.spectrogram
        after = replace(before, maximum_db=maximum_db, **chosen)
        self._bench.change(spectrogram=after)
        self._bench.session.set_frequency(after.axis)

    def _set_formants(self, values: Numbers) -> None:
        chosen: dict[str, Any] = dict(values)
        dot_mm = float(chosen.pop("dot_mm"))
        before: FormantSettings = self._bench.settings.formant
        formant = replace(before, **chosen)
        now: MeasuringSettings = self._bench.settings.measuring
        self._bench.change(formant=formant, measuring=replace(now, formant_dot_mm=dot_mm))

    def _set_pitch(self, values: Numbers) -> None:
        before: PitchSettings = self._bench.settings.pitch
        self._bench.change(pitch=replace(before, **values))  # type: ignore[arg-type]

    def _set_intensity(self, values: Numbers) -> None:
        chosen: dict[str, Any] = dict(values)
        ends = {name: chosen.pop(name) for name in ("intensity_low_db", "intensity_high_db")}
        now = self._bench.settings
        intensity, view = replace(now.intensity, **chosen), replace(now.view, **ends)
        self._bench.change(intensity=intensity, view=view)

    def _set_pulses(self, values: Numbers) -> None:
        self._bench.change(pulses=replace(self._bench.settings.pulses, **values))  # type: ignore[arg-type]


def _values(
    fields: Sequence[NumberField], own: Mapping[str, Any], *settings: object
) -> dict[str, Any]:
    """What the fields show now: their own values, else those of the settings of their names."""
    values: dict[str, Any] = dict(own)
    for field in fields:
        for held in settings:
            if field.name not in values and hasattr(held, field.name):
                values[field.name] = getattr(held, field.name)
    return values
