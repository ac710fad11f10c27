from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pickle
import struct

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from vowelscope.core.errors import ConfigError, ModelError
from vowelscope.core.features import FeatureSpec
from vowelscope.core.phones import parse_class_map
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import MAX_WEIGHTS_BYTES, load_model, save_model
from vowelscope.explain.resnet import ARCHITECTURES, state_shapes


def _rewrite_weights(folder, data, hashed=True):
    """Put other bytes in place of the weights, with the card's hash right or not."""
    (folder / "weights.safetensors").write_bytes(data)
    if hashed:
        _edit_card(folder, weights_sha256=hashlib.sha256(data).hexdigest())


def _edit_card(folder, **values):
    path = folder / "model.json"
    card = json.loads(path.read_text(encoding="utf-8")) | values
    path.write_text(json.dumps(card), encoding="utf-8")


def _edit_arrays(folder, change):
    arrays = load_file(folder / "weights.safetensors")
    change(arrays)
    _rewrite_weights(folder, save(arrays))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_shapes_are_those_of_torchvision(architecture):
    import torch
    import torchvision

    with torch.device("meta"):
        network = getattr(torchvision.models, architecture)(num_classes=7)
    theirs = {
        key: tuple(value.shape)
        for key, value in network.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    assert state_shapes(architecture, 7) == theirs


def test_float32_comes_back_bit_for_bit(tmp_path, random_state, card):
    state = random_state()
    given = {**state, "bn1.num_batches_tracked": np.array(3)}
    save_model(tmp_path / "m", given, card)
    model = load_model(tmp_path / "m")
    back = model.state()
    assert back.keys() == state.keys()
    assert all(np.array_equal(back[key], state[key]) for key in state)
    assert np.array_equal(model.bias(), state["fc.bias"])
    assert dataclasses.replace(model.card, weights_sha256="") == card
    data = (tmp_path / "m/weights.safetensors").read_bytes()
    assert model.weights_sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(("storage", "share"), [("float16", 0.51), ("int8", 0.26)])
def test_smaller_storage_is_smaller_and_near(tmp_path, random_state, card, storage, share):
    state = random_state()
    model = save_model(tmp_path / "m", state, card, storage)
    full = sum(array.nbytes for array in state.values())
    assert (tmp_path / "m/weights.safetensors").stat().st_size < share * full
    assert load_model(tmp_path / "m").card.storage == storage
    for key, array in model.state().items():
        assert array.dtype == np.float32
        if array.ndim == 1:
            assert np.array_equal(array, state[key])
        else:
            error = np.square(array - state[key]).mean() / np.square(state[key]).mean()
            assert 0 < error < 2e-4


def test_a_resnet101_of_five_classes_takes_less_than_45_mb_in_int8():
    total = 0
    for key, shape in state_shapes("resnet101", 5).items():
        numbers = int(np.prod(shape))
        total += numbers + 4 * shape[0] if len(shape) > 1 else 4 * numbers
        total += 2 * (len(key) + 90)  # the header names the array and its scale
    assert 42_000_000 < total < 45_000_000


def test_saving_replaces_a_model_and_leaves_nothing_else(tmp_path, random_state, card):
    save_model(tmp_path / "m", random_state(seed=1), card, "int8")
    save_model(tmp_path / "m", random_state(seed=2), card, "float16")
    assert {path.name for path in (tmp_path / "m").iterdir()} == {
        "model.json",
        "weights.safetensors",
    }
    assert load_model(tmp_path / "m").card.storage == "float16"


def test_a_card_that_cannot_be_written_leaves_the_old_model(tmp_path, random_state, card):
    old = save_model(tmp_path / "m", random_state(seed=1), card, "float16")
    worse = dataclasses.replace(card, results={"accuracy": float("nan")})
    with pytest.raises(ModelError, match="cannot be written as JSON"):
        save_model(tmp_path / "m", random_state(seed=2), worse, "float16")
    assert load_model(tmp_path / "m").weights_sha256 == old.weights_sha256


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: s.pop("layer1.0.bn1.bias"), r"layer1\.0\.bn1\.bias is missing"),
        (lambda s: s.update(extra=np.zeros(3)), "extra does not belong"),
        (lambda s: s.update({"fc.weight": np.zeros((4, 512))}), r"fc\.weight has the shape \(4"),
        (lambda s: s["conv1.weight"].fill(np.inf), r"conv1\.weight holds a number that is not"),
        (lambda s: s["bn1.running_var"].fill(-1), "negative variance"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(tmp_path, random_state, card, change, sentence):
    state = random_state()
    change(state)
    with pytest.raises(ModelError, match=sentence):
        save_model(tmp_path / "m", state, card)
    assert not (tmp_path / "m").exists()


class _Trap:
    """A pickle that would make a file if anyone loaded it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("hashed", [True, False])
@pytest.mark.parametrize("protocol", [2, 5])
def test_a_pickle_is_never_opened(tiny_copy, tmp_path, hashed, protocol):
    trap = tmp_path / "sprung"
    _rewrite_weights(tiny_copy, pickle.dumps(_Trap(trap), protocol=protocol), hashed)
    with pytest.raises(ModelError, match=r"weights\.safetensors: this is a Python pickle"):
        load_model(tiny_copy)
    assert not trap.exists()


def test_torch_s_own_format_is_named(tiny_copy, tmp_path):
    import torch

    torch.save({"a": torch.zeros(2)}, tmp_path / "w.pt")
    _rewrite_weights(tiny_copy, (tmp_path / "w.pt").read_bytes())
    with pytest.raises(ModelError, match="zip archive"):
        load_model(tiny_copy)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no header where it should be"),
        (b"hello world, here I am", "no header where it should be"),
        (b"\x1f\x8b\x08rest of it", "gzip"),
        (struct.pack("<Q", 1 << 40) + b"{" + b" " * 50, "header of 1099511627776 bytes"),
        (struct.pack("<Q", 5000) + b'{"a":', "ends within its own header"),
        (struct.pack("<Q", 10) + b'{"a": 1234' + b"0" * 9, "damaged"),
    ],
)
def test_what_is_not_safetensors_is_refused(tiny_copy, data, sentence):
    _rewrite_weights(tiny_copy, data)
    with pytest.raises(ModelError, match=sentence):
        load_model(tiny_copy)


def test_a_truncated_file_is_refused(tiny_copy):
    data = (tiny_copy / "weights.safetensors").read_bytes()
    _rewrite_weights(tiny_copy, data[:-1000])
    with pytest.raises(ModelError, match="damaged"):
        load_model(tiny_copy)


def test_a_file_too_large_is_refused_before_it_is_read(tiny_copy):
    with (tiny_copy / "weights.safetensors").open("r+b") as file:
        file.truncate(MAX_WEIGHTS_BYTES + 1)  # sparse
    with pytest.raises(ModelError, match="more than any of our networks"):
        load_model(tiny_copy)


def test_one_changed_bit_is_a_wrong_hash(tiny_copy):
    path = tiny_copy / "weights.safetensors"
    data = bytearray(path.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"its SHA-256 is .*damaged or not this card's"):
        load_model(tiny_copy)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda a: a.pop("conv1.weight.scale"), r"conv1\.weight\.scale is missing"),
        (lambda a: a.update(spare=np.zeros(1, np.float32)), "spare does not belong"),
        (lambda a: a["bn1.bias"].__setitem__(3, np.nan), "not finite"),
        (lambda a: a["fc.weight.scale"].__setitem__(0, np.inf), "not finite"),
        (lambda a: a["bn1.running_var"].__setitem__(0, -1), "negative variance"),
        (lambda a: a.update({"fc.bias": np.zeros(6, np.float32)}), r"fc\.bias has the shape"),
        (lambda a: a.update({"fc.bias": np.zeros(5)}), "stored as F64, but the card says float32"),
        (
            lambda a: a.update({"conv1.weight": a["conv1.weight"].astype(np.float32)}),
            "stored as F32, but the card says int8",
        ),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tiny_copy, change, sentence):
    _edit_arrays(tiny_copy, change)
    with pytest.raises(ModelError, match=sentence) as caught:
        load_model(tiny_copy)
    assert str(tiny_copy) in str(caught.value)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"schema": 99}, "schema is 99; this version reads 1"),
        ({"surprise": 1}, "unknown field 'surprise'"),
        ({"classes": ["i", "u"]}, r"fc\.weight has the shape"),
        ({"classes": ["i"]}, "two classes at least"),
        ({"classes": ["i", "i"]}, "same name"),
        ({"classes": ["i", 3]}, "not all names"),
        ({"classes": "iu"}, "'classes' is not a list"),
        ({"seed": True}, "'seed' is not a whole number"),
        ({"architecture": "vgg16"}, "'vgg16' is none of resnet18"),
        ({"architecture": "resnet34"}, "is missing"),
        ({"dilated_stage4": True}, "cannot have a dilated stage 4"),
        ({"storage": "int4"}, "'int4' is none of"),
        ({"storage": "float16"}, "does not belong|is missing|stored as"),
        ({"features": {"rows": 64, "colour": "red"}}, "unknown feature parameter colour"),
        ({"features": {"rows": "many"}}, "'features'"),
        ({"data": [{"name": "x"}]}, "entry of the card's 'data'"),
        ({"weights_sha256": ""}, "SHA-256"),
    ],
)
def test_a_card_that_is_wrong_is_refused(tiny_copy, values, sentence):
    _edit_card(tiny_copy, **values)
    with pytest.raises(ModelError, match=sentence):
        load_model(tiny_copy)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", r"not valid JSON \(line 1"),
        (b'{"schema": 1,', r"not valid JSON \(line 1, column 14"),
        (b"[1, 2]", "not a JSON object"),
        (b'{"schema": NaN}', "NaN is no JSON number"),
        (b'{"schema": 1e999}', "too large"),
        (b"[" * 200_000, "nested too deeply|not valid JSON"),
        ('{"name": "\xe6"}'.encode("latin-1"), "not UTF-8"),
        (b'{"schema": 1, "name": "x"}', "lacks 'architecture'"),
        (b" " * (5 << 20), "larger than 4 MiB"),
    ],
)
def test_a_card_that_is_no_card_is_refused(tiny_copy, text, sentence):
    (tiny_copy / "model.json").write_bytes(text)
    with pytest.raises(ModelError, match=sentence):
        load_model(tiny_copy)


def test_what_is_missing_is_named(tiny_copy, tmp_path):
    with pytest.raises(ModelError, match="there is no such model folder"):
        load_model(tmp_path / "nowhere")
    with pytest.raises(ModelError, match="this is a file, not a model folder"):
        load_model(tiny_copy / "model.json")
    (tiny_copy / "weights.safetensors").unlink()
    with pytest.raises(ModelError, match=r"has no weights\.safetensors"):
        load_model(tiny_copy)
    (tiny_copy / "model.json").unlink()
    with pytest.raises(ModelError, match=r"has no model\.json"):
        load_model(tiny_copy)


def test_weights_that_vanish_after_the_check(tiny_copy):
    model = load_model(tiny_copy)
    (tiny_copy / "weights.safetensors").unlink()
    with pytest.raises(ModelError, match="changed since it was checked"):
        model.state()


def test_a_class_map_of_one_s_own_travels_with_the_model(tmp_path, random_state, card):
    toml = 'name = "two"\nclasses = ["a", "b"]\n[labels.ipa]\na = ["a"]\nb = ["b"]\n'
    own = dataclasses.replace(card, classes=("a", "b"), class_map="two")
    state = random_state(classes=2)
    save_model(tmp_path / "m", state, own, "float16", parse_class_map(toml))
    assert load_model(tmp_path / "m").class_map().class_of("b") == "b"
    model = save_model(tmp_path / "m", state, own, "float16")
    with pytest.raises(ConfigError):
        model.class_map()


def test_the_bundled_map_is_found_by_name(tiny):
    assert tiny.class_map().class_of("IY1") == "i"


def test_a_card_survives_json(card):
    assert ModelCard.from_dict(json.loads(card.to_json())) == card
    assert ModelCard.from_dict(json.loads(card.to_json())).features == FeatureSpec(
        rows=64, columns=64, column_s=0.0035
    )
