"""The voice report: Praat's words and numbers."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import parselmouth
import pytest
import soundfile as sf

from vowelscope.core.acoustics import PitchSettings
from vowelscope.core.acoustics_grid import Chunking
from vowelscope.core.errors import AnalysisError
from vowelscope.core.voice_report import PulseSettings, voice_report

RATE = 16000
SMALL = Chunking(whole=1 << 14, core=1 << 17, margin=1 << 16, block=1 << 10)


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(11)
    t = np.arange(24 * RATE) / RATE
    phase = np.cumsum(120 + 20 * np.sin(2 * np.pi * 0.5 * t) + rng.normal(0, 40, len(t))) / RATE
    source = np.diff(np.floor(phase), prepend=0.0) * (1 + 0.1 * np.sin(2 * np.pi * 7 * t))
    shape = np.exp(-np.arange(200) / 25) * np.sin(2 * np.pi * 700 * np.arange(200) / RATE)
    sound = 0.3 * np.convolve(source, shape)[: len(t)] * ((t % 1.0) < 0.6)
    path = tmp_path_factory.mktemp("report") / "voice.wav"
    sf.write(path, sound + 1e-3 * rng.normal(size=len(t)), RATE, subtype="PCM_16")
    return path


def praats(path: Path, start_s: float, stop_s: float, period: float = 1.3) -> str:
    call = parselmouth.praat.call
    sound = parselmouth.Sound(str(path))
    pitch = sound.to_pitch_ac(pitch_floor=75, pitch_ceiling=500)
    points = call([sound, pitch], "To PointProcess (cc)")
    report = call(
        [sound, pitch, points], "Voice report", start_s, stop_s, 75, 500, period, 1.6, 0.03, 0.45
    )
    return str(report).rstrip()


def numbers(text: str) -> list[float]:
    return [float(x) for x in re.findall(r"(?<![A-Za-z\d])\d+(?:\.\d+)?(?:E-?\d+)?", text)]


@pytest.mark.parametrize("period", [1.3, 1.02])
def test_the_report_is_praats(voice: Path, period: float) -> None:
    ours = voice_report(voice, 3.05, 3.55, None, PulseSettings(max_period_factor=period))
    theirs = praats(voice, 3.05, 3.55, period)
    assert ours.endswith(theirs + "\n") and "Jitter (local):" in theirs
    assert "voice.wav, mean of all channels" in ours and f"period factor {period:g}" in ours
    if period < 1.3:
        assert theirs != praats(voice, 3.05, 3.55)


def test_that_of_a_long_file_stands_at_its_own_time(voice: Path) -> None:
    ours = voice_report(voice, 10.0513, 10.5487, chunking=SMALL)
    body = ours.split("\n", 2)[2]
    assert "From 10.051300 to 10.548700 seconds" in body
    np.testing.assert_allclose(numbers(body), numbers(praats(voice, 10.0513, 10.5487)), rtol=1e-3)
    with pytest.raises(AnalysisError, match="too long for a voice report"):
        voice_report(voice, 0.0, 23.0, chunking=SMALL)


def test_what_cannot_be_done_is_a_sentence(voice: Path) -> None:
    with pytest.raises(AnalysisError, match="Select a stretch"):
        voice_report(voice, 1.0, 1.0)
    with pytest.raises(AnalysisError, match="no channel 2"):
        voice_report(voice, 1.0, 1.5, channel=1)
    with pytest.raises(AnalysisError, match="maximum period factor = 1"):
        PulseSettings(max_period_factor=1.0)
    silence = voice_report(voice, 0.7, 0.9, PitchSettings())
    assert "Number of pulses: 0" in silence and "undefined" in silence
