"""What the colours of the open file's chart say, and the way to ask the model."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from vowelscope.app.chart_shading import ChartShading
from vowelscope.core.translation import tr
from vowelscope.explain.corpus_chart import Shade
from vowelscope.ui.chart_colours import names_and_colours, quiet, scale_table
from vowelscope.ui.chart_words import colour_words, kind_words, scale_words
from vowelscope.ui.colour_key import ColourKey
from vowelscope.ui.theme import Theme

_HERE = ("label", "predicted", "agreement", "doubt")
_STEPS = 16
"""Colours of a scale: the plot draws one item for each and each letter."""


class ShadingRow(QWidget):
    """A box and a button; its key stands elsewhere."""

    changed = Signal()
    progressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shading: ChartShading | None = None
        self.box = QComboBox()
        self.box.setAccessibleName(tr("What the colours say"))
        for text, shading in colour_words():
            if shading in _HERE:
                self.box.addItem(text, shading)
        self.ask = QPushButton(tr("&Ask the model"))
        self.ask.setToolTip(tr("About all vowels of this tier that are of its classes"))
        self.ask.setAutoDefault(False)
        self.key = ColourKey()
        self.setFocusProxy(self.box)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box, 1)
        row.addWidget(self.ask)
        self.show_shade(None, 0, None)

    def bind(self, shading: ChartShading) -> None:
        """Take the predictions from there."""
        self._shading = shading
        self.box.activated.connect(lambda: shading.choose(self.box.currentData()))
        self.ask.clicked.connect(shading.ask)
        shading.changed.connect(self.changed)
        shading.progressed.connect(self.progressed)
        self.changed.emit()

    def shade(self) -> Shade | None:
        """What the colours say; None for the classes of the vowels."""
        return None if self._shading is None else self._shading.shade()

    def show_shade(self, shade: Shade | None, count: int, theme: Theme | None) -> list[str] | None:
        """Fill the key, and give a colour for each of `count` vowels; None for their classes'."""
        asking = self._shading is not None and self._shading.is_asking
        self.ask.setText(tr("Stop &asking") if asking else tr("&Ask the model"))
        self.ask.setVisible(shade is not None)
        self.key.setVisible(shade is not None and bool(np.isfinite(shade.values).any()))
        if shade is None or theme is None:
            return None
        if shade.is_scale:
            table = scale_table(theme.name == "dark")
            self.key.show_scale(table, *scale_words(shade))
            steps = table[np.linspace(0, len(table) - 1, _STEPS).round().astype(int)]
            colours = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in steps]
        else:
            classes = [name.strip("/") for name in shade.names if name]
            colours = list(names_and_colours(shade.names, classes, theme))
            counts = shade.counts(np.arange(count))
            names = [kind_words(shade, name) for name in shade.names]
            none = (quiet(theme), tr("not asked about"), count - sum(counts))
            self.key.show_kinds([*zip(colours, names, counts, strict=True), none])
        return [*np.array([*colours, quiet(theme)])[shade.codes(len(colours))].tolist()]

    def words(self, shade: Shade | None) -> str:
        """How many have a prediction, where that matters."""
        if shade is None or self._shading is None:
            return ""
        count = int(np.isfinite(shade.values).sum())
        if self._shading.is_asking:
            done, total = self._shading.progress
            return tr("The model is being asked: {done} of {total}.").format(
                done=f"{done:,}", total=f"{total:,}"
            )
        if not count:
            return tr("No vowel here has a prediction yet: ask the model.")
        return tr("{n} of them have a prediction.").format(n=f"{count:,}")
