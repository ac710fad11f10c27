"""Forced alignment: a recording and its transcript -> a TextGrid with words and phones.

PocketSphinx (https://cmusphinx.github.io) with the acoustic model of its wheel, in two passes:
the first lays the words, their variants and the silences between them over the whole recording;
the second finds the phones, a stretch of words at a time, so that memory grows with the stretch
and not with the square of the recording.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from vowelscope.core.align_decoder import (
    FRAME_CENTRE_S,
    FRAME_S,
    FRAME_SAMPLES,
    RATE_HZ,
    SHORTEST_FRAMES,
    Pcm,
    Span,
    WordDecoder,
    base_name,
)
from vowelscope.core.audio import Recording, to_mono
from vowelscope.core.errors import AlignmentError
from vowelscope.core.pronounce import Pronouncer
from vowelscope.core.spoken import spoken_words
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.translation import tr

MAX_DURATION_S = 3600.0
"""Longest recording that is aligned in one piece: the first pass holds its features in memory."""

# Measured on 30 utterances with their own transcripts (-2.0 nats at worst; -3.8 in noise at 5 dB)
# and with another's (-3.7 at best, -5.4 in the median).
_WORST_FIT = -3.9
_DOUBTFUL_FIT = -6.0
# More phones than this share at the shortest length: the words were squeezed into too little sound.
_MAX_SQUEEZED = 0.5
_STRETCH_FRAMES = 1500
_BLOCK_FRAMES = 1 << 18
# The narrow one is ten times as fast; the wide one finds what it has lost.
_BEAMS = (1e-64, 1e-160)


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """One word of an alignment.

    Attributes
    ----------
    text
        The word, as in the word tier.
    phones
        Its phones, which tile it; times in seconds.
    fit
        How well it fits the sound, in nats a frame (see `align_decoder.FoundWord`).
    """

    text: str
    phones: tuple[Interval, ...]
    fit: float

    @property
    def interval(self) -> Interval:
        """The word as an interval."""
        return Interval(self.phones[0].tmin_s, self.phones[-1].tmax_s, self.text)

    @property
    def is_doubtful(self) -> bool:
        """Whether it fits so badly that something else was probably said."""
        return self.fit < _DOUBTFUL_FIT


@dataclass(frozen=True, slots=True)
class Alignment:
    """Words and phones of a recording, with how well they fit it."""

    words: tuple[AlignedWord, ...]
    duration_s: float

    @property
    def phones(self) -> list[Interval]:
        """Every phone, in order."""
        return [phone for word in self.words for phone in word.phones]

    @property
    def fit(self) -> float:
        """Mean fit of a frame, in nats."""
        lengths_s = [word.interval.duration_s for word in self.words]
        return float(np.average([word.fit for word in self.words], weights=lengths_s))

    @property
    def textgrid(self) -> TextGrid:
        """Tiers ``words`` and ``phones``, silences as empty intervals."""
        words = [word.interval for word in self.words]
        tiers = tuple(
            IntervalTier(name, 0.0, self.duration_s, _tiled(intervals, self.duration_s))
            for name, intervals in (("words", words), ("phones", self.phones))
        )
        return TextGrid(0.0, self.duration_s, tiers)


class Aligner:
    """Aligns any number of recordings with one dictionary.

    Parameters
    ----------
    dictionary
        A user dictionary in CMU's format, which goes before the built-in one.

    Raises
    ------
    AlignmentError
        The dictionary cannot be read.
    """

    def __init__(self, dictionary: str | Path | None = None) -> None:
        self._pronouncer = Pronouncer(dictionary)
        self._decoders: dict[float, WordDecoder] = {}
        self._names: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._lock = threading.Lock()

    def words(self, text: str) -> list[str]:
        """The words of `text` as they will stand in the word tier."""
        return spoken_words(text, self._pronouncer.is_known)

    def pronunciations(self, word: str) -> tuple[tuple[str, ...], ...]:
        """Every pronunciation of a word, as `Pronouncer.pronunciations`."""
        return self._pronouncer.pronunciations(word)

    def is_known(self, word: str) -> bool:
        """Whether a word stands in a dictionary; otherwise its pronunciation is derived."""
        return self._pronouncer.is_known(word)

    def align(
        self,
        recording_path: str | Path,
        text: str,
        channel: int | None = None,
        span_s: tuple[float, float] | None = None,
    ) -> Alignment:
        """Align one recording; parameters and errors as of the module's `align`.

        With `span_s` only the sound between two times is heard, and all times of the result count
        from the first of them.
        """
        path = Path(recording_path)
        words = self.words(text)
        if not words:
            raise AlignmentError(tr("{path}: the transcript has no words.").format(path=path))
        with Recording(path) as recording:
            start_s, stop_s = span_s or (0.0, recording.duration_s)
            stop_s = min(stop_s, recording.duration_s)
            duration_s = stop_s - start_s
            if not 0.0 <= start_s < stop_s:
                raise AlignmentError(
                    tr("{path}: there is no sound from {start_s:.2f} s on.").format(
                        path=path, start_s=start_s
                    )
                )
            pcm = _pcm(recording, channel, start_s, stop_s)
        needed = SHORTEST_FRAMES * sum(min(map(len, self.pronunciations(w))) for w in words)
        if needed > len(pcm) // FRAME_SAMPLES:
            raise AlignmentError(
                tr(
                    "{path}: {duration_s:.2f} s are too short for the {count} words of "
                    "the transcript, which need at least {least_s:.2f} s."
                ).format(
                    path=path, duration_s=duration_s, count=len(words), least_s=needed * FRAME_S
                )
            )
        if not pcm.any():
            raise AlignmentError(tr("{path}: the recording is silent.").format(path=path))
        with self._lock:
            aligned = self._passes(path, pcm, words)
        alignment = Alignment(tuple(aligned), duration_s)
        _refuse_misfit(path, alignment)
        return alignment

    def _passes(self, path: Path, pcm: Pcm, words: Sequence[str]) -> list[AlignedWord]:
        for beam in _BEAMS:
            decoder, names = self._decoder_for(words, beam)
            spans = decoder.lay_words(pcm, names)
            if spans:
                break
        else:
            raise AlignmentError(
                tr(
                    "{path}: no alignment was found; the transcript does not fit what is said."
                ).format(path=path)
            )
        aligned: list[AlignedWord] = []
        for stretch in _stretches(spans):
            found = self._phones_of(stretch, pcm)
            if not found:
                said = " ".join(self._texts[base_name(span.name)] for span in stretch if span.name)
                raise AlignmentError(
                    tr(
                        "{path}: no alignment was found from {start_s:.2f} s on, where "
                        "{said!r} should be said."
                    ).format(path=path, start_s=stretch[0].start * FRAME_S, said=said)
                )
            aligned.extend(found)
        return aligned

    def _phones_of(self, stretch: Sequence[Span], pcm: Pcm) -> list[AlignedWord]:
        """The words of a stretch with their phones, in seconds; empty where they do not fit."""
        names = [span.name for span in stretch if span.name]
        offset, stop = stretch[0].start, stretch[-1].stop
        part = pcm[offset * FRAME_SAMPLES : stop * FRAME_SAMPLES]
        words = [self._texts[base_name(name)] for name in names]
        for beam in _BEAMS:
            decoder, _ = self._decoder_for(words, beam)
            found = decoder.find_phones(part, names)
            if found:
                break
        aligned = []
        for text, word in zip(words, found, strict=False):
            phones = tuple(
                Interval(_time_s(offset + first), _time_s(offset + last), label)
                for (first, last), label in zip(word.phones, decoder.labels(word.name), strict=True)
            )
            aligned.append(AlignedWord(text, phones, word.fit))
        return aligned

    def _decoder_for(self, words: Iterable[str], beam: float) -> tuple[WordDecoder, list[str]]:
        """A decoder that knows `words`, and their names in it."""
        if beam not in self._decoders:
            self._decoders[beam] = WordDecoder(beam)
        names = []
        for word in words:
            if word not in self._names:
                name = self._names[word] = f"w{len(self._names)}"
                self._texts[name] = word
            self._decoders[beam].teach(self._names[word], self.pronunciations(word))
            names.append(self._names[word])
        return self._decoders[beam], names


def align(
    recording_path: str | Path,
    text: str,
    dictionary: str | Path | None = None,
    channel: int | None = None,
) -> TextGrid:
    """Align a recording with its transcript.

    Parameters
    ----------
    recording_path
        Any format, rate and number of channels that `Recording` reads, up to an hour.
    text
        What is said, in English: figures, punctuation and capitals are understood.
    dictionary
        A user dictionary in CMU's format, which goes before the built-in one. Stress on its
        phones comes back in the labels; the built-in dictionary has none.
    channel
        0-based channel that holds the speech; None takes the mean of all.

    Returns
    -------
    TextGrid
        Interval tiers ``words`` and ``phones`` (ARPAbet) that tile the recording; silences are
        empty intervals. Boundaries are 10 ms or a multiple apart; a phone is 30 ms or longer,
        but where the recording cuts it off.

    Raises
    ------
    AlignmentError
        The transcript has no words, or does not fit the recording; or the dictionary cannot be
        read.
    AudioError
        The recording cannot be read.
    """
    aligner = shared_aligner(None if dictionary is None else Path(dictionary))
    return aligner.align(recording_path, text, channel).textgrid


@lru_cache(maxsize=2)
def shared_aligner(dictionary: Path | None = None) -> Aligner:
    """One aligner a dictionary and process: loading the acoustic model takes half a second."""
    return Aligner(dictionary)


def _pcm(recording: Recording, channel: int | None, start_s: float, stop_s: float) -> Pcm:
    """A stretch of the recording as 16-bit mono at `RATE_HZ`, resampled block by block."""
    import soxr

    if stop_s - start_s > MAX_DURATION_S:
        raise AlignmentError(
            tr(
                "{path}: {minutes:.1f} min are more than the {most:.0f} min that "
                "can be aligned in one piece; cut it in parts."
            ).format(path=recording.path, minutes=(stop_s - start_s) / 60, most=MAX_DURATION_S / 60)
        )
    if channel is not None and not 0 <= channel < recording.n_channels:
        raise AlignmentError(
            tr("{path}: there is no channel {number} (it has {n_channels}).").format(
                path=recording.path, number=channel + 1, n_channels=recording.n_channels
            )
        )
    resampler = None
    if recording.rate_hz != RATE_HZ:
        resampler = soxr.ResampleStream(recording.rate_hz, RATE_HZ, 1, dtype="float32")
    first, last = round(start_s * recording.rate_hz), round(stop_s * recording.rate_hz)
    parts: list[Pcm] = []
    for start in range(first, last, _BLOCK_FRAMES):
        stop = min(start + _BLOCK_FRAMES, last)
        mono = to_mono(recording.read_frames(start, stop), channel)
        if resampler is not None:
            mono = resampler.resample_chunk(mono, last=stop == last)
        parts.append(np.clip(np.rint(mono * 32767), -32768, 32767).astype(np.int16))
    return np.concatenate(parts) if parts else np.zeros(0, np.int16)


def _stretches(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Cut at silences, or between words where there is none, into stretches of about 15 s."""
    stretch: list[Span] = []
    for span in spans:
        length = span.stop - stretch[0].start if stretch else 0
        due = length > _STRETCH_FRAMES and (not span.name or length > 2 * _STRETCH_FRAMES)
        if due and any(word.name for word in stretch):
            yield stretch
            stretch = []
        stretch.append(span)
    if any(word.name for word in stretch):
        yield stretch


def _time_s(frame: int) -> float:
    """Where a phone that begins with `frame` begins; the first frame of all begins at 0."""
    return round(frame * FRAME_S + FRAME_CENTRE_S, 4) if frame else 0.0


def _refuse_misfit(path: Path, alignment: Alignment) -> None:
    phones = alignment.phones
    shortest_s = (SHORTEST_FRAMES + 0.5) * FRAME_S
    squeezed = sum(phone.duration_s < shortest_s for phone in phones)
    if squeezed > _MAX_SQUEEZED * len(phones):
        raise AlignmentError(
            tr(
                "{path}: {squeezed} of {count} phones have the shortest length "
                "there is (30 ms), so the transcript says more than the recording."
            ).format(path=path, squeezed=squeezed, count=len(phones))
        )
    if alignment.fit < _WORST_FIT:
        raise AlignmentError(
            tr(
                "{path}: the transcript does not fit what is said (fit {fit:.1f} "
                "nats a frame; at least {worst_fit} is wanted)."
            ).format(path=path, fit=alignment.fit, worst_fit=_WORST_FIT)
        )


def _tiled(intervals: Sequence[Interval], duration_s: float) -> tuple[Interval, ...]:
    """Fill the gaps with empty intervals, and let the last end with the recording at most."""
    tiled: list[Interval] = []
    at = 0.0
    for interval in intervals:
        if interval.tmin_s > at:
            tiled.append(Interval(at, interval.tmin_s))
        at = min(interval.tmax_s, duration_s)
        tiled.append(Interval(interval.tmin_s, at, interval.text))
    # What is left, if shorter than two frames, is no silence: the last phone sounds to the end.
    if duration_s - at >= 2 * FRAME_S:
        tiled.append(Interval(at, duration_s))
    elif tiled:
        last = tiled.pop()
        tiled.append(Interval(last.tmin_s, duration_s, last.text))
    return tuple(tiled)
