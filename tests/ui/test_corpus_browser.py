"""The browser over shards that were made of the sentence that the tests speak."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from vowelscope.app.workbench import Workbench
from vowelscope.cli import main
from vowelscope.core.textgrid_io import read_textgrid
from vowelscope.explain.marks import read_marks
from vowelscope.explain.shards import _SCHEMA, FORMANTS, Plan, shard_path
from vowelscope.ui.main_window import MainWindow

CLASSES = ("i", "æ", "ɝ", "ɑ", "u")
LABELS = {"IY1": "i", "AE1": "æ", "ER1": "ɝ", "ER0": "ɝ", "AA1": "ɑ", "UW1": "u"}


def explained(out: Path, speech: Any) -> Path:
    """Every vowel of the sentence; the first is predicted as /u/, with the largest margin."""
    tier = read_textgrid(speech.textgrid).textgrid.tiers[1]
    held = [(at, i) for at, i in enumerate(tier.intervals) if i.text in LABELS]
    plan = Plan(
        corpus="/c.parquet", corpus_sha256="0" * 64, model="/m", model_name="made",
        model_sha256="1" * 64, tokens=len(held), shard_tokens=4, batch=4, classes=CLASSES,
        cells=(7, 7), freq_edges_hz=tuple(np.linspace(0, 8000, 8)), version="0",
    )  # fmt: skip
    out.mkdir()
    (out / "explain.json").write_text(json.dumps(asdict(plan)))
    rows = []
    for row, (index, interval) in enumerate(held):
        name = LABELS[interval.text]
        said = "u" if row == 0 else name
        logits = np.zeros(5, np.float32)
        logits[CLASSES.index(said)] = 9 - row
        rows.append({
            "row": row, "recording": str(speech.wav), "textgrid": str(speech.textgrid),
            "set": "made", "speaker": "s", "utterance": "a", "tier": "phones", "index": index,
            "tmin_s": interval.tmin_s, "tmax_s": interval.tmax_s, "label": interval.text,
            "class": name, "stress": 1, "word": f"w{row}", "left": "", "right": "",
            "split": "test", "predicted": said, "logits": logits,
            "map": np.full(5 * 49, row, np.float32), "f0_hz": 200.0, "note": None,
            **dict.fromkeys(FORMANTS, 500.0),
        })  # fmt: skip
    for number in range(plan.shards):
        part = pa.Table.from_pylist([rows[at] for at in plan.rows_of(number)], schema=_SCHEMA)
        pq.write_table(part, shard_path(out, number))
    return out


@pytest.fixture
def window(
    qtbot: QtBot, speech: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    window = MainWindow(Workbench(tmp_path / "no model", only_looks=True))
    window.show()
    folder = explained(tmp_path / "out", speech)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    window.actions_by_id["corpus.browse"].trigger()
    with qtbot.waitSignal(window.corpus.browsing.changed, timeout=30_000):
        qtbot.mouseClick(window.corpus.browser.open_folder, Qt.MouseButton.LeftButton)
    yield window
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


def column(window: MainWindow, number: int) -> list[str]:
    model = window.corpus.browser.model
    return [str(model.data(model.index(row, number))) for row in range(model.rowCount())]


def choose(field: Any, data: Any) -> None:
    field.setCurrentIndex(field.findData(data))
    field.activated.emit(field.currentIndex())


def test_orders_and_filters(window: MainWindow, qtbot: QtBot) -> None:
    browser = window.corpus.browser
    count = browser.model.rowCount()
    assert count >= 6
    assert f"{count} of {count} tokens; {count - 1} predicted as labelled." in (
        browser.sentence.text()
    )
    assert column(window, 0)[-1] == "w0", "the least certain first"
    choose(browser.by, "label")
    assert column(window, 0)[0] == "w0"
    assert (column(window, 1)[0], column(window, 2)[0]) == ("/i/", "/u/")
    choose(browser.label, CLASSES.index("ɝ"))
    assert set(column(window, 1)) == {"/ɝ/"}
    choose(browser.label, None)
    browser.text.setText("w3")
    qtbot.waitUntil(lambda: browser.model.rowCount() == 1, timeout=10_000)
    assert column(window, 0) == ["w3"]
    browser.text.setText("nothing like it")
    qtbot.waitUntil(lambda: browser.model.rowCount() == 0, timeout=10_000)
    choose(browser.part, "train")
    assert browser.model.rowCount() == 0


def test_a_click_opens_the_recording_at_the_interval_and_space_plays_it(
    window: MainWindow, qtbot: QtBot, speech: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, session = window.corpus.browser, window.session
    heard: list[tuple[float, float]] = []
    monkeypatch.setattr(
        window.corpus.browsing, "_play", lambda start, stop: heard.append((start, stop))
    )
    choose(browser.by, "corpus")
    assert session.recording is None
    browser.table.chosen.emit(2)
    qtbot.waitUntil(lambda: session.selected_interval is not None, timeout=30_000)
    assert session.recording is not None and session.recording.path == speech.wav
    browsed = window.corpus.browsing.browsed
    assert browsed is not None and session.tier_index == 1
    assert session.selection == (browsed.tmin_s[2], browsed.tmax_s[2])
    assert session.item_index == browsed.index[2] and heard == []
    browser.table.selectRow(4)
    browser.table.setFocus()
    qtbot.keyClick(browser.table, Qt.Key.Key_Space)
    assert session.selection == (browsed.tmin_s[4], browsed.tmax_s[4])
    assert heard == [(browsed.tmin_s[4], browsed.tmax_s[4])]


def test_the_strip_shows_the_maps_around_the_row(window: MainWindow, qtbot: QtBot) -> None:
    browser = window.corpus.browser
    choose(browser.by, "corpus")
    browser.table.selectRow(1)
    qtbot.waitUntil(
        lambda: "w1 /" in browser.strip.accessibleDescription() and len(browser.strip._maps) >= 6,
        timeout=10_000,
    )
    chosen: list[int] = []
    browser.table.chosen.connect(chosen.append)
    went: list[int] = []
    window.corpus.browsing.go_to = lambda place, play=False: went.append(place)  # type: ignore[method-assign]
    place = browser.strip.place(3).center().toPoint()
    qtbot.mouseClick(browser.strip, Qt.MouseButton.LeftButton, pos=place)
    assert went == [int(window.corpus.browsing.order[3])]
    assert browser.table.currentIndex().row() == 3
    assert isinstance(place, type(QPointF(0, 0).toPoint()))


def test_a_folder_without_explanations_is_a_sentence_and_changes_nothing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    count = window.corpus.browser.model.rowCount()
    window.corpus.browsing.read(tmp_path)
    qtbot.waitUntil(lambda: "holds no explanations" in window.notice.text.text(), timeout=10_000)
    assert window.corpus.browser.model.rowCount() == count


def test_a_cell_of_the_matrix_shows_its_tokens_and_what_decided_them(
    window: MainWindow, qtbot: QtBot
) -> None:
    browser = window.corpus.browser
    qtbot.mouseClick(browser.lens, Qt.MouseButton.LeftButton)
    lens = browser.lens_window
    assert lens.isVisible()
    browsed = window.corpus.browsing.browsed
    assert browsed is not None
    label = int(browsed.y[0])
    item = lens.matrix.item(label, CLASSES.index("u"))
    assert item is not None and item.text().startswith("1\n")
    with qtbot.waitSignal(window.corpus.browsing.looked, timeout=20_000):
        lens.matrix.cellClicked.emit(label, CLASSES.index("u"))
    assert column(window, 0) == ["w0"]
    assert browser.label.currentData() == label
    assert browser.said.currentData() == CLASSES.index("u")
    assert f"/{CLASSES[label]}/ called /u/" in lens.strip.accessibleDescription()
    assert "are called /u/" in lens.words.text() and "8,000 Hz" in lens.words.text()


def marks(window: MainWindow) -> list[str]:
    return [word for word, mark in zip(column(window, 0), column(window, 11), strict=True) if mark]


def test_m_marks_the_rows_and_pressed_again_unmarks_them(window: MainWindow, qtbot: QtBot) -> None:
    browser, marking = window.corpus.browser, window.corpus.browsing.marking
    browsed = window.corpus.browsing.browsed
    assert browsed is not None and marks(window) == []
    choose(browser.by, "corpus")
    browser.table.selectRow(1)
    browser.table.setFocus()
    qtbot.keyClick(browser.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(browser.table, Qt.Key.Key_M)
    assert marks(window) == ["w1", "w2"] and browser.marks.count.text() == "2 marked"
    marking.flush()
    assert read_marks(browsed.out, browsed.plan) == {1, 2}
    browser.marks.only.click()
    assert column(window, 0) == ["w1", "w2"]
    qtbot.mouseClick(browser.marks.mark_all, Qt.MouseButton.LeftButton)
    assert marking.count == 0
    browser.marks.only.click()
    assert browser.model.rowCount() == len(browsed)
    browser.lens.click()
    with qtbot.waitSignal(window.corpus.browsing.looked, timeout=20_000):
        browser.lens_window.matrix.cellClicked.emit(int(browsed.y[0]), CLASSES.index("u"))
    browser.lens_window.mark.click()
    marking.flush()
    assert marks(window) == ["w0"] and read_marks(browsed.out, browsed.plan) == {0}
    with qtbot.waitSignal(window.corpus.browsing.changed, timeout=30_000):
        window.corpus.browsing.read(browsed.out)
    assert marks(window) == ["w0"]


def test_damaged_marks_are_told_and_never_overwritten(window: MainWindow, qtbot: QtBot) -> None:
    browsing = window.corpus.browsing
    assert browsing.browsed is not None
    path = browsing.browsed.out / "marks.json"
    path.write_text("{")
    with qtbot.waitSignal(browsing.changed, timeout=30_000):
        browsing.read(browsing.browsed.out)
    assert "marks are no JSON" in window.notice.text.text()
    browsing.marking.toggle(browsing.order)
    browsing.marking.flush()
    assert browsing.marking.count == 0 and path.read_text() == "{"


def test_marked_tokens_go_into_a_tier_of_the_file_and_out_again(
    window: MainWindow, qtbot: QtBot, speech: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOWELSCOPE_STATE_DIR", str(tmp_path / "state"))
    browser, browsing = window.corpus.browser, window.corpus.browsing
    before, old = speech.textgrid.read_bytes(), read_textgrid(speech.textgrid).textgrid
    browsing.marking.toggle(browsing.order[:3])
    browser.marks.write.click()
    writer = browser.marks.writer
    assert "3 marked" in writer.words.text() and not writer.undo.isEnabled()
    writer.name.setText("doubtful")
    with qtbot.waitSignal(browsing.marking.finished, timeout=20_000):
        writer.write.click()
    after = read_textgrid(speech.textgrid).textgrid
    assert after.tiers[:-1] == old.tiers and after.tiers[-1].name == "doubtful"
    texts = [x.text for x in after.tiers[-1].intervals if x.text]  # type: ignore[union-attr]
    assert len(texts) == 3 and all("→" in text for text in texts)
    model = writer.model
    assert [model.data(model.index(0, at)) for at in range(3)] == [
        speech.textgrid.name, "yes", "3 written.",
    ]  # fmt: skip
    with qtbot.waitSignal(browsing.marking.finished, timeout=20_000):
        writer.undo.click()
    assert speech.textgrid.read_bytes() == before and not writer.undo.isEnabled()


def test_the_command_writes_the_same_bytes_and_takes_back_what_the_window_wrote(
    window: MainWindow, qtbot: QtBot, speech: Any, tmp_path: Path
) -> None:
    browsing = window.corpus.browsing
    assert browsing.browsed is not None
    before = speech.textgrid.read_bytes()
    browsing.marking.toggle(browsing.order[[0, 2]])
    browsing.marking.flush()
    command = ["corpus", "suspects", str(browsing.browsed.out)]
    with qtbot.waitSignal(browsing.marking.finished, timeout=20_000):
        browsing.marking.write("suspect")
    by_window = speech.textgrid.read_bytes()
    assert by_window != before
    assert main([*command, "--undo"]) == 0
    assert speech.textgrid.read_bytes() == before
    assert main([*command, "--marked", "--write"]) == 0
    assert speech.textgrid.read_bytes() == by_window


def test_the_open_textgrid_is_edited_in_its_window_as_one_step(
    window: MainWindow, qtbot: QtBot, speech: Any
) -> None:
    browsing, session = window.corpus.browsing, window.session
    window.corpus.browser.table.chosen.emit(0)
    qtbot.waitUntil(lambda: session.selected_interval is not None, timeout=30_000)
    before, on_disk = session.textgrid, speech.textgrid.read_bytes()
    browsing.marking.toggle(browsing.order[:3])
    said: list[Any] = []
    browsing.marking.finished.connect(said.extend)
    browsing.marking.write("suspect")
    assert session.textgrid is not None and session.textgrid.tiers[-1].name == "suspect"
    assert session.undo_stack.count() == 1 and "not saved yet" in said[0].sentence
    assert speech.textgrid.read_bytes() == on_disk
    session.undo_stack.undo()
    assert session.textgrid is before
