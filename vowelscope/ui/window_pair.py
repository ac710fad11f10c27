"""Where two windows stand on the screen, and what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.ui.main_window import MainWindow

_LEAST_STACKED_PX = 560
"""Height of a window in which waveform, spectrogram and tiers can still be worked with."""


def arrange(first: MainWindow, second: MainWindow) -> QRect:
    """Put two windows one above the other, where time can be compared; on a low screen, abreast.

    Returns
    -------
    QRect
        Where the first one stands now.
    """
    area = first.screen().availableGeometry()
    stacked = area.height() >= 2 * _LEAST_STACKED_PX
    width = area.width() if stacked else area.width() // 2
    height = area.height() // 2 if stacked else area.height()
    for window, number in ((first, 0), (second, 1)):
        if window.isMaximized() or window.isFullScreen() or window.isMinimized():
            window.showNormal()
        outer, inner = window.frameGeometry(), window.geometry()
        across, down = outer.width() - inner.width(), outer.height() - inner.height()
        left = area.left() + (0 if stacked else number * width)
        top = area.top() + (number * height if stacked else 0)
        window.resize(width - across, height - down)
        window.move(left, top)
    return first.geometry()


def title_of(window: MainWindow) -> str:
    """Name of the recording in a window."""
    recording = window.session.recording
    return tr("the empty window") if recording is None else recording.path.name
