"""One number for where a map lies: the mean frequency of what speaks for a class."""

from __future__ import annotations

import numpy as np

from vowelscope.explain.base import Explanation


def cam_centroid_hz(explanation: Explanation, of: str | None = None) -> float | None:
    """Mean frequency of a class's map, each cell weighted by how much it speaks for the class.

    Cells that speak against the class do not count. It can be no finer than the cells are
    (`Explanation.cell_hz`).

    Parameters
    ----------
    of
        The class; None for the predicted one.

    Returns
    -------
    float or None
        Hz; None where no cell speaks for the class.

    Raises
    ------
    ConfigError
        The model has no such class.
    """
    cells = explanation.map_of(of or explanation.predicted).astype(np.float64)
    for_it = np.maximum(cells, 0.0).sum(axis=1)
    edges_hz = explanation.freq_edges_hz
    heights_hz = np.diff(edges_hz)
    weights = for_it * heights_hz
    if not weights.sum() > 0:
        return None
    centres_hz = edges_hz[:-1] + 0.5 * heights_hz
    return float((weights * centres_hz).sum() / weights.sum())
