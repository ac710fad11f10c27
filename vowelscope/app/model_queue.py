"""All tokens of a tier, judged by the model in the background and put in order of worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.jobs import CancelToken
from vowelscope.app.tier_ref import TierRef
from vowelscope.app.workbench import LONGEST_EXPLAINED_S, Workbench
from vowelscope.core.audio import Recording
from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import Interval, IntervalTier
from vowelscope.core.tokens import phone_tier
from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.explain.cam import CamExplainer

ORDERS = ("disagreement", "doubt", "time")

_BATCH = 8
_PAUSE_MS = 250
_Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Judged:
    """A token and what the model said of it.

    Attributes
    ----------
    index
        Of the interval in its tier.
    tmin_s, tmax_s
        The interval in seconds.
    label, label_class
        The label as the TextGrid has it, and its class.
    predicted, probability
        The likeliest class, and how likely.
    label_probability
        How likely the model finds the label's class.
    """

    index: int
    tmin_s: float
    tmax_s: float
    label: str
    label_class: str
    predicted: str
    probability: float
    label_probability: float

    @property
    def agrees(self) -> bool:
        """Whether model and label say the same."""
        return self.predicted == self.label_class


class ModelQueue(QObject):
    """Tokens whose label is one of the model's classes, sorted; edits are followed."""

    changed = Signal()
    """Rows, progress or the sentence changed."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self.order = "disagreement"
        self.rows: tuple[Judged, ...] = ()
        self.done, self.total, self.skipped = 0, 0, 0
        """How many tokens were asked about, of how many, and how many could not be."""
        self.tier: TierRef | None = None
        self._said: dict[_Span, dict[str, float]] = {}
        self._waits_for_model = False
        self._wanted: int | None = None
        """The tier that is judged once the model is there."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._sort)
        self._session.recording_changed.connect(self.clear)
        self._session.channel_changed.connect(self.clear)
        self._session.textgrid_changed.connect(self._on_textgrid)
        bench.model_changed.connect(self._on_model)
        bench.explaining.failed.connect(self._on_no_model)

    @property
    def is_running(self) -> bool:
        """True while tokens are judged."""
        return self._waits_for_model or self._bench.jobs.is_pending(self._key)

    @property
    def tier_index(self) -> int | None:
        """Where the tier is now."""
        return None if self.tier is None else self.tier.find(self._session.textgrid)

    def start(self, tier_index: int | None = None) -> None:
        """Judge the tokens of a tier: the selected one by default, or the phones if it has none."""
        session, bench = self._session, self._bench
        self.clear()
        if session.recording is None or session.textgrid is None:
            session.message.emit(tr("Open a recording and its TextGrid first."))
            return
        explainer = bench.explaining.explainer
        if explainer is None or bench.class_map is None:
            self._waits_for_model, self._wanted = True, tier_index
            bench.explaining.load()
            self.changed.emit()
            return
        self._choose_tier(tier_index)
        spans = list(self._tokens())
        if self.tier is None or not spans:
            session.message.emit(
                tr("No label of this tier is one of the model's classes; select another tier.")
            )
            return
        self.total = len(spans)
        bench.jobs.submit(
            self._key,
            _judge,
            explainer,
            session.recording,
            spans,
            session.channel,
            on_done=self._on_done,
            on_error=self._on_failed,
            on_progress=self._on_progress,
            pass_token=True,
        )
        self.changed.emit()

    def stop(self) -> None:
        """Judge no more; what was judged stays."""
        self._waits_for_model = False
        self._bench.jobs.cancel(self._key)
        self._sort()

    def clear(self) -> None:
        """Stop, and forget everything."""
        self._waits_for_model = False
        self._bench.jobs.cancel(self._key)
        self._said = {}
        self.tier = None
        self.done = self.total = self.skipped = 0
        self._sort()

    def set_order(self, order: str) -> None:
        """Sort by one of `ORDERS`."""
        self.order = order
        self._sort()

    def row_of(self, tmin_s: float, tmax_s: float) -> int | None:
        """Row of the token with these times."""
        return next(
            (row for row, x in enumerate(self.rows) if (x.tmin_s, x.tmax_s) == (tmin_s, tmax_s)),
            None,
        )

    @property
    def _key(self) -> tuple[str, int]:
        return "queue", id(self)

    def _choose_tier(self, tier_index: int | None) -> None:
        session = self._session
        assert session.textgrid is not None
        phones = phone_tier(session.textgrid)
        chosen = [(session.tier_index or 0) if tier_index is None else tier_index]
        chosen += [at for at, tier in enumerate(session.textgrid.tiers) if tier is phones]
        for index in chosen:
            self.tier = TierRef(index, session.textgrid.tiers[index].name)
            if next(iter(self._tokens()), None) is not None:
                return
        self.tier = None

    def _tokens(self) -> dict[_Span, tuple[int, Interval, str]]:
        """Times -> index, interval and class of every token of the tier."""
        index, session, class_map = self.tier_index, self._session, self._bench.class_map
        if index is None or session.textgrid is None or class_map is None:
            return {}
        tier = session.textgrid.tiers[index]
        assert isinstance(tier, IntervalTier)
        classes = {label: class_map.class_of(label) for label in {x.text for x in tier.intervals}}
        return {
            (x.tmin_s, x.tmax_s): (at, x, name)
            for at, x in enumerate(tier.intervals)
            if (name := classes[x.text]) is not None and 0 < x.duration_s <= LONGEST_EXPLAINED_S
        }

    def _sort(self) -> None:
        self._soon.stop()
        rows = [
            _row(at, interval, name, said)
            for span, (at, interval, name) in (self._tokens() if self._said else {}).items()
            if (said := self._said.get(span)) is not None
        ]
        if self.order == "disagreement":
            rows.sort(key=lambda row: (row.label_probability, row.tmin_s))
        elif self.order == "doubt":
            rows.sort(key=lambda row: (row.probability, row.tmin_s))
        self.rows = tuple(rows)
        self.changed.emit()

    def _on_progress(self, said: Sequence[tuple[_Span, dict[str, float]]]) -> None:
        self.done += len(said)
        for span, probabilities in said:
            if probabilities:
                self._said[span] = probabilities
            else:
                self.skipped += 1
        if not self._soon.isActive():
            self._soon.start()

    def _on_done(self, _count: int) -> None:
        self._sort()

    def _on_failed(self, sentence: str) -> None:
        self._session.message.emit(sentence)
        self._sort()

    def _on_no_model(self, _sentence: str) -> None:
        if self._waits_for_model:
            self._waits_for_model = False
            self.changed.emit()

    def _on_textgrid(self) -> None:
        if self._said and not self._soon.isActive():
            self._soon.start()

    def _on_model(self) -> None:
        if self._waits_for_model:
            self.start(self._wanted)
        elif self._said:
            self.clear()


def _row(index: int, interval: Interval, name: str, said: dict[str, float]) -> Judged:
    predicted = max(said, key=said.__getitem__)
    return Judged(
        index,
        interval.tmin_s,
        interval.tmax_s,
        interval.text,
        name,
        predicted,
        said[predicted],
        said.get(name, 0.0),
    )


def _judge(
    token: CancelToken,
    explainer: CamExplainer,
    recording: Recording,
    spans: Sequence[_Span],
    channel: int | None,
) -> int:
    """Give each token's probabilities, or none where it cannot be judged, as progress."""
    for start in range(0, len(spans), _BATCH):
        token.raise_if_cancelled()
        token.progress(list(_batch(explainer, recording, spans[start : start + _BATCH], channel)))
    return len(spans)


def _batch(
    explainer: CamExplainer, recording: Recording, spans: Sequence[_Span], channel: int | None
) -> Iterator[tuple[_Span, dict[str, float]]]:
    inputs: list[Any] = []
    good: list[_Span] = []
    for span in spans:
        try:
            inputs.append(explainer.input_of(recording, *span, channel))
            good.append(span)
        except UserError:
            yield span, {}  # such as a token beyond the end of the recording
    if good:
        for span, one in zip(good, explainer.explain_inputs(inputs, good), strict=True):
            yield span, dict(zip(one.classes, map(float, one.probabilities), strict=True))
