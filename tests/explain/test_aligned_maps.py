from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vowelscope.core.features import FeatureSpec
from vowelscope.explain.aligned_maps import (
    RELATIVE,
    aligned_maps,
    card_of,
    column_edges,
    masked_mean,
    on_bins,
)
from vowelscope.explain.card import ModelCard
from vowelscope.explain.corpus_figures import aligned, maps
from vowelscope.explain.mean_maps import Explained, mean_with_interval
from vowelscope.explain.model import save_model
from vowelscope.explain.shards import Plan

CLASSES = ("i", "u")


def explained(rule: str, durations_s, lit, model="/gone") -> tuple[Explained, ModelCard]:
    """Tokens of /i/ that are lit between two times, as `lit` gives them from a duration.

    224 columns of 1 ms, or as many shares of the interval; 28 cells of the map.
    """
    spec = FeatureSpec(rows=224, columns=224, column_s=0.001, time_rule=rule)
    card = ModelCard("made", "resnet50", CLASSES, "vowels5", spec)
    n = len(durations_s)
    rows = [
        {"row": at, "tmin_s": 1.0, "tmax_s": 1.0 + float(long_s)}
        for at, long_s in enumerate(durations_s)
    ]
    edges = tuple(np.linspace(0, 8000, 3))
    plan = Plan(
        *("/c", "0" * 64, str(model), "made", "1" * 64, n, 8, 4), CLASSES, (2, 7), edges, "0"
    )
    held = Explained(
        plan,
        rows,
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros((n, 2, 2, 7), np.float32),
        np.arange(n).astype(str),
    )
    at_s = column_edges(held, card)
    for at, long_s in enumerate(durations_s):
        low_s, high_s = (1.0 + edge_s for edge_s in lit(float(long_s)))
        inside = np.minimum(at_s[at, 1:], high_s) - np.maximum(at_s[at, :-1], low_s)
        held.maps[at, 0, 1] = 8 * np.maximum(inside, 0) / np.diff(at_s[at])
    return held, card


def test_what_lies_at_the_end_of_each_interval_is_there_in_relative_time_alone() -> None:
    """The last fifth of vowels of 100 to 200 ms, by a model of a fixed window."""
    rng = np.random.default_rng(0)
    held, card = explained("fixed", rng.uniform(0.1, 0.2, 60), lambda long: (0.8 * long, long))
    found = aligned_maps(held, card, relative=True)
    mean = found.maps["i"].mean
    assert found.is_relative and found.edges is RELATIVE and mean.shape == (2, 20)
    assert found.cell == pytest.approx(0.032 / 0.15, rel=0.15)
    assert RELATIVE[int(np.nanargmax(mean[1])) + 1] == pytest.approx(1.0, abs=0.11)
    inside = (RELATIVE[:-1] >= 0.79) & (RELATIVE[1:] <= 1.01)
    early = RELATIVE[1:] <= 0.41
    assert np.nanmean(mean[1, inside]) > 5 * np.nanmean(mean[1, early]) >= 0
    # A map is half of the logit of /i/ here: the mean of both classes is taken off.
    assert np.nanmax(mean) <= 4.0 and np.nanmax(np.abs(mean[0])) == 0
    assert found.maps["u"].tokens == 0


def test_the_middle_of_the_window_is_the_middle_of_the_interval_in_absolute_time() -> None:
    held, card = explained(
        "stretch", np.linspace(0.1, 0.2, 40), lambda long: (long / 2 - 0.01, long / 2 + 0.01)
    )
    found = aligned_maps(held, card, relative=False)
    mean = found.maps["i"].mean[1]
    middles_s = 0.5 * (found.edges[1:] + found.edges[:-1])
    assert not found.is_relative and np.diff(found.edges) == pytest.approx(0.01)
    assert abs(middles_s[int(np.nanargmax(mean))]) < 0.011
    # Shorter vowels do not reach to the ends; where fewer than half do, nothing is drawn.
    assert found.edges[-1] == pytest.approx(0.075, abs=0.006)
    few, card = explained("stretch", [0.1] * 30 + [0.3] * 20, lambda long: (0, long))
    drawn = aligned_maps(few, card, relative=False)
    assert np.isfinite(drawn.maps["i"].mean[1]).all()


def test_bins_that_few_tokens_reach_over_are_blank() -> None:
    held, card = explained("fixed", [0.1] * 10 + [0.5] * 30, lambda long: (0, long))
    mean = aligned_maps(held, card, relative=True).maps["i"].mean
    outside = (RELATIVE[1:] <= 0.2) | (RELATIVE[:-1] >= 0.8)
    assert np.isnan(mean[:, outside]).all() and np.isfinite(mean[:, 9:11]).all()


def test_what_a_token_has_is_kept_and_spread_evenly() -> None:
    maps = np.array([[[1.0, 3.0]]])
    values, covered = on_bins(maps, np.array([[0.0, 1.0, 2.0]]), np.array([0, 0.5, 1.5, 2.0, 2.5]))
    assert values[0, 0].tolist() == [1.0, 2.0, 3.0, 0.0]
    assert covered[0].tolist() == [True, True, True, False]


def test_where_all_tokens_reach_it_is_the_plain_mean_with_its_interval() -> None:
    rng = np.random.default_rng(1)
    values, clusters = rng.normal(size=(50, 2, 3)), (np.arange(50) // 5).astype(str)
    found = masked_mean(values, np.ones((50, 3), bool), clusters)
    expected = mean_with_interval(values, clusters)
    for name in ("mean", "low", "high"):
        assert np.allclose(getattr(found, name), getattr(expected, name))
    assert (found.tokens, found.utterances) == (50, 10)
    assert np.isnan(masked_mean(values[:5], np.ones((5, 3), bool), clusters[:5]).low).all()


def test_the_figures_name_their_time(tmp_path, random_state, card) -> None:
    folder = save_model(tmp_path / "tiny", random_state(), card, storage="float32").folder
    held, own = explained("fixed", [0.1] * 6, lambda long: (0, long))
    figure = aligned(aligned_maps(held, own, True), np.array(held.plan.freq_edges_hz))
    assert figure.axes[0].get_xlabel() == "Time (% of the interval)"
    assert figure.axes[0].get_xlim() == (-50, 150)
    assert maps(held).axes[0].get_xlabel() == "Time (share of the window)"
    known = replace(held, plan=replace(held.plan, model=str(folder)))
    assert card_of(known) is not None and card_of(held) is None
    label = "Time from the middle (ms)" if card.features.time_rule == "fixed" else "Time (% of"
    assert maps(known).axes[0].get_xlabel().startswith(label)
