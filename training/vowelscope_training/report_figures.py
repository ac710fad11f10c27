"""The figures of a run's report."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

_BLUE, _ORANGE, _GREY = "#0072b2", "#b35806", "#8c8c8c"


def _axes(width_in: float, height_in: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    return figure, axes


def recall(values: dict[str, list[float | None]]) -> Figure:
    """Recall of each class with its interval."""
    return _dots(list(values), list(values.values()), "recall")


def baselines(scores: dict[str, Any]) -> Figure:
    """Macro-F1 of the network, and below it of each baseline."""
    names = ["network", *scores["baselines"]]
    rows = [scores, *scores["baselines"].values()]
    values = [[row["macro_f1"], *row["intervals"]["macro_f1"]] for row in rows]
    return _dots(names, values, "macro-F1", first=_ORANGE)


def _dots(
    names: list[str], values: list[list[float | None]], what: str, first: str = _BLUE
) -> Figure:
    figure, axes = _axes(4.6, 0.8 + 0.3 * len(names))
    for at, (value, low, high) in enumerate(values):
        colour = first if at == 0 else _BLUE
        if low is not None and high is not None:
            axes.plot([low, high], [at, at], color=colour, linewidth=1.5)
        axes.plot([value], [at], "o", color=colour, markersize=5)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, 1.02)
    axes.grid(axis="x", color="#e0e0e0", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel(what, fontsize=9)
    return figure


def calibration(held: dict[str, Any]) -> Figure:
    """Share of right answers against the mean probability, dots as large as bins are full."""
    figure, axes = _axes(3.6, 3.4)
    axes.plot([0, 1], [0, 1], color=_GREY, linewidth=0.8, linestyle="--")
    bins = held["bins"]
    total = max(1, sum(row[2] for row in bins))
    axes.plot([row[3] for row in bins], [row[4] for row in bins], color=_BLUE, linewidth=0.8)
    axes.scatter(
        [row[3] for row in bins],
        [row[4] for row in bins],
        s=[20 + 300 * row[2] / total for row in bins],
        color=_BLUE,
        alpha=0.8,
    )
    axes.set_xlim(0, 1.03)
    axes.set_ylim(0, 1.03)
    axes.set_xlabel("probability of the predicted class", fontsize=9)
    axes.set_ylabel("share right", fontsize=9)
    axes.set_title(f"calibration error {held['ece']:.3f}, Brier {held['brier']:.3f}", fontsize=9)
    return figure


def learning(events: list[dict[str, Any]]) -> Figure | None:
    """Loss by step, and macro-F1 on the validation part where it was looked at."""
    steps = [(row["total_step"], row["loss"]) for row in events if "loss" in row]
    if len(steps) < 2:
        return None
    # A run that went on from a checkpoint tells some steps twice; the later word counts.
    at, loss = zip(*sorted(dict(steps).items()), strict=True)
    figure, axes = _axes(6.4, 2.8)
    axes.plot(at, loss, color=_GREY, linewidth=0.7)
    if len(loss) >= 20:
        width = max(3, len(loss) // 30)
        smooth = np.convolve(loss, np.ones(width) / width, mode="valid")
        axes.plot(at[width - 1 :], smooth, color=_BLUE, linewidth=1.5)
    axes.set_xlabel("step", fontsize=9)
    axes.set_ylabel("loss (nats)", fontsize=9)
    axes.set_ylim(0, None)
    checks = [
        (row["total_step"], row["macro_f1"])
        for row in events
        if "macro_f1" in row and "total_step" in row
    ]
    if checks:
        right = axes.twinx()
        right.plot(*zip(*checks, strict=True), "o-", color=_ORANGE, markersize=4, linewidth=1)
        right.set_ylim(0, 1.02)
        right.set_ylabel("validation macro-F1", fontsize=9, color=_ORANGE)
        right.tick_params(labelsize=8)
        right.spines["top"].set_visible(False)
    return figure
