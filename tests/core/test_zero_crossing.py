from __future__ import annotations

from pathlib import Path

import numpy as np
import parselmouth
import pytest
import soundfile as sf
from parselmouth.praat import call

from vowelscope.core.audio import Recording
from vowelscope.core.zero_crossing import nearest_zero_crossing, nearest_zero_crossing_s

RATE_HZ = 16000


@pytest.fixture(scope="module")
def wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise, tones, silence, a direct current and runs of zeros."""
    rng = np.random.default_rng(1)
    t = np.arange(RATE_HZ) / RATE_HZ
    signal = np.concatenate(
        [
            0.3 * np.sin(2 * np.pi * 100 * t),
            0.2 * rng.standard_normal(RATE_HZ) * (rng.random(RATE_HZ) < 0.3),
            np.zeros(RATE_HZ),
            0.2 + 0.1 * np.sin(2 * np.pi * 30 * t),
            0.1 * np.sin(2 * np.pi * 7 * t),
        ]
    )
    path = tmp_path_factory.mktemp("zero") / "x.wav"
    both = np.column_stack([signal, signal[::-1]])
    sf.write(path, both, RATE_HZ, subtype="PCM_16")
    return path


@pytest.mark.parametrize("channel", [0, 1])
def test_crossings_are_those_of_praat(wav: Path, channel: int) -> None:
    sound = parselmouth.Sound(str(wav))
    times = np.random.default_rng(2).uniform(0, 5, 150)
    with Recording(wav) as recording:
        for time_s in [*times, 0.0, 0.005, 2.5, 3.5, 5.0]:
            praat = call(sound, "Get nearest zero crossing", channel + 1, float(time_s))
            own = nearest_zero_crossing_s(recording, float(time_s), channel)
            assert own == pytest.approx(praat, abs=1e-12), time_s


def test_a_sound_without_a_crossing_has_none() -> None:
    assert nearest_zero_crossing(np.ones(50, np.float32), RATE_HZ, 0.0, 0.001) is None
    assert nearest_zero_crossing(np.zeros(0, np.float32), RATE_HZ, 0.0, 0.001) is None


def test_between_two_samples_the_line_decides() -> None:
    samples = np.array([0.3, -0.1], np.float64)
    # The samples stand at 0.5 and 1.5 s after the start; the line crosses at three quarters.
    assert nearest_zero_crossing(samples, 1.0, 10.0, 10.9) == pytest.approx(11.25)
