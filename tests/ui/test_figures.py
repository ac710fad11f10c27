from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import shiboken6
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from vowelscope.ui.figure_dialog import FigureDialog
from vowelscope.ui.main_window import MainWindow

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def dialog(grid_window: MainWindow, qtbot: QtBot) -> Iterator[FigureDialog]:
    grid_window.session.set_view(*grid_window.session.domain)
    qtbot.waitUntil(grid_window.is_settled, timeout=20_000)
    grid_window.actions_by_id["figure.ask"].trigger()
    (dialog,) = grid_window.findChildren(FigureDialog)
    yield dialog
    if shiboken6.isValid(dialog):
        dialog.reject()
    qtbot.waitUntil(lambda: not grid_window.findChildren(FigureDialog))


def made(dialog: FigureDialog, path: Path, qtbot: QtBot) -> Path:
    verbs = dialog._export
    with qtbot.waitSignal(verbs.finished, timeout=60_000):
        dialog.make(path)
    return path


@pytest.mark.parametrize("suffix", ["pdf", "svg", "png"])
def test_a_clean_figure_is_made_of_what_is_chosen(
    dialog: FigureDialog, tmp_path: Path, qtbot: QtBot, suffix: str
) -> None:
    assert dialog.layers["tiers"].isChecked() and not dialog.layers["cam"].isEnabled()
    dialog.unit.setCurrentText("in")
    assert dialog.width_box.value() == pytest.approx(160 / 25.4, abs=0.01)
    dialog.width_box.setValue(5.0)
    dialog.height_box.setValue(3.0)
    dialog.dpi.setValue(100)
    path = made(dialog, tmp_path / f"figure.{suffix}", qtbot)
    if suffix == "png":
        assert QImage(str(path)).size().toTuple() == (500, 300)
    if suffix == "svg":
        assert ElementTree.parse(path).getroot().attrib["width"] == "360pt"
    if suffix == "pdf":
        assert path.read_bytes().startswith(b"%PDF")


def test_png_of_what_is_seen_is_the_views(
    dialog: FigureDialog, grid_window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.seen.setChecked(True)
    assert not dialog.height_box.isEnabled()
    window = grid_window
    area_px = window.ruler.width()
    dialog.dpi.setValue(150)
    dialog.width_box.setValue(area_px / 150 * 25.4)
    picture = QImage(str(made(dialog, tmp_path / "seen.png", qtbot)))
    assert picture.width() == pytest.approx(area_px, abs=1)
    views: tuple[QWidget, ...] = (window.ruler, window.waveform, window.spectrogram, window.tiers)
    top = views[0].mapTo(window, views[0].rect().topLeft()).y()
    grabbed = window.tiers.grab().toImage()
    below = window.tiers.mapTo(window, window.tiers.rect().topLeft()).y() - top
    tiers = picture.copy(0, below, picture.width(), grabbed.height())
    same = sum(
        abs(tiers.pixelColor(x, y).lightness() - grabbed.pixelColor(x, y).lightness()) < 64
        for x in range(0, area_px - 1, 3)
        for y in range(0, grabbed.height(), 3)
    )
    assert same > 0.93 * len(range(0, area_px - 1, 3)) * len(range(0, grabbed.height(), 3))


def test_svg_of_what_is_seen_needs_no_scaling_strokes_and_leaves_the_window_as_it_was(
    dialog: FigureDialog, grid_window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    dots = grid_window.tracks.dots
    dialog.seen.setChecked(True)
    path = made(dialog, tmp_path / "seen.svg", qtbot)
    root = ElementTree.parse(path).getroot()
    assert root.attrib["width"] == "160.000mm"
    assert "non-scaling" not in path.read_text(encoding="utf-8")
    texts = {"".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")}
    assert {"one", "two", "H*", "Time (s)"} <= texts
    assert dots.opts["useCache"]


def test_pdf_of_what_is_seen_holds_its_fonts(
    dialog: FigureDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.seen.setChecked(True)
    data = made(dialog, tmp_path / "seen.pdf", qtbot).read_bytes()
    assert b"/FontFile" in data
    # The spectrogram, with nothing lost; no picture a dot.
    assert data.count(b"/Subtype /Image") <= 3 and b"DCTDecode" not in data


def test_what_will_not_do_is_said_and_the_dialog_stays(
    dialog: FigureDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.start.setText("soon")
    dialog.make(tmp_path / "f.pdf")
    assert "is not a time" in dialog.error.text() and dialog.isVisible()
    dialog.start.setText("0")
    dialog.stop.setText("1")
    with qtbot.waitSignal(dialog._export.failed, timeout=60_000):
        dialog.make(tmp_path / "missing" / "f.pdf")
    assert "missing" in dialog.error.text() and dialog.isVisible()
    assert dialog.button.isEnabled()


def test_without_a_recording_there_is_nothing_to_draw(
    bare_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    bare_window.session.message.connect(said.append)
    monkeypatch.setattr(bare_window.session, "recording", None)
    bare_window.actions_by_id["figure.ask"].trigger()
    assert "Open a recording first" in said[0]
    assert not bare_window.findChildren(FigureDialog)
