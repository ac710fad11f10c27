"""A window in which two or more methods of explanation stand side by side on one token."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.comparing import Comparing
from vowelscope.app.workbench import Workbench
from vowelscope.core.phones import display_label
from vowelscope.core.translation import tr
from vowelscope.ui.method_panel import MethodPanel
from vowelscope.ui.theme import LIGHT, Theme

_FIRST = ("cam", "occlusion")
_ACROSS = 3


class CompareWindow(QDialog):
    """Methods to tick on the left, their maps on the right; follows the token and the class."""

    def __init__(self, bench: Workbench, comparing: Comparing, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = bench.session
        self._comparing = comparing
        self._theme: Theme = LIGHT
        self._panels: dict[str, MethodPanel] = {}
        self.setWindowTitle(tr("Methods side by side"))
        self.head = QLabel()
        self.head.setWordWrap(True)
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        self.head.setAccessibleName(tr("What is explained"))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Methods"))
        self.stage = QComboBox()
        self.stage.setAccessibleName(tr("Stage of the network"))
        for text, stage in (
            (tr("As published"), ""),
            *((tr("Stage {number}").format(number=n), str(n)) for n in (1, 2, 3, 4)),
        ):
            self.stage.addItem(text, stage)
        self.run = QPushButton()
        self.run.setDefault(True)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Passes of the model"))
        self.read_out = QLabel()
        self.read_out.setAccessibleName(tr("What lies under the mouse"))
        stage_name = QLabel(tr("&Stage of the CAM family"))
        stage_name.setBuddy(self.stage)
        side = QVBoxLayout()
        side.addWidget(self.head)
        side.addWidget(self.list, 1)
        side.addWidget(stage_name)
        side.addWidget(self.stage)
        side.addWidget(self.progress)
        side.addWidget(self.run)
        inner = QWidget()
        self._grid = QGridLayout(inner)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(inner)
        self.area.setAccessibleName(tr("Maps"))
        right = QVBoxLayout()
        right.addWidget(self.area, 1)
        right.addWidget(self.read_out)
        row = QHBoxLayout(self)
        left = QWidget()
        left.setLayout(side)
        left.setFixedWidth(230)
        row.addWidget(left)
        row.addLayout(right, 1)
        self.run.clicked.connect(self.start_or_stop)
        self.list.itemChanged.connect(self._on_ticked)
        self.stage.activated.connect(self._on_ticked)
        comparing.changed.connect(self._draw)

    def sizeHint(self) -> QSize:
        """Room for three maps."""
        return QSize(1180, 560)

    def bring(self) -> None:
        """Show it, with the methods at hand."""
        if self.list.count() == 0:
            self._fill()
        self.show()
        self.raise_()
        self.activateWindow()
        self._on_ticked()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        for panel in self._panels.values():
            panel.set_theme(theme)

    def chosen(self) -> tuple[str, ...]:
        """The methods that are ticked, as ``NAME`` or ``NAME:STAGE``."""
        stage = self.stage.currentData()
        names = []
        for at in range(self.list.count()):
            item = self.list.item(at)
            if item.checkState() == Qt.CheckState.Checked:
                name, has_stage = item.data(Qt.ItemDataRole.UserRole)
                names.append(f"{name}:{stage}" if stage and has_stage else name)
        return tuple(names)

    def start_or_stop(self) -> None:
        """Compute what is ticked, or stop."""
        if self._comparing.is_running:
            self._comparing.stop()
        else:
            self._comparing.start(self.chosen())

    def _fill(self) -> None:
        from vowelscope.explain.explainers import methods

        self.list.blockSignals(True)
        for method in methods():
            item = QListWidgetItem(method.title)
            item.setData(Qt.ItemDataRole.UserRole, (method.name, method.has_stage))
            item.setToolTip(f"{method.name} ({method.package})" if method.package else method.name)
            ticked = method.name in _FIRST
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(False)

    def _on_ticked(self) -> None:
        """Lay the panels of the ticked methods out, in the order of the list."""
        names = self.chosen()
        for name in [name for name in self._panels if name not in names]:
            panel = self._panels.pop(name)
            self._grid.removeWidget(panel)
            panel.deleteLater()
        for at, name in enumerate(names):
            if name not in self._panels:
                self._panels[name] = MethodPanel(name)
                self._panels[name].set_theme(self._theme)
                self._panels[name].read_out.connect(self.read_out.setText)
            self._grid.addWidget(self._panels[name], at // _ACROSS, at % _ACROSS)
        self._draw()

    def _draw(self) -> None:
        if not self.isVisible():
            return
        comparing, session = self._comparing, self._session
        running, chosen = comparing.is_running, session.shown_classes()
        self.run.setText(tr("&Stop") if running else tr("&Compute"))
        self.run.setEnabled(running or chosen is not None)
        self.progress.setVisible(running)
        self.progress.setRange(0, comparing.total)
        self.progress.setValue(comparing.done)
        self.progress.setFormat(tr("%v of %m") if comparing.total else "")
        if chosen is None or session.explanation is None:
            self.head.setText(tr("Select a labelled interval first."))
        else:
            of, against = chosen
            label = display_label(session.selected_label or "")
            name = f"/{of}/" if against is None else f"/{of}/ − /{against}/"
            self.head.setText(
                tr("“{label}”, explained for {name}: the class that the map chooser has.").format(
                    label=label, name=name
                )
            )
        for name, panel in self._panels.items():
            found = comparing.result(name)
            if found is not None and session.explanation is not None:
                panel.show_map(session.explanation, found)
                continue
            waiting = tr("Computing…") if running and comparing.current == name else ""
            panel.title.setText(name)
            panel.show_words(comparing.failure(name) or waiting or tr("Not computed yet."))
