"""Annotations of other programs opened and written in the window; Praat's formats by Save as."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from vowelscope.core.interchange import read_annotations, write_annotations
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.textgrid_io import read_textgrid
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.save_formats import SAVE_FORMATS


@pytest.mark.parametrize("suffix", [".eaf", ".csv", ".ctm"])
def test_they_are_opened_and_never_written_over(
    suffix: str, grid_window: MainWindow, small_grid: TextGrid, tmp_path: Path, qtbot: QtBot
) -> None:
    window, session = grid_window, grid_window.session
    assert session.recording is not None and session.document is not None
    beside = session.document.path
    before = beside.read_bytes()
    other = session.recording.path.with_suffix(suffix)
    write_annotations(other, small_grid)
    said: list[str] = []
    session.message.connect(said.append)
    with qtbot.waitSignal(window.bench.opened, timeout=20_000):
        window.file_verbs.open_paths([other])
    session.message.disconnect(said.append)
    assert session.textgrid is not None and session.document.path != beside
    assert session.textgrid.tiers[0].intervals[0].text == "one"
    assert session.textgrid.tmax_s == 1.0
    assert not session.document.path.exists()
    assert any(session.document.path.name in sentence for sentence in said)
    assert all(
        not entry.textgrid.endswith(session.document.path.name)
        for entry in window.bench.settings.recent
    )
    saved = session.document.path
    assert window.file_verbs.save_now()
    assert read_textgrid(saved).textgrid.tiers[0].name == session.textgrid.tiers[0].name
    assert beside.read_bytes() == before
    source = other.read_bytes()
    assert window.file_verbs.save_now() and other.read_bytes() == source


def test_a_damaged_one_changes_nothing(
    grid_window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    session = grid_window.session
    before = session.textgrid
    bad = tmp_path / "bad.eaf"
    bad.write_text("no xml in here")
    said: list[str] = []
    session.message.connect(said.append)
    with qtbot.waitSignal(grid_window.bench.opened, timeout=20_000):
        grid_window.file_verbs.open_paths([bad])
    session.message.disconnect(said.append)
    assert session.textgrid is before and "bad.eaf" in said[0]


@pytest.mark.parametrize(
    ("suffix", "name"), [(".eaf", "talk.TextGrid"), (".eaf", "talk"), (".csv", "talk.csv")]
)
def test_written_as_the_kind_that_was_chosen(
    suffix: str,
    name: str,
    grid_window: MainWindow,
    small_grid: TextGrid,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window, session = grid_window, grid_window.session
    assert session.document is not None
    open_before = session.document
    kind = next(kind for kind in SAVE_FORMATS if kind.suffix == suffix)
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / name), kind.words)
    )
    target = tmp_path / f"talk{suffix}"
    window.actions_by_id["file.save_as"].trigger()
    qtbot.waitUntil(target.exists, timeout=20_000)
    qtbot.waitUntil(
        lambda: not window.bench.jobs.is_pending(("export annotations", id(window.file_verbs))),
        timeout=20_000,
    )
    read = read_annotations(target, 1.0)
    assert [tier.name for tier in read.tiers] == [tier.name for tier in small_grid.tiers]
    assert session.document is open_before
    if name.endswith(".TextGrid"):
        # The dialog asked about another name; so this one is asked about here.
        asked: list[str] = []
        monkeypatch.setattr(
            QMessageBox,
            "question",
            lambda *words: asked.append(words[2]) or QMessageBox.StandardButton.No,
        )
        content = target.read_bytes()
        window.actions_by_id["file.save_as"].trigger()
        assert "talk.eaf" in asked[0] and target.read_bytes() == content


def test_one_tier_goes_into_a_file_of_one(
    grid_window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "phones.txt"
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(target), SAVE_FORMATS[0].words)
    )
    grid_window.session.select_item(1, 0)
    grid_window.actions_by_id["file.save_as"].trigger()
    qtbot.waitUntil(target.exists, timeout=20_000)
    assert [line.split("\t")[2] for line in target.read_text().splitlines()] == ["w", "n", "t"]


@pytest.mark.parametrize(
    ("at", "format", "encoding", "starts"),
    [
        (2, "long", "utf-16-be", b"\xfe\xff"),
        (3, "short", "utf-8", b'File type = "ooTextFile"'),
        (4, "binary", None, b"ooBinaryFile"),
    ],
)
def test_save_as_in_praats_formats(
    at: int,
    format: str,
    encoding: str | None,
    starts: bytes,
    grid_window: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, target = grid_window.session, tmp_path / "as.TextGrid"
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(target), SAVE_FORMATS[at].words)
    )
    grid_window.actions_by_id["file.save_as"].trigger()
    qtbot.waitUntil(lambda: session.document.path == target, timeout=20_000)
    assert target.read_bytes().startswith(starts)
    assert read_textgrid(target).textgrid == session.textgrid
    assert session.document.style.format == format
    assert encoding is None or session.document.style.encoding == encoding
    # It is kept at the next save.
    session.replace_textgrid(TextGrid(0.0, 1.0, session.textgrid.tiers[:1]), "Remove")
    assert grid_window.file_verbs.save_now()
    assert target.read_bytes().startswith(starts)
