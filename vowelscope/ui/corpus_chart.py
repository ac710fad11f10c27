"""The chart beside the table of the corpus browser: both show one selection and one filter."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.browsing import Browsing
from vowelscope.app.corpus_charting import MOST_TRACKS, CorpusCharting
from vowelscope.core.formant_plane import quantity_unit
from vowelscope.core.translation import tr
from vowelscope.ui.chart_colours import names_and_colours, quiet, rgb, scale_table
from vowelscope.ui.chart_fields import ChartFields
from vowelscope.ui.chart_file import ask_chart_file
from vowelscope.ui.chart_words import kind_words, scale_words
from vowelscope.ui.class_colours import class_colours
from vowelscope.ui.colour_key import ColourKey
from vowelscope.ui.corpus_plot import CorpusPlot, Drag
from vowelscope.ui.corpus_words import chart_words, token_words
from vowelscope.ui.theme import LIGHT, Theme

_SOON_MS = 30


class CorpusChartPanel(QWidget):
    """Axes and colours above; the chart; what the colours say and what is shown below."""

    def __init__(
        self, browsing: Browsing, charting: CorpusCharting, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._browsing, self._charting = browsing, charting
        self._theme: Theme = LIGHT
        self._extent: tuple[object, ...] = ()
        self.fields = ChartFields()
        self.plot = CorpusPlot()
        self.setFocusProxy(self.plot)
        self.key = ColourKey()
        self.under = QLabel(" ")
        self.under.setTextFormat(Qt.TextFormat.PlainText)
        self.under.setAccessibleName(tr("The token under the mouse"))
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setAccessibleName(tr("What the chart shows"))
        self.whole = _button(tr("Show all o&f it"), tr("0 does it, too"))
        self.release = _button(tr("Remove outl&ine"), tr("Esc does it, too"))
        self.save = _button(tr("E&xport…"), tr("What the chart shows, as SVG, PDF or PNG"))
        self._lay_out()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._connect()
        self.fields.show_choice(charting.choice)
        self._on_changed()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.whole, self.release):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 0, 0)
        column.addWidget(self.fields)
        column.addWidget(self.plot, 1)
        for widget in (self.under, self.key, self.words):
            column.addWidget(widget)
        column.addLayout(buttons)

    def _connect(self) -> None:
        browsing, charting, plot = self._browsing, self._charting, self.plot
        self.fields.chosen.connect(self._on_choice)
        self.fields.drag_chosen.connect(self._on_drag)
        self.whole.clicked.connect(plot.fit)
        self.release.clicked.connect(self._on_release)
        self.save.clicked.connect(self.export)
        plot.chosen.connect(self._on_chosen)
        plot.hovered.connect(self._on_hovered)
        plot.outlined.connect(charting.keep_within)
        plot.stepped.connect(self._on_stepped)
        plot.view_changed.connect(self._soon.start)
        self._soon.timeout.connect(self._draw)
        charting.changed.connect(self._on_changed)
        charting.drawn.connect(self._on_drawn)
        browsing.selected.connect(self._on_selected)
        browsing.changed.connect(self._on_browsing)
        browsing.marking.changed.connect(self._soon.start)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.plot.set_theme(theme)
        self.key.set_theme(theme)
        self._on_changed()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to follow the table."""
        super().showEvent(event)
        self._charting.set_shown(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Follow it no more."""
        super().hideEvent(event)
        self._charting.set_shown(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens the token, the space bar plays it, M marks, Esc removes the outline."""
        browsing, key = self._browsing, event.key()
        if key == Qt.Key.Key_Escape and browsing.outlined is not None:
            self._on_release()
        elif not self.plot.hasFocus():
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and browsing.here >= 0:
            browsing.go_to(browsing.here, play=key == Qt.Key.Key_Space)
        elif key == Qt.Key.Key_M and not event.modifiers():
            browsing.marking.toggle(browsing.selection)
        else:
            super().keyPressEvent(event)

    def export(self) -> None:
        """Ask for a file and draw the chart into it."""
        path = ask_chart_file(self, tr("Export the chart"), "chart.svg")
        if path is not None:
            self._charting.export(path)

    # What was asked for

    def _on_choice(self) -> None:
        self._charting.choose(**self.fields.choice())

    def _on_drag(self, drag: Drag) -> None:
        self.plot.drag = drag

    def _on_release(self) -> None:
        self.plot.show_outline(np.empty((0, 2)))
        self._browsing.keep_within(None)

    def _on_chosen(self, number: int, more: bool) -> None:
        place = self._charting.choose_token(number, more)
        if not more and place is not None:
            self._browsing.go_to(place)

    def _on_stepped(self, by: int) -> None:
        order = self._browsing.order
        row = np.flatnonzero(order == self._browsing.here)
        if len(order):
            at = int(order[min(max(int(row[0]) + by if len(row) else 0, 0), len(order) - 1)])
            self._browsing.select(np.array([at]), at)

    # What is shown

    def _on_browsing(self) -> None:
        if self._browsing.outlined is None:
            self.plot.show_outline(np.empty((0, 2)))

    def _on_changed(self) -> None:
        chart, browsed = self._charting.chart, self._charting.browsed
        there = chart is not None and browsed is not None
        for button in (self.whole, self.save):
            button.setEnabled(there)
        self.release.setEnabled(self._browsing.outlined is not None)
        if chart is None or browsed is None:
            return
        choice, classes = chart.choice, browsed.plan.classes
        self.plot.set_axes(quantity_unit(choice.x, choice.how), quantity_unit(choice.y, choice.how))
        self.plot.set_points(chart.points, self._charting.can_choose())
        by_class = choice.colour in ("label", "predicted")
        own = class_colours(classes, self._theme) if by_class else None
        self.plot.show_kinds(chart.ellipses, own)
        self._show_key()
        # A filter must not undo a zoom; other axes or another folder are seen whole.
        extent = (browsed, choice.x, choice.y, choice.how)
        if extent != self._extent and len(chart):
            self._extent = extent
            self.plot.show_outline(np.empty((0, 2)))
            self.plot.fit_most()
        self._on_selected()
        self._draw()

    def _show_key(self) -> None:
        chart, browsed = self._charting.chart, self._charting.browsed
        assert chart is not None and browsed is not None
        shade = chart.shade
        if shade.is_scale:
            self.key.show_scale(scale_table(self._is_dark), *scale_words(shade))
            return
        colours = names_and_colours(shade.names, browsed.plan.classes, self._theme)
        counts = shade.counts(chart.places)
        names = [kind_words(shade, name) for name in shade.names]
        shown = [*zip(colours, names, counts, strict=True)]
        shown.append((quiet(self._theme), kind_words(shade, ""), len(chart) - sum(counts)))
        self.key.show_kinds(shown)

    @property
    def _is_dark(self) -> bool:
        return self._theme.name == "dark"

    def _draw(self) -> None:
        chart, browsed, view = self._charting.chart, self._charting.browsed, self.plot.view()
        if chart is None or browsed is None or view is None or not self.isVisible():
            return
        theme, shade = self._theme, chart.shade
        table = scale_table(self._is_dark)
        if not shade.is_scale:
            table = rgb(names_and_colours(shade.names, browsed.plan.classes, theme))
        faint, paper, ink = rgb((quiet(theme), theme.paper, theme.ink))
        self._charting.draw(view, table, (faint, paper, ink))

    def _on_drawn(self) -> None:
        picture, chart = self._charting.picture, self._charting.chart
        if picture is not None and chart is not None:
            self.plot.show_picture(picture)
            self.words.setText(chart_words(chart, picture, self._browsing.selection))

    def _on_selected(self) -> None:
        chart = self._charting.chart
        if chart is None or not self.isVisible():
            return
        browsing = self._browsing
        numbers = chart.at(browsing.selection[:MOST_TRACKS])
        here = chart.at(np.array([browsing.here]))
        self.plot.show_selected(numbers, int(here[0]) if len(here) else -1, chart.tracks[numbers])
        if self._charting.picture is not None:
            self.words.setText(chart_words(chart, self._charting.picture, browsing.selection))

    def _on_hovered(self, number: int) -> None:
        chart, browsed = self._charting.chart, self._charting.browsed
        there = chart is not None and browsed is not None and 0 <= number < len(chart)
        if there and chart is not None and browsed is not None:
            self.under.setText(token_words(browsed, int(chart.places[number])))
        else:
            self.under.setText(" ")
        pointing = Qt.CursorShape.PointingHandCursor if there else Qt.CursorShape.ArrowCursor
        self.plot.viewport().setCursor(pointing)


def _button(text: str, tip: str) -> QPushButton:
    made = QPushButton(text)
    made.setAutoDefault(False)
    made.setToolTip(tip)
    return made
