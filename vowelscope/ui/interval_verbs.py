"""What the menu Interval does."""

from __future__ import annotations

from collections.abc import Callable

from vowelscope.core import edit_intervals, edit_tiers, edits
from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import IntervalTier, TextGrid
from vowelscope.core.translation import tr
from vowelscope.ui.editing_base import EditingVerbs


class IntervalVerbs(EditingVerbs):
    """Making, splitting and merging intervals, and taking labels and boundaries away."""

    def on_tier(self, number: int) -> None:
        """Make the selected time an interval of tier `number`, counted from 1."""
        session = self._session
        if self._tier_index() is None:
            return
        if session.selection is None:
            session.message.emit(tr("Select a stretch of time first: it becomes the interval."))
            return
        start_s, stop_s = session.selection
        tier_index = number - 1
        if self._apply(
            tr("Add interval"), edit_intervals.insert_interval, tier_index, start_s, stop_s
        ):
            session.select_at(tier_index, 0.5 * (start_s + stop_s))

    def split(self) -> None:
        """Split at the cursor; the label at the caret, while it is in the text field."""
        session, field = self._session, self._label_bar.field
        caret = field.cursorPosition() if field.hasFocus() else None
        tier_index = self._tier_index()
        if tier_index is None or session.textgrid is None:
            return
        at_s, tier = session.cursor_s, session.selected_tier
        elsewhere = isinstance(tier, IntervalTier) and tier.index_at(at_s) != session.item_index
        if caret is not None and elsewhere:
            session.message.emit(tr("Put the cursor into the interval that is to be split."))
            return
        if self._apply(
            tr("Split interval"), edit_intervals.split_interval, tier_index, at_s, caret
        ):
            session.select_at(tier_index, at_s)

    def merge_next(self) -> None:
        """Join the selected interval with the next one; their labels are joined, as in Praat."""
        self._do(tr("Merge intervals"), edit_intervals.merge_with_next)

    def merge_selected(self) -> None:
        """Join the intervals of the selected tier in the selection; a space between labels."""
        session, tier_index = self._session, self._tier_index()
        if tier_index is None:
            return
        if session.selection is None:
            session.message.emit(tr("Select a stretch of time first: what lies in it is merged."))
            return
        start_s, stop_s = session.selection
        if self._apply(
            tr("Merge intervals"), edit_intervals.merge_span, tier_index, start_s, stop_s
        ):
            session.select_at(tier_index, 0.5 * (start_s + stop_s))

    def clear_label(self) -> None:
        """Empty the label of the selected interval or point."""
        self._do(tr("Remove label"), _clear)

    def remove_left(self) -> None:
        """Remove the boundary at the start of the selected interval."""
        self._do(tr("Remove left boundary"), edits.remove_boundary)

    def remove_right(self) -> None:
        """Remove the boundary at the end of the selected interval."""
        self._do(tr("Remove right boundary"), _remove_right)

    def remove_both(self) -> None:
        """Remove both boundaries of the selected interval; three labels become one."""
        self._do(tr("Remove both boundaries"), _remove_both)

    def remove_all(self) -> None:
        """Remove the selected interval's label and both its boundaries."""
        self._do(tr("Remove label and boundaries"), _remove_all)

    def _do(self, text: str, edit: Callable[[TextGrid, int, int], TextGrid]) -> None:
        item = self._item()
        if item is not None:
            tier_index, index = item
            self._apply(text, edit, tier_index, index)


def _clear(textgrid: TextGrid, tier_index: int, index: int) -> TextGrid:
    return edit_tiers.set_labels(textgrid, tier_index, {index: ""})


def _remove_right(textgrid: TextGrid, tier_index: int, index: int) -> TextGrid:
    return edits.remove_boundary(textgrid, tier_index, index + 1)


def _remove_both(textgrid: TextGrid, tier_index: int, index: int) -> TextGrid:
    """Both inner boundaries; at an end of the tier, the only one."""
    after, refused = textgrid, None
    for at in (index + 1, index):
        try:
            after = edits.remove_boundary(after, tier_index, at)
        except UserError as error:
            refused = error
    if after is textgrid and refused is not None:
        raise refused
    return after


def _remove_all(textgrid: TextGrid, tier_index: int, index: int) -> TextGrid:
    return _remove_both(_clear(textgrid, tier_index, index), tier_index, index)
