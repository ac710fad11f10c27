"""Heights of tiers: what is shown shares the room, and names are followed."""

from __future__ import annotations

import pytest

from vowelscope.app.tier_layout import COLLAPSED_PX, TierLayout, tier_keys
from vowelscope.core.textgrid import IntervalTier

KEYS = tier_keys([IntervalTier(name, 0.0, 1.0, ()) for name in ("a", "b", "a", "c")])
A, B, SECOND_A, C = KEYS


def test_two_tiers_of_one_name_are_told_apart() -> None:
    assert KEYS == (("a", 0), ("b", 0), ("a", 1), ("c", 0))


def test_heights_fill_the_view() -> None:
    plain = TierLayout()
    assert plain.heights_px(KEYS, 200) == [50, 50, 50, 50]
    tall = plain.with_weight(B, 2.0)
    assert tall.heights_px(KEYS, 200) == [40, 80, 40, 40]
    thin = tall.with_collapsed(SECOND_A, True)
    heights = thin.heights_px(KEYS, 212)
    assert heights == [50, 100, COLLAPSED_PX, 50] and sum(heights) == 212
    assert thin.with_hidden(A).heights_px(KEYS, 162) == [0, 100, COLLAPSED_PX, 50]
    assert thin.with_only(SECOND_A).heights_px(KEYS, 100) == [0, 0, 100, 0]
    assert thin.with_only(B).with_only(None) == thin
    assert thin.with_only(("gone", 0)).heights_px(KEYS, 212) == heights
    assert TierLayout(collapsed=frozenset(KEYS)).heights_px(KEYS, 48) == [COLLAPSED_PX] * 4


@pytest.mark.parametrize(("asked", "given"), [(0.01, 0.5), (99.0, 5.0), (1.7, 1.7)])
def test_heights_have_limits(asked: float, given: float) -> None:
    assert TierLayout().with_weight(A, asked).weights == {A: given}


def test_a_renamed_tier_keeps_its_layout_and_others_are_not_mistaken_for_it() -> None:
    layout = TierLayout().with_collapsed(B, True).with_weight(B, 2.0).with_only(B)
    renamed = layout.renamed(KEYS, (A, ("new", 0), SECOND_A, C))
    assert renamed.collapsed == {("new", 0)} and renamed.only == ("new", 0)
    assert renamed.weights == {("new", 0): 2.0}
    assert layout.renamed(KEYS, (C, SECOND_A, B, A)) == layout
    assert layout.renamed(KEYS, (A, C)) == layout
