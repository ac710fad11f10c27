"""Which intervals a command was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vowelscope.core.errors import TextGridError

if TYPE_CHECKING:
    from vowelscope.core.textgrid import IntervalTier, TextGrid


def interval_tier(path: Path, textgrid: TextGrid, name: str | None) -> IntervalTier:
    """The interval tier of that name, or the tier of phones.

    Raises
    ------
    TextGridError
        There is none, or it holds points.
    """
    from vowelscope.core.textgrid import IntervalTier
    from vowelscope.core.tokens import phone_tier

    names = ", ".join(repr(tier.name) for tier in textgrid.tiers) or "none"
    if name is None:
        found = phone_tier(textgrid)
        if found is None:
            raise TextGridError(
                f"{path}: no tier of phones by its name; choose one with --tier ({names})."
            )
        return found
    index = textgrid.tier_index(name)
    if index is None:
        raise TextGridError(f"{path}: there is no tier {name!r}; it has {names}.")
    tier = textgrid.tiers[index]
    if not isinstance(tier, IntervalTier):
        raise TextGridError(f"{path}: the tier {name!r} holds points, not intervals.")
    return tier


def is_labelled(text: str, wanted: str) -> bool:
    """Whether a label is the wanted one; one without a stress mark is of every stress."""
    from vowelscope.core.phones import bare_label, display_label

    return wanted in (text.strip(), display_label(text.strip()), bare_label(text))
