"""The rows of the table of actions that are about the formant ceiling."""

from __future__ import annotations

from vowelscope.ui.action_row import ActionRow, row

_IN = "Formant c&eiling"

CEILING_ROWS: tuple[ActionRow, ...] = (
    row("ceiling.fixed", "&Fixed, as set", "&View", submenu=_IN, checkable=True),
    row("ceiling.token", "Automatic for each &token", "&View", submenu=_IN, checkable=True),
    row("ceiling.file", "Automatic for &all of the tier", "&View", submenu=_IN, checkable=True),
    row(
        "ceiling.lower",
        "Take the next &lower ceiling",
        "&View",
        "[",
        submenu=_IN,
        editor_only=True,
        separated=True,
    ),
    row(
        "ceiling.higher",
        "Take the next &higher ceiling",
        "&View",
        "]",
        submenu=_IN,
        editor_only=True,
    ),
    row("ceiling.automatic", "Take the automatic &one again", "&View", submenu=_IN),
)
"""In the order of the menu."""
