"""The kernels of a first layer as a figure and as a table."""

from __future__ import annotations

import io
import json
import math
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError
from vowelscope.core.tables import ENDINGS, kinds_of, write_table
from vowelscope.explain.figure import signed_colours
from vowelscope.explain.kernels import MEANINGS, PATTERNS, Kernel, Kernels
from vowelscope.explain.ripples import transfer

FIGURES = (".svg", ".pdf", ".png")
TABLES = (".json", *ENDINGS)

_SIZE_IN = (12.0, 7.6)
_DPI = 150
_ACROSS = 8
_INK = "#404040"
_COLOURS = {
    "horizontal": "#0072b2",
    "rising": "#cc79a7",
    "falling": "#e69f00",
    "vertical": "#d55e00",
    "mixed": "#009e73",
    "level": "#000000",
    "noise": "#8a8a8a",
    "silent": "#c8c8c8",
}


def draw_kernels(found: Kernels) -> Figure:
    """Draw all kernels on one scale, and what they make of ripples.

    Returns
    -------
    matplotlib.figure.Figure
        With a canvas of its own; no window, no global state.
    """
    figure = Figure(figsize=_SIZE_IN, dpi=_DPI)
    FigureCanvasAgg(figure)
    limit = found.colour_limit
    image = _grid(figure, found, limit)
    bar = figure.colorbar(image, cax=figure.add_axes((0.535, 0.13, 0.010, 0.30)))
    bar.set_label("activation per dB", fontsize=8)
    bar.ax.tick_params(labelsize=7)
    _plane(figure, found)
    _words(figure, found, limit)
    return figure


def _grid(figure: Figure, found: Kernels, limit: float) -> Any:
    down = math.ceil(len(found.kernels) / _ACROSS)
    left, right, bottom, top = 0.06, 0.52, 0.14, 0.915
    wide, high = (right - left) / _ACROSS, (top - bottom) / down
    unit, times = time_axis(found)
    image: Any = None
    for at, kernel in enumerate(found.kernels):
        row, column = divmod(at, _ACROSS)
        axes = figure.add_axes(
            (left + column * wide, top - (row + 1) * high, 0.86 * wide, 0.74 * high)
        )
        image = axes.pcolormesh(
            times,
            found.freq_edges_hz,
            kernel.weights,
            cmap=signed_colours(),
            vmin=-limit,
            vmax=limit,
            rasterized=False,
        )
        axes.set_title(str(kernel.number), fontsize=6.5, pad=1.5, color=_COLOURS[kernel.pattern])
        axes.spines[:].set_color(_COLOURS[kernel.pattern])
        corner = column == 0 and row == down - 1
        axes.set_xticks([times[0], 0, times[-1]] if corner else [])
        axes.set_yticks([found.freq_edges_hz[0], 0, found.freq_edges_hz[-1]] if corner else [])
        if corner:
            axes.tick_params(labelsize=5.5, length=2, pad=1)
            axes.set_xlabel(unit, fontsize=6.5, labelpad=1)
            axes.set_ylabel("Hz", fontsize=6.5, labelpad=0)
    return image


def time_axis(found: Kernels) -> tuple[str, Any]:
    """Unit of a kernel's time axis, and the edges of its columns in it."""
    if found.column_s is None:
        return "% of the token", 100 * found.time_edges
    return "ms", 1000 * found.time_edges


def _plane(figure: Figure, found: Kernels) -> None:
    axes = figure.add_axes((0.65, 0.44, 0.27, 0.45))
    gains = [transfer(kernel.weights) for kernel in found.kernels]
    up, along, _ = gains[0]
    rms = np.sqrt(np.mean([gain**2 for _, _, gain in gains], axis=0))
    scale, rate = up / (found.row_hz / 1000), along * found.columns_a_unit
    image = axes.pcolormesh(rate, scale, rms, cmap="gray_r", vmin=0.0, shading="nearest")
    for pattern in PATTERNS:
        held = [kernel for kernel in found.kernels if kernel.pattern == pattern]
        if held and pattern != "silent":
            axes.scatter(
                [found.rate(kernel) for kernel in held],
                [kernel.scale_cycles_per_khz for kernel in held],
                s=16,
                color=_COLOURS[pattern],
                edgecolors="white",
                linewidths=0.5,
                zorder=3,
                clip_on=False,
            )
    axes.set_xlim(float(rate[0]), float(rate[-1]))
    axes.set_ylim(0, float(scale[-1]))
    axes.set_xlabel(f"rate ({found.rate_unit}; − rises, + falls)", fontsize=8)
    axes.set_ylabel("scale (cycles/kHz)", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.set_title("Modulation transfer, RMS of all; dots: the ripple that fits each", fontsize=8)
    bar = figure.colorbar(image, cax=figure.add_axes((0.935, 0.44, 0.010, 0.45)))
    bar.set_label("activation per dB of ripple", fontsize=8)
    bar.ax.tick_params(labelsize=7)


def _words(figure: Figure, found: Kernels, limit: float) -> None:
    plain: dict[str, Any] = {"parse_math": False, "va": "top"}
    wide = "7 columns" if found.width_s is None else f"{1000 * found.width_s:.3g} ms"
    head = (
        f"First layer of {found.model_name} ({found.model_hash[:8]}): {len(found.kernels)} kernels "
        f"of {found.height_hz:,.0f} Hz × {wide}"
    )
    figure.text(0.06, 0.975, head, fontsize=12, **plain)
    counts = Counter(kernel.pattern for kernel in found.kernels)
    at = 0.34
    for pattern in PATTERNS:
        if counts[pattern]:
            text = f"{counts[pattern]} {pattern}: {MEANINGS[pattern]}"
            lines = textwrap.wrap(text, 68)
            figure.text(0.65, at, "●", fontsize=9, color=_COLOURS[pattern], **plain)
            figure.text(0.665, at, "\n".join(lines), fontsize=7.5, color=_INK, **plain)
            at -= 0.008 + 0.0195 * len(lines)
    notes = (
        f"Orange: the filter rises with the level there; purple: it falls; full colour at "
        f"±{limit:.2g}, one scale for all. Sorted by pattern, the strongest first. More than "
        "noise: clearer in direction, or in one ripple, than 95 % of kernels of white noise; one "
        f"noise kernel in ten is taken for that. {found.caveat}"
    )
    figure.text(0.06, 0.075, textwrap.fill(notes, 200), fontsize=7, color=_INK, **plain)


def kernel_rows(found: Kernels) -> list[dict[str, Any]]:
    """One row a kernel, with its numbers; None where undefined."""
    return [_row(found, kernel) for kernel in found.kernels]


def _row(found: Kernels, kernel: Kernel) -> dict[str, Any]:
    width_s = found.width_s
    values: dict[str, Any] = {
        "filter": kernel.number,
        "pattern": kernel.pattern,
        "height_hz": found.height_hz,
        "width_ms": None if width_s is None else 1000 * width_s,
        "angle_deg": kernel.angle_deg,
        "coherence": kernel.coherence,
        "slope_hz_per_ms": found.slope_hz_per_ms(kernel),
        "scale_cycles_per_khz": kernel.scale_cycles_per_khz,
        f"rate_{found.rate_unit.replace('/', '_per_')}": found.rate(kernel),
        "ripple_share": kernel.grating_share,
        "level_share": kernel.level_share,
        "gain_per_db": kernel.gain_per_db,
        "level_per_db": kernel.level_per_db,
        "strength_per_db": kernel.strength_per_db,
        "constant": kernel.constant,
    }
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.6g}") if math.isfinite(value) else None


def save_kernels(found: Kernels, path: Path) -> None:
    """Write the figure or the table, by the file's ending, in one step.

    ``.json`` holds all: the weights, the axes and what they may not be taken for.

    Raises
    ------
    ConfigError
        Another ending than those of `FIGURES` and `TABLES`.
    UserError
        The file cannot be written.
    """
    ending = path.suffix.lower()
    if ending in FIGURES:
        buffer = io.BytesIO()
        with rc_context({"pdf.fonttype": 42, "svg.fonttype": "path"}):
            draw_kernels(found).savefig(buffer, format=ending[1:])
        write_bytes(path, buffer.getvalue())
    elif ending == ".json":
        write_bytes(path, (json.dumps(_all(found), ensure_ascii=False, indent=1) + "\n").encode())
    elif ending in ENDINGS:
        rows = kernel_rows(found)
        write_table(path, rows, kinds_of(rows))
    else:
        raise ConfigError(
            f"{path.name}: kernels are drawn to {', '.join(FIGURES)} and listed in "
            f"{', '.join(TABLES)}."
        )


def _all(found: Kernels) -> dict[str, Any]:
    unit, times = time_axis(found)
    return {
        "model": found.model_name,
        "model_sha256": found.model_hash,
        "features": found.spec.to_dict(),
        "noise_coherence": found.noise_coherence,
        "noise_share": found.noise_share,
        "freq_edges_hz": [float(value) for value in found.freq_edges_hz],
        "time_edges": [float(value) for value in times],
        "time_unit": unit,
        "weights_unit": "activation per dB",
        "caveat": found.caveat,
        "kernels": [
            {
                **_row(found, kernel),
                "weights": [[float(f"{x:.6g}") for x in line] for line in kernel.weights],
            }
            for kernel in found.kernels
        ],
    }
