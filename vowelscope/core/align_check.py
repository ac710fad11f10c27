"""Signs that a forced alignment is wrong, although one was found: for corpora left unreviewed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.core.align import Alignment
from vowelscope.core.audio import Recording, to_mono
from vowelscope.core.textgrid import Interval, IntervalTier, Tier

# Nats a frame; nine in ten utterances of one's own lie above -1.9.
_POOR_FIT = -3.0
_SHORTEST_S = 0.0305
_MAX_SQUEEZED = 0.4
_LONGEST_PHONE_S = 1.0
_PAUSE_S = 0.25
# A pause is this much quieter than the phones; breaths and reverberation lie below.
_PAUSE_BELOW_SPEECH_DB = 12.0
_STEP_S = 0.01


def doubts(recording_path: str | Path, alignment: Alignment) -> list[str]:
    """What is absurd in an alignment, as clauses for a list; empty where nothing is.

    Looked for: a poor fit of the whole or of a word; phones squeezed to the shortest length of
    the models (30 ms); a phone longer than a second; and a stretch without words that is as loud
    as the words, which means that more was said than was written.

    Parameters
    ----------
    recording_path
        The recording.
    alignment
        Its alignment.
    """
    phones = alignment.phones
    found = []
    if alignment.fit < _POOR_FIT:
        found.append(f"the words do not fit the sound (fit {alignment.fit:.1f} nats a frame)")
    for word in alignment.words:
        if word.is_doubtful:
            where = f"{word.text!r} at {word.interval.tmin_s:.2f} s"
            found.append(f"{where} does not fit the sound (fit {word.fit:.1f} nats a frame)")
    squeezed = sum(phone.duration_s <= _SHORTEST_S for phone in phones)
    # A word of two phones may have one at the limit by right.
    if len(phones) > 2 and squeezed > _MAX_SQUEEZED * len(phones):
        found.append(f"{squeezed} of {len(phones)} phones have the shortest length (30 ms)")
    for phone in phones:
        if phone.duration_s > _LONGEST_PHONE_S:
            found.append(f"{phone.text} at {phone.tmin_s:.2f} s lasts {phone.duration_s:.2f} s")
    found.extend(_loud_pauses(recording_path, alignment.textgrid.tiers[1], phones))
    return found


def _loud_pauses(path: str | Path, tier: Tier, phones: list[Interval]) -> list[str]:
    level_db = _levels_db(path)
    speech_db = float(np.median(np.concatenate([_part(level_db, phone) for phone in phones])))
    found = []
    for pause in tier.intervals if isinstance(tier, IntervalTier) else ():
        if pause.text.strip() or pause.duration_s < _PAUSE_S:
            continue
        part = _part(level_db, pause)
        loud_s = float(np.count_nonzero(part > speech_db - _PAUSE_BELOW_SPEECH_DB)) * _STEP_S
        if loud_s >= _PAUSE_S:
            found.append(
                f"{pause.tmin_s:.2f}-{pause.tmax_s:.2f} s has no words but {loud_s:.2f} s as loud "
                "as them"
            )
    return found


def _part(level_db: npt.NDArray[np.float64], interval: Interval) -> npt.NDArray[np.float64]:
    start = round(interval.tmin_s / _STEP_S)
    return level_db[start : max(round(interval.tmax_s / _STEP_S), start + 1)]


def _levels_db(path: str | Path) -> npt.NDArray[np.float64]:
    """Level in dB re full scale of each 10 ms, the file read in blocks."""
    parts = []
    with Recording(path) as recording:
        step = max(1, round(recording.rate_hz * _STEP_S))
        for _, block in recording.blocks(frames=step * 2000):
            mono = to_mono(block).astype(np.float64)
            whole = len(mono) // step * step
            power = (mono[:whole].reshape(-1, step) ** 2).mean(axis=1)
            parts.append(10.0 * np.log10(power + 1e-10))
    return np.concatenate(parts)
