"""A dialog of numbers and choices with advice, as Praat's: Standards, Cancel, Apply, OK."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.translation import tr

Number = float | bool | str
Numbers = Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class NumberField:
    """One line.

    Attributes
    ----------
    name
        Its key among the numbers.
    label
        What stands before it, with its unit and a mnemonic.
    standard
        The value that the button Standards puts back: a number (an int for a whole one), a switch,
        or one of `choices`.
    advice
        When to choose which value; shown as a tool tip.
    choices
        What is chosen from, for a field that is no number.
    """

    name: str
    label: str
    standard: Number
    advice: str
    choices: tuple[str, ...] = ()


Input = QLineEdit | QCheckBox | QComboBox


class NumberDialog(QDialog):
    """Asks for numbers; nothing is changed before all of them will do.

    Parameters
    ----------
    advice
        What stands above the fields.
    apply
        Called with the numbers by name; raises a `UserError` for what will not do.
    """

    def __init__(
        self,
        title: str,
        advice: str,
        fields: Sequence[NumberField],
        values: Numbers,
        apply: Callable[[Numbers], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fields = tuple(fields)
        self._apply = apply
        self.inputs: dict[str, Input] = {}
        text = QLabel(advice)
        text.setWordWrap(True)
        form = QFormLayout()
        for field in self._fields:
            widget = _input(field)
            form.addRow(*((widget,) if isinstance(widget, QCheckBox) else (field.label, widget)))
            for part in (widget, form.labelForField(widget)):
                if part is not None:
                    part.setToolTip(field.advice)
            widget.setAccessibleName(field.label.replace("&", ""))
            widget.setAccessibleDescription(field.advice)
            self.inputs[field.name] = widget
        self.error = QLabel()
        self.error.setWordWrap(True)
        self.error.setAccessibleName(tr("What is wrong"))
        # Room for a sentence from the start, so that the fields do not move when there is one.
        self.error.setMinimumHeight(2 * self.error.fontMetrics().lineSpacing())
        button = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(button.Ok | button.Apply | button.Cancel)
        self.standards = self.buttons.addButton(
            tr("Standa&rds"), QDialogButtonBox.ButtonRole.ResetRole
        )
        self.standards.setToolTip(tr("Puts Praat's own values into the fields"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(button.Apply).clicked.connect(self.apply)
        self.standards.clicked.connect(self._on_standards)
        column = QVBoxLayout(self)
        column.addWidget(text)
        column.addLayout(form)
        column.addWidget(self.error)
        column.addWidget(self.buttons)
        self.setMinimumWidth(430)
        self.show_values(values)
        self._focus(self._fields[0].name)

    def show_values(self, values: Numbers) -> None:
        """Put values into the fields."""
        for name, value in values.items():
            widget = self.inputs[name]
            if isinstance(widget, QCheckBox):
                widget.setChecked(bool(value))
            elif isinstance(widget, QComboBox):
                widget.setCurrentIndex(widget.findData(value))
            else:
                widget.setText(f"{value:.10g}")

    def apply(self) -> bool:
        """Use the values; False, with a sentence, where one will not do."""
        name = self._fields[0].name
        values: dict[str, Number] = {}
        try:
            for field in self._fields:
                name = field.name
                values[name] = _value(self.inputs[name], field)
            name = self._fields[0].name
            self._apply(values)
        except UserError as error:
            text = str(error)
            self.error.setText(text[:1].upper() + text[1:])
            self._focus(name)
            return False
        self.error.clear()
        return True

    def accept(self) -> None:
        """Use the values and close."""
        if self.apply():
            super().accept()

    def _on_standards(self) -> None:
        self.show_values({field.name: field.standard for field in self._fields})

    def _focus(self, name: str) -> None:
        widget = self.inputs[name]
        widget.setFocus()
        if isinstance(widget, QLineEdit):
            widget.selectAll()


def _input(field: NumberField) -> Input:
    if isinstance(field.standard, bool):
        return QCheckBox(field.label)
    if field.choices:
        box = QComboBox()
        for choice in field.choices:
            box.addItem(tr(choice.capitalize()), choice)
        return box
    line = QLineEdit()
    line.setMinimumWidth(110)
    return line


def _value(widget: Input, field: NumberField) -> Number:
    if isinstance(widget, QCheckBox):
        return widget.isChecked()
    if isinstance(widget, QComboBox):
        return str(widget.currentData())
    value = _number(widget.text(), field.label)
    if not isinstance(field.standard, int):
        return value
    if value != int(value):
        raise ConfigError(
            tr("{replace}: {value:g} is no whole number.").format(
                replace=field.label.replace("&", ""), value=value
            )
        )
    return int(value)


def _number(text: str, label: str) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        what = label.replace("&", "").rstrip(":")
        raise ConfigError(
            tr("{what}: “{strip}” is no number.").format(what=what, strip=text.strip())
        )
    return value
