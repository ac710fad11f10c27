from __future__ import annotations

from typing import Any

import numpy as np

from vowelscope.core.band_filter import Cells
from vowelscope.ui.heard_cells import outline

X = np.array([0.0, 1.0, 2.0, 3.0])
Y = np.array([0.0, 10.0, 20.0])


def _sides(chosen: np.ndarray) -> set[tuple[float, float, float, float]]:
    x, y = outline(chosen, X, Y)
    assert x.shape == y.shape
    return {(*x[at : at + 2], *y[at : at + 2]) for at in range(0, len(x), 2)}


def test_one_cell_has_four_sides() -> None:
    chosen = np.zeros((2, 3), dtype=bool)
    chosen[1, 2] = True
    assert _sides(chosen) == {(2, 2, 10, 20), (3, 3, 10, 20), (2, 3, 10, 10), (2, 3, 20, 20)}


def test_no_line_runs_between_two_that_are_chosen() -> None:
    chosen = np.zeros((2, 3), dtype=bool)
    chosen[0, :2] = True
    sides = _sides(chosen)
    assert (1, 1, 0, 10) not in sides
    assert len(sides) == 6
    assert _sides(np.zeros((2, 3), dtype=bool)) == set()


def test_cells_are_framed_in_the_window_until_another_map(desk: Any) -> None:
    tools = desk.window.playing
    line = tools.heard_cells.line
    chosen = np.zeros((2, 3), dtype=bool)
    chosen[1, 0] = True
    cells = Cells(np.array([0.0, 1000.0, 2000.0]), X / 10, chosen)
    tools.listening._set_cells(cells)
    assert line.isVisible()
    x, y = line.getData()
    assert (x.min(), x.max(), y.min(), y.max()) == (0.0, 0.1, 1000.0, 2000.0)
    desk.session.map_changed.emit()
    assert not line.isVisible()
