from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.audio import Recording, Samples
from vowelscope.core.passages import SEAM_S, Passage, Passes, Rendered, Selection, arrange

RATE_HZ = 16000
SEAM = round(SEAM_S * RATE_HZ)


@pytest.fixture
def noise(tmp_path: Path) -> tuple[Recording, Samples]:
    data = np.random.default_rng(1).uniform(-1, 1, (3 * RATE_HZ, 2)).astype(np.float32)
    sf.write(tmp_path / "noise.wav", data, RATE_HZ, subtype="FLOAT")
    return Recording(tmp_path / "noise.wav"), data


def _heard(first: Passage, columns: int, rate_hz: float = RATE_HZ, *then: Passage) -> Samples:
    rest = [*then]
    passes = Passes(first, columns, rate_hz, lambda: rest.pop(0) if rest else None)
    return np.concatenate([block for block in passes.blocks() if block is not None])


def test_one_pass_is_the_selection_to_the_sample(noise: tuple[Recording, Samples]) -> None:
    recording, data = noise
    assert np.array_equal(_heard(Selection(recording, 0.25, 2.75), 2), data[4000:44000])
    assert np.array_equal(_heard(Selection(recording, 1, 1 + 1 / RATE_HZ), 2), data[16000:16001])


def test_one_channel_of_two_and_the_mean(noise: tuple[Recording, Samples]) -> None:
    recording, data = noise
    right = _heard(Selection(recording, 0, 1, (1,)), 1)
    assert np.array_equal(right, data[:RATE_HZ, 1:])
    both = _heard(Selection(recording, 0, 1), 1)
    np.testing.assert_allclose(both[:, 0], data[:RATE_HZ].mean(axis=1), atol=1e-7)


def test_one_channel_goes_to_both_loudspeakers() -> None:
    mono = np.array([[1.0], [2.0]], dtype=np.float32)
    assert arrange(mono, 2).tolist() == [[1, 1], [2, 2]]
    stereo = np.array([[1.0, 5.0]], dtype=np.float32)
    assert arrange(stereo, 2).tolist() == [[1, 5]]
    assert arrange(stereo, 1).tolist() == [[3]]


def test_the_selection_is_clipped_to_the_file(noise: tuple[Recording, Samples]) -> None:
    recording, data = noise
    assert Selection(recording, -1, 99).frames == (0, len(data))
    assert Selection(recording, 5, 6).frames == (len(data), len(data))
    assert Selection(recording, 2, 1).frames == (32000, 32000)


def test_another_rate_keeps_pitch_and_length(tmp_path: Path) -> None:
    times_s = np.arange(2 * RATE_HZ) / RATE_HZ
    sf.write(tmp_path / "tone.wav", 0.5 * np.sin(2 * np.pi * 1000 * times_s), RATE_HZ)
    wave = _heard(Selection(Recording(tmp_path / "tone.wav"), 0, 2), 1, 44100)[:, 0]
    assert abs(len(wave) - 2 * 44100) <= 2
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    assert abs(np.argmax(spectrum) * 44100 / len(wave) - 1000) < 1
    assert np.abs(wave[4410:-4410]).max() == pytest.approx(0.5, abs=0.002)


def test_a_loop_is_as_long_as_its_passes_and_untouched_but_at_the_seams(
    noise: tuple[Recording, Samples],
) -> None:
    recording, data = noise
    part = Selection(recording, 0.5, 1.0)
    wave = _heard(part, 2, RATE_HZ, part, part)
    wanted, lead = data[8000:16000], data[8000 - SEAM : 8000]
    assert len(wave) == 3 * 8000
    for turn in range(3):
        inner = wave[8000 * turn : 8000 * (turn + 1) - SEAM]
        assert np.array_equal(inner, wanted[:-SEAM])
    assert np.array_equal(wave[-SEAM:], wanted[-SEAM:]), "the last pass ends as the recording"
    np.testing.assert_allclose(wave[7999], lead[-1], atol=1e-3)


@pytest.mark.parametrize("start_s", [0.0, 0.503])
def test_a_loop_has_no_click_at_the_seam(tmp_path: Path, start_s: float) -> None:
    """A click is a step: in a loop of a slow tone no sample differs more from the one before."""
    times_s = np.arange(2 * RATE_HZ) / RATE_HZ
    wave = 0.5 * np.cos(2 * np.pi * 100 * times_s)
    sf.write(tmp_path / "slow.wav", wave, RATE_HZ, subtype="FLOAT")
    # Ends in the middle of a period, far from where the loop starts.
    part = Selection(Recording(tmp_path / "slow.wav"), start_s, start_s + 0.2525)
    heard = _heard(part, 1, RATE_HZ, part)[:, 0]
    plain = np.concatenate([_heard(part, 1)[:, 0]] * 2)
    within = np.abs(np.diff(wave)).max()
    assert np.abs(np.diff(plain)).max() > 10 * within, "played end to start it does click"
    # Half a period turned over within 5 ms is steeper than the tone, but no step.
    assert np.abs(np.diff(heard)).max() < 3 * within


def test_a_loop_at_another_rate_has_no_click_and_keeps_its_length(tmp_path: Path) -> None:
    times_s = np.arange(2 * RATE_HZ) / RATE_HZ
    wave = 0.5 * np.sin(2 * np.pi * 200 * times_s)
    sf.write(tmp_path / "tone.wav", wave, RATE_HZ, subtype="FLOAT")
    part = Selection(Recording(tmp_path / "tone.wav"), 0.5, 0.75)  # fifty periods
    heard = _heard(part, 1, 44100, part, part)[:, 0]
    assert abs(len(heard) - 3 * 11025) <= 3
    steepest = 0.5 * 2 * np.pi * 200 / 44100
    assert np.abs(np.diff(heard[100:-100])).max() < 1.05 * steepest
    assert np.abs(heard[100:-100]).max() < 0.51


def test_what_follows_may_be_another_stretch_or_nothing(
    noise: tuple[Recording, Samples],
) -> None:
    recording, data = noise
    first, then = Selection(recording, 0.5, 1.0), Selection(recording, 2.0, 2.5)
    wave = _heard(first, 2, RATE_HZ, then)
    assert np.array_equal(wave[8000:], data[32000:40000])
    nothing = Selection(recording, 2.0, 2.0)
    assert len(_heard(first, 2, RATE_HZ, nothing, then)) == 8000


def test_times_of_the_recording_over_several_passes(noise: tuple[Recording, Samples]) -> None:
    recording, _ = noise
    slowed = Rendered(np.ones((16000, 1), np.float32), RATE_HZ, (0.5, 1.0))
    rest: list[Passage] = [slowed, Selection(recording, 2.0, 2.5)]
    passes = Passes(
        Selection(recording, 1.0, 1.5), 1, 2 * RATE_HZ, lambda: rest.pop(0) if rest else None
    )
    assert passes.time_at(0) == 1.0
    for _ in passes.blocks():
        pass
    # At twice the rate 0.5 s are 16,000 frames; then 1 s for half a second; then 0.5 s.
    frames = [0, 8000, 15999.9, 16000, 32000, 47999.9, 48000, 56000, 99999]
    times_s = [passes.time_at(frame) for frame in frames]
    assert times_s == pytest.approx([1.0, 1.25, 1.5, 0.5, 0.75, 1.0, 2.0, 2.25, 2.5], abs=1e-4)
