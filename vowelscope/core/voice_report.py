"""Praat's voice report: pitch, pulses, jitter, shimmer and harmonicity of a stretch of sound."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from vowelscope.core.acoustics_grid import Chunking, FileKey
from vowelscope.core.acoustics_pitch import CHUNKING, pitch_part
from vowelscope.core.acoustics_settings import PitchSettings
from vowelscope.core.audio import Recording
from vowelscope.core.errors import AnalysisError
from vowelscope.core.translation import tr


@dataclass(frozen=True, slots=True)
class PulseSettings:
    """Which periods count in jitter and shimmer; Praat's "Advanced pulses settings...".

    Attributes
    ----------
    max_period_factor
        Neighbouring periods that differ by a larger factor do not count.
    max_amplitude_factor
        The same of their amplitudes, for shimmer.

    Raises
    ------
    AnalysisError
        A factor is not above 1.
    """

    max_period_factor: float = 1.3
    max_amplitude_factor: float = 1.6

    def __post_init__(self) -> None:
        for name, value in (
            ("maximum period factor", self.max_period_factor),
            ("maximum amplitude factor", self.max_amplitude_factor),
        ):
            if not 1 < value <= 100:
                raise AnalysisError(
                    tr("{name} = {value:g}: must lie above 1, up to 100.").format(
                        name=name, value=value
                    )
                )


def voice_report(
    path: str | Path,
    start_s: float,
    stop_s: float,
    pitch: PitchSettings | None = None,
    pulses: PulseSettings | None = None,
    channel: int | None = None,
    *,
    chunking: Chunking | None = None,
) -> str:
    """The report of `start_s` to `stop_s` (seconds), as Praat words it, with its settings.

    Pitch and pulses are those of the whole Sound: the report does not depend on what is in view.

    Raises
    ------
    AudioError
        The file cannot be read.
    AnalysisError
        There is no such channel; the stretch is empty, or too long to be analysed at once.

    Notes
    -----
    Praat manual, "Voice" and its pages.
    """
    import parselmouth

    settings, pulses = pitch or PitchSettings(), pulses or PulseSettings()
    chunking = chunking or CHUNKING
    call = parselmouth.praat.call
    if not stop_s > start_s:
        raise AnalysisError(tr("Select a stretch of the sound for a voice report."))
    with Recording(path) as recording:
        n_samples, rate_hz = recording.n_frames, recording.rate_hz
    chunk = chunking.chunk_of(0.5 * (start_s + stop_s) * rate_hz, n_samples)
    sound, heard, points, first_s, last_s = _prepared(
        FileKey.of(path, channel), settings, chunking, chunk
    )
    if start_s < first_s - 1e-9 or stop_s > last_s + 1e-9:
        raise AnalysisError(
            tr("{name}: {value:.1f} s are too long for a voice report here; select less.").format(
                name=Path(path).name, value=stop_s - start_s
            )
        )
    try:
        text = call(
            [sound, heard, points],
            "Voice report",
            start_s,
            stop_s,
            settings.floor_hz,
            settings.ceiling_hz,
            pulses.max_period_factor,
            pulses.max_amplitude_factor,
            settings.silence_threshold,
            settings.voicing_threshold,
        )
    except parselmouth.PraatError as error:
        sentence = str(error).strip().splitlines()[0].rstrip(".")
        raise AnalysisError(
            tr("{name}: Praat has no voice report ({sentence}).").format(
                name=Path(path).name, sentence=sentence
            )
        ) from error
    where = "mean of all channels" if channel is None else f"channel {channel + 1}"
    return (
        f"{Path(path).name}, {where}\n"
        f"Praat {parselmouth.PRAAT_VERSION}: pitch by autocorrelation, {settings.floor_hz:g}-"
        f"{settings.ceiling_hz:g} Hz, silence {settings.silence_threshold:g}, voicing "
        f"{settings.voicing_threshold:g}; maximum period factor {pulses.max_period_factor:g}, "
        f"amplitude factor {pulses.max_amplitude_factor:g}\n{text.rstrip()}\n"
    )


@lru_cache(maxsize=2)
def _prepared(
    key: FileKey, settings: PitchSettings, chunking: Chunking, chunk: int
) -> tuple[Any, Any, Any, float, float]:
    """Sound, Pitch and PointProcess of a chunk at its own time, and its start and end (s)."""
    import parselmouth

    call = parselmouth.praat.call
    part = pitch_part(key, settings, chunking, chunk)
    first_s = part.first / part.rate_hz
    sound = parselmouth.Sound(part.samples, part.rate_hz)
    try:
        points = call([sound, part.pitch], "To PointProcess (cc)")
        for held in (sound, part.pitch, points):
            call(held, "Shift times by", first_s)
    except parselmouth.PraatError as error:
        sentence = str(error).strip().splitlines()[0].rstrip(".")
        raise AnalysisError(
            tr("{name}: Praat has no voice report ({sentence}).").format(
                name=Path(key.path).name, sentence=sentence
            )
        ) from error
    return sound, part.pitch, points, first_s, first_s + len(part.samples) / part.rate_hz
