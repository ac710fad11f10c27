from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vowelscope.core import edit_boundaries, edit_tiers, edits
from vowelscope.core.diff import differences
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid

GRID = TextGrid(
    0.0,
    1.0,
    (
        IntervalTier("words", 0.0, 1.0, (Interval(0.0, 1.0, "we"),)),
        IntervalTier(
            "phones",
            0.0,
            1.0,
            (Interval(0.0, 0.25, "W"), Interval(0.25, 0.5, "IY"), Interval(0.5, 1.0)),
        ),
        PointTier("tones", 0.0, 1.0, (Point(0.2, "H*"), Point(0.6, "L%"))),
    ),
)


def said(after: TextGrid, before: TextGrid = GRID) -> list[tuple[str, str, float, str]]:
    return [(x.kind, x.tier, x.time_s, x.message) for x in differences(before, after)]


def test_what_did_not_change_is_not_listed() -> None:
    assert said(GRID) == []


def test_a_label_and_a_boundary_that_moved() -> None:
    after = edits.move_boundary(edits.set_label(GRID, 1, 0, "V"), 1, 2, 0.6)
    assert said(after) == [
        ("label", "phones", 0.0, "label “W” became “V”"),
        ("moved", "phones", 0.6, "boundary moved from 0.500000 s to 0.600000 s"),
    ]


def test_boundaries_that_came_and_went_say_which_labels_they_part() -> None:
    assert said(edits.add_boundary(GRID, 1, 0.3)) == [
        ("added", "phones", 0.3, "boundary added"),
        ("label", "phones", 0.25, "label “IY” became “IY | ”"),
    ]
    assert [row[0] for row in said(edits.remove_boundary(GRID, 1, 1))] == ["removed", "label"]


def test_points() -> None:
    after = edits.set_label(GRID, 2, 0, "L*")
    after = edit_boundaries.move_point(after, 2, 1, 0.7)
    after = edit_boundaries.add_point(after, 2, 0.9, "x")
    assert [(row[0], row[2]) for row in said(after)] == [
        ("label", 0.2),
        ("moved", 0.7),
        ("added", 0.9),
    ]
    assert said(edits.remove_point(GRID, 2, 0)) == [("removed", "tones", 0.2, "point “H*” removed")]


def test_tiers() -> None:
    assert said(edit_tiers.remove_tier(GRID, 1)) == [("tier", "phones", 0.0, "tier removed")]
    assert said(edit_tiers.add_interval_tier(GRID, "new", 0)) == [
        ("tier", "new", 0.0, "tier added")
    ]
    assert said(edit_tiers.rename_tier(GRID, 0, "text")) == [
        ("tier", "text", 0.0, "tier renamed, was “words”")
    ]
    assert {row[0] for row in said(edit_tiers.move_tier(GRID, 2, 0))} == {"tier"}


def test_other_ends() -> None:
    assert said(replace(GRID, tmax_s=2.0)) == [
        ("times", "", 0.0, "0.000000–1.000000 s became 0.000000–2.000000 s")
    ]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2), st.floats(0.01, 0.99)), max_size=5))
def test_only_equal_textgrids_have_no_difference(steps: list[tuple[int, int, float]]) -> None:
    after = GRID
    for verb, tier, at_s in steps:
        try:
            after = [
                lambda g, t, s: edits.add_boundary(g, t, s),
                lambda g, t, s: edits.set_label(g, t, 0, f"{s:.2f}"),
                lambda g, t, s: edits.remove_boundary(g, t, 1),
                lambda g, t, s: edits.move_boundary(g, t, 1, s),
                lambda g, t, s: edit_tiers.duplicate_tier(g, t),
                lambda g, t, s: edit_tiers.move_tier(g, t, 0),
                lambda g, t, s: edit_boundaries.move_point(g, t, 0, s),
            ][verb](after, tier, at_s)
        except TextGridError:
            continue
    assert (differences(GRID, after) == ()) == (after == GRID)


def test_a_long_tier_is_compared_quickly() -> None:
    import time

    many = tuple(Interval(i / 10, (i + 1) / 10, "a") for i in range(20_000))
    grid = TextGrid(0.0, 2000.0, (IntervalTier("t", 0.0, 2000.0, many),))
    after = edits.set_label(grid, 0, 12_345, "b")
    began = time.process_time()
    assert len(differences(grid, after)) == 1
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("text", ["", "a"])
def test_tiers_of_one_name_are_told_apart_by_place(text: str) -> None:
    twice = edit_tiers.duplicate_tier(GRID, 1)
    after = edits.set_label(twice, 2, 1, text)
    assert said(after, twice) == [("label", "phones", 0.25, f"label “IY” became “{text}”")]
