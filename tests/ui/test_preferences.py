from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from vowelscope.app.preferences import PREFERENCES, value_of, with_defaults
from vowelscope.app.settings import Settings
from vowelscope.ui.key_sheet import KeySheet
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.preferences import PreferencesDialog


@pytest.fixture
def dialog(grid_window: MainWindow, qtbot: QtBot) -> Iterator[PreferencesDialog]:
    grid_window.actions_by_id["preferences.show"].trigger()
    (dialog,) = grid_window.findChildren(PreferencesDialog)
    qtbot.waitUntil(dialog.isActiveWindow, timeout=10_000)
    yield dialog
    if shiboken6.isValid(dialog):
        dialog.reset_all()
        dialog.reject()
    qtbot.waitUntil(lambda: not grid_window.findChildren(PreferencesDialog))


def give(dialog: PreferencesDialog, path: str, text: str, qtbot: QtBot) -> None:
    field = dialog.row_of(path).field
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Tab)


def test_a_number_is_typed_with_its_unit_and_used_at_once(
    dialog: PreferencesDialog, grid_window: MainWindow, qtbot: QtBot
) -> None:
    bench = grid_window.bench
    give(dialog, "editing.nudge_s", "5", qtbot)
    assert bench.settings.editing.nudge_s == 0.005
    give(dialog, "spectrogram.f_max_hz", "8000", qtbot)
    assert bench.session.frequency.high_hz == 8000.0
    give(dialog, "opacity", "25", qtbot)
    assert bench.session.opacity == 0.25
    give(dialog, "spectrogram.maximum_db", "90,5", qtbot)
    assert bench.settings.spectrogram.maximum_db == 90.5
    give(dialog, "spectrogram.maximum_db", " ", qtbot)
    assert bench.settings.spectrogram.maximum_db is None


def test_switches_and_choices_are_used_at_once(
    dialog: PreferencesDialog, grid_window: MainWindow, qtbot: QtBot
) -> None:
    bench = grid_window.bench
    magnet = dialog.row_of("editing.magnet").field
    assert isinstance(magnet, QCheckBox)
    magnet.click()
    assert not bench.session.magnet
    assert not grid_window.actions_by_id["boundary.magnet"].isChecked()
    theme = dialog.row_of("theme").field
    assert isinstance(theme, QComboBox)
    theme.setFocus()
    qtbot.keyClick(theme, Qt.Key.Key_End)
    theme.activated.emit(theme.currentIndex())
    assert bench.theme == "dark"
    assert grid_window.actions_by_id["show.theme_dark"].isChecked()


def test_what_will_not_do_is_said_and_put_back(
    dialog: PreferencesDialog, grid_window: MainWindow, qtbot: QtBot
) -> None:
    for text, part in (("many", "is no number"), ("1", "must lie within")):
        give(dialog, "formant.ceiling_hz", text, qtbot)
        assert part in dialog.error.text()
        field = dialog.row_of("formant.ceiling_hz").field
        assert isinstance(field, QLineEdit) and field.text() == "5500"
        assert QApplication.focusWidget() is field
    assert grid_window.bench.settings.formant.ceiling_hz == 5500.0
    give(dialog, "sound.record_channels", "1.5", qtbot)
    assert "no whole number" in dialog.error.text()


def test_search_finds_by_words_of_name_and_advice(dialog: PreferencesDialog, qtbot: QtBot) -> None:
    def shown() -> set[str]:
        return {row.preference.path for row in dialog.rows if not row.holder.isHidden()}

    qtbot.keyClicks(dialog.search, "octave jump")
    assert shown() == {"pitch.octave_jump_cost"}
    dialog.search.clear()
    qtbot.keyClicks(dialog.search, "glottal elephants")
    assert not shown() and not dialog.nothing.isHidden()
    dialog.search.clear()
    qtbot.keyClicks(dialog.search, "young child")
    assert shown() == {"formant.ceiling_hz"}
    dialog.search.clear()
    assert len(shown()) == len(PREFERENCES)


def test_one_and_all_can_be_reset(
    dialog: PreferencesDialog, grid_window: MainWindow, qtbot: QtBot
) -> None:
    bench = grid_window.bench
    give(dialog, "pitch.floor_hz", "100", qtbot)
    give(dialog, "pitch.ceiling_hz", "400", qtbot)
    row = dialog.row_of("pitch.floor_hz")
    assert row.reset.isEnabled()
    row.reset.click()
    assert bench.settings.pitch.floor_hz == 75.0 and not row.reset.isEnabled()
    assert bench.settings.pitch.ceiling_hz == 400.0
    qtbot.keyClick(dialog.all_defaults, Qt.Key.Key_Space)
    box = dialog.findChild(QMessageBox, "reset")
    assert box is not None
    box.button(QMessageBox.StandardButton.Reset).click()
    defaults = with_defaults(Settings())
    for preference in PREFERENCES:
        assert value_of(bench.settings, preference.path) == value_of(defaults, preference.path)


def test_tab_reaches_every_field(dialog: PreferencesDialog, qtbot: QtBot) -> None:
    dialog.search.setFocus()
    seen = set()
    for _ in range(4 * len(dialog.rows)):
        widget = QApplication.focusWidget()
        if widget in seen:
            break
        seen.add(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    assert {row.field for row in dialog.rows} <= seen
    assert dialog.keys in seen and dialog.all_defaults in seen


def test_the_sheet_of_keys_is_a_button_away(
    dialog: PreferencesDialog, grid_window: MainWindow
) -> None:
    dialog.keys.click()
    (sheet,) = grid_window.findChildren(KeySheet)
    sheet.reject()
