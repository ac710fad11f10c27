"""Spectral tuning of the selected token on demand: many passes, with an estimate and a stop."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from vowelscope.app.jobs import CancelToken
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.explain.base import Explanation
    from vowelscope.explain.cam import CamExplainer
    from vowelscope.explain.interventions import Fill
    from vowelscope.explain.randomised import Randomised
    from vowelscope.explain.tuning import Lamp, Tuning

KEPT = 32
"""Tokens whose tuning is not computed again."""

_Progress = tuple[str, int, int]


class Sweeping(QObject):
    """Takes bands away from the token that is explained, and asks how far its map may be believed.

    The first time with a model, its weights are randomised as well; that is kept on disk.
    """

    changed = Signal()
    """It was started, stopped, has gone on, has its result, or is about another token."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self.done = 0
        self.total = 0
        self.phase = ""
        """``weights`` while weights are randomised, ``bands`` while bands are taken away."""
        self._began_s = 0.0
        self._kept: OrderedDict[tuple[int, str], tuple[Explanation, Tuning]] = OrderedDict()
        self._tests: dict[str, Randomised] = {}
        self._asked: tuple[Explanation, str] | None = None
        self._failed = ""
        self._fill = bench.settings.explain.tuning_fill
        self._session.explanation_changed.connect(self._on_explanation)
        bench.settings_changed.connect(self._on_settings)

    @property
    def is_running(self) -> bool:
        """True while bands are taken away."""
        return self._bench.jobs.is_pending(self._key)

    @property
    def tuning(self) -> Tuning | None:
        """Of the token that is explained, if it was asked for."""
        explanation = self._session.explanation
        if explanation is None:
            return None
        # The explanation is kept beside its tuning, so that its `id` is not given to another.
        kept = self._kept.get((id(explanation), self._bench.settings.explain.tuning_fill))
        return None if kept is None else kept[1]

    @property
    def estimate_s(self) -> float | None:
        """Seconds that are left, by what was done; None before anything was."""
        if not self.is_running or not self.done:
            return None
        return (time.monotonic() - self._began_s) / self.done * (self.total - self.done)

    @property
    def sentence(self) -> str:
        """Why there is no tuning, or ""."""
        if self.tuning is not None:
            return ""
        if self._session.explanation is None:
            return tr("Select a labelled interval first.")
        return self._failed

    def lamp(self, of: str, against: str | None) -> Lamp | None:
        """How far the map of a class, or of a contrast, may be believed."""
        tuning, explanation = self.tuning, self._session.explanation
        if tuning is None or explanation is None:
            return None
        from vowelscope.explain.tuning import lamp

        return lamp(tuning.agreement(of, against), self._tests.get(explanation.model_hash))

    def start(self) -> None:
        """Begin with the token that is explained now."""
        explanation, explainer = self._session.explanation, self._bench.explaining.explainer
        if explanation is None or explainer is None:
            self._session.note.emit(tr("Select a labelled interval first."))
            return
        fill = self._bench.settings.explain.tuning_fill
        self._asked = explanation, fill
        self._failed = ""
        self.done = self.total = 0
        self.phase = ""
        self._bench.jobs.submit(
            self._key,
            _sweep,
            explainer,
            explanation,
            fill,
            on_done=self._on_done,
            on_error=self._on_failed,
            on_progress=self._on_progress,
            pass_token=True,
        )
        self.changed.emit()

    def stop(self) -> None:
        """Take no more bands away; nothing is kept of what was done."""
        self._bench.jobs.cancel(self._key)
        self._asked = None
        self.changed.emit()

    @property
    def _key(self) -> tuple[str, int]:
        return "tuning", id(self)

    def _on_explanation(self) -> None:
        explanation = self._session.explanation
        if self._asked is not None and explanation is not self._asked[0]:
            self._bench.jobs.cancel(self._key)
            self._asked = None
        self._failed = ""
        self.changed.emit()

    def _on_settings(self) -> None:
        fill = self._bench.settings.explain.tuning_fill
        if fill != self._fill:
            self._fill = fill
            self.stop()

    def _on_progress(self, progress: _Progress) -> None:
        phase, self.done, self.total = progress
        if phase != self.phase:
            self.phase, self._began_s = phase, time.monotonic()
        self.changed.emit()

    def _on_done(self, found: tuple[Tuning, Randomised]) -> None:
        if self._asked is None:
            return
        (explanation, fill), (tuning, test) = self._asked, found
        self._asked = None
        self._tests[explanation.model_hash] = test
        self._kept[id(explanation), fill] = explanation, tuning
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.changed.emit()

    def _on_failed(self, sentence: str) -> None:
        self._asked = None
        self._failed = sentence
        self.changed.emit()


class _Report:
    """Tells the progress of one phase, and ends it once nobody wants it."""

    def __init__(self, token: CancelToken, phase: str) -> None:
        self._token = token
        self._phase = phase

    def __call__(self, done: int, total: int) -> None:
        self._token.raise_if_cancelled()
        self._token.progress((self._phase, done, total))


def _sweep(
    token: CancelToken, explainer: CamExplainer, explanation: Explanation, fill: str
) -> tuple[Tuning, Randomised]:
    from vowelscope.explain.randomised import randomised
    from vowelscope.explain.tuning import TuningSettings, spectral_tuning

    test = randomised(explainer.model, _Report(token, "weights"))
    settings = TuningSettings(cast("Fill", fill))
    report = _Report(token, "bands")
    return spectral_tuning(explanation, explainer.runtime, settings, report), test
