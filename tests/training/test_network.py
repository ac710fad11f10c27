from __future__ import annotations

import pytest
import torch

from vowelscope_training.network import build, grow, update_average


@pytest.mark.parametrize(("start", "end"), [("resnet18", "resnet34"), ("resnet26", "resnet50")])
def test_a_grown_network_says_what_the_small_one_said(start, end):
    torch.manual_seed(0)
    small = build(start, 5)
    for module in small.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.0)
            torch.nn.init.uniform_(module.running_mean, -0.1, 0.1)
    x = torch.randn(2, 3, 64, 64)
    large = grow(small, end, 5)
    assert len(list(large.parameters())) > len(list(small.parameters()))
    with torch.no_grad():
        expected = small.eval()(x)
        assert expected.std() > 0
        torch.testing.assert_close(large.eval()(x), expected, rtol=1e-5, atol=1e-5)


def test_a_grown_network_learns_in_its_new_blocks():
    torch.manual_seed(0)
    large = grow(build("resnet18", 3), "resnet34", 3)
    large(torch.randn(4, 3, 32, 32)).sum().backward()
    assert float(large.layer1[2].bn2.weight.grad.abs().sum()) > 0


def test_the_average_follows_the_weights():
    model = build("resnet18", 2)
    average = {k: torch.zeros_like(v) for k, v in model.state_dict().items()}
    update_average(average, model, 0.9)
    torch.testing.assert_close(average["conv1.weight"], 0.1 * model.conv1.weight.detach())
