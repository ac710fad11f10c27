"""Planted filters: one that follows a formant, one that only tells a class, and noise."""

from __future__ import annotations

import numpy as np
import pytest

from vowelscope.explain.filter_stats import (
    block_shuffles,
    follows,
    inner_shuffles,
    tells,
    top_tokens,
)

N = 600


@pytest.fixture(scope="module")
def made():
    """F1 by class and token; filters: follows F1, tells class 0, tells a speaker, silent, noise."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, N)
    speaker = rng.integers(0, 2, N)
    f1_hz = np.array([300.0, 500.0, 750.0])[y] + 40 * speaker + 40 * rng.normal(size=N)
    values = np.maximum(rng.normal(size=(N, 150)), 0).astype(np.float32)
    values[:, 0] = np.maximum(f1_hz - 250 + 30 * rng.normal(size=N), 0)
    values[:, 1] = (y == 2) + 0.2 * rng.normal(size=N)
    values[:, 2] = speaker + 0.2 * rng.normal(size=N)
    values[:, 3] = 0
    strata = np.array([f"{a} {b}" for a, b in zip(y, speaker, strict=True)])
    utterances = np.arange(N) // 6
    return values, y, f1_hz, strata, utterances


def test_a_filter_that_follows_a_formant_does_so_within_the_class(made) -> None:
    values, _, f1_hz, strata, utterances = made
    seen: list[tuple[int, int]] = []
    held = follows(values, f1_hz, utterances, strata, lambda *at: seen.append(at))
    assert held.rho[0] > 0.9 and held.within[0] > 0.6 > held.within_limit
    # The class goes with F1 over all tokens, and not within itself.
    assert held.rho[1] > held.rho_limit and abs(held.within[1]) < held.within_limit
    assert abs(held.within[2]) < held.within_limit
    assert np.isnan(held.rho[3]) and np.isnan(held.within[3])
    assert (np.abs(held.within[4:]) > held.within_limit).sum() <= 1
    assert 0.1 < held.rho_limit < 0.25 and held.tokens == N and held.within_tokens == N
    assert seen[-1] == (150, 150)


def test_the_limit_is_that_of_the_luckiest_of_all_filters() -> None:
    """Of runs of pure noise about one in twenty has a filter beyond it."""
    rng = np.random.default_rng(2)
    beyond = []
    for seed in range(40):
        values = rng.normal(size=(80, 30)).astype(np.float32)
        strata, utterances = np.arange(80) % 4, np.arange(80) // 2
        measure = rng.normal(size=80)
        held = follows(values, measure, utterances, strata, shuffles=100, seed=seed)
        beyond.append(
            [
                np.abs(held.rho).max() > held.rho_limit,
                np.abs(held.within).max() > held.within_limit,
            ]
        )
    assert (np.mean(beyond, axis=0) <= 0.175).all()


def test_undefined_values_and_few_tokens(made) -> None:
    values, _, f1_hz, strata, utterances = made
    holes = f1_hz.copy()
    holes[::3] = np.nan
    held = follows(values, holes, utterances, strata)
    assert held.tokens == 400 and held.within[0] > held.within_limit
    few = follows(values[:10], f1_hz[:10], utterances[:10], strata[:10])
    assert few.tokens == 10 and np.isnan(few.rho).all() and np.isnan(few.rho_limit)
    alone = follows(values, f1_hz, utterances, np.arange(N))
    assert alone.within_tokens == 0 and np.isnan(alone.within).all() and alone.rho[0] > 0.9
    assert np.isnan(follows(values, np.full(N, 5.0), utterances, strata).rho).all()


def test_a_filter_tells_its_class(made) -> None:
    values, y, _, _, utterances = made
    held = tells(values, y, 3, utterances)
    assert held.d_prime[1].argmax() == 2
    assert held.d_prime[1, 2] == pytest.approx(5, rel=0.15), "1 apart at a deviation of 0.2"
    assert held.bits[1] > 0.8 and held.bits[1] > held.bits_limit > held.bits[4:].mean()
    assert held.bits[2] < held.bits_limit
    assert held.bits[3] == pytest.approx(0, abs=1e-12)
    assert (held.bits[4:] > held.bits_limit).sum() <= 1
    # Three classes at the same place in the range of F1: no more than the class itself.
    assert held.bits.max() <= np.log2(3)
    some = tells(values, np.where(np.arange(N) < 300, y, -1), 4, utterances)
    assert np.isnan(some.d_prime[:, 3]).all() and some.d_prime[1].argsort()[2] == 2


def test_shuffles_move_utterances_whole_and_stay_in_their_stratum() -> None:
    utterances = np.repeat(np.arange(12), [3, 2, 1, 4] * 3)
    for order in block_shuffles(utterances, 20, 0):
        assert sorted(order) == list(range(30))
        moved = utterances[order]
        assert (np.diff(moved) != 0).sum() == 11, "each utterance in one piece"
        first = {int(u): int(np.flatnonzero(utterances == u)[0]) for u in range(12)}
        starts = np.flatnonzero(np.r_[True, np.diff(moved) != 0])
        assert all(order[at] == first[int(moved[at])] for at in starts)
    assert len({tuple(order) for order in block_shuffles(utterances, 20, 0)}) == 20
    assert len({tuple(order) for order in block_shuffles(np.zeros(9), 20, 0)}) == 20
    strata = np.array([0, 1, 0, 2, 1, 0, 1])
    for order in inner_shuffles(strata, 20, 0):
        assert sorted(order) == list(range(7)) and (strata[order] == strata).all()


def test_top_tokens_are_the_strongest_and_of_equals_the_first() -> None:
    values = np.array([[3, 0], [9, 0], [5, 1], [9, 0]], np.float32)
    assert top_tokens(values, 3).tolist()[0] == [1, 3, 2]
    assert top_tokens(values, 3)[1][0] == 2
    assert top_tokens(values, 10).shape == (2, 4)
