"""What goes wrong in the middle: one sentence, and something to go on from."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import tomllib
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from vowelscope.core.corpus import build_corpus, read_corpus
from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.phones import load_class_map
from vowelscope_training import checkpoint, loop, steps
from vowelscope_training.config import PRESETS, _config, load_config
from vowelscope_training.data import load_tokens
from vowelscope_training.loop import train

CLASSES = ("i", "æ", "ɝ", "ɑ", "u")


@pytest.fixture(autouse=True)
def _few_batches(monkeypatch):
    """The statistics of the averaged weights settle on fewer batches than in a real run."""
    monkeypatch.setattr(loop, "_SETTLING_BATCHES", 2)


def short(preset, **changes):
    config = load_config(str(preset))
    return replace(config, stages=config.stages[:1], **changes)


@pytest.fixture
def small_disk(tmp_path):
    """A disk with room for one checkpoint and the images, but not for two."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=230m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_keeps_the_last_checkpoint_and_the_run_goes_on(
    corpus, preset, small_disk, tmp_path
):
    config, run = short(preset), small_disk / "run"
    with pytest.raises(ConfigError, match=r"checkpoint.safetensors: cannot be written") as caught:
        train(corpus, config, run)
    assert "goes on from there" in str(caught.value) and "\n" not in str(caught.value)
    assert checkpoint.where(run) == {"stage": 0, "step": 1}
    assert not list(run.glob("*.draft"))
    resize = ["mount", "-o", "remount,size=600m", str(small_disk)]
    subprocess.run(resize, check=True)
    assert train(corpus, config, run)
    train(corpus, config, tmp_path / "whole")
    a, b = (load_file(at / "average.safetensors") for at in (run, tmp_path / "whole"))
    assert all(np.array_equal(a[key], b[key]) for key in b)


def test_images_that_do_not_fit_on_the_disk_are_one_sentence(corpus, preset, small_disk):
    config = load_config(str(preset))
    with (small_disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(bytes(2**16)):
            pass
    with pytest.raises(UserError, match=r"cannot be written \(No space left.*MiB"):
        load_tokens(corpus, CLASSES, config.features, 4, small_disk / "features")
    assert not list((small_disk / "features").rglob("*.draft"))


def test_no_number_and_no_memory_leave_the_checkpoint(corpus, preset, tmp_path, monkeypatch):
    preset.write_text(preset.read_text().replace("steps = 3", "steps = 8"))
    config, run = short(preset), tmp_path / "run"
    whole = steps.cross_entropy

    def failing(error):
        calls = []

        def loss(*arguments, **keys):
            calls.append(1)
            if len(calls) > 2:  # two a step: the label and what is mixed into it
                if isinstance(error, Exception):
                    raise error
                return whole(*arguments, **keys) * error
            return whole(*arguments, **keys)

        return loss

    monkeypatch.setattr(steps, "cross_entropy", failing(math.nan))
    with pytest.raises(ConfigError, match="the loss is no number at step 1; the checkpoint before"):
        train(corpus, config, run)
    assert checkpoint.where(run) == {"stage": 0, "step": 1}
    memory = torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
    for error in (
        memory,
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory"),
    ):
        monkeypatch.setattr(steps, "cross_entropy", failing(error))
        with pytest.raises(ConfigError, match=r"for 10 images at once; .* --micro-batch 5 goes on"):
            train(corpus, config, run)
    monkeypatch.setattr(steps, "cross_entropy", failing(RuntimeError("a fault of ours")))
    with pytest.raises(RuntimeError, match="a fault of ours"):
        train(corpus, config, run)
    monkeypatch.undo()
    assert train(corpus, replace(config, micro_batch=5), run)
    assert json.loads((run / "run.json").read_text())["config"]["micro_batch"] == 5


def test_images_that_vanish_or_are_cut_are_made_again(corpus, preset, tmp_path):
    config = load_config(str(preset))

    def load():
        return load_tokens(corpus, CLASSES, config.features, 4, tmp_path / "features")

    before = load().db[np.arange(3)]
    (held,) = tmp_path.glob("features/*/db.npy")
    for harm in (held.unlink, lambda: held.write_bytes(held.read_bytes()[:5000])):
        harm()
        assert np.array_equal(load().db[np.arange(3)], before)


def test_a_recording_that_vanished_is_named(spoken_folder, preset, tmp_path):
    folder = tmp_path / "spoken"
    shutil.copytree(spoken_folder, folder)
    out = tmp_path / "c.parquet"
    build_corpus([folder], load_class_map("vowels5"), out, seed=3)
    gone = next(folder.rglob("*.wav"))
    gone.unlink()
    with pytest.raises(UserError, match=gone.name) as caught:
        train(out, short(preset), tmp_path / "run")
    assert "\n" not in str(caught.value)


def test_a_damaged_checkpoint_is_one_sentence(corpus, preset, tmp_path):
    config, run = short(preset), tmp_path / "run"
    train(corpus, config, run)
    path = run / checkpoint.NAME
    whole = path.read_bytes()
    chance = np.random.default_rng(3)
    length = int.from_bytes(whole[:8], "little")
    for n in range(40):
        harmed = bytearray(whole[: 8 + length + 100] if n % 2 else whole[: 8 + length])
        for at in chance.integers(0, 8 + min(length, 400), 3):
            harmed[at] = int(chance.integers(256))
        path.write_bytes(harmed)
        with pytest.raises(ConfigError) as caught:
            checkpoint.where(run)
        assert "\n" not in str(caught.value) and str(path) in str(caught.value)
    save_file({"x": np.zeros(3)}, path, metadata={"where": '{"stage": 0, "step": 1}'})
    with pytest.raises(ConfigError, match="not a checkpoint of this run"):
        train(corpus, config, run)
    save_file({"x": np.zeros(3)}, path, metadata={"where": '{"stage": 7, "step": 1}'})
    with pytest.raises(ConfigError, match="not a checkpoint of this run"):
        train(corpus, config, run)
    save_file({"x": np.zeros(3)}, path, metadata={"where": '{"stage": "0", "step": -1}'})
    with pytest.raises(ConfigError, match="damaged"):
        train(corpus, config, run)


JUNK = (
    "",
    "x",
    -1,
    0,
    1,
    7,
    0.5,
    1e30,
    2**70,
    math.nan,
    math.inf,
    True,
    None,
    [],
    [3],
    {},
    {"a": 1},
)


def test_every_key_refuses_what_it_cannot_use_with_one_sentence(tmp_path):
    """Each key of each table set to each of many values: a run's settings or one sentence."""
    base = tomllib.loads((PRESETS / "vowels-8k-guided.toml").read_text())
    config = load_config("vowels-8k-guided")
    path = tmp_path / "p.toml"
    plain = json.loads(json.dumps(config.to_dict()))
    refused = taken = 0
    places = [(None, key) for key in plain]
    places += [(table, key) for table in ("features", "augment", "guide") for key in plain[table]]
    places += [("stages", key) for key in plain["stages"][0]]
    for table, key in places:
        for junk in JUNK:
            values = json.loads(json.dumps(base))
            into = values if table is None else values.setdefault(table, {})
            (into[0] if table == "stages" else into)[key] = junk
            try:
                _config(values, path, 1.0)
                taken += 1
            except ConfigError as error:
                assert "\n" not in str(error) and str(error).startswith(str(path))
                refused += 1
    assert refused > 300 and taken > 100


def test_a_damaged_corpus_is_one_sentence(corpus, tmp_path):
    whole = corpus.read_bytes()
    chance = np.random.default_rng(4)
    bad = tmp_path / "bad.parquet"
    refused = 0
    for n in range(120):
        harmed = bytearray(whole)
        if n % 3 == 0:
            harmed = harmed[: int(chance.integers(0, len(whole)))]
        else:
            first = len(whole) - 6000 if n % 3 == 1 else 0
            for at in chance.integers(max(0, first), len(whole), 4):
                harmed[at] = int(chance.integers(256))
        bad.write_bytes(harmed)
        try:
            read_corpus(bad)
        except UserError as error:
            refused += 1
            assert "\n" not in str(error) and str(bad) in str(error)
    assert refused > 60
