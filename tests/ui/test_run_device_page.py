"""The last step of a new run, shown machines with other devices than this one has."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vowelscope.app.training import Plan
from vowelscope.app.training_process import words_for
from vowelscope.ui.run_device_page import DevicePage

GIB = 1 << 30
CPU = {"device": "cpu", "name": "x86_64", "cores": 8, "memory_bytes": 32 * GIB}


def machine(gpus: int) -> dict[str, object]:
    found = [{**CPU, "free_bytes": 20 * GIB}]
    for number in range(gpus):
        held = {"name": "Card", "memory_bytes": 80 * GIB, "free_bytes": (70 - number) * GIB}
        found.append({"device": f"cuda:{number}", **held})
    return {"event": "devices", "devices": found}


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> DevicePage:
    made = DevicePage(lambda: Plan(tmp_path / "c.parquet", "vowels-8k", tmp_path / "run"))
    qtbot.addWidget(made)
    made.show()
    return made


def choose(page: DevicePage, data: str) -> None:
    page.device.setCurrentIndex(page.device.findData(data))
    page.device.activated.emit(page.device.currentIndex())


def test_ticked_gpus_share_the_run(page: DevicePage, qtbot: QtBot) -> None:
    page.finder.told.emit(machine(3))
    assert page.chosen == "cuda:0" and not page.gpus.isVisible()
    choose(page, "several")
    assert page.gpus.isVisible() and page.sharing.isVisible()
    assert page.gpus.item(1).text() == "Card (cuda:1, 69.0 of 80.0 GiB free)"
    assert page.chosen == "cuda:0,cuda:1,cuda:2"
    with qtbot.waitSignal(page.completeChanged):
        page.gpus.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert page.chosen == "cuda:0,cuda:2" and words_for(page.chosen) == ["--gpus", "0,2"]
    page.gpus.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert page.chosen == "cuda:2" and words_for(page.chosen) == []
    page.gpus.item(2).setCheckState(Qt.CheckState.Unchecked)
    assert not page.isComplete()
    choose(page, "cpu")
    assert page.isComplete() and page.chosen == "cpu" and not page.gpus.isVisible()


def test_space_ticks_and_unticks(page: DevicePage, qtbot: QtBot) -> None:
    page.finder.told.emit(machine(2))
    choose(page, "several")
    page.gpus.setCurrentRow(1)
    qtbot.keyClick(page.gpus, Qt.Key.Key_Space)
    assert page.chosen == "cuda:0"
    qtbot.keyClick(page.gpus, Qt.Key.Key_Space)
    assert page.chosen == "cuda:0,cuda:1"


@pytest.mark.parametrize("gpus", [0, 1])
def test_where_there_is_one_device_none_can_be_shared(page: DevicePage, gpus: int) -> None:
    page.finder.told.emit(machine(gpus))
    assert page.device.findData("several") < 0 and not page.gpus.isVisible()
    assert page.isComplete() and page.chosen == ("cuda:0" if gpus else "cpu")


def test_an_estimate_is_for_the_share_of_one(
    page: DevicePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[list[str], str]] = []
    monkeypatch.setattr(page.task, "start", lambda words, device: asked.append((words, device)))
    page.finder.told.emit(machine(2))
    page.start_or_stop()
    choose(page, "several")
    page.start_or_stop()
    (alone, first), (shared, second) = asked
    assert "--processes" not in alone and first == second == "cuda:0"
    assert shared[-2:] == ["--processes", "2"] and shared[:-2] == alone
