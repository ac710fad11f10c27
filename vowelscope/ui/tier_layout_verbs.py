"""What Tier → Show does: tiers collapsed, hidden, alone, higher and lower."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from vowelscope.app.session import Session
from vowelscope.app.tier_layout import Key, TierLayout, tier_keys
from vowelscope.core.translation import tr

_STEP = 1.25


class TierLayoutVerbs(QObject):
    """Changes the layout of the selected tier; it lasts as long as the window."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._keys: tuple[Key, ...] = ()
        self._actions: Mapping[str, QAction] = {}
        session.textgrid_changed.connect(self._on_textgrid)
        session.tier_layout_changed.connect(self._keep_selected_shown)
        for signal in (session.interval_changed, session.tier_layout_changed):
            signal.connect(self._check)

    def bind(self, actions: Mapping[str, QAction]) -> None:
        """Take the window's actions, once they are made."""
        self._actions = actions
        self._check()

    def collapse(self, collapsed: bool) -> None:
        """Draw the selected tier as a thin line, or with its labels again."""
        key = self._selected()
        if key is not None:
            self._set(self._layout.with_collapsed(key, collapsed))
        self._check()

    def only(self, only: bool) -> None:
        """Show the selected tier alone, or again those that were shown before."""
        key = self._selected()
        if key is not None:
            self._set(self._layout.with_only(key if only else None))
        self._check()

    def hide(self) -> None:
        """Do not show the selected tier."""
        key = self._selected()
        if key is None:
            return
        shown = [
            x for index, x in enumerate(self._keys) if self._layout.is_shown(self._keys, index)
        ]
        if shown == [key] and self._layout.only != key:
            self._session.note.emit(tr("The last tier that is shown stays."))
            return
        self._set(self._layout.with_hidden(key))
        self._session.note.emit(
            tr("Tier “{value}” is hidden; Tier → Show → All tiers shows it.").format(value=key[0])
        )

    def all(self) -> None:
        """Show all tiers with their labels."""
        self._set(TierLayout(weights=self._layout.weights))

    def taller(self) -> None:
        """Make the selected tier higher."""
        self._scale(_STEP)

    def lower(self) -> None:
        """Make the selected tier lower."""
        self._scale(1.0 / _STEP)

    def even(self) -> None:
        """Give all tiers their usual height."""
        self._set(replace(self._layout, weights={}))

    @property
    def _layout(self) -> TierLayout:
        return self._session.tier_layout

    def _selected(self) -> Key | None:
        session = self._session
        if session.textgrid is None or session.selected_tier is None:
            session.message.emit(tr("Select a tier first."))
            return None
        assert session.tier_index is not None
        return tier_keys(session.textgrid.tiers)[session.tier_index]

    def _set(self, layout: TierLayout) -> None:
        self._session.set_tier_layout(layout)

    def _scale(self, factor: float) -> None:
        key = self._selected()
        if key is not None:
            self._set(self._layout.with_weight(key, factor * self._layout.weights.get(key, 1.0)))

    def _on_textgrid(self) -> None:
        textgrid = self._session.textgrid
        keys = () if textgrid is None else tier_keys(textgrid.tiers)
        self._set(self._layout.renamed(self._keys, keys))
        self._keys = keys

    def _keep_selected_shown(self) -> None:
        """Keys and text go to the selected tier: it must be one that is seen."""
        session, keys = self._session, self._keys
        at = session.tier_index
        if at is None or at >= len(keys) or self._layout.is_shown(keys, at):
            return
        shown = [index for index in range(len(keys)) if self._layout.is_shown(keys, index)]
        if shown:
            session.select_at(min(shown, key=lambda index: abs(index - at)), session.cursor_s)

    def _check(self) -> None:
        if not self._actions:
            return
        at, keys = self._session.tier_index, self._keys
        there = at is not None and at < len(keys)
        collapsed = there and at is not None and keys[at] in self._layout.collapsed
        only = there and at is not None and keys[at] == self._layout.only
        self._actions["layout.collapse"].setChecked(collapsed)
        self._actions["layout.only"].setChecked(only)
