"""One cue of a vowel moved, everything else kept: a formant, f0, duration or level, through Praat.

Formants: Praat's source-filter method. The sound below the formant ceiling is taken apart into a
filter (LPC, Burg) and what the inverse filter leaves of it; the formants become a FormantGrid, in
which one is moved, and that filters the source again. What lies above the ceiling stays as it was.
f0 and duration: Praat's overlap-add (PSOLA). Level: a factor; all others keep the token's RMS.

Source: Praat manual, "Source-filter synthesis 4. Using existing sounds", "Intro 8.1. Manipulation
of pitch", "Intro 8.2. Manipulation of duration".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics_settings import FormantSettings, PitchSettings
from vowelscope.core.errors import AnalysisError, ConfigError
from vowelscope.core.features import Floats, Source
from vowelscope.core.translation import tr

Doubles = npt.NDArray[np.float64]
Cue = Literal["F1", "F2", "F3", "f0", "duration", "level"]

CUE_UNITS: dict[Cue, str] = {
    "F1": "Hz",
    "F2": "Hz",
    "F3": "Hz",
    "f0": "semitones",
    "duration": "%",
    "level": "dB",
}
"""What an amount is counted in; 0 is the token as it is."""

CUE_LIMITS: dict[Cue, float] = {
    "F1": 1000.0,
    "F2": 2000.0,
    "F3": 2000.0,
    "f0": 24.0,
    "duration": 200.0,
    "level": 40.0,
}
"""Amounts of a larger magnitude are refused; a duration never falls below 25 %."""

_SHORTEST = -75.0
_FADE_S = 0.005
_MARGIN_S = 0.3
_APART_HZ = 60.0
"""A moved formant stays this far from its neighbours and from 0 Hz."""
_PRE_EMPHASIS_HZ = 50.0
_LEAST_S = 0.03


@dataclass(slots=True, eq=False)
class Piece:
    """A token with what stands around it, as samples in memory; a `Source` of its own time.

    Attributes
    ----------
    samples
        float32 (frames,).
    rate_hz
        Samples a second.
    tmin_s, tmax_s
        The token, from the first sample on.
    offset_s
        Where the first sample stood in the recording.
    """

    samples: Floats
    rate_hz: int
    tmin_s: float
    tmax_s: float
    offset_s: float = 0.0

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate_hz

    def read(self, start_s: float, stop_s: float, channel: int | None = None) -> Floats:
        """Samples between two times, clipped to what there is; there is one channel."""
        del channel
        start = min(max(round(start_s * self.rate_hz), 0), len(self.samples))
        stop = min(max(round(stop_s * self.rate_hz), start), len(self.samples))
        return self.samples[start:stop]


def piece_of(
    source: Source, tmin_s: float, tmax_s: float, around_s: float, channel: int | None = None
) -> Piece:
    """Cut a token out of a recording, with `around_s` seconds on both sides and a margin.

    Raises
    ------
    AnalysisError
        The token is shorter than 30 ms.
    """
    if tmax_s - tmin_s < _LEAST_S:
        raise AnalysisError(
            tr(
                "the token lasts {token_ms:.0f} ms; a cue is moved in tokens of "
                "{least_ms:.0f} ms and longer."
            ).format(token_ms=1000 * (tmax_s - tmin_s), least_ms=1000 * _LEAST_S)
        )
    start_s = max(tmin_s - around_s - _MARGIN_S, 0.0)
    stop_s = min(tmax_s + around_s + _MARGIN_S, source.duration_s)
    first = round(start_s * source.rate_hz)
    offset_s = first / source.rate_hz
    samples = np.asarray(source.read(offset_s, stop_s, channel), dtype=np.float32)
    if samples.ndim > 1:
        samples = samples.mean(axis=1)
    return Piece(samples, source.rate_hz, tmin_s - offset_s, tmax_s - offset_s, offset_s)


def moved(
    piece: Piece,
    amounts: Mapping[Cue, float],
    formant: FormantSettings | None = None,
    pitch: PitchSettings | None = None,
) -> Piece:
    """The same piece with cues of its token moved.

    Parameters
    ----------
    amounts
        For each cue, by how much, in `CUE_UNITS`. Formants that are named are resynthesised even
        where the amount is 0: the control of what resynthesis itself does.
    formant
        Ceiling and number of formants of the analysis.
    pitch
        The range in which f0 is looked for.

    Raises
    ------
    ConfigError
        There is no such cue, or the amount is out of range.
    AnalysisError
        Praat cannot analyse the token, or a formant would cross its neighbour.
    """
    formant, pitch = formant or FormantSettings(), pitch or PitchSettings()
    for cue, amount in amounts.items():
        _check(cue, amount)
    shifts = {int(cue[1]): amounts[cue] for cue in ("F1", "F2", "F3") if cue in amounts}
    if shifts:
        piece = _with_formants(piece, shifts, formant)
    if "f0" in amounts or "duration" in amounts:
        semitones, percent = amounts.get("f0", 0.0), amounts.get("duration", 0.0)
        piece = _overlap_added(piece, semitones, percent, pitch)
    if amounts.get("level", 0.0):
        gain = 10.0 ** (amounts["level"] / 20.0)
        piece = _put(piece, piece.samples * np.float32(gain))
    return piece


def _check(cue: str, amount: float) -> None:
    if cue not in CUE_UNITS:
        raise ConfigError(
            tr("no cue {cue!r}; there are {names}.").format(cue=cue, names=", ".join(CUE_UNITS))
        )
    limit = CUE_LIMITS[cue]
    low = max(-limit, _SHORTEST) if cue == "duration" else -limit
    if not low <= amount <= limit:
        raise ConfigError(
            tr("{cue} by {amount:+g} {unit}: must lie within {low:g} to {limit:+g} {unit}.").format(
                cue=cue, amount=amount, unit=CUE_UNITS[cue], low=low, limit=limit
            )
        )


def _with_formants(piece: Piece, shifts: Mapping[int, float], formant: FormantSettings) -> Piece:
    import parselmouth
    from parselmouth.praat import call

    sound = parselmouth.Sound(piece.samples.astype(np.float64), piece.rate_hz)
    rate_hz = 2.0 * formant.ceiling_hz
    low = call(sound, "Resample", rate_hz, 50) if rate_hz < piece.rate_hz else sound.copy()
    poles = round(2 * formant.max_formants)
    lpc = call(low, "To LPC (burg)", poles, formant.window_s, 0.005, _PRE_EMPHASIS_HZ)
    source = call([low, lpc], "Filter (inverse)")
    found = call(lpc, "To Formant")
    _refuse_crossing(found, piece, shifts)
    grid = call(found, "Down to FormantGrid")
    for number, shift_hz in shifts.items():
        moved_to = f"if row = {number} then self + ({shift_hz}) else self fi"
        call(grid, "Formula (frequencies)", moved_to)
    made = call([source, grid], "Filter (no scale)")
    if rate_hz >= piece.rate_hz:
        return _put(piece, _as_loud(piece, _fitted(made, len(piece.samples)), piece.samples))
    back, kept = (
        _fitted(call(one, "Resample", piece.rate_hz, 50), len(piece.samples)) for one in (made, low)
    )
    return _put(piece, _as_loud(piece, back, kept) + (piece.samples - kept))


def _refuse_crossing(found: Any, piece: Piece, shifts: Mapping[int, float]) -> None:
    """A formant that is moved past its neighbour would be another formant."""
    from parselmouth.praat import call

    middles = []
    for number in range(1, 6):
        value = call(found, "Get mean", number, piece.tmin_s, piece.tmax_s, "hertz")
        middles.append(float(value) + shifts.get(number, 0.0))
    for number in shifts:
        here = middles[number - 1]
        if np.isnan(here):
            raise AnalysisError(
                tr("the token has no F{number} below the ceiling.").format(number=number)
            )
        below = 0.0 if number == 1 else middles[number - 2]
        above = middles[number]
        if here - below < _APART_HZ or above - here < _APART_HZ:
            raise AnalysisError(
                tr(
                    "F{number} cannot be moved by {amount:+g} Hz: it would lie at "
                    "{here:,.0f} Hz, beside or beyond its neighbour."
                ).format(number=number, amount=shifts[number], here=here)
            )


def _overlap_added(piece: Piece, semitones: float, percent: float, pitch: PitchSettings) -> Piece:
    import parselmouth
    from parselmouth.praat import call

    sound = parselmouth.Sound(piece.samples.astype(np.float64), piece.rate_hz)
    edited = call(sound, "To Manipulation", 0.01, pitch.floor_hz, pitch.ceiling_hz)
    start_s, stop_s = piece.tmin_s, piece.tmax_s
    if semitones:
        tier = call(edited, "Extract pitch tier")
        factor = 2.0 ** (semitones / 12.0)
        call(tier, "Multiply frequencies", start_s, stop_s, factor)
        call([tier, edited], "Replace pitch tier")
    factor = 1.0 + percent / 100.0
    if percent:
        tier = call(edited, "Extract duration tier")
        tiny_s = 1e-4
        for time_s, value in (
            (start_s - tiny_s, 1.0),
            (start_s, factor),
            (stop_s, factor),
            (stop_s + tiny_s, 1.0),
        ):
            call(tier, "Add point", time_s, value)
        call([tier, edited], "Replace duration tier")
    made = np.asarray(call(edited, "Get resynthesis (overlap-add)").values[0], dtype=np.float32)
    if not percent:
        pitched = _padded(made, len(piece.samples))
        return _put(piece, _as_loud(piece, pitched, piece.samples))
    # Beside the token the sound is the recording's own, shifted by what the token grew.
    token_s = (stop_s - start_s) * factor
    longer = replace(piece, samples=made, tmax_s=start_s + token_s)
    tail = piece.samples[round(stop_s * piece.rate_hz) :]
    head = piece.samples[: round(start_s * piece.rate_hz)]
    middle = np.zeros(round(token_s * piece.rate_hz), dtype=np.float32)
    around = np.concatenate([head, middle, tail])
    return _put(replace(longer, samples=around), _padded(made, len(around)))


def _as_loud(piece: Piece, changed: npt.NDArray[Any], as_in: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Scaled so that its token has the RMS of the other's: level is a cue of its own."""
    token = slice(round(piece.tmin_s * piece.rate_hz), round(piece.tmax_s * piece.rate_hz))
    was, now = (float(np.sqrt(np.mean(np.square(x[token])))) for x in (as_in, changed))
    return changed * (was / now) if now > 0 else changed


def _put(piece: Piece, changed: npt.NDArray[Any]) -> Piece:
    """The piece with its token taken from `changed`, faded in and out within the token."""
    times_s = np.arange(len(piece.samples)) / piece.rate_hz
    fade_s = min(_FADE_S, 0.25 * (piece.tmax_s - piece.tmin_s))
    rise = np.clip((times_s - piece.tmin_s) / fade_s, 0.0, 1.0)
    fall = np.clip((piece.tmax_s - times_s) / fade_s, 0.0, 1.0)
    share = np.sin(0.5 * np.pi * np.minimum(rise, fall)) ** 2
    mixed = (1.0 - share) * piece.samples + share * changed
    return replace(piece, samples=mixed.astype(np.float32))


def _fitted(sound: Any, count: int) -> Doubles:
    return _padded(np.asarray(sound.values[0], dtype=np.float64), count)


def _padded(values: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    """The first `count` values; zeros where there are fewer."""
    return np.pad(values[:count], (0, max(count - len(values), 0)))


def measured_hz(piece: Piece, formant: FormantSettings | None = None) -> Doubles:
    """Mean F1 to F4 of the middle half of the token by Praat, (4,) in Hz; NaN where undefined."""
    import parselmouth
    from parselmouth.praat import call

    formant = formant or FormantSettings()
    sound = parselmouth.Sound(piece.samples.astype(np.float64), piece.rate_hz)
    arguments = (0.0, formant.max_formants, formant.ceiling_hz, formant.window_s, _PRE_EMPHASIS_HZ)
    found = call(sound, "To Formant (burg)", *arguments)
    margin_s = 0.25 * (piece.tmax_s - piece.tmin_s)
    span = (piece.tmin_s + margin_s, piece.tmax_s - margin_s)
    return np.array([float(call(found, "Get mean", n, *span, "hertz")) for n in range(1, 5)])
