"""Every preference in one table: the dialog, its search and the checks of the file come from it.

What the settings file holds besides is named in `ELSEWHERE`, with the place where it is changed.
"""

from __future__ import annotations

from vowelscope.app.analysis_preferences import ANALYSES
from vowelscope.app.explain_preferences import EXPLANATIONS
from vowelscope.app.preference import Preference, value_of, with_value
from vowelscope.app.settings import Settings
from vowelscope.app.view_settings import COLOURS
from vowelscope.app.window_settings import REOPEN
from vowelscope.core.translation import LANGUAGES, tr

__all__ = ["ELSEWHERE", "PREFERENCES", "Preference", "value_of", "with_defaults", "with_value"]


def with_defaults(settings: Settings) -> Settings:
    """The same settings with every preference as the program came."""
    for preference in PREFERENCES:
        settings = with_value(settings, preference.path, preference.default)
    return settings


_WINDOW, _COLOURS = tr("Window and language"), tr("Colours")
_EDITING, _CORRECTING = tr("Editing"), tr("Correction mode")
_SOUND, _CHART = tr("Playing and recording"), tr("Log and vowel chart")

PREFERENCES: tuple[Preference, ...] = (
    Preference(
        "window.language",
        _WINDOW,
        tr("Language"),
        tr("Of menus, dialogs and messages; used at the next start."),
        choices=(("system", tr("As the system")), *LANGUAGES.items()),
    ),
    Preference(
        "window.reopen",
        _WINDOW,
        tr("Open what was open last"),
        tr("At a start without files: recording, TextGrid, zoom, selection."),
        choices=tuple(zip(REOPEN, (tr("Always"), tr("Ask first"), tr("Never")), strict=True)),
    ),
    Preference(
        "theme",
        _COLOURS,
        tr("Colours of the window"),
        tr("As the desktop has them, light, or dark."),
        choices=(("system", tr("As the system")), ("light", tr("Light")), ("dark", tr("Dark"))),
    ),
    Preference(
        "view.spectrogram_colours",
        _COLOURS,
        tr("Colours of the spectrogram"),
        tr("Grey follows the window; the others are the same in light and dark."),
        choices=tuple(
            zip(
                COLOURS,
                (
                    tr("Grey, as the window"),
                    tr("Black on white"),
                    tr("White on black"),
                    "Viridis",
                    "Cividis",
                    "Magma",
                    "Inferno",
                ),
                strict=True,
            )
        ),
    ),
    Preference(
        "opacity",
        _COLOURS,
        tr("Strength of the class activation map"),
        tr("How strongly it covers the spectrogram."),
        "%",
        factor=100,
    ),
    Preference(
        "measuring.formant_dot_mm",
        _COLOURS,
        tr("Size of the formant dots"),
        tr("Diameter; Praat's is 1 mm."),
        "mm",
    ),
    *ANALYSES,
    Preference(
        "editing.nudge_s",
        _EDITING,
        tr("Nudge"),
        tr("How far one key press moves a boundary."),
        "ms",
        factor=1000,
    ),
    Preference(
        "editing.magnet",
        _EDITING,
        tr("Snap to boundaries of other tiers"),
        tr("While a boundary is dragged; Ctrl suspends it."),
    ),
    Preference(
        "editing.trigraphs",
        _EDITING,
        tr("Insert symbols as Praat's trigraphs"),
        tr("Such as \\sh for ʃ, for old versions of Praat."),
    ),
    Preference(
        "editing.check_list",
        _EDITING,
        tr("Check list"),
        tr("“default”, or the path of a TOML file."),
    ),
    Preference(
        "editing.correction_share",
        _CORRECTING,
        tr("Share of the view that an interval fills"),
        tr("Larger: closer to each interval."),
        "%",
        factor=100,
    ),
    Preference(
        "editing.correction_plays",
        _CORRECTING,
        tr("Play each interval"),
        tr("As it is gone to."),
    ),
    Preference(
        "editing.correction_classes_only",
        _CORRECTING,
        tr("Labels of the model's classes only"),
        tr("Other intervals are passed over."),
    ),
    Preference(
        "editing.correction_keeps",
        _CORRECTING,
        tr("Write confirmed labels too"),
        tr("To the tier of corrections, not only those that were changed."),
    ),
    Preference(
        "sound.cell_share",
        _SOUND,
        tr("Share of the map that is played"),
        tr("“Play the strongest cells” takes the fewest cells that hold this share."),
        "%",
        factor=100,
    ),
    Preference(
        "sound.record_rate_hz",
        _SOUND,
        tr("Sampling frequency of recordings"),
        tr("44,100 Hz holds all that can be heard."),
        "Hz",
    ),
    Preference(
        "sound.record_channels",
        _SOUND,
        tr("Channels of recordings"),
        tr("1 for one microphone, 2 for stereo."),
    ),
    Preference(
        "measuring.chart_normalisation",
        _CHART,
        tr("Scale of the vowel chart"),
        tr("Lobanov and Nearey compare speakers; keep one speaker in a chart."),
        choices=(("none", "Hertz"), ("bark", "Bark"), ("lobanov", "Lobanov"), ("nearey", "Nearey")),
    ),
    Preference(
        "measuring.chart_all_vowels",
        _CHART,
        tr("All vowels in the chart"),
        tr("Also those that are none of the model's classes."),
    ),
    *EXPLANATIONS,
)
"""In the order of the dialog."""

ELSEWHERE = {
    "overlays": "View",
    "device": "Play → Output device",
    "sound.input_device": "recording",
    "sound.band_low_hz": "Play → band",
    "sound.band_high_hz": "Play → band",
    "sound.band_all_but": "Play → band",
    "sound.record_folder": "where the last recording went",
    "model": "the model that was chosen last",
    "recent": "File → Open recent",
    "editing.recent_symbols": "the symbols that were inserted last",
    "editing.keys": "Help → Keys",
    "measuring.log_columns": "Query → Columns of the log",
}
"""What is remembered but is no preference, and where it is changed."""
