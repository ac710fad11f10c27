"""Where the cursor goes, the selected interval goes with it."""

from __future__ import annotations

from vowelscope.app.session import Session
from vowelscope.core.textgrid import IntervalTier

__all__ = ["put_cursor"]


def put_cursor(session: Session, time_s: float) -> None:
    """Put the cursor at a time and select no stretch of time.

    The selected interval becomes the one of the selected tier that holds `time_s` (Praat manual:
    "TextGridEditor"), so that a label that is typed next lands where the cursor is and not in an
    interval that was selected before, perhaps out of sight. A point is selected only by a cursor
    that stands on it.

    Parameters
    ----------
    time_s
        Time in seconds; one outside the recording counts as its nearest end.
    """
    low_s, high_s = session.domain
    time_s = min(max(time_s, low_s), high_s)
    tier, tier_index = session.selected_tier, session.tier_index
    if tier is not None and tier_index is not None:
        index: int | None
        if isinstance(tier, IntervalTier):
            index = tier.index_at(time_s)
        else:
            times_s = [point.time_s for point in tier.points]
            index = times_s.index(time_s) if time_s in times_s else None
        if index != session.item_index:
            session.select_item(tier_index, index)
    session.clear_selection()
    session.set_cursor(time_s)
