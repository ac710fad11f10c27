"""The rows of the table of actions that are about a second window with another recording."""

from __future__ import annotations

from vowelscope.ui.action_row import ActionRow, row

_IN = "&Two windows"

OPEN_BESIDE_ROW = row("beside.open", "Open bes&ide…", "&File", "Ctrl+Alt+B")

BESIDE_ROWS: tuple[ActionRow, ...] = (
    row(
        "beside.synchronize",
        "&Synchronize",
        "&View",
        "Ctrl+Shift+Y",
        submenu=_IN,
        checkable=True,
    ),
    row("beside.offset", "&Offset…", "&View", submenu=_IN),
    row("beside.align", "&Align starts of selections", "&View", "Ctrl+Alt+A", submenu=_IN),
    row("beside.arrange", "Arrange &windows", "&View", submenu=_IN, separated=True),
    row("beside.switch", "To the other wi&ndow", "&View", "Alt+F6", submenu=_IN),
)
"""In the order of the menu."""
