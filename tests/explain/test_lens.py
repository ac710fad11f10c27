from __future__ import annotations

import numpy as np
import pytest

from vowelscope.explain.browse import Browsed
from vowelscope.explain.lens import look
from vowelscope.explain.mean_maps import MeanMap
from vowelscope.explain.shards import Plan


def browsed(y, said) -> Browsed:
    n = len(y)
    plan = Plan(
        "/c", "0" * 64, "/m", "made", "1" * 64, n, 64, 4, ("i", "ɑ", "u"), (2, 3),
        (0.0, 4000.0, 8000.0), "0",
    )  # fmt: skip
    texts = {
        "set": np.full(n, "made", object),
        "utterance": np.array([str(at // 4) for at in range(n)], object),
        "split": np.array(["test" if at % 2 else "train" for at in range(n)], object),
    }
    nothing = np.zeros(n)
    return Browsed(
        out=None, plan=plan, texts=texts, ranked={}, row=np.arange(n), index=np.zeros(n, int),
        tmin_s=nothing, tmax_s=nothing, y=np.asarray(y), said=np.asarray(said),
        by_formants=np.asarray(y), probability=nothing, margin=nothing,
        formants_hz=np.zeros((n, 3, 4)), groups={},
    )  # fmt: skip


@pytest.fixture(autouse=True)
def maps(monkeypatch) -> None:
    """Each token's map of its predicted class is 1 in the upper row, all else is 0."""

    def read(held: Browsed, places: list[int]) -> list[np.ndarray]:
        found = []
        for at in places:
            made = np.zeros((3, 2, 3), np.float32)
            made[held.said[at], 1] = 1.0
            found.append(made)
        return found

    monkeypatch.setattr("vowelscope.explain.lens.read_maps", read)


def test_what_decided_is_in_the_contrast() -> None:
    y = np.repeat([0, 1], 40)
    said = y.copy()
    said[:10] = 1
    said[40:44] = 0
    found = look(browsed(y, said), 0, 1)
    assert (found.a, found.b) == ("i", "ɑ")
    assert (found.there.tokens, found.back.tokens, found.right.tokens) == (10, 4, 30)
    assert found.there.mean == pytest.approx(np.array([[0, 0, 0], [1, 1, 1]]))
    assert found.back.mean == pytest.approx(np.array([[0, 0, 0], [-1, -1, -1]]))
    assert found.right.mean == pytest.approx(found.back.mean)
    assert (found.rate_there, found.rate_back) == (0.25, 0.1)
    value, low, high = found.asymmetry
    assert value == pytest.approx(0.15) and low < 0.15 < high
    assert isinstance(found.there, MeanMap) and found.there.utterances == 3


def test_a_part_alone() -> None:
    y = np.repeat([0, 1], 40)
    said = y.copy()
    said[:10] = 1
    held = browsed(y, said)
    assert look(held, 0, 1, "test").there.tokens == 5
    assert held.counts().tolist() == [[30, 10, 0], [0, 40, 0], [0, 0, 0]]
    chosen = held.matching(part="test")
    assert held.counts(chosen).tolist() == [[15, 5, 0], [0, 20, 0], [0, 0, 0]]


def test_a_class_that_is_not_there() -> None:
    found = look(browsed(np.zeros(8, int), np.zeros(8, int)), 0, 2)
    assert found.there.tokens == 0 and np.isnan(found.rate_back)
    assert np.isnan(found.asymmetry[1])
