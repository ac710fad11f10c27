"""The table of runs: what was measured of each, and settings in which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QColor

from vowelscope.app.run_compare import compare, short_names
from vowelscope.app.run_story import RunStory
from vowelscope.core.translation import tr
from vowelscope.ui.class_colours import class_colours
from vowelscope.ui.form_parts import CountTable
from vowelscope.ui.theme import Theme

_WIDEST_PX = 260
"""Of a column; what is longer is told when the mouse rests on it."""


class RunTable(CountTable):
    """A column a run, its name in the colour of its curves; the best of a row is bold."""

    def __init__(self) -> None:
        super().__init__(tr("Runs beside each other: results, and settings that differ"))
        self.horizontalHeader().setMaximumSectionSize(_WIDEST_PX)

    def show_runs(self, runs: Sequence[tuple[Path, RunStory]], theme: Theme) -> None:
        """Show these runs."""
        names = short_names([folder for folder, _ in runs])
        rows = compare([story for _, story in runs]) if runs else []
        self.show_counts([row.name for row in rows], names, [row.cells for row in rows])
        drawn = [name for name, (_, story) in zip(names, runs, strict=True) if story.steps]
        colours = class_colours(drawn, theme) if len(drawn) > 1 else {}
        for column, name in enumerate(names):
            head = self.horizontalHeaderItem(column)
            if head is not None:
                head.setForeground(QColor(colours.get(name, theme.ink)))
            for at, row in enumerate(rows):
                item = self.item(at, column)
                if item is not None:
                    font = item.font()
                    font.setBold(column in row.best)
                    item.setFont(font)
                    item.setToolTip(item.text())
