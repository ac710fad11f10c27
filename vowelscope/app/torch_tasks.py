"""What needs PyTorch, as functions for the warm child: no Qt is imported here."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from vowelscope.core.errors import ModelError
from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.explain.base import Explanation
    from vowelscope.explain.cam import CamExplainer
    from vowelscope.explain.class_formants import ClassFormants
    from vowelscope.explain.explainers import Attribution
    from vowelscope.explain.maximise_settings import MaximiseSettings
    from vowelscope.explain.maximise_starts import Start
    from vowelscope.explain.maximise_study import Study

Report = Callable[[tuple[int, int]], None]
"""Called with the passes done and all of them; what it raises ends the work."""


def attribute_there(
    report: Report,
    folder: Path,
    sha256: str,
    name: str,
    explanation: Explanation,
    of: str,
    against: str | None,
) -> Attribution:
    """What a method says of a token; see `vowelscope.explain.explainers.attribute`.

    Parameters
    ----------
    folder, sha256
        Of the model, and of the weights that made the explanation.
    """
    from vowelscope.explain.explainers import attribute, open_explainer

    def progress(done: int, total: int) -> None:
        report((done, total))

    engine = _engine(folder, sha256)
    explainer = open_explainer(name, engine.model, engine.runtime)
    return attribute(name, explainer, explanation, of, against, progress)


def study_there(
    report: Report,
    folder: Path,
    sha256: str,
    start: Start,
    of: str,
    against: str | None,
    settings: MaximiseSettings,
    formants: ClassFormants | None,
    control: bool,
) -> Study:
    """Activation maximisation; see `vowelscope.explain.maximise_study.study`."""
    from vowelscope.explain.maximise_study import study

    def progress(done: int, total: int) -> None:
        report((done, total))

    engine = _engine(folder, sha256)
    return study(engine, start, of, against, settings, formants, control, progress)


@lru_cache(maxsize=1)
def _engine(folder: Path, sha256: str) -> CamExplainer:
    from vowelscope.explain.cam import CamExplainer
    from vowelscope.explain.model import load_model
    from vowelscope.explain.runtime import open_runtime

    model = load_model(folder)
    if model.weights_sha256 != sha256:
        raise ModelError(
            tr("{folder}: the weights have changed since the model was opened.").format(
                folder=folder
            )
        )
    return CamExplainer(model, open_runtime(model))
