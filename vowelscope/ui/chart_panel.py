"""The vowel chart of a tier, live: a click on a token goes to its interval."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.chart_export import ChartExport
from vowelscope.app.charting import Charting
from vowelscope.app.measuring_settings import MeasuringSettings
from vowelscope.app.session import Session
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.translation import tr
from vowelscope.core.vowel_chart import Normalisation, ellipses, normalised, unit_of
from vowelscope.ui.chart_file import ask_chart_file
from vowelscope.ui.chart_words import HOW, HOW_TIPS
from vowelscope.ui.shading_row import ShadingRow
from vowelscope.ui.theme import LIGHT, Theme
from vowelscope.ui.vowel_plot import VowelPlot


class ChartPanel(QWidget):
    """Tier, scale and classes above; the chart; what is not in it below."""

    choice_made = Signal(str, bool)
    """Normalisation, and whether all vowels are shown: to be remembered."""

    def __init__(
        self,
        session: Session,
        charting: Charting,
        exporting: ChartExport,
        settings: MeasuringSettings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._charting = charting
        self._exporting = exporting
        self._extent: tuple[object, ...] = ()
        self._boundary_hz = np.empty((0, 2))
        self._theme: Theme = LIGHT
        self.tiers = QComboBox()
        self.tiers.setAccessibleName(tr("Tier"))
        self.how = QComboBox()
        self.how.setAccessibleName(tr("Scale or normalisation"))
        for key, text in HOW.items():
            self.how.addItem(text, key)
            self.how.setItemData(self.how.count() - 1, HOW_TIPS[key], Qt.ItemDataRole.ToolTipRole)
        self.how.setCurrentIndex(self.how.findData(settings.chart_normalisation))
        self.colours = ShadingRow()
        self.only_classes = QCheckBox(tr("&Only the model's classes"))
        self.only_classes.setChecked(not settings.chart_all_vowels)
        self.export_button = QPushButton(tr("E&xport…"))
        self.export_button.setAutoDefault(False)
        self.plot = VowelPlot()
        self.setFocusProxy(self.plot)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setAccessibleName(tr("What the chart shows"))
        form = QFormLayout()
        form.addRow(tr("&Tier"), self.tiers)
        form.addRow(tr("&Scale"), self.how)
        form.addRow(tr("&Colours"), self.colours)
        below = QHBoxLayout()
        below.addWidget(self.only_classes, 1)
        below.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.addLayout(form)
        column.addLayout(below)
        # Without points there are no axes: a plane from 0 to 1 Hz is nobody's.
        self.nothing = QLabel()
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setMargin(24)
        self.nothing.setAccessibleName(tr("Why the chart is empty"))
        self.pages = QStackedWidget()
        self.pages.addWidget(self.plot)
        self.pages.addWidget(self.nothing)
        column.addWidget(self.pages, 1)
        column.addWidget(self.colours.key)
        column.addWidget(self.sentence)
        self.tiers.activated.connect(self._on_tier)
        self.how.activated.connect(self._on_choice)
        self.only_classes.clicked.connect(self._on_choice)
        self.export_button.clicked.connect(self.export)
        self.plot.chosen.connect(self.go_to)
        charting.changed.connect(self._on_changed)
        self.colours.changed.connect(self._on_changed)
        self.colours.progressed.connect(self._say)
        charting.tiers_changed.connect(self._on_tiers)
        session.interval_changed.connect(self._on_interval)
        self._on_tiers()
        self._on_changed()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.plot.set_theme(theme)
        self.colours.key.set_theme(theme)
        self._on_changed()

    def show_boundaries(self, sides_hz: npt.NDArray[np.float64]) -> None:
        """Draw boundaries of the model, (2 m, 2) of F1 and F2 pair by pair, or none.

        A normalisation over the vowels in the chart has no place for them.
        """
        self._boundary_hz = sides_hz
        self._on_changed()

    def go_to(self, number: int) -> None:
        """Select the interval of a token in the chart, and show it."""
        session, tier_index = self._session, self._charting.tier_index
        indices = self._charting.points.indices
        if tier_index is None or not 0 <= number < len(indices):
            return
        session.select_item(tier_index, indices[number])
        interval = session.selected_interval
        if interval is not None:
            session.reveal(interval.tmin_s, interval.tmax_s)

    def export(self) -> None:
        """Ask for a file and draw the chart into it."""
        if not self._charting.points.indices:
            self._session.note.emit(self.nothing.text() or tr("There is nothing in the chart."))
            return
        path = ask_chart_file(self, tr("Export the vowel chart"), "vowels.svg")
        if path is not None:
            shade = self.colours.shade()
            self._exporting.export(path, self._charting.points, self._how, shade)

    @property
    def _how(self) -> Normalisation:
        return cast(Normalisation, self.how.currentData())

    def _on_tier(self) -> None:
        self._charting.set_tier(self.tiers.currentData())

    def _on_choice(self) -> None:
        self.choice_made.emit(self._how, not self.only_classes.isChecked())
        self._on_changed()

    def _on_tiers(self) -> None:
        textgrid = self._session.textgrid
        self.tiers.clear()
        if textgrid is not None:
            for index, tier in enumerate(textgrid.tiers):
                if isinstance(tier, IntervalTier):
                    self.tiers.addItem(tier.name, index)
        self.tiers.setCurrentIndex(self.tiers.findData(self._charting.tier_index))

    def _on_changed(self) -> None:
        charting, how = self._charting, self._how
        points = charting.points
        self.tiers.setCurrentIndex(self.tiers.findData(charting.tier_index))
        values = normalised(points.formants_hz, how)
        self.plot.set_unit(unit_of(how))
        fixed = how in ("none", "bark") and len(self._boundary_hz) > 0
        none = np.empty((0, 2))
        self.plot.set_boundary(normalised(self._boundary_hz, how) if fixed else none)
        own, shade = ellipses(values, points.symbols), self.colours.shade()
        colours = self.colours.show_shade(shade, len(points.indices), self._theme)
        self.plot.set_points(values, points.symbols, own, points.by_hand, colours)
        # An edit must not undo a zoom; another scale, tier or file is seen whole.
        extent = (how, charting.tier_index, self._session.recording, not points.indices)
        if extent != self._extent or points.waiting:
            self._extent = extent
            self.plot.fit()
        self._say()
        self._on_interval()

    def _say(self) -> None:
        """Say what is in the chart, or why there is nothing."""
        shade = self.colours.shade()
        words = self._charting.sentence
        words = words or f"{self._words()} {self.colours.words(shade)}".rstrip()
        empty = not self._charting.points.indices
        self.sentence.setText("" if empty else words)
        self.sentence.setVisible(not empty)
        self.nothing.setText(words)
        self.pages.setCurrentWidget(self.nothing if empty else self.plot)
        self.export_button.setEnabled(not empty)

    def _words(self) -> str:
        points = self._charting.points
        count = len(points.indices)
        if not count and points.waiting:
            return tr("{waiting:,} vowels are being measured…").format(waiting=points.waiting)
        if not count:
            return tr(
                "None of the {undefined:,} vowels has a defined F1 and F2 in its middle."
            ).format(undefined=points.undefined)
        text = tr("{count:,} {which}, measured in the middle").format(
            count=count, which=(tr("vowel") if count == 1 else tr("vowels"))
        )
        by_hand = int(points.by_hand.sum())
        if by_hand:
            text += tr(", {by_hand:,} of them with a formant set by hand").format(by_hand=by_hand)
        if points.waiting:
            text += tr("; {waiting:,} are still to come").format(waiting=points.waiting)
        if points.undefined:
            text += tr("; {undefined:,} more without a defined F1 or F2 there").format(
                undefined=points.undefined
            )
        if len(self._boundary_hz) and self._how in ("none", "bark"):
            text += tr("; stepped line: the model's boundaries around the selected token")
        return tr(
            "{text}. Ellipses hold 68 % of a normal distribution (3 tokens at least)."
        ).format(text=text)

    def _on_interval(self) -> None:
        session, points = self._session, self._charting.points
        number = None
        if session.tier_index == self._charting.tier_index and session.item_index is not None:
            held = session.item_index in points.indices
            number = points.indices.index(session.item_index) if held else None
        self.plot.mark(number)
