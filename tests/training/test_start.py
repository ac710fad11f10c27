from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.features import FeatureSpec
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import save_model
from vowelscope_training.network import build
from vowelscope_training.start import begin

CLASSES = ("i", "æ", "ɝ", "ɑ", "u")


@pytest.fixture
def source():
    torch.manual_seed(3)
    return build("resnet18", 5)


def model_folder(source, folder, classes=CLASSES):
    state = {k: v.numpy() for k, v in source.state_dict().items() if "num_batches" not in k}
    card = ModelCard(
        name="made", architecture="resnet18", classes=classes, class_map="vowels5",
        features=FeatureSpec(), started_from="scratch",
    )  # fmt: skip
    save_model(folder, state, card, storage="float32")
    return folder


def test_a_model_of_the_same_classes_goes_on_as_it_is(source, tmp_path):
    folder = model_folder(source, tmp_path / "made")
    model = build("resnet18", 5)
    assert begin(model, "resnet18", CLASSES, f"file:{folder}").startswith("made (")
    for key, value in source.state_dict().items():
        assert torch.equal(model.state_dict()[key], value), key


def test_another_question_keeps_its_own_classifier(source, tmp_path):
    folder = model_folder(source, tmp_path / "made")
    for classes in (("voiced", "unvoiced"), ("ɑ", "i", "æ", "ɝ", "u")):
        model = build("resnet18", len(classes))
        head = model.fc.weight.clone()
        begin(model, "resnet18", classes, f"file:{folder}")
        assert torch.equal(model.fc.weight, head)
        assert torch.equal(model.conv1.weight, source.conv1.weight)


def test_a_file_of_weights_serves_whatever_its_classifier(tmp_path):
    imagenet = build("resnet18", 1000)
    save_file(imagenet.state_dict(), tmp_path / "resnet18.safetensors")
    model = build("resnet18", 5)
    said = begin(model, "resnet18", CLASSES, f"file:{tmp_path / 'resnet18.safetensors'}")
    assert said == "resnet18.safetensors"
    assert torch.equal(model.layer4[1].conv2.weight, imagenet.layer4[1].conv2.weight)


def test_what_cannot_be_a_start_is_said_in_a_sentence(source, tmp_path):
    folder = model_folder(source, tmp_path / "made")
    save_file({"conv1.weight": torch.zeros(3)}, tmp_path / "short.safetensors")
    state = dict(source.state_dict())
    del state["layer3.0.conv1.weight"]
    save_file(state, tmp_path / "lacking.safetensors")
    state = {**source.state_dict(), "conv1.weight": torch.full((64, 3, 7, 7), np.nan)}
    save_file(state, tmp_path / "nan.safetensors")
    (tmp_path / "pickle.safetensors").write_bytes(b"\x80\x04N.")
    model = build("resnet18", 5)
    for start, said in (
        (f"file:{tmp_path / 'none'}", "none"),
        (f"file:{tmp_path / 'none.safetensors'}", "none.safetensors"),
        (f"file:{tmp_path / 'short.safetensors'}", "conv1.weight is 3, not 64 x 3 x 7 x 7"),
        (f"file:{tmp_path / 'lacking.safetensors'}", "layer3.0.conv1.weight is missing"),
        (f"file:{tmp_path / 'nan.safetensors'}", "no numbers"),
        (f"file:{tmp_path / 'pickle.safetensors'}", "cannot be read as safetensors"),
    ):
        with pytest.raises(UserError, match=said):
            begin(model, "resnet18", CLASSES, start)
    with pytest.raises(ConfigError, match="this is a resnet18"):
        begin(build("resnet34", 5), "resnet34", CLASSES, f"file:{folder}")
    with pytest.raises(ConfigError, match="no ImageNet weights of resnet26"):
        begin(build("resnet26", 5), "resnet26", CLASSES, "imagenet")
