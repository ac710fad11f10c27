"""A picture of many points, made without a window: dots, or cells where they are too many.

Few points are dots with a rim, so that one can be told from the next. Many would only hide each
other: they are counted in square cells instead, whose colour is the mean of their points' and
whose opacity says how many there are, as in D. Aggregating points before they are drawn is what
L. Battle, M. Stonebraker, R. Chang (2013), "Dynamic reduction of query result sets for
interactive visualization", propose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["MOST_DOTS", "NO_VALUE", "Look", "PointPicture", "View", "draw_points"]

Bytes = npt.NDArray[np.uint8]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

MOST_DOTS = 8000
"""Points in view that are still drawn one by one."""
NO_VALUE = -1
"""The code of a point that has no colour of its own."""

_FINE_PX = 2.0
"""Pixels for each logical one in which dots are drawn; a mean then makes their edges smooth."""
_FEW = 1500
_DOT_PX, _SMALL_DOT_PX = 6.0, 4.0
"""Diameter of a dot where there are few and where there are more, in logical pixels."""
_LEAST_OPACITY = 0.3
"""Of a cell with one point: what lies apart must be seen."""


@dataclass(frozen=True, slots=True)
class View:
    """What is in view: a rectangle of the plane, and the pixels for it."""

    x: tuple[float, float]
    y: tuple[float, float]
    """Lower and upper end of each axis."""
    width_px: int
    height_px: int
    ratio: float = 1.0
    """Pixels of the screen for each logical one: 2 where everything is twice as large."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """The colours of points.

    Attributes
    ----------
    codes
        (n,) row of the table for each point, or `NO_VALUE`.
    table
        (k, 3) red, green, blue.
    is_scale
        The codes are steps of a scale: a cell has the colour of their mean, and the highest lie
        on top. Otherwise they name kinds: a cell has the mean of their colours, and dots lie on
        each other in no order.
    faint, paper, ink
        (3,) of points without a code, of rims, and of rims of points that stand out.
    """

    codes: Ints
    table: Bytes
    is_scale: bool
    faint: Bytes
    paper: Bytes
    ink: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class PointPicture:
    """What was drawn.

    Attributes
    ----------
    image
        (height, width, 4) red, green, blue, opacity; row 0 and column 0 are the lower ends.
    view
        What it shows.
    in_view
        How many points lie there.
    cell_px
        Logical width of a cell, 0 for dots.
    fullest
        Points in the fullest cell.
    """

    image: Bytes
    view: View
    in_view: int
    cell_px: int
    fullest: int


def draw_points(
    x: Doubles,
    y: Doubles,
    look: Look,
    view: View,
    standing_out: Flags | None = None,
    most_dots: int = MOST_DOTS,
    cell_px: int = 3,
) -> PointPicture:
    """Draw points.

    Parameters
    ----------
    x, y
        (n,) in the units of the view.
    standing_out
        (n,) points that get a strong rim, and are dots also among cells, while they are no more
        than `most_dots`.
    cell_px
        Width of a cell, in logical pixels.
    """
    width, height = view.width_px, view.height_px
    image = np.zeros((height, width, 4), np.uint8)
    scale_x = width / (view.x[1] - view.x[0])
    scale_y = height / (view.y[1] - view.y[0])
    columns, rows = (x - view.x[0]) * scale_x, (y - view.y[0]) * scale_y
    there = np.flatnonzero((columns >= 0) & (columns < width) & (rows >= 0) & (rows < height))
    strong = np.zeros(len(x), bool) if standing_out is None else standing_out
    as_cells = len(there) > most_dots
    dots, fullest = there, 0
    if as_cells:
        side = max(round(cell_px * view.ratio), 1)
        fullest = _cells(image, columns[there], rows[there], look.codes[there], look, side)
        dots = there[strong[there]]
        dots = dots[: most_dots if len(dots) <= most_dots else 0]
    if len(dots):
        # By the code, or in an order that follows nothing: the last one lies on top.
        keys = look.codes[dots] if look.is_scale else (dots * 2654435761) % 4294967296
        keys = np.where(look.codes[dots] == NO_VALUE, -1, keys)
        dots = dots[np.lexsort((keys, strong[dots]))]
        fine = max(round(_FINE_PX / view.ratio), 1)
        across_px = view.ratio * (_DOT_PX if len(there) <= _FEW else _SMALL_DOT_PX)
        _dots(image, columns[dots], rows[dots], look, (dots, strong), across_px, fine)
    return PointPicture(image, view, len(there), cell_px if as_cells else 0, fullest)


def _colours(look: Look, codes: Ints) -> Bytes:
    """(n, 3) of some codes."""
    table = np.vstack([look.table, look.faint[None]])
    return table[np.where(codes == NO_VALUE, len(look.table), codes)]


def _cells(
    image: Bytes, columns: Doubles, rows: Doubles, codes: Ints, look: Look, side: int
) -> int:
    """Count points in cells and colour these; gives how many the fullest has."""
    height, width = image.shape[:2]
    across, down = -(-width // side), -(-height // side)
    cell = (rows // side).astype(np.int64) * across + (columns // side).astype(np.int64)
    count = np.bincount(cell, minlength=across * down)
    full = count > 0
    colours = np.zeros((across * down, 3))
    if look.is_scale:
        known = codes != NO_VALUE
        held = np.bincount(cell[known], minlength=across * down)
        total = np.bincount(cell[known], codes[known].astype(np.float64), across * down)
        mean = np.where(held > 0, np.round(total / np.maximum(held, 1)), NO_VALUE)
        colours[full] = _colours(look, mean[full].astype(np.int64))
    else:
        each = _colours(look, codes).astype(np.float64)
        for channel in range(3):
            total = np.bincount(cell, each[:, channel], across * down)
            colours[full, channel] = total[full] / count[full]
    fullest = int(count.max(initial=0))
    share = np.log1p(count) / np.log1p(max(fullest, 2))
    opacity = np.where(full, _LEAST_OPACITY + (1 - _LEAST_OPACITY) * share, 0.0)
    small = np.column_stack([colours, 255.0 * opacity]).round().astype(np.uint8)
    large = small.reshape(down, across, 4).repeat(side, axis=0).repeat(side, axis=1)
    image[:] = large[:height, :width]
    return fullest


def _dots(
    image: Bytes,
    columns: Doubles,
    rows: Doubles,
    look: Look,
    which: tuple[Ints, Flags],
    across_px: float,
    fine: int,
) -> None:
    """Draw discs with rims over an image, each over those before it."""
    dots, strong = which
    height, width = image.shape[0] * fine, image.shape[1] * fine
    radius = 0.5 * across_px * fine
    rim = max(0.2 * across_px, 1.0) * fine
    reach = int(np.ceil(radius + rim))
    # Which dot is on top of each pixel, and whether it is its rim: 2 n for a rim, 2 n + 1 inside.
    top = np.full((height + 2 * reach, width + 2 * reach), -1, np.int32)
    down = np.floor(rows * fine).astype(np.int64) + reach
    over = np.floor(columns * fine).astype(np.int64) + reach
    place = down * top.shape[1] + over
    steps = np.arange(-reach, reach + 1)
    away = np.hypot(*np.meshgrid(steps, steps, indexing="ij"))
    flat, number = top.reshape(-1), 2 * np.arange(len(dots), dtype=np.int32)
    wide = strong[dots]
    for step_down, step_over in zip(*np.nonzero(away <= radius + rim), strict=True):
        inside = away[step_down, step_over] <= radius
        drawn = slice(None) if inside or away[step_down, step_over] <= radius + rim / 2 else wide
        shift = int(steps[step_down]) * top.shape[1] + int(steps[step_over])
        # Places may come twice, and the later dot is to win.
        np.maximum.at(flat, place[drawn] + shift, number[drawn] + np.int32(inside))
    top = top[reach : reach + height, reach : reach + width]
    rims = np.where(wide[:, None], look.ink, look.paper)
    table = np.empty((2 * len(dots) + 1, 4), np.float32)
    table[0:-1:2, :3], table[1:-1:2, :3] = rims, _colours(look, look.codes[dots])
    table[:-1, 3], table[-1] = 1.0, 0.0
    drawn_over = table[top]
    # Colours weighted by their opacity, over what is there already.
    drawn_over[..., :3] *= drawn_over[..., 3:]
    if fine > 1:
        shape = (image.shape[0], fine, image.shape[1], fine, 4)
        drawn_over = drawn_over.reshape(shape).mean(axis=(1, 3))
    below = image[..., 3:].astype(np.float32) / 255.0 * (1.0 - drawn_over[..., 3:])
    opacity = drawn_over[..., 3:] + below
    mixed = drawn_over[..., :3] + image[..., :3] * below
    image[..., :3] = np.round(mixed / np.maximum(opacity, 1e-6))
    image[..., 3:] = np.round(255.0 * opacity)
