from __future__ import annotations

import numpy as np
import pytest

from vowelscope.core.errors import ConfigError
from vowelscope.explain.strongest import describe_cells, strongest_cells

EDGES_S = np.array([1.0, 1.1, 1.2, 1.3])
EDGES_HZ = np.array([0.0, 1000.0, 2000.0, 3000.0])
MAP = np.array([[4.0, -9.0, 1.0], [3.0, 2.0, 0.0], [-1.0, 0.0, 6.0]])


@pytest.mark.parametrize(
    ("share", "cells"),
    [
        (0.3, [(2, 2)]),
        (0.5, [(0, 0), (2, 2)]),
        (0.7, [(0, 0), (1, 0), (2, 2)]),
        (1.0, [(0, 0), (0, 2), (1, 0), (1, 1), (2, 2)]),
    ],
)
def test_the_fewest_cells_that_hold_the_share(share: float, cells: list[tuple[int, int]]) -> None:
    chosen = strongest_cells(MAP, EDGES_S, 0.0, 9.0, share)
    assert [tuple(cell) for cell in np.argwhere(chosen)] == cells
    held = MAP[chosen].sum() / 16
    assert held >= share - 1e-12
    if len(cells) > 1:
        assert held - MAP[chosen].min() / 16 < share, "one cell less would be too few"


def test_only_cells_that_are_played_count() -> None:
    chosen = strongest_cells(MAP, EDGES_S, 1.12, 1.18, 1.0)
    assert [tuple(cell) for cell in np.argwhere(chosen)] == [(1, 1)]
    assert strongest_cells(MAP, EDGES_S, 1.0, 1.1, 1.0).sum() == 2, "edges are shared, cells not"


def test_a_map_that_speaks_for_nothing_has_none() -> None:
    assert not strongest_cells(-np.abs(MAP), EDGES_S, 0.0, 9.0).any()
    assert not strongest_cells(MAP, EDGES_S, 5.0, 9.0).any()


def test_a_share_out_of_range_is_refused() -> None:
    for share in (0.0, 1.2, -1.0):
        with pytest.raises(ConfigError, match="must be above 0 and at most 1"):
            strongest_cells(MAP, EDGES_S, 0.0, 9.0, share)


def test_where_they_lie_is_said_with_runs_as_one() -> None:
    chosen = np.zeros((3, 3), dtype=bool)
    chosen[0, 0] = chosen[1, 0] = True
    assert describe_cells(chosen, EDGES_HZ, EDGES_S) == (
        "0–2,000 Hz, 2 of 3 rows; 1.000–1.100 s; 2 of 9 cells"
    )
    chosen[1, 0], chosen[2, 2] = False, True
    assert describe_cells(chosen, EDGES_HZ, EDGES_S) == (
        "0–1,000, 2,000–3,000 Hz, 2 of 3 rows; 1.000–1.100, 1.200–1.300 s; 2 of 9 cells"
    )
