"""What the menu Query does: Praat's numbers at the cursor or over the selection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject

from vowelscope.app.places import formant_road, place_here
from vowelscope.app.workbench import Workbench
from vowelscope.core.acoustics_grid import mean_over, value_at
from vowelscope.core.measure_formants import TokenFormants, place_formants
from vowelscope.core.translation import tr

_MARGIN_S = 0.05
"""Frames beyond the selection, for what is interpolated at its ends."""
_CEILING = {
    "fixed": tr("ceiling {:,.0f} Hz"),
    "token": tr("ceiling {:,.0f} Hz, automatic"),
    "file": tr("ceiling {:,.0f} Hz, automatic for the tier"),
    "hand": tr("ceiling {:,.0f} Hz, by hand"),
}


class QueryVerbs(QObject):
    """Says each answer in one sentence, with the numbers that the log and `measure` give."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self._analysis = bench.analysis

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
            session.note.emit(tr("Cursor at {cursor_s:.6f} s.").format(cursor_s=session.cursor_s))
            return
        start_s, stop_s = session.selection
        session.note.emit(
            tr("Selection {start_s:.6f}–{stop_s:.6f} s, {value:.3f} ms long.").format(
                start_s=start_s, stop_s=stop_s, value=1000 * (stop_s - start_s)
            )
        )

    def pitch(self) -> None:
        """Pitch in Hz."""
        track = self._analysis.pitch_between(*self._around())
        if track is None or not self._is_there("pitch"):
            self._say_missing(tr("Pitch"))
            return
        self._say(tr("Pitch"), track.times_s, track.settings.step_s, track.f0_hz, "Hz")

    def intensity(self) -> None:
        """Intensity in dB."""
        track = self._analysis.intensity_between(*self._around())
        if track is None or not self._is_there("intensity"):
            self._say_missing(tr("Intensity"))
            return
        self._say(tr("Intensity"), track.times_s, track.settings.step_s, track.level_db, "dB")

    def pulses(self) -> None:
        """Number of glottal pulses in the selection, or in view, and their mean distance."""
        session = self._session
        start_s, stop_s = session.selection or session.view
        track = self._analysis.pulses_between(start_s, stop_s)
        if track is None or not self._analysis.is_complete("pulses", start_s, stop_s):
            self._say_missing(tr("Pulses"))
            return
        times_s, longest_s = track.times_s, 1.0 / track.settings.floor_hz
        where = f"{start_s:.4f}–{stop_s:.4f} s"
        sentence = tr("{count} pulses in {where}").format(count=len(times_s), where=where)
        periods_s = np.diff(times_s)
        periods_s = periods_s[periods_s <= longest_s]
        if len(periods_s):
            sentence += tr(", {value:.3f} ms apart in the mean").format(
                value=1000 * periods_s.mean()
            )
        session.note.emit(f"{sentence}.")

    def _formant(self, number: int) -> None:
        bench, session = self._bench, self._session
        if session.recording is None:
            session.message.emit(tr("Open a recording first."))
            return
        if bench.settings.formant.columns <= number:
            session.note.emit(
                tr("F{value}: the formant settings ask for fewer formants.").format(
                    value=number + 1
                )
            )
            return
        start_s, stop_s = session.selection or (session.cursor_s, session.cursor_s)
        bench.jobs.submit_process(
            ("query formant", id(self), number),
            place_formants,
            place_here(bench).within,
            start_s,
            stop_s,
            formant_road(bench, session.selected_tier),
            on_done=_Asked(self, number, start_s, stop_s).done,
            on_error=session.message.emit,
        )

    def _say_formant(
        self, number: int, start_s: float, stop_s: float, found: TokenFormants
    ) -> None:
        at_time = start_s == stop_s
        value_hz = (found.values_hz[0] if at_time else found.means_hz)[number]
        where = (
            tr("at {start_s:.6f} s").format(start_s=start_s)
            if at_time
            else tr("mean over {start_s:.4f}–{stop_s:.4f} s").format(start_s=start_s, stop_s=stop_s)
        )
        how = _CEILING[found.ceiling.by].format(found.ceiling.ceiling_hz)
        if number + 1 in found.by_hand:
            how += tr("; set by hand") if at_time else tr("; partly set by hand")
        if np.isfinite(value_hz):
            self._session.note.emit(
                tr("F{value} = {value_hz:,.2f} Hz ({where}; {how}).").format(
                    value=number + 1, value_hz=value_hz, where=where, how=how
                )
            )
        else:
            self._session.note.emit(
                tr("F{value} is undefined {where} ({how}).").format(
                    value=number + 1, where=where, how=how
                )
            )

    def _around(self) -> tuple[float, float]:
        session = self._session
        start_s, stop_s = session.selection or (session.cursor_s, session.cursor_s)
        return start_s - _MARGIN_S, stop_s + _MARGIN_S

    def _is_there(self, kind: str) -> bool:
        return self._analysis.is_complete(kind, *self._around())

    def _say_missing(self, name: str) -> None:
        self._session.note.emit(
            tr("{name}: not computed here yet; show it in the View menu and try again.").format(
                name=name
            )
        )

    def _say(
        self, name: str, times_s: np.ndarray, step_s: float, values: np.ndarray, unit: str
    ) -> None:
        """Praat's "Get value at time..." at the cursor, its "Get mean..." over a selection."""
        session = self._session
        first_s = float(times_s[0]) if len(times_s) else 0.0
        if session.selection is None:
            value = float(value_at(first_s, step_s, values, np.array([session.cursor_s]))[0])
            where = tr("at {cursor_s:.6f} s").format(cursor_s=session.cursor_s)
        else:
            start_s, stop_s = session.selection
            # Of a level, the mean is that of the energy, as in Praat and in the log.
            scale = 10.0 ** (values / 10.0) if unit == "dB" else values
            value = mean_over(first_s, step_s, scale, start_s, stop_s)
            if unit == "dB" and np.isfinite(value):
                value = 10.0 * np.log10(value) if value > 0 else np.nan
            where = tr("mean over {start_s:.4f}–{stop_s:.4f} s").format(
                start_s=start_s, stop_s=stop_s
            )
        if np.isfinite(value):
            session.note.emit(f"{name} = {value:,.2f} {unit} ({where}).")
        else:
            session.note.emit(tr("{name} is undefined {where}.").format(name=name, where=where))


@dataclass(eq=False)
class _Asked:
    """What was asked, until the worker answers."""

    verbs: QueryVerbs
    number: int
    start_s: float
    stop_s: float

    def done(self, found: TokenFormants) -> None:
        self.verbs._say_formant(self.number, self.start_s, self.stop_s, found)
