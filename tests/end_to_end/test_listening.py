"""The menu Play of a real window, through the real PortAudio, into devices that write it down."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import parselmouth
import pytest
import soundfile as sf

from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid

RATE_HZ = 16000

_WINDOW = """
    import json, os, subprocess, sys, time
    from pathlib import Path
    from PySide6.QtCore import QEvent, QObject, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QMenu
    from vowelscope.app.workbench import Workbench
    from vowelscope.ui.main_window import MainWindow

    app = QApplication([])
    bench = Workbench()
    window = MainWindow(bench)
    window.resize(1100, 700)
    window.show()
    session, player = bench.session, bench.player
    told, said, noted, at = {{}}, [], [], []
    session.message.connect(said.append)
    session.note.connect(noted.append)
    player.position_changed.connect(lambda time_s: at.append((time.monotonic(), time_s)))

    def pump(seconds):
        QTest.qWait(round(1000 * seconds))

    def until(true, seconds=30.0):
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, "waited in vain"
            pump(0.01)

    def do(id):
        window.actions_by_id[id].trigger()

    def play(id="play.toggle"):
        do(id)
        until(lambda: said or not window.playing.listening.is_active)

    bench.open(Path(sys.argv[1]))
    until(lambda: session.recording is not None and not bench.is_opening)
    {script}
    pump(0.05)
    session.undo_stack.setClean()
    window.close()
    print(json.dumps({{"said": said, "noted": noted, "at": at, **told}}))
"""


def _drive(wav: Path, env: dict[str, str], script: str) -> dict[str, Any]:
    program = textwrap.dedent(_WINDOW).format(script=textwrap.dedent(script).strip())
    run = subprocess.run(
        [sys.executable, "-c", program, str(wav)],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert run.returncode == 0, run.stderr
    assert "Traceback" not in run.stderr, run.stderr
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return told


def _captured(raw: Path, columns: int) -> np.ndarray:
    """What was played, without the silence before and after it."""
    data = np.fromfile(raw, dtype=np.float32)
    data = data[: len(data) // columns * columns].reshape(-1, columns)
    sounding = np.flatnonzero(data.any(axis=1))
    return data[sounding[0] : sounding[-1] + 1]


def _db_at(samples: np.ndarray, freq_hz: float, rate_hz: int = RATE_HZ) -> float:
    """Level of one frequency, through a Blackman-Harris window (side lobes at -92 dB)."""
    turns = 2 * np.pi * np.arange(len(samples)) / len(samples)
    window = 0.35875 - 0.48829 * np.cos(turns) + 0.14128 * np.cos(2 * turns)
    window -= 0.01168 * np.cos(3 * turns)
    carrier = np.exp(-2j * np.pi * freq_hz * np.arange(len(samples)) / rate_hz)
    return float(20 * np.log10(2 * abs(np.sum(samples * window * carrier)) / window.sum() + 1e-9))


def _f0_hz(samples: np.ndarray, rate_hz: int) -> float:
    pitch = parselmouth.Sound(samples.astype(float), rate_hz).to_pitch()
    values = pitch.selected_array["frequency"]
    return float(np.median(values[values > 0]))


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    data = np.random.default_rng(2).uniform(-0.5, 0.5, (6 * RATE_HZ, 2)).astype(np.float32)
    sf.write(tmp_path / "noise.wav", data, RATE_HZ, subtype="FLOAT")
    return tmp_path / "noise.wav"


@pytest.fixture
def tones(tmp_path: Path) -> Path:
    """1.2 s of a tone in the middle of each of seven rows from 0 to 8,000 Hz, and a label."""
    times_s = np.arange(round(1.2 * RATE_HZ)) / RATE_HZ
    waves = [np.sin(2 * np.pi * _row_hz(row) * times_s + row) for row in range(7)]
    sf.write(tmp_path / "tones.wav", 0.1 * np.sum(waves, axis=0), RATE_HZ, subtype="FLOAT")
    intervals = (
        Interval(0.0, 0.5, ""),
        Interval(0.5, 0.724, "IY1"),
        Interval(0.724, 1.2, ""),
    )
    tier = IntervalTier("phones", 0.0, 1.2, intervals)
    write_textgrid(tmp_path / "tones.TextGrid", TextGrid(0.0, 1.2, (tier,)))
    return tmp_path / "tones.wav"


def _row_hz(row: int) -> float:
    return (row + 0.5) * 8000 / 7


Capture = tuple[dict[str, str], Path]

_LISTEN = """
heard = subprocess.Popen(
    ["parec", "-d", "probe.monitor", "--raw", "--format=float32le", "--rate=16000",
     "--channels=2", "--latency-msec=20"], stdout=open(os.environ["HEARD"], "wb"))
pump(0.4)
"""
_HEARD = """
pump(0.3)
heard.terminate()
heard.wait()
"""


def test_a_loop_goes_on_without_a_gap_and_takes_the_next_selection_at_a_seam(
    noise: Path, pulse: dict[str, str], tmp_path: Path
) -> None:
    raw = tmp_path / "heard.raw"
    script = f"""{_LISTEN}
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
{_HEARD}"""
    told = _drive(noise, {**pulse, "HEARD": str(raw)}, script)
    assert told["said"] == []
    assert told["playing"], "a loop does not end by itself"
    assert told["stop_s"] < 0.5
    assert 4.0 <= told["cursor_s"] <= 4.25
    data, _ = sf.read(noise, dtype="float32")
    first, then = data[16000:20800], data[64000:68000]
    wave, seam = _captured(raw, 2), round(0.005 * RATE_HZ)
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


def test_a_loop_that_is_switched_off_ends_with_its_pass(noise: Path, pulse: dict[str, str]) -> None:
    script = """
        session.select_times(1.0, 1.4)
        do("play.loop")
        do("play.toggle")
        until(lambda: len(at) > 30)
        told["before"] = window.playing.listening.is_active
        do("play.loop")
        until(lambda: not window.playing.listening.is_active, 3)
    """
    told = _drive(noise, pulse, script)
    assert told["before"] and told["said"] == []
    assert told["at"][-1][1] > 1.3, "it is heard to the end of the selection"


def test_half_speed_keeps_the_pitch_and_doubles_the_length(
    repository: Path, capture: Capture
) -> None:
    env, raw = capture
    sample = repository / "resources" / "sample" / "sample.wav"
    script = """
        session.select_times(0.2, 0.65)
        do("play.speed:50")
        play()
    """
    told = _drive(sample, env, script)
    assert told["said"] == []
    assert "At half speed." in told["noted"]
    data, rate_hz = sf.read(sample, dtype="float32")
    spoken = data[round(0.2 * rate_hz) : round(0.65 * rate_hz)]
    slow = _captured(raw, 1)[:, 0]
    assert len(slow) == pytest.approx(2 * len(spoken), abs=4)
    assert _f0_hz(slow, rate_hz) == pytest.approx(_f0_hz(spoken, rate_hz), rel=0.02)


def test_at_half_speed_the_place_moves_at_half_the_pace(
    repository: Path, pulse: dict[str, str]
) -> None:
    script = """
        session.select_times(0.2, 0.8)
        do("play.speed:50")
        play()
    """
    told = _drive(repository / "resources" / "sample" / "sample.wav", pulse, script)
    times_s, places_s = np.array(told["at"]).T
    assert places_s.min() >= 0.2 and 0.75 < places_s.max() <= 0.8
    inner = (places_s > 0.25) & (places_s < 0.75)
    assert np.polyfit(times_s[inner], places_s[inner], 1)[0] == pytest.approx(0.5, abs=0.06)


def test_only_the_strongest_cells_are_heard(tones: Path, capture: Capture) -> None:
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
    told = _drive(tones, {**env, "RAW": str(raw)}, script)
    assert told["said"] == []
    freqs_hz, times_s, values = (np.array(told[name]) for name in ("freqs", "times", "map"))
    assert freqs_hz == pytest.approx(np.linspace(0, 8000, 8)), "the tones are made for this model"
    # By hand: the fewest of the largest cells that hold half of what is positive.
    inside = (times_s[:-1] < 0.724) & (times_s[1:] > 0.5)
    positive = np.where(inside, np.maximum(values, 0), 0)
    order = sorted(positive.ravel(), reverse=True)
    count = next(n for n in range(1, 50) if sum(order[:n]) >= 0.5 * positive.sum() - 1e-9)
    chosen = positive >= order[count - 1]
    rows = np.flatnonzero(chosen.any(axis=1))
    others = [row for row in range(7) if row not in rows]
    assert len(rows) and others, "a map that fills all rows would show nothing here"
    heard = _captured(raw.with_name(raw.name + ".cells"), 1)[:, 0]
    levels = {row: _db_at(heard, _row_hz(row)) for row in range(7)}
    apart = min(levels[row] for row in rows) - max(levels[row] for row in others)
    assert apart >= 40, levels
    columns = np.flatnonzero(chosen.any(axis=0))
    span_s = min(times_s[columns[-1] + 1], 0.724) - max(times_s[columns[0]], 0.5)
    assert len(heard) / RATE_HZ <= span_s + 0.012
    note = next(text for text in told["noted"] if text.startswith("Heard:"))
    assert f"{len(rows)} of 7 rows" in note and f"{count} of 49 cells" in note
    assert f"{freqs_hz[rows[0]]:,.0f}–" in note
    rest = _captured(raw, 1)[:, 0]
    assert len(rest) / RATE_HZ == pytest.approx(0.224, abs=0.001)
    kept = min(_db_at(rest, _row_hz(row)) for row in others)
    assert kept == pytest.approx(20 * np.log10(0.1), abs=0.5), "what is left is untouched"


def test_without_a_map_one_sentence(tones: Path, capture: Capture) -> None:
    env, raw = capture
    told = _drive(tones, env, 'session.select_times(0.5, 0.7); play("play.cells")')
    assert told["said"] == ["There is no map: select a labelled interval and wait for its map."]
    assert not raw.exists()


def test_a_band_that_is_typed_in(tones: Path, capture: Capture) -> None:
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
    told = _drive(tones, env, script)
    assert "the lower edge must be 0 Hz or more" in told["error"]
    assert told["kept"] == 5500
    assert "Heard: 3,000–5,500 Hz." in told["noted"]
    heard = _captured(raw, 1)[:, 0]
    assert len(heard) / RATE_HZ == pytest.approx(0.8, abs=0.001)
    levels = [_db_at(heard, _row_hz(row)) for row in range(7)]
    inside, outside = [levels[3], levels[4]], [levels[row] for row in (0, 1, 2, 5, 6)]
    assert min(inside) - max(outside) >= 40, levels
    assert min(inside) == pytest.approx(-20, abs=0.5)


def test_from_the_cursor_to_the_end_of_the_window_and_of_the_recording(
    noise: Path, capture: Capture
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
    told = _drive(noise, {**env, "RAW": str(raw)}, script)
    assert told["said"] == []
    data, _ = sf.read(noise, dtype="float32")
    window = _captured(raw.with_name(raw.name + ".window"), 2)
    assert np.array_equal(window, data[40000:48000])
    assert np.array_equal(_captured(raw, 2), data[40000:])


def test_a_device_that_is_gone_is_said_and_the_default_plays(noise: Path, capture: Capture) -> None:
    env, raw = capture
    script = """
        bench.change(device="Moon, ALSA")
        player.set_device("Moon, ALSA")
        session.select_times(1.0, 1.1)
        play()
        until(lambda: not window.playing.listening.is_active)
        menu = next(one for one in window.findChildren(QMenu) if one.title() == "&Output device")
        menu.aboutToShow.emit()
        until(lambda: any(one.text().startswith("default") for one in menu.actions()))
        told["menu"] = [(one.text(), one.isChecked()) for one in menu.actions()]
        default = next(one for one in menu.actions() if one.text().startswith("default"))
        default.trigger()
        told["chosen"] = bench.settings.device
    """
    told = _drive(noise, env, script)
    assert told["said"] == [
        "The sound device 'Moon, ALSA' is not there, so the system's default plays."
    ]
    assert len(_captured(raw, 2)) == 1600
    assert ["Moon, ALSA (not there)", True] in told["menu"]
    assert ["System's &default", False] in told["menu"]
    assert told["chosen"] == "default, ALSA"


def test_the_meter_shows_what_is_heard_and_is_painted_thirty_times_a_second(
    tmp_path: Path, pulse: dict[str, str]
) -> None:
    times_s = np.arange(4 * RATE_HZ) / RATE_HZ
    wave = 0.5 * np.sin(2 * np.pi * 500 * times_s)
    sf.write(tmp_path / "tone.wav", np.stack([wave, wave / 10], axis=1), RATE_HZ, subtype="FLOAT")
    script = """
        class Paints(QObject):
            count = 0
            def eventFilter(self, _watched, event):
                self.count += event.type() == QEvent.Type.Paint
                return False
        meter, paints = window.playing.meter, Paints()
        meter.installEventFilter(paints)
        session.select_times(0.0, 3.5)
        do("play.toggle")
        until(lambda: len(at) > 30)
        paints.count = 0
        begun = time.monotonic()
        pump(1.5)
        told["paints_a_second"] = paints.count / (time.monotonic() - begun)
        told["peak"], told["rms"] = meter.level.peak_db, meter.level.rms_db
        told["clipped"] = meter.level.clipped
        do("play.stop")
        until(lambda: meter.level is None)
    """
    told = _drive(tmp_path / "tone.wav", pulse, script)
    assert told["peak"] == pytest.approx([-6.02, -26.02], abs=0.1)
    assert told["rms"] == pytest.approx([-9.03, -29.03], abs=0.2)
    assert not told["clipped"]
    assert told["paints_a_second"] <= 32


def test_it_does_not_stutter_while_the_window_works_and_is_heard_to_its_last_sample(
    noise: Path, pulse: dict[str, str], tmp_path: Path
) -> None:
    raw = tmp_path / "heard.raw"
    script = f"""{_LISTEN}
session.select_times(2.0, 4.0)
do("play.toggle")
turn = 0
while window.playing.listening.is_active:
    turn += 1
    session.set_view(0.01 * (turn % 300), 0.01 * (turn % 300) + 0.5 + 0.001 * turn)
    QApplication.processEvents()
told["turns"] = turn
{_HEARD}"""
    told = _drive(noise, {**pulse, "HEARD": str(raw)}, script)
    assert told["turns"] > 20
    data, _ = sf.read(noise, dtype="float32")
    heard = _captured(raw, 2)
    assert len(heard) == 2 * RATE_HZ
    np.testing.assert_allclose(heard, data[2 * RATE_HZ : 4 * RATE_HZ], atol=1e-4)
