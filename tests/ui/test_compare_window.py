from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from vowelscope.app.shown import MapChoice
from vowelscope.ui.compare_window import CompareWindow
from vowelscope.ui.main_window import MainWindow


def tick(window: CompareWindow, *names: str) -> None:
    for at in range(window.list.count()):
        item = window.list.item(at)
        on = item.data(Qt.ItemDataRole.UserRole)[0] in names
        item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)


def compute(window: MainWindow, qtbot: QtBot, *names: str) -> CompareWindow:
    window.actions_by_id["methods.show"].trigger()
    compare = window.explaining.compare
    tick(compare, *names)
    qtbot.mouseClick(compare.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.explaining.comparing.is_running, timeout=240_000)
    return compare


def test_methods_stand_side_by_side_each_with_unit_and_caveat(
    explained_window: MainWindow, qtbot: QtBot
) -> None:
    window, session = explained_window, explained_window.session
    compare = compute(window, qtbot, "cam", "occlusion-bands", "hirescam", "rise")
    comparing, explanation = window.explaining.comparing, session.explanation
    assert explanation is not None
    assert set(compare._panels) == {"cam", "hirescam", "occlusion-bands", "rise"}
    cam, hires = comparing.result("cam"), comparing.result("hirescam")
    assert cam is not None and hires is not None
    assert np.abs(hires.values.size * hires.values - cam.values).max() < 1e-4 * max(
        1.0, float(np.abs(cam.values).max())
    )
    for name, panel in compare._panels.items():
        found = comparing.result(name)
        assert found is not None
        assert found.unit in panel.scale.text() and found.caveat in panel.words.text()
        assert panel.image.isVisible() and panel.edges.isVisible()
        assert panel.title.text().startswith(found.title)
        assert panel.image.image.shape[2] == 4
    panel = compare._panels["cam"]
    here = panel.plot.getViewBox().mapViewToScene(QPointF(float(cam.time_edges_s[1]) - 0.01, 1000))
    panel._on_moved(here)
    assert compare.read_out.text().startswith("CAM: ") and "0–4,000 Hz" in compare.read_out.text()
    assert "±" not in compare.read_out.text() and len(panel.unsure.data) == 0
    drawn, rise = compare._panels["rise"], comparing.result("rise")
    assert rise is not None and len(drawn.unsure.data) == int(rise.unsure.sum())
    assert "two standard errors" in drawn.scale.text()
    drawn._on_moved(here)
    assert " ± " in compare.read_out.text()


def test_another_class_is_computed_anew_and_the_first_is_kept(
    explained_window: MainWindow, qtbot: QtBot
) -> None:
    window, session = explained_window, explained_window.session
    compare = compute(window, qtbot, "cam", "score-cam")
    comparing = window.explaining.comparing
    first = comparing.result("cam")
    session.set_map_choice(MapChoice("contrast", "i", "u"))
    assert comparing.result("cam") is None
    assert compare._panels["cam"].words.text() == "Not computed yet."
    compare.start_or_stop()
    qtbot.waitUntil(lambda: not comparing.is_running, timeout=60_000)
    assert comparing.result("cam") is not None
    # One that cannot do it says why, and does not stop the others.
    assert "no contrast" in compare._panels["score-cam"].words.text()
    session.set_map_choice(MapChoice())
    assert comparing.result("cam") is first


def test_a_stage_is_chosen_and_the_work_is_stopped(
    explained_window: MainWindow, qtbot: QtBot
) -> None:
    window = explained_window
    window.actions_by_id["methods.show"].trigger()
    compare, comparing = window.explaining.compare, window.explaining.comparing
    compare.stage.setCurrentIndex(compare.stage.findData("2"))
    compare.stage.activated.emit(0)
    tick(compare, "layercam", "score-cam")
    assert set(compare.chosen()) == {"layercam:2", "score-cam:2"}
    compare.start_or_stop()
    qtbot.waitUntil(lambda: comparing.result("layercam:2") is not None, timeout=240_000)
    found = comparing.result("layercam:2")
    assert found is not None and found.values.shape == (8, 8)
    assert comparing.is_running and compare.run.text() == "&Stop"
    compare.start_or_stop()
    assert not comparing.is_running and comparing.result("score-cam:2") is None
    assert comparing.result("layercam:2") is found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_selected(explained_window: MainWindow, qtbot: QtBot, theme: str) -> None:
    window, session = explained_window, explained_window.session
    window.bench.set_theme(theme)
    window.actions_by_id["methods.show"].trigger()
    assert session.tier_index is not None
    session.select_item(session.tier_index, None)
    qtbot.waitUntil(lambda: session.explanation is None, timeout=20_000)
    compare = window.explaining.compare
    assert compare.head.text() == "Select a labelled interval first."
    assert not compare.run.isEnabled()
