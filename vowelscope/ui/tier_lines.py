"""Which boundaries of a long tier are seen: one a pixel, however many there are."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import numpy.typing as npt

from vowelscope.core.textgrid import IntervalTier

_KEPT_TIERS = 16

Doubles = npt.NDArray[np.float64]


class TierLines:
    """Ends of intervals as numbers in a row, made once for each state of a tier."""

    def __init__(self) -> None:
        # The tier is kept as well, so that no other can have its identity.
        self._known: OrderedDict[int, tuple[IntervalTier, Doubles | None]] = OrderedDict()

    def seen(
        self, tier: IntervalTier, start_s: float, stop_s: float, pixel_s: float, wide_s: float
    ) -> tuple[list[float], list[int]] | None:
        """What to draw of a part of a tier that has many intervals a pixel.

        Parameters
        ----------
        start_s, stop_s, pixel_s
            The part, and the length of a pixel, in seconds.
        wide_s
            Intervals longer than this have a label.

        Returns
        -------
        tuple or None
            Times of one boundary a pixel at most, and indices of the wide intervals. None where
            the tier has gaps or overlaps, or fewer intervals here than pixels: look at each then.
        """
        ends_s = self._ends(tier)
        if ends_s is None:
            return None
        first, last = np.searchsorted(ends_s, (start_s, stop_s))
        if last - first < (stop_s - start_s) / pixel_s:
            return None
        here_s = ends_s[first : last + 1]
        pixels = np.floor((here_s - start_s) / pixel_s)
        kept = here_s[np.flatnonzero(np.diff(pixels, prepend=-np.inf))]
        before_s = ends_s[first - 1] if first else tier.tmin_s
        wide = first + np.flatnonzero(np.diff(here_s, prepend=before_s) > wide_s)
        return kept.tolist(), wide.tolist()

    def _ends(self, tier: IntervalTier) -> Doubles | None:
        if id(tier) not in self._known:
            self._known[id(tier)] = tier, _ends_s(tier)
            while len(self._known) > _KEPT_TIERS:
                self._known.popitem(last=False)
        self._known.move_to_end(id(tier))
        return self._known[id(tier)][1]


def _ends_s(tier: IntervalTier) -> Doubles | None:
    """End of each interval in seconds; None unless they tile the tier in order."""
    count = len(tier.intervals)
    if not count:
        return None
    ends_s = np.fromiter((interval.tmax_s for interval in tier.intervals), np.float64, count)
    starts_s = np.fromiter((interval.tmin_s for interval in tier.intervals), np.float64, count)
    tiles = bool(np.all(starts_s[1:] == ends_s[:-1]) and np.all(ends_s >= starts_s))
    return ends_s if tiles else None
