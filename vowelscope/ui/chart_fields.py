"""The fields above the chart of a corpus: axes, scale, colours, ellipses, what a drag does."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from vowelscope.core.formant_plane import QUANTITIES
from vowelscope.core.translation import tr
from vowelscope.explain.corpus_chart import ChartChoice
from vowelscope.ui.chart_words import HOW, colour_words

_COLUMNS = 3


class ChartFields(QWidget):
    """Two rows of boxes."""

    chosen = Signal()
    """Something that belongs to a `ChartChoice`."""
    drag_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.down = _combo(tr("Vertical axis"), ((name, name) for name in QUANTITIES))
        self.across = _combo(tr("Horizontal axis"), ((name, name) for name in QUANTITIES))
        self.how = _combo(tr("Scale or normalisation"), ((text, key) for key, text in HOW.items()))
        self.how.setToolTip(
            tr("Normalised by speaker, over all tokens of the folder: a filter moves nothing")
        )
        self.colour = _combo(tr("What the colours say"), colour_words())
        self.whose = _combo(
            tr("Whose ellipses are drawn"),
            (
                (tr("of the labels"), "label"),
                (tr("of the predictions"), "predicted"),
                (tr("none"), "none"),
            ),
        )
        self.drag = _combo(
            tr("What a drag with the mouse does"),
            (
                (tr("draws an outline"), "lasso"),
                (tr("draws a rectangle"), "rectangle"),
                (tr("moves the chart"), "move"),
            ),
        )
        self.drag.setToolTip(
            tr("With Shift an outline adds to the one before. The wheel makes larger and smaller.")
        )
        fields = (
            (tr("&Vertical"), self.down),
            (tr("Hori&zontal"), self.across),
            (tr("Scal&e"), self.how),
            (tr("Colo&ur"), self.colour),
            (tr("Elli&pses"), self.whose),
            (tr("Dra&g"), self.drag),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for number, (text, field) in enumerate(fields):
            row, column = divmod(number, _COLUMNS)
            name = QLabel(text)
            name.setBuddy(field)
            grid.addWidget(name, row, 2 * column)
            grid.addWidget(field, row, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 1)
        for field in (self.down, self.across, self.how, self.colour, self.whose):
            field.activated.connect(self.chosen)
        self.drag.activated.connect(lambda: self.drag_chosen.emit(self.drag.currentData()))

    def choice(self) -> dict[str, str]:
        """What is chosen, by the names of `ChartChoice`."""
        return {
            "y": self.down.currentData(),
            "x": self.across.currentData(),
            "how": self.how.currentData(),
            "colour": self.colour.currentData(),
            "ellipses": self.whose.currentData(),
        }

    def show_choice(self, choice: ChartChoice) -> None:
        """Have the fields show a choice."""
        for field, value in (
            (self.down, choice.y),
            (self.across, choice.x),
            (self.how, choice.how),
            (self.colour, choice.colour),
            (self.whose, choice.ellipses),
        ):
            field.setCurrentIndex(field.findData(value))


def _combo(name: str, items: Iterable[tuple[str, str]]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    for text, data in items:
        made.addItem(text, data)
    return made
