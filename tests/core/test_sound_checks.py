from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.audio import Recording
from vowelscope.core.sound_checks import SoundOutline, outline_of

RATE_HZ = 16_000


def outline(path: Path, samples: np.ndarray, subtype: str = "PCM_16") -> SoundOutline:
    sf.write(path, samples, RATE_HZ, subtype=subtype)
    with Recording(path) as recording:
        return outline_of(recording)


def tone(seconds: float, level: float = 0.5) -> np.ndarray:
    return level * np.sin(2 * np.pi * 140 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)


def test_a_silence_is_found_where_it_is(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(size=round(0.3 * RATE_HZ)) * 1e-4
    found = outline(tmp_path / "a.wav", np.concatenate([tone(0.5), noise, tone(20.0)]))
    assert found.silences_s == pytest.approx(np.array([[0.5, 0.8]]), abs=0.021)
    assert found.silence_s(0.6, 0.7) == pytest.approx(0.1)
    assert found.silence_s(0.7, 1.0) == pytest.approx(0.1, abs=0.021)
    assert found.silence_s(1.0, 2.0) == 0


def test_a_short_gap_and_a_soft_vowel_are_no_silence(tmp_path: Path) -> None:
    gap = np.zeros(round(0.07 * RATE_HZ))
    found = outline(tmp_path / "a.wav", np.concatenate([tone(0.5), gap, tone(0.5, 0.5 / 30)]))
    assert not len(found.silences_s)


def test_nothing_but_zeros_is_silent_throughout(tmp_path: Path) -> None:
    found = outline(tmp_path / "a.wav", np.zeros(RATE_HZ + 37))
    assert found.silence_s(0, 2) == pytest.approx(1 + 37 / RATE_HZ)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_clipped_samples_are_counted_over_the_ends_of_blocks(tmp_path: Path, subtype: str) -> None:
    samples = tone(20.0)
    samples[1000:1005] = 1.0
    block = (1 << 18) // 160 * 160
    samples[block - 2 : block + 2] = -1.0
    samples[5000] = 1.0  # one sample at the top is the peak of a normalised recording
    found = outline(tmp_path / "a.wav", samples, subtype)
    assert found.clipped.tolist() == [*range(1000, 1005), *range(block - 2, block + 2)]
    assert found.clipped_samples(0, 0.1) == 5
    assert found.clipped_samples(1002 / RATE_HZ, 1004 / RATE_HZ) == 2
    assert found.clipped_samples(5000 / RATE_HZ, 1) == 0


def test_one_channel_that_is_clipped_is_enough(tmp_path: Path) -> None:
    samples = np.stack([tone(0.5), np.clip(tone(0.5, 1.5), -1, 1)], axis=1)
    assert len(outline(tmp_path / "a.wav", samples).clipped) > 1000
