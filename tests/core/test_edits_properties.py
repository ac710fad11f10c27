"""Any sequence of any edits: the TextGrid stays valid, and undo and redo lead there and back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vowelscope.app.session import Session
from vowelscope.core import (
    edit_boundaries,
    edit_intervals,
    edit_search,
    edit_tiers,
    edit_times,
    edits,
)
from vowelscope.core.edit_search import Query
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import from_bytes, to_bytes
from vowelscope.core.validate import problems

GRID = TextGrid(
    0.1,
    2.3,
    (
        IntervalTier(
            "phones",
            0.1,
            2.3,
            (Interval(0.1, 0.7, "a"), Interval(0.7, 0.1 + 0.7, "\\ae\\"), Interval(0.1 + 0.7, 2.3)),
        ),
        IntervalTier("words", 0.1, 2.3, (Interval(0.1, 0.7, "word"), Interval(0.7, 2.3, "two"))),
        PointTier("tones", 0.1, 2.3, (Point(0.1, "%H"), Point(0.7, "H*"), Point(2.3, "L%"))),
    ),
)


@dataclass(frozen=True)
class Step:
    """The numbers of one edit; each edit takes what it needs of them."""

    tier: int
    other: int
    index: int
    a_s: float
    b_s: float
    text: str
    flag: bool


Edit = Callable[[TextGrid, Step], TextGrid]


def _handles(grid: TextGrid, step: Step) -> tuple[edit_boundaries.Handle, ...]:
    return edit_boundaries.linked(grid, edit_boundaries.Handle(step.tier, step.index))


def _pasted(grid: TextGrid, step: Step) -> TextGrid:
    span = edit_tiers.copy_span(grid, *sorted((step.a_s, step.b_s)), tiers=(step.other,))
    return edit_tiers.paste_span(grid, span, step.a_s, step.tier, insert=step.flag)


def _labels_pasted(grid: TextGrid, step: Step) -> TextGrid:
    labels = edit_tiers.copy_labels(grid, step.other, *sorted((step.a_s, step.b_s)))
    return edit_tiers.paste_labels(grid, step.tier, step.index, labels)


def _replaced(grid: TextGrid, step: Step) -> TextGrid:
    return edit_search.replace_all(grid, Query("[a-w]", "regex"), step.text.replace("\\", ""))[0]


EDITS: dict[str, Edit] = {
    "label": lambda g, s: edits.set_label(g, s.tier, s.index, s.text),
    "add": lambda g, s: edits.add_boundary(g, s.tier, s.a_s),
    "remove": lambda g, s: edits.remove_boundary(g, s.tier, s.index),
    "remove point": lambda g, s: edits.remove_point(g, s.tier, s.index),
    "move": lambda g, s: edits.move_boundary(g, s.tier, s.index, s.a_s),
    "add on all": lambda g, s: edit_boundaries.add_boundary_on_all(g, s.a_s),
    "add point": lambda g, s: edit_boundaries.add_point(g, s.tier, s.a_s, s.text),
    "move point": lambda g, s: edit_boundaries.move_point(g, s.tier, s.index, s.a_s),
    "move linked": lambda g, s: edit_boundaries.move(g, _handles(g, s), s.a_s),
    "nudge": lambda g, s: edit_boundaries.nudge(g, _handles(g, s), s.a_s - s.b_s),
    "split": lambda g, s: edit_intervals.split_interval(g, s.tier, s.a_s, s.index),
    "insert": lambda g, s: edit_intervals.insert_interval(g, s.tier, *sorted((s.a_s, s.b_s))),
    "merge": lambda g, s: edit_intervals.merge_with_next(g, s.tier, s.index, s.text),
    "merge span": lambda g, s: edit_intervals.merge_span(g, s.tier, *sorted((s.a_s, s.b_s))),
    "interval tier": lambda g, s: edit_tiers.add_interval_tier(g, s.text, s.other),
    "point tier": lambda g, s: edit_tiers.add_point_tier(g, s.text),
    "rename": lambda g, s: edit_tiers.rename_tier(g, s.tier, s.text),
    "duplicate": lambda g, s: edit_tiers.duplicate_tier(g, s.tier),
    "remove tier": lambda g, s: edit_tiers.remove_tier(g, s.tier),
    "move tier": lambda g, s: edit_tiers.move_tier(g, s.tier, s.other),
    "cut labels": lambda g, s: edit_tiers.cut_labels(g, s.tier, *sorted((s.a_s, s.b_s)))[0],
    "paste labels": _labels_pasted,
    "cut span": lambda g, s: edit_tiers.cut_span(g, *sorted((s.a_s, s.b_s)), close=s.flag)[0],
    "paste span": _pasted,
    "replace all": _replaced,
    "shift": lambda g, s: edit_times.shift_times(g, s.a_s),
    "scale": lambda g, s: edit_times.scale_times(g, *sorted((s.a_s, s.b_s))),
    "extract": lambda g, s: edit_times.extract_time(g, *sorted((s.a_s, s.b_s)), reset=s.flag),
    "domain": lambda g, s: edit_times.set_domain(g, *sorted((s.a_s, s.b_s)), grow_ends=s.flag),
    "insert time": lambda g, s: edit_times.insert_time(g, s.a_s, abs(s.b_s)),
    "remove time": lambda g, s: edit_times.remove_time(g, *sorted((s.a_s, s.b_s))),
    "concatenate": lambda g, s: edit_times.concatenate(g, g),
}


def test_no_edit_is_left_out() -> None:
    modules = (edits, edit_boundaries, edit_intervals, edit_tiers, edit_times, edit_search)
    there = {
        name
        for module in modules
        for name, thing in vars(module).items()
        if callable(thing)
        and not name.startswith("_")
        and getattr(thing, "__module__", "") == module.__name__
        and str(getattr(thing, "__annotations__", {}).get("return", "")).startswith("TextGrid")
    }
    there |= {"cut_labels", "cut_span", "replace_all"}
    asked = {name for edit in EDITS.values() for name in edit.__code__.co_names}  # type: ignore[attr-defined]
    # Made of others here (one step each), or of no use with numbers drawn at random.
    asked |= {"set_labels", "merge_intervals", "replace_hit", "copy_span"}
    asked |= {"extract_part"}
    assert there <= asked | set(_pasted.__code__.co_names), there - asked


# Times on a coarse grid meet each other; free ones have every last bit.
_TIMES = st.one_of(
    st.sampled_from([0.1, 0.7, 0.1 + 0.7, 0.3, 1.0, 1.5, 2.3, 0.8]),
    st.floats(-0.5, 3.0, allow_nan=False, allow_subnormal=False),
)
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(sorted(EDITS)),
        st.builds(
            Step,
            st.integers(0, 4),
            st.integers(0, 4),
            st.integers(0, 6),
            _TIMES,
            _TIMES,
            st.text('aɪ\\" \nʔ😀', max_size=4),
            st.booleans(),
        ),
    ),
    max_size=20,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(_STEPS)
def test_any_edits_keep_the_textgrid_valid_and_undo_and_redo_lead_back_and_forth(
    steps: list[tuple[str, Step]],
) -> None:
    session = Session()
    session.textgrid = GRID
    states = [GRID]
    for name, step in steps:
        before = session.textgrid
        try:
            after = EDITS[name](before, step)
        except TextGridError as error:
            assert str(error).endswith(".") and "\n" not in str(error)
            continue
        assert problems(after) == [], (name, step)
        assert math.isfinite(after.tmin_s) and math.isfinite(after.tmax_s)
        session.replace_textgrid(after, name)
        if after != before:
            states.append(after)
        assert session.textgrid == states[-1]
    assert session.undo_stack.count() == len(states) - 1
    for state in reversed(states[:-1]):
        session.undo_stack.undo()
        assert session.textgrid == state
    assert session.textgrid == GRID and not session.is_modified
    for state in states[1:]:
        session.undo_stack.redo()
        assert session.textgrid == state
    # What was edited can be saved and read again, to the last bit.
    assert from_bytes(to_bytes(states[-1]), "saved").textgrid == states[-1]
