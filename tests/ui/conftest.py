"""A window over a small TextGrid, for the tests of editing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid

if TYPE_CHECKING:
    from vowelscope.ui.main_window import MainWindow

_NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def small_grid() -> TextGrid:
    """Words, phones and tones of 1 s; a word, two phones and a tone meet at 0.4 s."""
    words = (Interval(0.0, 0.4, "one"), Interval(0.4, 1.0, "two"))
    phones = (Interval(0.0, 0.2, "w"), Interval(0.2, 0.4, "n"), Interval(0.4, 1.0, "t"))
    return TextGrid(
        0.0,
        1.0,
        (
            IntervalTier("words", 0.0, 1.0, words),
            IntervalTier("phones", 0.0, 1.0, phones),
            PointTier("tones", 0.0, 1.0, (Point(0.4, "H*"), Point(0.7, "L%"))),
        ),
    )


@pytest.fixture(scope="module")
def _window(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """One window for all tests of a module: to make one takes longer than most of them."""
    from vowelscope.app.workbench import Workbench
    from vowelscope.ui.main_window import MainWindow

    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "STATE", "CACHE"):
            folder = tmp_path_factory.mktemp(name.lower())
            patch.setenv(f"VOWELSCOPE_{name}_DIR", str(folder))
        bench = Workbench()
        bench.explaining.explain = lambda *_: None  # type: ignore[method-assign]
        window = MainWindow(bench)
    window.resize(1100, 700)
    window.show()
    yield window
    _settle(window)
    window.close()
    window.deleteLater()


@pytest.fixture
def grid_window(
    _window: MainWindow, qtbot: QtBot, tone_wav: Callable[..., Path], small_grid: TextGrid
) -> Iterator[MainWindow]:
    """A window on 1 s of a 100-Hz tone and `small_grid`, in which no model is asked."""
    wav = tone_wav(freq_hz=100.0, duration_s=1.0)
    write_textgrid(wav.with_suffix(".TextGrid"), small_grid)
    with qtbot.waitSignal(_window.bench.opened, timeout=20_000):
        _window.bench.open(wav)
    _window.activateWindow()
    _window.editor.setFocus()
    # A key counts in the active window alone.
    qtbot.waitUntil(_window.isActiveWindow, timeout=10_000)
    qtbot.waitUntil(_window.editor.hasFocus, timeout=10_000)
    yield _window
    _settle(_window)
    if not _window.session.magnet:
        _window.actions_by_id["boundary.magnet"].trigger()


def _settle(window: MainWindow) -> None:
    """Nothing is unsaved, or to be asked about, any more."""
    window.label_bar.commit()
    window.session.undo_stack.setClean()


@pytest.fixture
def bare_window(_window: MainWindow) -> Iterator[MainWindow]:
    """The window without a recording and with all its tools put back, for `show_grid`."""
    from PySide6.QtCore import QModelIndex

    from vowelscope.app.editing_settings import EditingSettings
    from vowelscope.ui.tool_dock import ToolDock

    editing = _window.editing
    for dock in _window.findChildren(ToolDock):
        dock.hide()
    _window.bench.set_editing(EditingSettings())
    _window.notice.hide()
    panel = editing.find_panel
    panel.text.clear()
    panel.replacement.clear()
    panel.mode.setCurrentIndex(0)
    panel.match_case.setChecked(False)
    panel.tiers.menu().actions()[0].trigger()
    editing.finding.current = None
    editing.checking.set_check_list("default")
    editing.check_panel.table.setCurrentIndex(QModelIndex())
    _window.activateWindow()
    _window.editor.setFocus()
    yield _window
    _settle(_window)


@pytest.fixture
def show_grid(bare_window: MainWindow) -> Callable[[TextGrid], MainWindow]:
    """Show a TextGrid without a file in the bare window, and give the window."""

    def show(textgrid: TextGrid) -> MainWindow:
        session = bare_window.session
        session.undo_stack.clear()
        session.textgrid = textgrid
        session.tier_index, session.item_index = 0, None
        session.clear_selection()
        session.set_cursor(0.0)
        session.textgrid_changed.emit()
        session.interval_changed.emit()
        return bare_window

    return show


class Desk:
    """The window, its keys, and what the TextGrid became."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.session, self.qtbot = window, window.session, qtbot
        self.said: list[str] = []
        self.session.message.connect(self.said.append)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = _NONE) -> None:
        self.qtbot.keyClick(self.window.editor, key, modifier)

    def do(self, id: str) -> None:
        self.window.actions_by_id[id].trigger()

    def times(self, tier_index: int) -> list[float]:
        assert self.session.textgrid is not None
        tier = self.session.textgrid.tiers[tier_index]
        if isinstance(tier, PointTier):
            return [point.time_s for point in tier.points]
        return tier.boundaries_s()

    def labels(self, tier_index: int) -> list[str]:
        assert self.session.textgrid is not None
        tier = self.session.textgrid.tiers[tier_index]
        items = tier.intervals if isinstance(tier, IntervalTier) else tier.points
        return [item.text for item in items]

    def undo_gives(self, textgrid: TextGrid) -> bool:
        assert self.session.undo_stack.count() == 1
        self.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        return self.session.textgrid == textgrid


@pytest.fixture
def desk(grid_window: MainWindow, qtbot: QtBot) -> Desk:
    return Desk(grid_window, qtbot)


@pytest.fixture
def explained_window(
    qtbot: QtBot, tiny_model_folder: Path, speech: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """A window on speech in which the tiny model has explained the first vowel of its classes."""
    from vowelscope.app.workbench import Workbench
    from vowelscope.ui.main_window import MainWindow

    window = MainWindow(Workbench(tiny_model_folder, only_looks=True))
    monkeypatch.setattr(window.bench.player, "play_passage", lambda *_args: 0)
    window.show()
    window.bench.start()
    with qtbot.waitSignal(window.bench.opened, timeout=60_000):
        window.bench.open(speech.wav)
    session, bench = window.session, window.bench
    qtbot.waitUntil(lambda: bench.class_map is not None, timeout=60_000)
    assert session.textgrid is not None and bench.class_map is not None
    tier_index = session.textgrid.tier_index("phones")
    assert tier_index is not None
    tier = session.textgrid.tiers[tier_index]
    assert isinstance(tier, IntervalTier)
    vowels = [at for at, x in enumerate(tier.intervals) if bench.class_map.class_of(x.text)]
    session.select_item(tier_index, vowels[0])
    qtbot.waitUntil(lambda: session.explanation is not None, timeout=60_000)
    yield window
    session.undo_stack.setClean()
    window.close()
    window.deleteLater()
