"""Rows of the log deleted and brought back, designs saved and loaded, Excel written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from vowelscope.app.settings import state_folder
from vowelscope.app.workbench import Workbench
from vowelscope.core.measure_log import read_log
from vowelscope.core.textgrid import IntervalTier
from vowelscope.ui.log_columns import LogColumns
from vowelscope.ui.main_window import MainWindow

LONG_MS = 60_000


@pytest.fixture
def window(
    qtbot: QtBot, speech: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """A window on speech with three rows in its log; no model is asked."""
    bench = Workbench(only_looks=True)
    monkeypatch.setattr(bench.explaining, "explain", lambda *_: None)
    window = MainWindow(bench)
    window.resize(1200, 900)
    window.show()
    with qtbot.waitSignal(bench.opened, timeout=LONG_MS):
        bench.open(speech[0])
    assert window.session.textgrid is not None
    tier = window.session.textgrid.tiers[1]
    assert isinstance(tier, IntervalTier)
    log = window.measuring.log
    for label in ("AE1", "IY1", "UW1"):
        index = next(i for i, x in enumerate(tier.intervals) if x.text == label)
        window.session.select_item(1, index)
        log.log()
    qtbot.waitUntil(lambda: not log.is_busy and len(log.rows) == 3, timeout=LONG_MS)
    window.actions_by_id["log.show"].trigger()
    yield window
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


def _labels(window: MainWindow) -> list[object]:
    kept = read_log(state_folder() / "log.jsonl")
    assert sorted(row["id"] for row in kept) == sorted(x["id"] for x in window.measuring.log.rows)
    return [row["label"] for row in window.measuring.log.rows]


def test_rows_are_deleted_and_brought_back(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.measuring.log_panel
    assert not panel.back_button.isEnabled()
    panel.table.selectRow(1)
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert _labels(window) == ["AE1", "UW1"]
    panel.table.selectAll()
    panel.delete_button.click()
    assert _labels(window) == [] and not panel.delete_button.isEnabled()
    panel.back_button.click()
    assert _labels(window) == ["AE1", "UW1"]
    panel.back_button.click()
    assert _labels(window) == ["AE1", "IY1", "UW1"] and not panel.back_button.isEnabled()


def test_a_design_is_saved_and_loaded(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = window.measuring.log_panel
    panel.set_columns(("F2_hz", "ceiling_by", "label"))
    panel.choose_columns()
    dialog = window.findChild(LogColumns)
    assert dialog is not None
    path = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    dialog.save.click()
    dialog.standards.click()
    assert len(dialog.columns()) > 3
    made = path.with_suffix(".toml")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(made), ""))
    dialog.load.click()
    assert dialog.columns() == ("F2_hz", "ceiling_by", "label") and not dialog.error.isVisible()
    made.write_text("columns = 1", encoding="utf-8")
    dialog.load.click()
    assert "mine.toml" in dialog.error.text() and dialog.columns()[0] == "F2_hz"
    dialog.accept()
    assert panel.columns == ("F2_hz", "ceiling_by", "label")


def test_the_log_as_an_excel_workbook(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(window.measuring.log.exported, timeout=LONG_MS):
        window.measuring.log_panel.export()
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[head.index("label")] for row in rows] == ["AE1", "IY1", "UW1"]
    at = head.index("F1_hz")
    assert [row[at] for row in rows] == [x["F1_hz"] for x in window.measuring.log.rows]
    for name in ("ceiling_hz", "ceiling_by", "window_s", "formant_method", "formants_by_hand"):
        assert name in head
