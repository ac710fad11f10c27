"""Puts the correcting of formants by hand into a window: the mouse, what is drawn, its actions."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from vowelscope.app.ceilings import Ceilings
from vowelscope.app.formant_keys import FormantKeys
from vowelscope.app.repairing import Repairing
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.formant_drag import FormantDrag
from vowelscope.ui.formant_ring import FormantRing
from vowelscope.ui.hand_overlay import HandOverlay
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.theme import Theme

_OFF = tr("Query → Correct formants → Correct by hand (Ctrl+Alt+F) must be on for this key.")
_NONE = tr("No formant dot is under the mouse, and none is chosen (Ctrl+PgUp, Ctrl+PgDown).")
_NOTHING_HERE = tr("No formant is drawn at the cursor.")
_HOW = tr(
    "Correcting formants: drag a dot, with Shift draw a track; 1-5 "
    "names the dot under the mouse, Delete removes it, 0 restores it; "
    ". and , go to the next and previous vowel. By keys: Ctrl+PgUp chooses a dot at the "
    "cursor, ← and → go from frame to frame, Alt+Shift+PgUp and PgDown move it."
)
_PLAIN = (*(f"assign:{n}" for n in range(1, 6)), "undefine", "restore", "next", "previous")
"""Those whose key is typed into labels as long as the mode is off."""
_STEP_HZ = 10.0
_FAR_HZ = 50.0


class RepairVerbs(QObject):
    """What Query → Correct formants does."""

    def __init__(
        self, bench: Workbench, repairing: Repairing, drag: FormantDrag, keys: FormantKeys
    ) -> None:
        super().__init__(repairing)
        self._session = bench.session
        self._keys = keys
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
        dot = self._drag.dot_under() or self._keys.dot()
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
        dot = self._drag.dot_under(candidates=False) or self._keys.dot()
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
        found = self._drag.hand_under() or self._keys.hand()
        if found is None:
            self._session.note.emit(
                tr("Neither under the mouse nor at the chosen dot was anything set by hand.")
            )
        else:
            self._repairing.restore(*found)

    def choose_up(self) -> None:
        """Choose the formant above, at the cursor."""
        self._choose(1)

    def choose_down(self) -> None:
        """Choose the formant below, at the cursor."""
        self._choose(-1)

    def up(self) -> None:
        """Move the chosen dot up a little."""
        self._move(_STEP_HZ)

    def down(self) -> None:
        """Move the chosen dot down a little."""
        self._move(-_STEP_HZ)

    def far_up(self) -> None:
        """Move the chosen dot up by more."""
        self._move(_FAR_HZ)

    def far_down(self) -> None:
        """Move the chosen dot down by more."""
        self._move(-_FAR_HZ)

    def later(self) -> None:
        """Move the cursor to the next frame."""
        self._go(1)

    def earlier(self) -> None:
        """Move the cursor to the previous frame."""
        self._go(-1)

    def forget(self) -> None:
        """Have Praat's values again in the selection."""
        self._repairing.forget()

    def next(self) -> None:
        """Go on to the next vowel."""
        self._repairing.go(1)

    def previous(self) -> None:
        """Go back to the previous vowel."""
        self._repairing.go(-1)

    def _choose(self, step: int) -> None:
        if self._is_on():
            self._drag.forget_mouse()
            self._say(self._keys.choose(step))

    def _go(self, step: int) -> None:
        if self._is_on():
            self._drag.forget_mouse()
            self._say(self._keys.go(step))

    def _move(self, by_hz: float) -> None:
        if not self._is_on():
            return
        self._drag.forget_mouse()
        if self._keys.formant is None and not self._keys.choose(1):
            self._session.note.emit(_NOTHING_HERE)
            return
        dot = self._keys.move(by_hz)
        if dot is not None:
            self._session.note.emit(
                tr("F{number} = {freq_hz:,.0f} Hz at {time_s:.4f} s, by hand.").format(
                    number=dot.formant, freq_hz=dot.freq_hz, time_s=dot.time_s
                )
            )
        elif self._keys.dot() is None:
            self._say(True)

    def _say(self, found: bool) -> None:
        """What is chosen now, and where."""
        dot = self._keys.dot()
        if not found:
            self._session.note.emit(_NOTHING_HERE)
        elif dot is not None:
            self._session.note.emit(
                tr("F{number}: {freq_hz:,.0f} Hz at {time_s:.4f} s.").format(
                    number=dot.formant, freq_hz=dot.freq_hz, time_s=dot.time_s
                )
            )
        elif self._keys.formant is not None:
            self._session.note.emit(
                tr("F{number} is not drawn at the cursor.").format(number=self._keys.formant)
            )

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
        self.keys = FormantKeys(bench, self.repairing)
        self.overlay = HandOverlay(bench, self.repairing, plot)
        self.ring = FormantRing(bench, self.keys, plot)
        self.verbs: dict[str, object] = {
            "formant": RepairVerbs(bench, self.repairing, self.drag, self.keys)
        }
        self._mode: QAction | None = None
        self._plain: list[QAction] = []

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.overlay.set_theme(theme)
        self.ring.set_theme(theme)

    def bind(self, actions: Mapping[str, QAction]) -> None:
        """Take the window's actions, once they are made."""
        self._mode = actions["formant.mode"]
        self._plain = [actions[f"formant.{verb}"] for verb in _PLAIN]
        self.repairing.changed.connect(self._on_mode)
        self._on_mode()

    def _on_mode(self) -> None:
        if self._mode is not None:
            self._mode.setChecked(self.repairing.is_on)
        for action in self._plain:
            action.setEnabled(self.repairing.is_on)
