"""Phonetic symbols by name, put in at the cursor of the label field."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QLabel, QLineEdit, QVBoxLayout, QWidget

from vowelscope.app.editing_settings import EditingSettings
from vowelscope.core.ipa import Symbol, find_symbols
from vowelscope.core.translation import tr
from vowelscope.ui.rows import RowsModel, RowsTable
from vowelscope.ui.theme import ipa_font


class SymbolPicker(QDialog):
    """Typing narrows the list; Return puts a symbol in, Shift+Return puts it in and stays."""

    picked = Signal(str, str)
    """The symbol, and the text that is to be put in."""
    trigraphs_changed = Signal(bool)

    def __init__(self, editing: EditingSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Phonetic symbols"))
        self._recent = editing.recent_symbols
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Name, symbol or trigraph: open front, ŋ, \\ae"))
        self.field.setAccessibleName(tr("Name of a symbol, or the symbol"))
        self.field.installEventFilter(self)
        self._model = RowsModel((tr("Symbol"), tr("Name"), tr("Praat")), _cell)
        self.table = RowsTable(tr("Symbols found"), self._model, (tr("Symbol"), "", "\\swx"))
        self.table.setFont(ipa_font(max(self.font().pointSizeF(), 9.0) * 1.25))
        self.table.verticalHeader().setDefaultSectionSize(
            round(1.35 * self.table.fontMetrics().height())
        )
        self.as_trigraph = QCheckBox(tr("Put in Praat's backslash &trigraph"))
        self.as_trigraph.setChecked(editing.trigraphs)
        hint = QLabel(tr("Return puts it in, Shift+Return puts it in and stays."))
        column = QVBoxLayout(self)
        for widget in (self.field, self.table, self.as_trigraph, hint):
            column.addWidget(widget)
        self.resize(560, 460)
        self.field.textChanged.connect(self._fill)
        self.table.doubleClicked.connect(self._on_double_click)
        self.as_trigraph.toggled.connect(self.trigraphs_changed)
        self._fill("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, down and the page keys in the field move in the list."""
        keys = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in keys
        ):
            self.table.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return takes the symbol of the list's row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take(stay=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            return
        super().keyPressEvent(event)

    def take(self, stay: bool = False) -> None:
        """Put in the symbol of the list's row."""
        row = self.table.currentIndex().row()
        if not 0 <= row < len(self._model.rows):
            return
        symbol: Symbol = self._model.rows[row]
        self.picked.emit(
            symbol.text, symbol.trigraph if self.as_trigraph.isChecked() else symbol.text
        )
        if stay:
            self._recent = (symbol.text, *(x for x in self._recent if x != symbol.text))
            self.field.clear()
            self._fill("")
        else:
            self.accept()

    def _fill(self, wanted: str) -> None:
        self._model.set_rows(find_symbols(wanted, self._recent))
        self.table.setCurrentIndex(self._model.index(0, 0))
        self.table.scrollToTop()

    def _on_double_click(self) -> None:
        self.take()


def _cell(symbol: Symbol, column: int) -> str:
    if column == 0:
        return f" {symbol.shown}"
    return symbol.name if column == 1 else symbol.trigraph
