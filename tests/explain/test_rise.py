"""RISE against every mask that there is, known weights, and a model that reads one band."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from vowelscope.explain.explainers import open_explainer
from vowelscope.explain.interventions import run_all
from vowelscope.explain.rise import Rise, _masked, enlarging

SIZE = 48
SIDE = 16
CELLS = SIZE // SIDE


class Reads:
    """Logits that are a function of the share of the range, 0-1, in each pixel; i − u is `of`."""

    def __init__(self, of):
        self.of = of
        self.passes = 0

    def run(self, images):
        self.passes += len(images)
        # As `features.normalise`: the mean and spread of the first channel.
        share = images[:, 0].astype(np.float64) * 0.229 + 0.485
        logits = np.zeros((len(images), 5), np.float32)
        logits[:, 0] = [self.of(one) for one in share]
        logits[:, 4] = 0.5 * logits[:, 0] ** 2
        return logits, np.zeros((len(images), 5, 2, 2), np.float32)


@pytest.fixture(scope="module")
def seen(explanation_of):
    db = np.random.default_rng(3).uniform(-55, -5, (SIZE, SIZE)).astype(np.float32)
    return explanation_of(np.zeros((5, CELLS, CELLS)), stride=SIDE, db=db)


def share_of(seen):
    spec = seen.input.spec
    return (seen.input.db.astype(np.float64) - spec.db_min) / (spec.db_max - spec.db_min)


def of_every_mask(runtime, seen, against=False):
    """Mean score with each cell shown less that with it hidden, over all 512 masks."""
    masks = np.array(list(product((False, True), repeat=CELLS * CELLS)))
    enlarge = enlarging(SIZE, SIDE)
    inputs = [
        lambda mask=mask: _masked(
            seen.input.db, seen.input.spec.db_min, enlarge, enlarge, mask.reshape(CELLS, CELLS)
        )
        for mask in masks
    ]
    logits = run_all(runtime, inputs, seen.input, batch=64)
    scores = logits[:, 0] - (logits[:, 4] if against else 0.0)
    return np.array([scores[one].mean() - scores[~one].mean() for one in masks.T])


def test_a_linear_model_has_its_weights_and_no_error(seen):
    weights = np.random.default_rng(5).normal(size=(SIZE, SIZE)) / 40
    runtime = Reads(lambda share: float((weights * share).sum()))
    found = Rise(SimpleNamespace(), runtime, side=SIDE, pairs=40).attribute(seen, "i")
    enlarge = enlarging(SIZE, SIDE)
    wanted = np.einsum("rc,ri,cj->ij", weights * share_of(seen), enlarge, enlarge)
    assert found.values == pytest.approx(wanted, abs=1e-4)
    assert found.errors.max() < 1e-4 * np.abs(wanted).max()
    whole = float((weights * share_of(seen)).sum())
    assert found.values.sum() == pytest.approx(whole, abs=1e-4), "all of it less silence"
    assert runtime.passes == 80


def curved(share):
    """Neither linear nor even: products of cells, and a bend."""
    level = share.reshape(CELLS, SIDE, CELLS, SIDE).mean(axis=(1, 3))
    return float(
        6 * level[0, 0] + 30 * level[0, 1] * level[1, 1] * level[2, 1] - 8 * level[2, 2] ** 2
        + 20 * level[1, 0] * level[0, 2] + np.tanh(4 * level.sum() - 8)
    )  # fmt: skip


@pytest.mark.parametrize("against", [None, "u"])
def test_the_values_and_their_errors_are_those_of_all_masks(seen, against):
    runtime = Reads(curved)
    true = of_every_mask(runtime, seen, against is not None).reshape(CELLS, CELLS)
    assert np.abs(true).max() > 1
    off = []
    for seed in range(30):
        found = Rise(SimpleNamespace(), runtime, side=SIDE, pairs=48, seed=seed)
        one = found.attribute(seen, "i", against)
        off.append((one.values - true) / one.errors)
    off = np.array(off)
    assert np.abs(off.mean(axis=0)).max() < 1.0, "no cell is missed in one direction"
    inside = (np.abs(off) < 2).mean()
    assert 0.88 < inside <= 0.995, "two errors hold 95 % of 270 values"


def test_the_seed_makes_the_masks(seen):
    first, same, other = (
        Rise(SimpleNamespace(), Reads(curved), side=SIDE, pairs=30, seed=seed).attribute(seen, "i")
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first.values, same.values) and np.array_equal(first.errors, same.errors)
    assert not np.array_equal(first.values, other.values)


def test_a_model_that_reads_one_band_is_found_out_and_the_rest_is_not_distinguishable(
    explanation_of,
):
    size, low, high = 128, 32, 64  # one row of cells of four
    rng = np.random.default_rng(8)
    db = rng.uniform(-55, -5, (size, size)).astype(np.float32)
    noise = rng.normal(size=(size, size)) / 300

    def band(share):
        # The chance of the rest moves the score a little at each mask, but in no one direction.
        return float(share[low:high].mean() * 8 + np.sin(1e4 * (noise * share).sum()) / 5)

    seen = explanation_of(np.zeros((5, 4, 4)), stride=32, db=db)
    runtime = Reads(band)
    found = open_explainer("rise", SimpleNamespace(), runtime).attribute(seen, "i")
    assert found.values.shape == (4, 4) and found.freq_edges_hz[1] == 2000
    assert (found.values.argmax(axis=0) == 1).all()
    # Cells fade over half of their neighbours; row 3 shares nothing with the band.
    assert found.unsure[3].sum() >= 3 and not found.unsure[1].any()
    patches = open_explainer("occlusion", SimpleNamespace(), Reads(band)).attribute(seen, "i")
    by_row = patches.values.reshape(4, 2, -1).sum(axis=(1, 2))
    assert by_row.argmax() == found.values.sum(axis=1).argmax() == 1
    assert "2,000 Hz × " in found.caveat and " ms fade" in found.caveat


def test_pixels_belong_wholly_to_cells():
    for size, side in ((224, 32), (64, 32), (56, 32), (20, 32)):
        weights = enlarging(size, side)
        assert weights.shape == (size, -(-size // side))
        assert np.allclose(weights.sum(axis=1), 1) and weights.min() >= 0
    assert enlarging(224, 32)[0].tolist() == [1, 0, 0, 0, 0, 0, 0]
    assert enlarging(64, 32)[31] == pytest.approx([0.515625, 0.484375])
