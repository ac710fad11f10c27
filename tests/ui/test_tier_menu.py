from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from vowelscope.core.edit_times import set_domain
from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import IntervalTier, PointTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid, write_textgrid
from vowelscope.ui.ask import Ask, seconds
from vowelscope.ui.main_window import MainWindow

WORDS, PHONES, TONES = 0, 1, 2


class Menu:
    """Chooses an action, types into its dialog and presses Return."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.session, self.qtbot = window, window.session, qtbot
        self.said: list[str] = []
        self.session.message.connect(self.said.append)

    def choose(self, id: str, **answers: str | bool) -> Ask | None:
        self.window.actions_by_id[id].trigger()
        if not answers:
            return None
        dialog = self.dialog()
        for name, answer in answers.items():
            widget = dialog.inputs[name]
            if isinstance(widget, QCheckBox):
                widget.setChecked(bool(answer))
            else:
                assert isinstance(widget, QLineEdit)
                widget.selectAll()
                self.qtbot.keyClicks(widget, str(answer))
        self.qtbot.keyClick(next(iter(dialog.inputs.values())), Qt.Key.Key_Return)
        return dialog

    def dialog(self) -> Ask:
        dialog = next(child for child in self.window.findChildren(Ask) if child.isVisible())
        # Until then, keys are those of the window behind.
        self.qtbot.waitUntil(next(iter(dialog.inputs.values())).hasFocus, timeout=10_000)
        return dialog

    @property
    def names(self) -> list[str]:
        assert self.session.textgrid is not None
        return [tier.name for tier in self.session.textgrid.tiers]

    def refused(self, id: str, **answers: str | bool) -> str:
        """What the dialog says; it is then left by Escape, and nothing is edited."""
        before = self.session.textgrid
        dialog = self.choose(id, **answers)
        assert dialog is not None
        assert dialog.isVisible()
        text = dialog.error.text()
        self.qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert self.session.textgrid is before
        return text


@pytest.fixture
def menu(grid_window: MainWindow, qtbot: QtBot) -> Menu:
    return Menu(grid_window, qtbot)


def test_tiers_are_added_where_it_is_asked_and_selected(menu: Menu, small_grid: TextGrid) -> None:
    menu.choose("tier.add_interval", name="gloss")
    assert menu.names == ["words", "phones", "tones", "gloss"]
    assert menu.session.tier_index == 3
    menu.choose("tier.add_point", name="clicks", place="1")
    assert menu.names[0] == "clicks" and menu.session.tier_index == 0
    assert isinstance(menu.session.selected_tier, PointTier)
    menu.session.undo_stack.undo()
    menu.session.undo_stack.undo()
    assert menu.session.textgrid == small_grid


def test_what_is_wrong_is_said_in_the_dialog_which_stays(menu: Menu) -> None:
    assert "not blank" in menu.refused("tier.add_interval", name=" ")
    assert "is not a place" in menu.refused("tier.add_interval", name="x", place="top")
    assert "cannot become number 9" in menu.refused("tier.add_point", name="x", place="9")
    assert "“soon” is not a time" in menu.refused("span.cursor_to", time="soon")
    assert "lies outside 0-1 s" in menu.refused("span.cursor_to", time="3")
    assert "before the start" in menu.refused("span.select", start="0.5", end="0.4")
    assert "no stretch of time" in menu.refused("tier.scale_times", start="1", end="1")
    assert "nothing of the TextGrid" in menu.refused("tier.shift_times", by="7")


def test_the_first_field_has_the_keyboard_and_its_text_is_selected(menu: Menu) -> None:
    menu.session.select_item(PHONES, 0)
    menu.choose("tier.rename")
    dialog = menu.dialog()
    field = dialog.inputs["name"]
    assert isinstance(field, QLineEdit) and field.hasFocus()
    assert field.selectedText() == "phones"
    dialog.reject()


def test_rename_and_duplicate(menu: Menu, small_grid: TextGrid) -> None:
    menu.session.select_item(PHONES, 1)
    menu.choose("tier.rename", name="segments")
    assert menu.names == ["words", "segments", "tones"]
    assert menu.session.selected_label == "n"
    menu.choose("tier.duplicate", name="second")
    assert menu.names == ["words", "segments", "second", "tones"]
    assert menu.session.textgrid is not None
    tiers = menu.session.textgrid.tiers
    assert isinstance(tiers[1], IntervalTier) and isinstance(tiers[2], IntervalTier)
    assert tiers[2].intervals == tiers[1].intervals
    assert menu.session.tier_index == 2


def test_order_text_and_removal(menu: Menu, small_grid: TextGrid) -> None:
    menu.session.select_item(PHONES, 1)
    menu.choose("tier.move_up")
    assert menu.names == ["phones", "words", "tones"] and menu.session.selected_label == "n"
    menu.choose("tier.move_up")
    assert menu.session.undo_stack.count() == 1, "it was at the top"
    menu.choose("tier.move_down")
    assert menu.session.textgrid == small_grid
    menu.choose("tier.remove_text")
    tier = menu.session.selected_tier
    assert isinstance(tier, IntervalTier)
    assert [x.text for x in tier.intervals] == ["", "", ""] and len(tier.boundaries_s()) == 2
    menu.choose("tier.remove")
    menu.choose("tier.remove")
    menu.choose("tier.remove")
    assert menu.names == ["words"], "the last one stays: Praat opens no TextGrid without tiers"
    assert "only tier" in menu.said[-1]
    while menu.session.undo_stack.canUndo():
        menu.session.undo_stack.undo()
    assert menu.session.textgrid == small_grid


def test_shifting_keeps_the_domain_unless_told_otherwise(menu: Menu) -> None:
    menu.choose("tier.shift_times", by="-0.1")
    textgrid = menu.session.textgrid
    assert textgrid is not None
    assert (textgrid.tmin_s, textgrid.tmax_s) == (0.0, 1.0)
    phones = textgrid.tiers[PHONES]
    assert isinstance(phones, IntervalTier)
    assert phones.boundaries_s() == pytest.approx([0.1, 0.3, 0.9])
    menu.session.undo_stack.undo()
    menu.choose("tier.shift_times", by="0.5", keep=False)
    assert menu.session.textgrid is not None
    assert (menu.session.textgrid.tmin_s, menu.session.textgrid.tmax_s) == (0.5, 1.5)


def test_scaling(menu: Menu) -> None:
    menu.choose("tier.scale_times", start="0", end="2")
    assert menu.session.textgrid is not None
    words = menu.session.textgrid.tiers[WORDS]
    assert isinstance(words, IntervalTier) and words.boundaries_s() == [0.8]
    assert menu.session.domain == (0.0, 2.0)


def test_time_that_is_typed(menu: Menu) -> None:
    menu.choose("span.select", start="0,25", end="0.5")
    assert menu.session.selection == (0.25, 0.5) and menu.session.cursor_s == 0.25
    menu.session.set_view(0.0, 0.2)
    menu.choose("span.cursor_to", time="0:00.9")
    assert menu.session.selection is None and menu.session.cursor_s == pytest.approx(0.9)
    assert menu.session.view[0] < 0.9 < menu.session.view[1]


@pytest.mark.parametrize(
    ("text", "time_s"),
    [("1", 1.0), (" -0,5 ", -0.5), ("1:02.5", 62.5), ("2:00:00.25", 7200.25)],
)
def test_times_read_as_people_write_them(text: str, time_s: float) -> None:
    assert seconds(text) == time_s


@pytest.mark.parametrize(
    "text", ["", "a", "1:2:3:4", "1:75", "0.5:3", "nan", "inf", "-1:30", "1 2"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        seconds(text)


def test_a_recording_without_a_textgrid_gets_one(
    menu: Menu, tone_wav: Callable[..., Path], qtbot: QtBot
) -> None:
    wav = tone_wav(freq_hz=300.0)
    with qtbot.waitSignal(menu.window.bench.opened, timeout=20_000):
        menu.window.bench.open(wav)
    assert menu.session.textgrid is None
    menu.choose("tier.add_interval", name="vowels")
    assert menu.names == ["vowels"] and menu.session.is_modified
    menu.session.set_cursor(0.5)
    menu.choose("boundary.on_selected")
    menu.choose("file.save")
    qtbot.waitUntil(lambda: not menu.session.is_modified, timeout=10_000)
    path = wav.with_suffix(".TextGrid")
    assert read_textgrid(path).textgrid == menu.session.textgrid
    assert not menu.session.is_modified


# Durations that differ


def open_with_end(menu: Menu, grid: TextGrid, tone_wav: Callable[..., Path], name: int) -> None:
    wav = tone_wav(freq_hz=float(name))
    write_textgrid(wav.with_suffix(".TextGrid"), grid)
    with menu.qtbot.waitSignal(menu.window.bench.opened, timeout=20_000):
        menu.window.bench.open(wav)


def test_a_short_textgrid_is_extended_a_long_one_cut(
    menu: Menu, small_grid: TextGrid, tone_wav: Callable[..., Path]
) -> None:
    bar, session = menu.window.length_bar, menu.session
    assert not bar.isVisible()
    open_with_end(menu, set_domain(small_grid, 0.0, 0.8), tone_wav, 200)
    assert bar.isVisible() and "Extend" in bar.fit.text()
    assert "0.800 s" in bar.text.text() and "1.000 s" in bar.text.text()
    menu.qtbot.mouseClick(bar.fit, Qt.MouseButton.LeftButton)
    assert session.textgrid is not None and session.textgrid.tmax_s == 1.0
    words = session.textgrid.tiers[WORDS]
    assert isinstance(words, IntervalTier) and words.boundaries_s() == [0.4, 0.8]
    assert not bar.isVisible() and session.undo_stack.undoText() == "Extend TextGrid"
    menu.window.session.undo_stack.setClean()
    open_with_end(menu, set_domain(small_grid, 0.0, 1.5), tone_wav, 210)
    assert "ut the TextGrid" in bar.fit.text()
    bar.fit.click()
    assert session.textgrid == small_grid
    session.undo_stack.undo()
    assert session.textgrid.tmax_s == 1.5


def test_some_missing_samples_make_no_interval_of_their_own(
    menu: Menu, small_grid: TextGrid, tone_wav: Callable[..., Path]
) -> None:
    open_with_end(menu, set_domain(small_grid, 0.0, 0.97), tone_wav, 220)
    menu.window.length_bar.fit.click()
    assert menu.session.textgrid == small_grid


def test_it_is_asked_once_for_each_file(
    menu: Menu, small_grid: TextGrid, tone_wav: Callable[..., Path]
) -> None:
    bar, longer = menu.window.length_bar, set_domain(small_grid, 0.0, 1.5)
    open_with_end(menu, longer, tone_wav, 230)
    bar.leave.click()
    assert not bar.isVisible() and menu.session.textgrid == longer
    open_with_end(menu, longer, tone_wav, 230)
    assert not bar.isVisible()
    open_with_end(menu, longer, tone_wav, 240)
    assert bar.isVisible()
    open_with_end(menu, set_domain(small_grid, 0.0, 1.005), tone_wav, 250)
    assert not bar.isVisible(), "5 ms is an aligner's rounding"


# Extraction


def test_the_selection_is_saved_with_its_textgrid(
    menu: Menu, small_grid: TextGrid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes: list[str] = []
    menu.session.note.connect(notes.append)
    menu.choose("extract.selection")
    assert "Select a stretch of time first" in menu.said[-1]
    menu.session.select_item(WORDS, 1)
    target = tmp_path / "parts" / "two"
    target.parent.mkdir()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    menu.choose("extract.selection")
    menu.qtbot.waitUntil(lambda: any("(0.4" in note for note in notes), timeout=10_000)
    samples, rate_hz = sf.read(target.with_suffix(".wav"), dtype="int16")
    assert menu.session.recording is not None
    whole, _ = sf.read(menu.session.recording.path, dtype="int16")
    np.testing.assert_array_equal(samples, whole[round(0.4 * rate_hz) :])
    part = read_textgrid(target.with_suffix(".TextGrid")).textgrid
    assert part.duration_s == pytest.approx(0.6)
    assert [tier.name for tier in part.tiers] == ["words", "phones", "tones"]
    assert menu.session.textgrid == small_grid and not menu.session.is_modified


def test_a_textgrid_that_is_there_is_asked_about(
    menu: Menu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old.TextGrid").write_text("mine")
    menu.session.select_item(WORDS, 1)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "old.wav"), ""))
    asked: list[str] = []

    def answer(_parent: object, _title: str, text: str, *_: object) -> object:
        asked.append(text)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", answer)
    menu.choose("extract.selection")
    assert asked == ["old.TextGrid is there already. Replace it?"]
    assert (tmp_path / "old.TextGrid").read_text() == "mine"
    assert not (tmp_path / "old.wav").exists()
    assert not menu.window.bench.jobs.is_pending("extract")


def test_a_folder_that_is_gone_is_one_sentence(
    menu: Menu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = str(tmp_path / "no" / "part.wav")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (target, ""))
    menu.session.select_item(WORDS, 1)
    menu.choose("extract.selection")
    menu.qtbot.waitUntil(lambda: bool(menu.said), timeout=10_000)
    assert "part.wav" in menu.said[0] and menu.said[0].startswith("Cannot save")
