"""Colours that tell classes apart, also for eyes that confuse red and green."""

from __future__ import annotations

from collections.abc import Sequence

from vowelscope.core.vowel_chart import CLASS_COLOURS, classes_in_order
from vowelscope.ui.theme import Theme

_DARK = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#ffffff")
"""The same palette for black paper: what is too dark there is left out."""


def class_colours(symbols: Sequence[str], theme: Theme) -> dict[str, str]:
    """A colour for each of the symbols, the same one whatever the order of the tokens.

    With more classes than colours some share one; in a chart the symbols tell them apart.
    """
    order = classes_in_order(symbols)
    return dict(zip(order, kind_colours(len(order), theme), strict=True))


def kind_colours(count: int, theme: Theme) -> tuple[str, ...]:
    """A colour for each of some kinds; with more kinds than colours some share one."""
    palette = _DARK if theme.name == "dark" else CLASS_COLOURS
    return tuple(palette[index % len(palette)] for index in range(count))
