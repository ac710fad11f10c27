"""The vowel chart of an explained corpus for print."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from vowelscope.core.formant_plane import quantity_unit
from vowelscope.core.vowel_chart import CLASS_COLOURS, ELLIPSE_SHARE, classes_in_order
from vowelscope.explain.browse import Browsed
from vowelscope.explain.chart_key import (
    NO_COLOUR,
    colours_of,
    draw_bar,
    draw_kinds,
    is_by_class,
)
from vowelscope.explain.corpus_chart import CorpusChart, nearly_all
from vowelscope.explain.vowel_figure import save_vowels

__all__ = ["draw_corpus", "save_chart"]

_SIZE_IN = (6.4, 5.6)
_DPI = 300
_MANY = 2000
_MARGIN = 0.04
_HOW = {
    "none": "",
    "bark": "\nBark: 7 arsinh(F / 650).",
    "lobanov": "\nLobanov (1971): z by speaker, over all of a speaker's tokens.",
    "nearey": "\nNearey (1978): ln F less the mean of ln F1 and ln F2 by speaker, over all of a "
    "speaker's tokens.",
}
save_chart = save_vowels
"""Write a figure as SVG, PDF or PNG; see `vowelscope.explain.vowel_figure.save_vowels`."""


def draw_corpus(browsed: Browsed, chart: CorpusChart, whole: bool = False) -> Figure:
    """Draw a chart; the points become an image in it where they are many.

    Parameters
    ----------
    chart
        Of `browsed`, from `corpus_chart`.
    whole
        Show also what lies far from nearly all (see `nearly_all`), which is else counted below.
    """
    choice, shade = chart.choice, chart.shade
    figure = Figure(figsize=_SIZE_IN, dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.yaxis.tick_right()
    axes.yaxis.set_label_position("right")
    axes.set_xlabel(quantity_unit(choice.x, choice.how), fontsize=9)
    axes.set_ylabel(quantity_unit(choice.y, choice.how), fontsize=9)
    axes.tick_params(labelsize=8)
    classes = {
        name: CLASS_COLOURS[at % len(CLASS_COLOURS)]
        for at, name in enumerate(classes_in_order(browsed.plan.classes))
    }
    table = colours_of(shade, classes)
    codes = shade.codes(len(table))[chart.places]
    # The highest of a scale lie on top; kinds lie on each other in no order.
    order = (
        np.argsort(codes, kind="stable")
        if shade.is_scale
        else np.random.default_rng(0).permutation(len(chart))
    )
    order = order[np.argsort(codes[order] >= 0, kind="stable")]
    many = len(chart) > _MANY
    colours = to_rgba_array([*table, NO_COLOUR])[codes]
    axes.scatter(
        chart.points[order, 1],
        chart.points[order, 0],
        s=4 if many else 12,
        c=colours[order],
        linewidths=0 if many else 0.3,
        edgecolors="white",
        rasterized=many,
    )
    for ellipse in chart.ellipses:
        colour = classes[ellipse.symbol] if is_by_class(shade) else "black"
        if len(ellipse.outline):
            axes.plot(ellipse.outline[:, 1], ellipse.outline[:, 0], color=colour, linewidth=1.3)
        _letter(axes, ellipse.mean, ellipse.symbol, colour)
    outside = 0
    if len(chart):
        low, high = (
            (chart.points.min(0), chart.points.max(0)) if whole else nearly_all(chart.points)
        )
        outside = int(((chart.points < low) | (chart.points > high)).any(axis=1).sum())
        room = _MARGIN * np.maximum(high - low, 1e-9)
        axes.set_xlim(high[1] + room[1], low[1] - room[1])
        axes.set_ylim(high[0] + room[0], low[0] - room[0])
    if shade.is_scale:
        draw_bar(figure, shade, table, ax=axes, location="left", shrink=0.6, pad=0.02)
    else:
        draw_kinds(figure, shade, table, shade.counts(chart.places), len(chart))
    note = _note(browsed, chart, outside)
    below: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    # The layout keeps room for it, and puts the legend below.
    axes.annotate(
        note, (0.5, 0.0), (0, -6), ha="center", va="top", fontsize=6.5, color="#404040",
        parse_math=False, annotation_clip=False, **below,
    )  # fmt: skip
    return figure


def _note(browsed: Browsed, chart: CorpusChart, outside: int) -> str:
    choice = chart.choice
    text = f"{len(chart):,} tokens, measured in their middle"
    if outside:
        text += f", {outside:,} of which lie outside"
    text += f"; model {browsed.plan.model_name}."
    if chart.undefined:
        text += f" Not drawn, without {choice.y} or {choice.x} there: {chart.undefined:,}."
    text += _HOW[choice.how]
    if chart.ellipses:
        whose = "labels' classes" if choice.ellipses == "label" else "predicted classes"
        text += f"\nEllipses of the {whose} hold {ELLIPSE_SHARE:.0%} of a normal distribution."
    return text


def _letter(axes: Any, place: tuple[float, float], symbol: str, colour: str) -> None:
    axes.text(
        place[1],
        place[0],
        symbol,
        color=colour,
        fontsize=17,
        fontweight="bold",
        ha="center",
        va="center",
        parse_math=False,
        clip_on=True,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
    )
