"""Correction mode: from one interval to the next, each shown, played and decided on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from vowelscope.app.tier_ref import TierRef
from vowelscope.app.workbench import Workbench
from vowelscope.core.corrections import correction_of, correction_tier_name, put_correction
from vowelscope.core.errors import UserError
from vowelscope.core.phones import ClassMap
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.translation import tr


class Correcting(QObject):
    """Goes through the intervals of one tier; what the model says goes to a tier of its own."""

    changed = Signal()
    """It was switched, or its tier, its place or a setting changed."""
    play_wanted = Signal(float, float)
    """An interval was gone to and is to be heard, from the first of these seconds to the second."""
    queue_step = Signal(int)
    """The present interval came from the queue: the queue is to go on by that many rows."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self.is_on = False
        self._tier: TierRef | None = None
        self._from_queue: tuple[int, int] | None = None
        self._take_for: tuple[int, int] | None = None
        self._listed: tuple[object, ...] = ()
        self._wanted: list[int] = []
        self._known: tuple[ClassMap | None, dict[str, bool]] = (None, {})
        session = self._session
        session.recording_changed.connect(self._on_recording)
        session.textgrid_changed.connect(self._on_textgrid)
        session.interval_changed.connect(self._on_interval)
        session.explanation_changed.connect(self._on_explanation)
        bench.model_changed.connect(self._on_model)

    @property
    def tier_index(self) -> int | None:
        """The tier that is gone through."""
        return None if self._tier is None else self._tier.find(self._session.textgrid)

    @property
    def place(self) -> tuple[int | None, int]:
        """0-based number of the selected interval among those gone through, and their count."""
        wanted, session = self._list(), self._session
        if session.item_index is None or session.tier_index != self.tier_index:
            return None, len(wanted)
        at = bisect_left(wanted, session.item_index)
        here = at < len(wanted) and wanted[at] == session.item_index
        return (at if here else None), len(wanted)

    @property
    def correction(self) -> str:
        """What the tier of corrections has for the selected interval."""
        session = self._session
        if session.textgrid is None or session.selected_interval is None:
            return ""
        assert session.tier_index is not None and session.item_index is not None
        return correction_of(session.textgrid, session.tier_index, session.item_index)

    def set_on(self, on: bool) -> None:
        """Switch the mode; it begins with the selected tier, at the cursor."""
        session = self._session
        if on and not isinstance(session.selected_tier, IntervalTier):
            session.message.emit(
                tr("Select an interval of the tier that is to be corrected first.")
            )
            on = False
        self.is_on = on
        if on:
            self.set_tier(session.tier_index or 0)
        else:
            self._take_for = None
            self.changed.emit()

    def set_tier(self, tier_index: int) -> None:
        """Go through another tier."""
        textgrid = self._session.textgrid
        if textgrid is None or not isinstance(textgrid.tiers[tier_index], IntervalTier):
            return
        self._tier = TierRef(tier_index, textgrid.tiers[tier_index].name)
        self._from_queue = None
        wanted, here = self._list(), self._here()
        at = bisect_left(wanted, here)
        if at < len(wanted):
            self.visit(tier_index, wanted[at])
        elif wanted:
            self.visit(tier_index, wanted[-1])
        else:
            self._session.select_item(tier_index, None)
        self.changed.emit()

    def set_options(self, **options: Any) -> None:
        """Remember settings of `EditingSettings` whose names begin with ``correction_``."""
        editing = replace(self._bench.settings.editing, **options)
        self._bench.set_editing(editing)
        if "correction_share" in options and self.is_on:
            self._zoom()
        self.changed.emit()

    def visit(self, tier_index: int, index: int, from_queue: bool = False) -> None:
        """Select an interval; in correction mode zoom to it and play it too."""
        session = self._session
        self._from_queue = (tier_index, index) if from_queue else None
        session.select_item(tier_index, index)
        interval = session.selected_interval
        if interval is None:
            return
        if not self.is_on:
            session.reveal(interval.tmin_s, interval.tmax_s)
            return
        self._zoom()
        if self._bench.settings.editing.correction_plays and session.recording is not None:
            self.play_wanted.emit(interval.tmin_s, interval.tmax_s)

    def next(self) -> None:
        """Confirm the label and go to the next interval, of the tier or of the queue."""
        session = self._session
        if self.is_on and self._bench.settings.editing.correction_keeps:
            label = session.selected_label
            if label and session.tier_index == self.tier_index and not self.correction:
                self._put(label)
        self._step(1)

    def previous(self) -> None:
        """Go to the interval before."""
        self._step(-1)

    def take_model(self) -> None:
        """Write what the model says to the tier of corrections, and go to the next in the mode.

        Where the model has not answered yet, it is done as soon as it has.
        """
        session = self._session
        interval, explanation = session.selected_interval, session.explanation
        if interval is None or session.tier_index is None or session.item_index is None:
            session.note.emit(tr("Select a labelled interval first."))
            return
        if explanation is None or (explanation.tmin_s, explanation.tmax_s) != (
            interval.tmin_s,
            interval.tmax_s,
        ):
            if self._bench.is_settled or not interval.text.strip():
                session.note.emit(tr("The model has said nothing of this interval."))
            else:
                self._take_for = session.tier_index, session.item_index
                session.note.emit(tr("Waiting for the model…"))
            return
        self._take_for = None
        if self._put(explanation.predicted) and self.is_on:
            self._step(1)

    def _put(self, label: str) -> bool:
        session = self._session
        tier, textgrid = session.selected_tier, session.textgrid
        if textgrid is None or tier is None or session.tier_index is None:
            return False
        try:
            after = put_correction(textgrid, session.tier_index, session.item_index or 0, label)
        except UserError as error:
            session.message.emit(str(error))
            return False
        session.replace_textgrid(after, tr("Correct label"))
        if session.textgrid != after:
            return False  # it is read-only here, and that was said
        session.note.emit(
            tr("“{label}” is in “{correction_tier_name}”.").format(
                label=label, correction_tier_name=correction_tier_name(tier.name)
            )
        )
        return True

    def _step(self, by: int) -> None:
        session = self._session
        if (session.tier_index, session.item_index) == self._from_queue:
            self.queue_step.emit(by)
            return
        if not self.is_on:
            session.note.emit(tr("Correction mode is off."))
            return
        tier_index, wanted, here = self.tier_index, self._list(), self._here()
        if tier_index is None:
            return
        at = bisect_right(wanted, here) if by > 0 else bisect_left(wanted, here) - 1
        if 0 <= at < len(wanted):
            self.visit(tier_index, wanted[at])
        else:
            session.note.emit(tr("That was the last.") if by > 0 else tr("That was the first."))

    def _here(self) -> int:
        """Index in the tier gone through: of the selected interval, or of the cursor's."""
        session, tier_index = self._session, self.tier_index
        if session.tier_index == tier_index and session.item_index is not None:
            return session.item_index
        if session.textgrid is None or tier_index is None:
            return 0
        tier = session.textgrid.tiers[tier_index]
        return (tier.index_at(session.cursor_s) or 0) if isinstance(tier, IntervalTier) else 0

    def _zoom(self) -> None:
        session = self._session
        interval = session.selected_interval
        if interval is not None and interval.duration_s > 0:
            share = self._bench.settings.editing.correction_share
            half_s = 0.5 * interval.duration_s / share
            session.set_view(interval.midpoint_s - half_s, interval.midpoint_s + half_s)

    def _list(self) -> list[int]:
        """Indices of the intervals that are gone through."""
        session, tier_index = self._session, self.tier_index
        if session.textgrid is None or tier_index is None:
            return []
        tier = session.textgrid.tiers[tier_index]
        assert isinstance(tier, IntervalTier)
        only = self._bench.settings.editing.correction_classes_only
        class_map = self._bench.class_map if only else None
        if self._listed != (tier, class_map):
            if class_map is not self._known[0]:
                self._known = class_map, {}
            self._listed = (tier, class_map)
            self._wanted = [
                index for index, item in enumerate(tier.intervals) if self._is_wanted(item.text)
            ]
        return self._wanted

    def _is_wanted(self, label: str) -> bool:
        class_map, known = self._known
        if not label.strip():
            return False
        if class_map is None:
            return True
        if label not in known:  # a label occurs a thousand times
            known[label] = class_map.class_of(label) is not None
        return known[label]

    def _on_recording(self) -> None:
        self._tier = self._from_queue = self._take_for = None
        if self.is_on:
            self.is_on = False
            self.changed.emit()

    def _on_textgrid(self) -> None:
        if self.is_on and self.tier_index is None:
            self.is_on = False
        self.changed.emit()

    def _on_interval(self) -> None:
        if self._take_for not in (None, (self._session.tier_index, self._session.item_index)):
            self._take_for = None
        if self.is_on:
            self.changed.emit()

    def _on_explanation(self) -> None:
        if self._take_for is not None and self._session.explanation is not None:
            self.take_model()

    def _on_model(self) -> None:
        if self.is_on:
            self.changed.emit()
