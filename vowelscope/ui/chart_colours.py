"""What a vowel chart is coloured by: colours of kinds, and of a scale."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtGui import QColor

from vowelscope.ui.class_colours import class_colours, kind_colours
from vowelscope.ui.theme import Theme

Bytes = npt.NDArray[np.uint8]


@lru_cache(maxsize=4)
def scale_table(is_dark: bool) -> Bytes:
    """(256, 3) of a scale whose upper end stands out from the paper.

    Matplotlib's inferno, whose lightness rises all along, so that also eyes that confuse hues see
    the order. The end that has the colour of the paper is left out.
    """
    ends = (0.40, 1.0) if is_dark else (0.80, 0.05)
    table = pg.colormap.get("inferno").map(np.linspace(*ends, 256))
    return np.asarray(table[:, :3], dtype=np.uint8)


def rgb(colours: Sequence[str]) -> Bytes:
    """(k, 3) of some colours."""
    held = [QColor(colour) for colour in colours]
    table = [(colour.red(), colour.green(), colour.blue()) for colour in held]
    return np.array(table, dtype=np.uint8).reshape(-1, 3)


def quiet(theme: Theme) -> str:
    """The colour of what has none of its own: half way from the paper to a faint line."""
    both = rgb((theme.paper, theme.faint)).astype(int)
    red, green, blue = (both.sum(axis=0) // 2).tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"


def names_and_colours(
    names: Sequence[str], classes: Sequence[str], theme: Theme
) -> tuple[str, ...]:
    """A colour for each kind: that of the class, where the kinds are classes in slashes."""
    of_class = class_colours(classes, theme)
    if all(name.strip("/") in of_class for name in names):
        return tuple(of_class[name.strip("/")] for name in names)
    return kind_colours(len(names), theme)
