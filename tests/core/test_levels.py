from __future__ import annotations

import numpy as np
import pytest

from vowelscope.core.levels import FLOOR_DB, Level, LevelMeter

RATE_HZ = 44100


def _tone(peak: float, seconds: float = 1.0) -> np.ndarray:
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (peak * np.sin(2 * np.pi * 441 * times_s)).astype(np.float32)[:, None]


def _read(meter: LevelMeter, now_s: float) -> Level:
    level = meter.read(now_s)
    assert level is not None
    return level


@pytest.mark.parametrize("peak", [1.0, 0.5, 0.01])
def test_a_sine_has_its_rms_three_db_below_its_peak(peak: float) -> None:
    meter = LevelMeter(RATE_HZ)
    meter.add(_tone(peak), due_s=10.0)
    level = _read(meter, 11.0)
    assert level.peak_db == pytest.approx((20 * np.log10(peak),), abs=0.02)
    assert level.rms_db == pytest.approx((20 * np.log10(peak) - 3.01,), abs=0.05)
    assert level.clipped == (peak == 1.0)


def test_each_channel_has_its_own() -> None:
    meter = LevelMeter(RATE_HZ)
    meter.add(np.hstack([_tone(0.5), 0 * _tone(0.5)]), due_s=0.0)
    level = _read(meter, 1.0)
    assert level.peak_db[0] == pytest.approx(-6.02, abs=0.02)
    assert level.peak_db[1] == level.rms_db[1] == FLOOR_DB


def test_what_is_not_heard_yet_does_not_count() -> None:
    meter = LevelMeter(RATE_HZ)
    assert meter.read(0.0) is None
    meter.add(_tone(0.01, 0.5), due_s=1.0)
    meter.add(_tone(0.9, 0.5), due_s=1.5)
    assert _read(meter, 1.4).peak_db[0] < -35
    assert _read(meter, 1.7).peak_db[0] > -2


def test_the_peak_is_held_and_then_let_go_but_the_clip_mark_stays() -> None:
    meter = LevelMeter(RATE_HZ)
    meter.add(_tone(1.0, 0.1), due_s=0.0)
    meter.add(_tone(0.1, 4.0), due_s=0.1)
    level = _read(meter, 1.0)
    assert level.peak_db[0] == pytest.approx(-20, abs=0.1)
    assert level.held_db[0] == pytest.approx(0, abs=0.1)
    level = _read(meter, 3.0)
    assert level.held_db[0] == pytest.approx(-20, abs=0.1)
    assert level.clipped
