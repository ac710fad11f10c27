from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid, write_textgrid
from vowelscope.ui import beside
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.number_dialog import NumberDialog

_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def other_wav(tone_wav: Callable[..., Path]) -> Path:
    """3 s of another tone, with a TextGrid of its own."""
    wav = tone_wav(freq_hz=250.0, duration_s=3.0)
    tier = IntervalTier("vowels", 0.0, 3.0, (Interval(0.0, 1.5, "a"), Interval(1.5, 3.0, "e")))
    write_textgrid(wav.with_suffix(".TextGrid"), TextGrid(0.0, 3.0, (tier,)))
    return wav


@pytest.fixture
def second(
    grid_window: MainWindow, other_wav: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """The window that File → Open beside… makes."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(other_wav), ""))
    QTest.keyClick(grid_window.editor, Qt.Key.Key_B, _CTRL | _ALT)
    pair = grid_window.beside.pair
    assert pair is not None
    window = pair.other(grid_window)
    window.bench.explaining.explain = lambda *_: None  # type: ignore[method-assign]
    qtbot.waitUntil(lambda: window.session.is_open, timeout=20_000)
    grid_window.activateWindow()
    qtbot.waitUntil(grid_window.isActiveWindow, timeout=5000)
    grid_window.editor.setFocus()
    yield window
    if grid_window.beside.pair is not None:
        window.session.undo_stack.setClean()
        window.close()
    qtbot.waitUntil(lambda: not beside._open, timeout=5000)


def test_time_goes_together_and_the_rest_does_not(
    grid_window: MainWindow, second: MainWindow
) -> None:
    one, other = grid_window.session, second.session
    assert other.recording is not None and other.recording.duration_s == 3.0
    assert one.view == (0.0, 1.0) and other.view == (0.0, 1.0)
    QTest.keyClick(grid_window.editor, Qt.Key.Key_I, _CTRL)
    assert one.view == other.view == (0.25, 0.75)
    grid_window.session.select_item(1, 1)
    assert other.selection == (0.2, 0.4) and other.selected_label == "a"
    other.set_view(2.0, 2.5)
    assert other.view == (2.0, 2.5) and one.view == (0.5, 1.0)
    assert one.undo_stack is not other.undo_stack
    before = one.textgrid
    other.select_item(0, 1)
    edited = other.textgrid
    assert edited is not None
    other.replace_textgrid(TextGrid(0.0, 3.0, ()), "Remove")
    assert one.textgrid is before and not one.is_modified and other.is_modified
    other.undo_stack.undo()
    assert other.textgrid is edited


def test_playing_one_leaves_the_other_silent(
    grid_window: MainWindow, second: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[MainWindow] = []
    for window in (grid_window, second):
        monkeypatch.setattr(
            window.bench.player,
            "play_passage",
            lambda *_args, window=window, **_flags: asked.append(window) or 1,
        )
    QTest.keyClick(grid_window.editor, Qt.Key.Key_Tab)
    assert asked == [grid_window]
    grid_window.session.set_playing(0.5)
    assert second.session.playing_s is None
    grid_window.session.set_playing(None)


def test_synchronizing_is_switched_by_key_in_either(
    grid_window: MainWindow, second: MainWindow
) -> None:
    switches = [w.actions_by_id["beside.synchronize"] for w in (grid_window, second)]
    assert all(switch.isChecked() and switch.isEnabled() for switch in switches)
    QTest.keyClick(grid_window.editor, Qt.Key.Key_Y, _CTRL | _SHIFT)
    assert not any(switch.isChecked() for switch in switches)
    grid_window.session.set_view(0.1, 0.2)
    assert second.session.view == (0.0, 1.0)
    switches[1].trigger()
    assert all(switch.isChecked() for switch in switches)
    assert grid_window.session.view == (0.0, 1.0), "it goes where the window is that asked"


def test_the_offset_is_typed(grid_window: MainWindow, second: MainWindow) -> None:
    grid_window.actions_by_id["beside.offset"].trigger()
    dialog = grid_window.findChild(NumberDialog)
    dialog.inputs["offset_s"].setText("1,5")
    dialog.accept()
    assert second.session.view == (1.5, 2.5)
    second.actions_by_id["beside.offset"].trigger()
    dialog = second.findChild(NumberDialog)
    assert dialog.inputs["offset_s"].text() == "-1.5"
    dialog.inputs["offset_s"].setText("later")
    dialog.accept()
    assert "later" in dialog.error.text() and second.session.view == (1.5, 2.5)
    dialog.reject()


def test_selections_are_aligned(grid_window: MainWindow, second: MainWindow) -> None:
    grid_window.actions_by_id["beside.align"].trigger()
    assert "Synchronize off" in grid_window.notice.text.text()
    grid_window.actions_by_id["beside.synchronize"].trigger()
    grid_window.session.select_item(1, 1)
    second.session.select_item(0, 1)
    QTest.keyClick(grid_window.editor, Qt.Key.Key_A, _CTRL | _ALT)
    assert second.session.selection == pytest.approx((1.5, 1.7))
    assert "+1.3000 s" in grid_window.statusBar().currentMessage()


def test_what_is_set_in_one_counts_in_the_other(
    grid_window: MainWindow, second: MainWindow, qtbot: QtBot
) -> None:
    second.actions_by_id["scale.bark"].trigger()
    assert grid_window.bench.settings.spectrogram.scale == "bark"
    grid_window.actions_by_id["show.theme_dark"].trigger()
    assert second.bench.theme == "dark" and second.bench.settings.theme == "dark"
    grid_window.actions_by_id["boundary.magnet"].trigger()
    second.activateWindow()
    qtbot.waitUntil(second.isActiveWindow, timeout=5000)
    assert second.bench.settings.editing.magnet == grid_window.bench.settings.editing.magnet
    recent = {Path(entry.audio).name for entry in second.bench.settings.recent}
    assert len(recent) == 2
    grid_window.actions_by_id["show.theme_system"].trigger()
    grid_window.actions_by_id["scale.hz"].trigger()


def test_closing_the_second_leaves_the_first(grid_window: MainWindow, second: MainWindow) -> None:
    where = grid_window.geometry()
    second.close()
    assert grid_window.isVisible() and grid_window.beside.pair is None
    assert not grid_window.actions_by_id["beside.synchronize"].isEnabled()
    assert grid_window.geometry() != where, "it stands where it stood before"
    grid_window.session.set_view(0.1, 0.2)
    assert grid_window.session.view == (0.1, 0.2)


@pytest.fixture
def both(
    other_wav: Path, tone_wav: Callable[..., Path], small_grid: TextGrid, qtbot: QtBot
) -> Iterator[tuple[MainWindow, MainWindow]]:
    """Two windows, of which the first may be closed too."""
    from vowelscope.app.workbench import Workbench

    wav = tone_wav(freq_hz=100.0, duration_s=1.0)
    write_textgrid(wav.with_suffix(".TextGrid"), small_grid)
    first = MainWindow(Workbench())
    first.show()
    with qtbot.waitSignal(first.bench.opened, timeout=20_000):
        first.bench.open(wav)
    first.beside.open_paths([other_wav])
    assert first.beside.pair is not None
    second = first.beside.pair.other(first)
    for window in (first, second):
        window.bench.explaining.explain = lambda *_: None  # type: ignore[method-assign]
    qtbot.waitUntil(lambda: second.session.is_open, timeout=20_000)
    yield first, second
    if shiboken6.isValid(second):
        second.close()
    qtbot.waitUntil(lambda: not beside._open, timeout=5000)
    first.close()
    first.deleteLater()


def test_one_file_in_both_is_read_only_in_the_second(
    both: tuple[MainWindow, MainWindow], qtbot: QtBot
) -> None:
    first, second = both
    recording = first.session.recording
    assert recording is not None and not second.session.is_read_only
    with qtbot.waitSignal(second.bench.opened, timeout=20_000):
        first.beside.open_paths([recording.path])
    assert second.session.is_read_only and "another window" in second.notice.text.text()
    assert not first.session.is_read_only


def test_quit_closes_both_or_none(
    both: tuple[MainWindow, MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = both
    for window in both:
        monkeypatch.setattr(window.file_verbs, "may_go_on", lambda: False)
    QTest.keyClick(first.editor, Qt.Key.Key_Q, _CTRL)
    first.actions_by_id["file.quit"].trigger()
    assert first.isVisible() and second.isVisible()
    for window in both:
        monkeypatch.setattr(window.file_verbs, "may_go_on", lambda: True)
    first.actions_by_id["file.quit"].trigger()
    assert not first.isVisible() and not second.isVisible()


def test_closing_the_first_leaves_the_second(
    both: tuple[MainWindow, MainWindow], other_wav: Path
) -> None:
    first, second = both
    first.close()
    QApplication.processEvents()
    session = second.session
    assert second.isVisible() and not second.actions_by_id["beside.align"].isEnabled()
    assert session.textgrid is not None
    session.replace_textgrid(TextGrid(0.0, 3.0, (session.textgrid.tiers[0],) * 2), "Copy")
    second.bench.save()
    assert len(read_textgrid(other_wav.with_suffix(".TextGrid")).textgrid.tiers) == 2


def test_the_command_line_opens_both(
    other_wav: Path, tone_wav: Callable[..., Path], small_grid: TextGrid, qtbot: QtBot
) -> None:
    from vowelscope.app.workbench import Workbench
    from vowelscope.ui.application import Fulfilment, Wish

    wav = tone_wav(freq_hz=100.0, duration_s=1.0)
    grid = wav.with_name("elsewhere.TextGrid")
    write_textgrid(grid, small_grid)
    window = MainWindow(Workbench(only_looks=True))
    window.bench.explaining.load = lambda: None  # type: ignore[method-assign]
    window.show()
    Fulfilment(window, Wish(other_wav, at_s=2.0, beside=(wav, grid)))
    qtbot.waitUntil(lambda: window.beside.pair is not None, timeout=20_000)
    assert window.beside.pair is not None
    second = window.beside.pair.other(window)
    qtbot.waitUntil(lambda: second.session.is_open, timeout=20_000)
    assert second.session.document is not None and second.session.document.path == grid
    assert window.session.selected_label == "e" and window.session.view == (1.2, 2.8)
    second.close()
    qtbot.waitUntil(lambda: not beside._open, timeout=5000)
    assert window.session.view == (1.2, 2.8)
    window.close()
    window.deleteLater()
