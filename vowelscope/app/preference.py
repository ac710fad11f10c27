"""What a preference is, and how its value is read from and put into the settings."""

from __future__ import annotations

from dataclasses import dataclass, is_dataclass, replace
from typing import Any

from vowelscope.app.settings import Settings


@dataclass(frozen=True, slots=True)
class Preference:
    """One setting as the dialog shows it.

    Attributes
    ----------
    path
        Names of the fields of `Settings` that lead to it, with dots.
    group
        Title of its group.
    label
        What stands before it.
    advice
        When to choose which value.
    unit
        Stands after the value; "" for none.
    choices
        Values and their names, for one of a few.
    factor
        A value is shown so many times as large: 1000 shows seconds in ms.
    """

    path: str
    group: str
    label: str
    advice: str
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    factor: float = 1.0

    @property
    def default(self) -> Any:
        """The value that the program comes with."""
        return value_of(Settings(), self.path)

    def words(self) -> str:
        """All that a search may find it by."""
        names = " ".join(name for _, name in self.choices)
        return f"{self.group} {self.label} {self.advice} {self.unit} {names} {self.path}".lower()


def value_of(settings: Settings, path: str) -> Any:
    """The value of a setting."""
    value: Any = settings
    for name in path.split("."):
        value = getattr(value, name)
    return value


def with_value(settings: Settings, path: str, value: Any) -> Settings:
    """The same settings but for one value.

    Raises
    ------
    UserError
        The value will not do.
    """
    return _with(settings, path.split("."), value)  # type: ignore[no-any-return]


def _with(holder: Any, names: list[str], value: Any) -> Any:
    assert is_dataclass(holder) and not isinstance(holder, type)
    if names[1:]:
        value = _with(getattr(holder, names[0]), names[1:], value)
    return replace(holder, **{names[0]: value})
