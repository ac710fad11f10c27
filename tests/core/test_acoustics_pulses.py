"""Glottal pulses: those of Praat, whatever part is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import parselmouth
import pytest
import soundfile as sf

from vowelscope.core.acoustics import PitchSettings
from vowelscope.core.acoustics_grid import Chunking
from vowelscope.core.acoustics_pulses import pulses
from vowelscope.core.errors import AnalysisError

RATE = 16000
SECONDS = 24
SMALL = Chunking(whole=1 << 14, core=1 << 17, margin=1 << 16, block=1 << 10)
"""Chunks of 8 s, so that the recording has borders."""


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Voiced stretches of 0.6 s at a sliding pitch, with noise between; two channels."""
    rng = np.random.default_rng(3)
    t = np.arange(SECONDS * RATE) / RATE
    phase = np.cumsum(130 + 25 * np.sin(2 * np.pi * 0.4 * t)) / RATE
    source = np.diff(np.floor(phase), prepend=0.0)
    shape = np.exp(-np.arange(200) / 25) * np.sin(2 * np.pi * 700 * np.arange(200) / RATE)
    sound = np.convolve(source, shape)[: len(t)] * ((t % 1.0) < 0.6)
    left = 0.4 * sound + 1e-3 * rng.normal(size=len(t))
    path = tmp_path_factory.mktemp("pulses") / "voice.wav"
    sf.write(path, np.stack([left, 0.1 * rng.normal(size=len(t))], axis=1), RATE, subtype="PCM_16")
    return path


@pytest.fixture(scope="module")
def praats(voice: Path) -> np.ndarray:
    """One by one, as Praat's query gives them."""
    call = parselmouth.praat.call
    sound = parselmouth.Sound(str(voice)).extract_channel(1)
    points = call([sound, sound.to_pitch_ac(pitch_floor=75, pitch_ceiling=500)],
                  "To PointProcess (cc)")  # fmt: skip
    count = call(points, "Get number of points")
    return np.array([call(points, "Get time from index", i + 1) for i in range(count)])


def test_pulses_are_praats(voice: Path, praats: np.ndarray) -> None:
    ours = pulses(voice, channel=0)
    assert len(ours.times_s) > 1500
    np.testing.assert_allclose(ours.times_s, praats, rtol=0, atol=1e-9)
    assert (np.diff(ours.times_s) > 0).all()


def test_no_pulse_depends_on_the_part(voice: Path, praats: np.ndarray) -> None:
    part = pulses(voice, None, 7.2, 9.4, 0)
    inside = praats[(praats >= 7.2) & (praats <= 9.4)]
    np.testing.assert_allclose(part.times_s, inside, rtol=0, atol=1e-9)


def test_a_long_file_has_them_from_chunks(voice: Path, praats: np.ndarray) -> None:
    chunked = pulses(voice, channel=0, chunking=SMALL)
    assert len(chunked.times_s) == len(praats)
    # A sample of another chunk may be the most alike: Praat looks between samples, not beyond one.
    np.testing.assert_allclose(chunked.times_s, praats, rtol=0, atol=1.0 / RATE)


def test_noise_and_silence_have_none(voice: Path, tmp_path: Path) -> None:
    assert len(pulses(voice, channel=1).times_s) < 40
    silent = tmp_path / "silent.wav"
    sf.write(silent, np.zeros(RATE), RATE)
    assert len(pulses(silent).times_s) == 0
    with pytest.raises(AnalysisError, match="no channel 3"):
        pulses(voice, channel=2)
    with pytest.raises(AnalysisError, match="pitch floor"):
        pulses(voice, PitchSettings(floor_hz=2500, ceiling_hz=5000))
