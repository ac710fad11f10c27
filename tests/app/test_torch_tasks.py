from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vowelscope.app.torch_tasks import attribute_there, study_there
from vowelscope.core.audio import Recording
from vowelscope.core.errors import ModelError
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.maximise_settings import MaximiseSettings
from vowelscope.explain.maximise_starts import start_at_floor
from vowelscope.explain.model import load_model


@pytest.fixture
def engine(tiny_model_folder: Path) -> CamExplainer:
    return CamExplainer(load_model(tiny_model_folder))


def test_a_method_there_says_what_it_says_here(engine: CamExplainer, speech: Any) -> None:
    with Recording(speech.wav) as recording:
        explanation = engine.explain(recording, 0.2, 0.3)
    model, seen = engine.model, []
    found = attribute_there(
        seen.append, model.folder, model.weights_sha256, "hirescam", explanation, "i", "u"
    )
    cam = explanation.map_of("i") - explanation.map_of("u")
    assert np.abs(found.values * cam.size - cam).max() < 1e-4 * np.abs(cam).max()
    assert seen and seen[-1][0] == seen[-1][1]
    with pytest.raises(ModelError, match="the weights have changed since"):
        attribute_there(seen.append, model.folder, "0" * 64, "hirescam", explanation, "i", None)


def test_a_picture_there_tells_its_steps(engine: CamExplainer) -> None:
    model, seen = engine.model, []
    made = study_there(
        *(seen.append, model.folder, model.weights_sha256),
        *(start_at_floor(model.card.features), "i", None),
        *(MaximiseSettings(steps=3, restarts=1), None, False),
    )
    assert made.found.of == "i" and made.control is None
    assert seen[-1] == (3, 3)


_WINDOW = """
import sys, time
from PySide6.QtWidgets import QApplication
from vowelscope.app.comparing import Comparing
from vowelscope.app.workbench import Workbench
from pathlib import Path

app = QApplication([])
bench = Workbench(Path(sys.argv[1]), only_looks=True)
session = bench.session
bench.start()

def until(is_so):
    end_s = time.monotonic() + 90
    while not is_so():
        app.processEvents()
        time.sleep(0.002)
        assert time.monotonic() < end_s

bench.open(Path(sys.argv[2]))
until(lambda: session.textgrid is not None)
tier = session.textgrid.tier_index("phones")
labelled = [n for n, one in enumerate(session.textgrid.tiers[tier].intervals) if one.text.strip()]
session.select_item(tier, labelled[3])
until(lambda: session.explanation is not None)
comparing = Comparing(bench)
comparing.start(("integrated-gradients",))
until(lambda: not comparing.is_running)
print(comparing.result("integrated-gradients").unit, "torch" in sys.modules)
bench.shutdown()
"""


def test_the_window_itself_never_imports_torch(tiny_model_folder: Path, speech: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", _WINDOW, str(tiny_model_folder), str(speech.wav)],
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("logits a pixel") and done.stdout.split()[-1] == "False"
