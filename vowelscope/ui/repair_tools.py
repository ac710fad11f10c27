"""Puts the correcting of formants by hand into a window: the mouse, what is drawn, its actions."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from vowelscope.app.ceilings import Ceilings
from vowelscope.app.repairing import Repairing
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.formant_drag import FormantDrag
from vowelscope.ui.hand_overlay import HandOverlay
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.theme import Theme

_OFF = tr("Query → Correct formants → Correct by hand (Ctrl+Alt+F) must be on for this key.")
_NONE = tr("No formant dot is under the mouse.")
_HOW = tr(
    "Correcting formants: drag a dot, with Shift draw a track; 1-5 "
    "names the dot under the mouse, Delete removes it, 0 restores it; "
    ". and , go to the next and previous vowel."
)


class RepairVerbs(QObject):
    """What Query → Correct formants does."""

    def __init__(self, bench: Workbench, repairing: Repairing, drag: FormantDrag) -> None:
        super().__init__(repairing)
        self._session = bench.session
        self._repairing = repairing
        self._drag = drag

    def mode(self, on: bool) -> None:
        """Switch the mode."""
        self._repairing.set_on(on)
        self._session.note.emit(_HOW if on else tr("Formants are not corrected any more."))

    def assign(self, number: int) -> None:
        """Say which formant the dot under the mouse is."""
        if not self._is_on():
            return
        dot = self._drag.dot_under()
        if dot is None:
            self._session.note.emit(_NONE)
            return
        point = self._repairing.point(dot.time_s, number, dot.freq_hz)
        if dot.formant == number and not dot.is_candidate:
            self._session.note.emit(tr("That dot is F{number} already.").format(number=number))
        elif self._repairing.set([point], tr("Set F{number}").format(number=number)):
            self._session.note.emit(
                tr("F{number} = {freq_hz:,.0f} Hz at {time_s:.4f} s, by hand.").format(
                    number=number, freq_hz=dot.freq_hz, time_s=dot.time_s
                )
            )

    def undefine(self) -> None:
        """Say that the dot under the mouse is no formant."""
        if not self._is_on():
            return
        dot = self._drag.dot_under(candidates=False)
        if dot is None:
            self._session.note.emit(_NONE)
            return
        point = self._repairing.point(dot.time_s, dot.formant, None)
        if self._repairing.set([point], tr("Remove F{formant}").format(formant=dot.formant)):
            self._session.note.emit(
                tr("F{formant} is undefined at {time_s:.4f} s, by hand.").format(
                    formant=dot.formant, time_s=dot.time_s
                )
            )

    def restore(self) -> None:
        """Have Praat's value again under the mouse."""
        if not self._is_on():
            return
        found = self._drag.hand_under()
        if found is None:
            self._session.note.emit(tr("Nothing under the mouse was set by hand."))
        else:
            self._repairing.restore(*found)

    def forget(self) -> None:
        """Have Praat's values again in the selection."""
        self._repairing.forget()

    def next(self) -> None:
        """Go on to the next vowel."""
        self._repairing.go(1)

    def previous(self) -> None:
        """Go back to the previous vowel."""
        self._repairing.go(-1)

    def _is_on(self) -> bool:
        if not self._repairing.is_on:
            self._session.note.emit(_OFF)
        return self._repairing.is_on


class RepairTools(QObject):
    """The mouse, the overlay and the verbs of one window."""

    def __init__(
        self, bench: Workbench, ceilings: Ceilings, plot: SpectrogramView, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.repairing = Repairing(bench, ceilings)
        self.drag = FormantDrag(self.repairing, plot)
        self.overlay = HandOverlay(bench, self.repairing, plot)
        self.verbs: dict[str, object] = {"formant": RepairVerbs(bench, self.repairing, self.drag)}
        self._mode: QAction | None = None

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.overlay.set_theme(theme)

    def bind(self, actions: Mapping[str, QAction]) -> None:
        """Take the window's actions, once they are made."""
        self._mode = actions["formant.mode"]
        self.repairing.changed.connect(self._on_mode)

    def _on_mode(self) -> None:
        if self._mode is not None:
            self._mode.setChecked(self.repairing.is_on)
