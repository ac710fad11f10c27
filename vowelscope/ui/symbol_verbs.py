"""The way from the label field to the phonetic symbols and back."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.label_bar import LabelBar
from vowelscope.ui.symbol_picker import SymbolPicker


class SymbolVerbs(QObject):
    """Opens the list of symbols; what is picked goes into the label field, at its cursor."""

    def __init__(self, bench: Workbench, label_bar: LabelBar, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._label_bar = label_bar
        self._window = window

    def pick(self) -> None:
        """Look for a phonetic symbol."""
        field = self._label_bar.field
        if not field.isEnabled():
            self._bench.session.message.emit(tr("Select an interval first, to write its label."))
            return
        picker = SymbolPicker(self._bench.settings.editing, self._window)
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picker.picked.connect(self._on_picked)
        picker.trigraphs_changed.connect(self._on_trigraphs)
        picker.finished.connect(self._on_finished)
        picker.open()

    def _on_picked(self, symbol: str, text: str) -> None:
        self._label_bar.field.insert(text)
        editing = self._bench.settings.editing.with_symbol(symbol)
        self._bench.set_editing(editing)

    def _on_trigraphs(self, wanted: bool) -> None:
        self._bench.set_editing(replace(self._bench.settings.editing, trigraphs=wanted))

    def _on_finished(self) -> None:
        # Not by Tab, which would select all that was written before.
        self._label_bar.field.setFocus(Qt.FocusReason.OtherFocusReason)
