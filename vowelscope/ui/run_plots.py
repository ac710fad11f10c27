"""Curves of runs: loss on the left, accuracy and validation macro-F1 on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from vowelscope.app.run_story import RunStory
from vowelscope.core.translation import tr
from vowelscope.ui.class_colours import class_colours
from vowelscope.ui.theme import LIGHT, Theme

_MEAN_STEPS = 25
_MOST_POINTS = 1600
"""Of a curve; about two for each column of a plot."""
_MOST_SYMBOLS, _MOST_VALID = 120, 240
Doubles = npt.NDArray[np.float64]


def running_mean(values: Sequence[float] | Doubles, width: int = _MEAN_STEPS) -> Doubles:
    """Mean of each value and those before it, up to `width` of them; (n,)."""
    array = np.asarray(values, dtype=float)
    if not len(array):
        return array
    total = np.concatenate([[0.0], np.cumsum(array)])
    last = np.arange(1, len(array) + 1)
    first = np.maximum(last - width, 0)
    mean: Doubles = (total[last] - total[first]) / (last - first)
    return mean


def thinned(steps: Doubles, values: Doubles, most: int = _MOST_POINTS) -> tuple[Doubles, Doubles]:
    """Of a long curve the least and the greatest value of each of `most` / 2 stretches.

    Returns
    -------
    steps, values
        As they are where there are no more than `most`; else with the ends of each stretch, so
        that no peak is lost.
    """
    if len(steps) <= most:
        return steps, values
    starts = np.linspace(0, len(steps), most // 2, endpoint=False).astype(int)
    ends = np.append(starts[1:], len(steps)) - 1
    least, greatest = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    return np.column_stack([steps[starts], steps[ends]]).ravel(), np.column_stack(
        [least, greatest]
    ).ravel()


class RunPlots(QWidget):
    """One run with its single steps behind its running means, or several runs over each other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._runs: list[tuple[str, RunStory]] = []
        self.loss = _plot(tr("Loss"), tr("Loss over optimiser steps"))
        self.score = _plot(tr("Share right"), tr("Accuracy and macro-F1 over optimiser steps"))
        self.score.getPlotItem().getViewBox().setLimits(yMin=-0.05, yMax=1.05)
        self.score.getPlotItem().setYRange(0.0, 1.0)
        # Where curves seldom are: loss falls, and what is right rises.
        places = ((-8, 8), (-8, -8))
        self._legends = [
            plot.getPlotItem().addLegend(offset=place)
            for plot, place in zip(self._plots, places, strict=True)
        ]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.loss, 1)
        row.addWidget(self.score, 1)
        self.set_theme(LIGHT)

    @property
    def _plots(self) -> tuple[pg.PlotWidget, pg.PlotWidget]:
        return self.loss, self.score

    def sizeHint(self) -> QSize:
        """Wide: steps go to the right."""
        return QSize(640, 220)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        for plot, legend in zip(self._plots, self._legends, strict=True):
            plot.setBackground(theme.panel)
            plot.getPlotItem().getViewBox().setBackgroundColor(theme.paper)
            for side in ("bottom", "left"):
                axis = plot.getPlotItem().getAxis(side)
                axis.setPen(pg.mkPen(theme.faint, width=1))
                axis.setTextPen(pg.mkPen(theme.ink, width=1))
            legend.setLabelTextColor(theme.ink)
        self.show_runs(self._runs)

    def show_runs(self, runs: Sequence[tuple[str, RunStory]]) -> None:
        """Draw these runs by their names."""
        self._runs = [(name, story) for name, story in runs if story.steps]
        for plot in self._plots:
            plot.getPlotItem().clear()
        colours = class_colours([name for name, _ in self._runs], self._theme)
        alone = len(self._runs) == 1
        for name, story in self._runs:
            self._draw(name, story, colours[name], alone)

    def _draw(self, name: str, story: RunStory, colour: str, alone: bool) -> None:
        steps = np.asarray(story.steps, dtype=float)
        faint = pg.mkColor(colour)
        faint.setAlpha(70)
        thin, thick = pg.mkPen(faint, width=1), pg.mkPen(colour, width=2)
        for plot, values in ((self.loss, story.losses), (self.score, story.accuracies)):
            array = np.asarray(values, dtype=float)
            if alone:
                _curve(plot, *thinned(steps, array), pen=thin)
            label = name if not alone else (tr("mean of {n} steps").format(n=_MEAN_STEPS))
            if alone and plot is self.score:
                label = tr("accuracy in training")
            _curve(plot, *thinned(steps, running_mean(array)), pen=thick, name=label)
        at = np.asarray(story.valid_steps, dtype=float)
        ink = self._theme.ink if alone else colour
        dashed = pg.mkPen(ink, width=2, style=Qt.PenStyle.DashLine)
        marked: dict[str, Any] = {}
        if len(at) <= _MOST_SYMBOLS:
            marked = {"symbol": "o", "symbolSize": 7, "symbolBrush": ink, "symbolPen": None}
        f1s = np.asarray(story.valid_f1s, dtype=float)
        label = tr("validation macro-F1") if alone else tr("{name}: macro-F1").format(name=name)
        _curve(self.score, *thinned(at, f1s, _MOST_VALID), pen=dashed, name=label, **marked)
        if alone:
            dotted = pg.mkPen(self._theme.formant, width=2, style=Qt.PenStyle.DotLine)
            if marked:
                marked = {**marked, "symbol": "t", "symbolBrush": self._theme.formant}
            right = np.asarray(story.valid_accuracies, dtype=float)
            _curve(
                self.score,
                *thinned(at, right, _MOST_VALID),
                pen=dotted,
                name=tr("validation accuracy"),
                **marked,
            )


def _plot(left: str, name: str) -> pg.PlotWidget:
    plot = pg.PlotWidget(enableMenu=False)
    plot.setAccessibleName(name)
    plot.viewport().setAccessibleName(name)
    plot.setFrameShape(plot.Shape.NoFrame)
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
    item = plot.getPlotItem()
    item.hideButtons()
    item.setLabel("bottom", tr("Step"))
    item.setLabel("left", left)
    for side in ("bottom", "left"):
        item.getAxis(side).enableAutoSIPrefix(False)
    item.layout.setContentsMargins(2, 6, 12, 2)
    return plot


def _curve(
    plot: pg.PlotWidget, x: Doubles, y: Doubles, name: str | None = None, **how: object
) -> None:
    curve = pg.PlotDataItem(connect="all", name=name, **how)
    plot.addItem(curve)
    curve.setData(x, y)
