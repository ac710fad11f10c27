"""Intervals in view, at any zoom."""

from __future__ import annotations

import random
from itertools import pairwise

from vowelscope.core.textgrid import Interval, IntervalTier


def test_what_is_in_view_and_nothing_else_that_ends_too_near() -> None:
    rng = random.Random(3)
    ends_s = [0.0]
    while len(ends_s) < 2000:
        ends_s.append(ends_s[-1] + rng.choice((0.001, 0.01, 0.3)))
    tier = IntervalTier("a", 0.0, ends_s[-1], tuple(Interval(a, b) for a, b in pairwise(ends_s)))
    for _ in range(50):
        start_s = rng.uniform(0.0, ends_s[-1])
        stop_s = rng.uniform(start_s, ends_s[-1])
        seen = [
            (index, interval)
            for index, interval in enumerate(tier.intervals)
            if interval.tmax_s > start_s and interval.tmin_s <= stop_s
        ]
        assert list(tier.between(start_s, stop_s)) == seen
        wanted = []
        for index, interval in seen:
            if not wanted or interval.tmax_s >= wanted[-1][1].tmax_s + 0.05:
                wanted.append((index, interval))
        assert list(tier.between(start_s, stop_s, 0.05)) == wanted


def test_without_a_distance_nested_intervals_are_all_given() -> None:
    intervals = (Interval(0.0, 3.0), Interval(1.0, 2.0), Interval(2.0, 4.0))
    tier = IntervalTier("odd", 0.0, 4.0, intervals)
    assert [index for index, _ in tier.between(0.0, 4.0)] == [0, 1, 2]
