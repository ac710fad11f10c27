"""One kernel on axes in ms and Hz, and what it makes of ripples by their rate and scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from vowelscope.core.translation import in_language, tr
from vowelscope.ui.kernel_grid import name_of
from vowelscope.ui.theme import LIGHT, Theme, diverging_rgba, grey_table

if TYPE_CHECKING:
    from vowelscope.explain.kernels import Kernel, Kernels


class KernelPlots(QWidget):
    """The kernel above, its modulation transfer below, and its numbers in words."""

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self._shown: tuple[Kernels, Kernel, float] | None = None
        self.title = _label(tr("The kernel that is chosen"))
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.weights = _plot(tr("The kernel in time and frequency"))
        self.weights.setLabel("left", tr("Frequency (Hz)"))
        self.gain = _plot(tr("What the kernel makes of ripples"))
        self.gain.setLabel("left", tr("Scale (cycles/kHz)"))
        self.kernel_image = pg.ImageItem(axisOrder="row-major")
        self.gain_image = pg.ImageItem(axisOrder="row-major")
        self.ripple = pg.ScatterPlotItem(symbol="o", size=9)
        self.weights.addItem(self.kernel_image)
        self.gain.addItem(self.gain_image)
        self.gain.addItem(self.ripple)
        self.scale = _label(tr("Ends of the colours"))
        self.words = _label(tr("Numbers of the kernel"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.title, self.weights, self.scale, self.gain, self.words):
            column.addWidget(widget)
        column.setStretch(1, 1)
        column.setStretch(3, 1)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        for plot in (self.weights, self.gain):
            plot.setBackground(theme.panel)
            plot.getViewBox().setBackgroundColor(theme.paper)
            for side in ("bottom", "left"):
                axis = plot.getPlotItem().getAxis(side)
                axis.setPen(pg.mkPen(theme.faint, width=1))
                axis.setTextPen(pg.mkPen(theme.ink, width=1))
        self.gain_image.setLookupTable(grey_table(theme))
        self.ripple.setPen(pg.mkPen(theme.positive, width=2))
        self.ripple.setBrush(None)
        if self._shown is not None:
            self.show_kernel(*self._shown)

    def show_kernel(self, found: Kernels, kernel: Kernel, limit: float) -> None:
        """Show one; `limit` is the weight of the full colour."""
        from vowelscope.explain.kernels import MEANINGS
        from vowelscope.explain.ripples import transfer

        self._shown = found, kernel, limit
        self.title.setText(
            tr("Filter {number}: {name}").format(number=kernel.number, name=name_of(kernel))
        )
        in_time = found.column_s is not None
        times = found.time_edges * (1000 if in_time else 100)
        self.weights.setLabel("bottom", tr("Time (ms)") if in_time else tr("Time (% of token)"))
        self.kernel_image.setImage(
            diverging_rgba(kernel.weights, limit, 1.0, self._theme), levels=(0, 255)
        )
        _place(self.weights, self.kernel_image, times, found.freq_edges_hz)
        up, along, gain = transfer(kernel.weights)
        scale, rate = up / (found.row_hz / 1000), along * found.columns_a_unit
        top = float(gain.max()) or 1.0
        self.gain.setLabel(
            "bottom", tr("Rate (cycles/s)") if in_time else tr("Rate (cycles/token)")
        )
        self.gain_image.setImage(gain, autoLevels=False, levels=(0.0, top))
        # Values stand at the middles of their squares.
        _place(self.gain, self.gain_image, _edges(rate), _edges(scale))
        self.gain.setXRange(float(rate[0]), float(rate[-1]), padding=0)
        self.gain.setYRange(0.0, float(scale[-1]), padding=0)
        if np.isfinite(kernel.scale_cycles_per_khz):
            self.ripple.setData([found.rate(kernel)], [kernel.scale_cycles_per_khz])
        else:
            self.ripple.clear()
        theme = self._theme
        self.scale.setText(
            f'<span style="color:{theme.negative}">■</span> −{limit:.2g} … +{limit:.2g} '
            f'<span style="color:{theme.positive}">■</span> '
            + tr("activation per dB; one scale for all kernels")
        )
        self.words.setText(_words(found, kernel, top, in_language(MEANINGS[kernel.pattern])))


def _words(found: Kernels, kernel: Kernel, top: float, meaning: str) -> str:
    if not np.isfinite(kernel.scale_cycles_per_khz):
        return meaning
    unit = tr("cycles/s") if found.column_s is not None else tr("cycles/token")
    text = meaning[:1].upper() + meaning[1:] + ". "
    text += tr(
        "Best ripple: {scale:.2g} cycles/kHz, {rate:+.0f} {unit} (it falls where the rate is above "
        "0), {share:.0f} % of the kernel. In the lower picture, full contrast is {top:.2g} "
        "activation per dB of ripple. Coherence {coherence:.2f}; 95 % of noise kernels stay below "
        "{limit:.2f}."
    ).format(
        scale=kernel.scale_cycles_per_khz,
        rate=found.rate(kernel),
        unit=unit,
        share=100 * kernel.grating_share,
        top=top,
        coherence=kernel.coherence,
        limit=found.noise_coherence,
    )
    slope = found.slope_hz_per_ms(kernel)
    if np.isfinite(slope):
        text += " " + tr("Its stripes move by {slope:+.0f} Hz a ms.").format(slope=slope)
    return text


def _place(plot: pg.PlotWidget, image: pg.ImageItem, x: np.ndarray, y: np.ndarray) -> None:
    image.setRect(QRectF(float(x[0]), float(y[0]), float(x[-1] - x[0]), float(y[-1] - y[0])))
    plot.setXRange(float(x[0]), float(x[-1]), padding=0)
    plot.setYRange(float(y[0]), float(y[-1]), padding=0)


def _edges(middles: np.ndarray) -> np.ndarray:
    half = 0.5 * (middles[1] - middles[0])
    return np.array([middles[0] - half, middles[-1] + half])


def _plot(name: str) -> pg.PlotWidget:
    plot = pg.PlotWidget()
    plot.setAccessibleName(name)
    plot.setMenuEnabled(False)
    plot.setMouseEnabled(False, False)
    plot.hideButtons()
    plot.setMinimumSize(240, 170)
    for side in ("left", "bottom"):
        plot.getAxis(side).enableAutoSIPrefix(False)
    return plot


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setAccessibleName(name)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
