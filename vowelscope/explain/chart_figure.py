"""The vowel chart of an explained corpus for print."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from vowelscope.core.formant_plane import quantity_unit
from vowelscope.core.vowel_chart import CLASS_COLOURS, ELLIPSE_SHARE, classes_in_order
from vowelscope.explain.browse import Browsed
from vowelscope.explain.corpus_chart import CorpusChart, Shade, nearly_all
from vowelscope.explain.vowel_figure import save_vowels

__all__ = ["draw_corpus", "save_chart"]

Doubles = npt.NDArray[np.float64]

_SIZE_IN = (6.4, 5.6)
_DPI = 300
_MANY = 2000
_MARGIN = 0.04
_KINDS_A_ROW = 5
_NONE = "#a0a0a0"
_HOW = {
    "none": "",
    "bark": " Bark: 7 arsinh(F / 650).",
    "lobanov": " Lobanov (1971): z by speaker, over all of a speaker's tokens.",
    "nearey": " Nearey (1978): ln F less the mean of ln F1 and ln F2 by speaker, over all of a "
    "speaker's tokens.",
}
_WHAT = {
    "label": "Class of the label",
    "predicted": "Predicted class",
    "agreement": "Network and label",
    "doubt": "Doubt: 1 less the probability of the prediction",
    "formants": "Network and formants (QDA)",
    "duration": "Duration (ms)",
    "set": "Set",
    "speaker": "Speaker",
    "part": "Part",
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
    table = _table(shade, classes)
    codes = shade.codes(len(table))[chart.places]
    # The highest of a scale lie on top; kinds lie on each other in no order.
    order = (
        np.argsort(codes, kind="stable")
        if shade.is_scale
        else np.random.default_rng(0).permutation(len(chart))
    )
    order = order[np.argsort(codes[order] >= 0, kind="stable")]
    many = len(chart) > _MANY
    colours = np.array([*table, _NONE], dtype=object)[codes]
    axes.scatter(
        chart.points[order, 1],
        chart.points[order, 0],
        s=4 if many else 12,
        c=list(colours[order]),
        linewidths=0 if many else 0.3,
        edgecolors="white",
        rasterized=many,
    )
    for ellipse in chart.ellipses:
        colour = classes[ellipse.symbol] if _is_by_class(shade) else "black"
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
        _bar(figure, axes, shade, table)
    else:
        _legend(figure, shade, table, chart)
    note = _note(browsed, chart, outside)
    below: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    # The layout keeps room for it, and puts the legend below.
    axes.annotate(
        note, (0.5, 0.0), (0, -6), ha="center", va="top", fontsize=6.5, color="#404040",
        parse_math=False, annotation_clip=False, **below,
    )  # fmt: skip
    return figure


def _is_by_class(shade: Shade) -> bool:
    return shade.colouring in ("label", "predicted")


def _table(shade: Shade, classes: dict[str, str]) -> list[Any]:
    if shade.is_scale:
        # The ends of the map are left out: white paper hides the one, black ink the other.
        return list(matplotlib.colormaps["inferno_r"](np.linspace(0.2, 0.95, 256)))
    if _is_by_class(shade):
        return [classes[name.strip("/")] for name in shade.names]
    return [CLASS_COLOURS[at % len(CLASS_COLOURS)] for at in range(len(shade.names))]


def _bar(figure: Figure, axes: Any, shade: Shade, table: list[Any]) -> None:
    mapped = ScalarMappable(Normalize(shade.low, shade.high), ListedColormap(table))
    extend = "both" if shade.colouring == "duration" else "neither"
    bar = figure.colorbar(mapped, ax=axes, location="left", shrink=0.6, pad=0.02, extend=extend)
    bar.set_label(_WHAT[shade.colouring], fontsize=8)
    bar.ax.tick_params(labelsize=7)


def _legend(figure: Figure, shade: Shade, table: list[Any], chart: CorpusChart) -> None:
    counts = shade.counts(chart.places)
    shown = [
        (name, colour, count)
        for name, colour, count in zip(shade.names, table, counts, strict=True)
        if count
    ]
    others = len(chart) - sum(counts)
    if others:
        none = "others" if shade.colouring in ("set", "speaker") else "none"
        shown.append((none, _NONE, others))
    marks = [
        Line2D([], [], marker="o", linestyle="", markersize=4, color=colour, label=f"{name} {n:,}")
        for name, colour, n in shown
    ]
    words = figure.legend(
        handles=marks,
        title=_WHAT[shade.colouring],
        fontsize=7,
        title_fontsize=7.5,
        loc="outside lower center",
        ncols=_KINDS_A_ROW,
        frameon=False,
    )
    for text in words.get_texts():
        text.set_parse_math(False)


def _note(browsed: Browsed, chart: CorpusChart, outside: int) -> str:
    choice = chart.choice
    text = f"{len(chart):,} tokens in their middle, model {browsed.plan.model_name}."
    if chart.undefined:
        text += f" {chart.undefined:,} more have no {choice.y} or {choice.x} there."
    if outside:
        text += f" {outside:,} of them lie outside."
    text += _HOW[choice.how]
    if chart.ellipses:
        whose = "labels' classes" if choice.ellipses == "label" else "predicted classes"
        text += f"\nEllipses of the {whose} hold {ELLIPSE_SHARE:.0%} of a normal distribution."
    return text


def _letter(axes: Any, place: tuple[float, float], symbol: str, colour: str) -> None:
    from matplotlib.patheffects import withStroke

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
