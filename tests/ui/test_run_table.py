"""Runs that are marked in the dock are compared: curves over each other, and a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel
from pytestqt.qtbot import QtBot

from vowelscope.app.training import Training
from vowelscope.app.workbench import Workbench
from vowelscope.ui.theme import DARK
from vowelscope.ui.training_panel import TrainingPanel
from vowelscope_training.config import load_config


def make_run(folder: Path, batch: int, losses: list[float], f1: float) -> None:
    folder.mkdir(parents=True)
    config = load_config("vowels-8k", batch=batch)
    told = {"config": config.to_dict(), "corpus": "/data/c.parquet"}
    (folder / "run.json").write_text(json.dumps(told))
    scores = {"accuracy": f1, "macro_f1": f1, "confusion": [[1]], "counts": {"i": 1}, "tokens": 1}
    events = [
        {"event": "step", "total_step": n, "total": 9, "loss": loss, "accuracy": 0.5}
        | {"images_per_s": 1.0, "time_s": 0.0}
        for n, loss in enumerate(losses, 1)
    ]
    events.append({"event": "validation", "total_step": len(losses), **scores})
    text = "".join(json.dumps({"time_s": 0.0, **event}) + "\n" for event in events)
    (folder / "events.jsonl").write_text(text)


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> Iterator[TrainingPanel]:
    bench = Workbench(only_looks=True)
    training = Training(bench.jobs)
    made = TrainingPanel(bench, training)
    qtbot.addWidget(made)
    made.resize(1200, 320)
    made.show()
    make_run(tmp_path / "a" / "run", 8, [2.0, 1.0, 0.9], 0.7)
    make_run(tmp_path / "b" / "run", 16, [2.0, 1.5], 0.8)
    training.add(tmp_path / "a" / "run")
    training.add(tmp_path / "b" / "run")
    qtbot.waitUntil(
        lambda: len(made.folders) == 2 and all(training.story(f).steps for f in made.folders),
        timeout=20_000,
    )
    yield made
    training.shutdown()
    bench.jobs.shutdown()


def mark_all(panel: TrainingPanel) -> None:
    how = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for row in range(len(panel.folders)):
        panel.table.selectionModel().select(panel.table.model().index(row, 0), how)


def cells(panel: TrainingPanel) -> dict[str, list[str]]:
    table = panel.compared
    return {
        table.verticalHeaderItem(i).text(): [
            table.item(i, j).text() for j in range(table.columnCount())
        ]
        for i in range(table.rowCount())
    }


def test_marked_runs_are_laid_over_each_other_and_tabled(panel: TrainingPanel) -> None:
    mark_all(panel)
    table = panel.compared
    names = [table.horizontalHeaderItem(j).text() for j in range(table.columnCount())]
    assert names == ["a/run", "b/run"]
    found = cells(panel)
    assert found["batch"] == ["8", "16"] and "seed" not in found
    assert found["Validation: best macro-F1"] == ["0.7000", "0.8000"]
    row = list(found).index("Validation: best macro-F1")
    assert [table.item(row, j).font().bold() for j in range(2)] == [False, True]
    curves = [item for item in panel.plots.loss.getPlotItem().listDataItems() if item.name()]
    assert [item.name() for item in curves] == names
    drawn = [item.opts["pen"].color().name() for item in curves]
    heads = [table.horizontalHeaderItem(j).foreground().color().name() for j in range(2)]
    assert drawn == heads and heads[0] != heads[1]
    panel.set_theme(DARK)
    again = [table.horizontalHeaderItem(j).foreground().color().name() for j in range(2)]
    assert again != heads


def test_one_run_is_told_with_all_its_settings(panel: TrainingPanel) -> None:
    panel.table.selectRow(0)
    found = cells(panel)
    assert found["batch"] == ["8"] and found["corpus"] == ["/data/c.parquet"]
    assert panel.compared.columnCount() == 1
    bold = [panel.compared.item(i, 0).font().bold() for i in range(panel.compared.rowCount())]
    assert not any(bold)
