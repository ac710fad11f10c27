"""Formants corrected by keys alone: one dot at the cursor is chosen, moved, named, taken away."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from vowelscope.app.repairing import Dot, Repairing
from vowelscope.app.workbench import Workbench
from vowelscope.core.hand_points import HIGHEST_FORMANT
from vowelscope.core.translation import tr


class FormantKeys(QObject):
    """Which formant is chosen; its dot is the one of the frame nearest to the cursor."""

    changed = Signal()

    def __init__(self, bench: Workbench, repairing: Repairing) -> None:
        super().__init__(repairing)
        self._bench = bench
        self._session = bench.session
        self._repairing = repairing
        self.formant: int | None = None
        """Its number from 1, or None before one was chosen."""
        repairing.changed.connect(self._on_mode)

    def dot(self) -> Dot | None:
        """The chosen dot, or None where nothing is chosen or that formant is not there."""
        return None if self.formant is None else self._dots().get(self.formant)

    def hand(self) -> tuple[float, int] | None:
        """Time and number of the chosen formant where it was set by hand, defined or not."""
        time_s = self._frame_s(self._session.cursor_s)
        if time_s is None or self.formant is None:
            return None
        near = self._repairing.hand_near(time_s, 0.5 * self._step_s)
        return next(
            ((dot.time_s, dot.formant) for dot in near if dot.formant == self.formant), None
        )

    def choose(self, step: int) -> bool:
        """Choose the next formant up (1) or down (-1) of the frame at the cursor.

        Returns
        -------
        bool
            False where there is no formant at the cursor.
        """
        there = sorted(self._dots())
        if not there:
            return False
        if self.formant is None:
            self.formant = there[0] if step > 0 else there[-1]
        else:
            beyond = [n for n in there if (n - self.formant) * step > 0]
            if beyond:
                self.formant = min(beyond) if step > 0 else max(beyond)
            elif self.formant not in there:
                self.formant = there[-1] if step > 0 else there[0]
        self.changed.emit()
        return True

    def go(self, step: int) -> bool:
        """Move the cursor to the next (1) or previous (-1) frame; false where there is none."""
        session = self._session
        at_s = self._frame_s(session.cursor_s)
        if at_s is None:
            return False
        reach_s = 1.5 * self._step_s
        times_s = self._repairing.frame_times_s(at_s - reach_s, at_s + reach_s)
        beyond = [x for x in times_s if (x - at_s) * step > 0.01 * self._step_s]
        if not beyond:
            return False
        session.set_cursor(min(beyond) if step > 0 else max(beyond))
        session.reveal(session.cursor_s, session.cursor_s)
        self.changed.emit()
        return True

    def move(self, by_hz: float) -> Dot | None:
        """Move the chosen dot up or down; presses on one dot are one step to undo.

        Returns
        -------
        Dot or None
            The dot where it is now; None where nothing is chosen, or it cannot go further.
        """
        dot = self.dot()
        if dot is None:
            return None
        axis = self._session.frequency
        hz = min(max(dot.freq_hz + by_hz, axis.low_hz, 1.0), axis.high_hz)
        point = self._repairing.point(dot.time_s, dot.formant, hz)
        text = tr("Move F{formant}").format(formant=dot.formant)
        if not self._repairing.set([point], text, merged=(dot.time_s, dot.formant)):
            return None
        self._session.set_cursor(dot.time_s)
        self.changed.emit()
        return Dot(dot.time_s, dot.formant, hz, by_hand=True)

    @property
    def _step_s(self) -> float:
        return self._bench.settings.formant.step_s

    def _frame_s(self, time_s: float) -> float | None:
        """Time of the frame nearest to a time."""
        times_s = self._repairing.frame_times_s(time_s - self._step_s, time_s + self._step_s)
        return times_s[int(np.abs(np.array(times_s) - time_s).argmin())] if times_s else None

    def _dots(self) -> dict[int, Dot]:
        """What is drawn in the frame nearest to the cursor, by number."""
        time_s = self._frame_s(self._session.cursor_s)
        if time_s is None or "formants" not in self._session.overlays:
            return {}
        near = self._repairing.dots_near(time_s, 0.4 * self._step_s)
        return {
            dot.formant: dot
            for dot in near
            if not dot.is_candidate
            and dot.formant <= HIGHEST_FORMANT
            and abs(dot.time_s - time_s) < 0.4 * self._step_s
        }

    def _on_mode(self) -> None:
        self.formant = None
        self.changed.emit()
