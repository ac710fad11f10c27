"""The menu Play of a real window, through the real PortAudio, into devices that write it down."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import parselmouth
import pytest
import soundfile as sf

from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid

RATE_HZ = 16000
Drive = Callable[[Path, dict[str, str], str], dict[str, Any]]
ROWS = 7
"""Of the map of the model in the box."""

Captured = Callable[[Path, int], np.ndarray]
Capture = tuple[dict[str, str], Path]


def _db_at(samples: np.ndarray, freq_hz: float, rate_hz: int = RATE_HZ) -> float:
    """Level of one frequency, through a Blackman-Harris window (side lobes at -92 dB)."""
    turns = 2 * np.pi * np.arange(len(samples)) / len(samples)
    window = 0.35875 - 0.48829 * np.cos(turns) + 0.14128 * np.cos(2 * turns)
    window -= 0.01168 * np.cos(3 * turns)
    carrier = np.exp(-2j * np.pi * freq_hz * np.arange(len(samples)) / rate_hz)
    return float(20 * np.log10(2 * abs(np.sum(samples * window * carrier)) / window.sum() + 1e-9))


def _loudest_db(samples: np.ndarray, freq_hz: float) -> float:
    """The highest level of one frequency in any 20 ms."""
    length = round(0.02 * RATE_HZ)
    starts = range(0, max(len(samples) - length, 1), length // 4)
    return max(_db_at(samples[start : start + length], freq_hz) for start in starts)


def _f0_hz(samples: np.ndarray, rate_hz: int) -> float:
    pitch = parselmouth.Sound(samples.astype(float), rate_hz).to_pitch()
    values = pitch.selected_array["frequency"]
    return float(np.median(values[values > 0]))


@pytest.fixture
def tones(tmp_path: Path) -> Path:
    """1.2 s of a tone in the middle of each of the map's rows from 0 to 8,000 Hz, and a label."""
    times_s = np.arange(round(1.2 * RATE_HZ)) / RATE_HZ
    waves = [np.sin(2 * np.pi * _row_hz(row) * times_s + row) for row in range(ROWS)]
    sf.write(tmp_path / "tones.wav", 0.05 * np.sum(waves, axis=0), RATE_HZ, subtype="FLOAT")
    intervals = (
        Interval(0.0, 0.5, ""),
        Interval(0.5, 0.724, "IY1"),
        Interval(0.724, 1.2, ""),
    )
    tier = IntervalTier("phones", 0.0, 1.2, intervals)
    write_textgrid(tmp_path / "tones.TextGrid", TextGrid(0.0, 1.2, (tier,)))
    return tmp_path / "tones.wav"


def _row_hz(row: int) -> float:
    return (row + 0.5) * 8000 / ROWS


def test_a_loop_goes_on_without_a_gap_and_takes_the_next_selection_at_a_seam(
    noise: Path, pulse: dict[str, str], tmp_path: Path, drive: Drive, captured: Captured
) -> None:
    raw = tmp_path / "heard.raw"
    script = """
        listen()
        session.select_times(1.0, 1.3)
        do("play.loop")
        do("play.toggle")
        until(lambda: len(at) > 40)
        session.select_times(4.0, 4.25)
        until(lambda: any(time_s > 3.9 for _, time_s in at))
        pump(0.8)
        told["playing"] = window.playing.listening.is_active
        stopped = time.monotonic()
        do("play.stop")
        until(lambda: session.playing_s is None)
        told["stop_s"] = time.monotonic() - stopped
        told["cursor_s"] = session.cursor_s
        heard()
    """
    told = drive(noise, {**pulse, "HEARD": str(raw)}, script)
    assert told["said"] == []
    assert told["playing"], "a loop does not end by itself"
    assert told["stop_s"] < 0.5
    assert 4.0 <= told["cursor_s"] <= 4.25
    data, _ = sf.read(noise, dtype="float32")
    first, then = data[16000:20800], data[64000:68000]
    wave, seam = captured(raw, 2), round(0.005 * RATE_HZ)
    passes, place = [], 0
    while len(wave) - place > 4800:
        part = first if np.allclose(wave[place : place + 400], first[:400], atol=1e-4) else then
        inner = slice(0, len(part) - seam)
        assert np.allclose(wave[place:][inner], part[inner], atol=1e-4), f"pass {len(passes)}"
        passes.append("first" if part is first else "then")
        place += len(part)
    turn = passes.index("then")
    assert passes == ["first"] * turn + ["then"] * (len(passes) - turn)
    assert turn >= 3 and len(passes) - turn >= 2
    # The place moves with the sound: back at each seam, never out of the selection.
    places_s = [time_s for _, time_s in told["at"]]
    assert all(1.0 <= time_s <= 1.3 or 4.0 <= time_s <= 4.25 for time_s in places_s)
    assert sum(after < before for before, after in itertools.pairwise(places_s)) >= 4


def test_a_loop_that_is_switched_off_ends_with_its_pass(
    noise: Path, pulse: dict[str, str], drive: Drive
) -> None:
    script = """
        session.select_times(1.0, 1.4)
        do("play.loop")
        do("play.toggle")
        until(lambda: len(at) > 30)
        told["before"] = window.playing.listening.is_active
        do("play.loop")
        until(lambda: not window.playing.listening.is_active, 3)
    """
    told = drive(noise, pulse, script)
    assert told["before"] and told["said"] == []
    assert told["at"][-1][1] > 1.3, "it is heard to the end of the selection"


def test_half_speed_keeps_the_pitch_and_doubles_the_length(
    repository: Path, capture: Capture, drive: Drive, captured: Captured
) -> None:
    env, raw = capture
    sample = repository / "resources" / "sample" / "sample.wav"
    script = """
        session.select_times(0.2, 0.65)
        do("play.speed:50")
        play()
    """
    told = drive(sample, env, script)
    assert told["said"] == []
    assert "At half speed." in told["noted"]
    data, rate_hz = sf.read(sample, dtype="float32")
    spoken = data[round(0.2 * rate_hz) : round(0.65 * rate_hz)]
    slow = captured(raw, 1)[:, 0]
    assert len(slow) == pytest.approx(2 * len(spoken), abs=4)
    assert _f0_hz(slow, rate_hz) == pytest.approx(_f0_hz(spoken, rate_hz), rel=0.02)


def test_at_half_speed_the_place_moves_at_half_the_pace(
    repository: Path, pulse: dict[str, str], drive: Drive
) -> None:
    script = """
        session.select_times(0.2, 0.8)
        do("play.speed:50")
        play()
    """
    told = drive(repository / "resources" / "sample" / "sample.wav", pulse, script)
    times_s, places_s = np.array(told["at"]).T
    assert places_s.min() >= 0.2 and 0.75 < places_s.max() <= 0.8
    inner = (places_s > 0.25) & (places_s < 0.75)
    assert np.polyfit(times_s[inner], places_s[inner], 1)[0] == pytest.approx(0.5, abs=0.06)


def test_only_the_strongest_cells_are_heard(
    tones: Path, capture: Capture, drive: Drive, captured: Captured
) -> None:
    env, raw = capture
    script = """
        bench.start()
        session.select_at(0, 0.6)
        until(lambda: session.explanation is not None, 80)
        explanation, values = session.explanation, session.shown_map()[1]
        told["freqs"] = explanation.freq_edges_hz.tolist()
        told["times"] = explanation.time_edges_s.tolist()
        told["map"] = values.tolist()
        play("play.cells")
        os.replace(os.environ["RAW"], os.environ["RAW"] + ".cells")
        play("play.all_but")
    """
    told = drive(tones, {**env, "RAW": str(raw)}, script)
    assert told["said"] == []
    freqs_hz, times_s, values = (np.array(told[name]) for name in ("freqs", "times", "map"))
    assert freqs_hz == pytest.approx(np.linspace(0, 8000, ROWS + 1)), (
        "the tones are made for this model"
    )
    # By hand: the fewest of the largest cells that hold half of what is positive.
    inside = (times_s[:-1] < 0.724) & (times_s[1:] > 0.5)
    positive = np.where(inside, np.maximum(values, 0), 0)
    order = sorted(positive.ravel(), reverse=True)
    count = next(n for n in range(1, ROWS**2 + 1) if sum(order[:n]) >= 0.5 * positive.sum() - 1e-9)
    chosen = positive >= order[count - 1]
    rows = np.flatnonzero(chosen.any(axis=1))
    others = [row for row in range(ROWS) if row not in rows]
    assert len(rows) and others, "a map that fills all rows would show nothing here"
    heard = captured(raw.with_name(raw.name + ".cells"), 1)[:, 0]
    levels = {row: _loudest_db(heard, _row_hz(row)) for row in range(ROWS)}
    apart = min(levels[row] for row in rows) - max(levels[row] for row in others)
    assert apart >= 40, levels
    assert min(levels[row] for row in rows) > -27, "each is as loud as it was for a cell's time"
    columns = np.flatnonzero(chosen.any(axis=0))
    span_s = min(times_s[columns[-1] + 1], 0.724) - max(times_s[columns[0]], 0.5)
    assert len(heard) / RATE_HZ <= span_s + 0.012
    note = next(text for text in told["noted"] if text.startswith("Heard:"))
    assert f"{len(rows)} of {ROWS} rows" in note and f"{count} of {ROWS**2} cells" in note
    assert f"{freqs_hz[rows[0]]:,.0f}–" in note
    rest = captured(raw, 1)[:, 0]
    assert len(rest) / RATE_HZ == pytest.approx(0.224, abs=0.001)
    kept = min(_db_at(rest, _row_hz(row)) for row in others)
    assert kept == pytest.approx(20 * np.log10(0.05), abs=0.5), "what is left is untouched"


def test_without_a_map_one_sentence(tones: Path, capture: Capture, drive: Drive) -> None:
    env, raw = capture
    told = drive(tones, env, 'session.select_times(0.5, 0.7); play("play.cells")')
    assert told["said"] == ["There is no map: select a labelled interval and wait for its map."]
    assert not raw.exists()


def test_a_band_that_is_typed_in(
    tones: Path, capture: Capture, drive: Drive, captured: Captured
) -> None:
    env, raw = capture
    script = """
        session.select_times(0.2, 1.0)
        do("play.band")
        dialog = QApplication.activeModalWidget()
        dialog.inputs["band_low_hz"].setText("3000")
        dialog.inputs["band_high_hz"].setText("2000")
        dialog.accept()
        told["error"] = dialog.error.text()
        dialog.inputs["band_high_hz"].setText("5500")
        dialog.accept()
        until(lambda: not window.playing.listening.is_active)
        told["kept"] = bench.settings.sound.band_high_hz
    """
    told = drive(tones, env, script)
    assert "the lower edge must be 0 Hz or more" in told["error"]
    assert told["kept"] == 5500
    assert "Heard: 3,000–5,500 Hz." in told["noted"]
    heard = captured(raw, 1)[:, 0]
    assert len(heard) / RATE_HZ == pytest.approx(0.8, abs=0.001)
    levels = {hz: _db_at(heard, hz) for hz in map(_row_hz, range(ROWS))}
    inside = [level for hz, level in levels.items() if 3000 < hz < 5500]
    outside = [level for hz, level in levels.items() if not 3000 < hz < 5500]
    assert len(inside) == 2 and min(inside) - max(outside) >= 40, levels
    assert min(inside) == pytest.approx(20 * np.log10(0.05), abs=0.5)


def test_from_the_cursor_to_the_end_of_the_window_and_of_the_recording(
    noise: Path, capture: Capture, drive: Drive, captured: Captured
) -> None:
    env, raw = capture
    script = """
        session.set_view(1.0, 3.0)
        session.select_times(1.2, 1.3)
        session.set_cursor(2.5)
        play("play.from_cursor")
        os.replace(os.environ["RAW"], os.environ["RAW"] + ".window")
        play("play.to_end")
    """
    told = drive(noise, {**env, "RAW": str(raw)}, script)
    assert told["said"] == []
    data, _ = sf.read(noise, dtype="float32")
    window = captured(raw.with_name(raw.name + ".window"), 2)
    assert np.array_equal(window, data[40000:48000])
    assert np.array_equal(captured(raw, 2), data[40000:])


def test_a_ctrl_click_mutes_a_channel_and_the_menu_lets_one_be_heard_alone(
    tmp_path: Path, capture: Capture, drive: Drive, captured: Captured
) -> None:
    env, raw = capture
    times_s = np.arange(RATE_HZ) / RATE_HZ
    waves = [0.25 * np.sin(2 * np.pi * freq_hz * times_s) for freq_hz in (500, 900, 1300)]
    sf.write(tmp_path / "three.wav", np.stack(waves, axis=1), RATE_HZ, subtype="FLOAT")
    script = """
        def keep(name):
            play()
            os.replace(os.environ["RAW"], os.environ["RAW"] + "." + name)
            pump(0.05)
            axis = window.waveform.getPlotItem().getAxis("left")
            told[name] = [text for _, text in axis._tickLevels[0]]
        def ctrl_click(channel):
            low, high = window.waveform.lane(channel)
            place = window.waveform.box.mapViewToScene(QPointF(0.5, (low + high) / 2))
            QTest.mouseClick(window.waveform.viewport(), Qt.MouseButton.LeftButton,
                             Qt.KeyboardModifier.ControlModifier, place.toPoint())
        axis = window.waveform.getPlotItem().getAxis("left")
        until(lambda: axis._tickLevels and len(axis._tickLevels[0]) == 3)
        session.select_times(0.2, 0.8)
        ctrl_click(1)
        told["selection"] = session.selection
        keep("two")
        ctrl_click(0)
        keep("one")
        ctrl_click(2)
        told["last"] = noted[-1]
        menu = next(one for one in window.findChildren(QMenu) if one.title() == "C&hannels heard")
        menu.aboutToShow.emit()
        told["entries"] = [(one.text(), one.isChecked()) for one in menu.actions() if one.text()]
        next(one for one in menu.actions() if one.text() == "Channel &2 alone").trigger()
        keep("second")
        session.set_channel(0)
        keep("first")
    """
    told = drive(tmp_path / "three.wav", {**env, "RAW": str(raw)}, script)
    assert told["said"] == []
    assert told["selection"] == [0.2, 0.8], "a Ctrl-click takes no selection away"
    assert told["two"] == ["ch 1", "ch 2\nmuted", "ch 3"]
    assert told["one"] == ["ch 1\nmuted", "ch 2\nmuted", "ch 3"]
    assert told["last"] == "Channel 3 is the only one that is heard."
    assert ["Channel 3", True] in told["entries"] and ["Channel &3 alone", True] in told["entries"]
    columns = {"two": 2, "one": 1, "second": 1, "first": 1}
    heard = {name: captured(raw.with_name(f"{raw.name}.{name}"), columns[name]) for name in columns}
    assert [_db_at(heard["two"][:, 0], hz) > -15 for hz in (500, 900, 1300)] == [True, False, False]
    assert [_db_at(heard["two"][:, 1], hz) > -15 for hz in (500, 900, 1300)] == [False, False, True]
    for name, wanted in (("one", 1300), ("second", 900), ("first", 500)):
        levels = [_db_at(heard[name][:, 0], hz) for hz in (500, 900, 1300)]
        at = (500, 900, 1300).index(wanted)
        assert levels[at] == pytest.approx(-12.04, abs=0.1)
        assert max(level for index, level in enumerate(levels) if index != at) < -60


def test_a_loop_at_half_speed_takes_another_selection_and_another_speed(
    repository: Path, pulse: dict[str, str], drive: Drive
) -> None:
    script = """
        def place():
            return at[-1][1] if at else -1
        def pace():
            pairs = zip(at[-10:], at[-9:])
            steps = sorted((b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs if b[1] > a[1])
            return steps[len(steps) // 2] if steps else 0
        session.select_times(0.2, 0.4)
        do("play.loop")
        do("play.speed:50")
        do("play.toggle")
        until(lambda: len(at) > 50)
        told["first"] = [time_s for _, time_s in at]
        session.select_times(0.85, 1.0)
        until(lambda: place() > 0.84)
        until(lambda: abs(pace() - 0.5) < 0.1, 10)
        do("play.speed:100")
        until(lambda: abs(pace() - 1) < 0.15, 10)
        told["active"] = window.playing.listening.is_active
        do("play.toggle")
        until(lambda: not window.playing.listening.is_active)
    """
    told = drive(repository / "resources" / "sample" / "sample.wav", pulse, script)
    assert told["said"] == []
    first = np.array(told["first"])
    assert first.min() >= 0.2 and first.max() <= 0.4
    assert (np.diff(first) < 0).sum() >= 2, "it came back to the start"
    places_s = np.array([time_s for _, time_s in told["at"]])
    turn = int(np.argmax(places_s > 0.5))
    assert (places_s[turn:] >= 0.85).all(), "the old selection does not come again"
    assert told["active"]
