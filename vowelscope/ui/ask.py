"""A small dialog of named fields that says what is wrong in one sentence and stays open."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr

Value = str | float | bool
Answers = Mapping[str, Value]
Done = Callable[[Answers], None]


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the dialog.

    Attributes
    ----------
    name
        Its key in the answers.
    label
        What stands before it, with a mnemonic.
    value
        What it shows first: text, a time in seconds (a float), or a switch (a bool). The answer
        is of the same kind.
    """

    name: str
    label: str
    value: Value


def seconds(text: str) -> float:
    """The time that was typed: ``12.5``, ``12,5``, ``1:02.5`` or ``1:00:02.5``.

    Raises
    ------
    UserError
        It is none of these.
    """
    parts = text.strip().replace(",", ".").split(":")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    whole = all(number >= 0 and number == int(number) for number in numbers[:-1])
    if not 1 <= len(numbers) <= 3 or not all(map(math.isfinite, numbers)) or not whole:
        raise UserError(
            tr("“{strip}” is not a time; type seconds, as in 12.5 or 1:02.5.").format(
                strip=text.strip()
            )
        )
    if len(numbers) > 1 and not 0 <= numbers[-1] < 60:
        raise UserError(
            tr("“{strip}” has {value:g} s after the minutes.").format(
                strip=text.strip(), value=numbers[-1]
            )
        )
    return sum(number * 60.0**power for power, number in enumerate(reversed(numbers)))


class Ask(QDialog):
    """Asks for some values; `done` takes them, or refuses with a `UserError`.

    Parameters
    ----------
    title, explanation
        The second may be "".
    fields
        The first has the keyboard.
    done
        Called with the answers by name. The dialog closes unless it raises a `UserError`.
    """

    def __init__(
        self,
        title: str,
        explanation: str,
        fields: Sequence[Field],
        done: Done,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._fields = tuple(fields)
        self._done = done
        self.inputs: dict[str, QLineEdit | QCheckBox] = {}
        form = QFormLayout()
        for field in self._fields:
            widget: QLineEdit | QCheckBox
            if isinstance(field.value, bool):
                widget = QCheckBox(field.label)
                widget.setChecked(field.value)
                form.addRow(widget)
            else:
                value = field.value
                widget = QLineEdit(value if isinstance(value, str) else time_text(value))
                widget.setMinimumWidth(220)
                form.addRow(field.label, widget)
            widget.setAccessibleName(field.label.replace("&", ""))
            self.inputs[field.name] = widget
        self.error = QLabel()
        self.error.setWordWrap(True)
        self.error.setAccessibleName(tr("What is wrong"))
        self.error.setForegroundRole(QPalette.ColorRole.BrightText)
        self.error.hide()
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        if explanation:
            text = QLabel(explanation)
            text.setWordWrap(True)
            column.addWidget(text)
        column.addLayout(form)
        column.addWidget(self.error)
        column.addWidget(self.buttons)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._focus(self.inputs[self._fields[0].name])

    def accept(self) -> None:
        """Hand the answers over; stay where they are refused."""
        name = self._fields[0].name
        answers: dict[str, Value] = {}
        try:
            for field in self._fields:
                name = field.name
                widget = self.inputs[name]
                if isinstance(widget, QCheckBox):
                    answers[name] = widget.isChecked()
                elif isinstance(field.value, float):
                    answers[name] = seconds(widget.text())
                else:
                    answers[name] = widget.text()
            name = self._fields[0].name
            self._done(answers)
        except UserError as error:
            self.error.setText(str(error))
            self.error.show()
            self._focus(self.inputs[name])
            return
        super().accept()

    @staticmethod
    def _focus(widget: QWidget) -> None:
        widget.setFocus()
        if isinstance(widget, QLineEdit):
            widget.selectAll()


def time_text(value_s: float) -> str:
    """Microseconds are below a sample; zeros at the end say nothing."""
    return f"{value_s:.6f}".rstrip("0").rstrip(".")
