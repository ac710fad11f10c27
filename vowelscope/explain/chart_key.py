"""What the colours of a printed chart say: a bar, or kinds with their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from vowelscope.core.vowel_chart import CLASS_COLOURS
from vowelscope.explain.corpus_chart import Shade

__all__ = ["NO_COLOUR", "colours_of", "draw_bar", "draw_kinds", "is_by_class"]

NO_COLOUR = "#a0a0a0"
"""Of what is of no kind and has no value."""

_KINDS_A_ROW = 5
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


def is_by_class(shade: Shade) -> bool:
    """Whether the colours are those of the classes."""
    return shade.colouring in ("label", "predicted")


def colours_of(shade: Shade, classes: Mapping[str, str]) -> list[Any]:
    """A colour for each kind or step, given the colour of each class."""
    if shade.is_scale:
        # The ends of the map are left out: white paper hides the one, black ink the other.
        return list(matplotlib.colormaps["inferno_r"](np.linspace(0.2, 0.95, 256)))
    if is_by_class(shade):
        return [classes.get(name.strip("/"), NO_COLOUR) for name in shade.names]
    return [CLASS_COLOURS[at % len(CLASS_COLOURS)] for at in range(len(shade.names))]


def draw_bar(figure: Figure, shade: Shade, table: list[Any], **place: Any) -> None:
    """Draw the bar of a scale; `place` is as in `matplotlib.figure.Figure.colorbar`."""
    mapped = ScalarMappable(Normalize(shade.low, shade.high), ListedColormap(table))
    extend = "both" if shade.colouring == "duration" else "neither"
    bar = figure.colorbar(mapped, extend=extend, **place)
    bar.set_label(_WHAT[shade.colouring], fontsize=8)
    bar.ax.tick_params(labelsize=7)


def draw_kinds(
    figure: Figure,
    shade: Shade,
    table: list[Any],
    counts: Sequence[int],
    total: int,
    **place: Any,
) -> None:
    """Draw a legend of the kinds that have tokens, and of those that are of none.

    Parameters
    ----------
    counts
        Tokens of each kind.
    total
        Tokens in all.
    place
        As in `matplotlib.figure.Figure.legend`; below all else by default.
    """
    shown = [
        (name, colour, count)
        for name, colour, count in zip(shade.names, table, counts, strict=True)
        if count
    ]
    if total > sum(counts):
        none = "others" if shade.colouring in ("set", "speaker") else "none"
        shown.append((none, NO_COLOUR, total - sum(counts)))
    marks = [
        Line2D([], [], marker="o", linestyle="", markersize=4, color=colour, label=f"{name} {n:,}")
        for name, colour, n in shown
    ]
    place.setdefault("loc", "outside lower center")
    words = figure.legend(
        handles=marks,
        title=_WHAT[shade.colouring],
        fontsize=7,
        title_fontsize=7.5,
        ncols=_KINDS_A_ROW,
        frameon=False,
        **place,
    )
    for text in words.get_texts():
        text.set_parse_math(False)
