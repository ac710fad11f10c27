from __future__ import annotations

import pytest

from vowelscope.core.corrections import correction_of, correction_tier, put_correction
from vowelscope.core.edit_tiers import add_interval_tier, move_tier
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.validate import problems

PHONES = IntervalTier(
    "phones", 0.0, 4.0, tuple(Interval(float(i), i + 1.0, x) for i, x in enumerate("aeio"))
)
GRID = TextGrid(0.0, 4.0, (PHONES, PointTier("tones", 0.0, 4.0, (Point(1.0, "H"),))))


def labels(textgrid: TextGrid, index: int) -> list[tuple[float, float, str]]:
    tier = textgrid.tiers[index]
    assert isinstance(tier, IntervalTier)
    assert not problems(textgrid)
    return [(x.tmin_s, x.tmax_s, x.text) for x in tier.intervals]


def test_the_first_correction_makes_the_tier_below_and_leaves_the_rest() -> None:
    after = put_correction(GRID, 0, 1, "ɛ")
    assert [tier.name for tier in after.tiers] == ["phones", "phones-corrected", "tones"]
    assert after.tiers[0] is PHONES and after.tiers[2] is GRID.tiers[1]
    assert labels(after, 1) == [(0.0, 1.0, ""), (1.0, 2.0, "ɛ"), (2.0, 4.0, "")]
    assert [correction_of(after, 0, index) for index in range(4)] == ["", "ɛ", "", ""]
    assert correction_of(GRID, 0, 1) == ""


def test_corrections_side_by_side_and_again() -> None:
    after = put_correction(put_correction(GRID, 0, 1, "ɛ"), 0, 0, "ɑ")
    after = put_correction(after, 0, 1, "æ")
    assert labels(after, 1) == [(0.0, 1.0, "ɑ"), (1.0, 2.0, "æ"), (2.0, 4.0, "")]
    assert len(after.tiers) == 3


def test_a_boundary_that_moved_leaves_nothing_of_the_old_correction() -> None:
    after = put_correction(put_correction(GRID, 0, 1, "ɛ"), 0, 0, "ɑ")
    moved = list(PHONES.intervals)
    moved[0], moved[1] = Interval(0.0, 1.2, "a"), Interval(1.2, 2.0, "e")
    after = after.with_tier(0, IntervalTier("phones", 0.0, 4.0, tuple(moved)))
    after = put_correction(after, 0, 1, "æ")
    assert [x for x in labels(after, 1) if x[2]] == [(0.0, 1.0, "ɑ"), (1.2, 2.0, "æ")]
    after = put_correction(after, 0, 0, "ɑ")
    assert [x for x in labels(after, 1) if x[2]] == [(0.0, 1.2, "ɑ"), (1.2, 2.0, "æ")]


def test_the_tier_is_found_wherever_it_is() -> None:
    after = move_tier(put_correction(GRID, 0, 1, "ɛ"), 1, 2)
    assert correction_tier(after, 0) == 2
    after = move_tier(after, 2, 0)
    assert correction_tier(after, 1) == 0
    assert labels(put_correction(after, 1, 0, "ɑ"), 0)[0] == (0.0, 1.0, "ɑ")


def test_of_two_tiers_of_one_name_each_has_its_own() -> None:
    two = TextGrid(0.0, 4.0, (PHONES, PHONES))
    two = add_interval_tier(add_interval_tier(two, "phones-corrected", 1), "phones-corrected", 3)
    assert (correction_tier(two, 0), correction_tier(two, 2)) == (1, 3)


def test_what_cannot_be_corrected_is_refused() -> None:
    after = put_correction(GRID, 0, 1, "ɛ")
    for place in ((1, 1), (2, 0), (0, 4), (9, 0)):
        with pytest.raises(TextGridError):
            put_correction(after, *place, "x")
