"""What the menu Boundary does: adding and moving boundaries and points by key."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QObject

from vowelscope.app.workbench import Workbench
from vowelscope.core import edit_boundaries, edit_intervals, edits
from vowelscope.core.edit_boundaries import Handle
from vowelscope.core.errors import TextGridError, UserError
from vowelscope.core.textgrid import PointTier, TextGrid
from vowelscope.core.translation import tr
from vowelscope.ui.editing_base import EditingVerbs
from vowelscope.ui.label_bar import LabelBar


class BoundaryVerbs(EditingVerbs):
    """Boundaries at the cursor or at both ends of the selection, as Praat adds them."""

    def __init__(
        self, bench: Workbench, label_bar: LabelBar, parent: QObject | None = None
    ) -> None:
        super().__init__(bench.session, label_bar, parent)
        self._bench = bench

    def on_tier(self, number: int) -> None:
        """Add to tier `number`, counted from 1, and select it."""
        if self._tier_index() is not None:
            self._add(number - 1)

    def on_selected(self) -> None:
        """Add to the selected tier."""
        tier_index = self._tier_index()
        if tier_index is not None:
            self._add(tier_index)

    def on_all(self) -> None:
        """Add to every tier."""
        if self._tier_index() is None:
            return
        start_s, stop_s = self._where()
        if self._apply(tr("Add boundary on all tiers"), _add_on_all, start_s, stop_s):
            assert self._session.tier_index is not None
            self._session.select_at(self._session.tier_index, start_s)

    def remove(self) -> None:
        """Remove the boundary or point at the cursor, or else that of what is selected."""
        tier_index = self._tier_index()
        if tier_index is None or self._session.textgrid is None:
            return
        handle = self._at_cursor()
        if handle is None and self._session.item_index is not None:
            handle = Handle(tier_index, self._session.item_index)
        if handle is None:
            self._session.message.emit(
                tr("Put the cursor on a boundary or select an interval first.")
            )
        elif isinstance(self._session.selected_tier, PointTier):
            self._apply(tr("Remove point"), edits.remove_point, tier_index, handle.index)
        else:
            self._apply(tr("Remove boundary"), edits.remove_boundary, tier_index, handle.index)

    def to_cursor(self) -> None:
        """Move the nearest boundary or point of the selected tier to the cursor."""
        self._to_cursor(link=False)

    def linked_to_cursor(self) -> None:
        """Move that boundary and those of other tiers that stand at the same time."""
        self._to_cursor(link=True)

    def earlier(self) -> None:
        """Move the boundary at the cursor earlier by a step."""
        self._nudge(-1, link=False)

    def later(self) -> None:
        """Move the boundary at the cursor later by a step."""
        self._nudge(1, link=False)

    def linked_earlier(self) -> None:
        """Move the boundaries of all tiers at the cursor earlier by a step."""
        self._nudge(-1, link=True)

    def linked_later(self) -> None:
        """Move the boundaries of all tiers at the cursor later by a step."""
        self._nudge(1, link=True)

    def magnet(self, on: bool) -> None:
        """Let boundaries of other tiers draw the one that is dragged."""
        self._session.magnet = on
        self._bench.set_editing(replace(self._bench.settings.editing, magnet=on))

    def _where(self) -> tuple[float, float]:
        """Both ends of the selection; twice the cursor where it was moved into it."""
        session = self._session
        if session.selection is None:
            return session.cursor_s, session.cursor_s
        start_s, stop_s = session.selection
        if start_s < session.cursor_s < stop_s:
            return session.cursor_s, session.cursor_s
        return start_s, stop_s

    def _add(self, tier_index: int) -> None:
        start_s, stop_s = self._where()
        both = tr("boundaries") if stop_s > start_s else tr("boundary")
        if self._apply(tr("Add {both}").format(both=both), _add_on, tier_index, start_s, stop_s):
            self._session.select_at(tier_index, start_s)

    def _at_cursor(self) -> Handle | None:
        session = self._session
        if session.textgrid is None or session.tier_index is None:
            return None
        return edit_boundaries.handle_near(session.textgrid, session.tier_index, session.cursor_s)

    def _to_cursor(self, link: bool) -> None:
        session, tier_index = self._session, self._tier_index()
        if tier_index is None or session.textgrid is None:
            return
        at_s = session.cursor_s
        handle = edit_boundaries.handle_near(session.textgrid, tier_index, at_s, math.inf)
        if handle is None:
            session.message.emit(tr("The selected tier has no boundary that could be moved."))
        elif edit_boundaries.handle_time_s(session.textgrid, handle) == at_s:
            session.message.emit(
                tr("The cursor stands on a boundary; put it where the nearest boundary should go.")
            )
        else:
            self._move(handle, link, at_s, tr("Move boundary to cursor"))

    def _nudge(self, direction: int, link: bool) -> None:
        session = self._session
        if self._tier_index() is None or session.textgrid is None:
            return
        handle = self._at_cursor()
        if handle is None:
            session.message.emit(
                tr(
                    "No boundary or point of the selected tier stands at the cursor; "
                    "click one first."
                )
            )
            return
        handles = _handles(session.textgrid, handle, link)
        by_s = direction * self._bench.settings.editing.nudge_s
        if self._apply(tr("Nudge boundary"), edit_boundaries.nudge, handles, by_s):
            self._go_to(handle)
        else:
            session.note.emit(tr("There is no room to move it further."))

    def _move(self, handle: Handle, link: bool, time_s: float, text: str) -> None:
        textgrid = self._session.textgrid
        assert textgrid is not None
        if self._apply(text, edit_boundaries.move, _handles(textgrid, handle, link), time_s):
            self._go_to(handle)

    def _go_to(self, handle: Handle) -> None:
        session = self._session
        assert session.textgrid is not None
        at_s = edit_boundaries.handle_time_s(session.textgrid, handle)
        session.set_cursor(at_s)
        session.reveal(at_s, at_s)


def _handles(textgrid: TextGrid, handle: Handle, link: bool) -> tuple[Handle, ...]:
    return edit_boundaries.linked(textgrid, handle) if link else (handle,)


def _add_on(textgrid: TextGrid, tier_index: int, start_s: float, stop_s: float) -> TextGrid:
    """A boundary or point at each of two times, where there is none; the two may be one."""
    held = edit_boundaries.handle_near(textgrid, tier_index, start_s)
    if start_s == stop_s:
        at_s = start_s if held is None else edit_boundaries.handle_time_s(textgrid, held)
        return edits.add_boundary(textgrid, tier_index, at_s)
    tier = textgrid.tiers[tier_index]
    if not isinstance(tier, PointTier):
        return edit_intervals.insert_interval(textgrid, tier_index, start_s, stop_s)
    after = textgrid
    for time_s in (start_s, stop_s):
        if edit_boundaries.handle_near(textgrid, tier_index, time_s) is None:
            after = edits.add_boundary(after, tier_index, time_s)
    if after is textgrid:
        raise TextGridError(
            tr("Tier “{name}” already has points at both ends of the selection.").format(
                name=tier.name
            )
        )
    return after


def _add_on_all(textgrid: TextGrid, start_s: float, stop_s: float) -> TextGrid:
    if start_s == stop_s:
        return edit_boundaries.add_boundary_on_all(textgrid, start_s)
    after, refused = textgrid, []
    for time_s in (start_s, stop_s):
        try:
            after = edit_boundaries.add_boundary_on_all(after, time_s)
        except UserError as error:
            refused.append(error)
    if len(refused) == 2:
        raise refused[0]
    return after
