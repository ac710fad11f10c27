from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vowelscope.core.passages import Rendered
from vowelscope.explain.maximise_study import Study
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.maximise_window import MaximiseWindow


def shown(window: MainWindow) -> MaximiseWindow:
    window.actions_by_id["maximise.show"].trigger()
    return window.explaining.maximise


def choose(maximise: MaximiseWindow, kind: str, steps: int = 2, restarts: int = 2) -> None:
    maximise.start_at.setCurrentIndex(maximise.start_at.findData(kind))
    maximise.start_at.activated.emit(0)
    maximise.steps.setValue(steps)
    maximise.restarts.setValue(restarts)


def made(window: MainWindow, qtbot: QtBot) -> Study:
    maximising = window.explaining.maximising
    before = maximising.study
    window.explaining.maximise.run.click()
    assert maximising.is_running and window.explaining.maximise.run.text() == "St&op"
    qtbot.waitUntil(lambda: not maximising.is_running, timeout=240_000)
    study = maximising.study
    assert study is not None and study is not before, maximising.sentence
    return study


def test_a_token_is_maximised_seen_heard_and_saved(
    explained_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window, session = explained_window, explained_window.session
    maximise, player = shown(window), window.bench.player
    explanation = session.explanation
    assert explanation is not None
    assert maximise.of.currentText() == explanation.predicted
    assert "Not what a speaker says" in maximise.head.text()
    choose(maximise, "token")
    maximise.of.setCurrentIndex(maximise.of.findText("i"))
    maximise.against.setCurrentIndex(maximise.against.findData("u"))
    study = made(window, qtbot)
    found = study.found
    assert (found.of, found.against, found.start.kind) == ("i", "u", "token")
    assert found.start_logits == pytest.approx(explanation.logits, abs=1e-2)
    assert study.control is not None and study.sound is not None
    start, picture, difference = (plot.image.image for plot in maximise.views.pictures)
    assert np.array_equal(start, explanation.input.db)
    assert np.array_equal(picture, found.image_db)
    assert np.array_equal(difference, found.image_db - start)
    place = maximise.views.pictures[1].image.mapRectToParent(
        maximise.views.pictures[1].image.boundingRect()
    )
    times_s = explanation.input.time_edges_s
    assert (place.left(), place.right()) == pytest.approx((times_s[0], times_s[-1]))
    assert (place.top(), place.bottom()) == (0, 8000)
    assert all(sentence in maximise.words.toPlainText() for sentence in study.sentences()[1:])
    heard: list[Rendered] = []
    monkeypatch.setattr(player, "play_passage", heard.append)
    maximise.play_picture.click()
    maximise.play_start.click()
    assert np.array_equal(heard[0].samples[:, 0], study.sound.piece.samples)
    assert study.start_sound is not None
    assert np.array_equal(heard[1].samples[:, 0], study.start_sound.piece.samples)
    assert heard[0].span_s[0] <= explanation.tmin_s < explanation.tmax_s <= heard[0].span_s[1]
    monkeypatch.setattr(
        "vowelscope.ui.maximise_window.QFileDialog.getExistingDirectory",
        lambda *_: str(tmp_path / "o"),
    )
    with qtbot.waitSignal(session.note, timeout=60_000) as said:
        maximise.save_button.click()
    assert str(tmp_path / "o") in said.args[0]
    assert {path.suffix for path in (tmp_path / "o").iterdir()} == {".svg", ".png", ".wav", ".json"}


def test_the_mean_of_the_tier_needs_no_selection_and_the_result_stays(
    explained_window: MainWindow, qtbot: QtBot
) -> None:
    window, session = explained_window, explained_window.session
    maximise = shown(window)
    assert session.tier_index is not None
    session.select_item(session.tier_index, None)
    qtbot.waitUntil(lambda: session.explanation is None, timeout=20_000)
    choose(maximise, "token")
    assert not maximise.run.isEnabled()
    assert maximise.words.toPlainText() == "Select a labelled interval first."
    choose(maximise, "mean", restarts=1)
    maximise.control.setChecked(False)
    assert maximise.run.isEnabled()
    study = made(window, qtbot)
    assert study.found.start.kind == "mean" and study.control is None
    assert "speech.wav" in study.found.start.words
    assert "One start alone" in maximise.words.toPlainText()
    assert np.isfinite(study.found.likeness)


def test_it_is_stopped_and_esc_is_silence_first(
    explained_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = explained_window
    maximise, maximising = shown(window), window.explaining.maximising
    choose(maximise, "floor", steps=500)
    maximise.run.click()
    qtbot.waitUntil(lambda: maximising.done > 0, timeout=240_000)
    assert maximising.estimate_s is not None and window.explaining.is_busy
    assert maximise.progress.isVisible() and not maximise.of.isEnabled()
    maximise.run.click()
    assert not maximising.is_running and maximising.study is None
    assert maximise.of.isEnabled() and not maximise.save_button.isEnabled()
    playing, stopped = [True, False], []
    player = window.bench.player
    monkeypatch.setattr(type(player), "is_playing", property(lambda _: playing.pop(0)))
    monkeypatch.setattr(player, "stop", lambda: stopped.append(True))
    qtbot.keyClick(maximise, Qt.Key.Key_Escape)
    assert maximise.isVisible() and stopped
    qtbot.keyClick(maximise, Qt.Key.Key_Escape)
    assert not maximise.isVisible()
