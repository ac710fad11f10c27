"""What the colours of a chart say: kinds with their numbers, or a bar."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from vowelscope.core.translation import tr
from vowelscope.ui.colour_bar import ColourBar
from vowelscope.ui.theme import Theme


class ColourKey(QWidget):
    """One of the two."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds = QLabel()
        self.kinds.setTextFormat(Qt.TextFormat.RichText)
        self.kinds.setWordWrap(True)
        self.kinds.setAccessibleName(tr("What the colours say"))
        self.bar = ColourBar()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.kinds)
        column.addWidget(self.bar)
        self.bar.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.bar.set_theme(theme)

    def show_kinds(self, kinds: Iterable[tuple[str, str, int]]) -> None:
        """Show colour, name and number of tokens of each kind that has any."""
        self.kinds.setText(
            " &nbsp; ".join(
                f'<span style="color:{colour}">⬤</span>&nbsp;'
                f"{escape(name).replace(' ', '&nbsp;')}&nbsp;{count:,}"
                for colour, name, count in kinds
                if count
            )
        )
        self.bar.hide()
        self.kinds.show()

    def show_scale(
        self, table: npt.NDArray[np.uint8], words: str, low: str, high: str, tip: str
    ) -> None:
        """Show a scale; see `ColourBar.show_scale`."""
        self.bar.show_scale(table, words, low, high, tip)
        self.kinds.hide()
        self.bar.show()
