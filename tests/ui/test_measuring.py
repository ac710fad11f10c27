"""Log, vowel chart, spectral slice and settings in the window."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from vowelscope.app.settings import SettingsFile, state_folder
from vowelscope.app.workbench import Workbench
from vowelscope.core.measure import MeasureSettings, measure_tokens
from vowelscope.core.phones import load_class_map
from vowelscope.core.textgrid import Interval, IntervalTier
from vowelscope.core.tokens import token_at
from vowelscope.ui.log_columns import LogColumns
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.number_dialog import NumberDialog

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LONG_MS = 60_000


@pytest.fixture
def window(
    qtbot: QtBot, speech: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """A window on speech; no model is loaded or asked."""
    bench = Workbench(only_looks=True)
    monkeypatch.setattr(bench.explaining, "explain", lambda *_: None)
    window = MainWindow(bench)
    window.resize(1200, 900)
    window.show()
    with qtbot.waitSignal(bench.opened, timeout=LONG_MS):
        bench.open(speech[0])
    window.activateWindow()
    window.editor.setFocus()
    yield window
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


def phones(window: MainWindow) -> IntervalTier:
    assert window.session.textgrid is not None
    tier = window.session.textgrid.tiers[1]
    assert isinstance(tier, IntervalTier)
    return tier


def select(window: MainWindow, label: str) -> int:
    index = next(i for i, x in enumerate(phones(window).intervals) if x.text == label)
    window.session.select_item(1, index)
    return index


def logged(window: MainWindow, qtbot: QtBot, rows: int) -> list[dict[str, object]]:
    log = window.measuring.log
    qtbot.waitUntil(lambda: not log.is_busy and len(log.rows) == rows, timeout=LONG_MS)
    return list(log.rows)


def charted(window: MainWindow, qtbot: QtBot) -> None:
    charting = window.measuring.charting
    qtbot.waitUntil(lambda: not charting.is_busy and not charting.points.waiting, timeout=LONG_MS)


def test_f12_logs_the_row_of_measure_and_the_file_holds_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    index = select(window, "AE1")
    qtbot.keyClick(window.editor, Qt.Key.Key_F12)
    window.session.clear_selection()
    window.session.set_cursor(phones(window).intervals[index].midpoint_s)
    qtbot.keyClick(window.editor, Qt.Key.Key_F12)
    over, at = logged(window, qtbot, 2)
    recording = window.session.recording
    assert recording is not None
    token = token_at(recording.path.absolute(), phones(window), index)
    (measured,) = measure_tokens([token], None, MeasureSettings())
    for n in (1, 2, 3, 4):
        assert over[f"F{n}_hz"] == measured[f"F{n}_mean_hz"]
    assert over["f0_hz"] == measured["f0_mean_hz"]
    assert over["intensity_db"] == measured["intensity_mean_db"]
    assert over["ceiling_hz"] == 5500.0 and over["label"] == "AE1"
    assert (at["how"], at["F1_hz"]) != (over["how"], over["F1_hz"])
    lines = (state_folder() / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [over, at]


def test_the_queries_give_the_numbers_of_the_log(window: MainWindow, qtbot: QtBot) -> None:
    said: list[str] = []
    session, keys = window.session, (Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F5, Qt.Key.Key_F8)
    session.note.connect(said.append)
    for name in ("pitch", "intensity"):
        session.set_overlay(name, True)
    index = select(window, "AE1")
    qtbot.waitUntil(lambda: window.bench.is_settled, timeout=LONG_MS)
    for step in range(2):
        if step:
            session.clear_selection()
            session.set_cursor(phones(window).intervals[index].tmin_s + 0.031)
        qtbot.keyClick(window.editor, Qt.Key.Key_F12)
        row = logged(window, qtbot, step + 1)[-1]
        said.clear()
        for answers, key in enumerate(keys, start=1):
            qtbot.keyClick(window.editor, key)
            qtbot.waitUntil(lambda n=answers: len(said) == n, timeout=LONG_MS)  # type: ignore[misc]
        numbers = [float(text.split(" = ")[1].split()[0].replace(",", "")) for text in said]
        wanted = [row[name] for name in ("F1_hz", "F2_hz", "f0_hz", "intensity_db")]
        np.testing.assert_allclose(numbers, wanted, atol=0.006)


def test_rows_outlive_the_window_and_a_torn_line(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    state_folder().mkdir(parents=True, exist_ok=True)
    (state_folder() / "log.jsonl").write_text('{"label": "old"}\n{"label": "to', encoding="utf-8")
    select(window, "IY1")
    qtbot.keyClick(window.editor, Qt.Key.Key_F12)
    assert [row["label"] for row in logged(window, qtbot, 2)] == ["old", "IY1"]
    lines = (state_folder() / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1])["label"] == "IY1" and len(lines) == 3
    window.measuring.log.clear()
    assert window.measuring.log.rows == ()
    (kept,) = state_folder().glob("log-*.jsonl")
    assert "IY1" in kept.read_text(encoding="utf-8")


def test_the_table_its_columns_clipboard_and_export(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = window.measuring.log_panel
    for label in ("AE1", "IY1"):
        select(window, label)
        qtbot.keyClick(window.editor, Qt.Key.Key_F12)
    rows = logged(window, qtbot, 2)
    qtbot.keyClick(window.editor, Qt.Key.Key_F12, SHIFT)
    assert panel.isVisible() and panel.table.hasFocus()
    window.actions_by_id["log.columns"].trigger()
    dialog = window.findChild(LogColumns)
    assert dialog is not None
    items = {dialog.list.item(i).text().split(":")[0]: i for i in range(dialog.list.count())}
    for row in range(dialog.list.count()):
        dialog.list.item(row).setCheckState(Qt.CheckState.Unchecked)
    dialog.accept()
    assert "one column" in dialog.error.text() and dialog.isVisible()
    for title in ("Label", "F1 (Hz)"):
        dialog.list.item(items[title]).setCheckState(Qt.CheckState.Checked)
    dialog.list.setCurrentRow(items["F1 (Hz)"])
    for _ in range(items["F1 (Hz)"]):
        dialog.up.click()
    dialog.accept()
    assert panel.columns == ("F1_hz", "label")
    assert SettingsFile().load().measuring.log_columns == ("F1_hz", "label")
    model = panel.table.model()
    assert model.headerData(0, Qt.Orientation.Horizontal) == "F1 (Hz)"
    assert model.data(model.index(1, 1)) == "IY1"
    panel.table.selectAll()
    qtbot.keyClick(panel.table, Qt.Key.Key_C, CONTROL)
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0] == "F1_hz\tlabel" and copied[2] == f"{rows[1]['F1_hz']}\tIY1"
    path = tmp_path / "out"
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(path), "Tab-separated table (*.tsv)")
    )
    with qtbot.waitSignal(window.measuring.log.exported, timeout=LONG_MS):
        panel.export()
    head = path.with_suffix(".tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")
    assert head[:2] == ["F1_hz", "label"] and "ceiling_hz" in head
    window.session.clear_selection()
    panel.go_to(0)
    assert window.session.selection == (rows[0]["tmin_s"], rows[0]["tmax_s"])


def test_a_failed_measurement_is_a_sentence(
    window: MainWindow, qtbot: QtBot, speech: tuple[Path, Path]
) -> None:
    said: list[str] = []
    window.session.message.connect(said.append)
    speech[0].unlink()
    qtbot.keyClick(window.editor, Qt.Key.Key_F12)
    wanted = "Nothing was logged: "
    qtbot.waitUntil(lambda: any(text.startswith(wanted) for text in said), timeout=LONG_MS)
    logged(window, qtbot, 0)


def test_a_click_in_the_chart_goes_to_the_interval(window: MainWindow, qtbot: QtBot) -> None:
    tools = window.measuring
    plot = tools.chart_panel.plot
    qtbot.keyClick(window.editor, Qt.Key.Key_V, CONTROL | SHIFT)
    assert tools.chart_panel.isVisible()
    charted(window, qtbot)
    points = tools.charting.points
    labels = [phones(window).intervals[i].text for i in points.indices]
    assert points.symbols[labels.index("AE1")] == "æ" and "T" not in labels
    assert len(points.indices) + points.undefined == sum(
        any(c.isdigit() for c in x.text) for x in phones(window).intervals
    )
    qtbot.waitUntil(lambda: plot.box.width() > 150 and plot.box.height() > 150, timeout=LONG_MS)
    # F1 grows downwards, F2 to the left.
    scene = [plot.box.mapViewToScene(QPointF(f2, f1)) for f1, f2 in ((300, 900), (800, 2200))]
    assert scene[0].y() < scene[1].y() and scene[0].x() > scene[1].x()
    number = labels.index("AE1")
    f1, f2 = points.formants_hz[number]
    window.session.select_item(1, 0)
    assert plot.marked is None
    place = plot.mapFromScene(plot.box.mapViewToScene(QPointF(f2, f1)))
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    chosen = window.session.item_index
    assert chosen == points.indices[number] and plot.marked == number
    assert window.session.tier_index == 1
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert window.session.item_index == points.indices[number - 1]
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert window.session.item_index == chosen


def test_the_chart_follows_edits_settings_and_choices(window: MainWindow, qtbot: QtBot) -> None:
    tools, session = window.measuring, window.session
    panel = tools.chart_panel
    window.actions_by_id["chart.show"].trigger()
    charted(window, qtbot)
    before = tools.charting.points
    index = select(window, "AE1")
    window.label_bar.field.setText("T")
    window.label_bar.field.setModified(True)
    window.label_bar.commit()
    charted(window, qtbot)
    assert set(before.indices) - set(tools.charting.points.indices) == {index}
    session.undo_stack.undo()
    charted(window, qtbot)
    np.testing.assert_array_equal(tools.charting.points.formants_hz, before.formants_hz)
    panel.how.setCurrentIndex(panel.how.findData("lobanov"))
    panel.how.activated.emit(0)
    shown = panel.plot._points
    np.testing.assert_allclose(shown.mean(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(shown.std(axis=0, ddof=1), 1.0)
    window.bench.class_map = load_class_map("vowels5")
    panel.only_classes.click()
    charted(window, qtbot)
    assert set(tools.charting.points.symbols) <= {"i", "æ", "ɝ", "ɑ", "u"}
    measuring = SettingsFile().load().measuring
    assert (measuring.chart_normalisation, measuring.chart_all_vowels) == ("lobanov", False)
    panel.tiers.setCurrentIndex(0)
    panel.tiers.activated.emit(0)
    charted(window, qtbot)
    assert "words" in panel.nothing.text() and not tools.charting.points.indices
    assert panel.pages.currentWidget() is panel.nothing and not panel.export_button.isEnabled()


def test_the_tier_of_any_name_with_the_most_vowels_is_charted(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, charting = window.session, window.measuring.charting
    textgrid = session.textgrid
    assert textgrid is not None and charting.tier_index == 1
    renamed = tuple(
        replace(tier, name=name) for tier, name in zip(textgrid.tiers, "ab", strict=True)
    )
    session.replace_textgrid(replace(textgrid, tiers=renamed), "Rename")
    assert charting.tier_index == 1
    session.replace_textgrid(replace(textgrid, tiers=renamed[::-1]), "Move")
    assert charting.tier_index == 0


def test_vowels_beyond_the_sound_are_counted(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    tier, textgrid = phones(window), session.textgrid
    assert textgrid is not None
    late = Interval(tier.tmax_s, tier.tmax_s + 1.0, "AA1")
    longer = IntervalTier(tier.name, tier.tmin_s, tier.tmax_s + 1.0, (*tier.intervals, late))
    grid = type(textgrid)(textgrid.tmin_s, tier.tmax_s + 1.0, (longer,))
    session.replace_textgrid(grid, "lengthen")
    window.actions_by_id["chart.show"].trigger()
    charted(window, qtbot)
    assert window.measuring.charting.points.undefined >= 1
    assert "without a defined F1 or F2" in window.measuring.chart_panel.sentence.text()


def test_the_chart_is_exported_as_it_is_shown(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, asked = tmp_path / "chart", []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "PDF (*.pdf)"))
    panel = window.measuring.chart_panel
    monkeypatch.setattr(panel._exporting, "export", lambda *what: asked.append(what))
    window.actions_by_id["chart.export"].trigger()
    assert asked == []  # there is nothing in it yet
    charted(window, qtbot)
    window.actions_by_id["chart.export"].trigger()
    assert asked == [(path.with_suffix(".pdf"), window.measuring.charting.points, "none", None)]


def test_the_slice_shows_cursor_and_selection(window: MainWindow, qtbot: QtBot) -> None:
    tool, session = window.measuring.slice, window.session
    index = select(window, "AE1")
    interval = phones(window).intervals[index]
    session.clear_selection()
    session.set_cursor(interval.midpoint_s)
    qtbot.keyClick(window.editor, Qt.Key.Key_L, CONTROL)
    assert tool.isVisible()
    qtbot.waitUntil(lambda: tool.held is not None and not tool.is_busy, timeout=LONG_MS)
    assert tool.held is not None and tool.held.time_s == interval.midpoint_s
    assert len(tool._marks) == int(np.isfinite(tool.held.formants_hz).sum()) > 0
    session.select_times(interval.tmin_s, interval.tmax_s)
    qtbot.waitUntil(lambda: tool.held is not None and tool.held.time_s is None, timeout=LONG_MS)
    assert "means" in tool.sentence.text()
    tool.show_formants.click()
    assert tool._marks == []


def test_settings_are_used_at_once_and_remembered(window: MainWindow, qtbot: QtBot) -> None:
    bench = window.bench
    window.actions_by_id["sound.formants"].trigger()
    dialog = window.findChild(NumberDialog, "Formant settings")
    assert dialog is not None
    dialog.inputs["ceiling_hz"].setText("5000")
    dialog.inputs["dot_mm"].setText("2")
    assert dialog.apply() and dialog.isVisible()
    assert bench.settings.formant.ceiling_hz == 5000
    assert bench.analysis._kinds["formants"].settings.ceiling_hz == 5000
    small = window.tracks.dots.opts["size"]
    assert SettingsFile().load().formant.ceiling_hz == 5000
    dialog.inputs["ceiling_hz"].setText("20")
    dialog.inputs["dot_mm"].setText("1")
    dialog.accept()
    assert dialog.isVisible() and "Formant ceiling = 20 Hz" in dialog.error.text()
    assert bench.settings.formant.ceiling_hz == 5000
    assert window.tracks.dots.opts["size"] == small
    dialog.inputs["ceiling_hz"].setText("five")
    dialog.accept()
    assert "“five” is no number" in dialog.error.text()
    dialog.standards.click()
    dialog.accept()
    assert bench.settings.formant.ceiling_hz == 5500
    assert window.tracks.dots.opts["size"] == pytest.approx(small / 2)


def test_spectrogram_and_pitch_settings(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_id["sound.spectrogram"].trigger()
    dialog = window.findChild(NumberDialog, "Spectrogram settings")
    assert dialog is not None
    for name, value in (("f_max_hz", "8000"), ("window_s", "0.03"), ("maximum_db", "60")):
        dialog.inputs[name].setText(value)
    dialog.inputs["autoscale"].setChecked(False)
    dialog.accept()
    view = window.spectrogram
    qtbot.waitUntil(lambda: view.is_ready and view.levels == (-10.0, 60.0), timeout=LONG_MS)
    assert window.session.f_max_hz == 8000
    assert (view._settings.window_s, view._settings.maximum_db) == (0.03, 60.0)
    kept = SettingsFile().load().spectrogram
    assert (kept.f_max_hz, kept.maximum_db) == (8000.0, 60.0)
    window.actions_by_id["sound.pitch"].trigger()
    pitch = window.findChild(NumberDialog, "Pitch settings")
    assert pitch is not None
    pitch.inputs["floor_hz"].setText("600")
    pitch.accept()
    assert "below the ceiling" in pitch.error.text()
    pitch.inputs["floor_hz"].setText("100")
    pitch.inputs["ceiling_hz"].setText("300")
    pitch.accept()
    assert window.bench.settings.pitch.ceiling_hz == 300
    assert (view.pitch_axis.low, view.pitch_axis.high) == (100, 300)


def test_the_label_has_another_key(window: MainWindow, qtbot: QtBot) -> None:
    select(window, "AE1")
    qtbot.keyClick(window.editor, Qt.Key.Key_E, CONTROL)
    assert window.label_bar.field.hasFocus()
