"""Explains the selected interval in the background; the newest request wins."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vowelscope.app.jobs import CancelToken, Jobs, call_in_process
from vowelscope.app.prepare import prepare_model
from vowelscope.core.audio import Recording

if TYPE_CHECKING:
    from vowelscope.explain.base import Explanation
    from vowelscope.explain.cam import CamExplainer
    from vowelscope.explain.model import Model

KEPT = 64

_Key = tuple[Path, float, float, int | None, str]


class Explaining(QObject):
    """Holds the model and explains intervals with it.

    The model is loaded on a thread, at the first request or by `load`. A request that comes
    before it is there waits for it.
    """

    ready = Signal(object)
    """The `Explanation` of the newest request."""
    busy_changed = Signal(bool)
    failed = Signal(str)
    model_changed = Signal()

    def __init__(
        self, jobs: Jobs, folder: Path | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._folder = folder
        self._explainer: CamExplainer | None = None
        self._waiting: tuple[Recording, float, float, int | None] | None = None
        self._kept: OrderedDict[_Key, Explanation] = OrderedDict()
        self._key: _Key | None = None
        self._loading = False
        self._busy = False

    @property
    def model(self) -> Model | None:
        """The model in use, or None before it is loaded."""
        return None if self._explainer is None else self._explainer.model

    @property
    def explainer(self) -> CamExplainer | None:
        """What explains, or None before the model is loaded; for many tokens in a job."""
        return self._explainer

    @property
    def busy(self) -> bool:
        """True while a model is loaded or an interval is explained."""
        return self._busy

    def load(self) -> None:
        """Load the model now, so that the first request does not wait for it."""
        if self._explainer is None and not self._loading:
            self._loading = True
            self._set_busy()
            self._jobs.submit(
                ("model", id(self)),
                _open,
                self._folder,
                on_done=self._on_model,
                on_error=self._on_model_error,
            )

    def share(self, other: Explaining) -> None:
        """Use the model that another window has loaded, if it has: it is large."""
        if other._explainer is not None:
            self._folder = other._folder
            self._on_model(other._explainer)

    def set_model(self, folder: Path | None) -> None:
        """Use the model of `folder` (None: the one in the box) and load it.

        The model before is kept in use until the new one is there; a folder that cannot be used
        gives `failed` and changes nothing.
        """
        self._folder = folder
        self._loading = True
        self._set_busy()
        self._jobs.submit(
            ("model", id(self)),
            _open,
            folder,
            on_done=self._on_model,
            on_error=self._on_model_error,
        )

    def explain(
        self, recording: Recording, tmin_s: float, tmax_s: float, channel: int | None = None
    ) -> None:
        """Explain `tmin_s` to `tmax_s` (seconds) of a recording; `ready` or `failed` follows."""
        self._waiting = (recording, tmin_s, tmax_s, channel)
        if self._explainer is None:
            self.load()
        else:
            self._start()

    def cancel(self) -> None:
        """Forget the newest request."""
        self._waiting = self._key = None
        self._jobs.cancel(("explain", id(self)))
        self._set_busy()

    def _start(self) -> None:
        if self._waiting is None or self._explainer is None:
            return
        recording, tmin_s, tmax_s, channel = self._waiting
        self._waiting = None
        sha256 = self._explainer.model.weights_sha256
        self._key = (recording.path, tmin_s, tmax_s, channel, sha256)
        known = self._kept.get(self._key)
        if known is not None:
            self._jobs.cancel(("explain", id(self)))
            self._on_done(known)
            return
        self._jobs.submit(
            ("explain", id(self)),
            _explain,
            self._explainer,
            recording,
            tmin_s,
            tmax_s,
            channel,
            on_done=self._on_done,
            on_error=self._on_error,
            pass_token=True,
        )
        self._set_busy()

    def _on_done(self, explanation: Explanation) -> None:
        if self._key is not None:
            self._kept[self._key] = explanation
            self._kept.move_to_end(self._key)
            self._key = None
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self._set_busy()
        self.ready.emit(explanation)

    def _on_error(self, sentence: str) -> None:
        self._key = None
        self._set_busy()
        self.failed.emit(sentence)

    def _on_model(self, explainer: CamExplainer) -> None:
        self._explainer, self._loading = explainer, False
        self.model_changed.emit()
        self._start()
        self._set_busy()

    def _on_model_error(self, sentence: str) -> None:
        self._loading, self._waiting = False, None
        self._set_busy()
        self.failed.emit(sentence)

    def _set_busy(self) -> None:
        busy = self._loading or self._jobs.is_pending(("explain", id(self)))
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)


def _open(folder: Path | None) -> CamExplainer:
    # The runtime takes long to import: only ever on this thread.
    from vowelscope.explain.cam import CamExplainer
    from vowelscope.explain.model import load_model
    from vowelscope.explain.runtime import cached_graph, open_runtime
    from vowelscope.resources import resource

    model = load_model(folder if folder is not None else resource("models", "vowels5"))
    if not cached_graph(model).is_file():
        call_in_process(prepare_model, model.folder.absolute())
    return CamExplainer(model, open_runtime(model))


def _explain(token: CancelToken, explainer: Any, *request: Any) -> Explanation:
    token.raise_if_cancelled()
    recording, tmin_s, tmax_s, channel = request
    explanation: Explanation = explainer.explain(recording, tmin_s, tmax_s, channel)
    return explanation
