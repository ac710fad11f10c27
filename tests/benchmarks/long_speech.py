"""Makes a long interview out of the sample: speech in two channels, and its TextGrid."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr

from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid, write_textgrid
from vowelscope.resources import resource

RATE_HZ = 48_000
_SPEEDS = (0.88, 0.94, 1.0, 1.06, 1.12)
"""Duration and formants of a turn, as a share of the sample's: so many voices take turns."""
_TIERS = ("words", "phones")
_VERSION = 1


def long_speech(duration_s: float, n_intervals: int) -> tuple[Path, Path]:
    """A WAV of 48 kHz, 16 bit and two channels, and a TextGrid of three tiers beside it.

    They lie in a folder under the system's temporary one, where a later run finds them.

    Parameters
    ----------
    duration_s
        Length; one voice of five at a time says the sample, first in one channel, then in the
        other, over faint noise.
    n_intervals
        Of all tiers together: turns, words and phones; of words and phones as many turns as
        make that number, spread evenly.
    """
    folder = Path(tempfile.gettempdir()) / "vowelscope-benchmarks"
    folder.mkdir(exist_ok=True)
    stem = folder / f"interview-{duration_s:.0f}-{n_intervals}-v{_VERSION}"
    wav, textgrid = stem.with_suffix(".wav"), stem.with_suffix(".TextGrid")
    if not (wav.exists() and textgrid.exists()):
        unfinished = stem.with_suffix(f".{os.getpid()}.wav")
        turns = _write_sound(unfinished, duration_s)
        write_textgrid(textgrid, _grid(turns, duration_s, n_intervals))
        unfinished.replace(wav)
    return wav, textgrid


def _write_sound(path: Path, duration_s: float) -> list[tuple[float, float]]:
    """Write the sound; gives start (s) and speed of each turn."""
    samples, rate_hz = sf.read(resource("sample", "sample.wav"), dtype="float32")
    voices = [soxr.resample(samples, rate_hz, RATE_HZ * speed) for speed in _SPEEDS]
    random = np.random.default_rng(1)
    turns: list[tuple[float, float]] = []
    left = round(duration_s * RATE_HZ)
    at = 0
    with sf.SoundFile(path, "w", RATE_HZ, 2, "PCM_16") as file:
        while left > 0:
            number = len(turns)
            voice = voices[number % len(voices)]
            turns.append((at / RATE_HZ, _SPEEDS[number % len(voices)]))
            block = random.normal(0.0, 3e-4, (len(voice), 2)).astype(np.float32)
            block[:, number % 2] += 0.3 * (1.0 + random.random()) * voice
            block[:, 1 - number % 2] += 0.02 * voice
            file.write(block[:left])
            left -= len(block)
            at += len(block)
    return turns


def _grid(turns: list[tuple[float, float]], duration_s: float, n_intervals: int) -> TextGrid:
    known = read_textgrid(resource("sample", "sample.TextGrid")).textgrid
    tiers = {name: known.tiers[known.tier_index(name) or 0] for name in _TIERS}
    ends_s = [start_s for start_s, _ in turns[1:]] + [duration_s]
    talk = [
        Interval(start_s, stop_s, f"speaker {number % 2 + 1}")
        for number, ((start_s, _), stop_s) in enumerate(zip(turns, ends_s, strict=True))
    ]
    rest = n_intervals - len(talk)
    made = [IntervalTier("turns", 0.0, duration_s, tuple(talk))]
    # The phones are the longer tier: two thirds of what is left.
    for name, count in (("words", rest // 3), ("phones", rest - rest // 3)):
        tier = tiers[name]
        assert isinstance(tier, IntervalTier)
        labelled = max(min(count // (len(tier.intervals) + 1), len(turns)), 1)
        chosen = {round(i * (len(turns) - 1) / max(labelled - 1, 1)) for i in range(labelled)}
        spans = [
            span
            for number in sorted(chosen)
            for span in _said(tier, *turns[number], ends_s[number])
        ]
        made.append(IntervalTier(name, 0.0, duration_s, tuple(_tiled(spans, duration_s, count))))
    return TextGrid(0.0, duration_s, tuple(made))


def _said(
    tier: IntervalTier, start_s: float, speed: float, stop_s: float
) -> Iterator[tuple[float, float, str]]:
    for interval in tier.intervals:
        first_s, last_s = start_s + speed * interval.tmin_s, start_s + speed * interval.tmax_s
        if last_s <= stop_s and interval.text:
            yield first_s, last_s, interval.text


def _tiled(
    spans: list[tuple[float, float, str]], duration_s: float, count: int
) -> Iterator[Interval]:
    """`count` intervals that tile the tier: the spans, what lies between them, and cuts of it."""
    pieces: list[Interval] = []
    at_s = 0.0
    for first_s, last_s, text in spans:
        if first_s > at_s + 1e-6:
            pieces.append(Interval(at_s, first_s))
            at_s = first_s
        pieces.append(Interval(at_s, last_s, text))
        at_s = last_s
    if at_s < duration_s:
        pieces.append(Interval(at_s, duration_s))
    longest = sorted(range(len(pieces)), key=lambda i: -pieces[i].duration_s)
    cuts = dict.fromkeys(range(len(pieces)), 1)
    for turn in range(max(count - len(pieces), 0)):
        cuts[longest[turn % min(len(longest), 100)]] += 1
    for index, piece in enumerate(pieces):
        edges = np.linspace(piece.tmin_s, piece.tmax_s, cuts[index] + 1).tolist()
        edges[0], edges[-1] = piece.tmin_s, piece.tmax_s
        for first_s, last_s in pairwise(edges):
            yield Interval(first_s, last_s, piece.text)
