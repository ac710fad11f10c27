"""Recordings: every format, block-wise, and the sentence that each kind of bad file gets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.audio import Recording, to_mono
from vowelscope.core.errors import AudioError

RATE_HZ = 22050

# (file name, libsndfile's format, subtype, largest error of one sample re full scale)
LOSSLESS = [
    ("u8.wav", "WAV", "PCM_U8", 1 / 127),
    ("s16.wav", "WAV", "PCM_16", 1 / 32000),
    ("s24.wav", "WAV", "PCM_24", 1e-6),
    ("s32.wav", "WAV", "PCM_32", 1e-6),
    ("float.wav", "WAV", "FLOAT", 1e-7),
    ("double.wav", "WAV", "DOUBLE", 1e-7),
    ("extensible.wav", "WAVEX", "PCM_24", 1e-6),
    ("s16.rf64", "RF64", "PCM_16", 1 / 32000),
    ("s16.w64", "W64", "PCM_16", 1 / 32000),
    ("s16.flac", "FLAC", "PCM_16", 1 / 32000),
    ("s24.flac", "FLAC", "PCM_24", 1e-6),
    ("s16.aiff", "AIFF", "PCM_16", 1 / 32000),
    ("s24.aiff", "AIFF", "PCM_24", 1e-6),
    ("float.aiff", "AIFF", "FLOAT", 1e-7),
    ("s16.au", "AU", "PCM_16", 1 / 32000),
    ("s16.caf", "CAF", "PCM_16", 1 / 32000),
]
LOSSY = [
    ("vorbis.ogg", "OGG", "VORBIS"),
    ("opus.ogg", "OGG", "OPUS"),
    ("layer3.mp3", "MP3", "MPEG_LAYER_III"),
]


def _two_channels(seconds: float = 1.0, rate_hz: int = RATE_HZ) -> np.ndarray:
    times_s = np.arange(round(seconds * rate_hz)) / rate_hz
    left = 0.6 * np.sin(2 * np.pi * 440 * times_s)
    right = 0.3 * np.sin(2 * np.pi * 1000 * times_s)
    return np.stack([left, right], axis=1).astype(np.float32)


@pytest.mark.parametrize(("name", "container", "subtype", "tolerance"), LOSSLESS)
def test_reads_every_lossless_format(tmp_path, name, container, subtype, tolerance):
    data = _two_channels()
    sf.write(tmp_path / name, data, RATE_HZ, format=container, subtype=subtype)
    with Recording(tmp_path / name) as recording:
        assert (recording.rate_hz, recording.n_channels) == (RATE_HZ, 2)
        assert recording.n_frames == RATE_HZ
        assert recording.duration_s == 1.0
        assert recording.nyquist_hz == RATE_HZ / 2
        got = recording.read_frames(0, recording.n_frames)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, data, atol=tolerance, rtol=0)


@pytest.mark.parametrize(("name", "container", "subtype"), LOSSY)
def test_reads_compressed_formats(tmp_path, name, container, subtype):
    rate_hz = 48000 if subtype == "OPUS" else RATE_HZ
    data = _two_channels(rate_hz=rate_hz)
    sf.write(tmp_path / name, data, rate_hz, format=container, subtype=subtype)
    with Recording(tmp_path / name) as recording:
        assert recording.rate_hz == rate_hz
        assert recording.duration_s == pytest.approx(1.0, abs=0.06)
        middle = recording.read(0.3, 0.7, channel=0)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    peak_hz = np.argmax(spectrum) * rate_hz / len(middle)
    assert peak_hz == pytest.approx(440, abs=5)


@pytest.mark.parametrize("name", ["s16.wav", "s16.flac", "vorbis.ogg", "layer3.mp3"])
def test_a_part_equals_that_part_of_the_whole(tmp_path, name):
    data = _two_channels(2.0)
    sf.write(tmp_path / name, data, RATE_HZ)
    with Recording(tmp_path / name) as recording:
        whole = recording.read_frames(0, recording.n_frames)
        for start, stop in [(30000, 31000), (100, 5000), (20000, 44100), (0, 1)]:
            part = recording.read_frames(start, stop)
            assert part.shape == (min(stop, recording.n_frames) - start, 2)
            np.testing.assert_allclose(part, whole[start:stop], atol=1e-4)


def test_blocks_follow_each_other_and_make_the_whole(tmp_path):
    data = _two_channels(1.3)
    sf.write(tmp_path / "a.wav", data, RATE_HZ, subtype="FLOAT")
    with Recording(tmp_path / "a.wav") as recording:
        blocks = list(recording.blocks(frames=4096))
        starts = [start for start, _ in blocks]
        assert starts == list(range(0, recording.n_frames, 4096))
        assert all(len(block) == 4096 for _, block in blocks[:-1])
        np.testing.assert_array_equal(np.concatenate([block for _, block in blocks]), data)


def test_without_a_channel_it_is_the_mean_of_all(tmp_path):
    data = _two_channels()
    sf.write(tmp_path / "a.wav", data, RATE_HZ, subtype="FLOAT")
    with Recording(tmp_path / "a.wav") as recording:
        np.testing.assert_array_equal(recording.read(0, 1, channel=0), data[:, 0])
        np.testing.assert_array_equal(recording.read(0, 1, channel=1), data[:, 1])
        np.testing.assert_allclose(recording.read(0, 1), data.mean(axis=1), atol=1e-7)


@pytest.mark.parametrize("channel", [2, -1])
def test_a_channel_that_is_not_there_is_a_sentence(tmp_path, channel):
    sf.write(tmp_path / "a.wav", _two_channels(), RATE_HZ)
    with (
        Recording(tmp_path / "a.wav") as recording,
        pytest.raises(AudioError, match=f"no channel {channel + 1}, it has 2"),
    ):
        recording.read(0, 1, channel=channel)


def test_to_mono_of_one_channel_is_that_channel():
    data = np.arange(6, dtype=np.float32)[:, None]
    np.testing.assert_array_equal(to_mono(data), data[:, 0])
    assert to_mono(data).flags["C_CONTIGUOUS"]


@pytest.mark.parametrize(
    ("start_s", "stop_s", "count"),
    [(-1.0, 0.5, 50), (0.5, 9.0, 50), (-1.0, 9.0, 100), (5.0, 6.0, 0), (0.7, 0.2, 0), (-2, -1, 0)],
)
def test_times_outside_the_file_are_clipped(tmp_path, start_s, stop_s, count):
    sf.write(tmp_path / "a.wav", np.full(100, 0.25, np.float32), 100, subtype="FLOAT")
    with Recording(tmp_path / "a.wav") as recording:
        samples = recording.read(start_s, stop_s)
    assert samples.shape == (count,)
    assert np.all(samples == 0.25)


def test_times_are_rounded_to_the_nearest_sample(tmp_path):
    sf.write(tmp_path / "a.wav", np.arange(100, dtype=np.float32) / 100, 1000, subtype="FLOAT")
    with Recording(tmp_path / "a.wav") as recording:
        assert recording.read(0.0104, 0.0126)[0] == np.float32(0.10)
        assert len(recording.read(0.0104, 0.0126)) == 3


def test_samples_beyond_full_scale_are_kept(tmp_path):
    loud = np.array([0.5, 1.7, -2.5], dtype=np.float32)
    sf.write(tmp_path / "a.wav", loud, 8000, subtype="FLOAT")
    with Recording(tmp_path / "a.wav") as recording:
        np.testing.assert_array_equal(recording.read_frames(0, 3)[:, 0], loud)


def test_reads_from_several_threads_do_not_mix(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    data = np.linspace(-1, 1, 50000, dtype=np.float32)
    sf.write(tmp_path / "a.wav", data, 8000, subtype="FLOAT")
    starts = np.random.default_rng(0).integers(0, 49000, 300)
    with Recording(tmp_path / "a.wav") as recording, ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda start: recording.read_frames(start, start + 500), starts))
    for start, part in zip(starts, parts, strict=True):
        np.testing.assert_array_equal(part[:, 0], data[start : start + 500])


def test_the_name_may_hold_any_letter(tmp_path):
    path = tmp_path / "te reo Māori ɝ 録音.wav"
    sf.write(path, np.zeros(10), 8000)
    with Recording(path) as recording:
        assert recording.n_frames == 10
        assert "録音" in repr(recording)


def _refusal(path: Path) -> str:
    with pytest.raises(AudioError) as caught:
        Recording(path)
    text = str(caught.value)
    assert str(path) in text
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_missing_file(tmp_path):
    assert "no such file" in _refusal(tmp_path / "gone.wav")


def test_folder(tmp_path):
    assert "folder" in _refusal(tmp_path)


def test_empty_file(tmp_path):
    (tmp_path / "empty.wav").touch()
    assert "empty" in _refusal(tmp_path / "empty.wav")


def test_text_named_wav(tmp_path):
    path = tmp_path / "notes.wav"
    path.write_text("These are my notes on the recording.\n" * 20)
    assert "not a sound file" in _refusal(path)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg"])
def test_header_cut_short(tmp_path, name):
    sf.write(tmp_path / name, _two_channels(), RATE_HZ)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[:20])
    _refusal(tmp_path / name)


def test_header_without_samples(tmp_path):
    sf.write(tmp_path / "a.wav", np.zeros((0, 1)), 8000)
    assert "no samples" in _refusal(tmp_path / "a.wav")


def test_wav_cut_in_its_samples_gives_what_is_there(tmp_path):
    data = _two_channels()
    sf.write(tmp_path / "a.wav", data, RATE_HZ, subtype="PCM_16")
    whole = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "a.wav").write_bytes(whole[: len(whole) // 2])
    with Recording(tmp_path / "a.wav") as recording:
        assert 0.4 < recording.duration_s < 0.51
        held = recording.read_frames(0, recording.n_frames)
    np.testing.assert_allclose(held, data[: len(held)], atol=1 / 32000)


def test_flac_cut_in_its_samples_gives_what_is_there_or_a_sentence(tmp_path):
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (RATE_HZ, 1)).astype(np.float32)
    sf.write(tmp_path / "a.flac", noise, RATE_HZ, subtype="PCM_16")
    whole = (tmp_path / "a.flac").read_bytes()
    (tmp_path / "a.flac").write_bytes(whole[: len(whole) // 2])
    with Recording(tmp_path / "a.flac") as recording:
        early = recording.read_frames(0, 4000)
        np.testing.assert_allclose(early, noise[:4000], atol=1 / 32000)
        try:
            late = recording.read_frames(recording.n_frames - 1000, recording.n_frames)
        except AudioError as error:
            assert "a.flac" in str(error)
        else:
            assert len(late) <= 1000


def test_an_unreadable_file_is_a_sentence(tmp_path):
    path = tmp_path / "pipe.wav"
    path.write_bytes(b"RIFF" + b"\xff" * 400)
    _refusal(path)


_TEN_SECONDS_OF_AN_HOUR = """
import resource, sys
from vowelscope.core.audio import Recording
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with Recording(sys.argv[1]) as recording:
    assert recording.duration_s == 3600
    assert len(recording.read(1800, 1810)) == 480000
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) / 1024)
"""


@pytest.mark.skipif(sys.platform == "darwin", reason="ru_maxrss is in kilobytes on Linux only")
def test_ten_seconds_of_an_hour_do_not_read_the_hour(tmp_path):
    path = tmp_path / "hour.wav"
    minute = np.zeros((48000 * 60, 1), dtype=np.int16)
    with sf.SoundFile(path, "w", 48000, 1, subtype="PCM_U8") as file:
        for _ in range(60):
            file.write(minute)
    run = subprocess.run(
        [sys.executable, "-c", _TEN_SECONDS_OF_AN_HOUR, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    path.unlink()
    assert float(run.stdout) < 50
