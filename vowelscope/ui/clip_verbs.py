"""Cutting, copying and pasting a stretch of a tier, boundaries and labels together."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vowelscope.app.session import Session
from vowelscope.core import edit_tiers
from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.translation import tr
from vowelscope.ui.editing_base import EditingVerbs
from vowelscope.ui.label_bar import LabelBar


class ClipVerbs(EditingVerbs):
    """Keeps one stretch, which can be pasted at any time of any tier of its kind."""

    def __init__(
        self, session: Session, label_bar: LabelBar, parent: QObject | None = None
    ) -> None:
        super().__init__(session, label_bar, parent)
        self._held: TextGrid | None = None

    def copy(self) -> None:
        """Copy what the selected tier has in the selection."""
        self._take()

    def cut(self) -> None:
        """Copy it, and leave one empty interval, or no points, in its place."""
        place = self._take()
        if place is not None:
            self._apply(tr("Cut stretch"), _without, *place)

    def paste(self) -> None:
        """Put the stretch into the selected tier from the cursor on, over what is there."""
        session, tier_index = self._session, self._tier_index()
        if tier_index is None:
            return
        if self._held is None:
            session.message.emit(tr("No stretch of a tier was copied yet."))
            return
        start_s = session.cursor_s
        if self._apply(tr("Paste stretch"), edit_tiers.paste_span, self._held, start_s, tier_index):
            session.select_times(start_s, start_s + self._held.duration_s)

    def _take(self) -> tuple[int, float, float] | None:
        session, tier_index = self._session, self._tier_index()
        if tier_index is None or session.textgrid is None:
            return None
        if session.selection is None:
            session.message.emit(tr("Select a stretch of time first."))
            return None
        start_s, stop_s = session.selection
        try:
            self._held = edit_tiers.copy_span(session.textgrid, start_s, stop_s, (tier_index,))
        except UserError as error:
            session.message.emit(str(error))
            return None
        name = self._held.tiers[0].name
        session.note.emit(
            tr("Copied {value:.3f} s of tier “{name}”.").format(value=stop_s - start_s, name=name)
        )
        return tier_index, start_s, stop_s


def _without(textgrid: TextGrid, tier_index: int, start_s: float, stop_s: float) -> TextGrid:
    return edit_tiers.cut_span(textgrid, start_s, stop_s, (tier_index,))[0]
