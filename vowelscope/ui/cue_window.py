"""A window that moves one cue of the selected token: hear each step, see what the model says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSlider,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.moving_cue import MovingCue
from vowelscope.app.workbench import Workbench
from vowelscope.core.one_cue import CUE_LIMITS, CUE_UNITS, Cue
from vowelscope.core.phones import display_label
from vowelscope.core.translation import tr
from vowelscope.ui.cue_plots import PlanePlot, SweepPlot, cue_name
from vowelscope.ui.theme import Theme

if TYPE_CHECKING:
    from vowelscope.explain.cue_sweep import CueSweep

_CUES: dict[Cue, tuple[float, float]] = {
    "F1": (-200.0, 300.0),
    "F2": (-500.0, 500.0),
    "F3": (-500.0, 500.0),
    "f0": (-6.0, 6.0),
    "duration": (-50.0, 100.0),
    "level": (-20.0, 20.0),
}
"""The ends that are tried first."""


class CueWindow(QDialog):
    """What to move and how far above; the curves, or the plane of F1 and F2; a slider to listen."""

    def __init__(self, bench: Workbench, moving: MovingCue, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = bench.session
        self._moving = moving
        self._seen: CueSweep | None = None
        self.setWindowTitle(tr("Move one cue"))
        self.cue = QComboBox()
        self.cue.setAccessibleName(tr("Cue"))
        for key in _CUES:
            self.cue.addItem(cue_name(key), key)
        self.low, self.high = (_amount(tr("From")), _amount(tr("To")))
        self.steps = QSpinBox()
        self.steps.setAccessibleName(tr("Steps"))
        self.steps.setRange(2, 51)
        self.steps.setValue(11)
        self.run = QPushButton()
        self.run.setAutoDefault(False)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Steps that the model was asked about"))
        self.head = QLabel()
        self.head.setWordWrap(True)
        self.head.setAccessibleName(tr("What is moved"))
        self.sweep_plot, self.plane_plot = SweepPlot(), PlanePlot()
        self.tabs = QTabWidget()
        self.tabs.addTab(self.sweep_plot, tr("One cue"))
        self.tabs.addTab(self.plane_plot, tr("F1 and F2"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("Step that is heard"))
        self.play_step = QPushButton(tr("&Play step"))
        self.play_own = QPushButton(tr("Play &original"))
        self.save_button = QPushButton(tr("Sa&ve…"))
        self.save_button.setToolTip(tr("A table, a picture and a WAV file for each step"))
        for button in (self.play_step, self.play_own, self.save_button):
            button.setAutoDefault(False)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAccessibleName(tr("What was found"))
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        above = QHBoxLayout()
        for text, field in (
            (tr("&Cue"), self.cue),
            (tr("&From"), self.low),
            (tr("&To"), self.high),
            (tr("&Steps"), self.steps),
        ):
            name = QLabel(text)
            name.setBuddy(field)
            above.addWidget(name)
            above.addWidget(field)
        above.addWidget(self.run)
        above.addWidget(self.progress, 1)
        below = QHBoxLayout()
        below.addWidget(self.slider, 1)
        below.addWidget(self.play_step)
        below.addWidget(self.play_own)
        below.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.addWidget(self.head)
        column.addLayout(above)
        column.addWidget(self.tabs, 1)
        column.addLayout(below)
        column.addWidget(self.words)
        self.cue.activated.connect(self._on_cue)
        self.run.clicked.connect(self.start_or_stop)
        self.tabs.currentChanged.connect(self._draw)
        self.slider.valueChanged.connect(self._draw_sweep)
        self.play_step.clicked.connect(self._on_play)
        self.play_own.clicked.connect(self._on_play_own)
        self.save_button.clicked.connect(self.save)
        self.sweep_plot.chosen.connect(self._on_chosen)
        moving.changed.connect(self._draw)
        self._on_cue()

    def sizeHint(self) -> QSize:
        """Room for the curves."""
        return QSize(820, 560)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        for plot in (self.sweep_plot, self.plane_plot):
            plot.set_theme(theme)
        self._draw()

    def bring(self) -> None:
        """Show it."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._draw()

    def start_or_stop(self) -> None:
        """Move the cue, or F1 and F2 where their plane is seen; or stop."""
        if self._moving.is_running:
            self._moving.stop()
        elif self.tabs.currentWidget() is self.plane_plot:
            self._moving.start_plane()
        else:
            cue: Cue = self.cue.currentData()
            self._moving.start(cue, self.low.value(), self.high.value(), self.steps.value())

    def save(self) -> None:
        """Ask for a folder and write the sweep into it."""
        name = QFileDialog.getExistingDirectory(self, tr("Save the sweep into a folder"))
        if name:
            self._moving.save(Path(name))

    def _on_cue(self) -> None:
        cue: Cue = self.cue.currentData()
        low, high = _CUES[cue]
        for field, value in ((self.low, low), (self.high, high)):
            field.setRange(-CUE_LIMITS[cue], CUE_LIMITS[cue])
            field.setSuffix(f" {CUE_UNITS[cue]}")
            field.setValue(value)
        self._draw()

    def _on_chosen(self, number: int) -> None:
        self.slider.setValue(number)
        self._on_play()

    def _on_play(self) -> None:
        if self._moving.sweep is not None:
            self._moving.play(self.slider.value())

    def _on_play_own(self) -> None:
        self._moving.play(None)

    def _draw(self) -> None:
        if not self.isVisible():
            return
        moving, session = self._moving, self._session
        running, held = moving.is_running, session.explanation is not None
        plane = self.tabs.currentWidget() is self.plane_plot
        self.run.setText(tr("S&top") if running else tr("&Move"))
        self.run.setEnabled(running or held)
        self.progress.setVisible(running)
        self.progress.setRange(0, moving.total)
        self.progress.setValue(moving.done)
        left_s = moving.estimate_s
        words = tr("%v of %m")
        if left_s is not None:
            words += tr(", {left_s:.0f} s left").format(left_s=left_s)
        self.progress.setFormat(words if moving.total else "")
        for field in (self.cue, self.low, self.high, self.steps):
            field.setEnabled(not plane and not running)
        if held:
            label = display_label(session.selected_label or "")
            self.head.setText(
                tr(
                    "“{label}” is resynthesised by Praat with one cue moved; all else of the "
                    "token, and the sound around it, stays. 0 is the token as it is."
                ).format(label=label)
            )
        else:
            self.head.setText(tr("Select a labelled interval first."))
        sweep = moving.sweep
        if sweep is not self._seen:
            self._seen = sweep
            self.slider.setRange(0, 0 if sweep is None else len(sweep.steps) - 1)
            self.slider.setValue(0 if sweep is None else int(np.abs(sweep.amounts).argmin()))
        for part in (self.slider, self.play_step, self.save_button):
            part.setEnabled(sweep is not None and not plane)
        self.play_own.setEnabled(moving.piece is not None)
        self.plane_plot.show_plane(moving.plane)
        self._draw_sweep()

    def _draw_sweep(self) -> None:
        sweep = self._moving.sweep
        number = None if sweep is None else min(self.slider.value(), len(sweep.steps) - 1)
        self.sweep_plot.show_sweep(sweep, number)
        plane = self.tabs.currentWidget() is self.plane_plot
        self.words.setText(
            self._moving.sentence or (self._plane_words() if plane else self._sweep_words())
        )

    def _sweep_words(self) -> str:
        sweep, own_hz = self._moving.sweep, self._moving.original_hz
        if sweep is None or own_hz is None:
            return ""
        step = sweep.steps[min(self.slider.value(), len(sweep.steps) - 1)]
        said = tr("{cue} {amount:+.4g} {unit}: Praat measures {formants}. ").format(
            cue=cue_name(sweep.cue),
            amount=step.amount,
            unit=CUE_UNITS[sweep.cue],
            formants=_formants(step.formants_hz),
        )
        said += tr("The token's own: {formants} (rings: its probabilities).").format(
            formants=_formants(own_hz)
        )
        if not sweep.switches():
            said += tr(" The likeliest class is the same everywhere.")
        if sweep.left_out:
            said += tr(" {count} steps could not be made: {why}").format(
                count=len(sweep.left_out), why=sweep.left_out[0].why_not
            )
        return said

    def _plane_words(self) -> str:
        if self._moving.plane is None:
            return tr(
                "F1 and F2 are moved over a grid around the token, and each point is asked about."
            )
        return tr(
            "The likeliest class if this token had other F1 and F2, all else kept. Dots: what was "
            "asked; between them logits are interpolated. Ring: the token. These are boundaries "
            "for this token, not for the vowels of a language."
        )


def _formants(values_hz: np.ndarray) -> str:
    shown = (f"{value:,.0f}" if np.isfinite(value) else "–" for value in values_hz)
    return f"F1–F4 {' / '.join(shown)} Hz"


def _amount(name: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setAccessibleName(name)
    field.setDecimals(1)
    field.setSingleStep(1.0)
    return field
