"""Colours and fonts, light and dark; one place, so that a view never names a colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette

IPA_FONTS = ("Charis SIL", "Doulos SIL", "Charis", "Noto Sans", "DejaVu Sans", "Segoe UI")
"""Fonts that hold the whole of the International Phonetic Alphabet, best first."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one appearance, as ``#rrggbb``.

    Attributes
    ----------
    positive, negative
        Ends of the diverging map: orange and violet (after ColorBrewer's PuOr), told apart in every
        common kind of colour blindness.
    """

    name: str
    paper: str
    ink: str
    faint: str
    panel: str
    wave: str
    spectrogram_low: str
    spectrogram_high: str
    cursor: str
    selection: str
    boundary: str
    interval_selected: str
    interval_text: str
    tier_selected: str
    formant: str
    formant_halo: str
    pitch: str
    intensity: str
    intensity_halo: str
    intensity_text: str
    positive: str
    negative: str
    agree: str
    disagree: str
    groove: str


LIGHT = Theme(
    name="light",
    paper="#ffffff",
    ink="#1b1b1b",
    faint="#5f6368",
    panel="#f4f4f2",
    wave="#202020",
    spectrogram_low="#ffffff",
    spectrogram_high="#000000",
    cursor="#d0021b",
    selection="#f4a3c0",
    boundary="#0a3dc2",
    interval_selected="#ffef9e",
    interval_text="#111111",
    tier_selected="#b3261e",
    formant="#e00000",
    formant_halo="#ffffff",
    pitch="#0030e0",
    intensity="#a9d800",
    intensity_halo="#3b4a00",
    intensity_text="#3f6a00",
    positive="#f57c00",
    negative="#6a3df0",
    agree="#1b6e3c",
    disagree="#a12a00",
    groove="#d8d8d4",
)

DARK = Theme(
    name="dark",
    paper="#17181a",
    ink="#e8e8e6",
    faint="#a6a9ad",
    panel="#232528",
    wave="#d5d8dc",
    spectrogram_low="#101113",
    spectrogram_high="#f2f2f2",
    cursor="#ff5a6a",
    selection="#8c3a5c",
    boundary="#7aa2ff",
    interval_selected="#6b5d12",
    interval_text="#f5f5f0",
    tier_selected="#ff8a80",
    formant="#ff3b3b",
    formant_halo="#101113",
    pitch="#5aa0ff",
    intensity="#c8f03c",
    intensity_halo="#101113",
    intensity_text="#c8f03c",
    positive="#ff9a2e",
    negative="#8f6bff",
    agree="#6fd193",
    disagree="#ff9d78",
    groove="#3d4046",
)


def theme_for(choice: str = "system") -> Theme:
    """The theme for ``light``, ``dark`` or ``system`` (what the desktop asks for)."""
    if choice == "system":
        scheme = QGuiApplication.styleHints().colorScheme()
        return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
    return DARK if choice == "dark" else LIGHT


def palette_of(theme: Theme) -> QPalette:
    """The Qt palette of a theme."""
    palette = QPalette()
    ink, paper, panel = QColor(theme.ink), QColor(theme.paper), QColor(theme.panel)
    role = QPalette.ColorRole
    for group_role, colour in (
        (role.Window, panel),
        (role.WindowText, ink),
        (role.Base, paper),
        (role.AlternateBase, panel),
        (role.Text, ink),
        (role.Button, panel),
        (role.ButtonText, ink),
        (role.ToolTipBase, paper),
        (role.ToolTipText, ink),
        (role.BrightText, QColor(theme.cursor)),
        (role.Highlight, QColor("#2f6fd0")),
        (role.HighlightedText, QColor("#ffffff")),
        (role.PlaceholderText, QColor(theme.faint)),
        (role.Light, panel.lighter(120)),
        (role.Midlight, panel.lighter(110)),
        (role.Mid, panel.darker(130)),
        (role.Dark, panel.darker(160)),
        (role.Shadow, QColor("#000000")),
        (role.Link, QColor(theme.boundary)),
    ):
        palette.setColor(group_role, colour)
    for disabled in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, disabled, QColor(theme.faint))
    return palette


def ipa_font(size_pt: float) -> QFont:
    """A font that shows IPA, of the given size in points."""
    families = set(QFontDatabase.families())
    held = [name for name in IPA_FONTS if name in families]
    font = QFont()
    if held:
        font.setFamilies([*held, font.family()])
    font.setPointSizeF(size_pt)
    return font


def grey_table(theme: Theme) -> npt.NDArray[np.uint8]:
    """Look-up table of the spectrogram, (256, 3): from no energy to the most."""
    low, high = _rgb(theme.spectrogram_low), _rgb(theme.spectrogram_high)
    share = np.linspace(0.0, 1.0, 256)[:, None]
    return np.asarray(np.round(low + share * (high - low)), dtype=np.uint8)


def diverging_rgba(
    values: npt.NDArray[np.floating], limit: float, opacity: float, theme: Theme
) -> npt.NDArray[np.uint8]:
    """Signed values as colours: two hues, symmetric about 0, clear near 0.

    Parameters
    ----------
    values
        Any shape, in logits.
    limit
        The value (positive) that gets the full colour.
    opacity
        Alpha of the full colour, 0-1.

    Returns
    -------
    numpy.ndarray
        uint8, the shape of `values` with (red, green, blue, alpha) added.
    """
    share = np.clip(np.asarray(values, dtype=float) / limit if limit > 0 else 0 * values, -1, 1)
    out = np.empty((*share.shape, 4), dtype=np.uint8)
    out[..., :3] = np.where(share[..., None] >= 0, _rgb(theme.positive), _rgb(theme.negative))
    out[..., 3] = np.round(255 * opacity * np.abs(share))
    return out


def _rgb(colour: str) -> npt.NDArray[np.float64]:
    value = QColor(colour)
    return np.array([value.red(), value.green(), value.blue()], dtype=float)
