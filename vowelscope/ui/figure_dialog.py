"""Asks what a figure shows, how large it is, and where it goes; stays open while it is made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.figure_export import FigureExport
from vowelscope.app.workbench import Workbench
from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr
from vowelscope.ui.ask import seconds, time_text

if TYPE_CHECKING:
    from vowelscope.explain.figure_content import FigureSpec

_LAYERS = (
    ("waveform", tr("&Waveform")),
    ("spectrogram", tr("&Spectrogram")),
    ("formants", tr("&Formants")),
    ("pitch", tr("&Pitch")),
    ("intensity", tr("&Intensity")),
    ("cam", tr("Class activation &map")),
    ("tiers", tr("&Tiers")),
)
_FILTERS = {"PDF (*.pdf)": ".pdf", "SVG picture (*.svg)": ".svg", "PNG picture (*.png)": ".png"}
_UNITS_MM = {"mm": 1.0, "in": 25.4}


class FigureDialog(QDialog):
    """What is seen, or a clean figure of chosen layers, as PDF, SVG or PNG."""

    seen_wanted = Signal(Path, float, int)
    """Draw what is seen into a file, so many millimetres wide, at so many pixels an inch."""

    def __init__(self, bench: Workbench, export: FigureExport, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export figure"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench = bench
        self._export = export
        self.seen = QRadioButton(tr("What I s&ee: the views as they are"))
        self.clean = QRadioButton(tr("&A clean figure for print:"))
        self.clean.setChecked(True)
        self.layers = {name: QCheckBox(text) for name, text in _LAYERS}
        self.tiers = QListWidget()
        self.tiers.setAccessibleName(tr("Tiers in the figure"))
        self.start, self.stop = QLineEdit(), QLineEdit()
        self.width_box, self.height_box = QDoubleSpinBox(), QDoubleSpinBox()
        self.unit = QComboBox()
        self.dpi, self.letters = QSpinBox(), QDoubleSpinBox()
        self.typeface = QComboBox()
        self.error = QLabel()
        self.progress = QProgressBar()
        self.button = QPushButton(tr("E&xport…"))
        self._unit_mm = 1.0
        self._fill()
        self._lay_out()
        self.clean.toggled.connect(self._on_kind)
        self.layers["tiers"].toggled.connect(self._on_kind)
        self.unit.currentTextChanged.connect(self._on_unit)
        export.finished.connect(self._on_finished)
        export.failed.connect(self._on_failed)
        self._on_kind()

    def _fill(self) -> None:
        session = self._bench.session
        start_s, stop_s = session.view
        shown = {"waveform", "spectrogram", "tiers", *session.overlays}
        there = {"cam": session.explanation is not None, "tiers": bool(self._tier_names())}
        for name, box in self.layers.items():
            box.setEnabled(there.get(name, True))
            box.setChecked(name in shown and box.isEnabled())
        self.layers["cam"].setToolTip(tr("Of the interval that is explained in the window"))
        for name in self._tier_names():
            item = QListWidgetItem(name, self.tiers)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
        self.start.setText(time_text(start_s))
        self.stop.setText(time_text(stop_s))
        for size_box in (self.width_box, self.height_box):
            size_box.setDecimals(1)
        self.width_box.setRange(30, 2000)
        self.height_box.setRange(20, 2000)
        self.width_box.setValue(160)
        self.height_box.setValue(100)
        self.unit.addItems(list(_UNITS_MM))
        self.dpi.setRange(50, 1200)
        self.dpi.setValue(300)
        self.dpi.setSuffix(" dpi")
        self.dpi.setToolTip(tr("Of a PNG, and of the spectrogram within a PDF or SVG"))
        self.letters.setRange(4, 40)
        self.letters.setDecimals(1)
        self.letters.setValue(9)
        self.letters.setSuffix(" pt")
        self.typeface.addItem(tr("Sans serif"), "sans")
        self.typeface.addItem(tr("Serif"), "serif")
        self.error.setWordWrap(True)
        self.error.setForegroundRole(QPalette.ColorRole.BrightText)
        self.error.setMinimumHeight(2 * self.error.fontMetrics().lineSpacing())
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.hide()
        for widget, name in (
            (self.start, tr("Start in seconds")),
            (self.stop, tr("End in seconds")),
            (self.width_box, tr("Width")),
            (self.height_box, tr("Height")),
            (self.unit, tr("Unit of width and height")),
            (self.dpi, tr("Resolution")),
            (self.letters, tr("Size of the letters")),
            (self.typeface, tr("Typeface")),
            (self.error, tr("What is wrong")),
            (self.progress, tr("The figure is being made")),
        ):
            widget.setAccessibleName(name)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        boxes = list(self.layers.values())
        for index, box in enumerate(boxes):
            grid.addWidget(box, index % 4, index // 4)
        self.tiers.setMaximumHeight(5 * self.fontMetrics().lineSpacing())
        self.tiers.setMinimumWidth(20 * self.fontMetrics().averageCharWidth())
        grid.addWidget(self.tiers, 0, 2, 4, 1)
        part = QHBoxLayout()
        part.addWidget(self.start)
        part.addWidget(_label(tr("t&o"), self.stop))
        part.addWidget(self.stop)
        part.addWidget(QLabel("s"))
        self._clean_group = QGroupBox()
        inside = QFormLayout(self._clean_group)
        inside.addRow(grid)
        inside.addRow(_label(tr("F&rom"), self.start), part)
        inside.addRow(tr("&Letters"), self.letters)
        inside.addRow(tr("T&ypeface"), self.typeface)
        size = QHBoxLayout()
        size.addWidget(self.width_box)
        self._times = QLabel("×")
        size.addWidget(self._times)
        size.addWidget(self.height_box)
        size.addWidget(self.unit, 1)
        form = QFormLayout()
        form.addRow(_label(tr("Si&ze"), self.width_box), size)
        form.addRow(tr("Resol&ution"), self.dpi)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        self.button.setDefault(True)
        self.button.clicked.connect(self.ask_file)
        column = QVBoxLayout(self)
        for widget in (self.seen, self.clean, self._clean_group):
            column.addWidget(widget)
        column.addLayout(form)
        column.addWidget(self.error)
        column.addWidget(self.progress)
        column.addWidget(buttons)

    def ask_file(self) -> None:
        """Ask for a file and make the figure."""
        recording = self._bench.session.recording
        name = "figure.pdf" if recording is None else f"{recording.path.stem}.pdf"
        chosen, kind = QFileDialog.getSaveFileName(
            self, tr("Export figure"), name, ";;".join(_FILTERS)
        )
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() not in _FILTERS.values():
                path = path.with_name(path.name + _FILTERS.get(kind, ".pdf"))
            self.make(path)

    def make(self, path: Path) -> None:
        """Make the figure in the background."""
        self.error.clear()
        try:
            spec = self.spec() if self.clean.isChecked() else None
        except UserError as error:
            text = str(error)
            self.error.setText(text[:1].upper() + text[1:])
            return
        self._busy(True)
        if spec is None:
            self.seen_wanted.emit(path, self.width_box.value() * self._unit_mm, self.dpi.value())
        else:
            self._export.export(path, spec)

    def spec(self) -> FigureSpec:
        """What the fields say.

        Raises
        ------
        UserError
            One of them will not do.
        """
        from vowelscope.explain.figure_content import FigureSpec

        settings = self._bench.settings
        session = self._bench.session
        axis = session.frequency
        chosen = [
            index
            for index in range(self.tiers.count())
            if self.tiers.item(index).checkState() == Qt.CheckState.Checked
        ]
        return FigureSpec(
            seconds(self.start.text()),
            seconds(self.stop.text()),
            tuple(name for name, box in self.layers.items() if box.isChecked()),
            tuple(chosen),
            session.channel,
            replace(settings.spectrogram, f_min_hz=axis.low_hz, f_max_hz=axis.high_hz),
            settings.formant,
            settings.pitch,
            settings.intensity,
            (settings.view.intensity_low_db, settings.view.intensity_high_db),
            self.width_box.value() * self._unit_mm,
            self.height_box.value() * self._unit_mm,
            self.dpi.value(),
            self.letters.value(),
            self.typeface.currentData(),
            hand=self._bench.choices.points,
        )

    def _tier_names(self) -> list[str]:
        textgrid = self._bench.session.textgrid
        return [] if textgrid is None else [tier.name for tier in textgrid.tiers]

    def _on_kind(self) -> None:
        clean = self.clean.isChecked()
        self._clean_group.setEnabled(clean)
        # What is seen keeps its proportions.
        for widget in (self.height_box, self._times):
            widget.setEnabled(clean)
        self.tiers.setEnabled(self.layers["tiers"].isChecked())

    def _on_unit(self, unit: str) -> None:
        before, self._unit_mm = self._unit_mm, _UNITS_MM[unit]
        for box, least_mm in ((self.width_box, 30), (self.height_box, 20)):
            value = box.value() * before / self._unit_mm
            box.setDecimals(1 if unit == "mm" else 2)
            box.setRange(least_mm / self._unit_mm, 2000 / self._unit_mm)
            box.setValue(value)

    def _busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        self.button.setEnabled(not busy)

    def _on_finished(self, sentence: str) -> None:
        self._busy(False)
        self._bench.session.note.emit(sentence)
        self.accept()

    def _on_failed(self, sentence: str) -> None:
        self._busy(False)
        self.error.setText(sentence[:1].upper() + sentence[1:])

    def reject(self) -> None:
        """Close; a figure that is being made is given up."""
        self._export.cancel()
        super().reject()


def _label(text: str, of: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(of)
    return label
