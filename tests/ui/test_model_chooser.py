"""The chooser of models over a real window."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vowelscope.app.settings import SettingsFile
from vowelscope.app.workbench import Workbench
from vowelscope.core.features import FeatureSpec
from vowelscope.explain.card import DataSource, ModelCard
from vowelscope.explain.model import save_model
from vowelscope.explain.model_store import models_folder
from vowelscope.explain.resnet import state_shapes
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.model_chooser import ModelChooser

CLASSES = ("i", "æ", "ɝ", "ɑ", "u")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(3)
    state = {
        key: (rng.standard_normal(shape) * 0.02).astype(np.float32)
        if len(shape) > 1
        else np.ones(shape, np.float32)
        for key, shape in state_shapes("resnet18", len(CLASSES)).items()
    }
    card = ModelCard(
        "mine",
        "resnet18",
        CLASSES,
        "vowels5",
        FeatureSpec(rows=64, columns=64, column_s=0.0035, f_max_hz=8000),
        started_from="scratch",
        data=(DataSource("my village", 1234, "CC-BY-4.0", "the speakers"),),
        results={
            "split_by": "speaker",
            "alternation": {"rows": 6.0, "columns": None},
            "sets": {
                "my village": {
                    "accuracy": 0.875,
                    "macro_f1": 0.81,
                    "counts": {"i": 80},
                    "baselines": {"QDA on F1-F3": {"accuracy": 0.75}},
                }
            },
        },
    )
    return save_model(tmp_path_factory.mktemp("models") / "made", state, card, "int8").folder


IN_BOX = ("vowels5", "voicing-4k", "vowels5-4k")


@pytest.fixture
def new_window(qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    windows: list[MainWindow] = []

    def make(model: Path | None = None) -> MainWindow:
        window = MainWindow(Workbench(model, only_looks=True))
        windows.append(window)
        window.show()
        window.bench.start()
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()


def chooser_of(window: MainWindow, qtbot: QtBot) -> ModelChooser:
    window.actions_by_id["models.show"].trigger()
    chooser = window.findChild(ModelChooser)
    assert chooser is not None
    qtbot.waitUntil(lambda: chooser.list.count() > 0, timeout=20_000)
    return chooser


def uses(window: MainWindow, name: str) -> bool:
    model = window.bench.explaining.model
    return model is not None and model.card.name == name


def test_a_model_is_installed_read_used_remembered_and_removed(
    new_window: Callable[..., MainWindow], qtbot: QtBot, made: Path, tmp_path: Path
) -> None:
    window = new_window()
    qtbot.waitUntil(lambda: uses(window, "vowels5"), timeout=120_000)
    chooser = chooser_of(window, qtbot)
    assert "in use" in chooser.list.item(0).text() and "ResNet" not in chooser.card.toPlainText()
    assert not chooser.remove_button.isEnabled()
    lines = [chooser.list.item(row).text() for row in range(chooser.list.count())]
    assert [name in line for name, line in zip(IN_BOX, lines, strict=True)] == [True] * 3
    path = tmp_path / "mine.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for item in made.iterdir():
            archive.write(item, f"made/{item.name}")
    chooser.install(path)
    qtbot.waitUntil(lambda: chooser.list.count() == len(IN_BOX) + 1, timeout=60_000)
    text = chooser.card.toPlainText()
    for words in (
        "my village: 1,234 tokens, CC-BY-4.0 — the speakers",
        "On 80 held-out tokens of my village: accuracy 87.5 %, macro-F1 0.810, split by speaker.",
        "QDA on F1-F3: 75.0 %",
        "Started from: scratch.",
        "even rows of the map hold 6.00 times",
        "the maps follow a grid of the network's own",
        "/i/ /æ/ /ɝ/ /ɑ/ /u/",
    ):
        assert words in text
    qtbot.mouseClick(chooser.use, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: uses(window, "mine"), timeout=120_000)
    qtbot.waitUntil(lambda: "in use" in chooser.list.item(len(IN_BOX)).text(), timeout=10_000)
    installed = models_folder() / "mine"
    assert Path(SettingsFile().load().model) == installed
    assert not chooser.remove_button.isEnabled()
    chooser.list.setCurrentRow(0)
    qtbot.mouseClick(chooser.use, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: uses(window, "vowels5"), timeout=120_000)
    assert SettingsFile().load().model == ""
    qtbot.waitUntil(lambda: "in use" in chooser.list.item(0).text(), timeout=10_000)
    chooser.list.setCurrentRow(len(IN_BOX))
    assert chooser.remove_button.isEnabled()
    chooser.remove_current()
    qtbot.waitUntil(lambda: chooser.list.count() == len(IN_BOX), timeout=20_000)
    assert not installed.exists()


def test_what_is_refused_is_one_sentence_and_changes_nothing(
    new_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    window = new_window()
    chooser = chooser_of(window, qtbot)
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../model.json", "{}")
    chooser.install(path)
    qtbot.waitUntil(chooser.error.isVisible, timeout=20_000)
    assert "outside the model's folder" in chooser.error.text() and "\n" not in chooser.error.text()
    assert chooser.list.count() == len(IN_BOX) and chooser.from_zip.isEnabled()


def test_the_chosen_model_comes_back_and_one_that_is_gone_gives_way(
    new_window: Callable[..., MainWindow], qtbot: QtBot, made: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(made, tmp_path / "kept"))
    window = new_window()
    qtbot.waitUntil(lambda: uses(window, "vowels5"), timeout=120_000)
    window.bench.use_model(tmp_path / "none")
    said: list[str] = []
    window.session.message.connect(said.append)
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    assert "no such model folder" in said[0] and uses(window, "vowels5")
    window.bench.use_model(folder)
    qtbot.waitUntil(lambda: uses(window, "mine"), timeout=120_000)
    again = new_window()
    qtbot.waitUntil(lambda: uses(again, "mine"), timeout=120_000)
    box = window.bench.explaining.model.folder
    shutil.rmtree(folder)
    third = new_window()
    said.clear()
    third.session.message.connect(said.append)
    qtbot.waitUntil(lambda: uses(third, "vowels5"), timeout=120_000)
    assert "The model in the box is used." in said[0]
    given = new_window(made)
    qtbot.waitUntil(lambda: uses(given, "mine"), timeout=120_000)
    assert given.bench.explaining.model.folder == made != box
