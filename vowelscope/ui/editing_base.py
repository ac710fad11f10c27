"""What every group of editing verbs shares: the session, and one way to do an edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from PySide6.QtCore import QObject

from vowelscope.app.session import Session
from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.translation import tr
from vowelscope.ui.label_bar import LabelBar

_P = ParamSpec("_P")


class EditingVerbs(QObject):
    """Base of the objects behind the menus Interval, Boundary and Tier."""

    def __init__(
        self, session: Session, label_bar: LabelBar, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._label_bar = label_bar

    def _tier_index(self) -> int | None:
        """The selected tier, with what was typed put into it; None, with a sentence, without."""
        self._label_bar.commit()
        session = self._session
        if session.textgrid is None:
            session.message.emit(tr("There is no TextGrid; Tier → Add interval tier… makes one."))
            return None
        if session.selected_tier is None:
            session.message.emit(tr("Select a tier first."))
            return None
        return session.tier_index

    def _item(self) -> tuple[int, int] | None:
        """Tier and index of the selected interval or point; None, with a sentence, without."""
        tier_index = self._tier_index()
        if tier_index is None:
            return None
        if self._session.selected_label is None or self._session.item_index is None:
            self._session.message.emit(tr("Select an interval or a point first."))
            return None
        return tier_index, self._session.item_index

    def _apply(
        self,
        text: str,
        edit: Callable[Concatenate[TextGrid, _P], TextGrid],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> bool:
        """Do an edit as one step; True where the TextGrid is another one afterwards."""
        session = self._session
        before = session.textgrid
        if before is None:
            return False
        try:
            after = edit(before, *args, **kwargs)
        except UserError as error:
            session.message.emit(str(error))
            return False
        session.replace_textgrid(after, text)
        return session.textgrid is not before
