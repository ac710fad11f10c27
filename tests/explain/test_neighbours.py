from __future__ import annotations

from pathlib import Path

from vowelscope.core.textgrid import Interval, IntervalTier
from vowelscope.explain.neighbours import MOST, neighbours

WAV = Path("a.wav")


def tier(*items: tuple[float, str]) -> IntervalTier:
    """Intervals of some lengths (s) one after the other."""
    intervals, at = [], 0.0
    for length_s, text in items:
        intervals.append(Interval(at, at + length_s, text))
        at += length_s
    return IntervalTier("phones", 0.0, at, tuple(intervals))


def found(held: IntervalTier, index: int, duration_s: float = 1000.0) -> list[int]:
    vowels = set("iau ")
    return [x.index for x in neighbours(WAV, held, index, vowels.__contains__, duration_s)]


def test_the_nearest_of_the_known_labels_come_first() -> None:
    held = tier(*((0.1, text) for text in "itautiia"))
    assert found(held, 3) == [2, 5, 0, 6, 7]
    assert all(x.recording == WAV for x in neighbours(WAV, held, 3, "i".__eq__, 9.0))


def test_what_is_long_beyond_the_recording_or_without_a_label_is_left_out() -> None:
    held = tier((0.1, "i"), (3.1, "a"), (0.1, "a"), (0.1, " "), (0.1, "u"), (0.1, "i"))
    assert found(held, 2, duration_s=3.55) == [0, 4]


def test_there_are_no_more_than_are_asked_for() -> None:
    held = tier(*((0.1, "i") for _ in range(300)))
    got = found(held, 0)
    assert got == list(range(1, MOST + 1))
