"""The dialogs of settings: every field has advice, Standards are Praat's, all is remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from vowelscope.app.settings import Settings, SettingsFile
from vowelscope.app.workbench import Workbench
from vowelscope.core.acoustics import FormantSettings, IntensitySettings, PitchSettings
from vowelscope.core.spectrogram import SpectrogramSettings
from vowelscope.core.voice_report import PulseSettings
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.number_dialog import NumberDialog
from vowelscope.ui.sound_fields import FORMANT, INTENSITY, PITCH, PULSES, SPECTROGRAM
from vowelscope.ui.voice_verbs import TextWindow

LONG_MS = 30_000
PRAATS = {
    "spectrogram": (SPECTROGRAM, SpectrogramSettings()),
    "formants": (FORMANT, FormantSettings()),
    "pitch": (PITCH, PitchSettings()),
    "intensity": (INTENSITY, IntensitySettings()),
    "pulses": (PULSES, PulseSettings()),
}


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = MainWindow(Workbench(tmp_path / "no-model"))
    window.resize(1200, 800)
    window.show()
    yield window
    window.close()
    window.deleteLater()


def ask(window: MainWindow, what: str) -> NumberDialog:
    window.actions_by_id[f"sound.{what}"].trigger()
    title = f"{'Formant' if what == 'formants' else what.capitalize()} settings"
    return window.findChildren(NumberDialog, title)[-1]


@pytest.mark.parametrize("what", list(PRAATS))
def test_fields_have_advice_and_standards(window: MainWindow, what: str) -> None:
    fields, praats = PRAATS[what]
    dialog = ask(window, what)
    assert set(dialog.inputs) == {field.name for field in fields}
    letters = [field.label.partition("&")[2][:1].lower() for field in fields]
    letters.append(dialog.standards.text().partition("&")[2][:1])
    assert len(letters) == len(set(letters)) and "" not in letters
    for field in fields:
        widget = dialog.inputs[field.name]
        assert len(field.advice) > 20
        assert widget.toolTip() == widget.accessibleDescription() == field.advice
        assert widget.accessibleName()
        if getattr(praats, field.name, None) is not None:
            assert getattr(praats, field.name) == field.standard
    dialog.standards.click()
    dialog.accept()
    assert not dialog.isVisible()
    assert window.bench.settings == Settings(overlays=window.bench.settings.overlays)


def test_intensity_pitch_and_shape_are_used_and_remembered(
    window: MainWindow, qtbot: QtBot, tone_wav: Callable[..., Path]
) -> None:
    with qtbot.waitSignal(window.bench.opened, timeout=LONG_MS):
        window.bench.open(tone_wav())
    dialog = ask(window, "intensity")
    dialog.inputs["intensity_low_db"].setText("100")
    dialog.accept()
    assert dialog.isVisible() and "1 dB wide" in dialog.error.text()
    dialog.inputs["intensity_low_db"].setText("30")
    dialog.inputs["min_pitch_hz"].setText("60")
    dialog.inputs["subtract_mean"].setChecked(False)
    dialog.accept()
    axis = window.spectrogram.intensity_axis
    assert (axis.low, axis.high) == (30.0, 100.0)
    kept = SettingsFile().load()
    assert kept.intensity == IntensitySettings(min_pitch_hz=60.0, subtract_mean=False)
    assert kept.view.intensity_low_db == 30.0
    window.actions_by_id["show.intensity"].trigger()
    analysis = window.bench.analysis
    qtbot.waitUntil(lambda: analysis.is_complete("intensity", 0.0, 1.0), timeout=LONG_MS)
    track = analysis.intensity_between(0.0, 1.0)
    assert track is not None and track.settings == kept.intensity
    # The line stands where its own axis says.
    qtbot.waitUntil(lambda: window.tracks.is_drawn, timeout=LONG_MS)
    line = window.tracks.lines["intensity"].getData()[1]
    share = (track.level_db.max() - 30.0) / 70.0
    assert line.max() == pytest.approx(5000.0 * share, rel=1e-3)
    dialog = ask(window, "pitch")
    dialog.inputs["max_candidates"].setText("7.5")
    dialog.accept()
    assert "7.5 is no whole number" in dialog.error.text()
    dialog.inputs["max_candidates"].setText("8")
    dialog.inputs["voicing_threshold"].setText("0.6")
    dialog.accept()
    kept = SettingsFile().load()
    assert kept.pitch == PitchSettings(max_candidates=8, voicing_threshold=0.6)
    dialog = ask(window, "spectrogram")
    shape = dialog.inputs["window_shape"]
    assert isinstance(shape, QComboBox) and shape.currentText() == "Gaussian"
    shape.setCurrentIndex(shape.findData("hanning"))
    dialog.inputs["frequency_steps"].setText("700")
    dialog.accept()
    assert SettingsFile().load().spectrogram.window_shape == "hanning"
    view = window.spectrogram
    qtbot.waitUntil(lambda: view.is_ready and view.image.image.shape[0] == 700, timeout=LONG_MS)


def test_the_voice_report_of_the_selection(
    window: MainWindow, qtbot: QtBot, tone_wav: Callable[..., Path]
) -> None:
    said: list[str] = []
    window.session.message.connect(said.append)
    window.actions_by_id["voice.report"].trigger()
    assert said == ["Open a recording first."]
    with qtbot.waitSignal(window.bench.opened, timeout=LONG_MS):
        window.bench.open(tone_wav(freq_hz=150.0))
    dialog = ask(window, "pulses")
    dialog.inputs["max_period_factor"].setText("0.9")
    dialog.accept()
    assert "must lie above 1" in dialog.error.text()
    dialog.inputs["max_period_factor"].setText("1.2")
    dialog.accept()
    assert SettingsFile().load().pulses == PulseSettings(max_period_factor=1.2)
    window.session.select_times(0.2, 0.6)
    for _ in range(2):
        window.actions_by_id["voice.report"].trigger()
        qtbot.waitUntil(lambda: bool(window.findChildren(TextWindow)), timeout=LONG_MS)
        qtbot.waitUntil(lambda: not window.bench.jobs.is_pending(
            ("voice report", id(window.looks.verbs["voice"]))), timeout=LONG_MS)  # fmt: skip
    qtbot.waitUntil(lambda: len(window.findChildren(TextWindow)) == 1, timeout=LONG_MS)
    (report,) = window.findChildren(TextWindow)
    text = report.text.toPlainText()
    assert "From 0.200000 to 0.600000 seconds" in text and "Mean pitch: 150.0" in text
    assert "period factor 1.2" in text
    report.copy.click()
    assert QGuiApplication.clipboard().text() == text
