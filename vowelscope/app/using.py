"""Takes changed settings into use at once, wherever in a window they count."""

from __future__ import annotations

from dataclasses import fields

from vowelscope.app.settings import Settings
from vowelscope.app.workbench import Workbench


def use_settings(bench: Workbench, settings: Settings) -> None:
    """Remember other settings and use them now; what is the same is left alone."""
    before, session = bench.settings, bench.session
    changes = {
        item.name: getattr(settings, item.name)
        for item in fields(Settings)
        if getattr(settings, item.name) != getattr(before, item.name)
    }
    session.magnet = settings.editing.magnet
    theme = changes.pop("theme", None)
    if theme is not None:
        bench.set_theme(theme)
    if changes:
        bench.change(**changes)
    if settings.opacity != before.opacity:
        session.set_opacity(settings.opacity)
    if settings.spectrogram.axis != before.spectrogram.axis:
        session.set_frequency(settings.spectrogram.axis)
