"""Vowels whose formants are known: Praat's KlattGrid with moving formants and pitch.

They judge formant measurements. Five voices, from a child to a tall man, differ by the length of
the vocal tract (formants are inverse to it) and by pitch; steady vowels and glides begin and end
in the transitions of a consonant, and a little aspiration and noise lies under them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE_HZ = 44100
VOICES = {
    "child": (12.0, 290.0),
    "girl": (13.2, 250.0),
    "woman": (14.5, 205.0),
    "man": (16.5, 125.0),
    "tall man": (18.5, 95.0),
}
"""Length of the vocal tract in cm, and pitch in Hz."""

OTHER_VOICES = {
    "boy": (12.7, 270.0),
    "young woman": (13.9, 225.0),
    "alto": (15.3, 180.0),
    "tenor": (16.1, 145.0),
    "bass": (17.8, 85.0),
}
"""Five more, on which nothing was ever chosen."""

_TRACT_CM = 17.5
_FORMANTS_HZ = {
    "i": (285, 2290, 3010, 3550, 4500),
    "ɪ": (400, 1990, 2550, 3500, 4450),
    "ɛ": (550, 1840, 2480, 3500, 4480),
    "æ": (680, 1720, 2410, 3450, 4400),
    "ɑ": (730, 1090, 2440, 3400, 4400),
    "ɔ": (570, 840, 2410, 3350, 4350),
    "ʊ": (440, 1020, 2240, 3350, 4350),
    "u": (310, 900, 2240, 3300, 4300),
    "ʌ": (640, 1190, 2390, 3400, 4400),
    "ɝ": (490, 1350, 1690, 3300, 4300),
}
"""F1 to F5 for a tract of 17.5 cm; F1 to F3 after Peterson and Barney's (1952) men."""

_BANDWIDTHS_HZ = (60, 90, 140, 200, 260, 350, 350, 350)
VOWELS = (*_FORMANTS_HZ, "ɑi", "ɑu", "ɔi", "ɛi", "ɔu", "iu", "uɑ", "ɪɝ")
_KNOT_S = 0.005

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class KnownVowels:
    """One voice saying vowels in a row.

    Attributes
    ----------
    samples
        Mono, float64, at `RATE_HZ`.
    tokens
        (label, tmin_s, tmax_s) of each vowel.
    knots_s, formants_hz
        Times (m,) and F1 to F5 (m, 5); linear between, as the synthesiser reads them.
    """

    samples: Doubles
    tokens: tuple[tuple[str, float, float], ...]
    knots_s: Doubles
    formants_hz: Doubles

    def truth_hz(self, times_s: Doubles) -> Doubles:
        """F1 to F5 at these times, (n, 5)."""
        return np.array(
            [np.interp(times_s, self.knots_s, column) for column in self.formants_hz.T]
        ).T


def random_targets(seed: int, count: int = 12) -> dict[str, tuple[float, ...]]:
    """F1 to F5 of vowels of no table, by name: drawn evenly from the space of human vowels."""
    rng = np.random.default_rng([seed, count])
    targets: dict[str, tuple[float, ...]] = {}
    for name in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:count]:
        f1 = rng.uniform(280, 780)
        f2 = rng.uniform(max(f1 + 250, 750), 2350 - 0.9 * (f1 - 280))
        f3 = rng.uniform(max(f2 + 350, 1700), 3050)
        f4 = rng.uniform(max(f3 + 350, 3200), 3700)
        targets[name] = (f1, f2, f3, f4, rng.uniform(max(f4 + 600, 4250), 4650))
    return targets


def known_vowels(
    voice: str,
    seed: int = 0,
    vowels: Sequence[str] = VOWELS,
    targets: Mapping[str, Sequence[float]] = _FORMANTS_HZ,
) -> KnownVowels:
    """Let one of the voices say these vowels; two symbols are a glide from one to the other.

    `targets` has F1 to F5 in Hz of each symbol, for a tract of 17.5 cm.
    """
    import parselmouth

    call = parselmouth.praat.call
    voices = VOICES | OTHER_VOICES
    rng = np.random.default_rng([seed, list(voices).index(voice)])
    tract_cm, pitch_hz = voices[voice]
    scale = _TRACT_CM / tract_cm
    tokens, times, curves = [], [], []
    end_s = 0.2
    for label in vowels:
        start_s, stop_s = end_s, end_s + rng.uniform(0.11, 0.28)
        knots_s = np.arange(start_s - 0.03, stop_s + 0.03, _KNOT_S)
        times.append(knots_s)
        ends_hz = np.array(targets[label[0]]), np.array(targets[label[-1]])
        curves.append(_curves(ends_hz, (knots_s - start_s) / (stop_s - start_s), scale, rng))
        tokens.append((label, start_s, stop_s))
        end_s = stop_s + rng.uniform(0.07, 0.13)
    knots, formants = np.concatenate(times), np.concatenate(curves)
    grid = call("Create KlattGrid", voice, 0, end_s, 8, 0, 0, 0, 0, 0, 0)
    for number, width_hz in enumerate(_BANDWIDTHS_HZ, start=1):
        call(grid, "Add oral formant bandwidth point", number, 0.1, width_hz * scale**0.5)
        if number > 5:
            upper_hz = (number - 0.5) * 1000 * scale
            call(grid, "Add oral formant frequency point", number, 0.1, upper_hz)
            continue
        for time_s, value_hz in zip(knots, formants[:, number - 1], strict=True):
            call(grid, "Add oral formant frequency point", number, time_s, value_hz)
    for _, start_s, stop_s in tokens:
        high_hz = pitch_hz * rng.uniform(0.95, 1.15)
        call(grid, "Add pitch point", start_s, high_hz)
        call(grid, "Add pitch point", stop_s, high_hz * rng.uniform(0.75, 0.95))
        middle_s = (start_s + stop_s) / 2
        for time_s, level_db in (
            (start_s - 0.03, 0),
            (start_s - 0.005, 84),
            (middle_s, 90),
            (stop_s + 0.005, 82),
            (stop_s + 0.03, 0),
        ):
            call(grid, "Add voicing amplitude point", time_s, level_db)
    call(grid, "Add aspiration amplitude point", 0.1, rng.uniform(40, 50))
    # Praat's own noise: without this, one seed would give another sound each time.
    parselmouth.praat.run(f"random_initializeWithSeedUnsafelyButPredictably ({seed + 1})")
    samples = np.array(call(grid, "To Sound").values[0])
    samples = 0.5 * samples / np.abs(samples).max() + rng.normal(0, 3e-4, len(samples))
    return KnownVowels(samples, tuple(tokens), knots, formants)


def _curves(
    ends_hz: tuple[Doubles, Doubles], share: Doubles, scale: float, rng: np.random.Generator
) -> Doubles:
    """F1 to F5 over a vowel, (m, 5): target to target, with a consonant at each end."""
    first = ends_hz[0] * scale * rng.uniform(0.96, 1.04, 5)
    last = first
    if not np.array_equal(*ends_hz):
        last = ends_hz[1] * scale * rng.uniform(0.96, 1.04, 5)
    share = np.clip(share, 0.0, 1.0)
    turn = 0.5 - 0.5 * np.cos(np.pi * np.clip((share - 0.15) / 0.7, 0.0, 1.0))
    curves = first + (last - first) * turn[:, None]
    locus = np.array([300, rng.choice([1100, 1800, 2200]), 2500, 3450, 4450]) * scale
    before, after = rng.uniform(0.0, 0.35, 2)
    pull = before * np.exp(-share / 0.15) + after * np.exp(-(1.0 - share) / 0.15)
    out: Doubles = curves + (locus - curves) * pull[:, None]
    return out
