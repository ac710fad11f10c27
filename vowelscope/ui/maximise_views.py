"""Start, picture and difference; below them the score, and spectra at mid-time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from vowelscope.core.translation import tr
from vowelscope.ui.maximise_plots import Line, LinesPlot, PicturePlot
from vowelscope.ui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from vowelscope.explain.maximise_study import Study


class MaximiseViews(QWidget):
    """Six plots of one study; the axes of those in a row agree."""

    read_out = Signal(str)
    """What lies under the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._drawn: tuple[Study | None, str] = (None, "")
        self._then = QTimer(self)
        self._then.setSingleShot(True)
        self._then.timeout.connect(self._draw_curves)
        self.pictures = (
            PicturePlot(tr("Start"), False),
            PicturePlot(tr("Picture"), False),
            PicturePlot(tr("Difference"), True),
        )
        hz, db = tr("Frequency (Hz)"), tr("Level (dB)")
        self.curve = LinesPlot(tr("Score over the steps"), tr("Step"), tr("logits"), True)
        self.spectra = LinesPlot(tr("Spectrum at mid-time"), hz, db)
        self.added = LinesPlot(tr("What was added at mid-time"), hz, db)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for at, plot in enumerate((*self.pictures, self.curve, self.spectra, self.added)):
            grid.addWidget(plot, at // 3, at % 3)
        grid.setRowStretch(0, 3)
        grid.setRowStretch(1, 2)
        for picture in self.pictures:
            picture.read_out.connect(self.read_out)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`; `show_study` draws in them."""
        self._theme = theme
        for plot in (*self.pictures, self.curve, self.spectra, self.added):
            plot.set_theme(theme)

    def show_study(self, study: Study | None) -> None:
        """Draw what was found; nothing new for None."""
        if study is None or self._drawn == (study, self._theme.name):
            return
        self._drawn = study, self._theme.name
        start_plot, picture, difference = self.pictures
        found = study.found
        start, formants = found.start, None if study.answer is None else study.answer.formants
        start_plot.show_picture(start, start.db, formants)
        picture.show_picture(start, found.image_db, formants)
        difference.show_picture(start, found.image_db - start.db, formants)
        # All six at once would keep the window waiting for more than 50 ms.
        self._then.start(0)

    def _draw_curves(self) -> None:
        study, _ = self._drawn
        if study is None:
            return
        found, theme = study.found, self._theme
        start, formants = found.start, None if study.answer is None else study.answer.formants
        steps = np.arange(found.scores.shape[1])
        random = tr("random weights")
        lines: list[Line] = []
        if study.control is not None:
            for at, row in enumerate(study.control.scores):
                lines.append(("" if at else random, theme.pitch, 1, steps, row))
        for at, row in enumerate(found.scores):
            if at != found.best:
                lines.append(("", theme.faint, 1, steps, row))
        lines.append((found.name, theme.positive, 2, steps, found.scores[found.best]))
        self.curve.show_lines(lines)
        freqs_hz = 0.5 * (start.spec.freq_edges_hz[1:] + start.spec.freq_edges_hz[:-1])
        middle = start.middle
        before = start.db[:, middle].mean(axis=1)
        after = found.image_db[:, middle].mean(axis=1)
        lines = [
            (tr("start"), theme.faint, 1, freqs_hz, before),
            (tr("picture"), theme.ink, 2, freqs_hz, after),
        ]
        self.spectra.show_lines(lines, formants, (start.spec.db_min, start.spec.db_max))
        lines = [(found.name, theme.positive, 2, freqs_hz, after - before)]
        if study.control is not None:
            other = study.control.image_db[:, middle].mean(axis=1)
            lines.insert(0, (random, theme.pitch, 1, freqs_hz, other - before))
        self.added.show_lines(lines, formants)
