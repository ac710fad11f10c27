"""The rows of the table of actions that play and record."""

from __future__ import annotations

from vowelscope.ui.action_row import ActionRow, row

SPEED = "Spee&d"

PLAY_ROWS: tuple[ActionRow, ...] = (
    row("play.toggle", "&Play or stop", "&Play", "Tab", editor_only=True),
    row("play.window", "Play &window", "&Play", "Shift+Tab", "Shift+Backtab", editor_only=True),
    row("play.from_cursor", "Play from &cursor to end of window", "&Play", "Ctrl+P"),
    row("play.to_end", "Play from cursor to &end of recording", "&Play", "Ctrl+Alt+P"),
    row("play.stop", "&Stop", "&Play", "Escape", editor_only=True),
    row("play.loop", "&Loop", "&Play", "Ctrl+Alt+R", checkable=True, separated=True),
    row("play.speed:100", "&Full", "&Play", submenu=SPEED, checkable=True),
    row("play.speed:75", "&Three quarters", "&Play", submenu=SPEED, checkable=True),
    row("play.speed:50", "&Half", "&Play", submenu=SPEED, checkable=True),
    row("play.speed:25", "&Quarter", "&Play", submenu=SPEED, checkable=True),
    row("play.cells", "Play st&rongest cells", "&Play", "Ctrl+Alt+M", separated=True),
    row("play.all_but", "Play &all but the strongest cells", "&Play"),
    row("play.share", "Share o&f the map…", "&Play"),
    row("play.band", "Play a &band…", "&Play"),
)
"""In the order of the menu."""

RECORD_ROW = row("record.open", "Recor&d…", "&File", "Ctrl+Alt+N")
