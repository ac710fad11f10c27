"""The tool bar of the correction mode: what is gone through, and how far one has come."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QToolBar,
    QWidget,
)

from vowelscope.app.correcting import Correcting
from vowelscope.app.session import Session
from vowelscope.app.workbench import Workbench
from vowelscope.core.corrections import correction_tier_name
from vowelscope.core.phones import display_label
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.translation import tr
from vowelscope.ui.theme import ipa_font


class CorrectionBar(QToolBar):
    """Shown while the mode is on."""

    left = Signal()
    """Escape was pressed in it: the keyboard goes back to the views."""

    def __init__(self, bench: Workbench, correcting: Correcting, parent: QWidget) -> None:
        super().__init__(tr("Correction mode"), parent)
        self.setObjectName("correction")
        self.setAccessibleName(tr("Correction mode"))
        self.setMovable(False)
        # The menu of a tool bar would hide it while the mode is on.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setStyleSheet("QToolBar { spacing: 8px; padding: 2px 6px; }")
        self._bench = bench
        self._session: Session = bench.session
        self._correcting = correcting
        self._keys: dict[str, QAction] = {}
        self.tiers = QComboBox()
        self.tiers.setAccessibleName(tr("Tier that is corrected"))
        self.tiers.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.only = QCheckBox(tr("Model's classes only"))
        self.only.setToolTip(tr("Pass over labels that are none of the model's classes"))
        self.plays = QCheckBox(tr("Play"))
        self.plays.setToolTip(tr("Play each interval as you come to it"))
        self.keeps = QCheckBox(tr("Keep confirmed"))
        self.share = QSpinBox()
        self.share.setRange(2, 95)
        self.share.setSuffix(tr(" % of view"))
        self.share.setKeyboardTracking(False)
        self.share.setAccessibleName(tr("Share of the view that the interval fills, in per cent"))
        self.state = QLabel()
        self.state.setFont(ipa_font(max(self.font().pointSizeF(), 9.0)))
        self.state.setAccessibleName(tr("How far you have come"))
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        # It may not make the window wider than it is.
        self.state.setMinimumWidth(80)
        self.state.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        for widget in (QLabel(tr("Correct tier")), self.tiers, self.only, self.plays, self.keeps):
            self.addWidget(widget)
        self.addWidget(self.share)
        self.addWidget(self.state)
        self.tiers.activated.connect(self._on_tier)
        self.only.clicked.connect(self._on_options)
        self.plays.clicked.connect(self._on_options)
        self.keeps.clicked.connect(self._on_options)
        self.share.valueChanged.connect(self._on_share)
        correcting.changed.connect(self._on_changed)
        self._on_changed()

    def set_actions(self, actions: Mapping[str, QAction]) -> None:
        """Take the actions whose keys the bar names."""
        self._keys = {name: actions[f"correct.{name}"] for name in ("next", "take_model")}
        for action in self._keys.values():
            action.changed.connect(self._on_changed)
        self._on_changed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the bar."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _on_changed(self) -> None:
        correcting, session = self._correcting, self._session
        self.setVisible(correcting.is_on)
        if not correcting.is_on or session.textgrid is None:
            return
        editing = self._bench.settings.editing
        self.only.setChecked(editing.correction_classes_only)
        self.plays.setChecked(editing.correction_plays)
        self.keeps.setChecked(editing.correction_keeps)
        self.share.blockSignals(True)
        self.share.setValue(round(100 * editing.correction_share))
        self.share.blockSignals(False)
        wanted = [
            (f"{index + 1} {tier.name}", index)
            for index, tier in enumerate(session.textgrid.tiers)
            if isinstance(tier, IntervalTier)
        ]
        held = [
            (self.tiers.itemText(row), self.tiers.itemData(row))
            for row in range(self.tiers.count())
        ]
        if held != wanted:
            self.tiers.clear()
            for text, index in wanted:
                self.tiers.addItem(text, index)
        self.tiers.setCurrentIndex(self.tiers.findData(correcting.tier_index))
        if correcting.tier_index is not None:
            name = correction_tier_name(session.textgrid.tiers[correcting.tier_index].name)
            self.keeps.setToolTip(
                tr("Write the labels that you confirm to “{name}” too").format(name=name)
            )
        self.state.setText(self._state())
        self.state.setToolTip(self.state.text())

    def _state(self) -> str:
        number, count = self._correcting.place
        place = (
            tr("{count:,} intervals").format(count=count)
            if number is None
            else tr("{value:,} of {count:,}").format(value=number + 1, count=count)
        )
        parts = [f"  {place}"]
        correction = self._correcting.correction
        if correction:
            parts.append(
                tr("corrected: {display_label}").format(display_label=display_label(correction))
            )
        for name, what in (("next", "next"), ("take_model", tr("take the model's"))):
            key = self._keys[name].shortcut() if name in self._keys else QKeySequence()
            if not key.isEmpty():
                parts.append(f"{key.toString(QKeySequence.SequenceFormat.NativeText)}: {what}")
        return "   ".join(parts)

    def _on_tier(self, row: int) -> None:
        self._correcting.set_tier(self.tiers.itemData(row))

    def _on_options(self) -> None:
        self._correcting.set_options(
            correction_classes_only=self.only.isChecked(),
            correction_plays=self.plays.isChecked(),
            correction_keeps=self.keeps.isChecked(),
        )

    def _on_share(self, percent: int) -> None:
        self._correcting.set_options(correction_share=percent / 100)
