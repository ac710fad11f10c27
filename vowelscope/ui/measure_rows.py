"""The rows of the table of actions that measure: log, chart, slice, settings of the analyses."""

from __future__ import annotations

from vowelscope.ui.action_row import ActionRow, row

MEASURE_ROWS: tuple[ActionRow, ...] = (
    row("sound.spectrogram", "Spectro&gram settings…", "&View", separated=True),
    row("sound.formants", "Formant se&ttings…", "&View"),
    row("sound.pitch", "Pit&ch settings…", "&View"),
    row("sound.intensity", "Intensity settings…", "&View"),
    row("sound.pulses", "Pulses settings…", "&View"),
    row("power.get", "Get spectral power at c&ursors", "&Query", "F7", editor_only=True),
    row("slice.show", "Spectral slic&e", "&Query", "Ctrl+L", separated=True),
    row("log.add", "&Log cursor or selection", "&Query", "F12", separated=True),
    row("log.show", "Show lo&g", "&Query", "Shift+F12"),
    row("log.columns", "Colu&mns of the log…", "&Query"),
    row("log.export", "E&xport log…", "&Query"),
    row("chart.show", "&Vowel chart", "&Query", "Ctrl+Shift+V", separated=True),
    row("chart.export", "Export vo&wel chart…", "&Query"),
)
"""In the order of their menus."""
