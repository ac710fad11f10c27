"""Going to the next interval of some kind: an empty one, or one of the model's classes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from PySide6.QtCore import QObject

from vowelscope.app.workbench import Workbench
from vowelscope.core.edit_search import next_empty, next_where
from vowelscope.core.phones import ClassMap
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.translation import tr


class GoVerbs(QObject):
    """Each goes on from the selected interval, in its tier; at the end it says so and stays."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self._known: tuple[ClassMap | None, dict[str, str | None]] = (None, {})

    def next_empty(self) -> None:
        """Select the next interval without a label."""
        self._empty(backwards=False)

    def previous_empty(self) -> None:
        """Select the interval without a label before this one."""
        self._empty(backwards=True)

    def next_token(self) -> None:
        """Select the next interval whose label is one of the model's classes."""
        self._token(backwards=False)

    def previous_token(self) -> None:
        """Select the interval before whose label is one of the model's classes."""
        self._token(backwards=True)

    def next_same(self) -> None:
        """Select the next interval of the class of this one."""
        self._same(backwards=False)

    def previous_same(self) -> None:
        """Select the interval before of the class of this one."""
        self._same(backwards=True)

    def _empty(self, backwards: bool) -> None:
        session = self._session
        if session.textgrid is None or session.tier_index is None:
            session.note.emit(tr("There is no TextGrid."))
            return
        place = session.textgrid, session.tier_index, self._from(backwards)
        self._select(next_empty(*place, backwards), tr("empty interval"), backwards)

    def _token(self, backwards: bool) -> None:
        if self._is_ready():
            self._where(self._class_of, tr("interval of the model's classes"), backwards)

    def _same(self, backwards: bool) -> None:
        label = self._session.selected_label
        if not self._is_ready():
            return
        name = None if label is None else self._class_of(label)
        if name is None:
            self._session.note.emit(tr("Select an interval of one of the model's classes first."))
            return

        def wanted(other: str) -> bool:
            return self._class_of(other) == name

        self._where(wanted, f"/{name}/", backwards)

    def _where(self, wanted: Callable[[str], object], what: str, backwards: bool) -> None:
        session = self._session
        if session.textgrid is None or session.tier_index is None:
            return

        def is_wanted(label: str) -> bool:
            return bool(wanted(label))

        place = session.textgrid, session.tier_index, self._from(backwards)
        self._select(next_where(*place, is_wanted, backwards), what, backwards)

    def _is_ready(self) -> bool:
        session, class_map = self._session, self._bench.class_map
        if session.textgrid is None or session.tier_index is None:
            session.note.emit(tr("There is no TextGrid."))
            return False
        if class_map is None:
            self._bench.explaining.load()
            session.note.emit(tr("The model is still loading: its classes are not known yet."))
            return False
        if class_map is not self._known[0]:
            self._known = class_map, {}
        return True

    def _class_of(self, label: str) -> str | None:
        class_map, known = self._known
        if class_map is not None and label not in known:  # a label occurs a thousand times
            known[label] = class_map.class_of(label)
        return known.get(label)

    def _from(self, backwards: bool) -> int | None:
        """The selected interval; without one, the place of the cursor."""
        session, tier = self._session, self._session.selected_tier
        if session.item_index is not None or tier is None:
            return session.item_index
        if isinstance(tier, IntervalTier):
            before = bisect_left(tier.intervals, session.cursor_s, key=lambda item: item.tmin_s)
        else:
            before = bisect_left(tier.points, session.cursor_s, key=lambda item: item.time_s)
        return before if backwards else before - 1

    def _select(self, index: int | None, what: str, backwards: bool) -> None:
        session, tier = self._session, self._session.selected_tier
        if tier is None or session.tier_index is None:
            return
        if index is None:
            where = tr("before") if backwards else tr("after")
            session.note.emit(
                tr("There is no {what} {where} this place in “{name}”.").format(
                    what=what, where=where, name=tier.name
                )
            )
            return
        session.select_item(session.tier_index, index)
        session.reveal(*(session.selection or (session.cursor_s, session.cursor_s)))
