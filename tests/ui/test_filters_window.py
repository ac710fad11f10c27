"""Kernels of the model in use, and the top tokens of a folder that was made of a real sentence."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from vowelscope.app.workbench import Workbench
from vowelscope.core.corpus import build_corpus
from vowelscope.core.phones import load_class_map
from vowelscope.explain.corpus_run import explain_corpus
from vowelscope.explain.filter_plan import plan_filters
from vowelscope.explain.filter_shards import ask_filters
from vowelscope.explain.filter_table import make_table
from vowelscope.explain.kernels import read_kernels
from vowelscope.explain.model import load_model
from vowelscope.explain.shards import make_plan
from vowelscope.ui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, tiny_model_folder: Path) -> Iterator[MainWindow]:
    window = MainWindow(Workbench(tiny_model_folder, only_looks=True))
    window.show()
    window.bench.start()
    qtbot.waitUntil(lambda: window.bench.explaining.model is not None, timeout=60_000)
    yield window
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


@pytest.fixture
def corpus(speech: Any, tmp_path: Path) -> Path:
    """The sentence four times over: so that there are tokens enough to say something."""
    path, spoken = tmp_path / "corpus.parquet", tmp_path / "spoken"
    spoken.mkdir()
    for number in range(4):
        for path in speech:
            shutil.copy(path, spoken / f"said{number}{path.suffix}")
    build_corpus([spoken], load_class_map("vowels5"), path, seed=1, jobs=1)
    return path


@pytest.fixture
def folder(corpus: Path, tiny_model_folder: Path, tmp_path: Path) -> Path:
    out = tmp_path / "filters"
    ask_filters(plan_filters(corpus, tiny_model_folder, stage=1), out)
    make_table(out, top=4)
    return out


def test_the_kernels_of_the_model_in_use_are_shown_and_chosen(
    window: MainWindow, qtbot: QtBot, tiny_model_folder: Path
) -> None:
    filters = window.corpus.filters
    window.actions_by_id["filters.show"].trigger()
    dialog, filtering = filters.window, filters.filtering
    qtbot.waitUntil(lambda: filtering.kernels is not None, timeout=60_000)
    found = read_kernels(load_model(tiny_model_folder))
    assert "First layer of tiny: 64 kernels of 875 Hz × 24.5 ms." in dialog.head.text()
    assert "may" not in dialog.head.text() and "not that a formant" in dialog.caveat.text()
    grid, plots = dialog.grid, dialog.plots
    first = found.kernels[0]
    assert plots.title.text().startswith(f"Filter {first.number}: ")
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.place(5).center().toPoint())
    assert grid.current == 5
    assert plots.title.text().startswith(f"Filter {found.kernels[5].number}: ")
    assert str(found.kernels[5].number) in grid.accessibleDescription()
    assert "activation per dB" in plots.scale.text() and "cycles/kHz" in plots.words.text()
    assert plots.kernel_image.image.shape == (7, 7, 4)
    box = plots.kernel_image.mapRectToParent(plots.kernel_image.boundingRect())
    assert (box.left(), box.right()) == pytest.approx((-12.25, 12.25))  # 7 columns of 3.5 ms
    assert (box.top(), box.bottom()) == pytest.approx((-437.5, 437.5))  # 7 rows of 125 Hz
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.current == 6
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.place(grid.current).top() > grid.place(6).top()
    qtbot.keyClick(grid, Qt.Key.Key_Up)
    assert grid.place(grid.current).top() == grid.place(6).top()
    # What is drawn is the kernel, the lowest frequency at the bottom.
    image = grid._images[0]
    strong = np.unravel_index(np.abs(first.weights).argmax(), (7, 7))
    colour = image.pixelColor(int(strong[1]), 6 - int(strong[0]))
    assert colour.alpha() == 255
    wanted = grid._theme.positive if first.weights[strong] > 0 else grid._theme.negative
    assert colour.name() == wanted


def test_a_click_on_a_token_opens_its_recording(
    window: MainWindow,
    qtbot: QtBot,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[tuple[float, float]] = []
    filters, session = window.corpus.filters, window.session
    filtering, tokens = filters.filtering, filters.window.tokens
    monkeypatch.setattr(
        filtering._reaching, "_play", lambda start, stop: heard.append((start, stop))
    )
    window.actions_by_id["corpus.browse"].trigger()
    qtbot.mouseClick(window.corpus.browser.filters, Qt.MouseButton.LeftButton)
    assert filters.window.isVisible() and filters.window.tabs.currentWidget() is tokens
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    with qtbot.waitSignal(filtering.thumbnails, timeout=60_000):
        qtbot.mouseClick(tokens.open_folder, Qt.MouseButton.LeftButton)
    table = filtering.table
    assert table is not None and "Stage 1 of tiny: 64 filters" in tokens.sentence.text()
    assert tokens.model.rowCount() == 64
    values = [abs(row["d_prime"] or 0) for row in filtering.rows]
    assert values == sorted(values, reverse=True)
    number = filtering.rows[0]["filter"]
    top = table.top[number]
    assert tokens.words.text().startswith(f"Filter {number} ")
    assert "43 × 43 pixels" in tokens.caveat.text()
    assert tokens.strip.accessibleDescription().startswith(f"/{top[0]['class']}/ {top[0]['word']}")
    assert [one.row for one in tokens.strip._seen] == top
    assert all(one.grey is not None and one.grey.shape == (64, 64) for one in tokens.strip._seen)
    place = tokens.strip.place(1).center().toPoint()
    qtbot.mouseClick(tokens.strip, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: session.selected_interval is not None, timeout=30_000)
    assert session.recording is not None and str(session.recording.path) == top[1]["recording"]
    assert session.selection == (top[1]["tmin_s"], top[1]["tmax_s"]) and heard == []
    tokens.strip.setFocus()
    qtbot.keyClick(tokens.strip, Qt.Key.Key_Left)
    qtbot.keyClick(tokens.strip, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(heard), timeout=30_000)
    assert session.selection == (top[0]["tmin_s"], top[0]["tmax_s"])
    assert heard == [(top[0]["tmin_s"], top[0]["tmax_s"])]
    # Another order, another filter: its tokens follow.
    with qtbot.waitSignal(filtering.thumbnails, timeout=30_000) as told:
        tokens.by.setCurrentIndex(tokens.by.findData("filter"))
        tokens.by.activated.emit(tokens.by.currentIndex())
        tokens.table.selectRow(7)
    assert told.args[0] == 7 and tokens.words.text().startswith("Filter 7 ")
    window.bench.set_theme("dark")
    assert tokens.strip._images[0] is not None


def test_the_corpus_in_the_browser_is_shown_to_a_stage(
    window: MainWindow, qtbot: QtBot, corpus: Path, tiny_model_folder: Path, tmp_path: Path
) -> None:
    filters, out = window.corpus.filters, tmp_path / "explained"
    filtering, tokens = filters.filtering, filters.window.tokens
    filters.show_tokens()
    assert not tokens.run.isEnabled(), "there is no corpus"
    explain_corpus(make_plan(corpus, tiny_model_folder), out, 1)
    with qtbot.waitSignal(window.corpus.browsing.changed, timeout=30_000):
        window.corpus.browsing.read(out)
    filters.show_tokens()
    assert tokens.run.text() == "&Ask the corpus" and not tokens.progress.isVisible()
    tokens.stage.setCurrentIndex(tokens.stage.findData(2))
    seen: list[tuple[int, int]] = []
    filtering.running_changed.connect(lambda: seen.append((filtering.done, filtering.total)))
    qtbot.mouseClick(tokens.run, Qt.MouseButton.LeftButton)
    assert filtering.is_running and tokens.run.text() == "S&top" and tokens.progress.isVisible()
    qtbot.waitUntil(lambda: filtering.table is not None, timeout=60_000)
    table = filtering.table
    assert table is not None and table.out == out / "filters-stage2"
    assert "Stage 2 of tiny: 128 filters" in tokens.sentence.text()
    assert not filtering.is_running and tokens.run.text() == "&Ask the corpus"
    count = window.corpus.browser.model.rowCount()
    assert (count, count) in seen and (128, 128) in seen
    tokens.stage.setCurrentIndex(tokens.stage.findData(3))
    tokens.start_or_stop()
    tokens.start_or_stop()
    assert not filtering.is_running and filtering.table is table
    (out / "explain.json").write_text("{")
    tokens.start_or_stop()
    qtbot.waitUntil(lambda: "the file is damaged" in window.notice.text.text(), timeout=30_000)
    assert not filtering.is_running and filtering.table is table


def test_a_recording_that_is_gone_leaves_its_place_empty(
    window: MainWindow, qtbot: QtBot, folder: Path
) -> None:
    filters = window.corpus.filters
    for path in (folder.parent / "spoken").glob("*.wav"):
        path.unlink()
    filters.show_tokens()
    with qtbot.waitSignal(filters.filtering.thumbnails, timeout=60_000):
        filters.filtering.read(folder)
    seen = filters.window.tokens.strip._seen
    assert len(seen) == 4 and all(
        one.grey is None and "there is no such file" in one.note for one in seen
    )
    filters.window.grab()


def test_a_folder_that_holds_no_filters_is_a_sentence_and_changes_nothing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    filters = window.corpus.filters
    filters.show_tokens()
    filters.filtering.read(tmp_path)
    qtbot.waitUntil(lambda: "holds no filters" in window.notice.text.text(), timeout=10_000)
    assert filters.filtering.table is None and filters.window.tokens.model.rowCount() == 0
