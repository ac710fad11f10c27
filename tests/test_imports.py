"""What may be in memory when: a cold start stays cold, and the layers know what they should."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "accelerate",
    "librosa",
    "matplotlib",
    "onnx",
    "pandas",
    "pocketsphinx",
    "pyarrow",
    "scipy",
    "sklearn",
    "torch",
    "torchvision",
}
QT = {"PySide6", "pyqtgraph", "superqt"}


def _loaded_by(statement: str, cwd: Path) -> set[str]:
    """Top-level names of all modules that a fresh interpreter holds after a statement."""
    script = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=cwd, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def _modules(repository: Path, package: str) -> list[str]:
    folder = repository / "vowelscope" / package
    return [
        f"vowelscope.{package}.{path.stem}"
        for path in sorted(folder.glob("*.py"))
        if path.stem != "__init__"
    ]


def test_the_core_needs_no_window_and_no_network_runtime(repository, tmp_path):
    modules = _modules(repository, "core")
    assert "vowelscope.core.features" in modules
    loaded = _loaded_by(f"import {', '.join(modules)}", tmp_path)
    assert not loaded & (QT | {"torch", "torchvision", "onnxruntime", "onnx"})


@pytest.mark.parametrize(
    "statement",
    [
        "from vowelscope.core.features import token_input",
        "from vowelscope.explain.cam import CamExplainer",
        "from vowelscope.explain.runtime import open_runtime",
        "from vowelscope.app.session import Session",
        "from vowelscope.ui.main_window import MainWindow",
        "import vowelscope.commands.explain",
        "import vowelscope.commands.open",
    ],
)
def test_nothing_heavy_on_the_way(statement, tmp_path):
    assert not _loaded_by(statement, tmp_path) & HEAVY


def test_app_has_no_widgets(repository, tmp_path):
    """import-linter cannot tell one part of PySide6 from another."""
    for path in (repository / "vowelscope" / "app").glob("*.py"):
        assert not re.search(r"import.*QtWidgets|QtWidgets +import", path.read_text("utf-8")), path
    modules = _modules(repository, "app")
    script = f"import {', '.join(modules)}\nassert 'PySide6.QtWidgets' not in sys.modules"
    assert "pyqtgraph" not in _loaded_by(script, tmp_path)
