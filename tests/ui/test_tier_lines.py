"""Boundaries of long tiers: a line wherever there is one, and none elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vowelscope.core.textgrid import Interval, IntervalTier
from vowelscope.ui.tier_lines import TierLines


def long_tier(count: int = 20_000, length_s: float = 7200.0) -> IntervalTier:
    cuts = np.sort(np.random.default_rng(3).uniform(0, length_s, count - 1)).tolist()
    edges = [0.0, *cuts, length_s]
    intervals = tuple(
        Interval(edges[i], edges[i + 1], str(i)) for i in range(count) if edges[i] < edges[i + 1]
    )
    return IntervalTier("phones", 0.0, length_s, intervals)


def test_each_pixel_with_a_boundary_has_one_line() -> None:
    tier, lines = long_tier(), TierLines()
    for start_s, stop_s in ((0.0, 7200.0), (1000.0, 5000.0), (123.4, 900.0)):
        pixel_s = (stop_s - start_s) / 1200
        seen = lines.seen(tier, start_s, stop_s, pixel_s, 3 * pixel_s)
        assert seen is not None
        kept, wide = seen
        true_s = np.array([x.tmax_s for x in tier.intervals])
        inside = true_s[(true_s >= start_s) & (true_s <= stop_s)]
        pixels = {int((at_s - start_s) / pixel_s) for at_s in inside}
        drawn = [int((at_s - start_s) / pixel_s) for at_s in kept if at_s <= stop_s]
        assert len(drawn) == len(set(drawn)) and set(drawn) == pixels
        assert set(kept) <= set(true_s.tolist())
        expected = [
            index
            for index, x in tier.between(start_s, stop_s)
            if x.duration_s > 3 * pixel_s and x.tmax_s > start_s
        ]
        assert wide == expected
        assert wide or stop_s > 1000.0


def test_few_intervals_gaps_and_overlaps_are_looked_at_one_by_one() -> None:
    tier, lines = long_tier(), TierLines()
    assert lines.seen(tier, 100.0, 110.0, 10 / 1200, 0.1) is None
    first, second, *rest = tier.intervals
    gap = replace(first, tmax_s=0.5 * first.tmax_s)
    assert lines.seen(replace(tier, intervals=(gap, second, *rest)), 0, 7200, 6, 10) is None
    assert lines.seen(replace(tier, intervals=()), 0, 7200, 6, 10) is None


def test_an_edited_tier_is_looked_at_anew() -> None:
    tier, lines = long_tier(), TierLines()
    assert lines.seen(tier, 0, 7200, 6, 1e9) is not None
    joined = Interval(tier.intervals[0].tmin_s, tier.intervals[4000].tmax_s, "long")
    after = replace(tier, intervals=(joined, *tier.intervals[4001:]))
    seen = lines.seen(after, 0, 7200, 6, 60.0)
    assert seen is not None and seen[1] == [0]
