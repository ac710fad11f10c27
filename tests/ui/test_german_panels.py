"""Ledger panel, lamp and tuning panel in a German window: no English sentence is left."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from vowelscope.core.translation import LANGUAGE_VARIABLE

_SHOW = """
import json
import numpy as np
from PySide6.QtWidgets import QApplication, QComboBox, QProgressBar, QWidget
app = QApplication([])
from vowelscope.app.shown import MapChoice
from vowelscope.app.workbench import Workbench
from vowelscope.core.acoustics import FormantTrack, PitchTrack
from vowelscope.core.features import FeatureSpec, ModelInput
from vowelscope.core.translation import Said
from vowelscope.explain.bands import BandSettings, Tracks
from vowelscope.explain.base import Explanation, cell_edges
from vowelscope.explain.ledger import make_ledger
from vowelscope.explain.ledger_table import ledger_table
from vowelscope.explain.randomised import Randomised
from vowelscope.explain.ranks import RankCorrelation
from vowelscope.explain.tuning import TuningSettings, lamp, spectral_tuning
from vowelscope.ui.lamp_sign import LampSign
from vowelscope.ui.main_window import MainWindow

class Runs:
    def run(self, images):
        gives = images[:, 0].reshape(len(images), 8, 8, 2, 8).mean(axis=(2, 4))
        maps = np.stack([gives, 0.5 * gives ** 2], axis=1).astype(np.float32)
        return maps.mean(axis=(2, 3)), maps

spec = FeatureSpec(rows=64, columns=16, column_s=0.0125)
db = np.random.default_rng(1).uniform(-55, -5, (64, 16)).astype(np.float32)
span = 0.45, 0.55
seen = ModelInput(db, spec.freq_edges_hz, spec.time_edges_s(*span), spec)

def explained(columns):
    _, maps = Runs().run(seen.image()[None])
    maps = maps[0] if columns == 2 else maps[0].mean(axis=2, keepdims=True)
    return Explanation(
        "cam", ("i", "u"), maps.mean(axis=(1, 2)), np.zeros(2, np.float32), maps,
        cell_edges(seen.freq_edges_hz, 8, 8), cell_edges(seen.time_edges_s, columns, 16 // columns),
        *span, seen, "made", "0" * 64)

def tracks(*values):
    times = np.arange(0.35, 0.65, 0.00625)
    held = np.tile(np.array(values, float), (len(times), 1))
    level = np.zeros(len(times))
    found = FormantTrack(times, held[:, 1:], np.full((len(times), 4), 80.0), level, level)
    pitch = np.arange(0.35, 0.65, 0.01)
    return Tracks(*span, found, PitchTrack(pitch, np.full(len(pitch), values[0], float)))

window = MainWindow(Workbench(only_looks=True))
window.show()
session, tools = window.session, window.explaining
texts, notes, english, tables = [], [], [], []

def gather(panel):
    for part in (panel, *panel.findChildren(QWidget)):
        for name in ("text", "title", "windowTitle", "toolTip", "accessibleName",
                     "accessibleDescription"):
            if callable(getattr(part, name, None)):
                texts.append(str(getattr(part, name)()))
        if isinstance(part, QComboBox):
            texts.extend(part.itemText(at) for at in range(part.count()))
        if isinstance(part, QProgressBar):
            texts.append(part.format())

def note(said):
    if isinstance(said, Said):
        notes.append(said.template)
        for value in said.values.values():
            for one in value if isinstance(value, tuple) else (value,):
                note(one)

gather(tools.ledger_panel)
gather(tools.tuning_panel)
session.set_map_choice(MapChoice("class", "i"))
others = [tracks(120, 400 + 10 * at, 1500, 2500, 3500) for at in range(12)]
nan = float("nan")
for columns, own in (
    (2, tracks(120, 500, 1500, 2600, 3700)), (1, tracks(120, 600, 900, 2600, 9000)),
    (2, tracks(nan, nan, 1500, 2600, 3700)), (2, tracks(300, 200, 1500, 2600, 3700)),
):
    explanation = explained(columns)
    session.explanation = explanation
    ledger = make_ledger(explanation, own, BandSettings(), others, 2.0)
    tools.ledgering.ledger, tools.ledgering.explanation = ledger, explanation
    tools.ledgering.changed.emit()
    gather(tools.ledger_panel)
    for row in ledger.rows("i"):
        note(row.note)
        english.append(str(row.note))
    tables += [line["note"] or "" for line in ledger_table(ledger, explanation, "i")]

explanation = explained(2)
session.explanation = explanation
sweeping = tools.sweeping
fill = window.bench.settings.explain.tuning_fill
tuning = spectral_tuning(explanation, Runs(), TuningSettings(fill, 4.0, 4.0))
sweeping._kept[id(explanation), fill] = explanation, tuning
sweeping._tests[explanation.model_hash] = Randomised(("fc", "layer4"), (0.9, 0.8), 0.5, 3)
sweeping.changed.emit()
gather(tools.tuning_panel)
shown = tools.tuning_panel.reasons.text()
sign = LampSign()
for colour in ("green", "yellow", "red"):
    sign.show_colour(colour)
    gather(sign)
for agreement in (
    RankCorrelation(0.9, 0.5, 1.0, 2), RankCorrelation(nan, nan, nan, 8),
    RankCorrelation(-0.4, -0.8, 0.1, 8), RankCorrelation(0.4, -0.1, 0.8, 8),
    RankCorrelation(0.9, 0.5, 1.0, 8),
):
    for test in (None, *(Randomised(("fc",), (alike,), strength, 3)
                         for alike in (0.1, 0.5, 0.9) for strength in (0.5, 1.0))):
        texts += lamp(agreement, test).reasons
print(json.dumps([texts, notes, english, tables, shown]))
window.bench.shutdown()
"""

_ENGLISH = re.compile(
    r"\b(the|of|is|are|and|not|with|without|which|what|how|from|than|away|row|rows|map|maps|"
    r"weights|above|below|undefined|lies|tall|wide|taken|agree|ask)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    folder = str(tmp_path_factory.mktemp("settings"))
    done = subprocess.run(
        [sys.executable, "-c", _SHOW],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={
            **os.environ,
            LANGUAGE_VARIABLE: "de",
            "PYTHONIOENCODING": "utf-8",
            "VOWELSCOPE_CONFIG_DIR": folder,
            "VOWELSCOPE_STATE_DIR": folder,
        },
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def test_no_english_is_left(shown: list[Any]) -> None:
    texts = [text for text in shown[0] if text]
    assert len(texts) > 60
    assert sorted({text for text in texts if _ENGLISH.search(text)}) == []
    assert any("Rangkorrelation" in text for text in texts)
    assert any("nicht auflösbar" in text and " 1,000 Hz hoch" in text for text in texts)
    assert shown[4].startswith("Rot. ") and "zufälligen Gewichten" in shown[4]


def test_every_note_of_the_ledger_was_reached(shown: list[Any], repository: Path) -> None:
    source = (repository / "vowelscope" / "explain" / "ledger.py").read_text(encoding="utf-8")
    templates = {
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "said"
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(templates) == 8
    assert templates == set(shown[1])


def test_what_goes_into_files_stays_english(shown: list[Any]) -> None:
    _, _, english, tables, _ = shown
    assert tables == english
    assert any("a cell is 1,000 Hz tall" in note for note in tables)
    assert not any("Zelle" in note for note in tables)
