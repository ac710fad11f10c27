"""Interval → Align interval: words of an interval become intervals of words and phones."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressDialog, QWidget

from vowelscope.app.aligning import Aligning
from vowelscope.app.workbench import Workbench
from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.translation import tr
from vowelscope.ui.editing_base import EditingVerbs
from vowelscope.ui.label_bar import LabelBar

_SHOWN_AFTER_MS = 1000


class AlignVerbs(EditingVerbs):
    """Begins, and shows how far it is; the window can be worked in meanwhile."""

    def __init__(self, bench: Workbench, label_bar: LabelBar, window: QWidget) -> None:
        super().__init__(bench.session, label_bar, window)
        self._window = window
        self.aligning = Aligning(bench, self)
        self.bar: QProgressDialog | None = None
        self.aligning.progressed.connect(self._on_progress)
        self.aligning.ended.connect(self._on_ended)

    def interval(self) -> None:
        """Align the selected interval, or that of the selected tier where the cursor is."""
        session = self._session
        if self.aligning.is_busy:
            session.note.emit(tr("Another interval is being aligned; wait for it, or cancel."))
            return
        if self._tier_index() is None:
            return
        tier, interval = session.selected_tier, session.selected_interval
        if not isinstance(tier, IntervalTier):
            session.message.emit(tr("Select an interval that holds the words first."))
            return
        if interval is None:
            index = tier.index_at(session.cursor_s)
            assert index is not None
            interval = tier.intervals[index]
        try:
            self.aligning.begin(tier, interval)
        except UserError as error:
            session.message.emit(str(error))
            return
        bar = QProgressDialog(tr("Aligning…"), tr("Cancel"), 0, 1000, self._window)
        bar.setWindowTitle(tr("Align interval"))
        bar.setAccessibleName(tr("How far the alignment is"))
        bar.setWindowModality(Qt.WindowModality.NonModal)
        bar.setMinimumDuration(_SHOWN_AFTER_MS)
        bar.setAutoClose(False)
        bar.setAutoReset(False)
        bar.canceled.connect(self.aligning.cancel)
        self.bar = bar
        bar.setValue(0)

    def _on_progress(self, share: float, left_s: float) -> None:
        if self.bar is not None:
            self.bar.setLabelText(
                tr("Aligning… about {left_s:.0f} s left").format(left_s=max(left_s, 1.0))
            )
            self.bar.setValue(round(1000 * share))

    def _on_ended(self) -> None:
        if self.bar is not None:
            bar, self.bar = self.bar, None
            bar.canceled.disconnect(self.aligning.cancel)
            bar.close()
            bar.deleteLater()
