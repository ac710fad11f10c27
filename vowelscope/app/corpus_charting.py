"""The chart of an explained corpus: laid out and drawn in the background while it is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from vowelscope.app.browsing import Browsing
from vowelscope.app.workbench import Workbench
from vowelscope.core.point_picture import NO_VALUE, Look, PointPicture, View, draw_points
from vowelscope.core.translation import tr
from vowelscope.explain.corpus_chart import ChartChoice, CorpusChart, corpus_chart, within

if TYPE_CHECKING:
    from vowelscope.explain.browse import Browsed

Bytes = npt.NDArray[np.uint8]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

MOST_TRACKS = 200
"""Selected tokens whose trajectories are drawn."""


class CorpusCharting(QObject):
    """What the chart beside the table of a `Browsing` shows: the tokens that its filters let
    through."""

    changed = Signal()
    """There is another chart, or none."""
    drawn = Signal()
    """There is another picture of its points."""

    def __init__(self, bench: Workbench, browsing: Browsing, parent: QObject) -> None:
        super().__init__(parent)
        self._bench, self._browsing = bench, browsing
        self.choice = ChartChoice()
        self.chart: CorpusChart | None = None
        self.browsed: Browsed | None = None
        """What the chart is of."""
        self.picture: PointPicture | None = None
        self._outline_of: Browsed | None = None
        self._is_shown = False
        self._is_stale = True
        self._of: Browsed | None = None
        browsing.changed.connect(self._on_browsing)

    @property
    def is_busy(self) -> bool:
        """True while the chart or its picture is being made."""
        pending = self._bench.jobs.is_pending
        return any(pending(self._key(what)) for what in ("chart", "picture", "outline"))

    def _key(self, what: str) -> tuple[str, int]:
        return f"corpus {what}", id(self)

    def set_shown(self, shown: bool) -> None:
        """Say whether the chart is to be seen."""
        self._is_shown = shown
        if shown and self._is_stale:
            self._lay_out()

    def choose(self, **changes: Any) -> None:
        """Show something else; the names are those of `ChartChoice`."""
        self.choice = replace(self.choice, **changes)
        self._on_browsing()

    def _on_browsing(self) -> None:
        self._is_stale = True
        if self._is_shown:
            self._lay_out()

    def _lay_out(self) -> None:
        self._is_stale = False
        browsed = self._of = self._browsing.browsed
        if browsed is not None:
            self._bench.jobs.submit(
                self._key("chart"),
                corpus_chart,
                browsed,
                self._browsing.let_through,
                self.choice,
                on_done=self._on_laid_out,
            )

    def _on_laid_out(self, chart: CorpusChart) -> None:
        self.chart, self.browsed = chart, self._of
        self.changed.emit()

    # The picture of its points

    def draw(self, view: View, table: Bytes, others: tuple[Bytes, Bytes, Bytes]) -> None:
        """Draw the points in view, by `drawn`.

        Parameters
        ----------
        table
            (k, 3) colours of the kinds, or steps of the scale.
        others
            Of tokens that have none, of paper and of ink, (3,) each.
        """
        if self.chart is not None and self.browsed is self._browsing.browsed:
            self._bench.jobs.submit(
                self._key("picture"),
                _draw,
                self.chart,
                self._browsing.outlined,
                self._browsing.marking.marked.copy(),
                view,
                (table, others),
                on_done=self._on_drawn,
            )

    def _on_drawn(self, picture: PointPicture) -> None:
        self.picture = picture
        self.drawn.emit()

    # Tokens of the chart

    def can_choose(self) -> Flags:
        """(n,) tokens of the chart that the table has, too: not those outside an outline."""
        chart, outlined = self.chart, self._browsing.outlined
        if chart is None:
            return np.zeros(0, bool)
        if self.browsed is not self._browsing.browsed:
            return np.zeros(len(chart), bool)
        return np.ones(len(chart), bool) if outlined is None else outlined[chart.places]

    def choose_token(self, number: int, more: bool = False) -> int | None:
        """Select a token of the chart, or add it to what is selected; gives its place."""
        if self.chart is None or self.browsed is not self._browsing.browsed:
            return None  # another folder was read, and its chart is not there yet
        browsing, place = self._browsing, int(self.chart.places[number])
        if not more:
            browsing.select(np.array([place]), place)
        elif place in browsing.selection:
            rest = browsing.selection[browsing.selection != place]
            browsing.select(rest, int(rest[-1]) if len(rest) else -1)
        else:
            browsing.select(np.append(browsing.selection, place), place)
        return place

    def keep_within(self, outline: Doubles, more: bool = False) -> None:
        """Filter by an outline, (corners, 2) of y and x; `more` keeps the tokens of the last."""
        if self.chart is not None and self.browsed is self._browsing.browsed:
            self._outline_of = self.browsed
            self._bench.jobs.submit(
                self._key("outline"),
                _within,
                self.chart,
                outline,
                self._browsing.outlined if more else None,
                len(self._browsing.let_through),
                on_done=self._on_outlined,
            )

    def _on_outlined(self, inside: Flags) -> None:
        if self._outline_of is self._browsing.browsed:
            self._browsing.keep_within(inside)

    # The file

    def export(self, path: Path) -> None:
        """Draw what the filters let through into a file; a note or a message follows."""
        browsed, session = self._browsing.browsed, self._bench.session
        if browsed is None:
            return
        chosen = self._browsing.let_through
        if self._browsing.outlined is not None:
            chosen = chosen & self._browsing.outlined
        self._bench.jobs.submit(
            self._key("file"),
            _export,
            path,
            browsed,
            chosen,
            self.choice,
            on_done=session.note.emit,
            on_error=session.message.emit,
        )


def _draw(
    chart: CorpusChart,
    outlined: Flags | None,
    marked: Flags,
    view: View,
    colours: tuple[Bytes, tuple[Bytes, Bytes, Bytes]],
) -> PointPicture:
    table, others = colours
    codes = chart.shade.codes(len(table))[chart.places]
    if outlined is not None:
        codes = np.where(outlined[chart.places], codes, NO_VALUE)
    look = Look(codes, table, chart.shade.is_scale, *others)
    return draw_points(chart.points[:, 1], chart.points[:, 0], look, view, marked[chart.places])


def _within(chart: CorpusChart, outline: Doubles, before: Flags | None, count: int) -> Flags:
    inside = np.zeros(count, bool) if before is None else before.copy()
    inside[chart.places[within(chart.points, outline)]] = True
    return inside


def _export(path: Path, browsed: Browsed, chosen: Flags, choice: ChartChoice) -> str:
    # matplotlib takes long to import: only ever on this thread.
    from vowelscope.explain.chart_figure import draw_corpus, save_chart

    chart = corpus_chart(browsed, chosen, choice)
    save_chart(draw_corpus(browsed, chart), path)
    return tr("The chart of {count} tokens is in {path}.").format(
        count=f"{len(chart):,}", path=path
    )
