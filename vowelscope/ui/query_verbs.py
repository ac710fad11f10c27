"""What the menu Query does: Praat's numbers at the cursor or over the selection."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from vowelscope.app.analysis import Analysis
from vowelscope.app.session import Session


class QueryVerbs(QObject):
    """Says each answer in one sentence; means are over the frames within the selection."""

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
        self._say("Pitch", None if track is None else (track.times_s, track.f0_hz), "Hz")

    def intensity(self) -> None:
        """Intensity in dB."""
        track = self._analysis.intensity_between(*self._around())
        self._say("Intensity", None if track is None else (track.times_s, track.level_db), "dB")

    def _formant(self, number: int) -> None:
        track = self._analysis.formants_between(*self._around())
        held = track is not None and track.freqs_hz.shape[1] > number
        values = (track.times_s, track.freqs_hz[:, number]) if track is not None and held else None
        self._say(f"F{number + 1}", values, "Hz")

    def _around(self) -> tuple[float, float]:
        session = self._session
        start_s, stop_s = session.selection or (session.cursor_s, session.cursor_s)
        return start_s - 0.05, stop_s + 0.05

    def _say(self, name: str, values: tuple[np.ndarray, np.ndarray] | None, unit: str) -> None:
        session = self._session
        if values is None or not len(values[0]):
            session.note.emit(
                f"{name}: not computed here yet; show it in the View menu and try again."
            )
            return
        times_s, numbers = values
        if session.selection is None:
            # Praat's "Get value at time": linear between the two frames around the cursor.
            value = float(np.interp(session.cursor_s, times_s, numbers))
            where = f"at {session.cursor_s:.6f} s"
        else:
            start_s, stop_s = session.selection
            inside = numbers[(times_s >= start_s) & (times_s <= stop_s)]
            inside = inside[np.isfinite(inside)]
            value = float(inside.mean()) if len(inside) else float("nan")
            where = f"mean of {len(inside)} frames in {start_s:.4f}–{stop_s:.4f} s"
        if np.isfinite(value):
            session.note.emit(f"{name} = {value:,.2f} {unit} ({where}).")
        else:
            session.note.emit(f"{name} is undefined {where}.")
