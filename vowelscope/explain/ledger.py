"""The formant ledger: a logit split exactly over bands that follow f0 and the formants.

A map's mean plus the bias is the logit, so each cell gives its value over the number of cells. That
is spread evenly over the cell's area and added up by band (`vowelscope.explain.bands`); the columns
outside the token are ``context``, those outside the recording ``padding``. The rows add up to the
logit whatever the tracks are. How far a row may be believed is said beside it: whether the map can
resolve it at all, and its place among the values that wrong tracks give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import said, tr
from vowelscope.explain.bands import (
    FREQUENCY_BANDS,
    TRACKS,
    BandSettings,
    Tracks,
    band_edges_hz,
    band_shares,
)
from vowelscope.explain.base import Explanation

Doubles = npt.NDArray[np.float64]

ROWS = (*FREQUENCY_BANDS, "context", "padding", "bias")
NULL_DRAWS = 100
"""At most this many time shifts, and at most as many tracks of other tokens."""
LEAST_DRAWS = 10
"""With fewer there is no place against chance."""

_TESTED = len(FREQUENCY_BANDS) - 1
"""Rows that have a place: all bands of frequency but ``no track``."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row.

    Attributes
    ----------
    name
        One of `ROWS`.
    logits
        What it gave to the logit, or to the contrast.
    area
        Its share of the map's area: what it would give if the map were flat, as a share. None for
        the bias.
    place_swapped
        Its place among the values under the tracks of other tokens, 0-1 (0.5: the middle): near 1
        where more speaks for the class at this token's formants than at those of others. None
        for rows that tracks do not decide, or without enough tokens.
    place_shifted
        The same among time shifts of the token's own tracks: near 1 where the map follows them in
        time. Steady tracks give 0.5 whatever the map.
    resolvable
        Whether the map can tell this row from its neighbours; None where the row is empty or the
        question does not arise.
    note
        Why not, in words; made by `vowelscope.core.translation.said`.
    """

    name: str
    logits: float
    area: float | None
    place_swapped: float | None
    place_shifted: float | None
    resolvable: bool | None
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """The ledgers of all classes of one token; made by `make_ledger`.

    Attributes
    ----------
    classes
        In the order of the logits.
    parts
        (k, 12) logits by class and row of `ROWS`; each line adds up to the class's logit.
    areas
        (11,) shares of the map's area, without the bias.
    shifted, swapped
        (draws, k, 8): the first rows under time shifts of the token's own tracks, and under the
        tracks of other tokens.
    resolvable, notes
        By row; see `LedgerRow`.
    settings
        How wide the bands are.
    cell_hz
        Height of a cell in Hz.
    """

    classes: tuple[str, ...]
    parts: Doubles
    areas: Doubles
    shifted: Doubles
    swapped: Doubles
    resolvable: tuple[bool | None, ...]
    notes: tuple[str, ...]
    settings: BandSettings
    cell_hz: float

    def parts_of(self, of: str, against: str | None = None) -> Doubles:
        """The rows of a class, or of its contrast with another, (12,) in logits.

        Raises
        ------
        ConfigError
            There is no such class.
        """
        parts: Doubles = self.parts[self._index(of)]
        if against is not None:
            parts = parts - self.parts[self._index(against)]
        return parts

    def places_of(
        self, null: Doubles, of: str, against: str | None = None
    ) -> tuple[float | None, ...]:
        """The place of each row among the draws of `shifted` or `swapped`, 0-1.

        Middle ranks, the row itself counted as one of the draws; None without a place.
        """
        none: list[float | None] = [None] * len(ROWS)
        if len(null) < LEAST_DRAWS:
            return tuple(none)
        parts, drawn = self.parts_of(of, against), null[:, self._index(of)]
        if against is not None:
            drawn = drawn - null[:, self._index(against)]
        # Wrong tracks that give the same bands give the same value but for rounding.
        same = 1e-9 * max(float(np.abs(self.parts).sum()), 1e-300)
        for row in range(_TESTED):
            if self.areas[row] > 0:
                below = float((drawn[:, row] < parts[row] - same).sum())
                equal = float((np.abs(drawn[:, row] - parts[row]) <= same).sum())
                none[row] = (below + 0.5 * equal + 0.5) / (len(drawn) + 1)
        return tuple(none)

    def rows(self, of: str, against: str | None = None) -> tuple[LedgerRow, ...]:
        """The ledger of a class's logit, or of a contrast, from below f0 to the bias."""
        parts = self.parts_of(of, against)
        swapped = self.places_of(self.swapped, of, against)
        shifted = self.places_of(self.shifted, of, against)
        return tuple(
            LedgerRow(
                name=name,
                logits=float(parts[at]),
                area=float(self.areas[at]) if at < len(self.areas) else None,
                place_swapped=swapped[at],
                place_shifted=shifted[at],
                resolvable=self.resolvable[at],
                note=self.notes[at],
            )
            for at, name in enumerate(ROWS)
        )

    @property
    def null_words(self) -> str:
        """What the places are measured against, in words."""
        words = []
        for what, null in (
            ("tracks of other tokens", self.swapped),
            ("time shifts of the token's own", self.shifted),
        ):
            few = "" if len(null) >= LEAST_DRAWS else ", too few for a place"
            words.append(f"{len(null)} {what}{few}")
        return f"Places against chance: among {words[0]}; among {words[1]}."

    def _index(self, name: str) -> int:
        if name not in self.classes:
            raise ConfigError(
                tr("there is no class {name!r}; there are {names}.").format(
                    name=name, names=", ".join(self.classes)
                )
            )
        return self.classes.index(name)


def make_ledger(
    explanation: Explanation,
    tracks: Tracks,
    settings: BandSettings | None = None,
    others: Sequence[Tracks] = (),
    duration_s: float | None = None,
) -> Ledger:
    """Split every class's logit over the bands.

    Parameters
    ----------
    explanation
        Of a method whose maps add up to the logit, such as ``cam``.
    tracks
        F0 and formants of the same token.
    others
        Tracks of other tokens, for the null; each is stretched to this token's length.
    duration_s
        Length of the recording; columns beyond it, or before 0, are ``padding``. None: unknown,
        and they are ``context``.
    """
    settings = settings or BandSettings()
    seen = explanation.input.time_edges_s
    centres_s = 0.5 * (seen[1:] + seen[:-1])
    inside = (centres_s >= explanation.tmin_s) & (centres_s < explanation.tmax_s)
    beyond = centres_s < 0
    if duration_s is not None:
        beyond |= centres_s >= duration_s
    inside &= ~beyond
    column_of, weight = _columns(explanation, centres_s)
    # What a column gives if one band covered it all: (k, rows, columns).
    gives = explanation.maps.astype(np.float64)[:, :, column_of] * weight
    outside = [~inside & ~beyond, beyond]

    own = tracks.at(centres_s[inside])
    shares = band_shares(own, explanation.freq_edges_hz, settings)
    parts = np.concatenate(
        [
            np.einsum("jbr,krj->kb", shares, gives[:, :, inside]),
            *[gives[:, :, part].sum(axis=(1, 2))[:, None] for part in outside],
            explanation.bias.astype(np.float64)[:, None],
        ],
        axis=1,
    )
    heights = np.diff(explanation.freq_edges_hz) / explanation.freq_edges_hz[-1]
    areas = np.concatenate(
        [
            np.einsum("jbr,r,j->b", shares, heights, weight[inside]),
            [float(weight[part].sum()) for part in outside],
        ]
    ) / float(weight.sum())
    shifted, swapped = (
        np.einsum(
            "sjbr,krj->skb",
            band_shares(wrong, explanation.freq_edges_hz, settings)[:, :, :_TESTED],
            gives[:, :, inside],
        )
        for wrong in _wrong_tracks(own, others)
    )
    resolvable, notes = _resolution(explanation, own, settings, areas)
    return Ledger(
        classes=explanation.classes,
        parts=parts,
        areas=areas,
        shifted=shifted,
        swapped=swapped,
        resolvable=resolvable,
        notes=notes,
        settings=settings,
        cell_hz=explanation.cell_hz,
    )


def _columns(explanation: Explanation, centres_s: Doubles) -> tuple[npt.NDArray[np.int64], Doubles]:
    """The cell of each column of the input, and the column's part of the mean of all cells."""
    rows, cols = explanation.maps.shape[1:]
    at = np.searchsorted(explanation.time_edges_s, centres_s, side="right") - 1
    at = np.clip(at, 0, cols - 1)
    counts = np.bincount(at, minlength=cols)
    return at, 1.0 / (counts[at] * rows * cols)


def _wrong_tracks(own: Doubles, others: Sequence[Tracks]) -> tuple[Doubles, Doubles]:
    """Tracks that are not this token's at this time: (shifts, m, 5) and (swaps, m, 5)."""
    count = len(own)
    steps = np.unique(np.linspace(1, count - 1, min(NULL_DRAWS, max(count - 1, 0))).astype(int))
    if not np.isfinite(own).any():
        steps = steps[:0]
    shifted = np.array([np.roll(own, int(step), axis=0) for step in steps])
    swapped = np.array([other.relative(count) for other in others[:NULL_DRAWS] if count])
    return (
        shifted.reshape(len(steps), count, len(TRACKS)),
        swapped.reshape(-1, count, len(TRACKS)),
    )


def _resolution(
    explanation: Explanation, own: Doubles, settings: BandSettings, areas: Doubles
) -> tuple[tuple[bool | None, ...], tuple[str, ...]]:
    """Whether each row can be told apart on this map, and why not."""
    cell_hz, cell_ms = explanation.cell_hz, 1000 * explanation.cell_s
    top_hz = float(explanation.freq_edges_hz[-1])
    low, high = band_edges_hz(own, settings)
    good: list[bool | None] = []
    notes: list[str] = []
    for at, name in enumerate(ROWS):
        reasons: list[str] = []
        if name == "bias":
            good.append(None)
            notes.append("")
            continue
        if areas[at] <= 0:
            good.append(None)
            notes.append(_why_empty(name, own, top_hz))
            continue
        if name in TRACKS:
            reasons += _too_close(TRACKS.index(name), own, cell_hz)
        height_hz = _height_hz(name, low, high, top_hz)
        if height_hz is not None and height_hz < cell_hz:
            reasons.append(said("the band is {height_hz:,.0f} Hz high", height_hz=height_hz))
        if name in ("context", "padding"):
            width_ms = 1000 * _widest_s(explanation)
            if width_ms < cell_ms:
                notes.append(
                    said(
                        "not resolvable: {width_ms:.0f} ms at most, a cell is {cell_ms:.0f}"
                        " ms wide",
                        width_ms=width_ms,
                        cell_ms=cell_ms,
                    )
                )
                good.append(False)
                continue
        if name == "no track":
            good.append(None)
            notes.append(said("frames where Praat has no f0 or formant to go by"))
            continue
        good.append(not reasons)
        notes.append(
            said(
                "not resolvable: {reasons}, a cell is {cell_hz:,.0f} Hz tall",
                reasons=tuple(reasons),
                cell_hz=cell_hz,
            )
            if reasons
            else ""
        )
    return tuple(good), tuple(notes)


def _why_empty(name: str, own: Doubles, top_hz: float) -> str:
    if name in TRACKS:
        values = own[:, TRACKS.index(name)]
        if not np.isfinite(values).any():
            return said("undefined in the whole token")
        if float(np.nanmin(values)) > top_hz:
            return said("above the model's range of 0-{top_hz:,.0f} Hz", top_hz=top_hz)
        return said("never above the track below it")
    return ""


def _too_close(at: int, own: Doubles, cell_hz: float) -> list[str]:
    """The neighbouring tracks that lie closer than a cell is tall."""
    found: list[str] = []
    for other in (at - 1, at + 1):
        if 0 <= other < len(TRACKS):
            apart = np.abs(own[:, at] - own[:, other])
            if np.isfinite(apart).any() and (apart_hz := float(np.nanmedian(apart))) < cell_hz:
                found.append(
                    said(
                        "{track} lies {apart_hz:,.0f} Hz away",
                        track=TRACKS[other],
                        apart_hz=apart_hz,
                    )
                )
    return found


def _height_hz(name: str, low: Doubles, high: Doubles, top_hz: float) -> float | None:
    """Median height of a band in Hz; of ``between``, that of the widest gap; None without one."""
    if name in TRACKS:
        heights = high[:, TRACKS.index(name)] - low[:, TRACKS.index(name)]
    elif name == "below f0":
        heights = low[:, 0]
    elif name == "above F4":
        heights = top_hz - high[:, -1]
    elif name == "between":
        gaps = low[:, 1:] - high[:, :-1]
        held = [float(np.nanmedian(gap)) for gap in gaps.T if np.isfinite(gap).any()]
        return max(held) if held else None
    else:
        return None
    return float(np.nanmedian(heights)) if np.isfinite(heights).any() else None


def _widest_s(explanation: Explanation) -> float:
    """The longer of the stretches before and after the token, in seconds."""
    edges_s = explanation.input.time_edges_s
    before = explanation.tmin_s - float(edges_s[0])
    after = float(edges_s[-1]) - explanation.tmax_s
    return max(before, after, 0.0)
