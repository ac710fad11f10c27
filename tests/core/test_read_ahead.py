from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.audio import Recording, Samples
from vowelscope.core.errors import AudioError
from vowelscope.core.read_ahead import ReadAhead, Selection, arrange, blocks_of

RATE_HZ = 16000


@pytest.fixture
def noise(tmp_path: Path) -> tuple[Recording, Samples]:
    data = np.random.default_rng(1).uniform(-1, 1, (3 * RATE_HZ, 2)).astype(np.float32)
    sf.write(tmp_path / "noise.wav", data, RATE_HZ, subtype="FLOAT")
    return Recording(tmp_path / "noise.wav"), data


def _all(reader: ReadAhead, columns: int, frames: int = 700) -> Samples:
    parts = []
    while not reader.exhausted:
        out = np.full((frames, columns), 9, dtype=np.float32)
        count = reader.pull(out)
        assert not out[count:].any(), "what is left over must be silent"
        parts.append(out[:count])
    return np.concatenate(parts)


def test_the_blocks_are_the_selection_to_the_sample(noise: tuple[Recording, Samples]) -> None:
    recording, data = noise
    reader = ReadAhead(blocks_of(Selection(recording, 0.25, 2.75), 2, RATE_HZ))
    assert np.array_equal(_all(reader, 2), data[4000:44000])
    reader.close()


def test_one_channel_of_two_and_the_mean(noise: tuple[Recording, Samples]) -> None:
    recording, data = noise
    right = ReadAhead(blocks_of(Selection(recording, 0, 1, channel=1), 1, RATE_HZ))
    assert np.array_equal(_all(right, 1), data[:RATE_HZ, 1:])
    both = ReadAhead(blocks_of(Selection(recording, 0, 1), 1, RATE_HZ))
    np.testing.assert_allclose(_all(both, 1)[:, 0], data[:RATE_HZ].mean(axis=1), atol=1e-7)


def test_one_channel_goes_to_both_loudspeakers() -> None:
    mono = np.array([[1.0], [2.0]], dtype=np.float32)
    assert arrange(mono, None, 2).tolist() == [[1, 1], [2, 2]]
    stereo = np.array([[1.0, 5.0]], dtype=np.float32)
    assert arrange(stereo, 1, 2).tolist() == [[5, 5]]
    assert arrange(stereo, None, 2).tolist() == [[1, 5]]


def test_the_selection_is_clipped_to_the_file(noise: tuple[Recording, Samples]) -> None:
    recording, data = noise
    assert Selection(recording, -1, 99).frames == (0, len(data))
    assert Selection(recording, 5, 6).frames == (len(data), len(data))
    assert Selection(recording, 2, 1).frames == (32000, 32000)


def test_another_rate_keeps_pitch_and_length(tmp_path: Path) -> None:
    times_s = np.arange(2 * RATE_HZ) / RATE_HZ
    sf.write(tmp_path / "tone.wav", 0.5 * np.sin(2 * np.pi * 1000 * times_s), RATE_HZ)
    selection = Selection(Recording(tmp_path / "tone.wav"), 0, 2)
    reader = ReadAhead(blocks_of(selection, 1, 44100))
    wave = _all(reader, 1)[:, 0]
    assert abs(len(wave) - 2 * 44100) <= 2
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    assert abs(np.argmax(spectrum) * 44100 / len(wave) - 1000) < 1
    assert np.abs(wave[4410:-4410]).max() == pytest.approx(0.5, abs=0.002)


def test_only_a_few_blocks_are_read_ahead() -> None:
    given = 0

    def endless() -> Iterator[Samples]:
        nonlocal given
        while True:
            given += 1
            yield np.zeros((1000, 1), dtype=np.float32)

    reader = ReadAhead(endless())
    time.sleep(0.15)
    assert given <= 10
    reader.pull(np.zeros((5000, 1), dtype=np.float32))
    time.sleep(0.05)
    assert 10 < given <= 15
    reader.close()
    assert not reader._thread.is_alive()


def test_a_file_that_cannot_be_read_on_is_told_at_the_end_of_what_could() -> None:
    def broken() -> Iterator[Samples]:
        yield np.ones((10, 1), dtype=np.float32)
        raise AudioError("gone.wav: cannot be read at 1.000 s.")

    reader = ReadAhead(broken())
    assert _all(reader, 1).tolist() == [[1]] * 10
    assert str(reader.error) == "gone.wav: cannot be read at 1.000 s."
