from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vowelscope.explain.corpus_figures import difference as drawn
from vowelscope.explain.mean_maps import Explained
from vowelscope.explain.model import save_model
from vowelscope.explain.shards import Plan
from vowelscope.explain.two_models import difference, paired, shift_findings

CLASSES = ("i", "ɝ", "u")
N = 90


def explained(top_hz: float, cells: tuple[int, int], name: str, model="/gone") -> Explained:
    """Noise; the label's class is seen nowhere yet. Two tokens an utterance."""
    rng = np.random.default_rng(len(name))
    maps = 0.05 * rng.normal(size=(N, 3, *cells)).astype(np.float32)
    edges = tuple(np.linspace(0, top_hz, cells[0] + 1))
    plan = Plan(
        *("/c.parquet", "0" * 64, str(model), name, "1" * 64, N, 8, 4), CLASSES, cells, edges, "0"
    )
    y = np.arange(N) % 3
    rows = [{"row": at} for at in range(N)]
    return Explained(plan, rows, y, y, maps, (np.arange(N) // 2).astype(str))


def lit(held: Explained, name: str, low_hz: float, high_hz: float, by: float = 4.0) -> Explained:
    """As much evidence for a class in its tokens, per Hz, whatever the cells are."""
    k = CLASSES.index(name)
    edges = np.array(held.plan.freq_edges_hz)
    inside = (edges[:-1] >= low_hz - 1) & (edges[1:] <= high_hz + 1)
    maps = held.maps.copy()
    maps[np.ix_(held.y == k, [k], inside)] += by
    return replace(held, maps=maps)


def test_the_same_maps_on_other_cells_do_not_differ_and_a_moved_band_does() -> None:
    wide = lit(explained(8000, (16, 7), "wide"), "i", 1000, 2000)
    narrow = lit(explained(4000, (16, 14), "narrow"), "i", 1000, 2000)
    found = difference(narrow, wide)
    assert found.freq_edges_hz.tolist() == np.linspace(0, 4000, 9).tolist()
    assert found.maps.keys() == set(CLASSES) and found.maps["i"].mean.shape == (8, 1)
    assert np.abs(found.maps["i"].mean).max() < 0.1
    moved = lit(explained(4000, (16, 14), "narrow"), "i", 3000, 4000)
    apart = difference(moved, wide).maps["i"]
    assert apart.tokens == 30 and apart.mean[6:].sum() > 0.7 and apart.mean[2:4].sum() < -0.7
    assert (apart.low[6:] > 0).all() and (apart.high[2:4] < 0).all()
    back = difference(wide, moved).maps["i"].mean
    assert np.allclose(back, -apart.mean, atol=1e-12)


def test_columns_are_compared_where_both_models_read_the_same_time(
    tmp_path, random_state, card
) -> None:
    folder = save_model(tmp_path / "tiny", random_state(), card, storage="float32").folder
    first, second = (explained(8000, cells, "made", folder) for cells in ((4, 4), (4, 8)))
    maps = first.maps.copy()
    maps[first.y == 0, 0, :, :2] += 4.0  # the first half of the window
    found = difference(replace(first, maps=maps), second).maps["i"]
    assert found.mean.shape == (4, 4)
    assert (found.low[:, :2] > 0).all() and np.abs(found.mean[:, 2:]).max() < 0.1
    figure = drawn(difference(replace(first, maps=maps), second), "one", "other")
    assert [axes.get_title() for axes in figure.axes[:3]] == [f"/{c}/ (30 tokens)" for c in CLASSES]
    assert "one less other" in figure.axes[3].get_ylabel()


def test_tokens_are_paired_and_of_another_corpus_there_are_none() -> None:
    first, second = explained(8000, (7, 7), "a"), explained(4000, (7, 7), "b")
    fewer = second.where(np.arange(N) % 2 == 0)
    ours, theirs = paired(first, fewer)
    assert ours.tolist() == list(range(0, N, 2)) and theirs.tolist() == list(range(N // 2))
    other = replace(second, plan=replace(second.plan, corpus_sha256="2" * 64))
    assert len(paired(first, other)[0]) == 0
    assert difference(first, other).maps == {}
    assert {one.verdict for one in shift_findings(first, other)} == {"not asked"}


@pytest.mark.parametrize("swapped", [False, True])
def test_what_is_new_under_4_khz_is_found(swapped: bool) -> None:
    """/u/ is seen at 500-1,000 Hz by the narrow model alone, /i/ by the wide one alone."""
    wide = lit(lit(explained(8000, (32, 7), "wide"), "i", 500, 1000), "u", 2000, 3000)
    narrow = lit(lit(explained(4000, (16, 7), "narrow"), "u", 500, 1000), "i", 2000, 3000)
    for name in ("ɝ",):
        wide, narrow = lit(wide, name, 1500, 2500), lit(narrow, name, 1500, 2500)
    told = shift_findings(*((narrow, wide) if swapped else (wide, narrow)))
    assert [one.statement for one in told] == [
        "Experiment 2 against 1: more of /ɝ/ lies at 1,500-2,500 Hz.",
        "Experiment 2 against 1: more of /u/ lies at 500-1,000 Hz.",
        "Experiment 2 against 1: more of /i/ lies at 500-1,000 Hz.",
    ]
    r, u, i = told
    assert abs(r.value) < 0.15 and r.tokens == 30 and "narrow less wide" in r.reason
    assert (u.verdict, i.verdict) == ("holds", "does not") and u.low > 0.5 and i.high < -0.5


def test_cells_taller_than_the_band_are_said() -> None:
    wide, narrow = explained(8000, (7, 7), "wide"), explained(4000, (14, 14), "narrow")
    for one in shift_findings(wide, narrow):
        assert one.verdict == "not resolvable" and "1,143 Hz" in one.reason
    for pair in ((wide, wide), (narrow, narrow)):
        assert {one.verdict for one in shift_findings(*pair)} == {"not asked"}
