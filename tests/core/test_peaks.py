"""The min/max pyramid against brute force, its file, its memory."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.audio import Recording
from vowelscope.core.peaks import CELL, Peaks

RATE = 8000


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    rng = np.random.default_rng(3)
    return rng.normal(0, 0.1, (600 * RATE + 77, 2)).astype(np.float32)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, samples: np.ndarray) -> Path:
    path = tmp_path_factory.mktemp("peaks") / "long.wav"
    sf.write(path, samples, RATE, subtype="FLOAT")
    return path


@pytest.fixture
def recording(original: Path) -> Iterator[Recording]:
    with Recording(original) as opened:
        yield opened


def brute_force(samples: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    last = edges[-1] - 1
    parts = [samples[min(a, last) : max(b, min(a, last) + 1)] for a, b in pairwise(edges)]
    return np.stack([p.min(axis=0) for p in parts]), np.stack([p.max(axis=0) for p in parts])


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize(
    ("start_s", "stop_s", "columns"),
    [(0, 600.1, 700), (3.7, 590, 1000), (100, 250, 33), (10, 11, 500), (0, 600, 3), (5, 5.01, 300)],
)
def test_every_zoom_equals_brute_force(
    recording: Recording,
    samples: np.ndarray,
    tmp_path: Path,
    built: bool,
    start_s: float,
    stop_s: float,
    columns: int,
) -> None:
    peaks = Peaks(recording, tmp_path / "cache")
    if built:
        assert list(peaks.build())[-1] == 1.0
    edges = peaks.edges(start_s, stop_s, columns)
    exact = np.linspace(int(start_s * RATE), min(np.ceil(stop_s * RATE), len(samples)), columns + 1)
    assert np.abs(edges - exact).max() <= max(0.5, (exact[1] - exact[0]) / 8)
    mins, maxs = peaks.peaks(start_s, stop_s, columns)
    low, high = brute_force(samples, edges)
    np.testing.assert_array_equal(mins, low)
    np.testing.assert_array_equal(maxs, high)


def test_the_pyramid_is_found_again_and_belongs_to_the_file_as_it_was(
    recording: Recording, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    first = Peaks(recording, cache)
    assert not first.is_built
    assert not first.is_immediate(0, 600, 1000)
    assert first.is_immediate(10, 13, 1000)
    shares = list(first.build())
    assert shares == sorted(shares)
    again = Peaks(recording, cache)
    assert again.is_built
    assert again.is_immediate(0, 600, 1000)
    np.testing.assert_array_equal(again.peaks(0, 600, 50)[1], first.peaks(0, 600, 50)[1])
    stat = recording.path.stat()
    os.utime(recording.path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 10**9))
    assert not Peaks(recording, cache).is_built


def test_a_damaged_file_is_built_anew(recording: Recording, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    peaks = Peaks(recording, cache)
    list(peaks.build())
    data = peaks.path.read_bytes()
    for damaged in (b"", data[: len(data) // 2], b"not numpy"):
        peaks.path.write_bytes(damaged)
        other = Peaks(recording, cache)
        assert not other.is_built
    list(other.build())
    assert Peaks(recording, cache).is_built


def test_cancelling_leaves_nothing(recording: Recording, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    peaks = Peaks(recording, cache)
    answers = iter([False, True])
    assert len(list(peaks.build(lambda: next(answers)))) == 1
    assert not peaks.is_built
    assert not cache.exists() or not list(cache.iterdir())


def test_without_a_place_to_write_it_stays_in_memory(recording: Recording, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    peaks = Peaks(recording, blocked / "cache")
    list(peaks.build())
    assert peaks.is_built


def test_memory_is_that_of_the_pyramid_not_of_the_sound(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    with sf.SoundFile(path, "w", 8000, 2, "PCM_16") as file:
        block = np.zeros((1 << 18, 2), dtype=np.int16)
        for _ in range(80):
            file.write(block)
    with Recording(path) as recording:
        peaks = Peaks(recording, tmp_path / "cache")
        tracemalloc.start()
        list(peaks.build())
        peaks.peaks(0, recording.duration_s, 1000)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        as_float = recording.n_frames * 2 * 4
        assert most < as_float / CELL * 2 * 1.4 + 16e6 < as_float / 8
