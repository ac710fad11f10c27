"""What simple measurements make of the same tokens: the baselines beside a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics import intensity, pitch, vowel_formants
from vowelscope.core.acoustics_grid import mean_over
from vowelscope.core.errors import AnalysisError
from vowelscope.explain.discriminant import Kind, discriminate
from vowelscope_training.data import TokenSet

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]

COLUMNS = (
    *(f"f{n}_{at}_hz" for at in (20, 50, 80) for n in (1, 2, 3)),
    "f0_hz",
    "voiced",
    "log_duration",
    "intensity_db",
)
"""F1-F3 at 20, 50 and 80 %; mean f0; share of voiced frames; log of the duration in s; mean
intensity."""

_FORMANTS = tuple(range(9))
_F0, _VOICED, _DURATION, _INTENSITY = 9, 10, 11, 12
_ALL = (*_FORMANTS, _F0, _DURATION)

BASELINES: dict[str, tuple[Kind, tuple[int, ...]]] = {
    "LDA on F1-F3": ("lda", _FORMANTS),
    "QDA on F1-F3": ("qda", _FORMANTS),
    "LDA on F1-F3, f0, duration": ("lda", _ALL),
    "QDA on F1-F3, f0, duration": ("qda", _ALL),
    "voiced frames alone": ("one", (_VOICED,)),
    "duration alone": ("one", (_DURATION,)),
    "intensity alone": ("one", (_INTENSITY,)),
    "shuffled labels": ("qda", _ALL),
}
"""Name -> kind of classifier (linear or quadratic discriminant analysis, or a normal distribution
of one measurement) and the columns that it reads. For ``shuffled labels`` the training labels are
permuted: what is left of a score then is chance."""

Progress = Callable[[int, int], None]


def measure(tokens: TokenSet, index: Ints, progress: Progress | None = None) -> Doubles:
    """Measure tokens in Praat, with its standard settings and a formant ceiling of 5,500 Hz.

    Returns
    -------
    numpy.ndarray
        (n, 13), the columns of `COLUMNS`; NaN where Praat says undefined.
    """
    values = np.full((len(index), len(COLUMNS)), np.nan)
    by_recording: dict[str, list[int]] = {}
    for at, token in enumerate(index):
        by_recording.setdefault(tokens.rows[token]["recording"], []).append(at)
    for done, (path, places) in enumerate(by_recording.items(), start=1):
        rows = [tokens.rows[index[at]] for at in places]
        spans = [(row["tmin_s"], row["tmax_s"]) for row in rows]
        values[places, :9] = vowel_formants(path, spans, count=3).reshape(len(places), 9)
        values[places, 9:] = _rest(Path(path), spans)
        if progress is not None:
            progress(done, len(by_recording))
    return values


def _rest(path: Path, spans: list[tuple[float, float]]) -> Doubles:
    """F0, share of voiced frames, log duration and intensity of each span, (n, 4)."""
    values = np.full((len(spans), 4), np.nan)
    values[:, 2] = [np.log(stop_s - start_s) for start_s, stop_s in spans]
    try:
        voice, level = pitch(path), intensity(path)
    except AnalysisError:
        # Too short for either: the recording has no such values.
        return values
    step_s = voice.settings.step_s
    energy = 10.0 ** (level.level_db / 10.0)
    for at, (start_s, stop_s) in enumerate(spans):
        inside = (voice.times_s >= start_s) & (voice.times_s <= stop_s)
        if inside.any():
            values[at, 1] = float(np.isfinite(voice.f0_hz[inside]).mean())
        values[at, 0] = mean_over(float(voice.times_s[0]), step_s, voice.f0_hz, start_s, stop_s)
        mean = mean_over(float(level.times_s[0]), level.settings.step_s, energy, start_s, stop_s)
        values[at, 3] = 10 * np.log10(mean) if mean > 0 else np.nan
    return values


def fitted(name: str, train: Doubles, y: Ints, test: Doubles, seed: int = 0) -> Ints:
    """Fit one of `BASELINES` and give its predictions for `test`.

    A value that Praat does not give is replaced by the mean of the training tokens; columns are
    brought to unit variance.

    Parameters
    ----------
    train, test
        (n, 13) from `measure`.
    y
        Labels of `train`.
    """
    kind, columns = BASELINES[name]
    known, asked = train[:, columns], test[:, columns]
    if name == "shuffled labels":
        y = np.random.default_rng(seed).permutation(y)
    return discriminate(known, y, asked, kind)


def predictions(
    tokens: TokenSet, train: Ints, test: Ints, progress: Progress | None = None
) -> dict[str, Ints]:
    """The predictions of every baseline for the tokens `test`, fitted on `train`."""
    measured = measure(tokens, np.concatenate([train, test]), progress)
    known, asked = measured[: len(train)], measured[len(train) :]
    return {name: fitted(name, known, tokens.y[train], asked) for name in BASELINES}
