from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vowelscope.app import explaining as module
from vowelscope.app.explaining import Explaining
from vowelscope.app.jobs import Jobs
from vowelscope.core.audio import Recording
from vowelscope.core.features import FeatureSpec
from vowelscope.explain.base import Explanation
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import save_model
from vowelscope.explain.resnet import state_shapes


def _save(folder: Path, seed: int) -> Path:
    rng = np.random.default_rng(seed)
    state = {}
    for key, shape in state_shapes("resnet18", 2).items():
        if len(shape) > 1:
            state[key] = rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))
        else:
            state[key] = np.full(shape, 0.0 if key.endswith(("bias", "mean")) else 1.0)
    features = FeatureSpec(rows=64, columns=64, column_s=0.0035, f_max_hz=8000)
    card = ModelCard("tiny", "resnet18", ("low", "high"), "vowels5", features)
    arrays = {key: value.astype(np.float32) for key, value in state.items()}
    return save_model(folder, arrays, card, "int8").folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _save(tmp_path_factory.mktemp("model") / "a", 1)


@pytest.fixture
def explaining(qapp: Any, folder: Path) -> Iterator[Explaining]:
    jobs = Jobs(processes=0)
    yield Explaining(jobs, folder)
    jobs.shutdown()


@pytest.fixture
def recording(tone_wav: Any) -> Iterator[Recording]:
    with Recording(tone_wav(duration_s=3.0)) as recording:
        yield recording


def _explained(qtbot: Any, explaining: Explaining, *request: Any) -> Explanation:
    with qtbot.waitSignal(explaining.ready, timeout=30_000) as blocker:
        explaining.explain(*request)
    explanation = blocker.args[0]
    assert isinstance(explanation, Explanation)
    return explanation


def test_the_first_request_loads_the_model_and_waits_for_it(
    qtbot: Any, explaining: Explaining, recording: Recording
) -> None:
    busy: list[bool] = []
    explaining.busy_changed.connect(busy.append)
    assert explaining.model is None
    with qtbot.waitSignal(explaining.model_changed, timeout=30_000):
        explanation = _explained(qtbot, explaining, recording, 1.0, 1.2)
    assert explanation.tmin_s == 1.0
    assert explanation.classes == ("low", "high")
    assert explaining.model is not None
    assert busy == [True, False]
    np.testing.assert_allclose(
        explanation.maps.mean(axis=(1, 2)) + explanation.bias, explanation.logits, atol=1e-4
    )


def test_the_newest_request_wins(qtbot: Any, explaining: Explaining, recording: Recording) -> None:
    ready: list[Explanation] = []
    explaining.ready.connect(ready.append)
    for number in range(10):  # before the model is there
        explaining.explain(recording, 0.1 * number, 0.1 * number + 0.2)
    qtbot.waitUntil(lambda: bool(ready), timeout=30_000)
    for number in range(10):  # and afterwards
        explaining.explain(recording, 0.1 * number, 0.1 * number + 0.3)
    qtbot.waitUntil(lambda: not explaining.busy, timeout=10_000)
    assert [round(e.tmax_s - e.tmin_s, 3) for e in ready] == [0.2, 0.3]
    assert ready[-1].tmin_s == pytest.approx(0.9)


def test_what_was_explained_is_kept_for_this_model_and_channel(
    qtbot: Any, explaining: Explaining, recording: Recording, tmp_path: Path
) -> None:
    first = _explained(qtbot, explaining, recording, 1.0, 1.2)
    assert _explained(qtbot, explaining, recording, 1.0, 1.3) is not first
    assert _explained(qtbot, explaining, recording, 1.0, 1.2) is first
    assert _explained(qtbot, explaining, recording, 1.0, 1.2, 0) is not first
    with qtbot.waitSignal(explaining.model_changed, timeout=30_000):
        explaining.set_model(_save(tmp_path / "b", 2))
    other = _explained(qtbot, explaining, recording, 1.0, 1.2)
    assert other.model_hash != first.model_hash
    assert not np.array_equal(other.logits, first.logits)


def test_only_so_many_are_kept(
    qtbot: Any, explaining: Explaining, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    first = _explained(qtbot, explaining, recording, 0.0, 0.2)
    for start_s in (0.2, 0.4):
        _explained(qtbot, explaining, recording, start_s, start_s + 0.2)
    assert _explained(qtbot, explaining, recording, 0.0, 0.2) is not first


def test_a_cancelled_request_is_not_answered(
    qtbot: Any, explaining: Explaining, recording: Recording
) -> None:
    _explained(qtbot, explaining, recording, 0.0, 0.2)
    explaining.explain(recording, 0.5, 0.7)
    explaining.cancel()
    assert not explaining.busy
    with qtbot.assertNotEmitted(explaining.ready, wait=300):
        pass


def test_a_bad_model_is_one_sentence_and_the_one_in_use_stays(
    qtbot: Any, explaining: Explaining, recording: Recording, tmp_path: Path, folder: Path
) -> None:
    _explained(qtbot, explaining, recording, 0.0, 0.2)
    model = explaining.model
    bad = Path(shutil.copytree(folder, tmp_path / "bad"))
    weights = bad / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with qtbot.waitSignal(explaining.failed, timeout=10_000) as blocker:
        explaining.set_model(bad)
    assert "SHA-256" in blocker.args[0]
    assert explaining.model is model
    assert not explaining.busy
    assert _explained(qtbot, explaining, recording, 0.0, 0.3).model_hash == model.weights_sha256


def test_an_interval_that_cannot_be_explained_is_one_sentence(
    qtbot: Any, explaining: Explaining, recording: Recording
) -> None:
    with qtbot.waitSignal(explaining.failed, timeout=30_000) as blocker:
        explaining.explain(recording, 1.0, 1.0)
    assert blocker.args[0].endswith(".")
    assert "log has the details" not in blocker.args[0]


def test_without_a_request_nothing_heavy_is_imported_and_the_graph_is_built_elsewhere(
    folder: Path, tone_wav: Any, tmp_path: Path
) -> None:
    script = """
        import sys
        from pathlib import Path
        from PySide6.QtCore import QCoreApplication
        from vowelscope.app.explaining import Explaining
        from vowelscope.app.jobs import Jobs
        from vowelscope.core.audio import Recording
        app = QCoreApplication([])
        jobs = Jobs()
        explaining = Explaining(jobs, Path(sys.argv[1]))
        heavy = {"onnx", "onnxruntime", "torch", "librosa", "matplotlib", "parselmouth"}
        print(sorted(heavy & set(sys.modules)))
        explaining.ready.connect(app.quit)
        explaining.failed.connect(print)
        explaining.failed.connect(app.quit)
        explaining.explain(Recording(sys.argv[2]), 0.4, 0.6)
        app.exec()
        jobs.shutdown()
        print(sorted(heavy & set(sys.modules)))
    """
    cache = str(tmp_path / "cold")
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(folder), str(tone_wav())],
        env={**os.environ, "VOWELSCOPE_CACHE_DIR": cache, "XDG_CACHE_HOME": cache},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    # `onnx` builds the graph, seconds with the interpreter's lock held: not in this process.
    assert run.stdout.splitlines() == ["[]", "['onnxruntime']"]
