"""Puts together what edits boundaries, intervals and tiers, for one window."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from vowelscope.app.workbench import Workbench
from vowelscope.ui.align_verbs import AlignVerbs
from vowelscope.ui.boundary_verbs import BoundaryVerbs
from vowelscope.ui.clip_verbs import ClipVerbs
from vowelscope.ui.extract_verbs import ExtractVerbs
from vowelscope.ui.held_line import HeldText
from vowelscope.ui.interval_verbs import IntervalVerbs
from vowelscope.ui.label_bar import LabelBar
from vowelscope.ui.length_bar import LengthBar
from vowelscope.ui.span_verbs import LabelsVerbs, SpanVerbs
from vowelscope.ui.splice_verbs import SpliceVerbs
from vowelscope.ui.tier_verbs import TierVerbs
from vowelscope.ui.tiers import TiersView
from vowelscope.ui.timeline import TimePlot
from vowelscope.ui.zero_verbs import ZeroVerbs


class GridEditing(QObject):
    """The verbs by their group of ids, and the bar about durations that differ."""

    def __init__(
        self,
        bench: Workbench,
        label_bar: LabelBar,
        tiers: TiersView,
        spectrogram: TimePlot,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        session, jobs = bench.session, bench.jobs
        self._session = session
        self._bench = bench
        session.magnet = bench.settings.editing.magnet
        tiers.drag.taken.connect(label_bar.commit)
        HeldText(session, spectrogram)
        self.length_bar = LengthBar(session)
        self.verbs: dict[str, object] = {
            "boundary": BoundaryVerbs(bench, label_bar, self),
            "interval": IntervalVerbs(session, label_bar, self),
            "align": AlignVerbs(bench, label_bar, window),
            "tier": TierVerbs(bench, label_bar, window),
            "zero": ZeroVerbs(session, jobs, label_bar, self),
            "span": SpanVerbs(session, label_bar, window),
            "labels": LabelsVerbs(session, label_bar, self),
            "clip": ClipVerbs(session, label_bar, self),
            "extract": ExtractVerbs(bench, label_bar, window),
            "splice": SpliceVerbs(bench, label_bar, window),
        }

    def bind(self, actions: Mapping[str, QAction]) -> None:
        """Show in the menu what is switched on."""
        self._magnet = actions["boundary.magnet"]
        self._bench.settings_changed.connect(self._on_settings)
        self._on_settings()

    def _on_settings(self) -> None:
        self._magnet.setChecked(self._session.magnet)
