"""Planted kernels are told by what they are, on axes in Hz, ms and cycles."""

from __future__ import annotations

import csv
import json
import math

import numpy as np
import pytest

from vowelscope.cli import main
from vowelscope.core.errors import ConfigError, ModelError
from vowelscope.core.features import IMAGENET_STD, FeatureSpec, normalise
from vowelscope.explain.kernel_figure import draw_kernels, kernel_rows, save_kernels
from vowelscope.explain.kernels import measure, on_decibels, read_kernels
from vowelscope.explain.model import load_model, save_model
from vowelscope.explain.ripples import best_ripple, orientation, transfer

SPEC = FeatureSpec()  # rows of 35.7 Hz, columns of 1 ms
ROW, COLUMN = np.indices((7, 7))


def ripple(up: float, along: float, phase: float = 0.7) -> np.ndarray:
    return np.cos(2 * np.pi * (up * ROW + along * COLUMN) + phase)


def planted(*kernels: np.ndarray):
    """A convolution whose kernels on the picture in dB are these, in one channel of the three."""
    weight = np.zeros((len(kernels), 3, 7, 7), np.float32)
    for at, kernel in enumerate(kernels):
        weight[at, at % 3] = kernel * IMAGENET_STD[at % 3] * (SPEC.db_max - SPEC.db_min)
    return weight, np.zeros(len(kernels), np.float32)


@pytest.mark.parametrize("phase", [0.0, 0.7, 1.6, 3.0])
def test_gratings_are_told_by_direction_scale_and_rate(phase: float) -> None:
    kernels = [ripple(0.25, 0, phase), ripple(0, 0.25, phase), ripple(0.125, 0.125, phase)]
    found = measure(*planted(*kernels, ripple(0.125, -0.1875, phase)), SPEC)
    by = {kernel.number: kernel for kernel in found.kernels}
    assert [by[n].pattern for n in range(4)] == ["horizontal", "vertical", "falling", "rising"]
    # 0.25 cycles a row of 35.714 Hz; 0.25 cycles a column of 1 ms.
    assert by[0].scale_cycles_per_khz == pytest.approx(7.0)
    assert found.rate(by[0]) == pytest.approx(0, abs=1e-9)
    assert by[1].scale_cycles_per_khz == pytest.approx(0, abs=1e-9)
    assert abs(found.rate(by[1])) == pytest.approx(250)
    assert (by[2].scale_cycles_per_khz, found.rate(by[2])) == pytest.approx((3.5, 125))
    assert (by[3].scale_cycles_per_khz, found.rate(by[3])) == pytest.approx((3.5, -187.5))
    for kernel in by.values():
        assert kernel.grating_share == pytest.approx(1, abs=1e-6) and kernel.coherence > 0.9
    # Stripes of a slope of one row a column fall by 35.7 Hz a ms.
    assert found.slope_hz_per_ms(by[2]) == pytest.approx(-35.7, rel=0.1)
    assert found.slope_hz_per_ms(by[3]) > 0 and math.isnan(found.slope_hz_per_ms(by[0]))


def test_a_kernel_covers_its_rows_and_columns() -> None:
    found = measure(*planted(ripple(0.25, 0)), SPEC)
    assert found.size == (7, 7)
    assert found.height_hz == pytest.approx(7 * 8000 / 224) and found.width_s == pytest.approx(
        0.007
    )
    assert found.freq_edges_hz[[0, -1]] == pytest.approx([-125, 125])
    assert 1000 * found.time_edges[[0, -1]] == pytest.approx([-3.5, 3.5])
    wide = FeatureSpec(f_max_hz=4000, rows=100, columns=50, column_s=0.004)
    assert measure(*planted(ripple(0.25, 0)), wide).height_hz == pytest.approx(280)
    assert measure(*planted(ripple(0.25, 0)), wide).width_s == pytest.approx(0.028)


def test_where_a_column_follows_the_token_time_has_no_seconds() -> None:
    found = measure(*planted(ripple(0, 0.25)), FeatureSpec(time_rule="stretch"))
    assert found.width_s is None and found.rate_unit == "cycles/token"
    assert abs(found.rate(found.kernels[0])) == pytest.approx(56)
    assert "rate_cycles_per_token" in kernel_rows(found)[0]
    assert draw_kernels(found) is not None


def test_noise_spots_level_and_nothing_are_no_stripes() -> None:
    rng = np.random.default_rng(5)
    spot = np.exp(-((ROW - 3) ** 2 + (COLUMN - 3) ** 2) / 3.0)
    kernels = [spot - spot.mean(), np.full((7, 7), 0.3) + 0.01 * ripple(0.25, 0), 0 * spot]
    found = measure(*planted(*kernels, *rng.standard_normal((200, 7, 7))), SPEC)
    by = {kernel.number: kernel for kernel in found.kernels}
    assert [by[n].pattern for n in range(3)] == ["mixed", "level", "silent"]
    assert by[1].level_per_db == pytest.approx(49 * 0.3, rel=1e-2)
    assert by[0].coherence < 0.01
    noise = [by[n].pattern == "noise" for n in range(3, 203)]
    assert 0.82 < np.mean(noise) < 0.99, "one in ten is taken for more: 5 % for each of two tests"


def test_the_kernel_on_decibels_is_what_the_network_computes() -> None:
    rng = np.random.default_rng(3)
    weight = rng.standard_normal((4, 3, 7, 7)).astype(np.float32)
    bias = rng.standard_normal(4).astype(np.float32)
    db = rng.uniform(SPEC.db_min, SPEC.db_max, (7, 7)).astype(np.float32)
    given = np.einsum("ocij,cij->o", weight, normalise(db, SPEC)) + bias
    kernels, constants = on_decibels(weight, bias, SPEC)
    ours = (kernels * (db - SPEC.db_min)).sum(axis=(1, 2)) + constants
    np.testing.assert_allclose(ours, given, atol=2e-4)


def test_the_batch_normalisation_is_folded_in(random_state, card, tmp_path) -> None:
    import torch

    from vowelscope.explain.torch_runtime import build_network

    model = save_model(tmp_path / "m", random_state(), card)
    network = build_network(model)
    found = read_kernels(model)
    spec = card.features
    rng = np.random.default_rng(4)
    db = rng.uniform(spec.db_min, spec.db_max, (spec.rows, spec.columns)).astype(np.float32)
    with torch.inference_mode():
        image = torch.from_numpy(normalise(db, spec)[None].copy())
        given = network.bn1(network.conv1(image))[0, :, 10, 12].numpy()
    part = db[17:24, 21:28] - spec.db_min  # stride 2, padding 3
    for kernel in found.kernels:
        ours = float((kernel.weights * part).sum()) + kernel.constant
        assert ours == pytest.approx(float(given[kernel.number]), abs=1e-3)
    assert found.model_hash == model.weights_sha256


def test_transfer_is_the_amplitude_that_a_ripple_gives() -> None:
    kernel = np.random.default_rng(1).standard_normal((7, 7))
    up, along, gain = transfer(kernel)
    assert up[[0, -1]] == pytest.approx([0, 0.5]) and along[[0, -1]] == pytest.approx([-0.5, 0.5])
    at, to = 9, 45
    phases = np.linspace(0, 2 * np.pi, 400)
    answers = [(kernel * ripple(up[at], along[to], phase)).sum() for phase in phases]
    assert gain[at, to] == pytest.approx(max(answers), rel=1e-3)
    assert gain[0, 32] == pytest.approx(abs(kernel.sum()))
    assert gain[-1, 10] == pytest.approx(gain[-1, 64 - 10]), "half a cycle a row has no sign"


def test_a_flat_kernel_has_no_direction_and_no_ripple() -> None:
    angle, coherence = orientation(np.full((7, 7), 2.0))
    assert math.isnan(angle) and coherence == 0
    assert best_ripple(np.full((7, 7), 2.0)) == (0, 0, 0)


def test_figure_and_tables_of_the_command(tiny, tmp_path, capsys) -> None:
    names = ["k.svg", "k.pdf", "k.png", "k.csv", "k.json", "k.parquet"]
    words = [word for name in names for word in ("-o", str(tmp_path / name))]
    assert main(["filters", "--model", str(tiny.folder), *words]) == 0
    assert "64 kernels of 875 Hz × 24.5 ms" in capsys.readouterr().out
    assert all((tmp_path / name).stat().st_size > 1000 for name in names)
    with (tmp_path / "k.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert sorted(int(row["filter"]) for row in rows) == list(range(64))
    held = json.loads((tmp_path / "k.json").read_text())
    assert (
        np.shape(held["kernels"][0]["weights"]) == (7, 7) and "not that a formant" in held["caveat"]
    )
    assert held["kernels"][0]["scale_cycles_per_khz"] == pytest.approx(
        float(rows[0]["scale_cycles_per_khz"])
    )


def test_what_cannot_be_done_is_one_sentence(tiny, tiny_copy, tmp_path, capsys) -> None:
    assert main(["filters", "-o", str(tmp_path / "k.gif")]) == 2
    assert "k.gif: kernels are drawn to .svg" in capsys.readouterr().err
    with pytest.raises(ConfigError, match="kernels are drawn to"):
        save_kernels(read_kernels(tiny), tmp_path / "k")
    model = load_model(tiny_copy)
    weights = tiny_copy / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4000])
    with pytest.raises(ModelError, match="changed since it was checked"):
        read_kernels(model)
    words = ["filters", "--model", str(tiny_copy), "-o", str(tmp_path / "k.png")]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert str(weights) in said and len(said.strip().splitlines()) == 1
