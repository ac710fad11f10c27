"""Puts a second model into a window: its spectrogram among the views, its numbers in a dock."""

from __future__ import annotations

from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QFileDialog, QMainWindow, QSplitter, QWidget

from vowelscope.app.second_model import SecondModel
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.explain.model_store import models_folder
from vowelscope.ui.overlay import CamOverlay
from vowelscope.ui.second_model_panel import SecondModelPanel
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.spectrogram_colours import SpectrogramColours, dot_theme
from vowelscope.ui.theme import LIGHT, Theme, ipa_font
from vowelscope.ui.tool_dock import ToolDock
from vowelscope.ui.tracks import TracksOverlay


class TitleItem(QObject):
    """Says in the corner of the view whose map it shows."""

    def __init__(self, second: SecondModel, plot: SpectrogramView) -> None:
        super().__init__(plot)
        self._second, self._peer = second, second.peer
        self.text = pg.TextItem(anchor=(0, 0))
        self.text.setFont(ipa_font(10))
        self.text.setZValue(43)
        plot.addItem(self.text, ignoreBounds=True)
        peer = second.peer
        for signal in (
            second.model_changed,
            peer.explanation_changed,
            peer.map_changed,
            peer.view_changed,
            peer.frequency_changed,
        ):
            signal.connect(self._draw)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.text.fill = pg.mkBrush(theme.paper)
        self.text.setColor(theme.ink)
        self._draw()

    def _draw(self) -> None:
        model, shown = self._second.explaining.model, self._peer.shown_map()
        name = "" if model is None else model.card.name
        self.text.setText(name if shown is None else f"{name}: {shown[0]}")
        self.text.setPos(self._peer.view[0], self._peer.frequency.high)


class SecondModelView:
    """The second spectrogram, with the second model's map and the formants."""

    def __init__(self, bench: Workbench, second: SecondModel, parent: QWidget) -> None:
        self._bench = bench
        peer = second.peer
        self.plot = SpectrogramView(peer, second.jobs, bench.settings.spectrogram, parent)
        self.plot.hide()
        self.plot.setAccessibleName(tr("Spectrogram with the map of the second model"))
        self.plot.viewport().setAccessibleName(self.plot.accessibleName())
        self.overlay = CamOverlay(peer, self.plot)
        self.tracks = TracksOverlay(peer, bench.analysis, self.plot)
        self.colours = SpectrogramColours(peer, self.plot)
        self.plot.hovered_at.connect(self.overlay.show_read_out)
        self.title = TitleItem(second, self.plot)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        for part in (self.plot, self.overlay, self.tracks, self.colours, self.title):
            part.set_theme(theme)
        self.use_settings(theme)

    def use_settings(self, theme: Theme) -> None:
        """Draw as the first spectrogram is drawn."""
        settings = self._bench.settings
        self.plot.set_settings(settings.spectrogram)
        self.colours.set_colours(settings.view.spectrogram_colours)
        self.tracks.set_dot_theme(dot_theme(self.colours.name, theme))
        view = settings.view
        self.plot.intensity_axis.set_range(view.intensity_low_db, view.intensity_high_db)


class SecondModelTools(QObject):
    """Makes view and dock when they are asked for first; the dock's end is the view's end."""

    read_out = Signal(str)
    """What lies under the mouse in the view."""

    def __init__(
        self,
        bench: Workbench,
        splitter: QSplitter,
        editor: QWidget,
        inspector: QDockWidget,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._bench, self._splitter, self._window = bench, splitter, window
        self._inspector = inspector
        self._theme: Theme = LIGHT
        self._folder: Path | None = None
        self.second: SecondModel | None = None
        self.view: SecondModelView | None = None
        self.panel: SecondModelPanel | None = None
        self.dock = ToolDock(tr("Second model"), "second_model", QWidget(), window)
        side, below = Qt.DockWidgetArea.RightDockWidgetArea, Qt.Orientation.Vertical
        window.addDockWidget(side, self.dock, below)
        self.dock.hide()
        self.dock.left.connect(editor.setFocus)
        # A dock tells that it is hidden while it is being taken apart or tabbed away, too.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._follow_dock)
        self.dock.visibilityChanged.connect(self._soon.start)
        bench.settings_changed.connect(self._on_settings)
        self.verbs: dict[str, object] = {"second_model": self}

    def choose(self) -> None:
        """Ask for the folder of a model, and compare with it."""
        start = self._folder.parent if self._folder is not None else models_folder()
        folder = QFileDialog.getExistingDirectory(
            self._window,
            tr("Folder of a model"),
            str(start if start.is_dir() else Path.home()),
        )
        if folder:
            self.compare_with(Path(folder))

    def compare_with(self, folder: Path) -> None:
        """Show the map of the model of `folder` below that of the window's model."""
        self._folder = folder
        if self.second is None:
            self._make()
        assert self.second is not None
        self._bench.session.note.emit(tr("Loading the model…"))
        self.second.set_model(folder)

    @property
    def is_busy(self) -> bool:
        """True while something that is to be seen is still computed."""
        if self.second is None or self.view is None or self.dock.isHidden():
            return False
        return self.second.is_busy or not self.view.plot.is_ready

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        if self.view is not None and self.panel is not None:
            self.view.set_theme(theme)
            self.panel.set_theme(theme)

    def close(self) -> None:
        """The window closes; the next one begins without a second model."""
        self.dock.hide()
        self._follow_dock()
        if self.second is not None:
            self.second.close()

    def _make(self) -> None:
        self.second = SecondModel(self._bench, self)
        self.view = SecondModelView(self._bench, self.second, self._window)
        self.panel = SecondModelPanel(self._bench.session, self.second)
        self.dock.setWidget(self.panel)
        self.panel.choose.clicked.connect(self.choose)
        self.view.overlay.read_out.connect(self.read_out)
        self.second.model_changed.connect(self._on_model)
        self.set_theme(self._theme)

    def _on_model(self) -> None:
        assert self.second is not None and self.second.explaining.model is not None
        name = self.second.explaining.model.card.name
        self._bench.session.note.emit(tr("Compared with {name}.").format(name=name))
        hidden = self.dock.isHidden()
        self.dock.bring()
        self._follow_dock()
        if hidden and not self.dock.isFloating():
            # Both predictions are to be seen; the rest of either panel scrolls.
            half = (self._inspector.height() + self.dock.height()) // 2
            docks = [self._inspector, self.dock]
            self._window.resizeDocks(docks, [half, half], Qt.Orientation.Vertical)

    def _on_settings(self) -> None:
        if self.view is not None:
            self.view.use_settings(self._theme)

    def _follow_dock(self) -> None:
        """The view stands among the others exactly as long as the dock is there."""
        if self.view is None or self.second is None:
            return
        plot, shown = self.view.plot, not self.dock.isHidden()
        if shown == (plot.parentWidget() is self._splitter):
            return
        if shown:
            # Half of what the first spectrogram had; the others keep their heights.
            sizes = self._splitter.sizes()
            sizes[1:2] = [sizes[1] - sizes[1] // 2, sizes[1] // 2]
            self._splitter.insertWidget(2, plot)
            self._splitter.setSizes(sizes)
            plot.show()
        else:
            sizes = self._splitter.sizes()
            sizes[1:3] = [sizes[1] + sizes[2]]
            plot.hide()
            plot.setParent(self._window)
            self._splitter.setSizes(sizes)
        self.second.set_shown(shown)
