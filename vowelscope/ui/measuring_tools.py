"""Puts what measures together: log, vowel chart, spectral slice, settings of the analyses."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from vowelscope.app.chart_export import ChartExport
from vowelscope.app.chart_shading import ChartShading
from vowelscope.app.charting import Charting
from vowelscope.app.model_queue import ModelQueue
from vowelscope.app.query_log import QueryLog
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.chart_panel import ChartPanel
from vowelscope.ui.log_panel import LogPanel
from vowelscope.ui.measure_verbs import ChartVerbs, LogVerbs, SliceVerbs
from vowelscope.ui.power_verbs import PowerVerbs
from vowelscope.ui.slice_window import SliceWindow
from vowelscope.ui.sound_verbs import SoundVerbs
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.theme import Theme
from vowelscope.ui.tool_dock import ToolDock
from vowelscope.ui.tracks import TracksOverlay

_LOG_HEIGHT_PX = 230


class MeasuringTools(QObject):
    """The dock of the log below, that of the chart beside the inspector, and the slice window."""

    def __init__(
        self,
        bench: Workbench,
        views: tuple[SpectrogramView, TracksOverlay],
        editor: QWidget,
        inspector: QDockWidget,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._bench = bench
        self._spectrogram, self._tracks = views
        session, chosen = bench.session, bench.settings.measuring
        self.log = QueryLog(bench, self)
        self.log_panel = LogPanel(session, self.log, chosen.log_columns)
        self.log_panel.columns_chosen.connect(self._on_columns)
        self.log_dock = ToolDock(tr("Log"), "log", self.log_panel, window)
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.log_dock)
        window.resizeDocks([self.log_dock], [_LOG_HEIGHT_PX], Qt.Orientation.Vertical)
        self.charting = Charting(bench, self)
        self.chart_panel = ChartPanel(session, self.charting, ChartExport(bench, self), chosen)
        self.chart_panel.choice_made.connect(self._on_chart_choice)
        self.chart_dock = ToolDock(tr("Vowel chart"), "chart", self.chart_panel, window)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.chart_dock)
        window.tabifyDockWidget(inspector, self.chart_dock)
        self.chart_dock.visibilityChanged.connect(self.charting.set_shown)
        self.log_dock.visibilityChanged.connect(self._on_log_shown)
        for dock in (self.log_dock, self.chart_dock):
            dock.hide()
            dock.left.connect(editor.setFocus)
        self.slice = SliceWindow(bench, window)
        bench.settings_changed.connect(self._on_settings)
        self._on_settings()
        self.verbs: dict[str, object] = {
            "log": LogVerbs(self.log, self.log_dock, self.log_panel),
            "chart": ChartVerbs(self.chart_dock, self.chart_panel),
            "slice": SliceVerbs(self.slice),
            "power": PowerVerbs(bench, self._spectrogram),
            "sound": SoundVerbs(bench, window),
        }

    def shade_by(self, queue: ModelQueue) -> None:
        """Let the chart be coloured by what the model says."""
        shading = ChartShading(self._bench, self.charting, queue, self)
        self.chart_panel.colours.bind(shading)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.chart_panel.set_theme(theme)
        self.slice.set_theme(theme)

    def _on_settings(self) -> None:
        settings = self._bench.settings
        self._spectrogram.set_settings(settings.spectrogram)
        self._tracks.set_dot_mm(settings.measuring.formant_dot_mm)
        self._tracks.set_pitch_range(settings.pitch.floor_hz, settings.pitch.ceiling_hz)

    def _on_log_shown(self, shown: bool) -> None:
        if shown:
            self.log.load()

    def _on_columns(self, columns: tuple[str, ...]) -> None:
        measuring = self._bench.settings.measuring
        self._bench.change(measuring=replace(measuring, log_columns=columns))

    def _on_chart_choice(self, normalisation: str, all_vowels: bool) -> None:
        measuring = self._bench.settings.measuring
        self._bench.change(
            measuring=replace(
                measuring, chart_normalisation=normalisation, chart_all_vowels=all_vowels
            )
        )
