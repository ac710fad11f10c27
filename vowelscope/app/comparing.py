"""Other methods of explanation for the selected token, one after the other in the background."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vowelscope.app.children import CancelToken, warm_child
from vowelscope.app.torch_tasks import attribute_there
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.explain.base import Explanation
    from vowelscope.explain.cam import CamExplainer
    from vowelscope.explain.explainers import Attribution

KEPT = 64
"""Maps that are not computed again."""

_Key = tuple[int, str, str | None, str]


class Comparing(QObject):
    """Computes what was asked for; a method that fails says why and does not stop the others.

    What is not known to do without PyTorch runs in a process of its own, which stays: to import
    that library holds the interpreter's lock, and the window would stand still.
    """

    changed = Signal()
    """Something was computed, started or stopped, or is about another token or class."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self.current = ""
        """The method that is at work, as ``NAME`` or ``NAME:STAGE``."""
        self.done = 0
        self.total = 0
        self._waiting: list[str] = []
        # The explanation is kept with its maps, so that its `id` is not given to another.
        self._kept: OrderedDict[_Key, tuple[Explanation, Attribution]] = OrderedDict()
        self._failed: dict[_Key, str] = {}
        self._session.explanation_changed.connect(self.stop)
        self._session.map_changed.connect(self.stop)

    @property
    def is_running(self) -> bool:
        """True while a method is at work."""
        return self._bench.jobs.is_pending(self._job)

    def result(self, name: str) -> Attribution | None:
        """What a method says of the token and the class or contrast that are chosen now."""
        key = self._key(name)
        kept = None if key is None else self._kept.get(key)
        return None if kept is None else kept[1]

    def failure(self, name: str) -> str:
        """Why there is no result, or ""."""
        key = self._key(name)
        return "" if key is None else self._failed.get(key, "")

    def start(self, names: tuple[str, ...]) -> None:
        """Compute these methods, those that are not there yet."""
        if self._session.shown_classes() is None or self._bench.explaining.explainer is None:
            self._session.note.emit(tr("Select a labelled interval first."))
            return
        self._waiting = [name for name in names if self.result(name) is None]
        self._next()

    def stop(self) -> None:
        """Compute nothing more; what is there is kept."""
        self._waiting = []
        self._bench.jobs.cancel(self._job)
        self.current = ""
        self.changed.emit()

    @property
    def _job(self) -> tuple[str, int]:
        return "compare", id(self)

    def _key(self, name: str) -> _Key | None:
        explanation, chosen = self._session.explanation, self._session.shown_classes()
        return None if explanation is None or chosen is None else (id(explanation), *chosen, name)

    def _next(self) -> None:
        explanation, chosen = self._session.explanation, self._session.shown_classes()
        self.current = self._waiting.pop(0) if self._waiting else ""
        self.done = self.total = 0
        if self.current and explanation is not None and chosen is not None:
            self._bench.jobs.submit(
                self._job,
                _attribute,
                self._bench.explaining.explainer,
                self.current,
                explanation,
                *chosen,
                on_done=self._on_done,
                on_error=self._on_failed,
                on_progress=self._on_progress,
                pass_token=True,
            )
        self.changed.emit()

    def _on_progress(self, progress: tuple[int, int]) -> None:
        self.done, self.total = progress
        self.changed.emit()

    def _on_done(self, found: Attribution) -> None:
        key, explanation = self._key(self.current), self._session.explanation
        if key is not None and explanation is not None:
            self._kept[key] = explanation, found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._next()

    def _on_failed(self, sentence: str) -> None:
        key = self._key(self.current)
        if key is not None:
            self._failed[key] = sentence
        self._next()


def _attribute(
    token: CancelToken,
    engine: CamExplainer,
    name: str,
    explanation: Explanation,
    of: str,
    against: str | None,
) -> Attribution:
    from vowelscope.explain.explainers import LIGHT, attribute, open_explainer

    if name.partition(":")[0] not in LIGHT:
        model = engine.model
        found: Attribution = warm_child().call(
            *(token, attribute_there, model.folder.absolute(), model.weights_sha256),
            *(name, explanation, of, against),
        )
        return found

    def progress(done: int, total: int) -> None:
        token.raise_if_cancelled()
        token.progress((done, total))

    token.raise_if_cancelled()
    explainer = open_explainer(name, engine.model, engine.runtime)
    token.raise_if_cancelled()
    return attribute(name, explainer, explanation, of, against, progress)
