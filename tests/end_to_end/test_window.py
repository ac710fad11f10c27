from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from vowelscope.core.features import FeatureSpec
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import save_model
from vowelscope.explain.resnet import state_shapes

_CHECK = """
import sys
from vowelscope.cli import main
status = main(sys.argv[1:])
heavy = {"torch", "torchvision", "librosa", "matplotlib", "sklearn", "pyarrow"} & set(sys.modules)
print("HEAVY", sorted(heavy))
raise SystemExit(status)
"""


@pytest.fixture(scope="module")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ResNet-18 with random weights."""
    rng = np.random.default_rng(3)
    classes = ("i", "æ", "ɝ", "ɑ", "u")
    state = {}
    for name, shape in state_shapes("resnet18", len(classes)).items():
        if len(shape) > 1:
            state[name] = rng.normal(0, (2 / np.prod(shape[1:])) ** 0.5, shape).astype(np.float32)
        else:
            ones = name.endswith(("running_var", ".weight"))
            state[name] = np.full(shape, float(ones), np.float32)
    folder = tmp_path_factory.mktemp("model")
    save_model(folder, state, ModelCard("random", "resnet18", classes, "vowels5", FeatureSpec()))
    return folder


def run_open(cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, "-c", _CHECK, "open", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        timeout=300,
        check=False,
    )


def test_screenshot_shows_the_window_without_heavy_imports(
    speech: Any, random_model: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "window.png"
    done = run_open(
        tmp_path, str(speech.wav), "--at", "0.4", "--tier", "phones", "--model", str(random_model),
        "--screenshot", str(picture), "--size", "1000x700", "--theme", "light",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "HEAVY []" in done.stdout
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1000, 700)
    pixels = np.array(image.convertToFormat(QImage.Format.Format_RGB888).constBits())
    lines = pixels.reshape(700, -1)[:, :3000].reshape(700, 1000, 3).astype(int)
    red, green, blue = lines[..., 0], lines[..., 1], lines[..., 2]
    # Red formant dots; orange or purple of the map; the yellow of the selected interval.
    assert ((red > 200) & (green < 40) & (blue < 40)).sum() > 50
    assert (abs(red - green) + abs(green - blue) > 30).sum() > 5000
    assert ((red == 255) & (green == 239) & (blue == 158)).sum() > 200


def test_without_a_display_the_window_becomes_a_picture_in_the_current_folder(
    speech: Any, random_model: Path, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    done = run_open(here, str(speech.wav), "--model", str(random_model))
    assert done.returncode == 0, done.stderr
    assert str(here / "vowelscope.png") in done.stdout
    assert not QImage(str(here / "vowelscope.png")).isNull()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no.wav"], "no.wav"),
        (["text.wav", "--screenshot", "x.png"], "text.wav"),
        (["--size", "12"], "--size 12"),
        (["--theme", "pink"], "--theme pink"),
        (["text.wav", "--beside", "other.wav"], "other.wav"),
        (["text.wav", "--beside", "text.wav", "--screenshot", "x.png"], "--beside"),
        (["text.wav", "--beside-textgrid", "text.wav"], "--beside-textgrid"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(
    tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "text.wav").write_text("no sound in here")
    done = run_open(tmp_path, *words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
