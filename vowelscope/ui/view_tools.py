"""Puts together how the views look: pulses, scale of frequencies, colours of the spectrogram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget

from vowelscope.app.view_settings import COLOURS
from vowelscope.app.workbench import Workbench
from vowelscope.core.frequency_axis import SCALE_UNITS, Scale
from vowelscope.ui.pulses_overlay import PulsesOverlay
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.spectrogram_colours import SpectrogramColours, dot_theme
from vowelscope.ui.theme import LIGHT, Theme
from vowelscope.ui.tier_layout_verbs import TierLayoutVerbs
from vowelscope.ui.voice_verbs import VoiceVerbs
from vowelscope.ui.waveform import WaveformView


class ScaleVerbs(QObject):
    """What View → Frequency scale does."""

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench

    def hz(self) -> None:
        """Rows equally far apart in Hz, as Praat's."""
        self._set("hz")

    def mel(self) -> None:
        """Rows equally far apart in mel."""
        self._set("mel")

    def bark(self) -> None:
        """Rows equally far apart in Bark."""
        self._set("bark")

    def erb(self) -> None:
        """Rows equally far apart in ERB."""
        self._set("erb")

    def _set(self, scale: Scale) -> None:
        bench = self._bench
        bench.change(spectrogram=replace(bench.settings.spectrogram, scale=scale))
        # The ends may be the model's for now: the scale alone is chosen here.
        bench.session.set_frequency(replace(bench.session.frequency, scale=scale))


class ColoursVerbs(QObject):
    """What View → Spectrogram colours does."""

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench

    def grey(self) -> None:
        """Grey, the weakest as the paper of the window."""
        self._set("grey")

    def black_on_white(self) -> None:
        """Grey as Praat's, also in dark colours."""
        self._set("black_on_white")

    def white_on_black(self) -> None:
        """Grey inverted, also in light colours."""
        self._set("white_on_black")

    def viridis(self) -> None:
        """From violet to yellow."""
        self._set("viridis")

    def cividis(self) -> None:
        """From blue to yellow, alike for all eyes."""
        self._set("cividis")

    def magma(self) -> None:
        """From black over purple to cream."""
        self._set("magma")

    def inferno(self) -> None:
        """From black over red to yellow."""
        self._set("inferno")

    def _set(self, name: str) -> None:
        bench = self._bench
        bench.change(view=replace(bench.settings.view, spectrogram_colours=name))


class Dotted(Protocol):
    """What draws formants over the spectrogram."""

    def set_dot_theme(self, theme: Theme) -> None:
        """Take the colours of the formants alone from `theme`."""
        ...


class ViewTools(QObject):
    """The verbs, and what follows from the settings.

    Its theme is set after that of `dotted`.
    """

    def __init__(
        self,
        bench: Workbench,
        waveform: WaveformView,
        plot: SpectrogramView,
        dotted: tuple[Dotted, ...],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._bench = bench
        self._plot = plot
        self._dotted = dotted
        self._theme: Theme = LIGHT
        self.pulses = PulsesOverlay(bench.session, bench.analysis, waveform)
        self.colours = SpectrogramColours(bench.session, plot)
        self.layout = TierLayoutVerbs(bench.session, self)
        self.verbs: dict[str, object] = {
            "scale": ScaleVerbs(bench, self),
            "colours": ColoursVerbs(bench, self),
            "layout": self.layout,
            "voice": VoiceVerbs(bench, window),
        }
        self._actions: Mapping[str, QAction] = {}
        bench.settings_changed.connect(self._on_settings)
        bench.session.frequency_changed.connect(self._on_settings)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.colours.set_theme(theme)
        self.pulses.set_theme(theme)
        self._colour_dots()

    def bind(self, actions: Mapping[str, QAction]) -> None:
        """Take the window's actions, once they are made."""
        self._actions = actions
        for ids in (
            [f"scale.{scale}" for scale in SCALE_UNITS],
            [f"colours.{name}" for name in COLOURS],
        ):
            group = QActionGroup(self)
            for id in ids:
                group.addAction(actions[id])
        self.layout.bind(actions)
        self._on_settings()

    def _on_settings(self) -> None:
        view = self._bench.settings.view
        if view.spectrogram_colours != self.colours.name:
            self.colours.set_colours(view.spectrogram_colours)
            self._colour_dots()
        self._plot.intensity_axis.set_range(view.intensity_low_db, view.intensity_high_db)
        if self._actions:
            self._actions[f"scale.{self._bench.session.frequency.scale}"].setChecked(True)
            self._actions[f"colours.{view.spectrogram_colours}"].setChecked(True)

    def _colour_dots(self) -> None:
        theme = dot_theme(self.colours.name, self._theme)
        for dotted in self._dotted:
            dotted.set_dot_theme(theme)
