"""The window of filters: kernels of the first layer, and the tokens that fire those of a stage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.filtering import Filtering
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import in_language, tr
from vowelscope.ui.filter_tokens import FilterTokens
from vowelscope.ui.kernel_grid import KernelGrid
from vowelscope.ui.kernel_plots import KernelPlots
from vowelscope.ui.theme import Theme

_PLOTS_PX = 340


class FiltersWindow(QDialog):
    """Two tabs; it computes only while it is to be seen."""

    def __init__(
        self,
        filtering: Filtering,
        bench: Workbench,
        explained: Callable[[], Path | None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._filtering = filtering
        self.setWindowTitle(tr("Filters of the network"))
        self.head = QLabel(tr("The model is being loaded…"))
        self.head.setAccessibleName(tr("Which kernels these are"))
        self.grid = KernelGrid()
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.grid)
        self.area.setFocusProxy(self.grid)
        self.plots = KernelPlots()
        self.plots.setFixedWidth(_PLOTS_PX)
        self.caveat = QLabel()
        self.caveat.setAccessibleName(tr("What it may not be taken for"))
        self.caveat.setWordWrap(True)
        self.caveat.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout()
        row.addWidget(self.area, 1)
        row.addWidget(self.plots)
        kernels = QWidget()
        column = QVBoxLayout(kernels)
        column.addWidget(self.head)
        column.addLayout(row, 1)
        column.addWidget(self.caveat)
        self.tokens = FilterTokens(filtering, explained)
        self.tabs = QTabWidget()
        self.tabs.addTab(kernels, tr("&First layer"))
        self.tabs.addTab(self.tokens, tr("&Top tokens"))
        outer = QVBoxLayout(self)
        outer.addWidget(self.tabs)
        self.resize(self.sizeHint())
        self.grid.chosen.connect(self._on_chosen)
        filtering.kernels_changed.connect(self._on_kernels)
        bench.model_changed.connect(self._on_model)

    def sizeHint(self) -> QSize:
        """Room for ten kernels across, or nine tokens."""
        return QSize(1180, 720)

    def bring(self, tokens: bool = False) -> None:
        """Show it, with one of its tabs."""
        self.tabs.setCurrentIndex(1 if tokens else 0)
        self.show()
        self.raise_()
        self.activateWindow()
        self._filtering.ask_kernels()
        self.tokens.show_run()
        (self.tokens.open_folder if tokens else self.grid).setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        for part in (self.grid, self.plots, self.tokens):
            part.set_theme(theme)
        self.caveat.setStyleSheet(f"color: {theme.faint};")

    def _on_model(self) -> None:
        if self.isVisible():
            self._filtering.ask_kernels()

    def _on_kernels(self) -> None:
        found = self._filtering.kernels
        if found is None:
            return
        wide = "" if found.width_s is None else f" × {1000 * found.width_s:.3g} ms"
        self.head.setText(
            tr("First layer of {model}: {count} kernels of {height_hz:,.0f} Hz{wide}.").format(
                model=found.model_name,
                count=len(found.kernels),
                height_hz=found.height_hz,
                wide=wide,
            )
        )
        self.caveat.setText(in_language(found.caveat))
        self.grid.show_kernels(found, found.colour_limit)
        self.grid.choose(0)

    def _on_chosen(self, at: int) -> None:
        found = self._filtering.kernels
        if found is not None:
            self.plots.show_kernel(found, found.kernels[at], found.colour_limit)
            box = self.grid.place(at)
            self.area.ensureVisible(round(box.center().x()), round(box.center().y()), 60, 60)


class FilterTools(QObject):
    """Puts the window of filters together."""

    def __init__(
        self,
        bench: Workbench,
        open_paths: Callable[[list[Path]], None],
        play: Callable[[float, float], object],
        explained: Callable[[], Path | None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self.filtering = Filtering(bench, open_paths, play, self)
        self.window = FiltersWindow(self.filtering, bench, explained, window)

    def show(self) -> None:
        """Show the kernels of the model in use."""
        self.window.bring()

    def show_tokens(self) -> None:
        """Show the tokens that fire the filters of a stage."""
        self.window.bring(tokens=True)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.window.set_theme(theme)
