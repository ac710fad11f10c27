from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from vowelscope.core.audio import Samples
from vowelscope.core.errors import AudioError
from vowelscope.core.read_ahead import ReadAhead


def _all(reader: ReadAhead, columns: int, frames: int = 700) -> Samples:
    parts = []
    while not reader.exhausted:
        out = np.full((frames, columns), 9, dtype=np.float32)
        count = reader.pull(out)
        assert not out[count:].any(), "what is left over must be silent"
        parts.append(out[:count])
    return np.concatenate(parts)


def test_it_gives_the_blocks_to_the_sample() -> None:
    data = np.random.default_rng(1).uniform(-1, 1, (40_000, 2)).astype(np.float32)
    reader = ReadAhead(iter([data[:1], data[1:25_000], data[25_000:]]))
    assert np.array_equal(_all(reader, 2), data)
    reader.close()


def test_what_follows_a_none_is_read_when_little_is_left() -> None:
    asked = []

    def blocks() -> Iterator[Samples | None]:
        yield np.ones((1000, 1), dtype=np.float32)
        yield None
        asked.append(True)
        yield np.full((10, 1), 2, dtype=np.float32)

    reader = ReadAhead(blocks(), late_frames=200)
    out = np.zeros((700, 1), dtype=np.float32)
    reader.pull(out)
    time.sleep(0.1)
    assert not asked, "300 are ahead"
    reader.pull(out[:150])
    rest = _all(reader, 1)
    assert asked
    assert rest.sum() == 150 + 20


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
