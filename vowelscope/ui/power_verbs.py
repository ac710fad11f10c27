"""Query → Get spectral power: the number where time cursor and frequency cursor cross."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject

from vowelscope.app.workbench import Workbench
from vowelscope.core.spectrogram import REFERENCE_PA2, power_at
from vowelscope.core.translation import tr
from vowelscope.ui.spectrogram import SpectrogramView


class PowerVerbs(QObject):
    """Says it in one sentence; the same number at every zoom."""

    def __init__(self, bench: Workbench, plot: SpectrogramView) -> None:
        super().__init__(plot)
        self._bench = bench
        self._plot = plot
        self._asked = (0.0, 0.0)

    def get(self) -> None:
        """Power density at the cursors."""
        session = self._bench.session
        if session.recording is None:
            session.message.emit(tr("Open a recording first."))
            return
        freq_hz = self._plot.frequency_hz
        if freq_hz is None:
            session.note.emit(tr("Click in the spectrogram first: that sets the frequency cursor."))
            return
        self._asked = (session.cursor_s, freq_hz)
        self._bench.jobs.submit(
            ("power", id(self)),
            power_at,
            session.recording,
            *self._asked,
            self._bench.settings.spectrogram,
            session.channel,
            on_done=self._on_power,
            on_error=session.message.emit,
        )

    def _on_power(self, pa2_per_hz: float) -> None:
        time_s, freq_hz = self._asked
        level = 10.0 * math.log10(max(pa2_per_hz, 1e-30) / REFERENCE_PA2)
        self._bench.session.note.emit(
            tr(
                "Power at {time_s:.4f} s and {freq_hz:,.1f} Hz: {power:.4g} Pa²/Hz "
                "({level:.2f} dB/Hz, without pre-emphasis)."
            ).format(time_s=time_s, freq_hz=freq_hz, power=pa2_per_hz, level=level)
        )
