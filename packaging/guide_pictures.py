"""The pictures of the guide, from the sample, the models in the box and an explained corpus.

    python packaging/guide_pictures.py [-o docs/images] [--explained FOLDER] [--filters FOLDER]
        [--only NAME,NAME] [--theme dark]

FOLDER: of `vowelscope corpus explain` and of `vowelscope corpus filters`; without them the pictures
that show a corpus are left as they are. Settings and caches are those of a new user.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE_S = 900
VOWEL_S = 10.5
"""Within the long /i/ of the sample."""


class Pictures:
    """Drives one window, a picture a method."""

    def __init__(self, out: Path, explained: Path | None, filters: Path | None) -> None:
        from vowelscope.resources import resource

        self.out, self.explained, self.filters = out, explained, filters
        self.sample = resource("sample", "sample.wav")
        self.window: Any = None

    def open(self, theme: str) -> None:
        """Open the sample, with the model in the box."""
        from PySide6.QtWidgets import QApplication

        from vowelscope.app.workbench import Workbench
        from vowelscope.ui.main_window import MainWindow

        self.app = QApplication(sys.argv[:1])
        self.app.setStyle("Fusion")
        bench = Workbench(only_looks=True)
        bench.theme = theme
        self.window = MainWindow(bench)
        self.window.resize(1400, 900)
        self.window.show()
        bench.open(self.sample)
        self.until(lambda: bench.session.textgrid is not None)
        self.go(VOWEL_S)
        bench.session.set_f_max(bench.model_f_max_hz)

    def until(self, is_so: Callable[[], Any]) -> None:
        """Let the window work until something is so."""
        end_s = time.monotonic() + PATIENCE_S
        while not is_so():
            self.app.processEvents()
            time.sleep(0.005)
            if time.monotonic() > end_s:
                raise SystemExit("a picture was not ready in time")

    def rest(self, seconds: float = 1.0) -> None:
        """Let what was computed be painted."""
        end_s = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end_s)

    def go(self, time_s: float) -> None:
        """Select the interval at a time on the tier of phones, and wait for its map."""
        from vowelscope.core.textgrid import IntervalTier

        session = self.window.session
        at = next(
            n
            for n, tier in enumerate(session.textgrid.tiers)
            if isinstance(tier, IntervalTier) and "phone" in tier.name
        )
        intervals = session.textgrid.tiers[at].intervals
        index = next(n for n, one in enumerate(intervals) if one.tmin_s <= time_s < one.tmax_s)
        session.select_item(at, index)
        middle_s = 0.5 * (intervals[index].tmin_s + intervals[index].tmax_s)
        session.set_view(middle_s - 0.4, middle_s + 0.4)
        self.until(
            lambda: (
                session.explanation is not None
                and session.explanation.tmin_s == intervals[index].tmin_s
            )
        )

    def do(self, action: str) -> None:
        """What the menu does."""
        self.window.actions_by_id[action].trigger()

    def save(self, widget: Any, name: str, size: tuple[int, int] | None = None) -> None:
        """Draw a widget into a file, once it rests."""
        if size is not None:
            widget.resize(*size)
        self.rest()
        path = self.out / f"{name}.png"
        if not widget.grab().save(str(path), "PNG"):
            raise SystemExit(f"{path}: the picture cannot be written.")
        print(path, flush=True)

    def ledger(self) -> None:
        """The panel alone."""
        tools = self.window.explaining
        self.do("ledger.show")
        self.until(lambda: tools.ledgering.ledger is not None and not tools.ledgering.is_busy)
        self.save(tools.ledger_panel, "ledger")
        tools.ledger_dock.hide()

    def tuning(self) -> None:
        """The whole window, since the curve stands beside the spectrogram."""
        tools = self.window.explaining
        self.do("tuning.run")
        self.until(lambda: tools.sweeping.tuning is not None and not tools.sweeping.is_running)
        self.save(self.window, "tuning")
        tools.tuning_dock.hide()

    def methods(self) -> None:
        """A method of one pass, one of gradients, one that takes patches away."""
        from PySide6.QtCore import Qt

        compare = self.window.explaining.compare
        self.do("methods.show")
        wanted = {"cam", "integrated-gradients", "occlusion"}
        for at in range(compare.list.count()):
            item = compare.list.item(at)
            name, _ = item.data(Qt.ItemDataRole.UserRole)
            item.setCheckState(Qt.CheckState.Checked if name in wanted else Qt.CheckState.Unchecked)
        compare.start_or_stop()
        comparing = self.window.explaining.comparing
        self.until(lambda: all(comparing.result(name) for name in compare.chosen()))
        self.save(compare, "methods", (1180, 500))
        compare.close()

    def cue(self) -> None:
        """F2 downwards, then the plane."""
        cue, moving = self.window.explaining.cue, self.window.explaining.moving
        self.do("cue.show")
        cue.cue.setCurrentIndex(cue.cue.findData("F2"))
        cue.cue.activated.emit(1)
        cue.low.setValue(-1200)
        cue.high.setValue(400)
        cue.steps.setValue(17)
        cue.run.click()
        self.until(lambda: moving.sweep is not None and not moving.is_running)
        self.save(cue, "cue", (820, 560))
        cue.tabs.setCurrentWidget(cue.plane_plot)
        cue.run.click()
        self.until(lambda: moving.plane is not None and not moving.is_running)
        self.save(cue, "cue-plane", (820, 600))
        cue.close()

    def maximised(self) -> None:
        """/i/ from the mean of the tier."""
        maximise, maximising = self.window.explaining.maximise, self.window.explaining.maximising
        self.do("maximise.show")
        maximise.start_at.setCurrentIndex(maximise.start_at.findData("mean"))
        maximise.start_at.activated.emit(0)
        maximise.of.setCurrentIndex(maximise.of.findText("i"))
        maximise.run.click()
        self.until(lambda: maximising.study is not None and not maximising.is_running)
        self.save(maximise, "maximised", (1200, 770))
        maximise.close()

    def kernels(self) -> None:
        """Those of the model in use."""
        tools = self.window.corpus.filters
        self.do("filters.show")
        self.until(lambda: tools.filtering.kernels is not None)
        self.save(tools.window, "filters-kernels", (1180, 720))
        tools.window.close()

    def tokens(self) -> None:
        """The filters that follow F2 most."""
        tools = self.window.corpus.filters
        self.do("filters.show")
        tools.window.bring(tokens=True)
        tools.filtering.read(self.filters)
        self.until(lambda: tools.filtering.table is not None)
        self.rest()
        panel = tools.window.tokens
        panel.by.setCurrentIndex(panel.by.findData("within_f2_50_hz"))
        panel.by.activated.emit(panel.by.currentIndex())
        self.rest(3)
        self.save(tools.window, "filters-tokens", (1180, 720))
        tools.window.close()

    def browser(self) -> None:
        """The table, then the chart beside it, then the lens, on the held-out part."""
        from PySide6.QtCore import QItemSelectionModel

        corpus = self.window.corpus
        self.do("corpus.browse")
        corpus.browsing.read(self.explained)
        self.until(lambda: corpus.browsing.browsed is not None)
        self.rest()
        browser = corpus.browser
        browser.part.setCurrentIndex(browser.part.findData("test"))
        browser.part.activated.emit(browser.part.currentIndex())
        self.rest()
        browser.table.selectRow(2)
        self.rest(2)
        self.save(browser, "corpus-browser", (1040, 640))
        browser.by.setCurrentIndex(browser.by.findData("label"))
        browser.by.activated.emit(browser.by.currentIndex())
        browser.chart_shown.click()
        browser.resize(1400, 820)
        self.rest(2)
        chosen = browser.table.selectionModel()
        flags = QItemSelectionModel.SelectionFlag
        for row in range(6):
            chosen.select(browser.table.model().index(row, 0), flags.Select | flags.Rows)
        self.save(browser, "corpus-chart", (1400, 820))
        browser.lens.click()
        self.rest()
        counts = corpus.browsing.counts().copy()
        for k in range(len(counts)):
            counts[k, k] = 0
        row, column = divmod(int(counts.argmax()), len(counts))
        lens = browser.lens_window
        lens.matrix.setCurrentCell(row, column)
        lens.matrix.cellClicked.emit(row, column)
        self.rest(2)
        self.save(lens, "confusion-lens", (1080, 400))


def main() -> None:
    """Draw the pictures asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--explained", type=Path)
    parser.add_argument("--filters", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--theme", default="light")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as own:
        for name in ("CONFIG", "STATE", "CACHE"):
            os.environ[f"VOWELSCOPE_{name}_DIR"] = str(Path(own) / name.lower())
        pictures = Pictures(given.out, given.explained, given.filters)
        pictures.open(given.theme)
        wanted = ["ledger", "tuning", "methods", "cue", "maximised", "kernels"]
        wanted += ["tokens"] if given.filters else []
        wanted += ["browser"] if given.explained else []
        for name in given.only.split(",") if given.only else wanted:
            getattr(pictures, name)()
        pictures.window.session.undo_stack.setClean()
        pictures.window.bench.shutdown()


if __name__ == "__main__":
    main()
