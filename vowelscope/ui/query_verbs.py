"""What the menu Query does: Praat's numbers at the cursor or over the selection."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from vowelscope.app.analysis import Analysis
from vowelscope.app.session import Session
from vowelscope.core.acoustics_grid import mean_over, value_at

_MARGIN_S = 0.05
"""Frames beyond the selection, for what is interpolated at its ends."""


class QueryVerbs(QObject):
    """Says each answer in one sentence, with the numbers that the log and `measure` give."""

    def __init__(self, session: Session, analysis: Analysis, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._analysis = analysis

    def f1(self) -> None:
        """First formant."""
        self._formant(0)

    def f2(self) -> None:
        """Second formant."""
        self._formant(1)

    def f3(self) -> None:
        """Third formant."""
        self._formant(2)

    def f4(self) -> None:
        """Fourth formant."""
        self._formant(3)

    def cursor(self) -> None:
        """Time of the cursor or of the selection."""
        session = self._session
        if session.selection is None:
            session.note.emit(f"Cursor at {session.cursor_s:.6f} s.")
            return
        start_s, stop_s = session.selection
        session.note.emit(
            f"Selection {start_s:.6f}–{stop_s:.6f} s, {1000 * (stop_s - start_s):.3f} ms long."
        )

    def pitch(self) -> None:
        """Pitch in Hz."""
        track = self._analysis.pitch_between(*self._around())
        if track is None or not self._is_there("pitch"):
            self._say_missing("Pitch")
            return
        self._say("Pitch", track.times_s, track.settings.step_s, track.f0_hz, "Hz")

    def intensity(self) -> None:
        """Intensity in dB."""
        track = self._analysis.intensity_between(*self._around())
        if track is None or not self._is_there("intensity"):
            self._say_missing("Intensity")
            return
        self._say("Intensity", track.times_s, track.settings.step_s, track.level_db, "dB")

    def pulses(self) -> None:
        """Number of glottal pulses in the selection, or in view, and their mean distance."""
        session = self._session
        start_s, stop_s = session.selection or session.view
        track = self._analysis.pulses_between(start_s, stop_s)
        if track is None or not self._analysis.is_complete("pulses", start_s, stop_s):
            self._say_missing("Pulses")
            return
        times_s, longest_s = track.times_s, 1.0 / track.settings.floor_hz
        where = f"{start_s:.4f}–{stop_s:.4f} s"
        sentence = f"{len(times_s)} pulses in {where}"
        periods_s = np.diff(times_s)
        periods_s = periods_s[periods_s <= longest_s]
        if len(periods_s):
            sentence += f", {1000 * periods_s.mean():.3f} ms apart in the mean"
        session.note.emit(f"{sentence}.")

    def _formant(self, number: int) -> None:
        track = self._analysis.formants_between(*self._around())
        name = f"F{number + 1}"
        if track is None or not self._is_there("formants"):
            self._say_missing(name)
        elif track.freqs_hz.shape[1] <= number:
            self._session.note.emit(f"{name}: the formant settings ask for fewer formants.")
        else:
            values_hz = track.freqs_hz[:, number]
            self._say(name, track.times_s, track.settings.step_s, values_hz, "Hz")

    def _around(self) -> tuple[float, float]:
        session = self._session
        start_s, stop_s = session.selection or (session.cursor_s, session.cursor_s)
        return start_s - _MARGIN_S, stop_s + _MARGIN_S

    def _is_there(self, kind: str) -> bool:
        return self._analysis.is_complete(kind, *self._around())

    def _say_missing(self, name: str) -> None:
        self._session.note.emit(
            f"{name}: not computed here yet; show it in the View menu and try again."
        )

    def _say(
        self, name: str, times_s: np.ndarray, step_s: float, values: np.ndarray, unit: str
    ) -> None:
        """Praat's "Get value at time..." at the cursor, its "Get mean..." over a selection."""
        session = self._session
        first_s = float(times_s[0]) if len(times_s) else 0.0
        if session.selection is None:
            value = float(value_at(first_s, step_s, values, np.array([session.cursor_s]))[0])
            where = f"at {session.cursor_s:.6f} s"
        else:
            start_s, stop_s = session.selection
            # Of a level, the mean is that of the energy, as in Praat and in the log.
            scale = 10.0 ** (values / 10.0) if unit == "dB" else values
            value = mean_over(first_s, step_s, scale, start_s, stop_s)
            if unit == "dB" and np.isfinite(value):
                value = 10.0 * np.log10(value) if value > 0 else np.nan
            where = f"mean over {start_s:.4f}–{stop_s:.4f} s"
        if np.isfinite(value):
            session.note.emit(f"{name} = {value:,.2f} {unit} ({where}).")
        else:
            session.note.emit(f"{name} is undefined {where}.")
