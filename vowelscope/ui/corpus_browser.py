"""The corpus browser: every explained token in a table, and the way to it in its recording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.browsing import Browsing
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.explain.browse_orders import NOT_ASKED, ORDERS
from vowelscope.ui.lens_window import LensWindow
from vowelscope.ui.map_strip import MapStrip
from vowelscope.ui.mark_row import MarkRow
from vowelscope.ui.rows import RowsModel, RowsTable
from vowelscope.ui.theme import Theme

if TYPE_CHECKING:
    from vowelscope.explain.browse import Browsed

_AROUND = 4
_MARK = 11
_SELECTS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
"""With them a click selects more rows, and goes nowhere."""
_PAUSE_MS = 120


class CorpusBrowser(QDialog):
    """A click or Return goes to the token; the space bar plays it, too."""

    def __init__(self, browsing: Browsing, parent: QWidget) -> None:
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
        self.sentence = QLabel(browsing.sentence)
        self.sentence.setAccessibleName(tr("What is shown"))
        self.by = _combo(tr("Order"))
        for name, order in zip(_orders(), ORDERS, strict=True):
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
        self.model = RowsModel(_headers(), self._cell)
        self.table = RowsTable(tr("Tokens"), self.model, _WIDEST)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        # The marks stand first, whatever the number of their column.
        self.table.horizontalHeader().moveSection(_MARK, 0)
        self.marks = MarkRow(browsing, self.chosen_places, self)
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
        top.addWidget(self.lens)
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
        column.addWidget(self.table, 1)
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
        self.table.chosen.connect(self._on_chosen)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.table.installEventFilter(self)
        self.strip.chosen.connect(self._on_strip)
        browsing.changed.connect(self._on_changed)
        browsing.marking.changed.connect(self.table.viewport().update)
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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the table the space bar plays the token and M marks it; a table would take both."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.key() == Qt.Key.Key_M and not event.modifiers():
            self._browsing.marking.toggle(self.chosen_places())
            return True
        if event.key() == Qt.Key.Key_Space:
            row = self.table.currentIndex().row()
            if 0 <= row < len(self._browsing.order):
                self._browsing.go_to(int(self._browsing.order[row]), play=True)
            return True
        return super().eventFilter(watched, event)

    def chosen_places(self) -> npt.NDArray[np.int64]:
        """The tokens of the rows that are selected."""
        order = self._browsing.order
        rows = np.zeros(len(order), bool)
        # A list of the rows would take seconds where a whole corpus is selected.
        selection = self.table.selectionModel().selection()
        for part in map(selection.at, range(selection.count())):
            rows[part.top() : part.bottom() + 1] = True
        return order[rows]

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

    def _on_chosen(self, row: int) -> None:
        if QApplication.keyboardModifiers() & _SELECTS:
            return
        self._browsing.go_to(int(self._browsing.order[row]))

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        order, row = self._browsing.order, current.row()
        if not 0 <= row < len(order):
            return
        first = max(0, min(row - _AROUND, len(order) - 2 * _AROUND - 1))
        self._places = [int(at) for at in order[first : first + 2 * _AROUND + 1]]
        self._browsing.ask_maps(self._places)

    def _on_strip(self, at: int) -> None:
        row = int(np.flatnonzero(self._browsing.order == self._places[at])[0])
        self.table.selectRow(row)
        self._on_chosen(row)

    # What is shown

    def _on_changed(self) -> None:
        browsing = self._browsing
        self.sentence.setText(browsing.sentence)
        # An array is read like any sequence, and 10⁵ numbers need not become a list.
        self.model.set_rows(cast("Sequence[Any]", browsing.order))
        if browsing.browsed is not self._filled:
            self._fill_classes()
            self._on_filtered()
        self.table.scrollToTop()
        if len(browsing.order):
            self.table.selectRow(0)
        else:
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
            classes = f"{self._class(label)}→{self._class(said)}"
            words.append((f"{browsed.texts['word'][place]}\n{classes}", said == label))
        row = self.table.currentIndex().row()
        here = int(self._browsing.order[row]) if 0 <= row < len(self._browsing.order) else -1
        self.strip.show_maps(relative, words, places.index(here) if here in places else 0)

    def _class(self, number: int) -> str:
        browsed = self._browsing.browsed
        if browsed is None or number == NOT_ASKED:
            return "–"
        return f"/{browsed.plan.classes[number]}/"

    def _cell(self, item: Any, column: int) -> str:
        browsed, at = self._browsing.browsed, int(item)
        if browsed is None:
            return ""
        texts = browsed.texts
        match column:
            case 0:
                return str(texts["word"][at])
            case 1:
                return self._class(int(browsed.y[at]))
            case 2:
                return self._class(int(browsed.said[at]))
            case 3:
                return f"{browsed.probability[at]:.3f}"
            case 4:
                return self._class(int(browsed.by_formants[at]))
            case 5 | 6:
                value_hz = (browsed.f1_hz if column == 5 else browsed.f2_hz)[at]
                return f"{value_hz:.0f}" if np.isfinite(value_hz) else "–"
            case 7:
                return f"{1000 * (browsed.tmax_s[at] - browsed.tmin_s[at]):.0f}"
            case 8:
                return f"{browsed.tmin_s[at]:.3f}"
            case 9:
                return str(texts["split"][at])
            case 11:
                return "●" if self._browsing.marking.marked[at] else ""
        return Path(str(texts["recording"][at])).name


_WIDEST = ("somewhat", "/ɝ/ label", "Predicted", "0.000 p", "Formants say", "00000 Hz", "00000 Hz",
           "0000 ms", "00000.000", "train x", "", "Mark x")  # fmt: skip


def _headers() -> tuple[str, ...]:
    return (
        tr("Word"),
        tr("Label"),
        tr("Predicted"),
        " p",
        tr("Formants say"),
        " F1 (Hz)",
        " F2 (Hz)",
        " ms",
        " " + tr("Start (s)"),
        tr("Part"),
        tr("Recording"),
        tr("Mark"),
    )


def _orders() -> tuple[str, ...]:
    return (
        tr("Doubt"),
        tr("Prediction against label"),
        tr("Prediction against formants"),
        tr("Corpus"),
        tr("Word"),
        tr("Class of the label"),
        tr("Predicted class"),
        tr("Duration"),
    )


def _combo(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    return made


class CorpusTools(QObject):
    """Puts the browser of a window together."""

    def __init__(
        self,
        bench: Workbench,
        open_paths: Callable[[list[Path]], None],
        play: Callable[[float, float], object],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self.browsing = Browsing(bench, open_paths, play, self)
        self.browser = CorpusBrowser(self.browsing, window)
        self.verbs: dict[str, object] = {"corpus": self}

    def browse(self) -> None:
        """Show the tokens of an explained corpus."""
        self.browser.bring()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.browser.set_theme(theme)
