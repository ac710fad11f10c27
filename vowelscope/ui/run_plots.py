"""Curves of runs: loss on the left, accuracy and validation macro-F1 on the right."""

from __future__ import annotations

from collections.abc import Sequence

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
Doubles = npt.NDArray[np.float64]


def running_mean(values: Sequence[float], width: int = _MEAN_STEPS) -> Doubles:
    """Mean of each value and those before it, up to `width` of them; (n,)."""
    array = np.asarray(values, dtype=float)
    if not len(array):
        return array
    total = np.concatenate([[0.0], np.cumsum(array)])
    last = np.arange(1, len(array) + 1)
    first = np.maximum(last - width, 0)
    mean: Doubles = (total[last] - total[first]) / (last - first)
    return mean


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
        self._legends = [plot.getPlotItem().addLegend(offset=(-8, 8)) for plot in self._plots]
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
        self._runs = list(runs)
        for plot in self._plots:
            plot.getPlotItem().clear()
        colours = class_colours([name for name, _ in runs], self._theme)
        alone = len(runs) == 1
        for name, story in runs:
            self._draw(name, story, colours[name], alone)

    def _draw(self, name: str, story: RunStory, colour: str, alone: bool) -> None:
        # A run may be read on while it is drawn, but only between two turns of the event loop.
        steps = np.asarray(story.steps, dtype=float)
        faint = pg.mkColor(colour)
        faint.setAlpha(70)
        thin, thick = pg.mkPen(faint, width=1), pg.mkPen(colour, width=2)
        for plot, values in ((self.loss, story.losses), (self.score, story.accuracies)):
            if alone:
                _curve(plot, steps, np.asarray(values, dtype=float), pen=thin)
            label = name if not alone else (tr("mean of {n} steps").format(n=_MEAN_STEPS))
            if alone and plot is self.score:
                label = tr("accuracy in training")
            _curve(plot, steps, running_mean(values), pen=thick, name=label)
        at = np.asarray(story.valid_steps, dtype=float)
        ink = self._theme.ink if alone else colour
        dashed = pg.mkPen(ink, width=2, style=Qt.PenStyle.DashLine)
        marked = {"symbol": "o", "symbolSize": 7, "symbolBrush": ink, "symbolPen": None}
        f1s = np.asarray(story.valid_f1s, dtype=float)
        label = tr("validation macro-F1") if alone else tr("{name}: macro-F1").format(name=name)
        _curve(self.score, at, f1s, pen=dashed, name=label, **marked)
        if alone:
            dotted = pg.mkPen(self._theme.formant, width=2, style=Qt.PenStyle.DotLine)
            marked = {**marked, "symbol": "t", "symbolBrush": self._theme.formant}
            right = np.asarray(story.valid_accuracies, dtype=float)
            _curve(self.score, at, right, pen=dotted, name=tr("validation accuracy"), **marked)


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
    curve.setClipToView(True)
    curve.setDownsampling(auto=True, method="peak")
