"""What the window of filters shows: kernels of the model in use, top tokens of a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from vowelscope.app.jobs import CancelToken
from vowelscope.app.reaching import Reaching, Target
from vowelscope.app.workbench import Workbench
from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.explain.filter_table import FilterTable
    from vowelscope.explain.kernels import Kernels
    from vowelscope.explain.model import Model

SHOWN_TOKENS = 9
SHARD_TOKENS = 16
"""Few, so that a run in the window tells its progress, and stops, within seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A token that fires a filter, as the network sees it.

    Attributes
    ----------
    row
        Of `FilterTable.top`.
    grey
        float32 (rows, columns) 0-1 between the model's bounds, row 0 the lowest frequency; None
        where the recording cannot be read any more.
    freqs_hz, times_s
        Outer edges of the picture.
    note
        Why there is no picture.
    """

    row: dict[str, Any]
    grey: npt.NDArray[np.float32] | None
    freqs_hz: tuple[float, float] = (0.0, 0.0)
    times_s: tuple[float, float] = (0.0, 0.0)
    note: str = ""


class Filtering(QObject):
    """Reads in the background; what it says is for one window."""

    kernels_changed = Signal()
    changed = Signal()
    """Another folder, or another order of its filters."""
    thumbnails = Signal(int, list)
    """Number of a filter, and a `Seen` of each of its top tokens."""
    running_changed = Signal()
    """A run began, went on or ended; see `is_running`, `done` and `total`."""

    def __init__(
        self,
        bench: Workbench,
        open_paths: Callable[[list[Path]], None],
        play: Callable[[float, float], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._reaching = Reaching(bench, open_paths, play, self)
        self._model: Model | None = None
        self.kernels: Kernels | None = None
        self.table: FilterTable | None = None
        self.rows: list[dict[str, Any]] = []
        """The filters of the table, in the order that was chosen."""
        self.by = "d_prime"
        self.done = self.total = 0
        """Tokens of the run that were shown, or filters that were counted."""
        self.sentence = tr("Open a folder that “vowelscope corpus filters” made.")

    # Kernels

    def ask_kernels(self) -> None:
        """Measure the first layer of the model in use, if that has not been done."""
        model = self._bench.explaining.model
        if model is not None and model is not self._model:
            self._model = model
            self._bench.jobs.submit(
                ("kernels", id(self)), _kernels, model, on_done=self._on_kernels
            )

    def _on_kernels(self, kernels: Kernels) -> None:
        self.kernels = kernels
        self.kernels_changed.emit()

    # Top tokens

    def read(self, out: Path) -> None:
        """Read a folder; one that cannot be read changes nothing."""
        self._bench.jobs.submit(("filters", id(self)), _read, out, on_done=self._on_read)

    @property
    def is_running(self) -> bool:
        """True while tokens are shown to a stage."""
        return self._bench.jobs.is_pending(self._run_key)

    @property
    def _run_key(self) -> tuple[str, int]:
        return "filters run", id(self)

    def ask(self, explained: Path, stage: int) -> None:
        """Show the tokens of a folder of explanations to a stage of the model that made it.

        What is made lies in that folder, as ``filters-stage4``; a run that was stopped goes on.
        """
        self.done = self.total = 0
        self._bench.jobs.submit(
            self._run_key,
            _run,
            explained,
            stage,
            on_done=self._on_run,
            on_error=self._on_failed,
            on_progress=self._on_progress,
            pass_token=True,
        )
        self.running_changed.emit()

    def stop(self) -> None:
        """Stop the run; what was shown is kept."""
        self._bench.jobs.cancel(self._run_key)
        self.running_changed.emit()

    def _on_progress(self, value: tuple[int, int]) -> None:
        self.done, self.total = value
        self.running_changed.emit()

    def _on_run(self, table: FilterTable) -> None:
        self.running_changed.emit()
        self._on_read(table)

    def _on_failed(self, sentence: str) -> None:
        self.running_changed.emit()
        self._bench.session.message.emit(sentence)

    def _on_read(self, table: FilterTable) -> None:
        self.table = table
        held, plan = table.findings, table.plan
        stage = tr("Stage {number}").format(number=plan.stage) if plan.stage else tr("First layer")
        self.sentence = tr(
            "{stage} of {model}: {filters} filters, {tokens} tokens; {telling} tell classes."
        ).format(
            stage=stage,
            model=plan.model_name,
            filters=f"{plan.filters:,}",
            tokens=f"{held['tokens']:,}",
            telling=f"{held['tell_classes']:,}",
        )
        if plan.untrained:
            self.sentence += " " + tr("All weights are random: a control.")
        self.sort(self.by)

    def sort(self, by: str) -> None:
        """Put the filters in the order of a column: numbers by size without sign, largest first."""
        self.by = by
        table = self.table
        if table is None:
            return

        def key(row: dict[str, Any]) -> float:
            value = row.get(by)
            return -abs(value) if isinstance(value, int | float) else np.inf

        self.rows = table.filters if by == "filter" else sorted(table.filters, key=key)
        self.changed.emit()

    def ask_tokens(self, number: int) -> None:
        """Have the top tokens of a filter as the network sees them, by `thumbnails`."""
        if self.table is not None:
            self._bench.jobs.submit(
                ("filter tokens", id(self)),
                _seen,
                self.table,
                number,
                on_done=self._on_seen,
                pass_token=True,
            )

    def _on_seen(self, found: tuple[int, list[Seen]]) -> None:
        self.thumbnails.emit(*found)

    def go_to(self, row: dict[str, Any], play: bool = False) -> None:
        """Open the recording of a top token and select its interval."""
        target = Target(
            recording=Path(row["recording"]),
            textgrid=Path(row["textgrid"]),
            tier=row["tier"],
            tmin_s=row["tmin_s"],
            tmax_s=row["tmax_s"],
        )
        self._reaching.go(target, play)


def _kernels(model: Model) -> Kernels:
    # ONNX's tools take long to import: only ever on a job's thread.
    from vowelscope.explain.kernels import read_kernels

    return read_kernels(model)


def _read(out: Path) -> FilterTable:
    from vowelscope.explain.filter_table import read_table

    return read_table(out)


def _run(token: CancelToken, explained: Path, stage: int) -> FilterTable:
    from vowelscope.explain.filter_plan import plan_filters
    from vowelscope.explain.filter_shards import ask_filters, let_go
    from vowelscope.explain.filter_table import make_table

    def tell(done: int, total: int) -> None:
        token.raise_if_cancelled()
        token.progress((done, total))

    def counting(_what: str, done: int, total: int) -> None:
        tell(done, total)

    out = explained / f"filters-stage{stage}"
    try:
        ask_filters(plan_filters(explained, None, stage, shard_tokens=SHARD_TOKENS), out, 1, tell)
    finally:
        let_go()
    return make_table(out, told=counting)


def _seen(token: CancelToken, table: FilterTable, number: int) -> tuple[int, list[Seen]]:
    from vowelscope.explain.card import read_card
    from vowelscope.explain.filter_words import seen_by_network

    spec = read_card(Path(table.plan.model)).features
    made = []
    for row in table.top.get(number, ())[:SHOWN_TOKENS]:
        token.raise_if_cancelled()
        try:
            seen = seen_by_network(row, spec)
        except UserError as error:
            made.append(Seen(row, None, note=str(error)))
            continue
        grey = (seen.db - spec.db_min) / (spec.db_max - spec.db_min)
        low_hz, top_hz = seen.freq_edges_hz[[0, -1]].tolist()
        start_s, stop_s = seen.time_edges_s[[0, -1]].tolist()
        made.append(Seen(row, grey, (low_hz, top_hz), (start_s, stop_s)))
    return number, made
