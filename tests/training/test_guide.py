from __future__ import annotations

import numpy as np
import pytest
import torch

from vowelscope.core.features import FeatureSpec
from vowelscope_training.config import load_config
from vowelscope_training.guide import Penalty, outside, soften
from vowelscope_training.network import build
from vowelscope_training.settings import Guide

SPEC = FeatureSpec(rows=64, columns=64)


def test_rows_are_outside_by_their_share():
    edges_hz = np.linspace(0, 8000, 9)
    found = outside(((500.0, 1000.0), (900.0, 2250.0), (6000.0, 9000.0)), edges_hz)
    assert found.tolist() == [0.5, 0.0, 0.75, 1.0, 1.0, 1.0, 0.0, 0.0]
    assert outside((), edges_hz).tolist() == [1.0] * 8


def test_the_mask_softens_outside_the_bands_alone():
    guide = Guide(bands_hz=((1000.0, 3000.0),), mask_chance=0.5, mask_db=20.0)
    db = np.full((200, 64, 8), -30.0, dtype=np.float32)
    soft = soften(db, guide, SPEC, 1, 0, 0)
    inside = slice(8, 24)
    assert (soft[:, inside] == -30).all()
    changed = (soft[:, 40, 0] == -50).mean()
    assert 0.35 < changed < 0.65 and ((soft[:, 40, 0] == -50) | (soft[:, 40, 0] == -30)).all()
    assert np.array_equal(soften(db, guide, SPEC, 1, 0, 0), soft)
    assert not np.array_equal(soften(db, guide, SPEC, 1, 1, 0), soft)
    deep = soften(db, Guide(bands_hz=((1000.0, 3000.0),), mask_chance=1, mask_db=99), SPEC, 1, 0, 0)
    assert deep.min() == SPEC.db_min


def test_the_penalty_is_the_share_of_the_label_s_positive_map_outside_its_bands():
    guide = Guide(bands_hz=((0.0, 4000.0),), classes={"b": ((4000.0, 8000.0),)})
    penalty = Penalty(guide, ("a", "b"), SPEC, 32)
    maps = torch.zeros(2, 2, 2, 2)
    maps[:, :, 0] = 3.0
    maps[:, :, 1] = 1.0
    maps[:, :, 1, 1] = -5.0
    found = penalty(maps, torch.tensor([0, 1]))
    torch.testing.assert_close(found, torch.tensor([1 / 7, 6 / 7]))


@pytest.mark.parametrize("dilated", [False, True])
def test_following_the_penalty_s_gradient_moves_the_map_into_the_bands(dilated):
    torch.manual_seed(0)
    model = build("resnet26", 2, dilated)
    stride = 16 if dilated else 32
    guide = Guide(bands_hz=((0.0, 3000.0),), penalty=1.0)
    penalty = Penalty(guide, ("a", "b"), SPEC, stride)
    rng = torch.Generator().manual_seed(1)
    x, y = torch.randn(2, 3, 64, 64, generator=rng), torch.tensor([0, 1])
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05)
    shares = []
    for _ in range(6):
        logits, maps = model(x, maps=True)
        assert maps.shape == (2, 2, 64 // stride, 64 // stride)
        torch.testing.assert_close(maps.mean((2, 3)) + model.fc.bias, logits, atol=1e-5, rtol=1e-4)
        share = penalty(maps, y).mean()
        shares.append(share.item())
        optimiser.zero_grad()
        share.backward()
        optimiser.step()
    assert shares[0] > 0.3
    assert shares[-1] < 0.8 * shares[0]


def test_the_guided_preset_has_bands_for_every_class():
    config = load_config("vowels-8k-guided")
    assert config.guide.penalty > 0 and config.dilated
    assert set(config.guide.classes) == {"i", "æ", "ɝ", "ɑ", "u"}
    for bands in config.guide.classes.values():
        share = outside(bands, config.features.freq_edges_hz).mean()
        assert 0.4 < share < 0.9
