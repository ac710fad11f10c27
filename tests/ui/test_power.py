from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import parselmouth
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from vowelscope.core.audio import Recording
from vowelscope.core.errors import AnalysisError
from vowelscope.core.spectrogram import power_at
from vowelscope.ui.main_window import MainWindow


def test_it_is_praats_number(speech: Any) -> None:
    recording = Recording(speech.wav)
    praat = parselmouth.Sound(str(speech.wav)).to_spectrogram()
    loudest = float(praat.values.max())
    seen = 0
    for time_s in praat.xs()[5:-5:37]:
        for freq_hz in praat.ys()[3::29]:
            wanted = float(parselmouth.praat.call(praat, "Get power at", time_s, freq_hz))
            if wanted > 1e-5 * loudest:
                assert power_at(recording, time_s, freq_hz) == pytest.approx(wanted, rel=0.15)
                seen += 1
    assert seen > 50
    with pytest.raises(AnalysisError, match="no spectrum at"):
        power_at(recording, 99.0, 500.0)
    with pytest.raises(AnalysisError, match="no spectrum at"):
        power_at(recording, 0.5, 9000.0)
    assert np.isfinite(power_at(recording, 0.0, 0.0)) and power_at(recording, 0.5, 8000.0) >= 0


@pytest.fixture
def said(grid_window: MainWindow) -> Iterator[list[str]]:
    notes: list[str] = []
    grid_window.session.note.connect(notes.append)
    yield notes
    grid_window.session.note.disconnect(notes.append)


def test_f7_says_it_at_the_cursors(grid_window: MainWindow, said: list[str], qtbot: QtBot) -> None:
    session, plot = grid_window.session, grid_window.spectrogram
    plot.frequency_hz = None
    QTest.keyClick(grid_window.editor, Qt.Key.Key_F7)
    assert "Click in the spectrogram first" in said[-1]
    session.set_cursor(0.5)
    plot.frequency_hz = 100.0
    QTest.keyClick(grid_window.editor, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: "Power at 0.5000 s and 100.0 Hz" in said[-1], timeout=10_000)
    first = said[-1]
    session.set_view(0.45, 0.55)
    QTest.keyClick(grid_window.editor, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: len(said) == 3, timeout=10_000)
    assert said[-1] == first, "the same at every zoom"
    assert session.recording is not None and isinstance(session.recording.path, Path)
