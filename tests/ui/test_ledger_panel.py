from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from vowelscope.app.places import formant_road
from vowelscope.app.shown import MapChoice
from vowelscope.cli import main
from vowelscope.core.hand_points import HandPoint
from vowelscope.core.textgrid import IntervalTier
from vowelscope.explain.bands import BandSettings, road_tracks
from vowelscope.explain.ledger import ROWS, make_ledger
from vowelscope.ui.ledger_bars import signed
from vowelscope.ui.main_window import MainWindow


def show(window: MainWindow, qtbot: QtBot) -> Any:
    window.actions_by_id["ledger.show"].trigger()
    tools = window.explaining
    qtbot.waitUntil(lambda: tools.ledgering.ledger is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not tools.ledgering.is_busy, timeout=60_000)
    return tools.ledgering, tools.ledger_panel


def vowels(window: MainWindow) -> list[int]:
    tier, class_map = window.session.selected_tier, window.bench.class_map
    assert isinstance(tier, IntervalTier) and class_map is not None
    return [at for at, x in enumerate(tier.intervals) if class_map.class_of(x.text)]


def test_the_ledger_is_that_of_the_road_and_adds_up_to_the_logit(
    explained_window: MainWindow, qtbot: QtBot
) -> None:
    window, session = explained_window, explained_window.session
    assert window.explaining.ledgering.ledger is None, "nobody looks: nothing is computed"
    ledgering, panel = show(window, qtbot)
    explanation, recording = session.explanation, session.recording
    assert explanation is not None and recording is not None
    road = formant_road(window.bench, session.selected_tier)
    own, *others = road_tracks(
        [ledgering.token, *ledgering._others], road, window.bench.settings.pitch
    )
    assert len(others) == len(vowels(window)) - 1
    right = make_ledger(explanation, own, BandSettings(), others, recording.duration_s)
    assert np.allclose(ledgering.ledger.parts, right.parts)
    assert np.allclose(ledgering.ledger.swapped, right.swapped)
    logit = float(explanation.logits.max())
    assert sum(row.logits for row in panel.bars.rows) == pytest.approx(logit, abs=1e-4)
    assert signed(logit) in panel.head.text()
    assert "a cell is 4,000 Hz tall" in panel.reasons.text()
    assert f"{len(others)} tracks of other tokens" in panel.chance.text()


def test_it_follows_the_map_chooser_and_the_half_widths(
    explained_window: MainWindow, qtbot: QtBot
) -> None:
    window, session = explained_window, explained_window.session
    ledgering, panel = show(window, qtbot)
    session.set_map_choice(MapChoice("contrast", "i", "u"))
    explanation = session.explanation
    assert explanation is not None
    apart = float(explanation.logits[0] - explanation.logits[4])
    assert sum(row.logits for row in panel.bars.rows) == pytest.approx(apart, abs=1e-4)
    assert "/i/ − /u/" in panel.head.text()
    before = ledgering.ledger
    areas = dict(zip(ROWS, before.areas, strict=False))
    panel.formant_half.setValue(400)
    qtbot.waitUntil(lambda: ledgering.ledger is not before, timeout=20_000)
    wider = dict(zip(ROWS, ledgering.ledger.areas, strict=False))
    assert wider["F3"] > 1.2 * areas["F3"]
    assert window.bench.settings.explain.formant_half_hz == 400
    assert sum(row.logits for row in panel.bars.rows) == pytest.approx(apart, abs=1e-4)
    session.set_map_choice(MapChoice("class", "no such class"))
    assert panel.bars.rows == () and "choose another map" in panel.head.text()


def test_the_next_selection_wins(explained_window: MainWindow, qtbot: QtBot) -> None:
    window, session = explained_window, explained_window.session
    ledgering, _ = show(window, qtbot)
    first = ledgering.ledger
    tier_index, wanted = session.tier_index, vowels(window)
    assert tier_index is not None
    for at in wanted[1:4]:
        session.select_item(tier_index, at)
        assert ledgering.ledger in (first, None)
        qtbot.wait(5)
    qtbot.waitUntil(
        lambda: session.explanation is not None and ledgering.ledger is not None, timeout=60_000
    )
    qtbot.waitUntil(lambda: not ledgering.is_busy, timeout=60_000)
    assert ledgering.token.index == wanted[3]
    assert ledgering.explanation is session.explanation
    sums = ledgering.ledger.parts.sum(axis=1)
    assert session.explanation is not None
    assert sums == pytest.approx(session.explanation.logits, abs=1e-4)
    session.select_item(tier_index, None)
    qtbot.waitUntil(lambda: ledgering.ledger is None, timeout=20_000)
    assert "Select a labelled interval" in window.explaining.ledger_panel.head.text()


def test_a_formant_set_by_hand_and_another_ceiling_count(
    explained_window: MainWindow, qtbot: QtBot
) -> None:
    window, session = explained_window, explained_window.session
    ledgering, _ = show(window, qtbot)
    tracks, before = ledgering.tracks, ledgering.ledger
    at = int(
        np.argmin(np.abs(tracks.formant_track.times_s - 0.5 * (tracks.tmin_s + tracks.tmax_s)))
    )
    time_s = float(tracks.formant_track.times_s[at])
    choices = window.bench.choices
    points = choices.points.with_points([HandPoint(time_s, 3, 3210.0, 0.003125)])
    choices.set_points(points, "Set F3")
    qtbot.waitUntil(lambda: ledgering.ledger is not before, timeout=60_000)
    assert ledgering.tracks.at(np.array([time_s]))[0, 3] == pytest.approx(3210.0)
    second = ledgering.ledger
    qtbot.waitUntil(lambda: not ledgering.is_busy, timeout=60_000)
    window.bench.change(formant=replace(window.bench.settings.formant, ceiling_hz=4500.0))
    qtbot.waitUntil(
        lambda: ledgering.tracks.formant_track.settings.ceiling_hz == 4500.0, timeout=60_000
    )
    qtbot.waitUntil(lambda: not ledgering.is_busy, timeout=60_000)
    assert ledgering.ledger is not second
    assert session.explanation is ledgering.explanation


def test_copied_and_exported(
    explained_window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: Any
) -> None:
    window, session = explained_window, explained_window.session
    _, panel = show(window, qtbot)
    panel.copy_button.click()
    lines = list(csv.DictReader(QGuiApplication.clipboard().text().splitlines(), delimiter="\t"))
    assert [line["band"] for line in lines] == list(ROWS)
    assert session.explanation is not None
    logit = float(session.explanation.logits.max())
    assert sum(float(line["logits"]) for line in lines) == pytest.approx(logit, abs=1e-4)
    path = tmp_path / "out.csv"
    monkeypatch.setattr(
        "vowelscope.ui.ledger_panel.QFileDialog.getSaveFileName",
        lambda *_: (str(tmp_path / "out"), "CSV (*.csv)"),
    )
    with qtbot.waitSignal(session.note, timeout=20_000) as said:
        window.actions_by_id["ledger.export"].trigger()
    assert str(path) in said.args[0]
    (first, *_) = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    assert first["audio"] == "speech.wav" and first["ceiling_hz"] == "5500.0"
    assert first["formant_half_width_hz"] == "200.0" and len(first["model_hash"]) == 12


def test_each_row_says_itself_in_words(explained_window: MainWindow, qtbot: QtBot) -> None:
    _, panel = show(explained_window, qtbot)
    bars = panel.bars
    line = bars.height() / (len(bars.rows) + 2)
    row = bars.row_at(1.5 * line)
    assert row is not None and row.name == "above F4"
    assert bars.row_at(0.5 * line) is None and bars.row_at(bars.height() - 2.0) is None
    assert "F1: " in bars.accessibleDescription() and "not resolvable" in bars._words(
        next(row for row in bars.rows if row.name == "F1")
    )
    image = bars.grab().toImage()
    assert (
        len(
            {
                image.pixelColor(QPoint(x, y)).name()
                for x in range(0, 200, 3)
                for y in range(0, 200, 3)
            }
        )
        > 3
    )


def test_the_command_gives_the_ledger_of_the_window(
    explained_window: MainWindow,
    qtbot: QtBot,
    speech: Any,
    tiny_model_folder: Path,
    tmp_path: Path,
) -> None:
    window, session, bench = explained_window, explained_window.session, explained_window.bench
    tier, index = session.selected_tier, session.item_index
    assert isinstance(tier, IntervalTier) and index is not None
    others = [at for at in vowels(window) if at != index]
    chosen = bench.choices.ceilings
    for at, ceiling_hz in ((index, 4600.0), (others[1], 6250.0)):
        span = tier.intervals[at].tmin_s, tier.intervals[at].tmax_s
        chosen = chosen.with_choice(tier.name, *span, None, ceiling_hz)
    bench.choices.set_ceilings(chosen, "Ceilings")
    middle_s = tier.intervals[index].midpoint_s
    points = [HandPoint(middle_s + 0.003 * n, 2, 1500.0 + n, 0.003) for n in range(-4, 5)]
    bench.choices.set_points(bench.choices.points.with_points(points), "Set F2")
    ledgering, _ = show(window, qtbot)
    words: list[object] = [
        "explain", speech.wav, speech.textgrid, "--tier", "phones", "--at", middle_s,
        "--model", tiny_model_folder, "--ledger", "--no-figures", "-o", tmp_path / "out",
    ]  # fmt: skip
    seen = []
    for scope, ceiling in (("fixed", "5500"), ("token", "auto"), ("file", "auto-file")):
        bench.change(ceiling_scope=scope)
        wanted_hz = 5500.0 if scope == "fixed" else 4600.0
        qtbot.waitUntil(
            lambda hz=wanted_hz: (
                ledgering.tracks.formant_track.settings.ceiling_hz == hz  # type: ignore[misc]
                and not ledgering.is_busy
            ),
            timeout=60_000,
        )
        assert main([str(word) for word in [*words, "--ceiling", ceiling]]) == 0
        text = (tmp_path / "out" / "explanations.jsonl").read_text(encoding="utf-8")
        line, ledger = json.loads(text), ledgering.ledger
        assert line["ceiling_hz"] == wanted_hz and line["formants_by_hand"] == [2]
        said = np.array([line["ledger"]["logits"][name] for name in ledger.classes])
        assert np.allclose(said, ledger.parts, rtol=0, atol=2e-5)
        assert line["ledger"]["n_swapped"] == len(others) == len(ledger.swapped)
        rows = ledger.rows(line["ledger"]["of"])
        for name in ("place_swapped", "place_shifted"):
            places = [getattr(row, name) for row in rows]
            assert line["ledger"][name] == pytest.approx(places, abs=1e-4, nan_ok=True)
        seen.append((ledger.parts, ledger.swapped))
    assert not np.allclose(seen[0][0], seen[1][0], atol=1e-3), "the token's own ceiling counts"
    assert not np.allclose(seen[1][1], seen[2][1], atol=1e-3), "and those of the others"
