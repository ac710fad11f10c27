"""Spectral tuning in a dock: start or stop, the curve, the lamp and its reasons."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.explain_preferences import FILL_NAMES
from vowelscope.app.explain_settings import TUNING_FILLS
from vowelscope.app.sweeping import Sweeping
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.lamp_sign import NAMES, LampSign
from vowelscope.ui.theme import LIGHT, Theme
from vowelscope.ui.tuning_plot import TuningPlot


class TuningPanel(QScrollArea):
    """Follows the class or contrast that the map chooser has."""

    def __init__(self, bench: Workbench, sweeping: Sweeping, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self._sweeping = sweeping
        self._theme: Theme = LIGHT
        self.setAccessibleName(tr("Spectral tuning"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.run = QPushButton()
        self.run.setAutoDefault(False)
        self.run.setAccessibleName(tr("Take bands away and ask the model, or stop"))
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Passes of the model"))
        self.fill = QComboBox()
        self.fill.setAccessibleName(tr("What stands for a band that is taken away"))
        for name, value in zip(FILL_NAMES, TUNING_FILLS, strict=True):
            self.fill.addItem(name, value)
        # The longest name, in another language, must not make the panel wider than its dock.
        self.fill.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.fill.setMinimumContentsLength(12)
        self.plot = TuningPlot(self._session)
        self.legend = QLabel()
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.legend.setAccessibleName(tr("What the lines are"))
        self.lamp = LampSign()
        self.reasons = QLabel()
        self.reasons.setWordWrap(True)
        self.reasons.setTextFormat(Qt.TextFormat.PlainText)
        self.reasons.setAccessibleName(tr("How far the map may be believed"))
        self.reasons.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusProxy(self.run)
        head = QHBoxLayout()
        head.addWidget(self.run)
        head.addWidget(self.progress, 1)
        instead = QLabel(tr("&In its place"))
        instead.setBuddy(self.fill)
        filled = QHBoxLayout()
        filled.addWidget(instead)
        filled.addWidget(self.fill, 1)
        said = QHBoxLayout()
        said.addWidget(self.lamp, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.reasons, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(10, 6, 10, 8)
        column.addLayout(head)
        column.addLayout(filled)
        column.addLayout(said)
        column.addWidget(self.plot, 1)
        column.addWidget(self.legend)
        self.setWidget(body)
        self.run.clicked.connect(self.start_or_stop)
        self.fill.activated.connect(self._on_fill)
        sweeping.changed.connect(self._draw)
        self._session.map_changed.connect(self._draw)
        bench.settings_changed.connect(self._on_settings)
        self._on_settings()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.plot.set_theme(theme)
        self._draw()

    def start_or_stop(self) -> None:
        """Take bands away, or stop doing so."""
        if self._sweeping.is_running:
            self._sweeping.stop()
        else:
            self._sweeping.start()

    def _on_fill(self) -> None:
        explain = replace(self._bench.settings.explain, tuning_fill=self.fill.currentData())
        self._bench.change(explain=explain)

    def _on_settings(self) -> None:
        self.fill.setCurrentIndex(self.fill.findData(self._bench.settings.explain.tuning_fill))
        self._draw()

    def _draw(self) -> None:
        sweeping, chosen = self._sweeping, self._session.shown_classes()
        self._draw_progress()
        tuning = sweeping.tuning
        if tuning is None or chosen is None:
            self.plot.show_tuning(None)
            self.lamp.show_colour(None)
            self.reasons.setText(sweeping.sentence or self._why_nothing(chosen is None))
        else:
            of, against = chosen
            self.plot.show_tuning(tuning, of, against)
            lamp = sweeping.lamp(of, against)
            self.lamp.show_colour(None if lamp is None else lamp.colour)
            if lamp is not None:
                name = NAMES[lamp.colour]
                self.reasons.setText(f"{name[:1].upper()}{name[1:]}. {' '.join(lamp.reasons)}")
        self.lamp.setVisible(self.lamp.colour is not None)
        self.plot.setVisible(self.lamp.colour is not None)
        self.legend.setVisible(self.lamp.colour is not None)
        self.legend.setText(self._key_text())

    def _draw_progress(self) -> None:
        sweeping = self._sweeping
        running = sweeping.is_running
        self.run.setText(tr("&Stop") if running else tr("&Take bands away"))
        self.run.setEnabled(running or self._session.explanation is not None)
        self.progress.setVisible(running)
        self.fill.setEnabled(not running)
        self.progress.setRange(0, sweeping.total)
        self.progress.setValue(sweeping.done)
        left_s = sweeping.estimate_s
        what = tr("weights randomised") if sweeping.phase == "weights" else tr("passes")
        words = f"%v / %m {what}"
        if left_s is not None:
            words += tr(", {left_s:.0f} s left").format(left_s=left_s)
        self.progress.setFormat(words if sweeping.total else "")

    def _why_nothing(self, no_class: bool) -> str:
        if self._sweeping.is_running:
            return tr("Each band is taken out of what the model reads, and the model asked again.")
        if no_class and self._session.explanation is not None:
            return tr("The label is none of the model's classes: choose another map.")
        return tr(
            "What would the logit be without a band? Some 170 passes of the model, the first time "
            "also a test of its weights, say how far its maps may be believed."
        )

    def _key_text(self) -> str:
        theme = self._theme
        lines = (
            (theme.positive, "━", tr("without a band")),
            (theme.positive, "┅", tr("that band alone")),
            (theme.positive, "■", tr("without a row of the map")),
            (theme.negative, "━", tr("the map, by row")),
            (theme.faint, "▒", tr("control bands")),
        )
        parts = [
            f'<span style="color:{colour}">{sign}</span>&nbsp;{text.replace(" ", "&nbsp;")}'
            for colour, sign, text in lines
        ]
        return " &nbsp; ".join(parts)
