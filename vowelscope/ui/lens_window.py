"""The confusion lens: a click on a cell of the matrix shows what decided those tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.browsing import Browsing
from vowelscope.core.translation import tr
from vowelscope.ui.map_strip import MapStrip
from vowelscope.ui.theme import Theme, ipa_font

if TYPE_CHECKING:
    from vowelscope.explain.lens import Lens
    from vowelscope.explain.mean_maps import MeanMap

_SIDE_PX = 190


class LensWindow(QDialog):
    """The matrix of the tokens in the browser's part, and the maps of the cell that is chosen."""

    def __init__(self, browsing: Browsing, parent: QWidget) -> None:
        super().__init__(parent)
        self._browsing = browsing
        self.setWindowTitle(tr("Confusion lens"))
        self.matrix = QTableWidget()
        self.matrix.setAccessibleName(tr("Confusion matrix: rows are labels, columns predictions"))
        self.matrix.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.matrix.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.matrix.setTabKeyNavigation(False)
        self.matrix.setFont(ipa_font(max(self.font().pointSizeF(), 9.0) * 1.1))
        self.strip = MapStrip(_SIDE_PX, tr("Mean contrast maps of the cell"))
        self.words = QLabel(tr("Choose a cell: its tokens come into the table of the browser."))
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAccessibleName(tr("What the cell says"))
        caveat = QLabel(
            tr(
                "The maps say where the last layer told the two classes apart, in cells as large "
                "as they are drawn; not that what lies there was the cause."
            )
        )
        caveat.setWordWrap(True)
        names = QLabel(tr("Rows are labels, columns predictions"))
        left = QVBoxLayout()
        left.addWidget(names)
        left.addWidget(self.matrix, 1)
        right = QVBoxLayout()
        right.addWidget(self.strip)
        right.addWidget(self.words)
        right.addWidget(caveat)
        self.mark = QPushButton(tr("&Mark these tokens"))
        self.mark.setAutoDefault(False)
        self.mark.setEnabled(False)
        marks = QHBoxLayout()
        marks.addWidget(self.mark)
        marks.addStretch(1)
        right.addLayout(marks)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.addLayout(left, 2)
        row.addLayout(right, 3)
        self.resize(self.sizeHint())
        self.matrix.cellClicked.connect(self._on_cell)
        self.matrix.cellActivated.connect(self._on_cell)
        self.mark.clicked.connect(browsing.mark_cell)
        browsing.changed.connect(self._fill)
        browsing.looked.connect(self._show)

    def sizeHint(self) -> QSize:
        """Room for five classes and three maps."""
        return QSize(1080, 400)

    def bring(self) -> None:
        """Show it."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._fill()
        self.matrix.setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.strip.set_theme(theme)

    def _fill(self) -> None:
        browsed = self._browsing.browsed
        if browsed is None or not self.isVisible():
            return
        counts, names = self._browsing.counts(), browsed.plan.classes
        current = self.matrix.currentRow(), self.matrix.currentColumn()
        if self.matrix.rowCount() != len(names):
            self.matrix.setRowCount(len(names))
            self.matrix.setColumnCount(len(names))
            self.matrix.setHorizontalHeaderLabels([f"/{name}/" for name in names])
            self.matrix.setVerticalHeaderLabels([f"/{name}/" for name in names])
            for column in range(len(names)):
                self.matrix.setColumnWidth(column, 66)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        for row, column in np.ndindex(counts.shape):
            text = f"{counts[row, column]:,}\n{100 * shares[row, column]:.0f} %"
            item = QTableWidgetItem(text if counts[row, column] else "")
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            self.matrix.setItem(row, column, item)
        self.matrix.resizeRowsToContents()
        if min(current) >= 0:
            self.matrix.setCurrentCell(*current)

    def _on_cell(self, row: int, column: int) -> None:
        self._browsing.look(row, column)
        self.words.setText(tr("Reading the maps…"))

    def _top_hz(self) -> float:
        browsed = self._browsing.browsed
        return browsed.plan.freq_edges_hz[-1] if browsed is not None else 0.0

    def _show(self, lens: Lens) -> None:
        self.mark.setEnabled(True)
        a, b = f"/{lens.a}/", f"/{lens.b}/"
        shown = [
            (tr("{a} called {b}").format(a=a, b=b), lens.there),
            (tr("{a} called {b}").format(a=b, b=a), lens.back),
            (tr("{a} called {b}").format(a=a, b=a), lens.right),
        ]
        there = [(name, held) for name, held in shown if held.tokens]
        self.strip.show_maps(
            [held.mean.astype(np.float32) for _, held in there],
            [(f"{name}\n{_tokens(held)}", True) for name, held in there],
            -1,
            [_sure(held) for _, held in there],
        )
        value, low, high = lens.asymmetry
        text = tr(
            "Mean of the map of {b} less that of {a}, 0–{top} Hz from bottom to top, "
            "±{limit} logits a cell; orange speaks for "
            "{b}, violet for {a}; a dot marks a cell whose 95 % interval over utterances leaves "
            "zero out. {there} of {a} are called {b}, {back} of {b} are called {a}."
        ).format(
            a=a,
            b=b,
            top=f"{self._top_hz():,.0f}",
            limit=f"{self.strip.limit:.3g}",
            there=_percent(lens.rate_there),
            back=_percent(lens.rate_back),
        )
        if np.isfinite(low):
            ends = f"{100 * low:+.1f} … {100 * high:+.1f}"
            text += " " + tr("Difference {value} points (95 %: {ends}).").format(
                value=f"{100 * value:+.1f}", ends=ends
            )
        self.words.setText(text)


def _tokens(held: MeanMap) -> str:
    return tr("{n} tokens").format(n=f"{held.tokens:,}")


def _percent(rate: float) -> str:
    return "–" if not np.isfinite(rate) else f"{100 * rate:.1f} %"


def _sure(held: MeanMap) -> np.ndarray:
    return np.asarray((held.low > 0) | (held.high < 0))
