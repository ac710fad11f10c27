"""The one state object of a window. Its signals tell of changes only.

Views read it and ask it to change; they know no other view. Nothing here draws or computes.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from vowelscope.app.commands import Replace
from vowelscope.app.files import Opened, Stamp, read_files, stamp_of
from vowelscope.app.shown import MapChoice, Shown
from vowelscope.core.audio import Recording
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, TextGrid, Tier
from vowelscope.core.textgrid_io import Document, FileStyle, write_textgrid
from vowelscope.core.translation import tr

__all__ = ["MapChoice", "Session"]

SHORTEST_VIEW_S = 0.002


class Session(Shown):
    """Recording, TextGrid, what is in view, what is selected, what is explained."""

    recording_changed = Signal()
    textgrid_changed = Signal()
    modified_changed = Signal(bool)
    file_changed = Signal()
    """The TextGrid was saved, perhaps under another name."""
    view_changed = Signal()
    cursor_changed = Signal()
    selection_changed = Signal()
    interval_changed = Signal()
    """The selected tier, interval or point, or what is in it, changed."""
    message = Signal(str)
    """One sentence that the user should not miss."""
    note = Signal(str)
    """One sentence that was asked for: a number, or that something is done."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self._on_clean_changed)
        self.undo_stack.indexChanged.connect(self._on_clean_changed)
        self.recording: Recording | None = None
        self.document: Document | None = None
        self.textgrid: TextGrid | None = None
        self.is_read_only = False
        """Another window has the file: nothing is edited here."""
        self._stamp: Stamp | None = None
        self._was_modified = False
        self.view: tuple[float, float] = (0.0, 1.0)
        self.previous_view: tuple[float, float] | None = None
        self.cursor_s = 0.0
        self.selection: tuple[float, float] | None = None
        self.tier_index: int | None = None
        self.item_index: int | None = None

    # What is open

    @property
    def is_open(self) -> bool:
        """True once a recording is shown."""
        return self.recording is not None

    @property
    def is_modified(self) -> bool:
        """True where the TextGrid differs from its file."""
        # Steps that are no edits of the TextGrid are on the stack too.
        saved = None if self.document is None else self.document.textgrid
        changed = self.textgrid is not None and self.textgrid is not saved
        return changed and not self.undo_stack.isClean()

    @property
    def is_changed_outside(self) -> bool:
        """True where another program wrote the TextGrid's file since it was read or saved."""
        if self.document is None or self._stamp is None:
            return False
        now = stamp_of(self.document.path)
        return now is not None and now != self._stamp

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

    def adopt(self, opened: Opened, read_only: bool = False) -> None:
        """Show what `read_files` read, in the place of what is shown now."""
        old = self.recording
        self.recording = opened.recording
        self.document = opened.document
        self.textgrid = None if opened.document is None else opened.document.textgrid
        self._stamp = opened.stamp
        self.is_read_only = read_only
        self.undo_stack.clear()
        self.channel = None
        self.previous_view = None
        self.selection = None
        self.cursor_s = 0.0
        self.playing_s = None
        self.set_held(None)
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

    def begin_textgrid(self, document: Document, read_only: bool = False) -> None:
        """Show a TextGrid that is in no file yet over the recording that is open."""
        self.document, self.textgrid, self._stamp = document, document.textgrid, None
        self.is_read_only = read_only
        self.undo_stack.clear()
        self.tier_index, self.item_index = self._first_tier(), None
        for signal in (self.file_changed, self.textgrid_changed, self.interval_changed):
            signal.emit()

    def save(self) -> None:
        """As `save_as`, to the file that the TextGrid came from."""
        if self.document is None:
            raise TextGridError(tr("There is no TextGrid to save."))
        self.save_as(self.document.path)

    def save_as(self, path: str | Path) -> None:
        """Write the TextGrid to `path` and go on with that file.

        Raises
        ------
        TextGridError
            There is no TextGrid, or the file cannot be written.
        """
        if self.textgrid is None:
            raise TextGridError(tr("There is no TextGrid to save."))
        style = FileStyle() if self.document is None else self.document.style
        document = Document(Path(path), self.textgrid, style)
        write_textgrid(document.path, document.textgrid, style)
        self.saved(document, stamp_of(document.path))

    def saved(self, document: Document, stamp: Stamp | None) -> None:
        """Go on with a file that has been written; it may hold what the TextGrid was before."""
        self.document, self._stamp = document, stamp
        self.is_read_only = False
        if self.textgrid is document.textgrid:
            self.undo_stack.setClean()
        else:
            # Whoever goes back to what is in the file will have nothing to save; see is_modified.
            self.undo_stack.resetClean()
        self._on_clean_changed()
        self.file_changed.emit()
        self.interval_changed.emit()
        self.note.emit(tr("Saved {name}.").format(name=document.path.name))

    # Editing

    def replace_textgrid(self, after: TextGrid, text: str) -> None:
        """Do an edit that can be undone; `text` names it in the menu."""
        if self.textgrid is None or after == self.textgrid:
            return
        if self.is_read_only:
            self.message.emit(
                tr(
                    "Nothing was changed: another window has this TextGrid. File → "
                    "Save TextGrid as… makes a copy to edit."
                )
            )
            self.interval_changed.emit()
            return
        self.undo_stack.push(Replace(self._put_textgrid, self.textgrid, after, text))

    def _put_textgrid(self, textgrid: TextGrid) -> None:
        tier, interval, point = self.selected_tier, self.selected_interval, self.selected_point
        self.textgrid = textgrid
        self._keep_tier(tier)
        self._keep_item(tier, interval)
        moved = self.selected_point
        if point is not None and moved is not None and self.cursor_s == point.time_s:
            self.set_cursor(moved.time_s)
        self._keep_within()
        self.textgrid_changed.emit()
        self.interval_changed.emit()
        self._on_clean_changed()

    def _keep_within(self) -> None:
        """After an edit of the domain, show and select only what there is."""
        if not self.domain[0] <= self.view[0] < self.view[1] <= self.domain[1]:
            self.set_view(*self.view)
        self.set_cursor(self.cursor_s)
        if self.selection is not None:
            self.select_times(*self.selection)

    def _keep_tier(self, before: Tier | None) -> None:
        """After an edit, stay on the same tier, wherever it stands now."""
        if self.textgrid is None or before is None or self.selected_tier is before:
            return
        for index, tier in enumerate(self.textgrid.tiers):
            if tier is before:
                self.tier_index = index

    def _keep_item(self, tier_before: Tier | None, before: Interval | None) -> None:
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
        same = isinstance(tier_before, IntervalTier) and len(tier.intervals) == len(
            tier_before.intervals
        )
        if not same and (now is None or (now.tmin_s, now.tmax_s) != (before.tmin_s, before.tmax_s)):
            inside = before.tmin_s <= self.cursor_s <= before.tmax_s
            self.item_index = tier.index_at(self.cursor_s if inside else before.midpoint_s)
            now = self.selected_interval
        if now is None:
            return
        if same and self.cursor_s in (before.tmin_s, before.tmax_s):
            at_start = self.cursor_s == before.tmin_s
            self.set_cursor(now.tmin_s if at_start else now.tmax_s)
        if self.selection == (before.tmin_s, before.tmax_s):
            self.select_times(now.tmin_s, now.tmax_s)

    def _on_clean_changed(self) -> None:
        if self.is_modified != self._was_modified:
            self._was_modified = not self._was_modified
            self.modified_changed.emit(self._was_modified)

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
