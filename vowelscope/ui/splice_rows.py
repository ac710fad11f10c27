"""The rows of the table of actions that make new recordings of old ones."""

from __future__ import annotations

from vowelscope.ui.action_row import ActionRow, row

_IN = "New recordin&g"

SPLICE_ROWS: tuple[ActionRow, ...] = (
    row("splice.concatenate", "&Concatenate recordings…", "&File", submenu=_IN),
    row("splice.remove", "&Without the selected time…", "&File", submenu=_IN, separated=True),
    row("splice.silence", "With &silence at the cursor…", "&File", submenu=_IN),
    row("splice.copy", "C&opy the selected time", "&File", submenu=_IN, separated=True),
    row("splice.paste", "With the copied time &at the cursor…", "&File", submenu=_IN),
)
"""In the order of the menu."""
