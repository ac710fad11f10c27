"""What the corpus browser shows: tokens in an order, and the way to each in its recording."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from vowelscope.app.marking import Marking
from vowelscope.app.reaching import Reaching, Target
from vowelscope.app.workbench import Workbench
from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.explain.browse import Browsed
    from vowelscope.explain.browse_orders import Order
    from vowelscope.explain.lens import Lens

Maps = list[npt.NDArray[np.float32]]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def _read(out: Path) -> tuple[Browsed, frozenset[int], str]:
    # It takes long to import: only ever on a job's thread.
    from vowelscope.explain.browse import read_browsed
    from vowelscope.explain.marks import read_marks

    browsed = read_browsed(out)
    try:
        return browsed, read_marks(out, browsed.plan), ""
    except ConfigError as error:
        return browsed, frozenset(), str(error)


def _maps(browsed: Browsed, at: list[int]) -> Maps:
    from vowelscope.explain.browse import read_maps

    return read_maps(browsed, at)


def _look(browsed: Browsed, label: int, said: int, part: str) -> Lens:
    from vowelscope.explain.lens import look

    return look(browsed, label, said, part)


class Browsing(QObject):
    """Reads in the background; what it says is for one window."""

    changed = Signal()
    """Other tokens, or the same in another order."""
    thumbnails = Signal(list, list)
    """Places in `browsed`, and the maps of each."""
    looked = Signal(object)
    """The `Lens` of a cell of the confusion matrix."""
    filtered = Signal()
    """The filters were changed by something else than their fields."""
    selected = Signal()
    """Other tokens are selected, or another one of them is where the keyboard is."""

    def __init__(
        self,
        bench: Workbench,
        open_paths: Callable[[list[Path]], None],
        play: Callable[[float, float], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._play = play
        self._reaching = Reaching(bench, open_paths, self._on_play, self)
        self._asked: list[int] = []
        self.browsed: Browsed | None = None
        self.order: Places = np.empty(0, np.int64)
        self.let_through: Flags = np.zeros(0, bool)
        """Tokens that all filters but the outline let through."""
        self.outlined: Flags | None = None
        """Tokens within the outline that was drawn in the chart."""
        self.selection: Places = np.empty(0, np.int64)
        self.here = -1
        """The selected token where the keyboard is, or -1."""
        self.sentence = tr("Open a folder that “vowelscope corpus explain” made.")
        self._key = ("corpus browser", id(self))
        self._maps_key = ("corpus maps", id(self))
        self._lens_key = ("corpus lens", id(self))
        self.by: Order = "doubt"
        self.text, self.part = "", ""
        self.label: int | None = None
        self.said: int | None = None
        self.only_marked = False
        self.marking = Marking(bench, self)
        self._cell: tuple[int, int, str] | None = None

    @property
    def is_busy(self) -> bool:
        """True while a folder is read."""
        return self._bench.jobs.is_pending(self._key)

    def read(self, out: Path) -> None:
        """Read a folder of explanations; one that cannot be read changes nothing."""
        self._bench.jobs.submit(self._key, _read, out, on_done=self._on_read)

    def _on_read(self, held: tuple[Browsed, frozenset[int], str]) -> None:
        self.browsed, rows, refusal = held
        self.marking.adopt(self.browsed, rows, refusal)
        self.only_marked, self._cell, self.outlined = False, None, None
        self.label = self.said = None
        self.text = self.part = ""
        self.selection, self.here = np.empty(0, np.int64), -1
        self.sort(self.by)

    def sort(self, by: Order) -> None:
        """Show them in another order."""
        self.by = by
        self._show()

    def filter(self, text: str, label: int | None, said: int | None, part: str) -> None:
        """Show only some of them."""
        self.text, self.label, self.said, self.part = text, label, said, part
        self._show()

    def show_only_marked(self, only: bool) -> None:
        """Show only those that are marked, of what the other filters let through."""
        self.only_marked = only
        self._show()

    def keep_within(self, outlined: Flags | None) -> None:
        """Show only the tokens of an outline, of what the filters let through; None: all."""
        self.outlined = outlined
        self._show()

    def select(self, places: Places, here: int = -1) -> None:
        """Select tokens in all views; they are told where that changes something."""
        if here != self.here or not np.array_equal(places, self.selection):
            self.selection, self.here = places, here
            self.selected.emit()

    def _show(self) -> None:
        browsed = self.browsed
        if browsed is None:
            return
        chosen = browsed.matching(self.text, self.label, self.said, self.part)
        if self.only_marked:
            chosen &= self.marking.marked
        self.let_through = chosen
        if self.outlined is not None:
            chosen = chosen & self.outlined
        self.order = browsed.order(self.by, chosen)
        right = chosen & (browsed.y == browsed.said)
        self.sentence = tr("{shown} of {all} tokens; {right} predicted as labelled.").format(
            shown=f"{len(self.order):,}", all=f"{len(browsed):,}", right=f"{int(right.sum()):,}"
        )
        if self.outlined is not None:
            self.sentence += " " + tr("Only those within the outline in the chart.")
        self.changed.emit()

    def ask_maps(self, places: list[int]) -> None:
        """Have the maps of some tokens, by `thumbnails`."""
        if self.browsed is None or not places:
            self.thumbnails.emit([], [])
            return
        self._asked = places
        self._bench.jobs.submit(self._maps_key, _maps, self.browsed, places, on_done=self._on_maps)

    def _on_maps(self, maps: Maps) -> None:
        self.thumbnails.emit(self._asked, maps)

    # The confusion matrix

    def counts(self) -> npt.NDArray[np.int64]:
        """Tokens of the chosen part by label (rows) and prediction (columns)."""
        if self.browsed is None:
            return np.zeros((0, 0), np.int64)
        return self.browsed.counts(self.browsed.matching(part=self.part))

    def look(self, label: int, said: int) -> None:
        """Show the tokens of a cell, and what decided them, by `looked`."""
        if self.browsed is None:
            return
        self.only_marked, self._cell = False, (label, said, self.part)
        self.outlined = None
        self.filter("", label, said, self.part)
        self.filtered.emit()
        self._bench.jobs.submit(
            self._lens_key, _look, self.browsed, label, said, self.part, on_done=self._on_looked
        )

    def _on_looked(self, lens: Lens) -> None:
        self.looked.emit(lens)

    def mark_cell(self) -> None:
        """Mark the tokens of the cell that was looked at last, or unmark them."""
        if self.browsed is not None and self._cell is not None:
            label, said, part = self._cell
            chosen = self.browsed.matching("", label, said, part)
            self.marking.toggle(np.flatnonzero(chosen))

    # The way to a token

    def go_to(self, place: int, play: bool = False) -> None:
        """Open the token's recording where it is not open yet, and select its interval."""
        browsed = self.browsed
        if browsed is None:
            return
        texts = browsed.texts
        target = Target(
            recording=Path(str(texts["recording"][place])),
            textgrid=Path(str(texts["textgrid"][place])),
            tier=str(texts["tier"][place]),
            tmin_s=float(browsed.tmin_s[place]),
            tmax_s=float(browsed.tmax_s[place]),
        )
        self._reaching.go(target, play)

    def _on_play(self, start_s: float, stop_s: float) -> None:
        self._play(start_s, stop_s)
