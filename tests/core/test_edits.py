from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vowelscope.core import edits
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid

GRID = TextGrid(
    0.0,
    1.0,
    (
        IntervalTier("phones", 0.0, 1.0, (Interval(0.0, 0.4, "a"), Interval(0.4, 1.0, "b"))),
        PointTier("tones", 0.0, 1.0, (Point(0.5, "H*"),)),
    ),
)


def is_valid(textgrid: TextGrid) -> bool:
    for tier in textgrid.tiers:
        if isinstance(tier, PointTier):
            times = [point.time_s for point in tier.points]
            if times != sorted(set(times)):
                return False
            continue
        ends = [tier.tmin_s, *(interval.tmax_s for interval in tier.intervals)]
        starts = [*(interval.tmin_s for interval in tier.intervals), tier.tmax_s]
        if ends != starts or any(i.tmax_s <= i.tmin_s for i in tier.intervals):
            return False
    return True


def test_label_changes_and_nothing_else_does() -> None:
    after = edits.set_label(GRID, 0, 1, "iː")
    assert after.tiers[0].intervals[1] == Interval(0.4, 1.0, "iː")
    assert after.tiers[0].intervals[0] == GRID.tiers[0].intervals[0]
    assert after.tiers[1] is GRID.tiers[1]
    assert edits.set_label(GRID, 1, 0, "L*").tiers[1].points == (Point(0.5, "L*"),)


def test_a_new_boundary_leaves_the_label_on_the_left() -> None:
    after = edits.add_boundary(GRID, 0, 0.7)
    assert after.tiers[0].intervals[1:] == (Interval(0.4, 0.7, "b"), Interval(0.7, 1.0, ""))
    assert edits.remove_boundary(after, 0, 2) == GRID


def test_removing_a_boundary_joins_the_labels() -> None:
    assert edits.remove_boundary(GRID, 0, 1).tiers[0].intervals == (Interval(0.0, 1.0, "ab"),)


def test_points_are_added_in_order_and_removed() -> None:
    after = edits.add_boundary(GRID, 1, 0.25)
    assert [point.time_s for point in after.tiers[1].points] == [0.25, 0.5]
    assert edits.remove_point(after, 1, 0) == GRID


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda: edits.add_boundary(GRID, 0, 0.4), "already has a boundary at 0.400000 s"),
        (lambda: edits.add_boundary(GRID, 0, 1.5), "lies outside tier “phones”"),
        (lambda: edits.add_boundary(GRID, 1, 0.5), "already has a point"),
        (lambda: edits.remove_boundary(GRID, 0, 0), "ends of tier “phones”"),
        (lambda: edits.remove_boundary(GRID, 1, 0), "holds points"),
        (lambda: edits.remove_point(GRID, 0, 0), "holds intervals"),
        (lambda: edits.move_boundary(GRID, 0, 1, 1.0), "must stay within 0.000000-1.000000 s"),
        (lambda: edits.set_label(GRID, 0, 2, ""), "has 2 intervals and no number 3"),
        (lambda: edits.set_label(GRID, 5, 0, ""), "There is no tier 6"),
    ],
)
def test_an_impossible_edit_is_refused_with_its_reason(edit: object, said: str) -> None:
    with pytest.raises(TextGridError, match=said):
        edit()  # type: ignore[operator]


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["label", "add", "remove", "move", "point"]),
        st.integers(0, 1),
        st.integers(0, 6),
        st.floats(-0.2, 1.2, allow_nan=False),
    ),
    max_size=30,
)


def apply(grid: TextGrid, what: str, tier: int, index: int, time_s: float) -> TextGrid:
    match what:
        case "label":
            return edits.set_label(grid, tier, index, f"{time_s:.1f}")
        case "add":
            return edits.add_boundary(grid, tier, time_s)
        case "remove":
            return edits.remove_boundary(grid, tier, index)
        case "move":
            return edits.move_boundary(grid, tier, index, time_s)
    return edits.remove_point(grid, tier, index)


@settings(max_examples=150, deadline=None)
@given(EDITS)
def test_any_sequence_of_edits_keeps_the_grid_valid(
    steps: list[tuple[str, int, int, float]],
) -> None:
    grid = GRID
    for step in steps:
        try:
            grid = apply(grid, *step)
        except TextGridError:
            continue
        assert is_valid(grid)
        assert replace(grid, tiers=()) == replace(GRID, tiers=())
