"""Bands that follow f0 and the formants in time, and how much of each cell of a map they cover.

A band is a track ± a half width. Where two would overlap they meet half way between the tracks. In
each column of the model input the frequencies fall into: below f0, the bands of f0 and F1 to F4,
what lies between two of them, and what lies above F4. Where a track is undefined nothing is made
up: the frequencies up to the next defined band belong to ``no track``. A track that does not lie
above the one below it (Praat's F1 under f0, say) counts as undefined in that column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics import (
    FormantSettings,
    FormantTrack,
    PitchSettings,
    PitchTrack,
    pitch,
    visible,
)
from vowelscope.core.acoustics_grid import value_at
from vowelscope.core.errors import AnalysisError, ConfigError
from vowelscope.core.hand_points import HandPoints
from vowelscope.core.measure_formants import FormantRoad, formant_track
from vowelscope.core.tokens import Token
from vowelscope.core.translation import tr

Doubles = npt.NDArray[np.float64]

TRACKS = ("f0", "F1", "F2", "F3", "F4")
FREQUENCY_BANDS = ("below f0", *TRACKS, "between", "above F4", "no track")
"""Bands of a column inside the token; their shares of its height add up to 1."""

_MARGIN_S = 0.05
"""Analysed beyond a token at both ends, so that its first and last column have frames around."""


@dataclass(frozen=True, slots=True)
class BandSettings:
    """How wide the bands are.

    Attributes
    ----------
    formant_half_hz, f0_half_hz
        Half widths in Hz, of F1 to F4 and of f0.

    Raises
    ------
    ConfigError
        A half width out of range.
    """

    formant_half_hz: float = 200.0
    f0_half_hz: float = 50.0

    def __post_init__(self) -> None:
        for what, value in (
            (tr("a formant"), self.formant_half_hz),
            ("f0", self.f0_half_hz),
        ):
            if not 1 <= value <= 5000:
                raise ConfigError(
                    tr(
                        "half width of the band of {what} = {value:g} Hz: must lie within "
                        "1-5,000 Hz."
                    ).format(what=what, value=value)
                )

    def half_widths_hz(self) -> Doubles:
        """(5,): that of f0, then of F1 to F4."""
        return np.array([self.f0_half_hz] + 4 * [self.formant_half_hz])


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Pitch and formants around one token; None where Praat cannot analyse the sound.

    Attributes
    ----------
    tmin_s, tmax_s
        The token.
    formant_track, pitch_track
        Frames that cover it.
    note
        Why there are none, in one sentence, or "".
    """

    tmin_s: float
    tmax_s: float
    formant_track: FormantTrack | None
    pitch_track: PitchTrack | None
    note: str = ""

    def at(self, times_s: Doubles) -> Doubles:
        """F0 and F1 to F4 at times, (n, 5) in Hz; NaN where unvoiced or where Praat has no dot."""
        out = np.full((len(times_s), len(TRACKS)), np.nan)
        heard = self.pitch_track
        if heard is not None and len(heard.times_s):
            first_s, step_s = float(heard.times_s[0]), heard.settings.step_s
            out[:, 0] = value_at(first_s, step_s, heard.f0_hz, times_s)
        found = self.formant_track
        if found is not None and len(found.times_s):
            first_s, step_s = float(found.times_s[0]), found.settings.step_s
            shown = np.where(visible(found)[:, None], found.freqs_hz, np.nan)[:, :4]
            out[:, 1 : 1 + shown.shape[1]] = value_at(first_s, step_s, shown, times_s)
        return out

    def relative(self, count: int) -> Doubles:
        """The tracks at `count` equal parts of the token, (count, 5) in Hz."""
        share = (np.arange(count) + 0.5) / count
        return self.at(self.tmin_s + share * (self.tmax_s - self.tmin_s))


def token_tracks(
    path: str | Path,
    spans: list[tuple[float, float]],
    channel: int | None = None,
    formant_settings: FormantSettings | None = None,
    pitch_settings: PitchSettings | None = None,
    hand: HandPoints | None = None,
) -> list[Tracks]:
    """Praat's pitch and formants of several tokens of one recording.

    Parameters
    ----------
    spans
        (tmin_s, tmax_s) of each token.
    channel
        0-based, or None for the mean of all.
    hand
        Formants that were set by hand, in the place of Praat's.

    Returns
    -------
    list of Tracks
        One for each span; a sound that Praat cannot analyse has a note instead of tracks.
    """
    road = FormantRoad(formant_settings or FormantSettings(), None, hand or HandPoints(), channel)
    tokens = [Token(Path(path), "", -1, *span, "") for span in spans]
    return road_tracks(tokens, road, pitch_settings)


def road_tracks(
    tokens: Sequence[Token], road: FormantRoad, pitch_settings: PitchSettings | None = None
) -> list[Tracks]:
    """Pitch and formants of tokens of one recording, each at its own formant ceiling.

    Parameters
    ----------
    road
        Everything that decides what the formants of a token are, points set by hand included.

    Returns
    -------
    list of Tracks
        One for each token, as `token_tracks`.
    """
    heard_with = pitch_settings or PitchSettings()
    return [_tracks(token, road, heard_with) for token in tokens]


def _tracks(token: Token, road: FormantRoad, pitch_settings: PitchSettings) -> Tracks:
    start_s, stop_s = token.tmin_s - _MARGIN_S, token.tmax_s + _MARGIN_S
    notes: list[str] = []
    found: FormantTrack | None = None
    heard: PitchTrack | None = None
    try:
        found, _ = formant_track(token, start_s, stop_s, road)
    except AnalysisError as error:
        notes.append(f"No formants: {error}")
    try:
        heard = pitch(token.recording, pitch_settings, start_s, stop_s, road.channel)
    except AnalysisError as error:
        notes.append(f"No f0: {error}")
    return Tracks(token.tmin_s, token.tmax_s, found, heard, " ".join(notes))


def band_edges_hz(tracks_hz: Doubles, settings: BandSettings) -> tuple[Doubles, Doubles]:
    """Lower and upper edges of the bands of f0 and F1 to F4, each (..., 5) in Hz.

    Parameters
    ----------
    tracks_hz
        (..., 5), NaN where undefined.

    Returns
    -------
    low, high : numpy.ndarray
        NaN where the track is undefined or does not lie above the one below it.
    """
    half = settings.half_widths_hz()
    low = np.full(tracks_hz.shape, np.nan)
    high = np.full(tracks_hz.shape, np.nan)
    below = np.zeros(tracks_hz.shape[:-1])  # the highest track so far, 0 Hz before the first
    last = np.full(tracks_hz.shape[:-1], -1)  # and which it is
    for at in range(len(TRACKS)):
        here = tracks_hz[..., at]
        good = here > below  # False for NaN
        middle = 0.5 * (here + below)
        low[..., at] = np.where(
            good, np.where(last < 0, np.maximum(here - half[at], 0.0), here - half[at]), np.nan
        )
        for other in range(at):
            meet = good & (last == other)
            overlap = meet & (high[..., other] > low[..., at])
            low[..., at] = np.where(overlap, np.maximum(low[..., at], middle), low[..., at])
            high[..., other] = np.where(
                overlap, np.minimum(high[..., other], low[..., at]), high[..., other]
            )
        high[..., at] = np.where(good, here + half[at], np.nan)
        below = np.where(good, here, below)
        last = np.where(good, at, last)
    return low, high


def band_shares(tracks_hz: Doubles, freq_edges_hz: Doubles, settings: BandSettings) -> Doubles:
    """Which share of each row of a map each band covers.

    Parameters
    ----------
    tracks_hz
        (..., 5): f0 and F1 to F4 in each column, NaN where undefined.
    freq_edges_hz
        (rows + 1,) edges of the map's rows.

    Returns
    -------
    numpy.ndarray
        (..., 9, rows) in the order of `FREQUENCY_BANDS`; the nine add up to 1.
    """
    low, high = band_edges_hz(tracks_hz, settings)
    edges = np.asarray(freq_edges_hz, dtype=np.float64)
    top_hz = float(edges[-1])
    shares = np.zeros((*tracks_hz.shape[:-1], len(FREQUENCY_BANDS), len(edges) - 1))
    shares[..., 0, :] = _cover(np.zeros(low.shape[:-1]), low[..., 0], edges)
    for at in range(len(TRACKS)):
        shares[..., 1 + at, :] = _cover(low[..., at], high[..., at], edges)
        if at:
            shares[..., 6, :] += _cover(high[..., at - 1], low[..., at], edges)
    shares[..., 7, :] = _cover(high[..., -1], np.full(low.shape[:-1], top_hz), edges)
    # The rest, so that nothing is lost or counted twice whatever the tracks are.
    shares[..., 8, :] = 1.0 - shares[..., :8, :].sum(axis=-2)
    return shares


def _cover(low_hz: Doubles, high_hz: Doubles, edges_hz: Doubles) -> Doubles:
    """Share of each row between `edges_hz` that lies within low-high, (..., rows); NaN covers 0."""
    overlap = np.minimum(high_hz[..., None], edges_hz[1:]) - np.maximum(
        low_hz[..., None], edges_hz[:-1]
    )
    shares: Doubles = np.where(overlap > 0, overlap, 0.0) / np.diff(edges_hz)
    return shares
