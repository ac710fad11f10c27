"""The rows of the table of actions that edit intervals, boundaries and tiers."""

from __future__ import annotations

from vowelscope.ui.action_row import ActionRow, row

_TIERS = range(1, 9)
_ON_TIER = "Add on &tier"

_SELECT = (
    row(
        "span.extend_earlier",
        "Extend selection to previous interval",
        "&Select",
        "Shift+Alt+Left",
        editor_only=True,
        separated=True,
    ),
    row(
        "span.extend_later",
        "Extend selection to next interval",
        "&Select",
        "Shift+Alt+Right",
        editor_only=True,
    ),
    row("span.select", "Select &by time…", "&Select", "Ctrl+Shift+A"),
    row("span.cursor_to", "Move &cursor to…", "&Select", "Ctrl+Alt+G"),
    row("zero.cursor", "Cursor to nearest &zero crossing", "&Select", "Ctrl+0", separated=True),
    row("zero.start", "Start of selection to nearest zero crossing", "&Select", "Ctrl+,"),
    row("zero.end", "End of selection to nearest zero crossing", "&Select", "Ctrl+."),
)

_INTERVAL = (
    *(
        row(
            f"interval.on_tier:{n}",
            f"Add interval on tier &{n}",
            "&Interval",
            f"Ctrl+{n}",
            submenu=_ON_TIER,
        )
        for n in _TIERS
    ),
    row(
        "interval.split",
        "&Split at cursor",
        "&Interval",
        "Ctrl+Return",
        "Ctrl+Enter",
        separated=True,
    ),
    row("interval.merge_next", "&Merge with next", "&Interval", "Ctrl+M"),
    row("interval.merge_selected", "Merge all in s&election", "&Interval", "Ctrl+Shift+M"),
    row("align.interval", "Ali&gn interval", "&Interval", "Ctrl+D", separated=True),
    row(
        "interval.clear_label",
        "Remove &label",
        "&Interval",
        "Alt+Delete",
        editor_only=True,
        separated=True,
    ),
    row("interval.remove_left", "Remove le&ft boundary", "&Interval"),
    row("interval.remove_right", "Remove &right boundary", "&Interval"),
    row("interval.remove_both", "Remove &both boundaries", "&Interval"),
    row("interval.remove_all", "Remove label &and boundaries", "&Interval"),
)

_BOUNDARY = (
    row(
        "boundary.on_selected",
        "&Add on selected tier",
        "&Boundary",
        "Return",
        "Enter",
        editor_only=True,
    ),
    *(
        row(
            f"boundary.on_tier:{n}",
            f"Add boundary or point on tier &{n}",
            "&Boundary",
            f"Ctrl+F{n}",
            submenu=_ON_TIER,
        )
        for n in _TIERS
    ),
    row("boundary.on_all", "Add on a&ll tiers", "&Boundary", "Ctrl+F9"),
    row("boundary.remove", "&Remove", "&Boundary", "Alt+Backspace", editor_only=True),
    row("boundary.to_cursor", "&Move nearest to cursor", "&Boundary", "Ctrl+K", separated=True),
    row(
        "boundary.linked_to_cursor",
        "Move nearest to cursor, all tiers",
        "&Boundary",
        "Ctrl+Shift+K",
    ),
    row("zero.boundary", "To nearest &zero crossing", "&Boundary", "Ctrl+Alt+0"),
    row(
        "boundary.earlier",
        "Nudge &earlier",
        "&Boundary",
        "Ctrl+Left",
        "Ctrl+Alt+Left",
        editor_only=True,
        separated=True,
    ),
    row(
        "boundary.later",
        "&Nudge later",
        "&Boundary",
        "Ctrl+Right",
        "Ctrl+Alt+Right",
        editor_only=True,
    ),
    row(
        "boundary.linked_earlier",
        "Nudge earlier, all tiers",
        "&Boundary",
        "Ctrl+Shift+Left",
        "Ctrl+Alt+Shift+Left",
        editor_only=True,
    ),
    row(
        "boundary.linked_later",
        "Nudge later, all tiers",
        "&Boundary",
        "Ctrl+Shift+Right",
        "Ctrl+Alt+Shift+Right",
        editor_only=True,
    ),
    row(
        "boundary.magnet",
        "&Snap to boundaries of other tiers",
        "&Boundary",
        checkable=True,
        separated=True,
    ),
)

_TIER = (
    row("tier.add_interval", "Add &interval tier…", "&Tier"),
    row("tier.add_point", "Add &point tier…", "&Tier"),
    row("tier.duplicate", "&Duplicate tier…", "&Tier"),
    row("tier.rename", "Re&name tier…", "&Tier"),
    row("tier.move_up", "Move tier &up", "&Tier", "Alt+Shift+Up", editor_only=True, separated=True),
    row("tier.move_down", "Move tier d&own", "&Tier", "Alt+Shift+Down", editor_only=True),
    row("tier.remove_text", "Remove all &text from tier", "&Tier", separated=True),
    row("tier.remove", "&Remove entire tier", "&Tier"),
    row("clip.cut", "Cut stretch of tier", "&Tier", "Ctrl+Alt+X", separated=True),
    row("clip.copy", "Copy stretch of tier", "&Tier", "Ctrl+Alt+C"),
    row("clip.paste", "Paste stretch at cursor", "&Tier", "Ctrl+Alt+V"),
    row("tier.shift_times", "S&hift times by…", "&Tier", separated=True),
    row("tier.scale_times", "S&cale times to…", "&Tier"),
)

GRID_ROWS: tuple[ActionRow, ...] = (*_SELECT, *_INTERVAL, *_BOUNDARY, *_TIER)
"""In the order of their menus."""
