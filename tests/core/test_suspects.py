from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vowelscope.core.errors import TextGridError
from vowelscope.core.suspects import Suspect, put_suspects
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.validate import problems


def tiled(name: str, bounds_s: list[float], texts: list[str]) -> IntervalTier:
    parts = zip(bounds_s, bounds_s[1:], texts, strict=False)
    return IntervalTier(name, bounds_s[0], bounds_s[-1], tuple(Interval(*x) for x in parts))


PHONES = tiled("phones", [0.0, 1.0, 2.0, 3.0, 4.0], list("aeio"))
GRID = TextGrid(0.0, 4.0, (PHONES, PointTier("tones", 0.0, 4.0, (Point(1.0, "H"),))))


def suspect(at: int, text: str = "a→e 0.83") -> Suspect:
    return Suspect("phones", float(at), at + 1.0, text)


def held(textgrid: TextGrid, name: str = "suspect") -> list[tuple[float, float, str]]:
    at = textgrid.tier_index(name)
    assert at is not None
    tier = textgrid.tiers[at]
    assert isinstance(tier, IntervalTier) and not problems(textgrid)
    return [(x.tmin_s, x.tmax_s, x.text) for x in tier.intervals]


def test_a_tier_is_made_below_the_others_and_then_added_to() -> None:
    put = put_suspects(GRID, [suspect(1)])
    assert (put.written, put.there, put.labelled, put.changed) == (1, 0, 0, 0)
    assert held(put.textgrid) == [(0, 1, ""), (1, 2, "a→e 0.83"), (2, 4, "")]
    again = put_suspects(put.textgrid, [suspect(1), suspect(2, "i→o 0.50"), suspect(0, "x")])
    assert (again.written, again.there) == (2, 1)
    assert [x[2] for x in held(again.textgrid)] == ["x", "a→e 0.83", "i→o 0.50", ""]
    assert again.textgrid.tiers[:2] == GRID.tiers
    same = put_suspects(again.textgrid, [suspect(1)])
    assert same.textgrid is again.textgrid and same.there == 1


def test_a_label_of_a_person_stays() -> None:
    mine = tiled("suspect", [0.0, 1.5, 1.7, 4.0], ["", "mine", ""])
    put = put_suspects(TextGrid(0.0, 4.0, (*GRID.tiers, mine)), [suspect(1), suspect(3)])
    assert (put.written, put.labelled) == (1, 1)
    assert held(put.textgrid) == [(0, 1.5, ""), (1.5, 1.7, "mine"), (1.7, 3, ""),
                                  (3, 4, "a→e 0.83")]  # fmt: skip


def test_a_token_whose_interval_moved_is_left_out() -> None:
    put = put_suspects(GRID, [Suspect("phones", 0.0, 1.1, "x"), Suspect("words", 0.0, 1.0, "x")])
    assert put.textgrid is GRID and put.changed == 2


@pytest.mark.parametrize("name", ["phones", "tones", " ", "a\nb"])
def test_what_is_no_place_for_suspects_is_refused(name: str) -> None:
    with pytest.raises(TextGridError):
        put_suspects(GRID, [suspect(1)], name)


def test_a_tier_with_a_gap_is_left_alone() -> None:
    gap = IntervalTier("suspect", 0.0, 4.0, (Interval(0, 1, "x"), Interval(2, 4, "")))
    with pytest.raises(TextGridError, match="gap"):
        put_suspects(TextGrid(0.0, 4.0, (PHONES, gap)), [suspect(2)])


_BOUNDS = st.lists(st.integers(1, 399), max_size=12, unique=True).map(
    lambda inner: [0.0, *(x / 100 for x in sorted(inner)), 4.0]
)
_TEXTS = st.lists(st.sampled_from(["", "", "mine"]), min_size=13, max_size=13)


@given(_BOUNDS, _BOUNDS, _TEXTS, st.booleans(), st.data())
def test_the_tier_is_valid_and_all_else_stays(
    phones: list[float], mine: list[float], texts: list[str], has: bool, data: st.DataObject
) -> None:
    tiers = (tiled("phones", phones, ["p"] * 13), GRID.tiers[1])
    old = tiled("suspect", mine, texts)
    textgrid = TextGrid(0.0, 4.0, (*tiers, old) if has else tiers)
    wanted = [
        Suspect("phones", x.tmin_s, x.tmax_s, "new")
        for x in data.draw(st.lists(st.sampled_from(tiers[0].intervals), max_size=8))
    ]
    put = put_suspects(textgrid, wanted)
    assert put.textgrid.tiers[:2] == tiers
    assert put.written + put.there + put.labelled + put.changed == len(set(wanted))
    if put.written:
        now = held(put.textgrid)
        assert sum(x[2] == "new" for x in now) == put.written
        kept = [(x.tmin_s, x.tmax_s, x.text) for x in old.intervals if x.text] if has else []
        assert [x for x in now if x[2] == "mine"] == kept
        spans = {(x.tmin_s, x.tmax_s) for x in wanted}
        assert {x[:2] for x in now if x[2] == "new"} <= spans
    else:
        assert put.textgrid is textgrid
