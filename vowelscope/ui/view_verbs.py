"""What the menus View and Select do."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vowelscope.app.session import Session
from vowelscope.app.tier_layout import tier_keys
from vowelscope.core.textgrid import IntervalTier

_NUDGE = 0.005
"""Share of the view that an arrow key moves (Praat's preference "Arrow scroll step" is 0.05 s)."""


class ViewVerbs(QObject):
    """Zooming and scrolling with Praat's steps."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def all(self) -> None:
        """Show the whole recording."""
        self._session.set_view(*self._session.domain)

    def zoom_in(self) -> None:
        """Show half as much."""
        self._session.zoom(0.5)

    def zoom_out(self) -> None:
        """Show twice as much."""
        self._session.zoom(2.0)

    def to_selection(self) -> None:
        """Show what is selected."""
        if self._session.selection is not None:
            self._session.set_view(*self._session.selection)

    def back(self) -> None:
        """Show what was shown before."""
        self._session.zoom_back()

    def page_back(self) -> None:
        """Scroll back by most of what is in view."""
        self._session.scroll(-0.8)

    def page_forward(self) -> None:
        """Scroll on by most of what is in view."""
        self._session.scroll(0.8)


class SelectVerbs(QObject):
    """Moving the cursor, the selection, and from interval to interval."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def earlier(self) -> None:
        """Move cursor and selection earlier."""
        self._shift(-1.0, -1.0)

    def later(self) -> None:
        """Move cursor and selection later."""
        self._shift(1.0, 1.0)

    def start_earlier(self) -> None:
        """Move the start of the selection earlier."""
        self._shift(-1.0, 0.0)

    def start_later(self) -> None:
        """Move the start of the selection later."""
        self._shift(1.0, 0.0)

    def end_earlier(self) -> None:
        """Move the end of the selection earlier."""
        self._shift(0.0, -1.0)

    def end_later(self) -> None:
        """Move the end of the selection later."""
        self._shift(0.0, 1.0)

    def previous_interval(self) -> None:
        """Select the interval or point before this one."""
        self._step(-1)

    def next_interval(self) -> None:
        """Select the interval or point after this one."""
        self._step(1)

    def previous_tier(self) -> None:
        """Select the tier above, at the cursor."""
        self._step_tier(-1)

    def next_tier(self) -> None:
        """Select the tier below, at the cursor."""
        self._step_tier(1)

    def _shift(self, start: float, stop: float) -> None:
        session = self._session
        step_s = _NUDGE * (session.view[1] - session.view[0])
        if session.selection is None:
            if start == stop:
                session.set_cursor(session.cursor_s + start * step_s)
            else:
                first_s = session.cursor_s + min(start * step_s, 0.0)
                session.select_times(first_s, max(session.cursor_s + stop * step_s, first_s))
        else:
            first_s, last_s = session.selection
            first_s, last_s = first_s + start * step_s, last_s + stop * step_s
            session.select_times(first_s, last_s)
            session.set_cursor(first_s)
        session.reveal(session.cursor_s, session.cursor_s)

    def _step(self, by: int) -> None:
        session, tier = self._session, self._session.selected_tier
        if tier is None or session.tier_index is None:
            return
        count = len(tier.intervals) if isinstance(tier, IntervalTier) else len(tier.points)
        if session.item_index is None:
            session.select_at(session.tier_index, session.cursor_s)
        elif 0 <= session.item_index + by < count:
            session.select_item(session.tier_index, session.item_index + by)
        self._reveal()

    def _step_tier(self, by: int) -> None:
        session = self._session
        if session.textgrid is None or session.tier_index is None:
            return
        keys = tier_keys(session.textgrid.tiers)
        there = session.tier_index + by
        while 0 <= there < len(keys) and not session.tier_layout.is_shown(keys, there):
            there += by
        if 0 <= there < len(session.textgrid.tiers):
            session.select_at(there, session.cursor_s)
            self._reveal()

    def _reveal(self) -> None:
        session = self._session
        session.reveal(*(session.selection or (session.cursor_s, session.cursor_s)))
