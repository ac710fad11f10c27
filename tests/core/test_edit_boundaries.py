from __future__ import annotations

import pytest

from vowelscope.core import edit_boundaries as eb
from vowelscope.core import edit_intervals as ei
from vowelscope.core.edit_boundaries import Handle
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid

WORDS = IntervalTier("words", 0.0, 1.0, (Interval(0.0, 0.4, "hat"), Interval(0.4, 1.0, "on")))
PHONES = IntervalTier(
    "phones",
    0.0,
    1.0,
    (Interval(0.0, 0.2, "h"), Interval(0.2, 0.4, "a"), Interval(0.4, 1.0, "n")),
)
TONES = PointTier("tones", 0.0, 1.0, (Point(0.1, "L"), Point(0.4, "H*"), Point(0.9, "L%")))
GRID = TextGrid(0.0, 1.0, (WORDS, PHONES, TONES))


def test_a_boundary_on_all_tiers_skips_those_that_have_one() -> None:
    after = eb.add_boundary_on_all(GRID, 0.2)
    assert after.tiers[0].intervals[:2] == (Interval(0, 0.2, "hat"), Interval(0.2, 0.4))
    assert after.tiers[1] is PHONES
    assert after.tiers[2].points[1] == Point(0.2)
    with pytest.raises(TextGridError, match=r"Every tier already has a boundary at 0.4"):
        eb.add_boundary_on_all(GRID, 0.4)


def test_boundaries_at_one_time_move_together_and_back() -> None:
    together = eb.linked(GRID, Handle(1, 2))
    assert together == (Handle(0, 1), Handle(1, 2), Handle(2, 1))
    after = eb.move(GRID, together, 0.55)
    assert [eb.handle_time_s(after, handle) for handle in together] == [0.55] * 3
    assert after.tiers[1].intervals[1] == Interval(0.2, 0.55, "a")
    assert eb.move(after, together, 0.4) == GRID


def test_half_a_sample_links_boundaries_of_hand_made_files() -> None:
    off = eb.move(GRID, [Handle(0, 1)], 0.40002)
    assert eb.linked(off, Handle(1, 2)) == (Handle(1, 2), Handle(2, 1))
    assert Handle(0, 1) in eb.linked(off, Handle(1, 2), tolerance_s=0.5 / 16000)


def test_a_linked_move_stops_at_the_nearest_neighbour_of_any_tier() -> None:
    together = eb.linked(GRID, Handle(0, 1))
    assert eb.room_s(GRID, together) == (0.2, 0.9)
    with pytest.raises(TextGridError, match="must stay within"):
        eb.move(GRID, together, 0.95)
    with pytest.raises(TextGridError, match="must stay within"):
        eb.move(GRID, together, 0.9)
    assert eb.nudge(GRID, together, 9.0) == eb.move(GRID, together, 0.9 - 0.001)
    assert eb.nudge(GRID, together, -9.0) == eb.move(GRID, together, 0.2 + 0.001)
    assert eb.nudge(GRID, together, 0.01) == eb.move(GRID, together, 0.4 + 0.01)


def test_a_nudge_without_room_changes_nothing() -> None:
    close = eb.move(GRID, [Handle(1, 1)], 0.3999)
    assert eb.nudge(close, [Handle(1, 1)], 0.01) is close
    assert eb.nudge(close, [Handle(1, 1)], -0.01) != close


def test_the_magnet_takes_the_nearest_boundary_of_another_tier() -> None:
    assert eb.nearest_boundary_s(GRID, 0.21, 0.05) == 0.2
    assert eb.nearest_boundary_s(GRID, 0.21, 0.05, but_tiers=[1]) is None
    assert eb.nearest_boundary_s(GRID, 0.88, 0.05, but_tiers=[1]) == 0.9
    assert eb.nearest_boundary_s(GRID, 0.01, 0.05) is None


def test_points_are_added_moved_and_may_pass_each_other() -> None:
    assert eb.add_point(GRID, 2, 0.5, "!H").tiers[2].points[2] == Point(0.5, "!H")
    moved = eb.move_point(GRID, 2, 0, 0.5)
    assert [point.text for point in moved.tiers[2].points] == ["H*", "L", "L%"]
    assert eb.move_point(moved, 2, 1, 0.1) == GRID
    with pytest.raises(TextGridError, match="already has a point"):
        eb.move_point(GRID, 2, 0, 0.4)


def test_a_split_divides_the_label_at_the_caret() -> None:
    after = ei.split_interval(GRID, 0, 0.1, caret=2)
    assert [i.text for i in after.tiers[0].intervals] == ["ha", "t", "on"]
    assert [i.text for i in ei.split_interval(GRID, 0, 0.1).tiers[0].intervals][:2] == ["hat", ""]
    assert ei.merge_with_next(after, 0, 0) == GRID
    with pytest.raises(TextGridError, match="cannot be divided after 9"):
        ei.split_interval(GRID, 0, 0.1, caret=9)


def test_a_selection_becomes_an_interval() -> None:
    after = ei.insert_interval(GRID, 0, 0.1, 0.3, caret=(1, 2))
    assert after.tiers[0].intervals[:3] == (
        Interval(0.0, 0.1, "h"),
        Interval(0.1, 0.3, "a"),
        Interval(0.3, 0.4, "t"),
    )
    at_start = ei.insert_interval(GRID, 0, 0.0, 0.3, caret=(1, 2))
    assert [i.text for i in at_start.tiers[0].intervals] == ["ha", "t", "on"]
    for span, said in (
        ((0.3, 0.5), "over a boundary"),
        ((0.5, 1.5), "outside tier"),
        ((0.4, 1.0), "already interval 2"),
        ((0.5, 0.5), "empty"),
    ):
        with pytest.raises(TextGridError, match=said):
            ei.insert_interval(GRID, 0, *span)


def test_intervals_are_merged_over_a_selection() -> None:
    after = ei.merge_span(GRID, 1, 0.1, 0.5)
    assert after.tiers[1].intervals == (Interval(0.0, 1.0, "h a n"),)
    assert ei.merge_span(GRID, 1, 0.1, 0.4, "").tiers[1].intervals[0] == Interval(0, 0.4, "ha")
    with pytest.raises(TextGridError, match=r"No boundary of tier “phones” lies"):
        ei.merge_span(GRID, 1, 0.2, 0.4)
    with pytest.raises(TextGridError, match="no number 4"):
        ei.merge_with_next(GRID, 1, 2)


def test_empty_labels_leave_no_blank_when_merged() -> None:
    split = ei.split_interval(GRID, 0, 0.2)
    assert ei.merge_span(split, 0, 0.0, 0.4).tiers[0] == WORDS


def test_the_handle_near_a_time_is_the_nearest_within_reach() -> None:
    assert eb.handle_near(GRID, 1, 0.29, 0.2) == Handle(1, 1)
    assert eb.handle_near(GRID, 1, 0.31, 0.2) == Handle(1, 2)
    assert eb.handle_near(GRID, 1, 0.31, 0.05) is None
    assert eb.handle_near(GRID, 2, 0.88, 0.05) == Handle(2, 2)
    assert eb.handle_near(GRID, 0, 0.4) == Handle(0, 1)
    assert eb.handle_near(GRID, 0, 0.0) is None, "the ends of a tier are no handles"
    with pytest.raises(TextGridError, match="no tier 4"):
        eb.handle_near(GRID, 3, 0.4)


def test_a_selection_that_differs_by_rounding_makes_no_sliver() -> None:
    after = ei.insert_interval(GRID, 1, 0.2 - 1e-12, 0.3)
    assert after.tiers[1].intervals[1:3] == (Interval(0.2, 0.3, "a"), Interval(0.3, 0.4))
    with pytest.raises(TextGridError, match="already interval 2"):
        ei.insert_interval(GRID, 1, 0.2 + 1e-12, 0.4 - 1e-12)
