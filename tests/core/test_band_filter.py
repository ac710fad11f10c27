from __future__ import annotations

import numpy as np
import parselmouth
import pytest
from parselmouth.praat import call

from vowelscope.core.band_filter import Cells, band_cells, filtered, hann_band
from vowelscope.core.errors import ConfigError

RATE_HZ = 16000
EDGES_HZ = np.linspace(0, 8000, 8)  # seven rows of 1,143 Hz
EDGES_S = 2.0 + np.linspace(0, 0.224, 8)


def _tones(*freqs_hz: float, seconds: float = 0.4) -> np.ndarray:
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    waves = [0.2 * np.sin(2 * np.pi * freq_hz * times_s) for freq_hz in freqs_hz]
    return np.sum(waves, axis=0).astype(np.float32)[:, None]


def _db_at(samples: np.ndarray, freq_hz: float) -> float:
    """Level of one frequency, through a Blackman-Harris window (side lobes at -92 dB)."""
    n = len(samples)
    turns = 2 * np.pi * np.arange(n) / n
    window = 0.35875 - 0.48829 * np.cos(turns) + 0.14128 * np.cos(2 * turns)
    window -= 0.01168 * np.cos(3 * turns)
    times_s = np.arange(n) / RATE_HZ
    value = np.sum(samples[:, 0] * window * np.exp(-2j * np.pi * freq_hz * times_s))
    return float(20 * np.log10(2 * abs(value) / window.sum() + 1e-12))


def _cells(*chosen: tuple[int, int]) -> Cells:
    mask = np.zeros((7, 7), dtype=bool)
    for row, column in chosen:
        mask[row, column] = True
    return Cells(EDGES_HZ, EDGES_S, mask)


def test_a_row_keeps_the_tone_in_it_and_not_those_beside_it() -> None:
    whole_row = [(1, column) for column in range(7)]
    sound = _tones(1000, 1700, 2450)  # rows 0, 1 and 2: edges at 1,143 and 2,286 Hz
    kept = filtered(sound, RATE_HZ, 1.9, _cells(*whole_row))[2000:5000]
    assert _db_at(kept, 1700) == pytest.approx(_db_at(sound[2000:5000], 1700), abs=0.05)
    assert _db_at(kept, 1700) - _db_at(kept, 1000) > 60
    assert _db_at(kept, 1700) - _db_at(kept, 2450) > 60
    left = filtered(sound, RATE_HZ, 1.9, _cells(*whole_row), all_but=True)[2000:5000]
    assert _db_at(left, 1000) - _db_at(left, 1700) > 60
    assert _db_at(left, 2450) - _db_at(left, 1700) > 60


def test_a_cell_is_limited_in_time_too() -> None:
    sound = _tones(1700)
    kept = filtered(sound, RATE_HZ, 1.9, _cells((1, 3)))[:, 0]
    times_s = 1.9 + np.arange(len(kept)) / RATE_HZ
    inside = (times_s > EDGES_S[3] + 0.005) & (times_s < EDGES_S[4] - 0.005)
    outside = (times_s < EDGES_S[3] - 0.0051) | (times_s > EDGES_S[4] + 0.0051)
    np.testing.assert_allclose(kept[inside], sound[inside, 0], atol=1e-3)
    assert not kept[outside].any()


def test_neighbouring_cells_are_one_and_what_is_left_is_the_rest() -> None:
    noise = np.random.default_rng(5).normal(0, 0.1, (6400, 2)).astype(np.float32)
    everything = _cells(*((row, column) for row in range(7) for column in range(7)))
    times_s = 1.9 + np.arange(6400) / RATE_HZ
    inside = (times_s > EDGES_S[0] + 0.005) & (times_s < EDGES_S[-1] - 0.005)
    kept = filtered(noise, RATE_HZ, 1.9, everything)
    # The top row's slope stands below the Nyquist frequency; everything else is whole.
    spectrum = np.fft.rfft((kept - noise)[inside, 0] * np.hanning(inside.sum()))
    freqs_hz = np.fft.rfftfreq(int(inside.sum()), 1 / RATE_HZ)
    assert np.abs(spectrum[freqs_hz < 7800]).max() < 1e-2 * np.abs(spectrum).max()
    some = _cells((1, 2), (1, 3), (5, 0))
    whole = filtered(noise, RATE_HZ, 1.9, some) + filtered(noise, RATE_HZ, 1.9, some, all_but=True)
    np.testing.assert_allclose(whole, noise, atol=1e-6)


def test_a_band_is_praats_hann_band() -> None:
    noise = np.random.default_rng(6).normal(0, 0.1, 16000).astype(np.float32)
    sound = parselmouth.Sound(noise.astype(float), RATE_HZ)
    praat = call(sound, "Filter (pass Hann band)", 500, 1000, 100).values[0]
    ours = filtered(noise[:, None], RATE_HZ, 0.0, band_cells(500, 1000, -1, 2))[:, 0]
    # Praat pads to a power of two and we to 0.1 s more: only the ends see the difference.
    np.testing.assert_allclose(ours[1600:-1600], praat[1600:-1600], atol=2e-4)
    gain = hann_band(np.array([0.0, 400, 500, 600, 750, 1000, 1100]), 500, 1000, 100)
    np.testing.assert_allclose(gain, [0, 0, 0.5, 1, 1, 0.5, 0], atol=1e-12)
    assert hann_band(np.array([0.0]), 0, 1000, 100) == 1


@pytest.mark.parametrize(("low_hz", "high_hz"), [(500, 500), (800, 300), (-10, 300)])
def test_a_band_of_no_width_is_refused(low_hz: float, high_hz: float) -> None:
    with pytest.raises(ConfigError, match="lower edge must be 0 Hz or more"):
        band_cells(low_hz, high_hz, 0, 1)
