"""A vowel chart for print: F1 downwards, F2 to the left, ellipses, symbols in IPA."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr
from vowelscope.core.vowel_chart import (
    CLASS_COLOURS,
    ELLIPSE_SHARE,
    Normalisation,
    classes_in_order,
    ellipses,
    normalised,
    unit_of,
)
from vowelscope.explain.chart_key import NO_COLOUR, colours_of, draw_bar, draw_kinds
from vowelscope.explain.corpus_chart import Shade

Doubles = npt.NDArray[np.float64]

_SIZE_IN = (6.0, 5.4)
_DPI = 200
_FEW = 150
_BAR = (0.06, 0.095, 0.46, 0.012)
_KINDS = (0.04, 0.035)
_FORMATS = {".svg": "svg", ".pdf": "pdf", ".png": "png"}
_NAMES = {
    "none": "Hz",
    "bark": "Bark, 7 arsinh(F / 650)",
    "lobanov": "Lobanov (1971): z over all vowels shown",
    "nearey": "Nearey (1978): ln F less the mean of all ln F1, ln F2",
}


def draw_vowels(
    formants_hz: Doubles,
    symbols: Sequence[str],
    how: Normalisation = "none",
    title: str = "",
    ceilings_hz: Doubles | None = None,
    undefined: int = 0,
    by_hand: int = 0,
    shade: Shade | None = None,
) -> Figure:
    """Draw a chart.

    Parameters
    ----------
    formants_hz
        (n, 2): F1 and F2 of each token, without NaN.
    symbols
        Its class, in IPA.
    how
        Scale or normalisation.
    title
        What stands above, such as the recording's name.
    ceilings_hz
        Formant ceilings that the values were measured with, said below.
    undefined
        Tokens that are not in the chart, said below.
    by_hand
        Tokens with a formant that was set by hand, said below.
    shade
        What the colours of the tokens say; None for their own classes.

    Returns
    -------
    matplotlib.figure.Figure
        With a canvas of its own; no window, no global state.
    """
    points = normalised(formants_hz, how)
    colour_of = {
        symbol: CLASS_COLOURS[index % len(CLASS_COLOURS)]
        for index, symbol in enumerate(classes_in_order(symbols))
    }
    figure = Figure(figsize=_SIZE_IN, dpi=_DPI)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.06, 0.12, 0.80, 0.72))
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.yaxis.tick_right()
    axes.yaxis.set_label_position("right")
    axes.set_xlabel(f"F2 ({unit_of(how)})")
    axes.set_ylabel(f"F1 ({unit_of(how)})")
    own = [colour_of[symbol] for symbol in symbols]
    if shade is not None:
        own = _shaded(figure, shade)
    _tokens(axes, points, symbols, own)
    for ellipse in ellipses(points, symbols):
        colour = colour_of[ellipse.symbol] if shade is None else "black"
        if len(ellipse.outline):
            axes.plot(ellipse.outline[:, 1], ellipse.outline[:, 0], color=colour, linewidth=1.2)
        if ellipse.count > 1:
            _symbol(axes, ellipse.mean, ellipse.symbol, colour, 17, "bold")
    axes.margins(0.06)
    axes.invert_xaxis()
    axes.invert_yaxis()
    words: dict[str, Any] = {"parse_math": False, "color": "#404040"}
    figure.text(0.06, 0.95, title, fontsize=9, **words)
    note = f"{len(points)} vowels in their middle; {_NAMES[how]}; ellipses {ELLIPSE_SHARE:.0%}."
    if ceilings_hz is not None and len(ceilings_hz):
        low_hz, high_hz = ceilings_hz.min(), ceilings_hz.max()
        note += f" Burg, formant ceiling {low_hz:g}"
        note += " Hz." if low_hz == high_hz else f"-{high_hz:g} Hz."
    if by_hand:
        note += f" {by_hand} set by hand."
    if undefined:
        note += f" {undefined} more had no defined F1 or F2."
    figure.text(0.06, 0.04 if shade is None else 0.012, note, fontsize=7, **words)
    return figure


def save_vowels(figure: Figure, path: Path) -> None:
    """Write a chart as SVG, PDF or PNG, by the file's ending, in one step.

    Raises
    ------
    ConfigError
        Another ending.
    UserError
        The file cannot be written.
    """
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ConfigError(tr("{name}: a chart ends in .svg, .pdf or .png.").format(name=path.name))
    buffer = io.BytesIO()
    # In an SVG letters are shapes, for a reader may lack the font; in a PDF, a font that printers
    # accept.
    with matplotlib.rc_context({"pdf.fonttype": 42, "svg.fonttype": "path"}):
        figure.savefig(buffer, format=kind)
    write_bytes(path, buffer.getvalue())


def _shaded(figure: Figure, shade: Shade) -> list[Any]:
    """Draw what the colours say, and give that of each token."""
    classes = classes_in_order([name.strip("/") for name in shade.names])
    of_class = {name: CLASS_COLOURS[at % len(CLASS_COLOURS)] for at, name in enumerate(classes)}
    table = colours_of(shade, of_class)
    codes = shade.codes(len(table))
    if shade.is_scale:
        draw_bar(figure, shade, table, cax=figure.add_axes(_BAR), orientation="horizontal")
    else:
        counts = shade.counts(np.arange(len(codes)))
        place = {"loc": "lower left", "bbox_to_anchor": _KINDS}
        draw_kinds(figure, shade, table, counts, len(codes), **place)
    return [tuple(colour) for colour in to_rgba_array([*table, NO_COLOUR])[codes]]


def _tokens(axes: Any, points: Doubles, symbols: Sequence[str], colours: list[Any]) -> None:
    many = len(points) > _FEW
    # The dots set the limits of the axes also where letters are drawn over them.
    axes.scatter(points[:, 1], points[:, 0], s=6, c=colours, alpha=0.6 if many else 0.0)
    if not many:
        for point, symbol, colour in zip(points, symbols, colours, strict=True):
            _symbol(axes, (float(point[0]), float(point[1])), symbol, colour, 8, "normal")


def _symbol(
    axes: Any, place: tuple[float, float], symbol: str, colour: Any, size: float, weight: str
) -> None:
    axes.text(
        place[1],
        place[0],
        symbol,
        color=colour,
        fontsize=size,
        fontweight=weight,
        ha="center",
        va="center",
        parse_math=False,
        clip_on=True,
    )
