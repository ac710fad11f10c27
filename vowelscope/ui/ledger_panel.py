"""The formant ledger of the selected token: bars, what they rest on, and how wide the bands are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.ledgering import Ledgering
from vowelscope.app.session import Session
from vowelscope.app.workbench import Workbench
from vowelscope.core.tables import to_table
from vowelscope.core.translation import in_language, tr
from vowelscope.ui.ledger_bars import BAND_NAMES, LedgerBars, signed
from vowelscope.ui.theme import Theme

if TYPE_CHECKING:
    from vowelscope.explain.ledger import LedgerRow

_FILTERS = {
    "CSV (*.csv)": ".csv",
    "Tab-separated (*.tsv)": ".tsv",
    "Excel (*.xlsx)": ".xlsx",
    "Parquet (*.parquet)": ".parquet",
}


class LedgerPanel(QScrollArea):
    """Follows the class or contrast that the map chooser has."""

    def __init__(
        self, bench: Workbench, ledgering: Ledgering, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session: Session = bench.session
        self._ledgering = ledgering
        self.setAccessibleName(tr("Formant ledger"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.head = _label(tr("What is split"))
        font = self.head.font()
        font.setBold(True)
        self.head.setFont(font)
        self.bars = LedgerBars()
        self.reasons = _label(tr("Which bands the map cannot resolve, and why"))
        self.chance = _label(tr("What the places are measured against"))
        self.formant_half = _width(tr("Half width of the bands of F1 to F4 in Hz"))
        self.f0_half = _width(tr("Half width of the band of f0 in Hz"))
        self.copy_button = QPushButton(tr("&Copy"))
        self.export_button = QPushButton(tr("E&xport…"))
        for button in (self.copy_button, self.export_button):
            button.setAutoDefault(False)
        widths = QGridLayout()
        for row, (text, field) in enumerate(
            (
                (tr("&Half width of F1 to F4"), self.formant_half),
                (tr("Half width of f&0"), self.f0_half),
            )
        ):
            name = QLabel(text)
            name.setBuddy(field)
            widths.addWidget(name, row, 0)
            widths.addWidget(field, row, 1)
        widths.setColumnStretch(0, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.export_button)
        buttons.addStretch(1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(10, 6, 10, 8)
        for widget in (self.head, self.bars, self.reasons, self.chance):
            column.addWidget(widget)
        column.addLayout(widths)
        column.addLayout(buttons)
        column.addStretch(1)
        self.setWidget(body)
        self.setFocusProxy(self.formant_half)
        self.copy_button.clicked.connect(self.copy)
        self.export_button.clicked.connect(self.export)
        for field in (self.formant_half, self.f0_half):
            field.valueChanged.connect(self._on_width)
        ledgering.changed.connect(self._draw)
        self._session.map_changed.connect(self._draw)
        bench.settings_changed.connect(self._on_settings)
        self._on_settings()
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.bars.set_theme(theme)
        for label in (self.reasons, self.chance):
            label.setStyleSheet(f"color: {theme.faint};")

    def copy(self) -> None:
        """Put the ledger on the clipboard, as a spreadsheet takes it."""
        rows = self._table()
        if rows:
            QGuiApplication.clipboard().setText(to_table(rows, "\t"))
            self._session.note.emit(tr("The ledger is on the clipboard."))

    def export(self) -> None:
        """Ask for a file and write the ledger into it."""
        rows = self._table()
        if not rows:
            self._session.note.emit(self.head.text())
            return
        name, chosen = QFileDialog.getSaveFileName(
            self, tr("Export the formant ledger"), "ledger.csv", ";;".join(_FILTERS)
        )
        if name:
            path = Path(name)
            if path.suffix.lower() not in _FILTERS.values():
                path = path.with_name(path.name + _FILTERS.get(chosen, ".csv"))
            self._ledgering.export(path, rows)

    def _table(self) -> list[dict[str, object]]:
        chosen = self._session.shown_classes()
        return [] if chosen is None else self._ledgering.table(*chosen)

    def _on_width(self) -> None:
        settings = self._bench.settings.explain
        self._ledgering.set_half_widths(
            replace(
                settings,
                formant_half_hz=self.formant_half.value(),
                f0_half_hz=self.f0_half.value(),
            )
        )

    def _on_settings(self) -> None:
        settings = self._bench.settings.explain
        for field, value in (
            (self.formant_half, settings.formant_half_hz),
            (self.f0_half, settings.f0_half_hz),
        ):
            if field.value() != value:
                field.blockSignals(True)
                field.setValue(value)
                field.blockSignals(False)

    def _draw(self) -> None:
        ledger, chosen = self._ledgering.ledger, self._session.shown_classes()
        rows: tuple[LedgerRow, ...] = ()
        if ledger is None:
            self.head.setText(self._ledgering.sentence)
        elif chosen is None:
            self.head.setText(tr("The label is none of the model's classes: choose another map."))
        else:
            of, against = chosen
            rows = ledger.rows(of, against)
            name = f"/{of}/" if against is None else f"/{of}/ − /{against}/"
            self.head.setText(
                tr("The logit of {name}, {sum}, by band").format(
                    name=name, sum=signed(sum(row.logits for row in rows))
                )
                if against is None
                else tr("The contrast {name}, {sum}, by band").format(
                    name=name, sum=signed(sum(row.logits for row in rows))
                )
            )
        self.bars.show_rows(rows)
        for part in (self.bars, self.reasons, self.chance):
            part.setVisible(bool(rows))
        for button in (self.copy_button, self.export_button):
            button.setEnabled(bool(rows))
        if rows and ledger is not None:
            self.reasons.setText(_reasons(rows))
            self.reasons.setVisible(bool(self.reasons.text()))
            self.chance.setText(
                tr(
                    "swap, shift: place of a row in per cent among {swapped} tracks of other "
                    "tokens, and among {shifted} time shifts of its own. Near 50: other tracks "
                    "would have done as well."
                ).format(swapped=len(ledger.swapped), shifted=len(ledger.shifted))
            )


def _reasons(rows: tuple[LedgerRow, ...]) -> str:
    """Notes, rows of one note together."""
    names: dict[str, list[str]] = {}
    for row in rows:
        if row.note:
            names.setdefault(in_language(row.note), []).append(BAND_NAMES.get(row.name, row.name))
    return "\n".join(f"{', '.join(held)}: {note}" for note, held in names.items())


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setAccessibleName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _width(name: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setAccessibleName(name)
    field.setRange(1.0, 5000.0)
    field.setDecimals(0)
    field.setSingleStep(10.0)
    field.setSuffix(" Hz")
    # A forward pass is not asked for; the tracks are kept: each step may count at once.
    field.setKeyboardTracking(False)
    return field
