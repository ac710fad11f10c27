from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from vowelscope.app.preferences import (
    ELSEWHERE,
    PREFERENCES,
    value_of,
    with_defaults,
    with_value,
)
from vowelscope.app.settings import RecentFile, Settings, SettingsFile
from vowelscope.core.errors import UserError


def paths(value: Any, prefix: str = "") -> list[str]:
    found = []
    for item in fields(value):
        inner = getattr(value, item.name)
        deeper = is_dataclass(inner)
        found += paths(inner, f"{prefix}{item.name}.") if deeper else [prefix + item.name]
    return found


def test_every_setting_of_the_file_is_a_preference_or_named_with_its_place() -> None:
    table = [preference.path for preference in PREFERENCES]
    assert len(set(table)) == len(table)
    assert sorted([*table, *ELSEWHERE]) == sorted(paths(Settings()))


def test_each_has_its_words_and_choices_hold_the_default() -> None:
    for preference in PREFERENCES:
        assert preference.label and preference.advice and preference.group
        if preference.choices:
            assert preference.default in dict(preference.choices)
        elif isinstance(preference.default, str):
            assert preference.path == "editing.check_list"


def test_every_choice_can_be_written_and_read_again() -> None:
    for preference in PREFERENCES:
        for value, _ in preference.choices:
            settings = with_value(Settings(), preference.path, value)
            SettingsFile().save(settings)
            assert value_of(SettingsFile().load(), preference.path) == value


def test_all_defaults_leave_what_is_no_preference() -> None:
    settings = with_value(Settings(), "formant.ceiling_hz", 5000.0)
    settings = replace(settings, recent=(RecentFile("a.wav"),), theme="dark")
    back = with_defaults(settings)
    assert back == replace(Settings(), recent=settings.recent)


def test_a_wrong_value_is_refused() -> None:
    with pytest.raises(UserError, match="ceiling"):
        with_value(Settings(), "formant.ceiling_hz", 1.0)
