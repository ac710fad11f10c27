"""The rows of the table of actions that train."""

from __future__ import annotations

from vowelscope.ui.action_row import ActionRow, row

_IN = "T&raining"

TRAINING_ROWS: tuple[ActionRow, ...] = (
    row("training.new", "&New run…", _IN, "Ctrl+Alt+Shift+N"),
    row("training.show", "&Show runs", _IN, "Ctrl+Alt+Shift+T"),
    row("training.add", "&Add a run made elsewhere…", _IN),
    row("training.resume", "&Go on with the run", _IN, separated=True),
    row("training.stop_after_epoch", "Stop after this &epoch", _IN),
    row("training.stop_now", "S&top now", _IN),
    row("training.evaluate", "E&valuate run", _IN, separated=True),
    row("training.open_report", "Open &report", _IN),
    row("training.use_model", "&Use the run's model", _IN),
    row("models.show", "&Models…", _IN, separated=True),
)
"""In the order of the menu."""
