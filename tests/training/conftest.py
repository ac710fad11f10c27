"""A small corpus of real synthesis and a preset that trains on it within seconds."""

from __future__ import annotations

import shutil

import pytest

from vowelscope.core.corpus import build_corpus
from vowelscope.core.phones import load_class_map

PRESET = """
name = "tiny"
batch = 10
checkpoint_s = 0.0
[features]
rows = 32
columns = 48
column_s = 0.002
[augment]
shift_columns = 4
mask_rows = 4
[[stages]]
architecture = "resnet18"
columns = 32
steps = 3
lr = 1e-3
[[stages]]
architecture = "resnet34"
columns = 48
steps = 3
lr = 1e-3
"""


@pytest.fixture(scope="session")
def spoken_folder(tmp_path_factory):
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed")
    from vowelscope_training.synthesise import synthesise

    folder = tmp_path_factory.mktemp("corpus") / "spoken"
    assert synthesise(folder, 8, seed=7) == 16
    return folder


@pytest.fixture(scope="session")
def corpus(spoken_folder):
    path = spoken_folder.parent / "corpus.parquet"
    build_corpus(
        [spoken_folder], load_class_map("vowels5"), path, seed=3, test=0.25, val=0.1, jobs=1
    )
    return path


@pytest.fixture()
def preset(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(PRESET)
    return path
