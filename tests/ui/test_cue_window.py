from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from vowelscope.core.passages import Rendered
from vowelscope.explain.cue_plane import CuePlane
from vowelscope.ui.cue_window import CueWindow
from vowelscope.ui.main_window import MainWindow


def shown(window: MainWindow) -> CueWindow:
    window.actions_by_id["cue.show"].trigger()
    return window.explaining.cue


def test_a_cue_is_moved_heard_and_asked_about(
    explained_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window, session = explained_window, explained_window.session
    cue, moving = shown(window), window.explaining.moving
    heard: list[Rendered] = []
    monkeypatch.setattr(window.bench.player, "play_passage", heard.append)
    cue.cue.setCurrentIndex(cue.cue.findData("F2"))
    cue.cue.activated.emit(1)
    assert cue.low.suffix() == " Hz"
    cue.low.setValue(-200)
    cue.high.setValue(200)
    cue.steps.setValue(5)
    cue.run.click()
    assert moving.is_running and cue.run.text() == "S&top"
    qtbot.waitUntil(lambda: moving.sweep is not None, timeout=60_000)
    sweep, explanation = moving.sweep, session.explanation
    assert sweep is not None and explanation is not None
    assert sweep.original == pytest.approx(explanation.logits, abs=0.05)
    assert cue.slider.value() == 2 and "F2 +0 Hz" in cue.words.text()
    curve = next(x for x in cue.sweep_plot.marks if hasattr(x, "getOriginalDataset"))
    amounts, shares = curve.getOriginalDataset()
    assert amounts == pytest.approx(sweep.amounts)
    assert shares == pytest.approx(sweep.probabilities[:, 0])
    cue.sweep_plot.chosen.emit(4)
    assert cue.slider.value() == 4
    cue.play_own.click()
    moved, own = heard
    assert moved.samples.shape == own.samples.shape
    assert not np.array_equal(moved.samples, own.samples)
    assert moved.span_s[0] <= explanation.tmin_s < explanation.tmax_s <= moved.span_s[1]
    step = sweep.steps[4].piece
    assert step is not None
    assert np.isin(moved.samples[2000:2100, 0], step.samples).all()
    monkeypatch.setattr(
        "vowelscope.ui.cue_window.QFileDialog.getExistingDirectory", lambda *_: str(tmp_path / "o")
    )
    with qtbot.waitSignal(session.note, timeout=60_000) as said:
        cue.save_button.click()
    assert str(tmp_path / "o") in said.args[0]
    names = sorted(path.name for path in (tmp_path / "o").iterdir())
    assert names == [*(f"F2-{number:02d}.wav" for number in range(1, 6)), "cue.csv", "cue.png"]


def test_the_plane_of_f1_and_f2(explained_window: MainWindow, qtbot: QtBot) -> None:
    cue, moving = shown(explained_window), explained_window.explaining.moving
    cue.tabs.setCurrentWidget(cue.plane_plot)
    assert not cue.cue.isEnabled()
    cue.run.click()
    qtbot.waitUntil(lambda: moving.plane is not None or bool(moving.sentence), timeout=120_000)
    plane = moving.plane
    assert plane is not None, moving.sentence
    assert plane.logits.shape == (7, 9, 5)
    assert moving.original_hz is not None
    assert plane.original_hz == pytest.approx(moving.original_hz[:2])
    assert plane.f1_hz[2] == pytest.approx(plane.original_hz[0]), "one point is the token itself"
    assert cue.plane_plot.getViewBox().xInverted() and cue.plane_plot.getViewBox().yInverted()
    assert "not for the vowels of a language" in cue.words.text()


def test_the_regions_meet_where_the_logits_are_equal() -> None:
    f1_hz, f2_hz = np.array([300.0, 500, 700]), np.array([1000.0, 1500, 2000])
    logits = np.zeros((3, 3, 2))
    logits[:, :, 1] = ((f2_hz - 1400) / 100)[None, :]
    plane = CuePlane(("i", "u"), f1_hz, f2_hz, logits, np.array([500.0, 1500]))
    fine1_hz, fine2_hz, found = plane.regions()
    assert fine1_hz[[0, -1]].tolist() == [300, 700]
    assert ((found == 1) == (fine2_hz > 1400)[None, :]).all()
    logits[0, 0] = np.nan
    _, _, found = plane.regions()
    assert found[0, 0] == -1 and found[-1, -1] == 1
    logits[0, 0] = 0, (1000 - 1400) / 100
    sides = CuePlane(("i", "u"), f1_hz, f2_hz, logits, np.array([500.0, 1500])).boundaries()
    assert np.abs(sides[:, 1] - 1400).max() <= 500 / 8, "no finer than the grid that is drawn"
    assert np.ptp(sides[:, 0]) == pytest.approx(400 + 200 / 8)


def test_the_boundaries_are_drawn_on_the_vowel_chart(
    explained_window: MainWindow, qtbot: QtBot
) -> None:
    window = explained_window
    window.actions_by_id["chart.show"].trigger()
    chart, moving = window.measuring.chart_panel, window.explaining.moving
    qtbot.waitUntil(lambda: not window.measuring.charting.is_busy, timeout=60_000)
    f1_hz, f2_hz = np.array([300.0, 500, 700]), np.array([1000.0, 1500, 2000])
    logits = np.zeros((3, 3, 2))
    logits[:, :, 1] = ((f2_hz - 1400) / 100)[None, :]
    moving.plane = CuePlane(("i", "u"), f1_hz, f2_hz, logits, np.array([500.0, 1500]))
    moving.changed.emit()
    x, y = chart.plot.boundary.getData()
    assert np.abs(x - 1400).max() <= 500 / 8 and (y.min(), y.max()) == pytest.approx((287.5, 712.5))
    assert "stepped" in chart.sentence.text()
    chart.how.setCurrentIndex(chart.how.findData("lobanov"))
    chart.how.activated.emit(0)
    assert chart.plot.boundary.getData()[0] is None or not len(chart.plot.boundary.getData()[0])
    chart.how.setCurrentIndex(chart.how.findData("none"))
    chart.how.activated.emit(0)
    moving.plane = None
    moving.changed.emit()
    assert "stepped" not in chart.sentence.text()


def test_what_cannot_be_is_said_and_the_next_token_clears_it(
    explained_window: MainWindow, qtbot: QtBot
) -> None:
    window, session = explained_window, explained_window.session
    cue, moving = shown(window), window.explaining.moving
    cue.low.setValue(100)
    cue.high.setValue(-100)
    cue.run.click()
    assert "must be the larger" in cue.words.text() and not moving.is_running
    cue.low.setValue(-990)
    cue.high.setValue(-900)
    cue.run.click()
    qtbot.waitUntil(lambda: bool(moving.sentence), timeout=60_000)
    assert "cannot be moved by" in moving.sentence
    cue.low.setValue(-50)
    cue.high.setValue(50)
    cue.run.click()
    cue.run.click()
    assert not moving.is_running
    assert session.tier_index is not None
    session.select_item(session.tier_index, None)
    qtbot.waitUntil(lambda: session.explanation is None, timeout=20_000)
    assert moving.sweep is None and cue.head.text() == "Select a labelled interval first."
