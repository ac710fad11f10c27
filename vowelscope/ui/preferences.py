"""Edit → Preferences: every setting in groups, found by words, used as it is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.preferences import PREFERENCES, value_of, with_defaults, with_value
from vowelscope.app.settings import Settings
from vowelscope.app.using import use_settings
from vowelscope.app.workbench import Workbench
from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr
from vowelscope.ui.preference_row import PreferenceRow


class PreferencesDialog(QDialog):
    """What is changed counts at once; a value that will not do is put back, with a sentence."""

    keys_wanted = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Preferences"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench = bench
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Type a part of what you look for"))
        self.search.setAccessibleName(tr("Words of a preference"))
        self.search.setClearButtonEnabled(True)
        self.rows = [PreferenceRow(preference, self) for preference in PREFERENCES]
        self._groups: dict[str, QGroupBox] = {}
        self.error = QLabel()
        self.error.setWordWrap(True)
        self.error.setAccessibleName(tr("What is wrong"))
        self.error.setForegroundRole(QPalette.ColorRole.BrightText)
        self.error.setMinimumHeight(2 * self.error.fontMetrics().lineSpacing())
        self.nothing = QLabel(tr("No preference has these words."))
        self.nothing.hide()
        self._lay_out()
        self._show(bench.settings)
        for row in self.rows:
            row.changed.connect(self._on_changed)
        self.search.textChanged.connect(self._on_search)
        bench.settings_changed.connect(self._on_settings)
        self.search.setFocus()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        for row in self.rows:
            title = row.preference.group
            if title not in self._groups:
                self._groups[title] = QGroupBox(title)
                QFormLayout(self._groups[title])
                column.addWidget(self._groups[title])
            form = self._groups[title].layout()
            assert isinstance(form, QFormLayout)
            form.addRow(row.name, row.holder)
        column.addWidget(self.nothing)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area = area
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        kinds = QDialogButtonBox.ButtonRole
        self.keys = buttons.addButton(tr("&Keys…"), kinds.ActionRole)
        self.all_defaults = buttons.addButton(tr("Reset &all…"), kinds.ResetRole)
        for button in buttons.buttons():
            button.setAutoDefault(False)  # type: ignore[attr-defined]
        buttons.rejected.connect(self.reject)
        self.keys.clicked.connect(self.keys_wanted)
        self.all_defaults.clicked.connect(self.ask_reset)
        whole = QVBoxLayout(self)
        whole.addWidget(self.search)
        whole.addWidget(area, 1)
        whole.addWidget(self.error)
        whole.addWidget(buttons)
        self.resize(620, 640)

    def ask_reset(self) -> None:
        """Ask whether to put every default back."""
        box = QMessageBox(self)
        box.setObjectName("reset")
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Reset all"))
        box.setText(tr("Put every preference back to its default? Keys and recent files stay."))
        kinds = QMessageBox.StandardButton
        box.setStandardButtons(kinds.Reset | kinds.Cancel)
        box.setDefaultButton(kinds.Cancel)
        box.button(kinds.Reset).clicked.connect(self.reset_all)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def reset_all(self) -> None:
        """Put every default back."""
        self._use(with_defaults(self._bench.settings))

    def row_of(self, path: str) -> PreferenceRow:
        """The line of a setting."""
        return next(row for row in self.rows if row.preference.path == path)

    def _show(self, settings: Settings) -> None:
        for row in self.rows:
            row.show_value(value_of(settings, row.preference.path))

    def _on_settings(self) -> None:
        self._show(self._bench.settings)

    def _on_changed(self, row: PreferenceRow, value: Callable[[], Any]) -> None:
        settings = self._bench.settings
        try:
            self._use(with_value(settings, row.preference.path, value()))
        except UserError as error:
            text = str(error)
            self.error.setText(text[:1].upper() + text[1:])
            row.show_value(value_of(settings, row.preference.path))
            row.focus()

    def _use(self, settings: Settings) -> None:
        use_settings(self._bench, settings)
        self.error.clear()
        self._show(self._bench.settings)

    def _on_search(self, text: str) -> None:
        words = text.lower().split()
        found: set[str] = set()
        for row in self.rows:
            shown = all(word in row.preference.words() for word in words)
            row.set_visible(shown)
            if shown:
                found.add(row.preference.group)
        for title, group in self._groups.items():
            group.setVisible(title in found)
        self.nothing.setVisible(not found)


class PreferencesVerbs(QObject):
    """Shows the dialog."""

    def __init__(self, bench: Workbench, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window

    def show(self) -> None:
        """Show every preference."""
        dialog = PreferencesDialog(self._bench, self._window)
        dialog.keys_wanted.connect(self._on_keys)
        dialog.open()

    def _on_keys(self) -> None:
        action = self._window.findChild(QAction, "keys.sheet")
        if isinstance(action, QAction):
            action.trigger()
