"""An explanation as one line of JSON, with Praat's formants of the same token beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics import FormantTrack, visible
from vowelscope.core.acoustics_grid import mean_over
from vowelscope.core.errors import AnalysisError
from vowelscope.core.measure_ceilings import TokenCeiling
from vowelscope.core.measure_formants import FormantRoad, formant_track
from vowelscope.core.tokens import Token
from vowelscope.explain.base import Explanation

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TokenFormants:
    """Praat's formants around one token.

    Attributes
    ----------
    track
        The frames from the start to the end of the model's window, or of the token where that is
        longer; None where Praat cannot analyse the sound.
    note
        Then the reason, in one sentence.
    ceiling
        The one they were measured with.
    """

    track: FormantTrack | None
    note: str = ""
    ceiling: TokenCeiling | None = None

    @classmethod
    def of(cls, token: Token, explanation: Explanation, road: FormantRoad) -> TokenFormants:
        """Analyse the recording around a token, at its ceiling, with what was set by hand."""
        margin_s = 2 * road.formant.step_s
        edges_s = explanation.input.time_edges_s
        start_s = min(float(edges_s[0]), token.tmin_s - margin_s)
        stop_s = max(float(edges_s[-1]), token.tmax_s + margin_s)
        try:
            track, ceiling = formant_track(token, start_s, stop_s, road)
        except AnalysisError as error:
            return cls(None, f"No formants: {error}")
        return cls(track, ceiling=ceiling)

    def ceiling_values(self) -> dict[str, Any]:
        """What a line says of the ceiling; None where Praat cannot analyse the sound."""
        if self.ceiling is None:
            return {"ceiling_hz": None, "ceiling_by": None, "ceiling_error_bark": None}
        error_bark = self.ceiling.error_bark
        return {
            "ceiling_hz": self.ceiling.ceiling_hz,
            "ceiling_by": self.ceiling.by,
            "ceiling_error_bark": None if math.isnan(error_bark) else round(error_bark, 4),
        }

    def dots(self) -> tuple[Doubles, Doubles]:
        """Times (n,) in seconds and formants (n, k) in Hz, NaN where Praat draws no dot."""
        if self.track is None:
            return np.empty(0), np.empty((0, 1))
        shown = visible(self.track)
        return self.track.times_s, np.where(shown[:, None], self.track.freqs_hz, np.nan)

    def means_hz(self, tmin_s: float, tmax_s: float, count: int = 4) -> list[float | None]:
        """Mean F1 to F`count` between two times, as Praat's "Get mean..."; None where undefined."""
        means: list[float | None] = [None] * count
        if self.track is None or len(self.track.times_s) == 0:
            return means
        first_s, step_s = float(self.track.times_s[0]), self.track.settings.step_s
        for index in range(min(count, self.track.freqs_hz.shape[1])):
            values_hz = self.track.freqs_hz[:, index]
            mean_hz = mean_over(first_s, step_s, values_hz, tmin_s, tmax_s)
            means[index] = None if math.isnan(mean_hz) else round(mean_hz, 3)
        return means


def record(
    token: Token,
    explanation: Explanation,
    label_class: str | None,
    means_hz: list[float | None],
    textgrid: Path,
    channel: int | None,
    warnings: list[str],
) -> dict[str, Any]:
    """One line of ``explanations.jsonl`` as plain values.

    Parameters
    ----------
    label_class
        The class of the token's label, or None.
    means_hz
        Mean formants from F1 up.
    textgrid
        Where the token's label stands.
    channel
        0-based; written as it is counted for people, from 1.
    warnings
        Sentences besides the explanation's own.
    """
    return {
        "audio": str(token.recording),
        "textgrid": str(textgrid),
        "tier": token.tier,
        "interval": token.index + 1,
        "channel": None if channel is None else channel + 1,
        "tmin_s": token.tmin_s,
        "tmax_s": token.tmax_s,
        "label": token.label,
        "word": token.word,
        "class": label_class,
        "method": explanation.method,
        "classes": list(explanation.classes),
        "logits": _numbers(explanation.logits),
        "bias": _numbers(explanation.bias),
        "probabilities": _numbers(explanation.probabilities),
        "predicted": explanation.predicted,
        "map": _numbers(explanation.maps),
        "freqs_hz": _numbers(explanation.freq_edges_hz),
        "times_s": _numbers(explanation.time_edges_s),
        **{f"f{number}_hz": mean_hz for number, mean_hz in enumerate(means_hz, start=1)},
        "model": explanation.model_name,
        "model_hash": explanation.model_hash,
        "warnings": [*warnings, *explanation.warnings],
    }


def _numbers(array: npt.NDArray[Any]) -> Any:
    """Nested lists; float32 with the digits that it has, not those of its float64."""
    if array.ndim:
        return [_numbers(item) for item in array]
    number = array[()]
    return float(f"{number:.9g}") if isinstance(number, np.float32) else round(float(number), 9)
