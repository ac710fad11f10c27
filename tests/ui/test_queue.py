from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vowelscope.app.workbench import Workbench
from vowelscope.core.edits import set_label
from vowelscope.core.features import FeatureSpec
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import save_model
from vowelscope.explain.resnet import state_shapes
from vowelscope.ui.chart_colours import quiet
from vowelscope.ui.main_window import MainWindow

CLASSES = ("i", "æ", "ɝ", "ɑ", "u")
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network with random weights."""
    rng = np.random.default_rng(3)
    state = {}
    for key, shape in state_shapes("resnet18", len(CLASSES)).items():
        if len(shape) > 1:
            state[key] = rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))
        else:
            state[key] = np.full(shape, 0.0 if key.endswith(("bias", "mean")) else 1.0)
    features = FeatureSpec(rows=64, columns=64, column_s=0.0035, f_max_hz=8000)
    card = ModelCard("tiny", "resnet18", CLASSES, "vowels5", features)
    arrays = {key: value.astype(np.float32) for key, value in state.items()}
    return save_model(tmp_path_factory.mktemp("queue") / "m", arrays, card, "int8").folder


@pytest.fixture
def window(qtbot: QtBot, folder: Path, speech: Any, monkeypatch: Any) -> Iterator[MainWindow]:
    window = MainWindow(Workbench(folder, only_looks=True))
    monkeypatch.setattr(window.bench.player, "play_passage", lambda *_args: 0)
    window.show()
    window.activateWindow()
    with qtbot.waitSignal(window.bench.opened, timeout=60_000):
        window.bench.open(speech.wav)
    yield window
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


def run(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.editing.queue_panel.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.editing.queue.is_running, timeout=180_000)


def test_every_token_is_judged_as_the_explainer_does_and_sorted(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, bench, queue = window.session, window.bench, window.editing.queue
    qtbot.keyClick(window.editor, Qt.Key.Key_D, CONTROL | SHIFT)
    run(window, qtbot)  # loads the model first; the tier of words has none of its classes
    explainer, textgrid, class_map = bench.explaining.explainer, session.textgrid, bench.class_map
    assert explainer is not None and textgrid is not None and class_map is not None
    index = textgrid.tier_index("phones")
    assert index is not None and queue.tier_index == index
    tier = textgrid.tiers[index]
    assert isinstance(tier, IntervalTier)
    wanted = [at for at, x in enumerate(tier.intervals) if class_map.class_of(x.text)]
    assert sorted(row.index for row in queue.rows) == wanted
    for row in queue.rows[:3]:
        assert session.recording is not None
        said = explainer.explain(session.recording, row.tmin_s, row.tmax_s)
        assert row.predicted == said.predicted
        assert row.probability == pytest.approx(said.probabilities.max(), abs=1e-4)
        at = said.classes.index(row.label_class)
        assert row.label_probability == pytest.approx(said.probabilities[at], abs=1e-4)
    found = [row.label_probability for row in queue.rows]
    assert found == sorted(found)
    queue.set_order("doubt")
    sure = [row.probability for row in queue.rows]
    assert sure == sorted(sure)
    queue.set_order("time")
    assert [row.index for row in queue.rows] == wanted
    panel = window.editing.queue_panel
    differ = sum(not row.agrees for row in queue.rows)
    assert panel.sentence.text().startswith(f"{differ} of {len(wanted)} tokens of “phones”")
    assert panel.run.text() == "Ask the model" and not panel.progress.isVisible()


def test_through_the_queue_by_keys_with_corrections(window: MainWindow, qtbot: QtBot) -> None:
    session, queue = window.session, window.editing.queue
    window.actions_by_id["queue.show"].trigger()
    run(window, qtbot)
    rows = queue.rows
    panel = window.editing.queue_panel
    place = panel.table.visualRect(panel.table.model().index(1, 0)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.item_index == rows[1].index
    qtbot.keyClick(window.editor, Qt.Key.Key_Return, ALT)
    assert session.item_index == rows[2].index
    qtbot.keyClick(window.editor, Qt.Key.Key_B, CONTROL | SHIFT)
    assert session.item_index == rows[1].index
    before = session.selected_tier
    window.actions_by_id["correct.mode"].trigger()
    assert window.editing.correction_bar.isVisible()
    panel.go_to(0)
    qtbot.waitUntil(lambda: session.explanation is not None, timeout=60_000)
    qtbot.keyClick(window.editor, Qt.Key.Key_Return, CONTROL | SHIFT)
    assert session.item_index == rows[1].index  # the next of the queue, not of the tier
    assert session.textgrid is not None
    corrected = session.textgrid.tiers[2]
    assert isinstance(corrected, IntervalTier) and corrected.name == "phones-corrected"
    said = [(x.tmin_s, x.text) for x in corrected.intervals if x.text]
    assert said == [(rows[0].tmin_s, rows[0].predicted)]
    assert session.selected_tier == before
    qtbot.keyClick(window.editor, Qt.Key.Key_C, CONTROL | SHIFT)
    assert not window.editing.correction_bar.isVisible()
    assert not window.actions_by_id["correct.mode"].isChecked()


def test_edits_are_followed_and_a_stop_keeps_what_was_said(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, queue = window.session, window.editing.queue
    window.actions_by_id["queue.show"].trigger()
    run(window, qtbot)
    count = len(queue.rows)
    first = queue.rows[0]
    assert session.textgrid is not None and queue.tier_index is not None
    other = next(name for name in ("IY1", "AE1") if first.label != name)
    after = set_label(session.textgrid, queue.tier_index, first.index, other)
    session.replace_textgrid(after, "Change label")
    qtbot.waitUntil(
        lambda: other in [x.label for x in queue.rows if x.index == first.index], timeout=10_000
    )
    after = set_label(session.textgrid, queue.tier_index, first.index, "")
    session.replace_textgrid(after, "Change label")
    qtbot.waitUntil(lambda: len(queue.rows) == count - 1, timeout=10_000)
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: len(queue.rows) == count, timeout=10_000)
    panel = window.editing.queue_panel
    panel.start_or_stop()
    assert queue.is_running and panel.run.text() == "Stop" and queue.rows == ()
    panel.start_or_stop()
    assert not queue.is_running
    session.recording_changed.emit()
    assert queue.rows == () and queue.tier is None


def test_a_token_beyond_the_recording_is_counted_and_not_the_end_of_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, queue = window.session, window.editing.queue
    textgrid = session.textgrid
    assert textgrid is not None
    end_s = textgrid.tmax_s
    tiers = tuple(
        IntervalTier(
            tier.name, 0.0, end_s + 1, (*tier.intervals, Interval(end_s, end_s + 1, "AE1"))
        )
        for tier in textgrid.tiers
        if isinstance(tier, IntervalTier)
    )
    session.replace_textgrid(TextGrid(0.0, end_s + 1, tiers), "Longer")
    session.select_item(1, None)
    window.actions_by_id["queue.show"].trigger()
    run(window, qtbot)
    assert queue.skipped == 1 and queue.done == queue.total == len(queue.rows) + 1
    assert "1 could not be judged" in window.editing.queue_panel.sentence.text()


def test_the_vowel_chart_is_coloured_by_what_the_model_said(
    window: MainWindow, qtbot: QtBot
) -> None:
    charting, panel = window.measuring.charting, window.measuring.chart_panel
    queue, row, plot = window.editing.queue, panel.colours, panel.plot
    window.actions_by_id["chart.show"].trigger()
    qtbot.waitUntil(lambda: not charting.is_busy and not charting.points.waiting, timeout=60_000)
    assert not row.ask.isVisible() and plot._own is None

    def choose(shading: str) -> None:
        row.box.setCurrentIndex(row.box.findData(shading))
        row.box.activated.emit(0)

    choose("doubt")
    assert row.ask.isVisible() and "ask the model" in panel.sentence.text()
    assert plot._own is not None and set(plot._own) == {quiet(panel._theme)}
    # Not the selected tier is asked about, but that of the chart.
    window.session.select_item(0, 0)
    qtbot.mouseClick(row.ask, Qt.MouseButton.LeftButton)
    assert row.ask.text() == "Stop &asking"
    qtbot.waitUntil(lambda: not queue.is_running, timeout=180_000)
    assert queue.tier_index == charting.tier_index
    said = {x.index: x for x in queue.rows}
    known = [at in said for at in charting.points.indices]
    assert f"{sum(known)} of them have a prediction" in panel.sentence.text()
    grey = quiet(panel._theme)
    assert [colour != grey for colour in plot._own] == known
    shade = row.shade()
    assert shade is not None
    for index, value in zip(charting.points.indices, shade.values, strict=True):
        expected = 1 - said[index].probability if index in said else np.nan
        assert value == pytest.approx(expected, nan_ok=True)
    choose("agreement")
    shade = row.shade()
    assert shade is not None and len(set(plot._own) - {grey}) <= 2
    both = shade.counts(np.arange(len(known)))
    shown = [said[index] for index in charting.points.indices if index in said]
    assert both == [sum(x.agrees for x in shown), sum(not x.agrees for x in shown)]
    choose("predicted")
    shade = row.shade()
    assert shade is not None
    for index, code in zip(charting.points.indices, shade.codes(), strict=True):
        assert (CLASSES[code] if code >= 0 else None) == (
            said[index].predicted if index in said else None
        )
    choose("label")
    assert plot._own is None and not row.key.isVisible()
