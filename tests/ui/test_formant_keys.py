"""Formants corrected by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile as sf
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from vowelscope.app.repairing import Dot
from vowelscope.app.workbench import Workbench
from vowelscope.core.sidecar import read_sidecar
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid
from vowelscope.ui.main_window import MainWindow
from vowelscope_training.known_vowels import RATE_HZ, KnownVowels, known_vowels

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
TIMEOUT = 30_000


@pytest.fixture(scope="module")
def vowels() -> KnownVowels:
    return known_vowels("man", 7, ("i", "ɑ", "u"))


class Desk:
    """A window with the mode on, its keys, and what it said."""

    def __init__(self, window: MainWindow, qtbot: QtBot, textgrid: Path) -> None:
        self.window, self.qtbot, self.textgrid = window, qtbot, textgrid
        self.session = window.session
        self.said: list[str] = []
        self.session.note.connect(self.said.append)

    def dot(self, time_s: float, formant: int) -> Dot:
        dots = self.window.repair.repairing.dots_near(time_s, 0.02)
        return min(
            (x for x in dots if x.formant == formant and not x.is_candidate),
            key=lambda x: abs(x.time_s - time_s),
        )

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        self.qtbot.keyClick(self.window.editor, key, modifier)

    def points(self) -> list[tuple[int, float | None]]:
        kept = read_sidecar(self.textgrid).points.points
        assert kept == self.window.bench.choices.points.points
        return [(x.formant, x.freq_hz) for x in kept]


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, vowels: KnownVowels) -> Iterator[Desk]:
    wav = tmp_path / "talk.wav"
    sf.write(wav, vowels.samples, RATE_HZ, subtype="PCM_16")
    stop_s = len(vowels.samples) / RATE_HZ
    tier = IntervalTier("phones", 0.0, stop_s, (Interval(0.0, stop_s, ""),))
    write_textgrid(wav.with_suffix(".TextGrid"), TextGrid(0.0, stop_s, (tier,)))
    window = MainWindow(Workbench(tmp_path / "no-model"))
    window.resize(1200, 900)
    window.show()
    with qtbot.waitSignal(window.bench.opened, timeout=TIMEOUT):
        window.bench.open(wav)
    window.activateWindow()
    window.editor.setFocus()
    qtbot.waitUntil(window.editor.hasFocus, timeout=TIMEOUT)
    _, start_s, stop_s = vowels.tokens[1]
    window.session.set_view(start_s - 0.05, stop_s + 0.05)
    window.actions_by_id["formant.mode"].trigger()
    qtbot.waitUntil(lambda: window.bench.is_settled, timeout=TIMEOUT)
    yield Desk(window, qtbot, wav.with_suffix(".TextGrid"))
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


def test_by_keys_alone(desk: Desk, vowels: KnownVowels) -> None:
    """Choose a dot at the cursor, go to a frame, move it, name it, take it away, restore it."""
    window, session = desk.window, desk.session
    ctrl, alt = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
    middle_s = 0.5 * (vowels.tokens[1][1] + vowels.tokens[1][2])
    # The mouse happens to lie on a dot: it does not count before it moves.
    drag = window.repair.drag
    drag.hovered = QPointF(drag.place_of(desk.dot(middle_s, 3)))
    assert drag.dot_under() is not None
    session.set_cursor(middle_s)
    desk.press(Qt.Key.Key_PageUp, ctrl)
    desk.press(Qt.Key.Key_PageUp, ctrl)
    assert window.repair.keys.formant == 2
    dot = desk.dot(session.cursor_s, 2)
    assert f"F2: {dot.freq_hz:,.0f} Hz" in desk.said[-1]
    (x,), (y,) = window.repair.ring.ring.getData()
    assert (x, y) == (dot.time_s, dot.freq_hz)
    for _ in range(3):
        desk.press(Qt.Key.Key_PageUp, alt | SHIFT)
    desk.press(Qt.Key.Key_PageDown, alt)
    assert desk.points() == [(2, pytest.approx(dot.freq_hz - 20))]
    assert session.undo_stack.count() == 1 and session.undo_stack.undoText() == "Move F2"
    assert window.repair.ring.ring.getData()[1][0] == pytest.approx(dot.freq_hz - 20)
    # Another frame is another step.
    desk.press(Qt.Key.Key_Right)
    step_s = window.bench.settings.formant.step_s
    assert session.cursor_s == pytest.approx(dot.time_s + step_s)
    desk.press(Qt.Key.Key_PageUp, alt | SHIFT)
    assert session.undo_stack.count() == 2 and len(desk.points()) == 2
    desk.press(Qt.Key.Key_Z, ctrl)
    assert desk.points() == [(2, pytest.approx(dot.freq_hz - 20))]
    # Back, name it, take it away, and have Praat's again.
    desk.press(Qt.Key.Key_Left)
    assert session.cursor_s == pytest.approx(dot.time_s)
    desk.press(Qt.Key.Key_Delete)
    assert desk.points() == [(2, None)] and "undefined" in desk.said[-1]
    desk.press(Qt.Key.Key_0)
    assert desk.points() == []
    desk.press(Qt.Key.Key_PageDown, ctrl)
    desk.press(Qt.Key.Key_PageDown, ctrl)
    assert window.repair.keys.formant == 1
    desk.press(Qt.Key.Key_4)
    assert [number for number, _ in desk.points()] == [4]
    # Undo of all gives the first state; redo of a merged step its end.
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    assert desk.points() == []
    session.undo_stack.redo()
    assert desk.points() == [(2, pytest.approx(dot.freq_hz - 20))]
    # Where nothing is drawn, and with the mode off, a sentence.
    session.set_cursor(0.001)
    desk.press(Qt.Key.Key_PageUp, alt | SHIFT)
    assert "cursor" in desk.said[-1] and len(desk.points()) == 1
    window.actions_by_id["formant.mode"].trigger()
    assert len(window.repair.ring.ring.getData()[0]) == 0
    desk.press(Qt.Key.Key_PageUp, alt | SHIFT)
    assert "must be on" in desk.said[-1] and len(desk.points()) == 1
