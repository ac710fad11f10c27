"""The figures of a corpus report: examples, class maps, row profiles, confusions, two models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from vowelscope.explain.aligned_maps import Aligned, card_of
from vowelscope.explain.base import Explanation, cell_edges
from vowelscope.explain.figure import signed_colours
from vowelscope.explain.mean_maps import Explained, MeanMap, class_maps, mean_with_interval, on_axis
from vowelscope.explain.resnet import cell_stride
from vowelscope.explain.two_models import Difference

Doubles = npt.NDArray[np.float64]

_FOR, _AGAINST, _GREY, _RED = "#b35806", "#542788", "#808080", "#e00000"


def examples(shown: list[tuple[Explanation, str, Doubles, Doubles]]) -> Figure:
    """Spectrogram of one token a class, with its formants (the study's figure 1).

    Parameters
    ----------
    shown
        For each: explanation, class of the label, times (n,) in s and formants (n, k) in Hz.
    """
    figure = Figure(figsize=(2.3 * len(shown) + 0.6, 3.0), layout="constrained")
    axes = np.atleast_1d(figure.subplots(1, len(shown), sharey=True))
    for place, (said, name, times_s, formants_hz) in zip(axes, shown, strict=True):
        seen = said.input
        extent = (
            *(float(t) for t in seen.time_edges_s[[0, -1]]),
            *(float(f) for f in seen.freq_edges_hz[[0, -1]]),
        )
        place.imshow(
            seen.db,
            cmap="gray_r",
            vmin=seen.spec.db_min,
            vmax=seen.spec.db_max,
            origin="lower",
            aspect="auto",
            extent=extent,
        )
        for column in formants_hz.T:
            place.plot(times_s, column, ".", color=_RED, markersize=2)
        for at in (said.tmin_s, said.tmax_s):
            place.axvline(at, color="#0072b2", linewidth=0.8, linestyle="--")
        place.set_xlim(*extent[:2])
        place.set_ylim(*extent[2:])
        place.set_title(f"/{name}/", fontsize=10)
        place.tick_params(labelsize=7)
        place.set_xlabel("Time (s)", fontsize=8)
    axes[0].set_ylabel("Frequency (Hz)", fontsize=8)
    return figure


def maps(explained: Explained) -> Figure:
    """Mean map of each class (the study's figures 2 and 3), as large as its cells are."""
    edges_hz = np.array(explained.plan.freq_edges_hz)
    words = "logits a cell, less the mean of all classes"
    return _cells(class_maps(explained), edges_hz, words, _time_of(explained))


def aligned(found: Aligned, edges_hz: Doubles) -> Figure:
    """Mean map of each class on another axis of time; blank where too few tokens reach."""
    time = (
        (100 * found.edges, "Time (% of the interval)", (0.0, 100.0))
        if found.is_relative
        else (1000 * found.edges, "Time from the middle (ms)", (0.0,))
    )
    words = "logits a cell, less the mean of all classes"
    return _cells(found.maps, edges_hz, words, time, edges=False)


def difference(found: Difference, first: str, second: str) -> Figure:
    """Mean map of each class by one model less that by another, on the axis of both."""
    words = f"share of the evidence\n{first} less {second}"
    return _cells(found.maps, found.freq_edges_hz, words)


_Time = tuple[Doubles, str, tuple[float, ...]]
"""Edges of the columns, what they are, and where a line is drawn."""


def _time_of(explained: Explained) -> _Time | None:
    """The axis that a model's cells have themselves."""
    card = card_of(explained)
    if card is None:
        return None
    spec, stride = card.features, cell_stride(card.dilated_stage4)
    pixels = np.linspace(-0.5, 0.5, spec.columns + 1)
    edges = cell_edges(pixels, explained.plan.cells[1], stride)
    if spec.time_rule == "fixed":
        wide_ms = 1000 * spec.columns * spec.column_s
        return edges * wide_ms, "Time from the middle (ms)", (0.0,)
    return 100 * (edges + 0.5), "Time (% of the interval)", ()


def _cells(
    found: dict[str, MeanMap],
    edges_hz: Doubles,
    words: str,
    time: _Time | None = None,
    edges: bool = True,
) -> Figure:
    there = [(name, held) for name, held in found.items() if held.tokens]
    columns = there[0][1].mean.shape[1] if there else 1
    along, label, marks = time or (
        np.arange(columns + 1) / columns,
        "Time (share of the window)",
        (),
    )
    middles = 0.5 * (along[1:] + along[:-1])
    figure = Figure(figsize=(2.1 * len(there) + 1.2, 3.0), layout="constrained")
    axes = np.atleast_1d(figure.subplots(1, max(1, len(there)), sharey=True))
    sizes = [np.abs(held.mean[np.isfinite(held.mean)]) for _, held in there]
    limit = max((float(size.max(initial=0.0)) for size in sizes), default=1.0) or 1.0
    image: Any = None
    for place, (name, held) in zip(axes, there, strict=False):
        image = place.pcolormesh(
            along,
            edges_hz,
            held.mean,
            cmap=signed_colours(),
            vmin=-limit,
            vmax=limit,
            edgecolors=(0.3, 0.3, 0.3, 0.35) if edges else "none",
            linewidth=0.4,
        )
        for row_hz in () if edges else edges_hz[1:-1]:
            place.axhline(row_hz, color=(0.3, 0.3, 0.3, 0.35), linewidth=0.4)
        for mark in marks:
            place.axvline(mark, color="#0072b2", linewidth=0.8, linestyle="--")
        sure = (held.low > 0) | (held.high < 0)
        for row, column in zip(*np.nonzero(sure), strict=True):
            place.plot(
                middles[column],
                0.5 * (edges_hz[row] + edges_hz[row + 1]),
                ".",
                color="black",
                markersize=1.5,
            )
        place.set_title(f"/{name}/ ({held.tokens} tokens)", fontsize=9)
        place.set_xlabel(label, fontsize=8)
        place.tick_params(labelsize=7)
    axes[0].set_ylabel("Frequency (Hz)", fontsize=8)
    if image is not None:
        bar = figure.colorbar(image, ax=list(axes))
        bar.set_label(words, fontsize=8)
        bar.ax.tick_params(labelsize=7)
    return figure


def profiles(explained: Explained, other: Explained | None = None) -> Figure:
    """What each row of frequency gives to each class, with intervals; of two models, if given.

    The other model's rows are brought to this one's (`mean_maps.on_axis`).
    """
    classes = explained.plan.classes
    edges_hz = np.array(explained.plan.freq_edges_hz)
    there = [k for k in range(len(classes)) if (explained.y == k).any()]
    figure = Figure(figsize=(1.9 * len(there) + 0.8, 3.2), layout="constrained")
    axes = np.atleast_1d(figure.subplots(1, len(there), sharey=True, sharex=True))
    for place, k in zip(axes, there, strict=True):
        chosen = explained.y == k
        held = mean_with_interval(explained.profiles(k)[chosen], explained.clusters[chosen])
        _steps(place, held, edges_hz, _FOR, explained.plan.model_name)
        if other is not None and classes[k] in other.plan.classes:
            o = other.plan.classes.index(classes[k])
            same = other.y == o
            if same.any():
                theirs = on_axis(
                    other.profiles(o)[same].T, np.array(other.plan.freq_edges_hz), edges_hz
                ).T
                found = mean_with_interval(theirs, other.clusters[same])
                _steps(place, found, edges_hz, _AGAINST, other.plan.model_name)
        place.axvline(0, color="black", linewidth=0.6)
        place.set_title(f"/{classes[k]}/", fontsize=10)
        place.set_xlabel("logits a row", fontsize=8)
        place.tick_params(labelsize=7)
    axes[0].set_ylabel("Frequency (Hz)", fontsize=8)
    if other is not None:
        axes[-1].legend(fontsize=6.5)
    return figure


def _steps(place: Any, held: MeanMap, edges_hz: Doubles, colour: str, name: str) -> None:
    place.stairs(held.mean, edges_hz, orientation="horizontal", color=colour, label=name)
    if np.isfinite(held.low).all():
        middle = 0.5 * (edges_hz[1:] + edges_hz[:-1])
        place.hlines(middle, held.low, held.high, color=colour, linewidth=3, alpha=0.35)


def confusion(counts: npt.NDArray[np.int64], classes: Sequence[str]) -> Figure:
    """Rows are labels, columns predictions; per cent of the row, and counts."""
    k = len(classes)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(1.2 + 0.62 * k, 0.9 + 0.55 * k), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1.15, aspect="auto")
    for row, column in zip(*np.nonzero(counts), strict=True):
        axes.text(
            column,
            row,
            f"{100 * share[row, column]:.0f} %\n{counts[row, column]}",
            ha="center",
            va="center",
            fontsize=8,
            color="white" if share[row, column] > 0.6 else "black",
        )
    axes.set_xticks(range(k), classes)
    axes.set_yticks(range(k), classes)
    axes.set_xlabel("predicted", fontsize=9)
    axes.set_ylabel("label", fontsize=9)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure
