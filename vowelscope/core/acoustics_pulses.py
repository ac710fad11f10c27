"""Glottal pulses by Praat itself, for a part of a recording.

They are the points of Praat's "Sound & Pitch: To PointProcess (cc)" with the pitch of the whole
Sound: no pulse depends on what is in view. A file that pitch is analysed of in chunks (see
`vowelscope.core.acoustics_pitch`) has its pulses from the same chunks; there a pulse may be another
in a voiced stretch longer than the five seconds around a chunk.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from vowelscope.core.acoustics_grid import Chunking, Doubles, FileKey
from vowelscope.core.acoustics_pitch import CHUNKING, pitch_part
from vowelscope.core.acoustics_settings import PitchSettings, PulseTrack
from vowelscope.core.audio import Recording
from vowelscope.core.errors import AnalysisError
from vowelscope.core.translation import tr


def pulses(
    path: str | Path,
    settings: PitchSettings | None = None,
    start_s: float | None = None,
    stop_s: float | None = None,
    channel: int | None = None,
    *,
    chunking: Chunking | None = None,
) -> PulseTrack:
    """Times of the glottal pulses between two times.

    Parameters
    ----------
    settings
        Of pitch: pulses lie in its voiced stretches, a period apart.
    start_s, stop_s
        Seconds; None is the start or the end of the recording.
    channel
        0-based, or None for the mean of all.

    Raises
    ------
    AudioError
        The file cannot be read.
    AnalysisError
        The sound is shorter than three periods of the floor, or there is no such channel.

    Notes
    -----
    Praat manual, "Sound & Pitch: To PointProcess (cc)": from the middle of each voiced stretch to
    both sides, each pulse where the sound around it is most like that around the last.
    """
    settings = settings or PitchSettings()
    chunking = chunking or CHUNKING
    key = FileKey.of(path, channel)
    with Recording(path) as recording:
        n_samples, rate_hz = recording.n_frames, recording.rate_hz
    start_s = 0.0 if start_s is None else start_s
    stop_s = n_samples / rate_hz if stop_s is None else stop_s
    first = chunking.chunk_of(start_s * rate_hz, n_samples)
    last = chunking.chunk_of(stop_s * rate_hz, n_samples)
    parts = [_own(key, settings, chunking, chunk) for chunk in range(first, last + 1)]
    times_s = np.concatenate(parts)
    return PulseTrack(times_s[(times_s >= start_s) & (times_s <= stop_s)], settings)


@lru_cache(maxsize=8)
def _own(key: FileKey, settings: PitchSettings, chunking: Chunking, chunk: int) -> Doubles:
    """The pulses of one chunk, in seconds of the file."""
    import parselmouth

    part = pitch_part(key, settings, chunking, chunk)
    sound = parselmouth.Sound(part.samples, part.rate_hz)
    try:
        points = parselmouth.praat.call([sound, part.pitch], "To PointProcess (cc)")
        if parselmouth.praat.call(points, "Get number of points") == 0:
            return np.empty(0)
        # A Matrix gives all at once: asking for each point costs 0.07 ms.
        times_s = np.array(parselmouth.praat.call(points, "To Matrix").values[0])
    except parselmouth.PraatError as error:
        sentence = str(error).strip().splitlines()[0].rstrip(".")
        raise AnalysisError(
            tr("{path}: Praat finds no pulses ({sentence}).").format(
                path=key.path, sentence=sentence
            )
        ) from error
    times_s += part.first / part.rate_hz
    if chunking.count(part.n_samples) == 1:
        return times_s
    own_s = np.array([chunk, chunk + 1]) * chunking.core / part.rate_hz
    if chunk == chunking.count(part.n_samples) - 1:
        own_s[1] = np.inf
    kept: Doubles = times_s[(times_s >= own_s[0]) & (times_s < own_s[1])]
    return kept
