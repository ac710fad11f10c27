"""The chart beside the table: one selection and one filter in both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from vowelscope.app.workbench import Workbench
from vowelscope.explain.browse import Browsed
from vowelscope.explain.marks import read_marks
from vowelscope.explain.shards import Plan
from vowelscope.ui.main_window import MainWindow

CLASSES = ("i", "ɑ", "u")
CENTRES_HZ = ((300, 2300, 3000), (750, 1100, 2500), (320, 900, 2400))
LEFT = Qt.MouseButton.LeftButton
LONG_MS = 20_000


def made(n: int, out: Path) -> Browsed:
    """Tokens of three classes that lie apart; the first has no F1, the second none at 80 %."""
    rng = np.random.default_rng(0)
    y = np.arange(n) % 3
    said = np.where(np.arange(n) % 10 == 0, (y + 1) % 3, y)
    formants_hz = np.full((n, 3, 4), 3500.0)
    spread = np.exp(0.06 * rng.normal(size=(n, 3, 3)))
    formants_hz[:, :, :3] = np.array(CENTRES_HZ)[y][:, None, :] * spread
    formants_hz[0, 1, 0] = formants_hz[1, 2, 0] = np.nan
    plan = Plan(
        "/c", "0" * 64, "/m", "made", "1" * 64, n, 64, 4, CLASSES, (2, 3), (0.0, 8000.0), "0"
    )
    names = ("recording", "textgrid", "tier", "label")
    texts = {name: np.full(n, f"/{name}", object) for name in names}
    texts["word"] = np.array([f"w{at}" for at in range(n)], object)
    texts["split"] = np.full(n, "test", object)
    one = (("one",), np.zeros(n, int))
    return Browsed(
        out=out, plan=plan, texts=texts, ranked={}, row=np.arange(n), index=np.zeros(n, int),
        tmin_s=np.zeros(n), tmax_s=0.05 + np.arange(n) / n, y=y, said=said, by_formants=y,
        probability=rng.uniform(0.4, 1.0, n), margin=np.ones(n), formants_hz=formants_hz,
        groups=dict.fromkeys(("set", "speaker", "split"), one),
    )  # fmt: skip


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window whose browser has 90 made tokens in corpus order, and its chart."""
    window = MainWindow(Workbench(tmp_path / "no model", only_looks=True))
    browser, browsing = window.corpus.browser, window.corpus.browsing
    monkeypatch.setattr("vowelscope.app.browsing._maps", lambda _browsed, _at: [])
    monkeypatch.setattr(browsing, "thumbnails", _Nobody())
    browsing.by = "corpus"
    browser.bring()
    (tmp_path / "out").mkdir()
    show(window, qtbot, made(90, tmp_path / "out"))
    qtbot.mouseClick(browser.chart_shown, LEFT)
    settle(window, qtbot)
    yield window
    window.close()
    window.deleteLater()


class _Nobody:
    """A signal that nobody hears."""

    def emit(self, *_what: object) -> None:
        """Say nothing."""


def show(window: MainWindow, qtbot: QtBot, browsed: Browsed) -> None:
    window.corpus.browsing._on_read((browsed, frozenset(), ""))
    settle(window, qtbot)


def settle(window: MainWindow, qtbot: QtBot) -> None:
    panel, charting = window.corpus.browser.chart, window.corpus.charting

    def is_drawn() -> bool:
        return not charting.is_busy and not panel._soon.isActive()

    qtbot.waitUntil(is_drawn, timeout=LONG_MS)


def place_of(window: MainWindow, token: int) -> QPoint:
    """Where a token is drawn, in pixels of the plot."""
    plot, chart = window.corpus.browser.chart.plot, window.corpus.charting.chart
    assert chart is not None
    down, across = chart.points[int(chart.at(np.array([token]))[0])]
    return plot.mapFromScene(plot.box.mapViewToScene(QPointF(across, down)))


def alone(window: MainWindow) -> list[int]:
    """Tokens that no other lies near, the most lonely first."""
    chart = window.corpus.charting.chart
    assert chart is not None
    scaled = chart.points / chart.points.std(axis=0)
    away = np.hypot(*(scaled[:, None] - scaled[None]).T)
    np.fill_diagonal(away, np.inf)
    return [int(chart.places[at]) for at in np.argsort(-away.min(axis=0))]


def test_the_origin_is_at_the_top_right_and_the_picture_has_the_dots(window: MainWindow) -> None:
    charting, plot = window.corpus.charting, window.corpus.browser.chart.plot
    picture = charting.picture
    assert picture is not None and picture.cell_px == 0 and picture.in_view == 89
    scene = [plot.box.mapViewToScene(QPointF(f2, f1)) for f1, f2 in ((300, 900), (800, 2200))]
    assert scene[0].y() < scene[1].y() and scene[0].x() > scene[1].x()
    shown = plot.grab().toImage()
    place = place_of(window, alone(window)[0])
    ratio = shown.devicePixelRatio()
    found = shown.pixelColor(round(place.x() * ratio), round(place.y() * ratio))
    assert found.saturation() > 100, "a dot in the colour of its class"
    words = window.corpus.browser.chart.words.text()
    assert "89 tokens" in words and "without F1 or F2 there: 1." in words


def test_a_click_selects_the_row_and_goes_to_the_token(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, browsing = window.corpus.browser, window.corpus.browsing
    went: list[tuple[int, bool]] = []
    monkeypatch.setattr(browsing, "go_to", lambda at, play=False: went.append((at, play)))
    plot, token = browser.chart.plot, alone(window)[0]
    qtbot.mouseMove(plot.viewport(), place_of(window, token))
    qtbot.waitUntil(lambda: f"w{token} " in browser.chart.under.text(), timeout=LONG_MS)
    qtbot.mouseClick(plot.viewport(), LEFT, pos=place_of(window, token))
    assert went == [(token, False)] and browsing.here == token
    assert browser.table.currentIndex().row() == token
    assert browser.table.chosen_places().tolist() == [token]
    other = next(at for at in alone(window)[1:] if at > 1)
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(plot.viewport(), LEFT, control, pos=place_of(window, other))
    assert sorted(browser.table.chosen_places().tolist()) == sorted((token, other))
    assert went == [(token, False)], "one more is selected, and nothing opened"
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_M)
    assert sorted(np.flatnonzero(browsing.marking.marked)) == sorted((token, other))
    browsing.marking.flush()
    assert browsing.browsed is not None
    assert read_marks(browsing.browsed.out, browsing.browsed.plan) == {token, other}
    qtbot.keyClick(plot, Qt.Key.Key_Space)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert went[1:] == [(other, True), (other, False)]
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert browsing.selection.tolist() == [other + 1]


def test_rows_of_the_table_are_ringed_with_their_trajectories(
    window: MainWindow, qtbot: QtBot
) -> None:
    browser, charting = window.corpus.browser, window.corpus.charting
    plot, chart = browser.chart.plot, charting.chart
    assert chart is not None
    browser.table.selectRow(5)
    x, y = plot.here.getData()
    assert (y[0], x[0]) == tuple(chart.points[int(chart.at(np.array([5]))[0])])
    x, y = plot.tracks.getData()
    track = chart.tracks[int(chart.at(np.array([5]))[0])]
    np.testing.assert_array_equal(np.column_stack([y, x])[:3], track)
    assert np.isnan(x[3]) and len(plot.ends.getData()[0]) == 1
    # The second has no formant at 80 %, the first none in its middle.
    browser.table.selectRow(1)
    assert "where a formant is missing: 1." in browser.chart.words.text()
    assert len(plot.ends.getData()[0]) == 0
    browser.table.selectRow(0)
    assert len(plot.here.getData()[0]) == 0
    assert "Selected but not in the chart: 1." in browser.chart.words.text()


def drag(qtbot: QtBot, plot: Any, corners: list[QPoint]) -> None:
    view = plot.viewport()
    qtbot.mousePress(view, LEFT, pos=corners[0])
    for corner in corners[1:]:
        qtbot.mouseMove(view, corner)
        # The scene takes a move that comes too soon after another for the same.
        qtbot.wait(20)
    qtbot.mouseRelease(view, LEFT, pos=corners[-1])


def test_an_outline_filters_the_table_and_its_tokens_can_be_marked(
    window: MainWindow, qtbot: QtBot
) -> None:
    browser, browsing = window.corpus.browser, window.corpus.browsing
    panel, charting = browser.chart, window.corpus.charting
    plot = panel.plot
    panel.fields.drag.setCurrentIndex(panel.fields.drag.findData("rectangle"))
    panel.fields.drag.activated.emit(1)
    of_i = [at for at in range(1, 90) if at % 3 == 0]
    places = [place_of(window, at) for at in of_i]
    across, down = [p.x() for p in places], [p.y() for p in places]
    first = QPoint(max(min(across) - 6, 1), max(min(down) - 6, 1))
    last = QPoint(max(across) + 6, max(down) + 6)
    drag(qtbot, plot, [first, QPoint((first.x() + last.x()) // 2, last.y() - 3), last])
    qtbot.waitUntil(lambda: browsing.outlined is not None, timeout=LONG_MS)
    settle(window, qtbot)
    assert browsing.order.tolist() == of_i and browser.model.rowCount() == len(of_i)
    assert "within the outline" in browser.sentence.text()
    # The others stay, without colour, and cannot be chosen.
    chart = charting.chart
    assert chart is not None and len(chart) == 89
    assert plot._pick(plot.mapToScene(place_of(window, 4))) == -1
    qtbot.mouseClick(browser.marks.mark_all, LEFT)
    assert np.flatnonzero(browsing.marking.marked).tolist() == of_i
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    settle(window, qtbot)
    assert browser.isVisible() and browsing.outlined is None
    assert browser.model.rowCount() == 90 and not panel.release.isEnabled()


def test_an_outline_with_shift_adds_to_the_one_before(window: MainWindow, qtbot: QtBot) -> None:
    browsing, charting = window.corpus.browsing, window.corpus.charting
    chart = charting.chart
    assert chart is not None
    for number, more in ((0, False), (1, True)):
        own = chart.points[chart.places % 3 == number]
        low, high = own.min(axis=0) - 1, own.max(axis=0) + 1
        corners = np.array([low, (low[0], high[1]), high, (high[0], low[1])])
        window.corpus.browser.chart.plot.outlined.emit(corners, more)
        settle(window, qtbot)
    assert set(browsing.order % 3) == {0, 1} and len(browsing.order) == 59


def test_filters_and_colours_are_followed(window: MainWindow, qtbot: QtBot) -> None:
    browser, charting = window.corpus.browser, window.corpus.charting
    panel = browser.chart
    browser.label.setCurrentIndex(browser.label.findData(1))
    browser.label.activated.emit(0)
    settle(window, qtbot)
    assert charting.chart is not None and set(charting.chart.places % 3) == {1}
    before = panel.plot.box.viewRange()
    fields = panel.fields
    for colour, words in (("doubt", "Doubt"), ("agreement", "predicted otherwise"), ("set", "one")):
        fields.colour.setCurrentIndex(fields.colour.findData(colour))
        fields.colour.activated.emit(0)
        settle(window, qtbot)
        shown = panel.key.bar.accessibleName() if colour == "doubt" else panel.key.kinds.text()
        assert words in shown.replace("&nbsp;", " ")
        assert panel.key.bar.isVisible() == (colour == "doubt")
    assert panel.plot.box.viewRange() == before, "the same axes keep the view"
    fields.across.setCurrentIndex(fields.across.findData("F2-F1"))
    fields.how.setCurrentIndex(fields.how.findData("bark"))
    fields.how.activated.emit(0)
    settle(window, qtbot)
    assert panel.plot.getPlotItem().getAxis("top").labelText == "F2 − F1 (Bark)"
    assert panel.plot.box.viewRange() != before


def test_nothing_to_show_and_another_folder(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    browsing, charting = window.corpus.browsing, window.corpus.charting
    panel = window.corpus.browser.chart
    browsing.show_only_marked(True)
    settle(window, qtbot)
    assert charting.chart is not None and len(charting.chart) == 0
    assert "0 tokens" in panel.words.text() and panel.plot._pick(QPointF(200, 200)) == -1
    browsing.show_only_marked(False)
    settle(window, qtbot)
    # An outline of a folder that is shown no longer, and a click on its chart, change nothing.
    everywhere = np.array([[0.0, 0.0], [0.0, 9999.0], [9999.0, 9999.0], [9999.0, 0.0]])
    charting.keep_within(everywhere)
    browsing._on_read((made(30, tmp_path / "out"), frozenset(), ""))
    assert charting.choose_token(80) is None and not charting.can_choose().any()
    settle(window, qtbot)
    assert browsing.outlined is None and len(browsing.order) == 30
    assert len(charting.chart) == 29 and charting.can_choose().all()


def test_what_is_shown_is_exported(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "chart.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(window.session.note, timeout=60_000) as said:
        window.corpus.browser.chart.save.click()
    assert "89 tokens" in said.args[0] and path.read_bytes().startswith(b"\x89PNG")


def test_a_hundred_thousand_tokens_never_hold_the_window_up(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    charting, browsing = window.corpus.charting, window.corpus.browsing
    panel = window.corpus.browser.chart
    turns_ms: dict[str, float] = {}

    def do(step: str, call: Callable[[], object]) -> None:
        """Do something, and time each turn of the event loop until all is drawn."""
        work: Callable[[], object] = call
        until_s = time.monotonic() + 60
        while charting.is_busy or panel._soon.isActive() or work is call:
            assert time.monotonic() < until_s, step
            # The processor time of this thread: what else the machine does is not the window's.
            began_s = time.thread_time()
            work()
            QApplication.processEvents()
            taken_ms = 1000 * (time.thread_time() - began_s)
            turns_ms[step] = max(turns_ms.get(step, 0.0), taken_ms)
            work = _nothing
            time.sleep(0.001)

    browsed = made(100_000, tmp_path / "out")
    browsing._on_read((browsed, frozenset(), ""))
    settle(window, qtbot)
    picture = charting.picture
    assert picture is not None and picture.cell_px > 0 and picture.in_view > 99_000
    assert "too many for dots" in panel.words.text() and "99,999 tokens" in panel.words.text()
    middle = panel.plot.box.sceneBoundingRect().center()
    round_ = np.linspace(0, 2 * np.pi, 300)
    outline = np.array([500.0, 1500.0]) + 200 * np.column_stack([np.sin(round_), np.cos(round_)])
    # Python's collector has little to look at in the program; see `vowelscope.app.pauses`.
    gc.collect()
    gc.freeze()
    request.addfinalizer(gc.unfreeze)
    for step, call in (
        ("colour", lambda: charting.choose(colour="doubt")),
        ("scale", lambda: charting.choose(how="lobanov")),
        ("back", lambda: charting.choose(how="none")),
        ("zoom", lambda: panel.plot.box.scaleBy((0.5, 0.5))),
        ("hover", lambda: panel.plot._on_moved(middle)),
        ("choose", lambda: charting.choose_token(50_000)),
        ("outline", lambda: charting.keep_within(outline)),
        ("mark", lambda: browsing.marking.toggle(browsing.order)),
        ("all", lambda: browsing.keep_within(None)),
    ):
        do(step, call)
        if step == "outline":
            assert browsing.outlined is not None
            assert 0 < len(browsing.order) == browsing.outlined.sum() < 50_000
    assert max(turns_ms.values()) < 50, turns_ms


def _nothing() -> None:
    """Only turn the event loop."""
