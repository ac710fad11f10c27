from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMessageBox
from pytestqt.qtbot import QtBot

from vowelscope.app.last_session import LastSession, read_last
from vowelscope.app.settings import Settings, SettingsFile, state_folder, to_toml
from vowelscope.app.window_settings import WindowSettings
from vowelscope.app.workbench import Workbench
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.textgrid_io import write_textgrid
from vowelscope.ui.main_window import MainWindow


@contextmanager
def started(with_files: bool = False) -> Iterator[MainWindow]:
    """A window as a start of the program makes it, and closed at the end as a user does."""
    bench = Workbench()
    bench.explaining.explain = lambda *_: None  # type: ignore[method-assign]
    window = MainWindow(bench)
    window.show()
    window.tools.begin(with_files)
    yield window
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


@pytest.fixture
def wav(tone_wav: Callable[..., Path], small_grid: TextGrid) -> Path:
    path = tone_wav(freq_hz=100.0, duration_s=1.0)
    write_textgrid(path.with_suffix(".TextGrid"), small_grid)
    return path


def leave(wav: Path, qtbot: QtBot) -> None:
    """Work on a recording, and close the window."""
    with started(with_files=True) as window:
        with qtbot.waitSignal(window.bench.opened, timeout=20_000):
            window.bench.open(wav)
        session = window.session
        session.select_item(1, 1)
        session.set_view(0.1, 0.6)
        window.actions_by_id["find.open"].trigger()
        inspector = window.findChild(QDockWidget, "inspector")
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, inspector)
        window.splitter.setSizes([300, 200, 100])


def test_files_view_selection_and_panels_come_back(wav: Path, qtbot: QtBot) -> None:
    leave(wav, qtbot)
    with started() as window:
        qtbot.waitSignal(window.tools.reopening.reopened, timeout=20_000).wait()
        session = window.session
        assert session.recording is not None and session.recording.path == wav
        assert session.document is not None
        assert session.view == (0.1, 0.6)
        assert (session.tier_index, session.item_index) == (1, 1)
        assert session.selection == (0.2, 0.4) and session.cursor_s == 0.2
        find = window.findChild(QDockWidget, "find")
        inspector = window.findChild(QDockWidget, "inspector")
        assert find.isVisible()
        left = Qt.DockWidgetArea.LeftDockWidgetArea
        assert window.dockWidgetArea(inspector) == left
        window.actions_by_id["panels.reset"].trigger()
        assert window.dockWidgetArea(inspector) == Qt.DockWidgetArea.RightDockWidgetArea
        assert not find.isVisible()


def test_a_picture_is_the_same_for_everybody(wav: Path, qtbot: QtBot) -> None:
    leave(wav, qtbot)
    bench = Workbench(only_looks=True)
    window = MainWindow(bench)
    window.show()
    assert not window.findChild(QDockWidget, "find").isVisible()
    inspector = window.findChild(QDockWidget, "inspector")
    assert window.dockWidgetArea(inspector) == Qt.DockWidgetArea.RightDockWidgetArea
    bench.shutdown()
    window.hide()
    window.deleteLater()


def test_a_start_with_files_of_its_own_brings_nothing_back(wav: Path, qtbot: QtBot) -> None:
    leave(wav, qtbot)
    with started(with_files=True) as window:
        qtbot.wait(300)
        assert not window.session.is_open and not window.bench.is_opening


def test_never_is_never(wav: Path, qtbot: QtBot) -> None:
    leave(wav, qtbot)
    SettingsFile().save(Settings(window=WindowSettings(reopen="never")))
    with started() as window:
        qtbot.wait(300)
        assert not window.session.is_open and not window.bench.is_opening


@pytest.mark.parametrize("yes", [True, False])
def test_it_may_ask(wav: Path, qtbot: QtBot, yes: bool) -> None:
    leave(wav, qtbot)
    SettingsFile().save(Settings(window=WindowSettings(reopen="ask")))
    with started() as window:
        box = window.findChild(QMessageBox, "reopen")
        assert box is not None and str(wav) in box.text()
        buttons = QMessageBox.StandardButton
        answer = box.button(buttons.Yes if yes else buttons.No)
        if yes:
            with qtbot.waitSignal(window.tools.reopening.reopened, timeout=20_000):
                answer.click()
        else:
            answer.click()
            qtbot.wait(200)
        assert window.session.is_open == yes


def test_a_missing_recording_is_one_sentence(wav: Path, qtbot: QtBot) -> None:
    leave(wav, qtbot)
    wav.unlink()
    with started() as window:
        assert "not there any more" in window.notice.text.text()
        assert wav.name in window.notice.text.text()
        assert not window.bench.is_opening


def test_a_missing_textgrid_leaves_the_recording(wav: Path, qtbot: QtBot) -> None:
    leave(wav, qtbot)
    wav.with_suffix(".TextGrid").unlink()
    with started() as window:
        qtbot.waitSignal(window.tools.reopening.reopened, timeout=20_000).wait()
        assert window.session.is_open and window.session.textgrid is None
        assert window.session.view == (0.1, 0.6)


def test_it_is_on_disk_before_the_window_closes(wav: Path, qtbot: QtBot) -> None:
    with started(with_files=True) as window:
        with qtbot.waitSignal(window.bench.opened, timeout=20_000):
            window.bench.open(wav)
        window.session.set_view(0.2, 0.7)
        path = window.tools.reopening.path
        qtbot.waitUntil(
            lambda: (last := read_last(path)) is not None and last.view_start_s == 0.2,
            timeout=10_000,
        )


def test_a_state_folder_that_cannot_be_written_does_not_stop_closing(
    wav: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    with started(with_files=True) as window:
        with qtbot.waitSignal(window.bench.opened, timeout=20_000):
            window.bench.open(wav)
        (tmp_path / "file").write_text("")
        window.tools.reopening.path = tmp_path / "file" / "last.toml"
    assert not window.isVisible()


@pytest.mark.parametrize(
    "text",
    ["", "audio = 3\n", "audio = [", 'audio = "x"\nview_start_s = nan\n', "\x00\x01", "[audio]\n"],
)
def test_a_spoilt_file_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "last.toml").write_text(text, encoding="utf-8")
    assert read_last(tmp_path / "last.toml") is None


def test_numbers_of_a_file_that_now_holds_less_do_no_harm(wav: Path, qtbot: QtBot) -> None:
    from dataclasses import asdict

    last = LastSession(str(wav), "", 5.0, 9.0, 77.0, 50.0, 60.0, 99, 7, 5)
    state_folder().mkdir(parents=True, exist_ok=True)
    path = state_folder() / "last_session.toml"
    for item in (last, replace(last, tier=0, item=50)):
        path.write_text(to_toml(asdict(item)), encoding="utf-8")
        with started() as window:
            qtbot.waitSignal(window.tools.reopening.reopened, timeout=20_000).wait()
            low_s, high_s = window.session.view
            assert 0 <= low_s < high_s <= 1.0
            assert window.session.item_index is None
