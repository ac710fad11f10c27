"""Slower speech: Praat measures it, so that pitch and formants are judged by their own tool."""

from __future__ import annotations

import numpy as np
import parselmouth
import pytest

from vowelscope.core.errors import ConfigError
from vowelscope.core.slowing import slowed

RATE_HZ = 44100


def _voice(seconds: float, f0_hz: float, f1_hz: float = 700.0) -> np.ndarray:
    """A pulse train through two resonances."""
    source = np.zeros(round(seconds * RATE_HZ))
    source[np.round(np.arange(0, seconds, 1 / f0_hz) * RATE_HZ).astype(int)[:-1]] = 1
    wave = source
    for freq_hz, width_hz in ((f1_hz, 80), (1200, 100), (2500, 150)):
        pole = np.exp(-np.pi * width_hz / RATE_HZ)
        a1, a2 = -2 * pole * np.cos(2 * np.pi * freq_hz / RATE_HZ), pole * pole
        out = np.zeros_like(wave)
        for n in range(len(wave)):
            out[n] = wave[n] - a1 * out[n - 1] - a2 * out[n - 2]
        wave = out
    return (0.3 * wave / np.abs(wave).max()).astype(np.float32)[:, None]


def _f0_hz(samples: np.ndarray) -> float:
    pitch = parselmouth.Sound(samples[:, 0].astype(float), RATE_HZ).to_pitch()
    values = pitch.selected_array["frequency"]
    return float(np.median(values[values > 0]))


def _formants_hz(samples: np.ndarray) -> list[float]:
    sound = parselmouth.Sound(samples[:, 0].astype(float), RATE_HZ)
    formant = sound.to_formant_burg(maximum_formant=5500)
    middle_s = sound.duration / 2
    return [formant.get_value_at_time(n, middle_s) for n in (1, 2)]


@pytest.mark.parametrize("speed", [0.75, 0.5, 0.25])
@pytest.mark.parametrize("f0_hz", [110.0, 220.0])
def test_the_pitch_stays_and_the_length_is_what_was_asked_for(speed: float, f0_hz: float) -> None:
    voice = _voice(0.8, f0_hz)
    slow = slowed(voice, RATE_HZ, speed)
    assert slow.shape == (round(len(voice) / speed), 1)
    assert slow.dtype == np.float32
    assert _f0_hz(slow) == pytest.approx(_f0_hz(voice), rel=0.02)
    assert _formants_hz(slow) == pytest.approx(_formants_hz(voice), rel=0.04)


def test_what_happens_at_a_time_is_heard_at_that_time_over_the_speed() -> None:
    voice = np.concatenate([_voice(0.4, 120), np.zeros((17640, 1), np.float32), _voice(0.4, 120)])
    slow = slowed(voice, RATE_HZ, 0.5)[:, 0]
    loud = np.abs(slow) > 0.02
    silent = ~np.convolve(loud, np.ones(2000), "same").astype(bool)
    gap = np.flatnonzero(silent) / RATE_HZ
    gap = gap[(gap > 0.3) & (gap < 2.1)]
    assert gap[0] == pytest.approx(0.8, abs=0.08)
    assert gap[-1] == pytest.approx(1.6, abs=0.08)


def test_each_channel_has_its_own_pitch() -> None:
    both = np.hstack([_voice(0.6, 110), _voice(0.6, 190)])
    slow = slowed(both, RATE_HZ, 0.5)
    assert _f0_hz(slow[:, :1]) == pytest.approx(110, rel=0.02)
    assert _f0_hz(slow[:, 1:]) == pytest.approx(190, rel=0.02)


@pytest.mark.parametrize("frames", [1, 40, 900, 4410])
def test_what_is_shorter_than_a_period_or_has_no_pitch_has_its_length_too(frames: int) -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, (frames, 1)).astype(np.float32)
    for sound in (noise, 0 * noise):
        slow = slowed(sound, RATE_HZ, 0.5)
        assert len(slow) == 2 * frames
        assert np.isfinite(slow).all()


def test_full_speed_is_the_sound_and_other_speeds_are_refused() -> None:
    sound = np.ones((10, 1), np.float32)
    assert slowed(sound, RATE_HZ, 1.0) is sound
    for speed in (0.2, 1.5, float("nan")):
        with pytest.raises(ConfigError, match=r"must lie within 0\.25-1"):
            slowed(sound, RATE_HZ, speed)
