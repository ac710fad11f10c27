"""The one state object of a window. Its signals tell of changes only.

Views read it and ask it to change; they know no other view. Nothing here draws or computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from vowelscope.app.commands import ReplaceTextGrid
from vowelscope.core.audio import Recording
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, TextGrid, Tier
from vowelscope.core.textgrid_io import Document, FileStyle, read_textgrid, write_textgrid

if TYPE_CHECKING:
    from vowelscope.explain.base import Explanation

SHORTEST_VIEW_S = 0.002
OVERLAYS = ("cam", "formants", "pitch", "intensity")

_SAME_DURATION_S = 0.011
"""Aligners round a TextGrid's end to their frame; what differs by less is not worth a word."""


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
class Opened:
    """What was read from disk and may now take the place of what a window shows."""

    recording: Recording
    document: Document | None
    notice: str = ""


def read_files(audio: Path, textgrid: Path | None = None) -> Opened:
    """Open a recording and its TextGrid; safe to call from any thread.

    Parameters
    ----------
    textgrid
        None takes the file of the recording's stem that ends in ``.TextGrid``, if there is one.

    Raises
    ------
    AudioError, TextGridError
        One of the two cannot be read.
    """
    recording = Recording(audio)
    try:
        path = textgrid if textgrid is not None else find_textgrid(recording.path)
        document = None if path is None else read_textgrid(path)
    except TextGridError:
        recording.close()
        raise
    notice = ""
    if document is not None:
        length_s = document.textgrid.tmax_s
        if abs(length_s - recording.duration_s) > _SAME_DURATION_S:
            notice = (
                f"{document.path.name} ends at {length_s:.3f} s but {recording.path.name} "
                f"lasts {recording.duration_s:.3f} s; both are shown from 0 s."
            )
    return Opened(recording, document, notice)


def find_textgrid(audio: Path) -> Path | None:
    """The TextGrid beside a recording that has its stem, or None."""
    for suffix in (".TextGrid", ".textgrid", ".textGrid"):
        path = audio.with_suffix(suffix)
        if path.is_file():
            return path
    return None


def find_audio(textgrid: Path) -> Path | None:
    """The recording beside a TextGrid that has its stem, or None."""
    for suffix in ("wav", "flac", "WAV", "aiff", "aif", "ogg", "mp3"):
        path = textgrid.with_suffix(f".{suffix}")
        if path.is_file():
            return path
    return None


class Session(QObject):
    """Recording, TextGrid, what is in view, what is selected, what is explained."""

    recording_changed = Signal()
    textgrid_changed = Signal()
    modified_changed = Signal(bool)
    view_changed = Signal()
    cursor_changed = Signal()
    selection_changed = Signal()
    interval_changed = Signal()
    """The selected tier, interval or point, or what is in it, changed."""
    channel_changed = Signal()
    explanation_changed = Signal()
    map_changed = Signal()
    overlays_changed = Signal()
    opacity_changed = Signal(float)
    playing_changed = Signal()
    frequency_changed = Signal(float)
    """The top of the frequency axis, in Hz."""
    message = Signal(str)
    """One sentence that the user should not miss."""
    note = Signal(str)
    """One sentence that was asked for: a number, or that something is done."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self._on_clean_changed)
        self.recording: Recording | None = None
        self.document: Document | None = None
        self.textgrid: TextGrid | None = None
        self.view: tuple[float, float] = (0.0, 1.0)
        self.previous_view: tuple[float, float] | None = None
        self.cursor_s = 0.0
        self.selection: tuple[float, float] | None = None
        self.tier_index: int | None = None
        self.item_index: int | None = None
        self.channel: int | None = None
        self.explanation: Explanation | None = None
        self.explained_label_class: str | None = None
        self.map_choice = MapChoice()
        self.overlays: frozenset[str] = frozenset(OVERLAYS) - {"pitch", "intensity"}
        self.opacity = 0.6
        self.playing_s: float | None = None
        self.f_max_hz = 5000.0

    # What is open

    @property
    def is_open(self) -> bool:
        """True once a recording is shown."""
        return self.recording is not None

    @property
    def is_modified(self) -> bool:
        """True where the TextGrid differs from its file."""
        return self.textgrid is not None and not self.undo_stack.isClean()

    @property
    def domain(self) -> tuple[float, float]:
        """Start and end in seconds of all that can be scrolled to."""
        stop_s = 1.0 if self.recording is None else self.recording.duration_s
        if self.textgrid is None:
            return 0.0, stop_s
        return min(0.0, self.textgrid.tmin_s), max(stop_s, self.textgrid.tmax_s)

    def open(self, audio: str | Path, textgrid: str | Path | None = None) -> None:
        """Read and show a recording and its TextGrid (that of the same stem where none is given).

        Raises
        ------
        AudioError, TextGridError
            Something cannot be read; the session stays as it was.
        """
        self.adopt(read_files(Path(audio), None if textgrid is None else Path(textgrid)))

    def adopt(self, opened: Opened) -> None:
        """Show what `read_files` read, in the place of what is shown now."""
        old = self.recording
        self.recording = opened.recording
        self.document = opened.document
        self.textgrid = None if opened.document is None else opened.document.textgrid
        self.undo_stack.clear()
        self.channel = None
        self.previous_view = None
        self.selection = None
        self.cursor_s = 0.0
        self.playing_s = None
        self.tier_index = self._first_tier()
        self.item_index = None
        self.explanation = None
        start_s, stop_s = self.domain
        self.view = (start_s, min(stop_s, start_s + 10.0))
        for signal in (
            self.recording_changed,
            self.textgrid_changed,
            self.channel_changed,
            self.view_changed,
            self.cursor_changed,
            self.selection_changed,
            self.interval_changed,
            self.explanation_changed,
            self.playing_changed,
        ):
            signal.emit()
        if old is not None:
            old.close()
        if opened.notice:
            self.message.emit(opened.notice)

    def open_textgrid(self, path: str | Path) -> None:
        """Show another TextGrid over the recording that is open.

        Raises
        ------
        TextGridError
            It cannot be read, or no recording is open.
        """
        if self.recording is None:
            raise TextGridError(f"{path}: open a recording first, then its TextGrid.")
        opened = read_files(self.recording.path, Path(path))
        view = self.view
        self.adopt(opened)
        self.set_view(*view)

    def save(self) -> None:
        """Write the TextGrid to the file that it came from, in that file's style.

        Raises
        ------
        TextGridError
            There is no file yet, or it cannot be written.
        """
        if self.document is None:
            raise TextGridError("There is no TextGrid to save.")
        self.save_as(self.document.path)

    def save_as(self, path: str | Path) -> None:
        """Write the TextGrid to `path` and go on with that file.

        Raises
        ------
        TextGridError
            There is no TextGrid, or the file cannot be written.
        """
        if self.textgrid is None:
            raise TextGridError("There is no TextGrid to save.")
        style = FileStyle() if self.document is None else self.document.style
        path = Path(path)
        write_textgrid(path, self.textgrid, style)
        self.document = Document(path, self.textgrid, style)
        self.undo_stack.setClean()
        self.note.emit(f"Saved {path.name}.")

    # Editing

    def replace_textgrid(self, after: TextGrid, text: str) -> None:
        """Do an edit that can be undone; `text` names it in the menu."""
        if self.textgrid is None or after == self.textgrid:
            return
        self.undo_stack.push(ReplaceTextGrid(self._put_textgrid, self.textgrid, after, text))

    def _put_textgrid(self, textgrid: TextGrid) -> None:
        before = self.selected_interval
        self.textgrid = textgrid
        self._keep_item(before)
        self.textgrid_changed.emit()
        self.interval_changed.emit()

    def _keep_item(self, before: Interval | None) -> None:
        """After an edit, stay on the same interval, or go to the one that the cursor is in."""
        tier = self.selected_tier
        if tier is None:
            self.tier_index = self._first_tier()
            self.item_index = None
            return
        if not isinstance(tier, IntervalTier):
            if self.selected_point is None:
                self.item_index = None
            return
        if before is None:
            return
        now = self.selected_interval
        if now is None or (now.tmin_s, now.tmax_s) != (before.tmin_s, before.tmax_s):
            inside = before.tmin_s <= self.cursor_s <= before.tmax_s
            self.item_index = tier.index_at(self.cursor_s if inside else before.midpoint_s)
            now = self.selected_interval
        if now is not None and self.selection == (before.tmin_s, before.tmax_s):
            self.select_times(now.tmin_s, now.tmax_s)

    def _on_clean_changed(self, clean: bool) -> None:
        self.modified_changed.emit(self.textgrid is not None and not clean)

    # What is in view

    def set_view(self, start_s: float, stop_s: float) -> None:
        """Show `start_s`-`stop_s`, moved and cut to what there is."""
        low_s, high_s = self.domain
        width_s = min(max(stop_s - start_s, SHORTEST_VIEW_S), high_s - low_s)
        start_s = min(max(start_s, low_s), high_s - width_s)
        view = (start_s, start_s + width_s)
        if view == self.view:
            return
        self.previous_view, self.view = self.view, view
        self.view_changed.emit()

    def zoom(self, factor: float, centre_s: float | None = None) -> None:
        """Make the view `factor` times as long, keeping `centre_s` where it stands."""
        start_s, stop_s = self.view
        if centre_s is None:
            centre_s = 0.5 * (start_s + stop_s)
        self.set_view(
            centre_s - (centre_s - start_s) * factor, centre_s + (stop_s - centre_s) * factor
        )

    def zoom_back(self) -> None:
        """Return to the view before this one."""
        if self.previous_view is not None:
            self.set_view(*self.previous_view)

    def scroll(self, views: float) -> None:
        """Move on by a share of what is in view."""
        start_s, stop_s = self.view
        step_s = views * (stop_s - start_s)
        self.set_view(start_s + step_s, stop_s + step_s)

    def reveal(self, start_s: float, stop_s: float) -> None:
        """Scroll only if `start_s`-`stop_s` is not wholly in view; widen only if it must."""
        first_s, last_s = self.view
        if first_s <= start_s and stop_s <= last_s:
            return
        width_s = max(last_s - first_s, 1.2 * (stop_s - start_s))
        middle_s = 0.5 * (start_s + stop_s)
        self.set_view(middle_s - width_s / 2, middle_s + width_s / 2)

    # What is selected

    def set_cursor(self, time_s: float) -> None:
        """Put the cursor at `time_s`."""
        low_s, high_s = self.domain
        time_s = min(max(time_s, low_s), high_s)
        if time_s != self.cursor_s:
            self.cursor_s = time_s
            self.cursor_changed.emit()

    def select_times(self, start_s: float, stop_s: float) -> None:
        """Select a stretch of time; one of no length takes the selection away."""
        low_s, high_s = self.domain
        start_s, stop_s = sorted((start_s, stop_s))
        start_s, stop_s = max(start_s, low_s), min(stop_s, high_s)
        selection = (start_s, stop_s) if stop_s > start_s else None
        if selection != self.selection:
            self.selection = selection
            self.selection_changed.emit()

    def clear_selection(self) -> None:
        """Select no time."""
        if self.selection is not None:
            self.selection = None
            self.selection_changed.emit()

    @property
    def selected_tier(self) -> Tier | None:
        """The selected tier."""
        if self.textgrid is None or self.tier_index is None:
            return None
        if self.tier_index >= len(self.textgrid.tiers):
            return None
        return self.textgrid.tiers[self.tier_index]

    @property
    def selected_interval(self) -> Interval | None:
        """The selected interval of the selected tier."""
        tier = self.selected_tier
        if not isinstance(tier, IntervalTier) or self.item_index is None:
            return None
        return tier.intervals[self.item_index] if self.item_index < len(tier.intervals) else None

    @property
    def selected_point(self) -> Point | None:
        """The selected point of the selected tier."""
        tier = self.selected_tier
        if tier is None or isinstance(tier, IntervalTier) or self.item_index is None:
            return None
        return tier.points[self.item_index] if self.item_index < len(tier.points) else None

    @property
    def selected_label(self) -> str | None:
        """Label of the selected interval or point, or None where nothing is selected."""
        item = self.selected_interval or self.selected_point
        return None if item is None else item.text

    def select_item(self, tier_index: int, item_index: int | None) -> None:
        """Select a tier and an interval or point of it, with its time and the cursor."""
        if self.textgrid is None or not 0 <= tier_index < len(self.textgrid.tiers):
            return
        changed = (tier_index, item_index) != (self.tier_index, self.item_index)
        self.tier_index, self.item_index = tier_index, item_index
        interval, point = self.selected_interval, self.selected_point
        if interval is not None:
            self.set_cursor(interval.tmin_s)
            self.select_times(interval.tmin_s, interval.tmax_s)
        elif point is not None:
            self.set_cursor(point.time_s)
            self.clear_selection()
        if changed:
            self.interval_changed.emit()

    def select_at(self, tier_index: int, time_s: float) -> None:
        """Select the interval of a tier that holds `time_s`, or the nearest point of it."""
        if self.textgrid is None or not 0 <= tier_index < len(self.textgrid.tiers):
            return
        tier = self.textgrid.tiers[tier_index]
        if isinstance(tier, IntervalTier):
            self.select_item(tier_index, tier.index_at(time_s))
        elif tier.points:
            nearest = min(
                range(len(tier.points)), key=lambda i: abs(tier.points[i].time_s - time_s)
            )
            self.select_item(tier_index, nearest)
        else:
            self.select_item(tier_index, None)

    def _first_tier(self) -> int | None:
        return 0 if self.textgrid is not None and self.textgrid.tiers else None

    # What is shown

    def set_channel(self, channel: int | None) -> None:
        """Choose the channel that is analysed, explained and played; None is the mean of all."""
        if channel != self.channel:
            self.channel = channel
            self.channel_changed.emit()

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

    def shown_map(self) -> tuple[str, npt.NDArray[np.float32]] | None:
        """The chosen map in logits, (rows, columns) with row 0 lowest, and its title.

        None where there is nothing to show: no explanation, or no class for the label.
        """
        explanation, choice = self.explanation, self.map_choice
        if explanation is None:
            return None
        if choice.kind == "contrast":
            if choice.first not in explanation.classes or choice.second not in explanation.classes:
                return None
            title = f"/{choice.first}/ − /{choice.second}/"
            return title, explanation.contrast_map(choice.first, choice.second)
        named = {
            "predicted": explanation.predicted,
            "labelled": self.explained_label_class,
            "class": choice.first,
        }[choice.kind]
        if named is None or named not in explanation.classes:
            return None
        return f"/{named}/", explanation.map_of(named)

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

    def set_f_max(self, f_max_hz: float) -> None:
        """Let the frequency axis reach from 0 to `f_max_hz`."""
        if f_max_hz > 0 and f_max_hz != self.f_max_hz:
            self.f_max_hz = f_max_hz
            self.frequency_changed.emit(f_max_hz)
