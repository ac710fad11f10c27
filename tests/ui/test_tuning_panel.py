from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vowelscope.app.shown import MapChoice
from vowelscope.core.features import normalise
from vowelscope.core.textgrid import IntervalTier
from vowelscope.explain.interventions import band_stop
from vowelscope.ui.lamp_sign import LampSign
from vowelscope.ui.main_window import MainWindow


def run(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_id["tuning.run"].trigger()
    assert window.explaining.sweeping.is_running
    qtbot.waitUntil(lambda: not window.explaining.sweeping.is_running, timeout=120_000)


def go(window: MainWindow, qtbot: QtBot, index: int) -> None:
    session = window.session
    assert session.tier_index is not None
    session.select_item(session.tier_index, index)
    interval = session.selected_interval
    assert interval is not None
    qtbot.waitUntil(
        lambda: session.explanation is not None and session.explanation.tmin_s == interval.tmin_s,
        timeout=20_000,
    )


def test_the_curve_is_what_the_model_says_without_a_band(
    explained_window: MainWindow, qtbot: QtBot
) -> None:
    window, session = explained_window, explained_window.session
    tools = window.explaining
    seen: list[tuple[str, int, int]] = []
    tools.sweeping.changed.connect(
        lambda: seen.append((tools.sweeping.phase, tools.sweeping.done, tools.sweeping.total))
    )
    run(window, qtbot)
    tuning, panel = tools.sweeping.tuning, tools.tuning_panel
    explanation, explainer = session.explanation, window.bench.explaining.explainer
    assert tuning is not None and explanation is not None and explainer is not None
    assert {phase for phase, _, _ in seen} >= {"weights", "bands"}
    assert max(total for _, _, total in seen) > 150
    at = 12
    stopped = band_stop(explanation.input, tuning.bands_hz[at], "mean")
    image = normalise(stopped[None], explanation.input.spec)
    logits, _ = explainer.runtime.run(image)
    assert tuning.stop[at] == pytest.approx(logits[0] - explanation.logits, abs=1e-3)
    x, y = panel.plot.stop.getData()
    of = explanation.logits.argmax()
    assert x == pytest.approx(-tuning.stop[:, of])
    assert y == pytest.approx(tuning.bands_hz.mean(axis=1)), "the axis of the spectrogram in Hz"
    assert panel.plot.viewRange()[1] == pytest.approx([0, session.f_max_hz])
    profile, _ = panel.plot.profile.getData()
    assert profile[::2].sum() == pytest.approx(
        float(explanation.logits[of] - explanation.bias[of]), abs=1e-4
    )


def test_a_model_of_random_weights_has_no_green_lamp_and_says_why(
    explained_window: MainWindow, qtbot: QtBot
) -> None:
    window, session = explained_window, explained_window.session
    run(window, qtbot)
    panel = window.explaining.tuning_panel
    # Its strength is that of other random classifiers, whatever map and intervention say.
    assert panel.lamp.colour == "red"
    assert panel.reasons.text().startswith("Red. ")
    assert "no stronger than those of random weights" in panel.reasons.text()
    before = panel.plot.stop.getData()[0].copy()
    session.set_map_choice(MapChoice("contrast", "i", "u"))
    assert not np.allclose(before, panel.plot.stop.getData()[0])
    session.set_map_choice(MapChoice("class", "no such class"))
    assert panel.lamp.colour is None and not panel.plot.isVisibleTo(panel)


def test_it_is_stopped_by_its_button_and_by_the_next_selection(
    explained_window: MainWindow, qtbot: QtBot
) -> None:
    window, session = explained_window, explained_window.session
    sweeping, panel = window.explaining.sweeping, window.explaining.tuning_panel
    window.actions_by_id["tuning.show"].trigger()
    assert not sweeping.is_running and sweeping.tuning is None
    qtbot.mouseClick(panel.run, Qt.MouseButton.LeftButton)
    assert sweeping.is_running and panel.run.text() == "&Stop"
    qtbot.waitUntil(lambda: sweeping.estimate_s is not None, timeout=60_000)
    assert " s left" in panel.progress.format()
    qtbot.mouseClick(panel.run, Qt.MouseButton.LeftButton)
    assert not sweeping.is_running and sweeping.tuning is None
    panel.start_or_stop()
    tier = session.selected_tier
    assert isinstance(tier, IntervalTier)
    class_map = window.bench.class_map
    assert class_map is not None
    first = session.item_index
    assert first is not None
    other = [i for i, x in enumerate(tier.intervals) if class_map.class_of(x.text)][1]
    go(window, qtbot, other)
    assert not sweeping.is_running
    assert sweeping.tuning is None
    run(window, qtbot)
    kept = sweeping.tuning
    go(window, qtbot, first)
    assert sweeping.tuning is None
    go(window, qtbot, other)
    assert sweeping.tuning is kept, "what was computed is not computed again"
    panel.fill.setCurrentIndex(1)
    panel.fill.activated.emit(1)
    assert window.bench.settings.explain.tuning_fill == "floor"
    assert sweeping.tuning is None


def test_the_lamp_differs_in_shape_as_well(qtbot: QtBot) -> None:
    sign = LampSign()
    qtbot.addWidget(sign)
    sign.resize(40, 40)
    filled = []
    for colour in ("green", "yellow", "red"):
        sign.show_colour(colour)
        assert sign.accessibleDescription() == colour
        image = sign.grab().toImage()
        ground = image.pixelColor(0, 0)
        filled.append(
            sum(image.pixelColor(x, y) != ground for x in range(40) for y in range(40)) / 1600
        )
    disc, triangle, square = filled
    assert triangle < 0.65 < disc < 0.9 < square + 0.1
