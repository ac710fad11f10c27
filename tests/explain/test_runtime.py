from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from vowelscope.core.errors import ConfigError
from vowelscope.explain import runtime
from vowelscope.explain.model import load_model, save_model
from vowelscope.explain.onnx_graph import build_graph
from vowelscope.explain.runtime import cached_graph, open_runtime


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VOWELSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


def _relative(ours, theirs):
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


@pytest.mark.parametrize(
    ("architecture", "dilated", "cells"),
    [("resnet18", False, 2), ("resnet50", True, 4)],
)
def test_onnx_runtime_and_torch_agree(
    tmp_path, own_cache, random_state, card, images, architecture, dilated, cells
):
    from vowelscope.explain.torch_runtime import TorchRuntime

    own = dataclasses.replace(card, architecture=architecture, dilated_stage4=dilated)
    model = save_model(tmp_path / "m", random_state(architecture), own, "int8")
    logits, maps = open_runtime(model).run(images)
    torch_logits, torch_maps = TorchRuntime(model, "cpu").run(images)
    assert maps.shape == (4, 5, cells, cells)
    assert _relative(logits, torch_logits) < 1e-4
    assert _relative(maps, torch_maps) < 1e-4
    assert np.abs(maps.mean(axis=(2, 3)) + model.bias() - logits).max() < 1e-5 * np.abs(maps).max()


def test_logits_are_those_of_torchvision_s_own_forward_pass(tiny, images):
    import torch

    from vowelscope.explain.torch_runtime import build_network

    with torch.inference_mode():
        theirs = build_network(tiny)(torch.from_numpy(images)).numpy()
    assert _relative(open_runtime(tiny).run(images)[0], theirs) < 1e-4


def test_the_model_in_the_box_agrees_with_torch():
    from vowelscope.explain.torch_runtime import TorchRuntime
    from vowelscope.resources import resource

    folder = resource("models", "vowels5")
    if not (folder / "model.json").is_file():
        pytest.skip("no model in the box yet")
    model = load_model(folder)
    shape = (1, 3, model.card.features.rows, model.card.features.columns)
    # Images of the kind that the model knows: smooth, within the range of a normalised image.
    rng = np.random.default_rng(6)
    image = np.cumsum(rng.standard_normal(shape, dtype=np.float32), axis=3)
    image = 2 * image / np.abs(image).max()
    logits, maps = open_runtime(model).run(image)
    torch_logits, torch_maps = TorchRuntime(model, "cpu").run(image)
    assert _relative(logits, torch_logits) < 1e-4
    assert _relative(maps, torch_maps) < 1e-4
    assert (folder / "weights.safetensors").stat().st_size < 45_000_000


@pytest.mark.parametrize(("n", "rows", "columns"), [(1, 64, 64), (3, 96, 64), (2, 64, 224)])
def test_any_number_and_size_of_images(tiny, n, rows, columns):
    run = open_runtime(tiny)
    many = np.random.default_rng(0).standard_normal((n, 3, rows, columns), dtype=np.float32)
    logits, maps = run.run(many)
    assert logits.shape == (n, 5)
    assert maps.shape == (n, 5, rows // 32, columns // 32)
    one, _ = run.run(many[-1:])
    assert np.allclose(one[0], logits[-1], rtol=1e-4, atol=1e-5)


def test_the_graph_is_valid_onnx(tiny):
    import onnx

    graph = build_graph(tiny.state(), "resnet18", False)
    onnx.checker.check_model(onnx.load_model_from_string(graph), full_check=True)


def test_the_second_opening_uses_the_cache(tiny, own_cache, images, monkeypatch):
    first = open_runtime(tiny).run(images)
    assert [path.name for path in own_cache.iterdir()] == [cached_graph(tiny).name]
    assert cached_graph(tiny).name.startswith(tiny.weights_sha256)
    monkeypatch.setattr(type(tiny), "state", lambda self: pytest.fail("read the weights again"))
    second = open_runtime(tiny).run(images)
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


@pytest.mark.parametrize("damage", [lambda d: d[: len(d) // 2], lambda d: b"", lambda d: b"x" * 99])
def test_a_damaged_cache_is_made_anew(tiny, own_cache, images, damage):
    before = open_runtime(tiny).run(images)[0]
    path = cached_graph(tiny)
    whole = path.stat().st_size
    path.write_bytes(damage(path.read_bytes()))
    assert np.array_equal(open_runtime(tiny).run(images)[0], before)
    assert path.stat().st_size == whole


def test_without_a_cache_it_runs_all_the_same(tiny, tmp_path, images, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("VOWELSCOPE_CACHE_DIR", str(tmp_path / "file"))
    assert open_runtime(tiny).run(images)[0].shape == (4, 5)


def test_a_graph_that_cannot_be_written_does_not_stop_it(tiny, own_cache, images, monkeypatch):
    own_cache.mkdir(parents=True)
    optimise = runtime._optimise

    def full_disk(graph, threads, path):
        if path is not None:
            raise RuntimeError("No space left on device")
        return optimise(graph, threads, path)

    monkeypatch.setattr(runtime, "_optimise", full_disk)
    assert open_runtime(tiny).run(images)[0].shape == (4, 5)
    assert list(own_cache.iterdir()) == []


def test_only_the_newest_graphs_are_kept(tiny, own_cache, monkeypatch):
    import os

    own_cache.mkdir(parents=True)
    for age in range(4):
        (own_cache / f"old{age}.onnx").write_bytes(b"x")
        os.utime(own_cache / f"old{age}.onnx", (1000 - age, 1000 - age))
    monkeypatch.setattr(runtime, "KEPT_GRAPHS", 3)
    open_runtime(tiny)
    assert {path.name for path in own_cache.iterdir()} == {
        "old0.onnx",
        "old1.onnx",
        cached_graph(tiny).name,
    }


@pytest.mark.parametrize("value", ["many", "0", "-2", "1.5"])
def test_a_wrong_number_of_threads_is_said(tiny, monkeypatch, value):
    monkeypatch.setenv("VOWELSCOPE_THREADS", value)
    with pytest.raises(ConfigError, match=r"threads|VOWELSCOPE_THREADS"):
        open_runtime(tiny)


def test_threads_from_the_environment(tiny, monkeypatch):
    monkeypatch.setenv("VOWELSCOPE_THREADS", "1")
    assert open_runtime(tiny).session.get_session_options().intra_op_num_threads == 1
    assert open_runtime(tiny, threads=2).session.get_session_options().intra_op_num_threads == 2


def test_no_shortened_floats_are_used_on_a_gpu(tiny, images):
    import torch

    from vowelscope.explain.torch_runtime import TorchRuntime

    held, seen = TorchRuntime(tiny, "cpu"), []
    before = torch.backends.cudnn.allow_tf32
    held.network.layer4.register_forward_hook(
        lambda *_: seen.append((torch.backends.cudnn.allow_tf32, torch.backends.cudnn.enabled))
    )
    held.run(images)
    assert seen == [(False, True)]
    assert torch.backends.cudnn.allow_tf32 == before


def test_a_gpu_that_is_not_there_is_said(tiny):
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(ConfigError, match="no CUDA GPU"):
        open_runtime(tiny, "cuda")
    with pytest.raises(ConfigError, match="neither cpu nor cuda"):
        open_runtime(tiny, "tpu")


def test_neither_torch_nor_onnx_is_imported_to_explain(tiny):
    open_runtime(tiny)  # fills the cache
    code = (
        "import sys, numpy as np\n"
        "from vowelscope.explain.cam import CamExplainer\n"
        "from vowelscope.explain.model import load_model\n"
        f"explainer = CamExplainer(load_model({str(tiny.folder)!r}))\n"
        "explainer.runtime.run(np.zeros((1, 3, 64, 64), np.float32))\n"
        "heavy = {'torch', 'torchvision', 'onnx', 'librosa', 'matplotlib', 'parselmouth'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
