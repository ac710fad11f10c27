"""Formants corrected by hand in a window: dragged, named by key, undone, kept, measured, drawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vowelscope.app.repairing import Dot
from vowelscope.app.workbench import Workbench
from vowelscope.cli import main
from vowelscope.core.acoustics import FormantSettings
from vowelscope.core.sidecar import read_sidecar, sidecar_path
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid
from vowelscope.ui.main_window import MainWindow
from vowelscope_training.known_vowels import RATE_HZ, KnownVowels, known_vowels

TIMEOUT = 30_000
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module")
def vowels() -> KnownVowels:
    return known_vowels("man", 7, ("i", "ɑ", "u"))


@pytest.fixture
def talk(vowels: KnownVowels, tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    sf.write(path, vowels.samples, RATE_HZ, subtype="PCM_16")
    stop_s = len(vowels.samples) / RATE_HZ
    intervals, at_s = [], 0.0
    for label, start_s, end_s in vowels.tokens:
        intervals += [Interval(at_s, start_s, ""), Interval(start_s, end_s, label)]
        at_s = end_s
    intervals.append(Interval(at_s, stop_s, ""))
    tier = IntervalTier("phones", 0.0, stop_s, tuple(intervals))
    write_textgrid(path.with_suffix(".TextGrid"), TextGrid(0.0, stop_s, (tier,)))
    return path


class Desk:
    """A window with the mode on, its mouse, and what it said."""

    def __init__(self, window: MainWindow, qtbot: QtBot, talk: Path) -> None:
        self.window, self.qtbot, self.session = window, qtbot, window.session
        self.textgrid = talk.with_suffix(".TextGrid")
        self.view = window.spectrogram.viewport()
        self.drag = window.repair.drag
        self.said: list[str] = []
        self.session.note.connect(self.said.append)
        self.session.message.connect(self.said.append)

    def dot(self, time_s: float, formant: int) -> Dot:
        dots = self.window.repair.repairing.dots_near(time_s, 0.02)
        return min(
            (x for x in dots if x.formant == formant and not x.is_candidate),
            key=lambda x: abs(x.time_s - time_s),
        )

    def pixel(self, time_s: float, hz: float) -> QPoint:
        return self.drag.place_of(Dot(time_s, 1, hz)).toPoint()

    def move(self, place: QPoint) -> None:
        self._mouse(place, Qt.MouseButton.NoButton, NONE)

    def drag_dot(
        self, dot: Dot, *to: tuple[float, float], keys: Qt.KeyboardModifier = NONE
    ) -> None:
        self.move(self.pixel(dot.time_s, dot.freq_hz))
        QTest.mousePress(self.view, LEFT, keys, self.pixel(dot.time_s, dot.freq_hz))
        for place in to:
            self._mouse(self.pixel(*place), LEFT, keys)
        QTest.mouseRelease(self.view, LEFT, keys, self.pixel(*to[-1]))

    def _mouse(self, place: QPoint, buttons: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            QPointF(self.view.mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            buttons,
            keys,
        )
        QApplication.sendEvent(self.view, event)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        self.qtbot.keyClick(self.window.editor, key, modifier)

    def points(self) -> list[tuple[int, float | None]]:
        kept = read_sidecar(self.textgrid).points.points
        assert kept == self.window.bench.choices.points.points
        return [(x.formant, x.freq_hz) for x in kept]


@pytest.fixture
def desk(qtbot: QtBot, talk: Path, tmp_path: Path, vowels: KnownVowels) -> Iterator[Desk]:
    window = MainWindow(Workbench(tmp_path / "no-model"))
    window.resize(1200, 900)
    window.show()
    with qtbot.waitSignal(window.bench.opened, timeout=TIMEOUT):
        window.bench.open(talk)
    window.activateWindow()
    window.editor.setFocus()
    qtbot.waitUntil(window.editor.hasFocus, timeout=TIMEOUT)
    _, start_s, stop_s = vowels.tokens[1]
    window.session.set_view(start_s - 0.05, stop_s + 0.05)
    window.actions_by_id["formant.mode"].trigger()
    qtbot.waitUntil(lambda: window.bench.is_settled, timeout=TIMEOUT)
    yield Desk(window, qtbot, talk)
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


def _middle(vowels: KnownVowels, at: int = 1) -> float:
    return 0.5 * (vowels.tokens[at][1] + vowels.tokens[at][2])


def test_a_dragged_dot_is_drawn_kept_undone_and_measured(
    desk: Desk, vowels: KnownVowels, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    window, session = desk.window, desk.session
    dot = desk.dot(_middle(vowels), 2)
    desk.drag_dot(dot, (dot.time_s, dot.freq_hz + 400), (dot.time_s, dot.freq_hz + 500))
    ((formant, hz),) = desk.points()
    assert formant == 2 and hz == pytest.approx(dot.freq_hz + 500, abs=15)
    assert session.undo_stack.undoText() == "Move F2"
    assert not session.is_modified, "the TextGrid is the same"
    (x,), (y,) = window.repair.overlay.diamonds.getData()
    assert (x, y) == (dot.time_s, hz)

    def drawn() -> list[float]:
        xs, ys = window.tracks.dots.getData()
        return list(ys[xs == dot.time_s])

    qtbot.waitUntil(lambda: hz in drawn() and dot.freq_hz not in drawn(), timeout=TIMEOUT)
    # Query and log.
    session.clear_selection()
    session.select_item(0, 3)
    session.clear_selection()
    session.set_cursor(dot.time_s)
    desk.said.clear()
    desk.press(Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: any(x.startswith("F2 = ") for x in desk.said), timeout=TIMEOUT)
    answer = next(x for x in desk.said if x.startswith("F2 = "))
    assert "set by hand" in answer and f"{hz:,.2f} Hz" in answer
    desk.press(Qt.Key.Key_F12)
    log = window.measuring.log
    qtbot.waitUntil(lambda: not log.is_busy and len(log.rows) == 1, timeout=TIMEOUT)
    assert log.rows[0]["F2_hz"] == pytest.approx(hz, abs=1e-3)
    assert log.rows[0]["formants_by_hand"] == "F2"
    # The table of the command.
    words = ["measure", str(desk.textgrid.with_suffix(".wav")), str(desk.textgrid), "--json"]
    assert main(words) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["formants_by_hand"] for row in rows] == [None, "F2", None]
    assert main([*words, "--no-hand"]) == 0
    plain = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert plain[1]["formants_by_hand"] is None
    assert plain[1]["F2_mean_hz"] < rows[1]["F2_mean_hz"]
    # Undo and redo, in the file too.
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.points() == [] and len(window.repair.overlay.diamonds.getData()[0]) == 0
    desk.press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert desk.points() == [(2, hz)]


def test_shift_draws_a_track_and_escape_puts_back(desk: Desk, vowels: KnownVowels) -> None:
    dot = desk.dot(_middle(vowels), 3)
    later_s = dot.time_s + 0.05
    desk.drag_dot(dot, (dot.time_s, 3000.0), (later_s, 3200.0), keys=SHIFT)
    points = desk.window.bench.choices.points.points
    times_s = [x.time_s for x in points]
    step_s = desk.window.bench.settings.formant.step_s
    assert len(points) in (8, 9) and {x.formant for x in points} == {3}
    np.testing.assert_allclose(np.diff(times_s), step_s, rtol=1e-6)
    freqs = [x.freq_hz or 0.0 for x in points]
    assert freqs == sorted(freqs) and 2950 < freqs[0] < freqs[-1] < 3250
    assert desk.session.undo_stack.count() == 1
    # Escape while a dot is held.
    before = desk.points()
    dot = desk.dot(_middle(vowels), 1)
    QTest.mousePress(desk.view, LEFT, NONE, desk.pixel(dot.time_s, dot.freq_hz))
    desk._mouse(desk.pixel(dot.time_s, dot.freq_hz + 300), LEFT, NONE)
    assert len(desk.window.repair.overlay.diamonds.getData()[0]) == len(before) + 1
    desk.qtbot.keyClick(desk.window.spectrogram, Qt.Key.Key_Escape)
    assert len(desk.window.repair.overlay.diamonds.getData()[0]) == len(before)
    QTest.mouseRelease(desk.view, LEFT, NONE, desk.pixel(dot.time_s, dot.freq_hz + 300))
    assert desk.points() == before


def test_keys_name_remove_and_restore_the_dot_under_the_mouse(
    desk: Desk, vowels: KnownVowels
) -> None:
    dot = desk.dot(_middle(vowels), 3)
    desk.move(desk.pixel(dot.time_s, dot.freq_hz))
    desk.press(Qt.Key.Key_2)
    assert desk.points() == [(2, pytest.approx(dot.freq_hz))], desk.said
    desk.press(Qt.Key.Key_Delete)
    # Two formants are there now; the nearest dot that is drawn first is taken.
    assert len(desk.points()) in (1, 2)
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    f1 = desk.dot(_middle(vowels) + 0.02, 1)
    desk.move(desk.pixel(f1.time_s, f1.freq_hz))
    desk.press(Qt.Key.Key_Delete)
    assert (1, None) in desk.points()
    (x,), (y,) = desk.window.repair.overlay.crosses.getData()
    assert (x, y) == (f1.time_s, pytest.approx(f1.freq_hz))
    desk.press(Qt.Key.Key_0)
    assert (1, None) not in desk.points() and len(desk.points()) == 1
    desk.move(desk.pixel(dot.time_s, 4900.0))
    desk.said.clear()
    desk.press(Qt.Key.Key_1)
    assert "No formant dot" in desk.said[-1] and len(desk.points()) == 1
    desk.window.actions_by_id["formant.mode"].trigger()
    desk.move(desk.pixel(f1.time_s, f1.freq_hz))
    desk.press(Qt.Key.Key_3)
    assert len(desk.points()) == 1, "with the mode off, a digit belongs to the label"


def test_a_candidate_of_another_ceiling_can_be_taken(
    desk: Desk, vowels: KnownVowels, qtbot: QtBot
) -> None:
    window, session = desk.window, desk.session
    window.actions_by_id["ceiling.token"].trigger()
    session.select_item(0, 3)
    ceilings = window.ceilings.ceilings
    qtbot.waitUntil(lambda: ceilings.track is not None, timeout=TIMEOUT)
    time_s = _middle(vowels)
    dots = window.repair.repairing.dots_near(time_s, 0.004)
    drawn = [desk.pixel(x.time_s, x.freq_hz) for x in dots if not x.is_candidate]
    faint = next(
        x
        for x in dots
        if x.is_candidate
        and x.freq_hz < 4900
        and all((desk.pixel(x.time_s, x.freq_hz) - p).manhattanLength() > 25 for p in drawn)
    )
    desk.move(desk.pixel(faint.time_s, faint.freq_hz))
    desk.press(Qt.Key.Key_4)
    ((formant, hz),) = desk.points()
    assert formant == 4 and hz is not None and abs(hz - faint.freq_hz) < 60
    # The line within the token goes through it, and the caption still says the ceiling.
    _, y = window.ceilings.overlay.line.getData()
    assert hz in y
    # A ceiling that is taken by hand is a step on the same stack.
    index = ceilings.index
    desk.press(Qt.Key.Key_BracketRight)
    assert ceilings.by == "hand" and ceilings.index != index
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert ceilings.by == "token" and ceilings.index == index and len(desk.points()) == 1


def test_the_log_query_and_chart_take_the_tokens_ceiling(
    desk: Desk, vowels: KnownVowels, qtbot: QtBot
) -> None:
    window, session = desk.window, desk.session
    window.bench.change(formant=FormantSettings(ceiling_hz=4700.0))
    window.actions_by_id["ceiling.token"].trigger()
    session.select_item(0, 3)
    ceilings = window.ceilings.ceilings
    qtbot.waitUntil(lambda: ceilings.track is not None, timeout=TIMEOUT)
    assert ceilings.found is not None
    best_hz = ceilings.found.winner.ceiling_hz
    assert best_hz != 4700.0
    log, charting = window.measuring.log, window.measuring.charting
    desk.press(Qt.Key.Key_F12)
    window.actions_by_id["chart.show"].trigger()
    qtbot.waitUntil(
        lambda: not log.is_busy and len(log.rows) == 1 and len(charting.points.indices) == 3,
        timeout=TIMEOUT,
    )
    assert (log.rows[0]["ceiling_hz"], log.rows[0]["ceiling_by"]) == (best_hz, "token")
    assert charting.points.ceilings_hz[1] == best_hz
    session.clear_selection()
    session.set_cursor(_middle(vowels))
    desk.said.clear()
    window.editor.setFocus()
    desk.press(Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: any(x.startswith("F1 = ") for x in desk.said), timeout=TIMEOUT)
    answer = next(x for x in desk.said if x.startswith("F1 = "))
    assert f"ceiling {best_hz:,.0f} Hz, automatic" in answer
    said_hz = float(answer.split(" = ")[1].split()[0].replace(",", ""))
    assert said_hz == pytest.approx(charting.points.formants_hz[1, 0], abs=0.006)
    # The next ceiling by key: the chart follows for this vowel alone.
    before = charting.points.formants_hz.copy()
    session.select_item(0, 3)
    qtbot.waitUntil(lambda: ceilings.track is not None, timeout=TIMEOUT)
    window.editor.setFocus()
    desk.press(Qt.Key.Key_BracketRight)
    qtbot.waitUntil(
        lambda: (
            not charting.is_busy
            and len(charting.points.indices) == 3
            and charting.points.ceilings_hz[1] != best_hz
        ),
        timeout=TIMEOUT,
    )
    np.testing.assert_array_equal(charting.points.formants_hz[[0, 2]], before[[0, 2]])
    assert charting.points.ceilings_hz[1] == ceilings.found.items[ceilings.index].ceiling_hz


def test_on_to_the_next_vowel(desk: Desk, vowels: KnownVowels) -> None:
    session = desk.session
    session.set_cursor(0.0)
    desk.press(Qt.Key.Key_Period)
    assert session.selected_label == "i"
    desk.press(Qt.Key.Key_Period)
    assert session.selected_label == "ɑ"
    assert session.view[0] < vowels.tokens[1][1] and vowels.tokens[1][2] < session.view[1]
    desk.press(Qt.Key.Key_Comma)
    assert session.selected_label == "i"
    desk.press(Qt.Key.Key_Comma)
    assert "no vowel before" in desk.said[-1] and session.selected_label == "i"


def test_another_file_name_takes_them_along_and_a_damaged_one_is_left(
    desk: Desk, vowels: KnownVowels, tmp_path: Path, qtbot: QtBot
) -> None:
    dot = desk.dot(_middle(vowels), 1)
    desk.drag_dot(dot, (dot.time_s, dot.freq_hz + 200))
    kept = desk.points()
    other = tmp_path / "other.TextGrid"
    desk.window.bench.save(other)
    assert [(x.formant, x.freq_hz) for x in read_sidecar(other).points.points] == kept
    side = sidecar_path(desk.textgrid)
    side.write_text("{", encoding="utf-8")
    with qtbot.waitSignal(desk.window.bench.opened, timeout=TIMEOUT):
        desk.window.bench.open(desk.textgrid.with_suffix(".wav"))
    _, start_s, stop_s = vowels.tokens[1]
    desk.session.set_view(start_s - 0.05, stop_s + 0.05)
    qtbot.waitUntil(lambda: desk.window.bench.is_settled, timeout=TIMEOUT)
    dot = desk.dot(_middle(vowels), 1)
    desk.drag_dot(dot, (dot.time_s, dot.freq_hz + 200))
    assert side.read_text("utf-8") == "{" and "talk.vowelscope.json" in desk.said[-1]
    assert desk.session.undo_stack.count() == 0
    assert len(desk.window.repair.overlay.diamonds.getData()[0]) == 0


def test_a_part_that_is_saved_takes_its_points_along(
    desk: Desk, vowels: KnownVowels, tmp_path: Path, qtbot: QtBot
) -> None:
    dot = desk.dot(_middle(vowels), 1)
    desk.drag_dot(dot, (dot.time_s, dot.freq_hz + 200))
    _, start_s, stop_s = vowels.tokens[1]
    desk.session.select_times(start_s, stop_s)
    wav = tmp_path / "part.wav"
    verbs = desk.window.grid_editing.verbs["extract"]
    verbs.save(wav)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: sidecar_path(wav).exists(), timeout=TIMEOUT)
    (point,) = read_sidecar(wav.with_suffix(".TextGrid")).points.points
    assert point.time_s == pytest.approx(dot.time_s - start_s, abs=1e-4)


def test_many_points_are_written_in_the_background_and_before_the_end(
    desk: Desk, vowels: KnownVowels, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vowelscope.app import formant_choices

    monkeypatch.setattr(formant_choices, "_SHORT", 0)
    dot = desk.dot(_middle(vowels), 1)
    desk.drag_dot(dot, (dot.time_s, dot.freq_hz + 200))
    side = sidecar_path(desk.textgrid)
    qtbot.waitUntil(side.exists, timeout=TIMEOUT)
    assert len(desk.points()) == 1
    choices = desk.window.bench.choices
    monkeypatch.setattr(choices._jobs, "submit", lambda *_args, **_named: None)
    dot = desk.dot(_middle(vowels) + 0.02, 2)
    desk.drag_dot(dot, (dot.time_s, dot.freq_hz + 200))
    assert len(read_sidecar(desk.textgrid).points.points) == 1
    choices.flush()
    assert len(desk.points()) == 2


def test_the_read_out_says_the_formants_under_the_mouse(desk: Desk, vowels: KnownVowels) -> None:
    dot = desk.dot(_middle(vowels), 2)
    window = desk.window
    window.spectrogram.hovered_at.emit(dot.time_s, 1000.0)
    text = window._read_out.text()
    assert f"F2 {dot.freq_hz:,.0f}" in text and "◇" not in text and "F1 " in text
    desk.drag_dot(dot, (dot.time_s, dot.freq_hz + 300))
    ((_, hz),) = desk.points()
    window.spectrogram.hovered_at.emit(dot.time_s, 1000.0)
    assert f"F2 {hz:,.0f}◇" in window._read_out.text()
