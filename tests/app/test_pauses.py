"""Python's collector and the interpreter's lock must not hold the window up."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from vowelscope.app.pauses import Pauses
from vowelscope.app.workbench import Workbench
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid


@pytest.fixture
def bench(qapp: Any, tmp_path: Path) -> Iterator[Workbench]:
    before_s = sys.getswitchinterval()
    bench = Workbench(tmp_path / "no-model", only_looks=True)
    yield bench
    bench.shutdown()
    sys.setswitchinterval(before_s)
    gc.unfreeze()


def test_a_large_textgrid_is_nothing_for_the_collector(
    bench: Workbench, qtbot: QtBot, tone_wav: Any
) -> None:
    wav = tone_wav(duration_s=1.0)
    intervals = tuple(Interval(i / 50_000, (i + 1) / 50_000, str(i)) for i in range(50_000))
    grid = TextGrid(0.0, 1.0, (IntervalTier("phones", 0.0, 1.0, intervals),))
    write_textgrid(wav.with_suffix(".TextGrid"), grid)
    Pauses(bench)
    assert sys.getswitchinterval() == pytest.approx(0.001)
    with qtbot.waitSignal(bench.opened, timeout=20_000):
        bench.open(wav)
    assert bench.session.textgrid == grid
    assert len(gc.get_objects()) < 20_000, "a full collection has little to look at"
