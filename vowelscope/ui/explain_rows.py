"""The rows of the table of actions that ask what the model used."""

from __future__ import annotations

from vowelscope.ui.action_row import ActionRow, row

_MENU, _SUBMENU = "&Query", "Expl&anation"

EXPLAIN_ROWS: tuple[ActionRow, ...] = (
    row("ledger.show", "Formant &ledger", _MENU, "Ctrl+Alt+K", submenu=_SUBMENU),
    row("ledger.export", "&Export formant ledger…", _MENU, submenu=_SUBMENU),
    row("tuning.show", "Spectral &tuning", _MENU, "Ctrl+Alt+U", submenu=_SUBMENU),
    row("tuning.run", "Take &bands away, or stop", _MENU, submenu=_SUBMENU),
    row("methods.show", "&Methods side by side…", _MENU, "Ctrl+Alt+Y", submenu=_SUBMENU),
    row("corpus.browse", "Corpus b&rowser…", _MENU, "Ctrl+Alt+D", submenu=_SUBMENU),
    row("filters.show", "&Filters of the network…", _MENU, submenu=_SUBMENU),
    row("cue.show", "Move one &cue…", _MENU, "Ctrl+Alt+W", submenu=_SUBMENU),
    row("maximise.show", "&Activation maximisation…", _MENU, "Ctrl+Alt+I", submenu=_SUBMENU),
)
"""In the order of their menu."""
