"""The colours of the spectrogram, and what keeps the class activation map readable over them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QObject, QRectF

from vowelscope.app.session import Session
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.theme import DARK, LIGHT, Theme, grey_table

_GREYS = {"black_on_white": LIGHT, "white_on_black": DARK}


def colour_table(name: str, theme: Theme) -> npt.NDArray[np.uint8]:
    """Look-up table (256, 3) of one of `vowelscope.app.view_settings.COLOURS`, weakest first."""
    if name == "grey" or name in _GREYS:
        return grey_table(_GREYS.get(name, theme))
    table: npt.NDArray[np.uint8] = pg.colormap.get(name).getLookupTable(nPts=256, alpha=False)
    return table


def dot_theme(name: str, theme: Theme) -> Theme:
    """The theme of the formants over those colours: red over grey, as Praat's; else white.

    Red is lost in red, and for some eyes in green; white with a black edge is lost nowhere.
    """
    return theme if is_grey(name) else replace(theme, formant="#ffffff", formant_halo="#000000")


def is_grey(name: str) -> bool:
    """Whether those colours have no hue."""
    return name == "grey" or name in _GREYS


class SpectrogramColours(QObject):
    """Colours the spectrogram; under the class activation map it stays grey.

    The map's two hues are the sign of its values. Over a coloured spectrogram they would be other
    hues at every level, so the part under the map is drawn in grey whatever the colours are.
    """

    def __init__(self, session: Session, view: SpectrogramView) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._theme: Theme = LIGHT
        self.name = "grey"
        self.patch = pg.ImageItem(axisOrder="row-major")
        self.patch.setZValue(1)
        self.patch.hide()
        view.addItem(self.patch, ignoreBounds=True)
        view.drawn.connect(self._cover)
        view.levels_changed.connect(self._on_levels)
        for signal in (session.explanation_changed, session.overlays_changed):
            signal.connect(self._cover)

    def set_colours(self, name: str) -> None:
        """Draw in one of `vowelscope.app.view_settings.COLOURS`."""
        if name != self.name:
            self.name = name
            self._use()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self._use()

    def _use(self) -> None:
        self._view.set_colours(colour_table(self.name, self._theme))
        self.patch.setLookupTable(grey_table(self._theme))
        self._cover()

    def _on_levels(self) -> None:
        if self.patch.isVisible():
            self.patch.setLevels(self._view.levels)

    def _cover(self) -> None:
        """Draw in grey again what lies under the map."""
        held, explanation = self._view.held, self._session.explanation
        shown = (
            not is_grey(self.name)
            and held is not None
            and explanation is not None
            and "cam" in self._session.overlays
        )
        if not shown or held is None or explanation is None:
            self.patch.hide()
            return
        first, last = _cells(held.time_edges_s, explanation.time_edges_s)
        bottom, top = _cells(held.freq_edges_hz, explanation.freq_edges_hz)
        if last <= first or top <= bottom:
            self.patch.hide()
            return
        part = np.ascontiguousarray(held.db[bottom:top, first:last])
        self.patch.setImage(part, autoLevels=False, levels=self._view.levels)
        left_s, right_s = held.time_edges_s[[first, last]].tolist()
        low, high = self._session.frequency.place(held.freq_edges_hz[[bottom, top]]).tolist()
        self.patch.setRect(QRectF(left_s, low, right_s - left_s, high - low))
        self.patch.show()


def _cells(edges: npt.NDArray[np.float64], wanted: npt.NDArray[np.float64]) -> tuple[int, int]:
    """First and last + 1 of the cells between `edges` that begin within the outer `wanted`."""
    first, last = np.searchsorted(edges, [wanted[0] - 1e-9, wanted[-1] - 1e-9]).tolist()
    count = len(edges) - 1
    return min(max(first, 0), count), min(max(last, 0), count)
