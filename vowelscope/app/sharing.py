"""Two windows with the same settings: what is set in one counts in the other."""

from __future__ import annotations

from dataclasses import replace

from vowelscope.app.settings import MAX_RECENT, Settings
from vowelscope.app.using import use_settings
from vowelscope.app.workbench import Workbench


def share_settings(source: Workbench, target: Workbench) -> None:
    """Let `target` have the settings of `source`, but what it shows over its own spectrogram.

    Both keep what they opened in the list of recent files.
    """
    own = target.settings
    recent = list(source.settings.recent)
    recent += [entry for entry in own.recent if entry not in recent]
    shared: Settings = replace(
        source.settings,
        overlays=own.overlays,
        opacity=own.opacity,
        theme=source.theme,
        recent=tuple(recent[:MAX_RECENT]),
    )
    if source.theme == target.theme:
        # One that was chosen for this time only is not to be remembered.
        shared = replace(shared, theme=own.theme)
    if shared != own:
        use_settings(target, shared)
