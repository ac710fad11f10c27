from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from vowelscope.cli import main
from vowelscope.core.errors import ModelError
from vowelscope.core.features import FeatureSpec
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import save_model
from vowelscope.explain.model_store import find_model, models_folder
from vowelscope.explain.resnet import state_shapes
from vowelscope.resources import resource


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A model in a zip, of the name that one in the box has."""
    state = {key: np.ones(shape, np.float32) for key, shape in state_shapes("resnet18", 2).items()}
    spec = FeatureSpec(f_max_hz=5500, time_rule="stretch")
    card = ModelCard("vowels5", "resnet18", ("i", "u"), "vowels5", spec)
    folder = save_model(tmp_path / "made", state, card, "int8").folder
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        for item in folder.iterdir():
            archive.write(item, item.name)
    return tmp_path / "mine.zip"


def test_a_model_is_installed_listed_shown_and_removed(packed, capsys) -> None:
    assert main(["models", "install", str(packed)]) == 0
    said = capsys.readouterr()
    assert said.out == "vowels5-2: installed; --model vowels5-2 uses it\n"
    assert said.err.strip() == str(models_folder() / "vowels5-2")
    assert main(["models", "list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert list(lines) == ["vowels5", "voicing-4k", "vowels5-4k", "vowels5-2"]
    assert "286 Hz x 16 ms" in lines["vowels5-4k"] and "1,143 Hz x 32 ms" in lines["vowels5"]
    assert "786 Hz x 1/7 of the token" in lines["vowels5-2"]
    assert lines["vowels5-2"].endswith(str(models_folder() / "vowels5-2"))
    assert main(["models", "show", "vowels5-2"]) == 0
    assert "Sees 0-5,500 Hz" in capsys.readouterr().out
    assert main(["models", "remove", "vowels5-2"]) == 0
    assert not (models_folder() / "vowels5-2").exists() and models_folder().is_dir()


@pytest.mark.parametrize("name", ["vowels5", "..", ".", "other"])
def test_only_what_was_installed_is_removed(name, packed, capsys) -> None:
    main(["models", "install", str(packed)])
    assert main(["models", "remove", name]) == 2
    said = capsys.readouterr().err
    assert f"{name}: no model of that name was installed; installed are vowels5-2." in said
    assert (models_folder() / "vowels5-2").is_dir() and resource("models", "vowels5").is_dir()


def test_a_model_whose_card_is_broken_is_named_and_can_be_removed(packed, capsys) -> None:
    main(["models", "install", str(packed)])
    card = models_folder() / "vowels5-2" / "model.json"
    card.write_text("{")
    capsys.readouterr()
    assert main(["models", "list"]) == 1
    said = capsys.readouterr()
    assert str(card) in said.err and len(said.out.splitlines()) == 3
    assert main(["models", "remove", "vowels5-2"]) == 0 and not card.exists()


def test_a_model_is_found_by_folder_and_by_name(tmp_path, monkeypatch) -> None:
    assert find_model(None) == resource("models", "vowels5")
    assert find_model(Path("voicing-4k")) == resource("models", "voicing-4k")
    assert find_model(Path("there/voicing-4k")) == Path("there/voicing-4k")
    with pytest.raises(ModelError, match=r"^voicing: there is neither .* \(vowels5, voicing-4k, "):
        find_model(Path("voicing"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "voicing-4k").mkdir()
    assert find_model(Path("voicing-4k")) == Path("voicing-4k")


def test_the_commands_take_a_name(tmp_path, capsys) -> None:
    assert main(["filters", "--model", "vowels5-4k", "-o", str(tmp_path / "kernels.csv")]) == 0
    assert "64 kernels of 125 Hz" in capsys.readouterr().out
    assert main(["filters", "--model", "nobody", "-o", str(tmp_path / "kernels.csv")]) == 2
    assert capsys.readouterr().err.startswith("vowelscope: nobody: there is neither such a model")
