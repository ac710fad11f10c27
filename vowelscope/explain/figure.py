"""One explanation as a picture: spectrogram, map, cells, formants, with units on every axis.

Cells are drawn as large as they are, never smoothed: within a cell the map knows nothing. Colours
are signed and safe for colour-blind eyes (Brewer's PuOr): orange speaks for the class, purple
against it, and what says nothing is transparent.
"""

from __future__ import annotations

import io
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from vowelscope.core.atomic import write_bytes
from vowelscope.explain.base import Explanation

Doubles = npt.NDArray[np.float64]

_SIZE_IN = (8.0, 5.2)
_DPI = 120
_MAX_OPACITY = 0.8
_LIGHTER = 0.3
"""Share of the range added above it, so that loud parts are grey and colours stay colours."""
_BOUNDS_COLOUR = "#0072b2"
_EDGE_COLOUR = "#404040"
_FORMANT_COLOUR = "#e00000"


@lru_cache(maxsize=1)
def signed_colours() -> ListedColormap:
    """Purple (against) to orange (for), transparent at zero and rising to four fifths."""
    at = np.linspace(0.0, 1.0, 257)
    rgba = colormaps["PuOr_r"](at)
    rgba[:, 3] = _MAX_OPACITY * np.abs(2 * at - 1) ** 0.6
    return ListedColormap(rgba, "vowelscope-signed")


def draw(
    explanation: Explanation,
    of: str | None = None,
    label: str = "",
    title: str = "",
    formant_times_s: Doubles | None = None,
    formants_hz: Doubles | None = None,
) -> Figure:
    """Draw one class's map over what the model saw.

    Parameters
    ----------
    of
        The class whose map it is; None for the predicted one.
    label
        The token's label, in Unicode.
    title
        What stands above, such as the recording's name.
    formant_times_s, formants_hz
        (n,) seconds and (n, k) Hz, NaN where there is no dot.

    Returns
    -------
    matplotlib.figure.Figure
        With a canvas of its own; no window, no global state.

    Raises
    ------
    ConfigError
        The model has no class `of`.
    """
    of = of or explanation.predicted
    cells = explanation.map_of(of)
    figure = Figure(figsize=_SIZE_IN, dpi=_DPI)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.09, 0.155, 0.77, 0.70))
    _spectrogram(axes, explanation)
    image = _map(axes, explanation, cells)
    _bounds(axes, explanation)
    if formant_times_s is not None and formants_hz is not None:
        _dots(axes, formant_times_s, formants_hz)
    seen = explanation.input
    axes.set_xlim(float(seen.time_edges_s[0]), float(seen.time_edges_s[-1]))
    axes.set_ylim(float(seen.freq_edges_hz[0]), float(seen.freq_edges_hz[-1]))
    axes.set_xlabel("Time (s)")
    axes.set_ylabel("Frequency (Hz)")
    bar = figure.colorbar(image, cax=figure.add_axes((0.885, 0.155, 0.022, 0.70)))
    bar.set_label(f"For (+) or against (−) {of}, logits a cell")
    _words(figure, explanation, of, label, title)
    return figure


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, in one step.

    Raises
    ------
    UserError
        The file cannot be written.
    """
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # A label in a script that the font lacks is shown as boxes; that is warning enough.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.savefig(buffer, format="png")
    write_bytes(path, buffer.getvalue())


def _spectrogram(axes: Any, explanation: Explanation) -> None:
    seen = explanation.input
    axes.imshow(
        seen.db,
        cmap="gray_r",
        vmin=seen.spec.db_min,
        vmax=seen.spec.db_max + _LIGHTER * (seen.spec.db_max - seen.spec.db_min),
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        extent=(
            float(seen.time_edges_s[0]),
            float(seen.time_edges_s[-1]),
            float(seen.freq_edges_hz[0]),
            float(seen.freq_edges_hz[-1]),
        ),
    )


def _map(axes: Any, explanation: Explanation, cells: npt.NDArray[np.float32]) -> Any:
    # Symmetric about zero, so that the sign is the colour; a map of zeros still needs a range.
    limit = float(np.abs(cells).max()) or 1.0
    return axes.pcolormesh(
        explanation.time_edges_s,
        explanation.freq_edges_hz,
        cells,
        cmap=signed_colours(),
        vmin=-limit,
        vmax=limit,
        shading="flat",
        edgecolors=_EDGE_COLOUR,
        linewidth=0.25,
        antialiased=True,
    )


def _bounds(axes: Any, explanation: Explanation) -> None:
    for time_s in (explanation.tmin_s, explanation.tmax_s):
        axes.axvline(time_s, color=_BOUNDS_COLOUR, linestyle=(0, (4, 2)), linewidth=1.4)


def _dots(axes: Any, times_s: Doubles, freqs_hz: Doubles) -> None:
    times = np.repeat(times_s, freqs_hz.shape[1])
    axes.scatter(
        times, freqs_hz.ravel(), s=11, c=_FORMANT_COLOUR, edgecolors="white", linewidths=0.5
    )


def _words(figure: Any, explanation: Explanation, of: str, label: str, title: str) -> None:
    at = explanation.classes.index(of)
    says = explanation.classes.index(explanation.predicted)
    probability = explanation.probabilities[says]
    shown = f"label {label}" if label else "no label"
    # Labels may hold a dollar sign, which must not start mathematics.
    words: dict[str, Any] = {"parse_math": False}
    figure.text(0.09, 0.945, title, fontsize=9, color="#404040", **words)
    figure.text(
        0.09,
        0.885,
        f"{shown}  ·  predicted {explanation.predicted} (p = {probability:.3f})  ·  map of {of}",
        fontsize=12,
        **words,
    )
    notes = (
        f"One cell: {explanation.cell_hz:.0f} Hz × {explanation.cell_s * 1000:.0f} ms; "
        "nothing finer is known.  "
        f"Mean of cells {explanation.maps[at].mean():+.2f}, bias {explanation.bias[at]:+.2f}: "
        f"logit {explanation.logits[at]:+.2f}.  Model {explanation.model_name} "
        f"({explanation.model_hash[:8]})."
    )
    figure.text(0.09, 0.045, notes, fontsize=8, color="#404040", **words)
    if explanation.warnings:
        figure.text(0.09, 0.015, explanation.warnings[0], fontsize=7, color="#a04000", **words)
