"""TensorBoard files, read back by TensorBoard itself."""

from __future__ import annotations

import builtins
import io
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from vowelscope.core.errors import ConfigError
from vowelscope_training import loop
from vowelscope_training.board import FOLDER, Board
from vowelscope_training.config import load_config
from vowelscope_training.events import Events
from vowelscope_training.loop import train

CONFUSION = [[3, 1], [0, 2]]


def read(run):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read_back = EventAccumulator(str(run / FOLDER))
    read_back.Reload()
    return read_back


def series(board, tag):
    return [(s.step, s.value) for s in board.Scalars(tag)]


def step(events, number, loss=1.0):
    events.emit(
        "step", total_step=number, loss=loss, accuracy=0.5, lr=1e-3 / number, images_per_s=8.0
    )


def valid(events, number):
    scores = {"accuracy": 0.75, "macro_f1": 0.7, "confusion": CONFUSION, "counts": {"i": 4, "u": 2}}
    events.emit("validation", total_step=number, **scores)


def opened(run, config, done):
    events = Events(run, printed=False)
    events.also = Board(run, config, done)
    return events


def test_each_event_is_read_back_with_its_step(preset, tmp_path):
    config = load_config(str(preset))
    events = opened(tmp_path, config, 0)
    for number in (1, 2, 3):
        step(events, number, loss=2.0 / number)
    valid(events, 3)
    events.emit("finished", steps=3)
    events.close()
    board = read(tmp_path)
    assert series(board, "training/loss") == [(1, 2.0), (2, 1.0), (3, pytest.approx(2 / 3))]
    assert [n for n, _ in series(board, "training/learning rate")] == [1, 2, 3]
    assert series(board, "training/accuracy")[0] == (1, 0.5)
    assert series(board, "training/images per s")[0] == (1, 8.0)
    assert series(board, "validation/macro-F1") == [(3, pytest.approx(0.7))]
    assert series(board, "validation/accuracy") == [(3, 0.75)]
    told = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [s.wall_time for s in board.Scalars("training/loss")] == [e["time_s"] for e in told[:3]]
    (picture,) = board.Images("validation/confusion")
    pixels = np.asarray(Image.open(io.BytesIO(picture.encoded_image_string)).convert("L"))
    assert picture.step == 3 and pixels.shape == (picture.height, picture.width)
    # The cell of all right answers is the darkest, the empty one is white.
    high, wide = pixels.shape
    of_u, of_i_for_u = pixels[: high // 2, wide // 4 :], pixels[high // 2 :, wide // 4 :]
    assert of_i_for_u.min() < 100 < of_u.mean()


def test_settings_are_hyperparameters(preset, tmp_path):
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    config = load_config(str(preset), tensorboard=True)
    assert config.tensorboard
    events = opened(tmp_path, config, 0)
    events.emit("finished", steps=0)
    events.close()
    board = read(tmp_path)
    held = board.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    told = HParamsPluginData.FromString(held).session_start_info.hparams
    assert told["batch"].number_value == 10 and told["name"].string_value == "tiny"
    assert told["stages.2.architecture"].string_value == "resnet34"
    assert told["features.rows"].number_value == 32
    assert told["tensorboard"].string_value == "true"
    held = board.SummaryMetadata("_hparams_/experiment").plugin_data.content
    metrics = HParamsPluginData.FromString(held).experiment.metric_infos
    assert {metric.name.tag for metric in metrics} == {"validation/accuracy", "validation/macro-F1"}
    held = board.SummaryMetadata("_hparams_/session_end_info").plugin_data.content
    assert HParamsPluginData.FromString(held).HasField("session_end_info")
    (text,) = board.Tensors("settings/text_summary")
    assert b"| `stages.1.lr` | 0.001 |" in text.tensor_proto.string_val[0]


def test_going_on_doubles_nothing_and_loses_nothing(preset, tmp_path):
    """A process was killed after step 7, the checkpoint is of step 5, half was never written."""
    config = load_config(str(preset))
    events = opened(tmp_path, config, 0)
    for number in range(1, 8):
        step(events, number)
    valid(events, 5)
    valid(events, 7)
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"event": "st')  # its last line was cut
        file.write("\n")
    (written,) = (tmp_path / FOLDER).iterdir()
    written.write_bytes(written.read_bytes()[:200])
    again = opened(tmp_path, config, 5)
    valid(again, 5)
    for number in range(6, 11):
        step(again, number, loss=2.0)
    valid(again, 7)
    again.close()
    board = read(tmp_path)
    assert series(board, "training/loss") == [(n, 1.0 if n < 6 else 2.0) for n in range(1, 11)]
    assert [n for n, _ in series(board, "validation/macro-F1")] == [5, 7]
    assert len(list((tmp_path / FOLDER).iterdir())) == 1


def test_a_run_may_ask_for_them_when_it_goes_on(corpus, preset, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "_SETTLING_BATCHES", 2)
    config = load_config(str(preset))
    config = replace(config, stages=config.stages[:1], validate_steps=1)
    run = tmp_path / "run"
    assert train(corpus, config, run)
    assert not (run / FOLDER).exists()
    assert train(corpus, replace(config, tensorboard=True), run)
    board = read(run)
    told = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    losses = [(e["total_step"], e["loss"]) for e in told if e["event"] == "step"]
    assert len(losses) == 3
    assert series(board, "training/loss") == [(n, pytest.approx(x)) for n, x in losses]
    assert [n for n, _ in series(board, "validation/accuracy")] == [1, 2, 3]


def test_without_the_package_one_sentence_and_no_folder(corpus, preset, tmp_path, monkeypatch):
    imported = builtins.__import__

    def without(name, *arguments, **keys):
        if name.startswith(("tensorboard", "torch.utils.tensorboard")):
            raise ModuleNotFoundError(f"No module named {name!r}")
        return imported(name, *arguments, **keys)

    monkeypatch.setattr(builtins, "__import__", without)
    config = load_config(str(preset), tensorboard=True)
    with pytest.raises(ConfigError, match=r"pip install 'vowelscope\[tensorboard\]'") as caught:
        train(corpus, config, tmp_path / "run")
    assert "\n" not in str(caught.value) and not (tmp_path / "run").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(preset, tmp_path):
    (tmp_path / FOLDER).write_text("a file")
    with pytest.raises(ConfigError, match=r"tensorboard: cannot be written \(.*last checkpoint"):
        Board(tmp_path, load_config(str(preset)), 0)


def test_nothing_of_it_is_imported_unless_asked_for():
    code = (
        "import sys, vowelscope_training.loop\n"
        "print([m for m in sys.modules if m.startswith(('tensorboard', 'grpc', 'matplotlib'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
