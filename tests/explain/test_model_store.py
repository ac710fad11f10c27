from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from vowelscope.core.errors import ModelError
from vowelscope.core.features import FeatureSpec
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import load_model, save_model
from vowelscope.explain.model_store import install, models_folder, remove, stored_models
from vowelscope.explain.resnet import state_shapes

CLASSES = ("i", "u")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    state = {
        key: (rng.standard_normal(shape) * 0.01).astype(np.float32)
        if len(shape) > 1
        else np.ones(shape, np.float32)
        for key, shape in state_shapes("resnet18", len(CLASSES)).items()
    }
    card = ModelCard("my / vowels", "resnet18", CLASSES, "vowels5", FeatureSpec())
    return save_model(tmp_path / "made", state, card, "int8").folder


def zipped(
    folder: Path, path: Path, parent: str = "", more: dict[str, bytes] | None = None
) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in folder.iterdir():
            archive.write(item, parent + item.name)
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return path


def leftovers() -> list[str]:
    return [p.name for p in models_folder().iterdir()] if models_folder().exists() else []


@pytest.mark.parametrize("parent", [None, "", "made/"])
def test_a_model_is_installed_from_folder_and_zip(folder: Path, tmp_path: Path, parent) -> None:
    (folder / "notes.txt").write_text("mine") if parent is None else None
    source = folder if parent is None else zipped(folder, tmp_path / "m.zip", parent)
    installed = install(source)
    assert installed == models_folder() / "my-vowels"
    assert load_model(installed).card == load_model(folder).card
    assert sorted(p.name for p in installed.iterdir()) == ["model.json", "weights.safetensors"]
    listed = stored_models()
    assert [s.in_box for s in listed][-1] is False and listed[-1].folder == installed
    assert any(s.in_box and s.card and s.card.name == "vowels5" for s in listed)
    assert install(source) == installed and leftovers() == ["my-vowels"]
    card = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**card, "seed": 5}))
    assert install(folder) == models_folder() / "my-vowels-2"
    remove(installed)
    assert leftovers() == ["my-vowels-2"]


def test_only_installed_models_are_removed(folder: Path) -> None:
    with pytest.raises(ModelError, match="only installed"):
        remove(folder)
    box = next(stored.folder for stored in stored_models() if stored.in_box)
    with pytest.raises(ModelError, match="only installed"):
        remove(box)
    assert load_model(folder) and box.is_dir()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("../evil.json", "outside"),
        ("/etc/evil.json", "outside"),
        ("a/../../model.json", "outside"),
        ("..\\model.json", "outside"),
        ("C:model.json", "outside"),
        ("weights.pkl", "does not belong"),
        ("setup.py", "does not belong"),
        ("deep/model.json", "does not belong"),
        ("deep/classes.toml", "more than one folder"),
    ],
)
def test_a_zip_with_anything_else_is_refused(
    folder: Path, tmp_path: Path, name: str, sentence: str
) -> None:
    path = zipped(folder, tmp_path / "m.zip", more={name: b"{}"})
    with pytest.raises(ModelError, match=sentence) as caught:
        install(path)
    assert str(path) in str(caught.value) and leftovers() == []
    assert not list(tmp_path.rglob("evil.json"))


def test_a_bomb_is_refused_before_it_is_unpacked(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "weights.safetensors", "weights.safetensors")
        archive.writestr("model.json", bytes(8 << 20))
    with pytest.raises(ModelError, match="at most 4 MB"):
        install(path)
    data = bytearray(path.read_bytes())
    # What the directory says of the size may be a lie.
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(ModelError):
        install(path)
    assert leftovers() == []


def test_many_entries_links_and_no_zip_are_refused(folder: Path, tmp_path: Path) -> None:
    path = zipped(folder, tmp_path / "m.zip", more={f"d/{i}": b"" for i in range(40)})
    with pytest.raises(ModelError, match="entries is no model"):
        install(path)
    info = zipfile.ZipInfo("classes.toml")
    info.external_attr = 0o120777 << 16
    path = zipped(folder, tmp_path / "l.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(ModelError, match="is a link"):
        install(path)
    path.write_text("no zip")
    with pytest.raises(ModelError, match="neither a model folder nor a zip"):
        install(path)
    with pytest.raises(ModelError, match="no such file"):
        install(tmp_path / "none.zip")
    empty = zipped(tmp_path / "made", tmp_path / "e.zip")
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("model.json", "{}")
    with pytest.raises(ModelError, match=r"no weights\.safetensors"):
        install(empty)
    assert leftovers() == []


@pytest.mark.parametrize("how", ["hash", "keys", "pickle", "card"])
def test_a_model_that_fails_its_checks_is_not_installed(
    folder: Path, tmp_path: Path, how: str
) -> None:
    card_path, weights = folder / "model.json", folder / "weights.safetensors"
    card = json.loads(card_path.read_text())
    if how == "hash":
        data = bytearray(weights.read_bytes())
        data[-1] ^= 1
        weights.write_bytes(data)
    elif how == "keys":
        card_path.write_text(json.dumps({**card, "architecture": "resnet34"}))
    elif how == "pickle":
        weights.write_bytes(b"\x80\x04evil" * 4)
    else:
        card_path.write_text("{")
    path = zipped(folder, tmp_path / "m.zip")
    for source in (path, folder):
        with pytest.raises(ModelError) as caught:
            install(source)
        assert str(source) in str(caught.value) and "\n" not in str(caught.value)
        assert models_folder().name not in str(caught.value).replace(str(source), "")
    assert leftovers() == []
