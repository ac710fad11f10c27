"""What the correction mode does from the menu Edit."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vowelscope.app.correcting import Correcting
from vowelscope.ui.correction_bar import CorrectionBar
from vowelscope.ui.label_bar import LabelBar


class CorrectVerbs(QObject):
    """What is typed in the label field is an edit before anything else happens."""

    def __init__(self, correcting: Correcting, label_bar: LabelBar, bar: CorrectionBar) -> None:
        super().__init__(bar)
        self._correcting = correcting
        self._label_bar = label_bar
        self._bar = bar

    def mode(self, on: bool) -> None:
        """Switch the correction mode."""
        self._label_bar.commit()
        self._correcting.set_on(on)

    def next(self) -> None:
        """Confirm the label and go to the next interval."""
        self._label_bar.commit()
        self._correcting.next()

    def previous(self) -> None:
        """Go to the interval before."""
        self._label_bar.commit()
        self._correcting.previous()

    def take_model(self) -> None:
        """Take the model's label into the tier of corrections."""
        self._label_bar.commit()
        self._correcting.take_model()

    def options(self) -> None:
        """Put the keyboard into the bar of the mode."""
        if not self._correcting.is_on:
            self._correcting.set_on(True)
        self._bar.tiers.setFocus()
