"""The strongest cells of a map: the fewest that hold a share of what speaks for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr

Bools = npt.NDArray[np.bool_]


def strongest_cells(
    values: npt.NDArray[np.floating],
    time_edges_s: npt.NDArray[np.float64],
    start_s: float,
    stop_s: float,
    share: float = 0.5,
) -> Bools:
    """The fewest cells that together hold `share` of the positive map between two times.

    Parameters
    ----------
    values
        A map in logits, (rows, columns).
    time_edges_s
        (columns + 1,) edges of its columns, in seconds.
    start_s, stop_s
        Only columns that reach into this stretch count.
    share
        0 to 1, of the sum of the positive cells that count.

    Returns
    -------
    numpy.ndarray
        bool (rows, columns); all False where no cell that counts is positive.

    Raises
    ------
    ConfigError
        A share out of range.
    """
    if not 0 < share <= 1:
        raise ConfigError(
            tr("share = {share:g}: must be above 0 and at most 1.").format(share=share)
        )
    inside = (time_edges_s[:-1] < stop_s) & (time_edges_s[1:] > start_s)
    positive = np.where(inside[None, :], np.maximum(values, 0.0), 0.0).astype(np.float64)
    chosen = np.zeros(positive.shape, dtype=np.bool_)
    total = float(positive.sum())
    if total <= 0:
        return chosen
    order = np.argsort(positive, axis=None)[::-1]
    reached = np.cumsum(positive.ravel()[order])
    # The sum of many may fall short of the total by its last bit.
    count = int(np.searchsorted(reached, share * total * (1 - 1e-12))) + 1
    chosen.ravel()[order[:count]] = True
    return chosen & (positive > 0)


def describe_cells(
    chosen: Bools,
    freq_edges_hz: npt.NDArray[np.float64],
    time_edges_s: npt.NDArray[np.float64],
) -> str:
    """Where chosen cells lie: ``1,143–2,286 Hz, 2 of 7 rows; 0.512–0.576 s; 3 of 49 cells``."""
    rows, columns = np.flatnonzero(chosen.any(axis=1)), np.flatnonzero(chosen.any(axis=0))
    bands = ", ".join(
        f"{freq_edges_hz[low]:,.0f}–{freq_edges_hz[high + 1]:,.0f}" for low, high in _runs(rows)
    )
    times = ", ".join(
        f"{time_edges_s[low]:.3f}–{time_edges_s[high + 1]:.3f}" for low, high in _runs(columns)
    )
    return (
        f"{bands} Hz, {len(rows)} of {len(chosen)} rows; {times} s; "
        f"{int(chosen.sum())} of {chosen.size} cells"
    )


def _runs(numbers: npt.NDArray[np.intp]) -> list[tuple[int, int]]:
    """First and last of each run of neighbours."""
    parts = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)
    return [(int(part[0]), int(part[-1])) for part in parts if len(part)]
