from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import parselmouth
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parselmouth.praat import call

from vowelscope.core import edit_times as et
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid, to_bytes
from vowelscope.core.validate import problems

WORDS = IntervalTier("words", 0.0, 1.0, (Interval(0.0, 0.4, "hat"), Interval(0.4, 1.0, "on")))
TONES = PointTier("tones", 0.0, 1.0, (Point(0.1, "L"), Point(0.4, "H*"), Point(1.0, "L%")))
GRID = TextGrid(0.0, 1.0, (WORDS, TONES))


def random_grid(seed: int) -> TextGrid:
    """An interval tier and a point tier over a domain that need not begin at 0."""
    rng = random.Random(seed)
    start, length = rng.randint(-500, 2000), rng.randint(10, 3000)
    cuts = sorted(rng.sample(range(start + 1, start + length), rng.randint(0, 8)))
    times = [start / 997, *(cut / 997 for cut in cuts), (start + length) / 997]
    tmin_s, tmax_s = times[0], times[-1]
    intervals = tuple(Interval(a, b, rng.choice(["", "a", "b"])) for a, b in pairwise(times))
    moments = sorted(rng.sample(range(start, start + length + 1), rng.randint(0, 6)))
    points = tuple(Point(moment / 997, f"p{moment}") for moment in moments)
    return TextGrid(
        tmin_s,
        tmax_s,
        (IntervalTier("i", tmin_s, tmax_s, intervals), PointTier("p", tmin_s, tmax_s, points)),
    )


GRIDS = st.integers(0, 10**9).map(random_grid)


def by_praat(folder: Path, command: str, *values: object, grids: tuple[TextGrid, ...]) -> TextGrid:
    """What Praat makes of the TextGrids; a command that changes its object is told by None."""
    objects = []
    for number, grid in enumerate(grids):
        (folder / f"{number}.TextGrid").write_bytes(to_bytes(grid))
        objects.append(parselmouth.read(str(folder / f"{number}.TextGrid")))
    result = call(objects if len(objects) > 1 else objects[0], command, *values)
    call(result or objects[0], "Save as text file", str(folder / "out.TextGrid"))
    return read_textgrid(folder / "out.TextGrid").textgrid


@settings(max_examples=20, deadline=None)
@given(GRIDS, st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_a_part_is_that_of_praat_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, grid: TextGrid, a: float, b: float, reset: bool
) -> None:
    start_s = grid.tmin_s + min(a, b) * grid.duration_s
    stop_s = min(grid.tmin_s + max(a, b) * grid.duration_s, grid.tmax_s)
    if stop_s - start_s < 1e-6:
        return
    folder = tmp_path_factory.getbasetemp()
    keep = "no" if reset else "yes"
    praat = by_praat(folder, "Extract part", start_s, stop_s, keep, grids=(grid,))
    assert et.extract_time(grid, start_s, stop_s, reset) == praat


@settings(max_examples=15, deadline=None)
@given(GRIDS, GRIDS, st.floats(-9, 9))
def test_concatenation_and_shifts_are_those_of_praat(
    tmp_path_factory: pytest.TempPathFactory, first: TextGrid, second: TextGrid, by_s: float
) -> None:
    folder = tmp_path_factory.getbasetemp()
    praat = by_praat(folder, "Concatenate", grids=(first, second))
    assert et.concatenate(first, second) == praat
    praat = by_praat(folder, "Shift times by", by_s, grids=(first,))
    assert et.shift_times(first, by_s) == praat


def test_scaling_and_extending_are_those_of_praat(tmp_path: Path) -> None:
    praat = by_praat(tmp_path, "Scale times to", 3.0, 7.0, grids=(GRID,))
    own = et.scale_times(GRID, 3.0, 7.0)
    assert (own.tmin_s, own.tmax_s) == (praat.tmin_s, praat.tmax_s)
    assert own.tiers[0].intervals[0].tmax_s == pytest.approx(
        praat.tiers[0].intervals[0].tmax_s, abs=1e-12
    )
    praat = by_praat(tmp_path, "Extend time", 0.5, "End", grids=(GRID,))
    assert et.set_domain(GRID, 0.0, 1.5) == praat
    praat = by_praat(tmp_path, "Extend time", 0.5, "Start", grids=(GRID,))
    assert et.set_domain(GRID, -0.5, 1.0) == praat


@settings(max_examples=50, deadline=None)
@given(GRIDS, st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_parts_put_together_again_restore_the_labels(grid: TextGrid, a: float, b: float) -> None:
    inner = [i.tmin_s for i in grid.tiers[0].intervals[1:]]
    cuts = sorted({inner[int(x * len(inner))] for x in (a, b)}) if inner else []
    times = [grid.tmin_s, *cuts, grid.tmax_s]
    parts = [
        et.extract_time(grid, start_s, stop_s, reset=True) for start_s, stop_s in pairwise(times)
    ]
    whole = et.concatenate(*parts)
    assert problems(whole) == []
    assert [i.text for i in whole.tiers[0].intervals] == [i.text for i in grid.tiers[0].intervals]
    for new, old in zip(whole.tiers[0].intervals, grid.tiers[0].intervals, strict=True):
        assert new.tmin_s == pytest.approx(old.tmin_s - grid.tmin_s, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(GRIDS, st.floats(0, 1), st.floats(1e-3, 2))
def test_time_that_is_opened_and_taken_out_again_leaves_what_was(
    grid: TextGrid, at: float, duration_s: float
) -> None:
    at_s = min(grid.tmin_s + at * grid.duration_s, grid.tmax_s)
    grid = grid.with_tier(1, PointTier("p", grid.tmin_s, grid.tmax_s))
    opened = et.insert_time(grid, at_s, duration_s)
    assert problems(opened) == []
    assert opened.tmax_s == grid.tmax_s + duration_s
    closed = et.remove_time(opened, at_s, min(at_s + duration_s, opened.tmax_s))
    assert problems(closed) == []
    assert [i.text for i in closed.tiers[0].intervals] == [i.text for i in grid.tiers[0].intervals]


def test_removing_time_moves_up_what_follows() -> None:
    after = et.remove_time(GRID, 0.3, 0.5)
    assert after.tiers[0].intervals == (Interval(0.0, 0.3, "hat"), Interval(0.3, 0.8, "on"))
    assert [point.text for point in after.tiers[1].points] == ["L", "L%"]
    within = et.remove_time(GRID, 0.1, 0.2)
    assert [i.text for i in within.tiers[0].intervals] == ["hat", "on"]
    assert et.remove_time(GRID, 0.0, 0.4).tiers[0].intervals == (Interval(0.0, 0.6, "on"),)


def test_a_domain_some_samples_short_grows_without_a_sliver() -> None:
    assert et.set_domain(GRID, 0, 1.0001, grow_ends=True).tiers[0].intervals[-1] == Interval(
        0.4, 1.0001, "on"
    )
    cut = et.set_domain(GRID, 0, 0.4)
    assert cut.tiers[0].intervals == (Interval(0, 0.4, "hat"),)
    assert [point.text for point in cut.tiers[1].points] == ["L", "H*"]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda: et.extract_time(GRID, 0.5, 0.5), "no stretch of time"),
        (lambda: et.extract_time(GRID, 2.0, 3.0), "nothing of the TextGrid"),
        (lambda: et.set_domain(GRID, 0.0, float("nan")), "not a time"),
        (lambda: et.shift_times(GRID, float("inf")), "not a time"),
        (lambda: et.scale_times(GRID, 1.0, 0.0), "no stretch of time"),
        (lambda: et.shift_times(GRID, 1e17), "so close together"),
        (lambda: et.insert_time(GRID, 1.5, 1.0), "outside the TextGrid"),
        (lambda: et.remove_time(GRID, 0.0, 1.0), "All of the time"),
        (lambda: et.remove_time(GRID, 0.5, 1.5), "not within"),
        (lambda: et.concatenate(), "no TextGrid"),
        (lambda: et.concatenate(GRID, TextGrid(0, 1, (WORDS,))), "has 1 tiers and the first has 2"),
        (lambda: et.concatenate(GRID, TextGrid(0, 1, (TONES, WORDS))), "of another kind"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(edit: object, said: str) -> None:
    with pytest.raises(TextGridError, match=said):
        edit()  # type: ignore[operator]
