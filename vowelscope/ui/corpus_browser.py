"""The corpus browser: every explained token in a table, and the way to it in its recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.browsing import Browsing
from vowelscope.app.corpus_charting import CorpusCharting
from vowelscope.core.translation import tr
from vowelscope.explain.browse_orders import ORDERS
from vowelscope.ui.browser_columns import class_name, orders
from vowelscope.ui.corpus_chart import CorpusChartPanel
from vowelscope.ui.lens_window import LensWindow
from vowelscope.ui.map_strip import MapStrip
from vowelscope.ui.mark_row import MarkRow
from vowelscope.ui.theme import Theme
from vowelscope.ui.token_table import TokenTable

if TYPE_CHECKING:
    from vowelscope.explain.browse import Browsed

_AROUND = 4
_PAUSE_MS = 120
_CHART_PX, _CHART_HIGH_PX = 520, 820
"""Room for the chart at first: its own width, and the height of all."""


class CorpusBrowser(QDialog):
    """A click or Return goes to the token; the space bar plays it, too."""

    def __init__(self, browsing: Browsing, charting: CorpusCharting, parent: QWidget) -> None:
        super().__init__(parent)
        self._browsing = browsing
        self._places: list[int] = []
        self._filled: Browsed | None = None
        self.setWindowTitle(tr("Corpus browser"))
        self.open_folder = QPushButton(tr("&Open explanations…"))
        self.open_folder.setAutoDefault(False)
        self.lens = QPushButton(tr("&Confusion lens…"))
        self.lens.setAutoDefault(False)
        self.lens.setEnabled(False)
        self.lens_window = LensWindow(browsing, self)
        self.chart_shown = QPushButton(tr("C&hart"))
        self.chart_shown.setAutoDefault(False)
        self.chart_shown.setCheckable(True)
        self.chart_shown.setToolTip(tr("F1 and F2 of the tokens, beside the table"))
        self.filters = QPushButton(tr("&Filters…"))
        self.filters.setAutoDefault(False)
        self.sentence = QLabel(browsing.sentence)
        self.sentence.setAccessibleName(tr("What is shown"))
        self.by = _combo(tr("Order"))
        for name, order in zip(orders(), ORDERS, strict=True):
            self.by.addItem(name, order)
        self.text = QLineEdit()
        self.text.setPlaceholderText(tr("Word, label or recording"))
        self.text.setAccessibleName(tr("Text to filter by"))
        self.text.setClearButtonEnabled(True)
        self.label = _combo(tr("Class of the label"))
        self.said = _combo(tr("Predicted class"))
        self.part = _combo(tr("Part of the split"))
        for name, part in (
            (tr("All parts"), ""),
            (tr("Training"), "train"),
            (tr("Validation"), "val"),
            (tr("Test"), "test"),
        ):
            self.part.addItem(name, part)
        self.table = TokenTable(browsing)
        self.model = self.table.tokens
        self.marks = MarkRow(browsing, self.table.chosen_places, self)
        self.chart = CorpusChartPanel(browsing, charting, self)
        self.chart.hide()
        self.halves = QSplitter(Qt.Orientation.Horizontal)
        self.halves.setChildrenCollapsible(False)
        self.strip = MapStrip()
        self.text.setMinimumWidth(140)
        self._lay_out()
        self.resize(self.sizeHint())
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._connect()
        self._fill_classes()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.open_folder)
        top.addWidget(self.sentence, 1)
        top.addWidget(self.chart_shown)
        top.addWidget(self.lens)
        top.addWidget(self.filters)
        filters = QHBoxLayout()
        order = QLabel(tr("&Sort by"))
        order.setBuddy(self.by)
        filters.addWidget(order)
        filters.addWidget(self.by)
        filters.addWidget(self.text, 1)
        for text, field in (
            (tr("&Label"), self.label),
            (tr("P&redicted"), self.said),
            (tr("Par&t"), self.part),
        ):
            name = QLabel(text)
            name.setBuddy(field)
            filters.addWidget(name)
            filters.addWidget(field)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addLayout(filters)
        self.halves.addWidget(self.table)
        self.halves.addWidget(self.chart)
        self.halves.setStretchFactor(0, 1)
        column.addWidget(self.halves, 1)
        column.addWidget(self.marks)
        column.addWidget(self.strip)

    def _connect(self) -> None:
        browsing = self._browsing
        self.open_folder.clicked.connect(self._on_open)
        self.lens.clicked.connect(self.lens_window.bring)
        browsing.filtered.connect(self._on_filtered)
        self.by.activated.connect(self._on_by)
        self.text.textChanged.connect(self._soon.start)
        self._soon.timeout.connect(self._on_filter)
        for field in (self.label, self.said, self.part):
            field.activated.connect(self._on_filter)
        self.chart_shown.toggled.connect(self._on_chart)
        browsing.selected.connect(self._on_selected)
        self.strip.chosen.connect(self._on_strip)
        browsing.changed.connect(self._on_changed)
        browsing.thumbnails.connect(self._on_thumbnails)

    def sizeHint(self) -> QSize:
        """Room for the columns and a screen of rows."""
        return QSize(1040, 640)

    def bring(self) -> None:
        """Show it."""
        self.show()
        self.raise_()
        self.activateWindow()
        (self.table if self._browsing.browsed is not None else self.open_folder).setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.strip.set_theme(theme)
        self.lens_window.set_theme(theme)
        self.chart.set_theme(theme)

    # What was asked for

    def _on_open(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Open explanations"))
        if folder:
            self._browsing.read(Path(folder))

    def _on_by(self) -> None:
        self._browsing.sort(self.by.currentData())

    def _on_filter(self) -> None:
        self._browsing.filter(
            self.text.text(),
            self.label.currentData(),
            self.said.currentData(),
            self.part.currentData(),
        )

    def _on_filtered(self) -> None:
        browsing = self._browsing
        self._soon.stop()
        self.text.blockSignals(True)
        self.text.setText(browsing.text)
        self.text.blockSignals(False)
        for field, value in (
            (self.label, browsing.label),
            (self.said, browsing.said),
            (self.part, browsing.part),
        ):
            field.setCurrentIndex(max(field.findData(value), 0))

    def _on_chart(self, shown: bool) -> None:
        """Show the chart in new room, as far as the screen has it; the table keeps its own."""
        room = self.screen().availableGeometry()
        width = self.width() + (_CHART_PX if shown else -self.chart.width())
        height = max(self.height(), _CHART_HIGH_PX) if shown else self.height()
        self.chart.setVisible(shown)
        self.resize(min(width, room.width()), min(height, room.height()))
        if shown:
            self.halves.setSizes([max(self.halves.width() - _CHART_PX, 1), _CHART_PX])
            self.chart.setFocus()

    def _on_selected(self) -> None:
        """Show the maps around the token where the keyboard is."""
        order = self._browsing.order
        rows = np.flatnonzero(order == self._browsing.here)
        if not len(rows):
            return
        row = int(rows[0])
        first = max(0, min(row - _AROUND, len(order) - 2 * _AROUND - 1))
        self._places = [int(at) for at in order[first : first + 2 * _AROUND + 1]]
        self._browsing.ask_maps(self._places)

    def _on_strip(self, at: int) -> None:
        place = self._places[at]
        self._browsing.select(np.array([place]), place)
        self._browsing.go_to(place)

    # What is shown

    def _on_changed(self) -> None:
        browsing = self._browsing
        self.sentence.setText(browsing.sentence)
        if browsing.browsed is not self._filled:
            self._fill_classes()
            self._on_filtered()
        self.table.refill()
        # Its neighbours may be others, even where the token is the same.
        self._on_selected()
        if not len(browsing.order):
            self.strip.show_maps([], [], 0)

    def _fill_classes(self) -> None:
        browsed = self._filled = self._browsing.browsed
        for field in (self.label, self.said):
            field.clear()
            field.addItem(tr("All classes"), None)
            for number, name in enumerate(browsed.plan.classes if browsed is not None else ()):
                field.addItem(f"/{name}/", number)
            field.setEnabled(browsed is not None)
        self.lens.setEnabled(browsed is not None)

    def _on_thumbnails(self, places: list[int], maps: list[npt.NDArray[np.float32]]) -> None:
        browsed = self._browsing.browsed
        if browsed is None or places != self._places or not places:
            return
        relative, words = [], []
        for place, held in zip(places, maps, strict=True):
            said, label = int(browsed.said[place]), int(browsed.y[place])
            relative.append(held[said] - held.mean(axis=0))
            classes = f"{class_name(browsed, label)}→{class_name(browsed, said)}"
            words.append((f"{browsed.texts['word'][place]}\n{classes}", said == label))
        here = self._browsing.here
        self.strip.show_maps(relative, words, places.index(here) if here in places else 0)


def _combo(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    return made
