"""How long an explanation takes, beside what it is measured against, on this machine.

1. Cold: ``vowelscope explain`` of one token with its picture, in a new process, against a script
   that imports torch and torchvision and runs one forward pass of a ResNet-101. Goal: <= 0.5.
2. Warm: from the selection to prediction and maps of all classes, against ONNX Runtime's bare
   forward pass of the same network in the same process. Goal: <= 1.15.

Run as a script; the exit status is 1 where a goal is missed.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile as sf

from vowelscope.core.audio import Recording
from vowelscope.core.features import FeatureSpec
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import Model, load_model, save_model
from vowelscope.explain.onnx_graph import build_graph
from vowelscope.explain.resnet import state_shapes
from vowelscope.explain.runtime import open_runtime
from vowelscope.resources import resource

COLD_GOAL = 0.5
WARM_GOAL = 1.15
COLD_RUNS = 5
WARM_RUNS = 15

_PROGRAM = "import sys; from vowelscope.cli import main; raise SystemExit(main(sys.argv[1:]))"
_TORCH = """
import torch, torchvision
network = torchvision.models.resnet101(weights=None, num_classes=5).eval()
with torch.inference_mode():
    network(torch.zeros(1, 3, 224, 224))
"""


def main() -> int:
    """Measure, print, and say by the exit status whether both goals are met."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["VOWELSCOPE_CACHE_DIR"] = str(folder / "cache")
        model = _model(folder)
        audio, textgrid, token = _speech(folder)
        cold = _cold(model, audio, textgrid, token, folder)
        warm = _warm(model, audio, token)
    results = {"cold": cold, "warm": warm}
    print(json.dumps(results))
    return 0 if cold["ratio"] <= COLD_GOAL and warm["ratio"] <= WARM_GOAL else 1


def _cold(
    model: Model, audio: Path, textgrid: Path, token: tuple[float, float], folder: Path
) -> dict[str, float]:
    command = [sys.executable, "-c", _PROGRAM, "explain", str(audio), str(textgrid)]
    command += ["--tier", "phones", "--at", f"{sum(token) / 2:.4f}"]
    command += ["--model", str(model.folder), "-o", str(folder / "out")]
    first_s = _time_s(lambda: _run(command))
    torch_command = [sys.executable, "-c", _TORCH]
    _run(torch_command)  # both have their files in memory from here on
    ours_s, theirs_s = [], []
    for _ in range(COLD_RUNS):
        ours_s.append(_time_s(lambda: _run(command)))
        theirs_s.append(_time_s(lambda: _run(torch_command)))
    ratio = statistics.median(ours_s) / statistics.median(theirs_s)
    print(
        f"cold: vowelscope explain of one token {statistics.median(ours_s):.2f} s, torch script "
        f"{statistics.median(theirs_s):.2f} s: ratio {ratio:.2f} (goal {COLD_GOAL}); "
        f"very first run, which builds the graph, {first_s:.2f} s"
    )
    return {"ours_s": statistics.median(ours_s), "theirs_s": statistics.median(theirs_s)} | {
        "ratio": ratio,
        "first_s": first_s,
    }


def _warm(model: Model, audio: Path, token: tuple[float, float]) -> dict[str, float]:
    explainer = CamExplainer(model, open_runtime(model))
    recording = Recording(audio)
    bare = _bare(model)
    image = explainer.input_of(recording, *token).image()[None]
    explainer.explain(recording, *token)
    bare(image)
    ours_s, bare_s = [], []
    for _ in range(WARM_RUNS):
        ours_s.append(_time_s(lambda: explainer.explain(recording, *token)))
        bare_s.append(_time_s(lambda: bare(image)))
    ratio = statistics.median(ours_s) / statistics.median(bare_s)
    print(
        f"warm: selection to prediction and maps of all classes "
        f"{1000 * statistics.median(ours_s):.1f} ms, bare forward pass "
        f"{1000 * statistics.median(bare_s):.1f} ms: ratio {ratio:.3f} (goal {WARM_GOAL})"
    )
    return {
        "ours_s": statistics.median(ours_s),
        "bare_s": statistics.median(bare_s),
        "ratio": ratio,
    }


def _bare(model: Model) -> Callable[[np.ndarray], object]:
    """ONNX Runtime with its own settings on the same network, asked for the logits alone."""
    import onnxruntime

    graph = build_graph(model.state(), model.card.architecture, model.card.dilated_stage4)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    return lambda image: session.run(["logits"], {"images": image})


def _model(folder: Path) -> Model:
    """The model in the box, or a ResNet-101 of random weights where there is none."""
    bundled = resource("models", "vowels5")
    if (bundled / "model.json").is_file():
        return load_model(bundled)
    rng = np.random.default_rng(1)
    state = {}
    for key, shape in state_shapes("resnet101", 5).items():
        if len(shape) > 1:
            spread = np.sqrt(2 / np.prod(shape[1:]))
            state[key] = spread * rng.standard_normal(shape, dtype=np.float32)
        else:
            state[key] = np.full(shape, 0.2 if key.endswith("bn3.weight") else 1.0, np.float32)
    card = ModelCard("random", "resnet101", ("i", "æ", "ɝ", "ɑ", "u"), "vowels5", FeatureSpec())
    return save_model(folder / "model", state, card, "int8")


def _speech(folder: Path) -> tuple[Path, Path, tuple[float, float]]:
    """The bundled sample and a vowel of it, or a buzz where there is none."""
    sample, grid = resource("sample", "sample.wav"), resource("sample", "sample.TextGrid")
    if sample.is_file() and grid.is_file():
        from vowelscope.core.phones import load_class_map
        from vowelscope.core.textgrid_io import read_textgrid
        from vowelscope.core.tokens import phone_tier

        tier = phone_tier(read_textgrid(grid).textgrid)
        assert tier is not None
        class_of = load_class_map("vowels5").class_of
        vowel = next(item for item in tier.intervals if class_of(item.text))
        return sample, grid, (vowel.tmin_s, vowel.tmax_s)
    times_s = np.arange(3 * 16000) / 16000
    buzz = sum(np.sin(2 * np.pi * 120 * k * times_s) / k for k in range(1, 60))
    audio, textgrid = folder / "buzz.wav", folder / "buzz.TextGrid"
    sf.write(audio, 0.1 * buzz, 16000)
    parts = (Interval(0, 1, ""), Interval(1, 1.12, "IY1"), Interval(1.12, 3, ""))
    write_textgrid(textgrid, TextGrid(0, 3, (IntervalTier("phones", 0, 3, parts),)))
    return audio, textgrid, (1.0, 1.12)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _time_s(work: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    work()
    return time.perf_counter() - start_s


if __name__ == "__main__":
    sys.exit(main())
