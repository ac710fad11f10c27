"""The spectral slice: spectrum and LPC envelope at the cursor or of the selection."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vowelscope.app.places import formant_road, place_here
from vowelscope.app.workbench import Workbench
from vowelscope.core.spectral_slice import SpectralSlice, spectral_slice
from vowelscope.core.translation import tr
from vowelscope.ui.theme import LIGHT, Theme

_BELOW_DB = 70.0
"""How far below its maximum the level is shown, as much as Praat's spectrogram."""
_MARGIN_DB = 8.0


class SliceWindow(QDialog):
    """A small window that stays open and follows the cursor and the selection."""

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Spectral slice"))
        self.setObjectName("slice")
        self._bench = bench
        self._session = bench.session
        self._theme: Theme = LIGHT
        self.held: SpectralSlice | None = None
        self.plot = pg.PlotWidget(enableMenu=False)
        self.plot.setAccessibleName(tr("Spectral slice: level over frequency"))
        self.plot.viewport().setAccessibleName(self.plot.accessibleName())
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        item = self.plot.getPlotItem()
        item.hideButtons()
        item.setLabel("bottom", tr("Frequency (Hz)"))
        item.setLabel("left", tr("Level (dB/Hz)"))
        for side in ("bottom", "left"):
            item.getAxis(side).enableAutoSIPrefix(False)
        item.layout.setContentsMargins(2, 8, 14, 2)
        self.box = item.getViewBox()
        self.spectrum = pg.PlotDataItem(connect="all")
        self.envelope = pg.PlotDataItem(connect="all")
        self._marks: list[pg.InfiniteLine] = []
        for z, curve in ((2, self.spectrum), (3, self.envelope)):
            curve.setZValue(z)
            self.plot.addItem(curve)
        self.spectrum.setClipToView(True)
        self.spectrum.setDownsampling(auto=True, method="peak")
        self.show_envelope = QCheckBox(tr("LPC &envelope"))
        self.show_formants = QCheckBox(tr("&Formants"))
        for tick in (self.show_envelope, self.show_formants):
            tick.setChecked(True)
            tick.clicked.connect(self._draw)
        self.read_out = QLabel()
        self.read_out.setAccessibleName(tr("What lies under the mouse"))
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setAccessibleName(tr("What the slice shows"))
        self.setMinimumSize(420, 320)
        above = QHBoxLayout()
        above.addWidget(self.show_envelope)
        above.addWidget(self.show_formants)
        above.addStretch(1)
        above.addWidget(self.read_out)
        column = QVBoxLayout(self)
        column.addLayout(above)
        column.addWidget(self.plot, 1)
        column.addWidget(self.sentence)
        self.plot.scene().sigMouseMoved.connect(self._on_moved)
        session = self._session
        session.cursor_changed.connect(self._on_change)
        session.selection_changed.connect(self._on_change)
        session.channel_changed.connect(self._on_change)
        session.recording_changed.connect(self._on_change)
        bench.settings_changed.connect(self._on_change)
        bench.choices.changed.connect(self._on_change)

    def sizeHint(self) -> QSize:
        """Small enough to stand beside the views."""
        return QSize(560, 380)

    def bring(self) -> None:
        """Show it, filled from the cursor or the selection."""
        if self._session.recording is None:
            self._session.message.emit(tr("Open a recording first."))
            return
        self.show()
        self.raise_()
        self.activateWindow()
        self._ask()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.plot.setBackground(theme.panel)
        self.box.setBackgroundColor(theme.paper)
        for side in ("bottom", "left"):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(theme.faint, width=1))
            axis.setTextPen(pg.mkPen(theme.ink, width=1))
        self.spectrum.setPen(pg.mkPen(theme.wave, width=1))
        self.envelope.setPen(pg.mkPen(theme.pitch, width=2, cosmetic=True))
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Return are no buttons here; Escape closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return
        super().keyPressEvent(event)

    @property
    def _key(self) -> tuple[str, int]:
        return "slice", id(self)

    @property
    def is_busy(self) -> bool:
        """True while a slice is computed."""
        return self._bench.jobs.is_pending(self._key)

    def _on_change(self) -> None:
        if self.isVisible():
            self._ask()

    def _ask(self) -> None:
        session, settings = self._session, self._bench.settings
        if session.recording is None:
            return
        start_s, stop_s = session.selection or (session.cursor_s, session.cursor_s)
        self._bench.jobs.submit_process(
            self._key,
            spectral_slice,
            session.recording.path.absolute(),
            start_s,
            stop_s,
            settings.spectrogram.window_s,
            None,
            None,
            formant_road(self._bench, session.selected_tier),
            place_here(self._bench).within,
            on_done=self._on_slice,
            on_error=self._on_failed,
        )

    def _on_slice(self, held: SpectralSlice) -> None:
        self.held = held
        self._draw()
        top_db = float(max(held.level_db.max(), held.envelope_db.max())) + _MARGIN_DB
        self.box.setXRange(0.0, min(float(held.freqs_hz[-1]), self._session.f_max_hz), padding=0)
        self.box.setYRange(top_db - _BELOW_DB, top_db, padding=0)
        where = (
            f"{held.start_s:.4f}–{held.stop_s:.4f} s"
            if held.time_s is None
            else f"{held.time_s:.4f} s"
        )
        found = [
            f"F{number} {value:,.0f}{tr(' (by hand)') if number in held.by_hand else ''}"
            for number, value in enumerate(held.formants_hz, start=1)
            if np.isfinite(value)
        ]
        self.sentence.setText(
            tr(
                "{where}, Gaussian window of {value:.1f} ms. {which}{which2}. "
                "Envelope: Burg, {poles} poles below {ceiling_hz:g} Hz, at the "
                "level of the spectrum."
            ).format(
                where=where,
                value=1000 * held.window_s,
                which=(", ".join(found) + " Hz" if found else tr("No formants")),
                which2=("" if held.time_s is not None else tr(" (means)")),
                poles=held.formant.poles,
                ceiling_hz=held.formant.ceiling_hz,
            )
        )

    def _on_failed(self, sentence: str) -> None:
        self.held = None
        self.sentence.setText(sentence)
        self._draw()

    def _draw(self) -> None:
        for mark in self._marks:
            self.plot.removeItem(mark)
        self._marks = []
        held = self.held
        if held is None:
            self.spectrum.setData([], [])
            self.envelope.setData([], [])
            return
        self.spectrum.setData(held.freqs_hz, held.level_db)
        self.envelope.setData(held.envelope_hz, held.envelope_db)
        self.envelope.setVisible(self.show_envelope.isChecked())
        if not self.show_formants.isChecked():
            return
        pen = pg.mkPen(self._theme.formant, width=1, style=Qt.PenStyle.DashLine, cosmetic=True)
        for number, value in enumerate(held.formants_hz, start=1):
            if np.isfinite(value):
                options = {"color": self._theme.formant, "position": 0.92, "movable": False}
                mark = pg.InfiniteLine(
                    float(value), angle=90, pen=pen, label=f"F{number}", labelOpts=options
                )
                mark.setZValue(1)
                self.plot.addItem(mark)
                self._marks.append(mark)

    def _on_moved(self, place: QPointF) -> None:
        if self.held is None:
            return
        hz = float(self.box.mapSceneToView(place).x())
        if not 0 <= hz <= self.held.freqs_hz[-1]:
            self.read_out.setText("")
            return
        level_db = float(np.interp(hz, self.held.freqs_hz, self.held.level_db))
        self.read_out.setText(
            tr("{hz:,.0f} Hz, {level_db:.1f} dB/Hz").format(hz=hz, level_db=level_db)
        )
