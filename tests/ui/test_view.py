"""How the views look: scale and range of frequencies, colours, pulses, channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
import soundfile as sf
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vowelscope.app.settings import SettingsFile
from vowelscope.app.workbench import Workbench
from vowelscope.core.acoustics import visible
from vowelscope.core.acoustics_pulses import pulses
from vowelscope.core.features import FeatureSpec, ModelInput
from vowelscope.core.frequency_axis import SCALE_UNITS, FrequencyAxis
from vowelscope.core.spectrogram import SpectrogramSettings
from vowelscope.explain.base import Explanation
from vowelscope.ui.channel_menu import ChannelMenu
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.number_dialog import NumberDialog
from vowelscope.ui.theme import LIGHT, grey_table
from vowelscope.ui.timeline import LEFT_PX

LONG_MS = 30_000


def buzz(f0_hz: float, seconds: float, rate_hz: int = 16000) -> np.ndarray:
    """A voice-like buzz with a rest in its middle third."""
    t = np.arange(int(seconds * rate_hz)) / rate_hz
    source = np.diff(np.floor(f0_hz * t), prepend=0.0)
    at = np.arange(160) / rate_hz
    sound = np.convolve(source, np.exp(-500 * at) * np.sin(2 * np.pi * 700 * at))[: len(t)]
    sound[len(t) // 3 : 2 * len(t) // 3] = 0
    return 0.5 * sound / np.abs(sound).max()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = MainWindow(Workbench(tmp_path / "no-model"))
    window.resize(1200, 800)
    window.show()
    yield window
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


def show(window: MainWindow, qtbot: QtBot, wav: Path) -> None:
    with qtbot.waitSignal(window.bench.opened, timeout=LONG_MS):
        window.bench.open(wav)
    ready(window, qtbot)


def ready(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.spectrogram.is_ready, timeout=LONG_MS)


def explanation() -> Explanation:
    """A map of 7 x 7 cells, 0-8,000 Hz, with one strong cell in the second row."""
    maps = np.zeros((2, 7, 7), np.float32)
    maps[0, 1, 3] = 5.0
    freqs_hz, times_s = np.linspace(0, 8000, 8), np.linspace(0.4, 0.6, 8)
    held = ModelInput(np.zeros((7, 7), np.float32), freqs_hz, times_s, FeatureSpec())
    logits, bias = maps.mean(axis=(1, 2)), np.zeros(2, np.float32)
    return Explanation(
        "cam", ("i", "u"), logits, bias, maps, freqs_hz, times_s, 0.45, 0.55, held, "m", "0" * 64
    )


def area(image: pg.ImageItem) -> tuple[float, float, float, float]:
    rect = image.mapRectToParent(image.boundingRect())
    return rect.left(), rect.right(), rect.top(), rect.bottom()


@pytest.mark.parametrize("scale", list(SCALE_UNITS))
def test_a_tone_a_dot_a_cell_and_the_cursor_stand_at_their_hz(
    window: MainWindow, qtbot: QtBot, tone_wav: Callable[..., Path], scale: str
) -> None:
    show(window, qtbot, tone_wav(freq_hz=1490.0))
    session, view = window.session, window.spectrogram
    sharp = SpectrogramSettings(window_s=0.03, pre_emphasis_db_per_octave=0)
    window.bench.change(spectrogram=sharp)
    window.actions_by_id["scale.bark"].trigger()
    window.actions_by_id[f"scale.{scale}"].trigger()
    assert window.actions_by_id[f"scale.{scale}"].isChecked()
    ready(window, qtbot)
    axis = session.frequency
    assert axis == FrequencyAxis(0.0, 5000.0, scale)  # type: ignore[arg-type]
    assert SettingsFile().load().spectrogram.scale == scale
    # The row of the picture that is loudest covers the tone.
    _, _, low, high = area(view.image)
    assert (low, high) == pytest.approx((float(axis.place(0)), float(axis.place(5000))))
    rows = view.image.image.shape[0]
    loudest = int(np.median(view.image.image.argmax(axis=0)))
    edges_hz = axis.hz(low + (high - low) * np.array([loudest - 1, loudest + 2]) / rows)
    assert edges_hz[0] <= 1490.0 <= edges_hz[1]
    # Formant dots.
    qtbot.waitUntil(lambda: window.bench.is_settled and window.tracks.is_drawn, timeout=LONG_MS)
    qtbot.waitUntil(lambda: len(window.tracks.dots.getData()[1]) > 0, timeout=LONG_MS)
    track = window.bench.analysis.formants_between(-1.0, 2.0)
    assert track is not None
    freqs_hz = track.freqs_hz[visible(track)]
    freqs_hz = freqs_hz[axis.contains(freqs_hz)]
    np.testing.assert_allclose(window.tracks.dots.getData()[1], axis.place(freqs_hz))
    # Cells of the map.
    session.set_explanation(explanation())
    held = session.explanation
    assert held is not None
    _, y = window.overlay.edges.getData()
    np.testing.assert_allclose(np.unique(y[16:]), axis.place(held.freq_edges_hz), atol=1e-9)
    _, _, low, high = area(window.overlay.image)
    image = window.overlay.image.image
    assert image.shape[:2] == ((7, 7) if scale == "hz" else (1024, 7 * 16))
    fine = np.flatnonzero(image[:, image.shape[1] // 2, 3]) / len(image)
    span_hz = axis.hz(low + (high - low) * np.array([fine[0], fine[-1]]))
    assert span_hz[0] == pytest.approx(held.freq_edges_hz[1], abs=25)
    assert span_hz[1] == pytest.approx(held.freq_edges_hz[2], abs=25 if scale != "hz" else 1200)
    # The mouse reads Hz, and the cell that is drawn there.
    where = view.box.mapViewToScene(QPointF(0.5, float(axis.place(1490.0))))
    place = QPoint(round(where.x()), round(where.y()))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert view.frequency_hz == pytest.approx(1490.0, abs=40)
    assert view._frequency_line.value() == pytest.approx(float(axis.place(view.frequency_hz)))
    window.overlay.show_read_out(0.5, view.hz_at(place.y()))
    said = window._read_out.text()
    assert "1,143–2,286 Hz" in said and "+5.00 logits" in said
    assert (SCALE_UNITS[axis.scale] + ")" in said) == (scale != "hz")
    # The numbers at the axis are Hz.
    ticks = view.frequency_axis.tickValues(axis.low, axis.high, 400.0)[0][1]
    texts = view.frequency_axis.tickStrings(ticks, 1.0, 1.0)
    np.testing.assert_allclose(axis.place([float(text) for text in texts]), ticks)


def test_a_lower_edge_of_the_range(
    window: MainWindow, qtbot: QtBot, tone_wav: Callable[..., Path]
) -> None:
    show(window, qtbot, tone_wav(freq_hz=3000.0))
    session, view = window.session, window.spectrogram
    window.actions_by_id["sound.spectrogram"].trigger()
    dialog = window.findChild(NumberDialog, "Spectrogram settings")
    assert dialog is not None
    dialog.inputs["f_min_hz"].setText("4950")
    dialog.accept()
    assert dialog.isVisible() and "100 Hz wide" in dialog.error.text()
    dialog.inputs["f_min_hz"].setText("2000")
    dialog.accept()
    ready(window, qtbot)
    assert (session.frequency.low_hz, session.frequency.high_hz) == (2000.0, 5000.0)
    assert SettingsFile().load().spectrogram.f_min_hz == 2000
    assert area(view.image)[2:] == pytest.approx((2000.0, 5000.0))
    assert view.box.viewRange()[1] == pytest.approx([2000.0, 5000.0])
    loudest = np.median(view.image.image.argmax(axis=0)) / view.image.image.shape[0]
    assert 2000 + 3000 * loudest == pytest.approx(3000, abs=15)
    qtbot.waitUntil(lambda: window.bench.is_settled and window.tracks.is_drawn, timeout=LONG_MS)
    dots = window.tracks.dots.getData()[1]
    assert len(dots) and dots.min() >= 2000
    # Pitch keeps its own axis over the whole height.
    window.actions_by_id["show.pitch"].trigger()
    window.tracks.set_pitch_range(75.0, 500.0)
    assert (view.pitch_axis.low, view.pitch_axis.high) == (75.0, 500.0)
    session.set_f_max(8000.0)
    assert view.box.viewRange()[1] == pytest.approx([0.0, 8000.0])


def test_colours_and_the_grey_under_the_map(
    window: MainWindow, qtbot: QtBot, tone_wav: Callable[..., Path]
) -> None:
    show(window, qtbot, tone_wav())
    view, patch = window.spectrogram, window.looks.colours.patch
    window.bench.set_theme("light")
    np.testing.assert_array_equal(view.image.lut, grey_table(LIGHT))
    red = window.tracks.dots.opts["brush"].color().name()
    window.session.set_explanation(explanation())
    assert not patch.isVisible()
    for name in ("viridis", "cividis", "magma", "inferno"):
        window.actions_by_id[f"colours.{name}"].trigger()
        table = view.image.lut.astype(float)
        assert table.shape == (256, 3)
        # Louder is lighter all the way, so that no eye and no printer takes one for the other.
        assert (np.diff(table @ [0.299, 0.587, 0.114]) > -1).all()
        assert patch.isVisible()
        np.testing.assert_array_equal(patch.lut, grey_table(LIGHT))
    assert SettingsFile().load().view.spectrogram_colours == "inferno"
    assert window.tracks.dots.opts["brush"].color().name() == "#ffffff"
    held = view.held
    assert held is not None
    left_s, right_s, low_hz, high_hz = area(patch)
    column_s = held.time_edges_s[1] - held.time_edges_s[0]
    assert (left_s, right_s) == pytest.approx((0.4, 0.6), abs=column_s)
    assert (low_hz, high_hz) == pytest.approx((0.0, 5000.0))
    first = int(np.searchsorted(held.time_edges_s, left_s - 1e-9))
    columns = slice(first, first + patch.image.shape[1])
    np.testing.assert_array_equal(patch.image, held.db[:, columns])
    window.actions_by_id["show.cam"].trigger()
    assert not patch.isVisible()
    window.actions_by_id["show.cam"].trigger()
    assert patch.isVisible()
    window.actions_by_id["colours.black_on_white"].trigger()
    assert not patch.isVisible()
    assert window.tracks.dots.opts["brush"].color().name() == red
    window.bench.set_theme("dark")
    np.testing.assert_array_equal(view.image.lut, grey_table(LIGHT))


def test_pulses_are_drawn_and_counted(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    wav = tmp_path / "two.wav"
    sf.write(wav, np.stack([buzz(120, 3.0), buzz(200, 3.0)], axis=1), 16000, subtype="PCM_16")
    show(window, qtbot, wav)
    session, lines = window.session, window.looks.pulses.lines

    def nothing_drawn() -> bool:
        x, _ = lines.getData()
        return x is None or len(x) == 0

    session.set_channel(0)
    session.set_view(0.1, 0.5)
    assert nothing_drawn()
    window.actions_by_id["show.pulses"].trigger()
    assert "pulses" in SettingsFile().load().overlays
    assert window.actions_by_id["show.pulses"].isChecked()
    expected = pulses(wav, None, -0.1, 0.7, 0).times_s
    assert 60 < len(expected) < 100

    def drawn(times_s: np.ndarray) -> bool:
        x, _ = lines.getData()
        return x is not None and len(x) == 2 * len(times_s) and np.allclose(x[::2], times_s)

    qtbot.waitUntil(lambda: drawn(expected), timeout=LONG_MS)
    assert set(lines.getData()[1]) == {-1.0, 1.0}
    said: list[str] = []
    session.note.connect(said.append)
    session.select_times(0.2, 0.4)
    window.actions_by_id["query.pulses"].trigger()
    count = len(pulses(wav, None, 0.2, 0.4, 0).times_s)
    assert said[-1].startswith(f"{count} pulses in 0.2000–0.4000 s, 8.3")
    # Those of the other channel, in its lane.
    session.set_channel(1)
    qtbot.waitUntil(lambda: drawn(pulses(wav, None, -0.1, 0.7, 1).times_s), timeout=LONG_MS)
    assert set(lines.getData()[1]) == {-3.0, -1.0}
    window.actions_by_id["show.pulses"].trigger()
    assert nothing_drawn()


def test_channels_are_shown_chosen_and_named(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    wav, rate_hz = tmp_path / "many.wav", 16000
    t = np.arange(rate_hz) / rate_hz
    tones = [0.05 * (c + 1) * np.sin(2 * np.pi * 300 * (c + 1) * t) for c in range(12)]
    sf.write(wav, np.stack(tones, axis=1), rate_hz, subtype="PCM_16")
    show(window, qtbot, wav)
    view, session = window.waveform, window.session
    qtbot.waitUntil(lambda: view._outlined is not None, timeout=LONG_MS)
    assert view.lanes == range(8)
    assert view.height() >= 8 * 22
    assert "12 channels; the mean of all is analysed. Channels 1 to 8" in (
        view.accessibleDescription()
    )

    def click(lane: int) -> None:
        y = view.box.mapViewToScene(QPointF(0.0, -2.0 * lane)).y()
        place = QPoint(LEFT_PX // 2, round(y))
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)

    cursor_s = session.cursor_s
    click(2)
    assert session.channel == 2 and session.cursor_s == cursor_s
    ready(window, qtbot)
    loudest = np.median(window.spectrogram.image.image.argmax(axis=0))
    assert 5000 * loudest / window.spectrogram.image.image.shape[0] == pytest.approx(900, abs=25)
    click(2)
    assert session.channel is None
    # One that is not shown comes into view.
    session.set_channel(11)
    assert view.lanes == range(4, 12)
    assert "channel 12 is analysed" in view.accessibleDescription()
    names = [text for _, text in view.getPlotItem().getAxis("left")._tickLevels[0]]
    assert names[0].startswith("ch 5") and names[-1].startswith("☞ ch 12")
    full = [curve.opts["pen"].color().name() == LIGHT.wave for curve in view._curves]
    window.bench.set_theme("light")
    full = [curve.opts["pen"].color().name() == LIGHT.wave for curve in view._curves]
    assert full == [False] * 7 + [True]
    peaks = [float(np.ptp(curve.getData()[1])) for curve in view._curves]
    np.testing.assert_allclose(peaks, [2 * 0.92 * (c + 1) / 12 for c in view.lanes], rtol=0.02)
    # The wheel over the names.
    for _ in range(9):
        wheel = QWheelEvent(
            QPointF(20, 40),
            QPointF(view.viewport().mapToGlobal(QPoint(20, 40))),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view.viewport(), wheel)
    assert view.lanes == range(8)
    menu = window.findChild(ChannelMenu)
    assert menu is not None
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions()]
    assert len(texts) == 13 and texts[9] == "Channel &9" and texts[10] == "Channel 10"


def test_there_and_back_computes_nothing_again(
    window: MainWindow,
    qtbot: QtBot,
    tone_wav: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    show(window, qtbot, tone_wav())
    view = window.spectrogram
    first = view.held
    window.actions_by_id["scale.mel"].trigger()
    ready(window, qtbot)
    assert view.held is not first
    asked: list[object] = []
    monkeypatch.setattr(view._jobs, "submit", lambda key, *_, **__: asked.append(key))
    window.actions_by_id["scale.hz"].trigger()
    assert view.is_ready and view.held is first and asked == []
    assert area(view.image)[2:] == pytest.approx((0.0, 5000.0))
    window.actions_by_id["scale.erb"].trigger()
    assert asked == ["spectrogram"] and not view.is_ready
