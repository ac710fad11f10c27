"""One line of the preferences: a name, a value with its unit, and what puts the default back."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)

from vowelscope.app.preferences import Preference
from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr


class PreferenceRow(QObject):
    """The widgets of a preference; says when another value was given."""

    changed = Signal(object, object)
    """This row, and its new value; not yet checked."""

    def __init__(self, preference: Preference, parent: QObject) -> None:
        super().__init__(parent)
        self.preference = preference
        self._value: Any = None
        self.name = QLabel(preference.label)
        self.field = self._make_field()
        self.field.setAccessibleName(preference.label)
        about = preference.advice
        about += " " + tr("Default: {value}.").format(value=self._text_with_unit())
        self.field.setAccessibleDescription(about)
        self.reset = QToolButton()
        self.reset.setText("↺")
        self.reset.setAutoRaise(True)
        self.reset.setAccessibleName(tr("Reset: {name}").format(name=preference.label))
        self.reset.setToolTip(
            tr("Back to the default: {value}").format(value=self._text_with_unit())
        )
        for widget in (self.name, self.field):
            widget.setToolTip(about)
        self.name.setBuddy(self.field)
        self.reset.clicked.connect(self._on_reset)
        self.holder = QWidget()
        line = QHBoxLayout(self.holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.field, 1)
        if preference.unit:
            line.addWidget(QLabel(preference.unit))
        line.addWidget(self.reset)

    def show_value(self, value: Any) -> None:
        """Show a value of the settings."""
        self._value = value
        field = self.field
        if isinstance(field, QCheckBox):
            field.setChecked(value)
        elif isinstance(field, QComboBox):
            field.setCurrentIndex(field.findData(value))
        else:
            field.setText(self._text(value))
        self.reset.setEnabled(value != self.preference.default)

    def focus(self) -> None:
        """Give it the keyboard."""
        self.field.setFocus()
        if isinstance(self.field, QLineEdit):
            self.field.selectAll()

    def set_visible(self, visible: bool) -> None:
        """Show or hide the line."""
        self.name.setVisible(visible)
        self.holder.setVisible(visible)

    def value(self) -> Any:
        """What the field says, as the settings have it.

        Raises
        ------
        ConfigError
            It is no number.
        """
        field, preference = self.field, self.preference
        if isinstance(field, QCheckBox):
            return field.isChecked()
        if isinstance(field, QComboBox):
            return field.currentData()
        text, default = field.text().strip(), preference.default
        if isinstance(default, str):
            return text
        if default is None and not text:
            return None
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise ConfigError(
                tr("{name}: “{text}” is no number.").format(name=preference.label, text=text)
            )
        number /= preference.factor
        if isinstance(default, int):
            if number != int(number):
                raise ConfigError(
                    tr("{name}: “{text}” is no whole number.").format(
                        name=preference.label, text=text
                    )
                )
            return int(number)
        return number

    def _make_field(self) -> QCheckBox | QComboBox | QLineEdit:
        preference = self.preference
        if preference.choices:
            box = QComboBox()
            for value, name in preference.choices:
                box.addItem(name, value)
            box.activated.connect(self._on_changed)
            return box
        if isinstance(preference.default, bool):
            check = QCheckBox()
            check.clicked.connect(self._on_changed)
            return check
        line = QLineEdit()
        line.editingFinished.connect(self._on_edited)
        return line

    def _text(self, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return f"{value * self.preference.factor:.10g}"

    def _text_with_unit(self) -> str:
        preference = self.preference
        if preference.choices:
            return dict(preference.choices)[preference.default]
        if isinstance(preference.default, bool):
            return tr("on") if preference.default else tr("off")
        text = self._text(preference.default)
        return f"{text} {preference.unit}".strip() if text else tr("empty")

    def _on_edited(self) -> None:
        # Also emitted where the keyboard only passes by.
        if isinstance(self.field, QLineEdit) and self.field.text() != self._text(self._value):
            self._on_changed()

    def _on_changed(self) -> None:
        self.changed.emit(self, self.value)

    def _on_reset(self) -> None:
        self.changed.emit(self, lambda: self.preference.default)
