"""The part of a session that says what is shown of the sound: channel, explanation, overlays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from vowelscope.app.tier_layout import TierLayout
from vowelscope.core.frequency_axis import FrequencyAxis
from vowelscope.core.textgrid import TextGrid

if TYPE_CHECKING:
    from vowelscope.explain.base import Explanation

OVERLAYS = ("cam", "formants", "pitch", "intensity", "pulses")

LONGEST_TRACKED_S = 60.0
"""Formants, pitch and intensity are drawn in views up to this long (Praat: 10 s); a longer view
has more frames than pixels."""


@dataclass(frozen=True, slots=True)
class MapChoice:
    """Whose map is shown.

    Attributes
    ----------
    kind
        ``predicted``, ``labelled`` (the label's class), ``class`` (`first`) or ``contrast``
        (`first` against `second`).
    """

    kind: Literal["predicted", "labelled", "class", "contrast"] = "predicted"
    first: str = ""
    second: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A boundary or point that the mouse holds; nothing is edited before it is let go.

    Attributes
    ----------
    time_s, from_s
        Where it is now, and where it was taken, in seconds.
    textgrid
        What the TextGrid will be if it is let go here.
    tiers
        Indices of the tiers in which something moves, that of the mouse first.
    magnet
        Name of the tier whose boundary holds it, or "".
    """

    time_s: float
    from_s: float
    textgrid: TextGrid
    tiers: tuple[int, ...]
    magnet: str = ""


class Shown(QObject):
    """What is shown; `vowelscope.app.session.Session` is made of this and of what is open."""

    channel_changed = Signal()
    heard_changed = Signal()
    """Other channels are heard, with or without the analysed channel being another."""
    explanation_changed = Signal()
    map_changed = Signal()
    overlays_changed = Signal()
    opacity_changed = Signal(float)
    playing_changed = Signal()
    held_changed = Signal()
    tier_layout_changed = Signal()
    frequency_changed = Signal()
    """The frequency axis has other ends or another scale."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.channel: int | None = None
        self._heard: tuple[int, ...] | None = None
        self.explanation: Explanation | None = None
        self.explained_label_class: str | None = None
        self.map_choice = MapChoice()
        self.overlays: frozenset[str] = frozenset(OVERLAYS) - {"pitch", "intensity", "pulses"}
        self.opacity = 0.6
        self.playing_s: float | None = None
        self.held: Held | None = None
        self.magnet = True
        """A boundary that is dragged stops at near boundaries of other tiers."""
        self.frequency = FrequencyAxis()
        self.tier_layout = TierLayout()

    def set_channel(self, channel: int | None) -> None:
        """Choose the channel that is analysed, explained and played; None is the mean of all."""
        if channel != self.channel:
            self.channel = channel
            self._heard = None
            self.channel_changed.emit()
            self.heard_changed.emit()

    @property
    def heard_channels(self) -> tuple[int, ...] | None:
        """The channels that are played, or None for all: the analysed one if none was chosen."""
        if self._heard is not None:
            return self._heard
        return None if self.channel is None else (self.channel,)

    def set_heard(self, channels: tuple[int, ...] | None) -> None:
        """Choose the channels that are played, apart from what is analysed; None follows that."""
        before, self._heard = self.heard_channels, channels
        if self.heard_channels != before:
            self.heard_changed.emit()

    def set_explanation(
        self, explanation: Explanation | None, label_class: str | None = None
    ) -> None:
        """Show an explanation; `label_class` is the class of the explained label, if any."""
        if explanation is None and self.explanation is None:
            return
        self.explanation = explanation
        self.explained_label_class = label_class
        self.explanation_changed.emit()

    def set_map_choice(self, choice: MapChoice) -> None:
        """Choose whose map is shown; it needs no new forward pass."""
        if choice != self.map_choice:
            self.map_choice = choice
            self.map_changed.emit()

    def shown_classes(self) -> tuple[str, str | None] | None:
        """The class whose map is chosen, and the one that it is contrasted with, if any.

        None where there is nothing to show: no explanation, or no class for the label.
        """
        explanation, choice = self.explanation, self.map_choice
        if explanation is None:
            return None
        if choice.kind == "contrast":
            held = choice.first in explanation.classes and choice.second in explanation.classes
            return (choice.first, choice.second) if held else None
        named = {
            "predicted": explanation.predicted,
            "labelled": self.explained_label_class,
            "class": choice.first,
        }[choice.kind]
        if named is None or named not in explanation.classes:
            return None
        return named, None

    def shown_map(self) -> tuple[str, npt.NDArray[np.float32]] | None:
        """The chosen map in logits, (rows, columns) with row 0 lowest, and its title."""
        explanation, chosen = self.explanation, self.shown_classes()
        if explanation is None or chosen is None:
            return None
        of, against = chosen
        if against is not None:
            return f"/{of}/ − /{against}/", explanation.contrast_map(of, against)
        return f"/{of}/", explanation.map_of(of)

    def set_overlay(self, name: str, shown: bool) -> None:
        """Switch one of `OVERLAYS` on or off."""
        overlays = self.overlays | {name} if shown else self.overlays - {name}
        if overlays != self.overlays:
            self.overlays = overlays
            self.overlays_changed.emit()

    def set_opacity(self, opacity: float) -> None:
        """How strongly the map covers the spectrogram, 0-1."""
        opacity = min(max(opacity, 0.0), 1.0)
        if opacity != self.opacity:
            self.opacity = opacity
            self.opacity_changed.emit(opacity)

    def set_playing(self, time_s: float | None) -> None:
        """Where playback stands, or None when nothing plays."""
        if time_s != self.playing_s:
            self.playing_s = time_s
            self.playing_changed.emit()

    def set_held(self, held: Held | None) -> None:
        """Show a boundary or point where the mouse has it, or none."""
        if held != self.held:
            self.held = held
            self.held_changed.emit()

    def set_tier_layout(self, layout: TierLayout) -> None:
        """Collapse, hide or heighten tiers."""
        if layout != self.tier_layout:
            self.tier_layout = layout
            self.tier_layout_changed.emit()

    @property
    def f_max_hz(self) -> float:
        """The upper end of the frequency axis in Hz."""
        return self.frequency.high_hz

    def set_frequency(self, axis: FrequencyAxis) -> None:
        """Have another frequency axis."""
        if axis != self.frequency:
            self.frequency = axis
            self.frequency_changed.emit()

    def set_f_max(self, f_max_hz: float) -> None:
        """Let the frequency axis reach from 0 to `f_max_hz`."""
        self.set_frequency(replace(self.frequency, low_hz=0.0, high_hz=f_max_hz))
