from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from vowelscope.core.features import FeatureSpec
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import load_model, save_model
from vowelscope.explain.resnet import state_shapes
from vowelscope.explain.runtime import open_runtime
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.second_model_tools import SecondModelTools


@pytest.fixture(scope="module")
def other_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ResNet-18 of other random weights, with four classes, that reads up to 4,000 Hz."""
    rng = np.random.default_rng(11)
    classes = ("i", "æ", "ɑ", "u")
    state = {}
    for key, shape in state_shapes("resnet18", len(classes)).items():
        if len(shape) > 1:
            drawn = rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))
        else:
            drawn = np.full(shape, 0.0 if key.endswith(("bias", "mean")) else 1.0)
        state[key] = (drawn * (0.3 if "bn2.weight" in key else 1.0)).astype(np.float32)
    features = FeatureSpec(rows=96, columns=64, column_s=0.0035, f_max_hz=4000)
    card = ModelCard("other", "resnet18", classes, "vowels5", features)
    return save_model(tmp_path_factory.mktemp("other") / "m", state, card, "int8").folder


Compared = tuple[MainWindow, SecondModelTools]


@pytest.fixture
def compared(
    explained_window: MainWindow,
    other_folder: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> Compared:
    window, tools = explained_window, explained_window.second_model
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(other_folder))
    window.actions_by_id["second_model.choose"].trigger()
    qtbot.waitUntil(lambda: tools.second is not None, timeout=5000)
    assert tools.second is not None
    peer = tools.second.peer
    qtbot.waitUntil(lambda: peer.explanation is not None, timeout=60_000)
    qtbot.waitUntil(window.is_settled, timeout=60_000)
    return window, tools


def test_the_map_below_is_that_of_the_other_model(compared: Compared, other_folder: Path) -> None:
    window, tools = compared
    session, peer = window.session, tools.second.peer
    interval = session.selected_interval
    assert session.recording is not None and interval is not None
    model = load_model(other_folder)
    right = CamExplainer(model, open_runtime(model)).explain(
        session.recording, interval.tmin_s, interval.tmax_s, session.channel
    )
    shown = peer.explanation
    assert shown is not None and session.explanation is not None
    assert np.allclose(shown.maps, right.maps, atol=1e-4)
    assert shown.model_hash != session.explanation.model_hash
    assert peer.frequency.high_hz == 4000.0 and session.frequency.high_hz != 4000.0
    assert shown.freq_edges_hz[-1] == pytest.approx(4000.0, abs=1.0)
    # Drawn between its own edges, in its own strength.
    rect = tools.view.overlay.image.boundingRect()
    assert tools.view.overlay.image.isVisible() and rect.width() > 0
    assert tools.view.overlay.image.image.shape[0] == shown.maps.shape[1]
    assert tools.panel.both.text() in (
        f"Both models say /{right.predicted}/.",
        f"The first model says /{session.explanation.predicted}/, the second /{right.predicted}/.",
    )
    assert f"{100 * float(right.probabilities[0]):.1f} %" in (
        tools.panel.bars.accessibleDescription()
    )
    assert "other (resnet18)" in tools.panel.model.text()


def test_time_cursor_and_selection_are_one(compared: Compared) -> None:
    window, tools = compared
    session, peer = window.session, tools.second.peer
    session.set_view(0.5, 1.5)
    assert peer.view == (0.5, 1.5)
    peer.set_view(0.25, 1.25)
    assert session.view == (0.25, 1.25)
    peer.select_times(0.5, 0.75)
    assert session.selection == (0.5, 0.75)
    session.set_playing(0.6)
    assert peer.playing_s == 0.6
    session.set_playing(None)
    first, second = window.spectrogram, tools.view.plot
    assert second.isVisible() and window.splitter.indexOf(second) == 2
    assert first.width() == second.width() and second.height() > 40


def test_another_token_is_explained_by_both(compared: Compared, qtbot: QtBot) -> None:
    window, tools = compared
    session, peer = window.session, tools.second.peer
    before, tier = peer.explanation, session.tier_index
    assert tier is not None
    session.select_item(tier, session.item_index + 2)
    interval = session.selected_interval
    assert interval is not None and interval.text
    qtbot.waitUntil(
        lambda: peer.explanation not in (None, before) and not tools.is_busy, timeout=30_000
    )
    assert peer.explanation.tmin_s == interval.tmin_s
    session.select_item(tier, 0)
    qtbot.waitUntil(lambda: peer.explanation is None, timeout=10_000)
    assert "labelled interval" in tools.panel.both.text()


def test_the_dock_takes_the_view_along(compared: Compared, qtbot: QtBot) -> None:
    window, tools = compared
    heights = sum(window.splitter.sizes()[1:3])
    tools.dock.hide()
    qtbot.waitUntil(lambda: window.splitter.count() == 3, timeout=5000)
    assert window.splitter.sizes()[1] == pytest.approx(heights, abs=12)
    assert not tools.view.plot.isVisible() and tools.second.peer.recording is None
    before = tools.second.peer.explanation
    window.session.select_item(window.session.tier_index, window.session.item_index + 2)
    qtbot.wait(50)
    assert before is None and not tools.is_busy, "nobody looks: nothing is computed"
    window.tools.panels.restore()  # what a window that is no picture does at its start
    tools.dock.show()
    qtbot.waitUntil(lambda: tools.second.peer.explanation is not None, timeout=30_000)
    assert window.splitter.count() == 4
    window.actions_by_id["panels.reset"].trigger()
    qtbot.waitUntil(lambda: window.splitter.count() == 3, timeout=5000)


def test_a_folder_without_a_model_changes_nothing(
    compared: Compared, tmp_path: Path, qtbot: QtBot
) -> None:
    window, tools = compared
    shown, said = tools.second.peer.explanation, []
    window.session.message.connect(said.append)
    (tmp_path / "nothing").mkdir()
    tools.compare_with(tmp_path / "nothing")
    qtbot.waitUntil(lambda: bool(said), timeout=30_000)
    assert "nothing" in said[0] and "Traceback" not in said[0]
    assert tools.second.peer.explanation is shown
    assert "other (resnet18)" in tools.panel.model.text()


def test_another_recording_is_shown_in_both(
    compared: Compared, tone_wav: Callable[..., Path], qtbot: QtBot
) -> None:
    window, tools = compared
    with qtbot.waitSignal(window.bench.opened, timeout=30_000):
        window.bench.open(tone_wav(freq_hz=700.0, duration_s=4.0))
    peer = tools.second.peer
    assert peer.recording is window.session.recording and peer.explanation is None
    qtbot.waitUntil(lambda: tools.view.plot.is_ready, timeout=30_000)
    qtbot.wait(20)
    assert peer.view == window.session.view == (0.0, 4.0)
    window.session.set_view(1.0, 2.0)
    assert peer.view == (1.0, 2.0)
