"""The formant ceiling in a window: found, drawn within the token, taken by key, kept, measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from vowelscope.app.workbench import Workbench
from vowelscope.cli import main
from vowelscope.core.acoustics import FormantSettings, formants
from vowelscope.core.ceilings import best_of_file, candidates
from vowelscope.core.sidecar import sidecar_path
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid
from vowelscope.ui.main_window import MainWindow
from vowelscope_training.known_vowels import RATE_HZ, KnownVowels, known_vowels

TIMEOUT = 30_000


@pytest.fixture(scope="module")
def vowels() -> KnownVowels:
    return known_vowels("tall man", 5, ("i", "ɑ", "uɑ"))


@pytest.fixture
def talk(vowels: KnownVowels, tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    sf.write(path, vowels.samples, RATE_HZ, subtype="PCM_16")
    stop_s = len(vowels.samples) / RATE_HZ
    intervals, at_s = [], 0.0
    for label, start_s, end_s in vowels.tokens:
        intervals += [Interval(at_s, start_s, ""), Interval(start_s, end_s, label)]
        at_s = end_s
    intervals.append(Interval(at_s, stop_s, ""))
    tier = IntervalTier("phones", 0.0, stop_s, tuple(intervals))
    write_textgrid(path.with_suffix(".TextGrid"), TextGrid(0.0, stop_s, (tier,)))
    return path


@pytest.fixture
def window(qtbot: QtBot, talk: Path, tmp_path: Path) -> Iterator[MainWindow]:
    window = MainWindow(Workbench(tmp_path / "no-model"))
    window.resize(1200, 800)
    window.show()
    with qtbot.waitSignal(window.bench.opened, timeout=TIMEOUT):
        window.bench.open(talk)
    yield window
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


def _wait(window: MainWindow, qtbot: QtBot, tmin_s: float, by: str) -> None:
    ceilings = window.ceilings.ceilings
    qtbot.waitUntil(
        lambda: (
            ceilings.found is not None
            and ceilings.found.tmin_s == tmin_s
            and ceilings.by == by
            and ceilings.track is not None
        ),
        timeout=TIMEOUT,
    )


def test_the_ceiling_of_a_token_is_found_drawn_stepped_kept_and_measured(
    window: MainWindow,
    qtbot: QtBot,
    talk: Path,
    vowels: KnownVowels,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, tmin_s, tmax_s = vowels.tokens[1]
    session, tools = window.session, window.ceilings
    overlay = tools.overlay
    session.select_item(0, 3)
    assert tools.ceilings.found is None
    window.actions_by_id["ceiling.token"].trigger()
    _wait(window, qtbot, tmin_s, "token")
    expected = candidates(talk, tmin_s, tmax_s)
    found = tools.ceilings.found
    assert found is not None and tools.ceilings.index == expected.best
    # What is drawn is Praat's analysis of the whole at this ceiling, within the token alone.
    ceiling_hz = expected.winner.ceiling_hz
    whole = formants(talk, FormantSettings(ceiling_hz=ceiling_hz), tmin_s, tmax_s)
    x, y = overlay.dots.getData()
    first = whole.freqs_hz[:, 0]
    np.testing.assert_allclose(y[: len(first)], first, rtol=1e-9)
    assert tmin_s - 1e-6 <= x.min() and x.max() <= tmax_s + 1e-6
    usual, _ = window.tracks.dots.getData()
    assert not ((usual >= tmin_s) & (usual <= tmax_s)).any()
    assert f"{ceiling_hz:,.0f} Hz" in overlay.caption.toPlainText()
    # A key takes the next candidate and keeps it.
    window.editor.setFocus()
    qtbot.keyClick(window.editor, Qt.Key.Key_BracketRight)
    _wait(window, qtbot, tmin_s, "hand")
    higher_hz = expected.items[expected.best + 1].ceiling_hz
    assert found.items[tools.ceilings.index or 0].ceiling_hz == higher_hz
    side = sidecar_path(talk.with_suffix(".TextGrid"))
    assert json.loads(side.read_text("utf-8"))["formant_ceilings"][0]["ceiling_hz"] == higher_hz
    assert "by hand" in overlay.caption.toPlainText()
    words = ["measure", str(talk), str(talk.with_suffix(".TextGrid")), "--ceiling", "auto"]
    assert main([*words, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["ceiling_by"] for row in rows] == ["token", "hand", "token"]
    assert rows[1]["ceiling_hz"] == higher_hz
    # Another token, and back: the choice is still there; then the automatic one again.
    session.select_item(0, 1)
    _wait(window, qtbot, vowels.tokens[0][1], "token")
    session.select_item(0, 3)
    _wait(window, qtbot, tmin_s, "hand")
    window.actions_by_id["ceiling.automatic"].trigger()
    _wait(window, qtbot, tmin_s, "token")
    assert json.loads(side.read_text("utf-8"))["formant_ceilings"] == []
    # Not a labelled interval: nothing of it stays on the screen.
    session.select_item(0, 2)
    qtbot.waitUntil(lambda: not overlay.line.isVisible(), timeout=TIMEOUT)
    window.actions_by_id["ceiling.fixed"].trigger()
    assert window.bench.settings.ceiling_scope == "fixed"
    assert window.actions_by_id["ceiling.fixed"].isChecked()


def test_one_ceiling_for_the_tier(
    window: MainWindow, qtbot: QtBot, talk: Path, vowels: KnownVowels
) -> None:
    window.actions_by_id["ceiling.file"].trigger()
    window.session.select_item(0, 1)
    _wait(window, qtbot, vowels.tokens[0][1], "file")
    common = best_of_file([candidates(talk, a, b) for _, a, b in vowels.tokens])
    assert window.ceilings.ceilings.index == common
    window.session.select_item(0, 5)
    _wait(window, qtbot, vowels.tokens[2][1], "file")
    assert window.ceilings.ceilings.index == common


def test_a_damaged_file_of_choices_is_said_and_not_written_over(
    window: MainWindow, qtbot: QtBot, talk: Path, vowels: KnownVowels
) -> None:
    side = sidecar_path(talk.with_suffix(".TextGrid"))
    side.write_text("{", encoding="utf-8")
    said: list[str] = []
    window.session.message.connect(said.append)
    with qtbot.waitSignal(window.bench.opened, timeout=TIMEOUT):
        window.bench.open(talk)
    assert sum("talk.vowelscope.json" in sentence for sentence in said) == 1
    window.actions_by_id["ceiling.token"].trigger()
    window.session.select_item(0, 3)
    _wait(window, qtbot, vowels.tokens[1][1], "token")
    window.actions_by_id["ceiling.higher"].trigger()
    assert side.read_text("utf-8") == "{"
    assert window.ceilings.ceilings.by == "token"
    assert "talk.vowelscope.json" in said[-1]


def test_a_window_is_settled_once_the_ceiling_is_drawn(window: MainWindow, qtbot: QtBot) -> None:
    window.bench.change(ceiling_scope="token")
    qtbot.waitUntil(window.is_settled, timeout=TIMEOUT)
    ceilings = window.ceilings.ceilings
    window.session.select_item(0, 1)
    assert not window.is_settled()
    qtbot.waitUntil(lambda: ceilings.found is not None, timeout=TIMEOUT)
    assert ceilings.track is None and not window.is_settled(), "its track is still to come"
    qtbot.waitUntil(window.is_settled, timeout=TIMEOUT)
    assert ceilings.track is not None
