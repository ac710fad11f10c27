"""Several methods side by side on one token, as a picture: each with unit, sign, cells, caveat."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vowelscope.explain.base import Explanation
from vowelscope.explain.explainers import (
    COLOUR_SHARE,
    MOST_CELLS_WITH_EDGES,
    Attribution,
    colour_limit,
)
from vowelscope.explain.figure import signed_colours

_PANEL_IN = (4.3, 4.4)
_MOST_ACROSS = 3
_DPI = 120


def draw_methods(
    explanation: Explanation, found: Sequence[Attribution], label: str = "", title: str = ""
) -> Figure:
    """Draw attributions of one token over what the model saw.

    Parameters
    ----------
    found
        One panel each.
    label, title
        As in `vowelscope.explain.figure.draw`.
    """
    across = min(len(found), _MOST_ACROSS)
    down = ceil(len(found) / _MOST_ACROSS)
    width_in, height_in = across * _PANEL_IN[0], down * _PANEL_IN[1] + 0.5
    figure = Figure(figsize=(width_in, height_in), dpi=_DPI)
    FigureCanvasAgg(figure)
    for at, one in enumerate(found):
        left_in = (at % _MOST_ACROSS) * _PANEL_IN[0]
        bottom_in = (down - 1 - at // _MOST_ACROSS) * _PANEL_IN[1]
        box = (left_in + 0.65, bottom_in + 1.15, _PANEL_IN[0] - 1.45, _PANEL_IN[1] - 1.7)
        _panel(figure, explanation, one, box)
    words: dict[str, Any] = {"parse_math": False, "color": "#404040"}
    shown = f"label {label}" if label else "no label"
    figure.text(
        0.55 / width_in,
        1 - 0.3 / height_in,
        f"{title}  ·  {shown}  ·  predicted {explanation.predicted}  ·  model "
        f"{explanation.model_name} ({explanation.model_hash[:8]})",
        fontsize=8,
        **words,
    )
    return figure


def _panel(
    figure: Figure,
    explanation: Explanation,
    found: Attribution,
    box_in: tuple[float, float, float, float],
) -> None:
    wide, high = figure.get_figwidth(), figure.get_figheight()
    left, bottom, width, height = box_in
    axes = figure.add_axes((left / wide, bottom / high, width / wide, height / high))
    seen = explanation.input
    extent = (*seen.time_edges_s[[0, -1]].tolist(), *seen.freq_edges_hz[[0, -1]].tolist())
    span_db = seen.spec.db_max - seen.spec.db_min
    axes.imshow(
        seen.db,
        cmap="gray_r",
        vmin=seen.spec.db_min,
        vmax=seen.spec.db_max + 0.6 * span_db,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        extent=extent,
    )
    limit = colour_limit(found.values)
    few = found.values.size <= MOST_CELLS_WITH_EDGES
    # Narrow bands would be nothing but edges.
    thin = float(np.diff(found.freq_edges_hz).min()) < 0.02 * extent[3]
    image: Any = axes.pcolormesh(
        found.time_edges_s,
        found.freq_edges_hz,
        found.values,
        cmap=signed_colours(),
        vmin=-limit,
        vmax=limit,
        shading="flat",
        rasterized=not few,
        edgecolors="#404040" if few else "none",
        linewidth=0.06 if thin else 0.2,
    )
    row, column = np.nonzero(found.unsure)
    middles = [0.5 * (at[1:] + at[:-1]) for at in (found.time_edges_s, found.freq_edges_hz)]
    axes.plot(middles[0][column], middles[1][row], "x", color="#202020", markersize=4, mew=0.7)
    for time_s in (explanation.tmin_s, explanation.tmax_s):
        axes.axvline(time_s, color="#0072b2", linestyle=(0, (4, 2)), linewidth=1.2)
    axes.set_xlim(extent[0], extent[1])
    axes.set_ylim(extent[2], extent[3])
    axes.set_xlabel("Time (s)", fontsize=8)
    axes.set_ylabel("Frequency (Hz)", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.locator_params(axis="x", nbins=5)
    bar_at = ((left + width + 0.08) / wide, bottom / high, 0.1 / wide, height / high)
    bar = figure.colorbar(image, cax=figure.add_axes(bar_at))
    bar.ax.tick_params(labelsize=7)
    ends = "" if few else f" (full colour: {COLOUR_SHARE:g}th percentile)"
    bar.set_label(found.unit + ends, fontsize=7, parse_math=False)
    if not found.signed:
        bar.ax.set_ylim(0, limit)
    marked = " ×: not distinguishable from 0 (two standard errors)."
    unsure = "" if found.errors is None else marked
    name = found.of if found.against is None else f"{found.of} − {found.against}"
    axes.set_title(f"{found.title}: {name}", fontsize=9, parse_math=False)
    figure.text(
        left / wide,
        (bottom - 0.5) / high,
        textwrap.fill(found.caveat + unsure, 62),
        fontsize=6.5,
        color="#404040",
        va="top",
        parse_math=False,
    )
