"""Panels at the right of an explanation's picture: tuning on the frequency axis, and the ledger."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from vowelscope.explain.base import Explanation
from vowelscope.explain.ledger import Ledger
from vowelscope.explain.tuning import Lamp, Tuning

_PANEL_IN = 3.0
_FOR, _AGAINST, _GREY = "#b35806", "#542788", "#a0a0a0"
_LAMPS = {"green": "#2ca02c", "yellow": "#e6b800", "red": "#d62728"}


def add_tuning(
    figure: Figure,
    explanation: Explanation,
    tuning: Tuning,
    lamp: Lamp,
    of: str,
    against: str | None = None,
) -> None:
    """Add the tuning curve, on the map's frequency axis, with the map's own profile and the lamp.

    Parameters
    ----------
    figure
        From `vowelscope.explain.figure.draw`; it becomes wider.
    """
    axes = _panel(figure, figure.axes[0])
    left = -tuning.of(tuning.stop, of, against)
    centres_hz = tuning.bands_hz.mean(axis=1)
    held = -tuning.of(tuning.controls, of, against)
    shown = np.isfinite(held).all(axis=1) if held.shape[1] else np.zeros(len(held), bool)
    if shown.any():
        axes.fill_betweenx(
            centres_hz[shown],
            held[shown].min(axis=1),
            held[shown].max(axis=1),
            color=_GREY,
            alpha=0.35,
            linewidth=0,
            label="control bands",
        )
    profile = tuning.of(tuning.profile, of, against)
    edges_hz = explanation.freq_edges_hz
    axes.stairs(profile, edges_hz, orientation="horizontal", color=_AGAINST, label="map, by row")
    rows = -tuning.of(tuning.rows_stop, of, against)
    axes.plot(rows, tuning.rows_hz.mean(axis=1), "s", color=_FOR, ms=4, label="row taken away")
    axes.plot(left, centres_hz, color=_FOR, linewidth=1.4, label="band taken away")
    axes.axvline(0, color="black", linewidth=0.6)
    axes.tick_params(labelleft=False)
    axes.set_xlabel(f"Spectral tuning: what it gives to {_name(of, against)} (logits)")
    axes.legend(fontsize=6.5, loc="upper right", framealpha=0.8)
    box = axes.get_position()
    figure.text(
        box.x0, 0.925, "●", color=_LAMPS[lamp.colour], fontsize=16, va="center", parse_math=False
    )
    figure.text(
        box.x0 + 0.25 / figure.get_figwidth(),
        0.925,
        textwrap.fill(f"{lamp.colour}: {' '.join(lamp.reasons)}", 62),
        fontsize=5.5,
        color="#404040",
        va="center",
        parse_math=False,
    )


def add_ledger(figure: Figure, ledger: Ledger, of: str, against: str | None = None) -> None:
    """Add the ledger as signed bars; grey is what the map cannot resolve.

    Parameters
    ----------
    figure
        From `vowelscope.explain.figure.draw`; it becomes wider.
    """
    axes = _panel(figure, None, gap_in=0.85)
    rows = ledger.rows(of, against)
    at = np.arange(len(rows))[::-1]
    colours = [
        _GREY if row.resolvable is False else (_FOR if row.logits >= 0 else _AGAINST)
        for row in rows
    ]
    axes.barh(at, [row.logits for row in rows], color=colours, height=0.7)
    for place, row in zip(at, rows, strict=True):
        words = f"{row.logits:+.2f}"
        if row.place_swapped is not None:
            words += f"  ({100 * row.place_swapped:.0f} %)"
        axes.annotate(
            words,
            (max(row.logits, 0.0), place),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
        )
    axes.axvline(0, color="black", linewidth=0.6)
    axes.set_yticks(at, [row.name for row in rows], fontsize=8)
    low, high = min(0.0, *(row.logits for row in rows)), max(0.0, *(row.logits for row in rows))
    room = max(high - low, 1e-6)
    axes.set_xlim(low - 0.06 * room, high + 0.55 * room)  # the numbers stand right of the bars
    axes.set_xlabel(f"Logits for {_name(of, against)}")
    axes.set_title(f"Formant ledger: sum {sum(row.logits for row in rows):+.2f}", fontsize=10)
    n = len(ledger.swapped)
    figure.text(
        axes.get_position().x0,
        0.015,
        f"Grey: not resolvable on this map.\n(%): place among the tracks of {n} other tokens."
        if any(row.place_swapped is not None for row in rows)
        else "Grey: not resolvable on this map.",
        fontsize=7,
        color="#404040",
        parse_math=False,
    )


def _panel(figure: Figure, share: Any, gap_in: float = 0.75) -> Any:
    """A new panel at the right; what is there keeps its size in inches."""
    old_in = figure.get_figwidth()
    new_in = old_in + gap_in + _PANEL_IN
    ratio = old_in / new_in
    figure.set_size_inches(new_in, figure.get_figheight())
    for axes in figure.axes:
        box = axes.get_position()
        axes.set_position((box.x0 * ratio, box.y0, box.width * ratio, box.height))
    for text in figure.texts:
        text.set_x(text.get_position()[0] * ratio)
    made = figure.add_axes(
        ((old_in + gap_in - 0.15) / new_in, 0.155, _PANEL_IN / new_in, 0.70), sharey=share
    )
    made.tick_params(labelsize=8)
    made.xaxis.label.set_fontsize(8)
    return made


def _name(of: str, against: str | None) -> str:
    return of if against is None else f"{of} − {against}"
