from __future__ import annotations

import copy
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vowelscope.core import edit_boundaries as eb
from vowelscope.core import edit_intervals as ei
from vowelscope.core import edit_search as es
from vowelscope.core import edit_tiers as et
from vowelscope.core import edit_times, edits
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.validate import problems

WORDS = IntervalTier("words", 0.0, 1.0, (Interval(0.0, 0.4, "hat"), Interval(0.4, 1.0, "on")))
PHONES = IntervalTier(
    "phones",
    0.0,
    1.0,
    (Interval(0.0, 0.2, "h"), Interval(0.2, 0.4, "a"), Interval(0.4, 1.0, "n")),
)
TONES = PointTier("tones", 0.0, 1.0, (Point(0.1, "L"), Point(0.4, "H*"), Point(0.9, "L%")))
GRID = TextGrid(0.0, 1.0, (WORDS, PHONES, TONES))


def names(grid: TextGrid) -> list[str]:
    return [tier.name for tier in grid.tiers]


def test_tiers_are_added_where_asked_and_empty() -> None:
    after = et.add_interval_tier(GRID, "notes", 1)
    assert names(after) == ["words", "notes", "phones", "tones"]
    assert after.tiers[1].intervals == (Interval(0.0, 1.0),)
    after = et.add_point_tier(GRID, "clicks")
    assert names(after) == ["words", "phones", "tones", "clicks"]
    assert after.tiers[3].points == ()
    assert et.remove_tier(after, 3) == GRID


def test_tiers_are_renamed_copied_and_reordered() -> None:
    assert names(et.rename_tier(GRID, 1, "segments"))[1] == "segments"
    after = et.duplicate_tier(GRID, 0)
    assert after.tiers[:2] == (WORDS, WORDS)
    assert names(et.duplicate_tier(GRID, 0, "copy", 3))[3] == "copy"
    assert names(et.move_tier(GRID, 0, 2)) == ["phones", "tones", "words"]
    assert et.move_tier(et.move_tier(GRID, 0, 2), 2, 0) == GRID


def test_labels_are_cut_and_pasted() -> None:
    after, labels = et.cut_labels(GRID, 1, 0.1, 0.4)
    assert labels == ("h", "a")
    assert [i.text for i in after.tiers[1].intervals] == ["", "", "n"]
    assert et.paste_labels(after, 1, 0, labels) == GRID
    assert et.copy_labels(GRID, 2, 0.05, 0.5) == ("L", "H*")
    assert et.copy_labels(GRID, 1, 0.4, 0.4) == ("n",)
    with pytest.raises(TextGridError, match="2 labels do not fit into tier “phones” from number 3"):
        et.paste_labels(GRID, 1, 2, labels)


def test_a_span_goes_back_where_it_was() -> None:
    left, span = et.cut_span(GRID, 0.2, 0.4)
    assert left.tiers[1].intervals[1] == Interval(0.2, 0.4)
    assert [point.text for point in left.tiers[2].points] == ["L", "L%"]
    restored = et.paste_span(left, span, 0.2)
    assert restored.tiers[1:] == GRID.tiers[1:]


def test_a_cut_that_closes_up_is_undone_by_a_paste_that_inserts() -> None:
    grid = TextGrid(0.0, 1.0, (PHONES, TONES))
    left, span = et.cut_span(grid, 0.2, 0.4, close=True)
    assert left.tmax_s == pytest.approx(0.8)
    assert [i.text for i in left.tiers[0].intervals] == ["h", "n"]
    back = et.paste_span(left, span, 0.2, insert=True)
    assert [i.text for i in back.tiers[0].intervals] == ["h", "a", "n"]
    assert [point.text for point in back.tiers[1].points] == ["L", "H*", "L%"]
    assert back.tiers[0].intervals[2].tmin_s == pytest.approx(0.4)


def test_pasting_over_the_middle_of_an_interval_keeps_its_label_on_the_left() -> None:
    span = et.copy_span(GRID, 0.1, 0.3, tiers=[1])
    after = et.paste_span(GRID, span, 0.5, tier_index=0)
    assert [(i.text, round(i.tmin_s, 6)) for i in after.tiers[0].intervals] == [
        ("hat", 0.0),
        ("on", 0.4),
        ("h", 0.5),
        ("a", 0.6),
        ("", 0.7),
    ]
    assert after.tiers[1:] == GRID.tiers[1:]
    across = et.paste_span(GRID, span, 0.3, tier_index=0)
    assert [i.text for i in across.tiers[0].intervals] == ["hat", "h", "a", "on"]


def test_rounding_leaves_no_sliver_at_the_end_of_a_paste() -> None:
    times = [0.1 * n for n in range(11)]
    tier = IntervalTier("x", 0.0, 1.0, tuple(Interval(a, b) for a, b in pairwise(times)))
    grid = TextGrid(0.0, 1.0, (tier,))
    for n in range(9):
        span = et.copy_span(grid, times[n], times[n + 1])
        for to in range(9):
            after = et.paste_span(grid, span, times[to])
            assert len(after.tiers[0].intervals) == 10
            assert problems(after) == []


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda: et.add_interval_tier(GRID, "  "), "not blank"),
        (lambda: et.rename_tier(GRID, 0, "a\nb"), "one line"),
        (lambda: et.add_point_tier(GRID, "x", 9), "cannot become number 10"),
        (lambda: et.remove_tier(TextGrid(0, 1, (WORDS,)), 0), "is the only tier"),
        (lambda: et.move_tier(GRID, 0, 3), "There is no tier 4"),
        (lambda: et.copy_span(GRID, 0.5, 1.5), "is not within the TextGrid"),
        (lambda: et.copy_span(GRID, 0.5, 0.5), "no stretch of time"),
        (lambda: et.paste_span(GRID, et.copy_span(GRID, 0.1, 0.6), 0.8), "do not fit at 0.8"),
        (lambda: et.paste_span(GRID, et.copy_span(GRID, 0.1, 0.6), 0.1, 1), "not of one kind"),
        (lambda: et.set_labels(GRID, 2, {5: "x"}), "has 3 points and no number 6"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(edit: object, said: str) -> None:
    with pytest.raises(TextGridError, match=said):
        edit()  # type: ignore[operator]


def steps() -> dict[str, object]:
    """Every edit by name, as a function of a grid, a tier, an index and two times."""
    return {
        "all": lambda g, t, n, a, b: eb.add_boundary_on_all(g, a),
        "boundary": lambda g, t, n, a, b: edits.add_boundary(g, t, a),
        "move": lambda g, t, n, a, b: eb.move(g, eb.linked(g, eb.Handle(t, n), 1e-3), a),
        "nudge": lambda g, t, n, a, b: eb.nudge(g, eb.linked(g, eb.Handle(t, n)), a - b),
        "point": lambda g, t, n, a, b: eb.add_point(g, t, a, "p"),
        "move point": lambda g, t, n, a, b: eb.move_point(g, t, n, a),
        "split": lambda g, t, n, a, b: ei.split_interval(g, t, a, n),
        "interval": lambda g, t, n, a, b: ei.insert_interval(g, t, a, b),
        "next": lambda g, t, n, a, b: ei.merge_with_next(g, t, n),
        "merge": lambda g, t, n, a, b: ei.merge_span(g, t, a, b),
        "add tier": lambda g, t, n, a, b: et.add_interval_tier(g, "new", n),
        "add point tier": lambda g, t, n, a, b: et.add_point_tier(g, "new", n),
        "copy tier": lambda g, t, n, a, b: et.duplicate_tier(g, t),
        "remove tier": lambda g, t, n, a, b: et.remove_tier(g, t),
        "move tier": lambda g, t, n, a, b: et.move_tier(g, t, n),
        "cut labels": lambda g, t, n, a, b: et.cut_labels(g, t, a, b)[0],
        "cut": lambda g, t, n, a, b: et.cut_span(g, a, b, [t])[0],
        "close": lambda g, t, n, a, b: et.cut_span(g, a, b, close=True)[0],
        "paste": lambda g, t, n, a, b: et.paste_span(g, et.copy_span(g, a, b), (a + b) / 3),
        "insert": lambda g, t, n, a, b: et.paste_span(
            g, et.copy_span(g, a, b, [t]), b, t, insert=True
        ),
        "shift": lambda g, t, n, a, b: edit_times.shift_times(g, a - b),
        "scale": lambda g, t, n, a, b: edit_times.scale_times(g, g.tmin_s, g.tmin_s + b + 0.5),
        "part": lambda g, t, n, a, b: edit_times.extract_time(g, a, b, n % 2 == 0),
        "domain": lambda g, t, n, a, b: edit_times.set_domain(g, a, b, n % 2 == 0),
        "twice": lambda g, t, n, a, b: edit_times.concatenate(g, g),
        "replace": lambda g, t, n, a, b: es.replace_all(g, es.Query("[ao]", "regex"), r"(\g<0>)")[
            0
        ],
    }


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(steps())),
            st.integers(0, 3),
            st.integers(0, 5),
            st.integers(-20, 140).map(lambda n: n / 100),
            st.integers(-20, 140).map(lambda n: n / 100),
        ),
        max_size=12,
    )
)
def test_any_sequence_of_edits_keeps_the_grid_valid_and_its_input_as_it_was(
    sequence: list[tuple[str, int, int, float, float]],
) -> None:
    grid = GRID
    for name, tier, index, a, b in sequence:
        before = copy.deepcopy(grid)
        try:
            after = steps()[name](grid, tier, index, min(a, b), max(a, b))  # type: ignore[operator]
        except TextGridError:
            after = grid
        assert grid == before
        assert problems(after) == [], name
        if sum(len(tier.name) for tier in after.tiers) < 200 and after.duration_s < 50:
            grid = after
