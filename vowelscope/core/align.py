"""Forced alignment: a recording and its transcript -> a TextGrid with words and phones.

PocketSphinx (https://cmusphinx.github.io) with the acoustic model of its wheel, in two passes:
the first lays the words, their variants and the silences between them over the whole recording;
the second finds the phones, a stretch of words at a time, so that memory grows with the stretch
and not with the square of the recording.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.core.audio import Recording, to_mono
from vowelscope.core.errors import AlignmentError
from vowelscope.core.pronounce import Pronouncer, plain_phone
from vowelscope.core.spoken import spoken_words
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid

RATE_HZ = 16_000
FRAME_S = 0.01
# A frame speaks for the middle of its 25.6 ms window, so a change seen between two frames lies half
# a window after the start of the second, less half a frame.
FRAME_CENTRE_S = 0.0256 / 2 - FRAME_S / 2
MAX_DURATION_S = 3600.0
"""Longest recording that is aligned in one piece: the first pass holds its features in memory."""

# The shortest that the three-state models of PocketSphinx can make a phone.
_SHORTEST_FRAMES = 3
# More phones than this share at the shortest length: the words were squeezed into too little sound.
_MAX_SQUEEZED = 0.5
_STRETCH_FRAMES = 1500
# Faint noise put around what is decoded: PocketSphinx finds no end where a word is cut off by the
# end of the sound.
_PAD_FRAMES = 20
_PAD_AMPLITUDE = 3.0
_ENDS = frozenset(("<s>", "</s>", "(NULL)", "<eps>"))
_FILLERS = _ENDS | {"<sil>", "[NOISE]", "[SPEECH]"}
# Wider than PocketSphinx's defaults for recognition, which lose the one path that alignment has.
_BEAMS = (
    {"beam": 1e-64, "pbeam": 1e-64, "wbeam": 1e-64},
    {"beam": 1e-160, "pbeam": 1e-160, "wbeam": 1e-160},
)

Pcm = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class _Span:
    """A word of the first pass in frames; `key` is its name in the decoder, "" for a silence."""

    key: str
    start: int
    stop: int


class Aligner:
    """Aligns any number of recordings with one dictionary.

    Parameters
    ----------
    dictionary
        A user dictionary in CMU's format, which goes before the built-in one.
    """

    def __init__(self, dictionary: str | Path | None = None) -> None:
        self._pronouncer = Pronouncer(dictionary)
        self._decoders: dict[int, Any] = {}
        self._keys: dict[str, str] = {}
        self._labels: dict[str, tuple[str, tuple[str, ...]]] = {}
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

    def align(self, recording_path: str | Path, text: str, channel: int | None = None) -> TextGrid:
        """As the module's `align`."""
        path = Path(recording_path)
        words = self.words(text)
        if not words:
            raise AlignmentError(f"{path}: the transcript has no words.")
        with Recording(path) as recording:
            duration_s = recording.duration_s
            pcm = _pcm(recording, channel)
        n_frames = len(pcm) // int(RATE_HZ * FRAME_S)
        needed = sum(min(map(len, self._pronouncer.pronunciations(word))) for word in words)
        if needed * _SHORTEST_FRAMES > n_frames:
            raise AlignmentError(
                f"{path}: {duration_s:.2f} s are too short for the {len(words)} words of the "
                f"transcript, which need at least {needed * _SHORTEST_FRAMES * FRAME_S:.2f} s."
            )
        if not pcm.any():
            raise AlignmentError(f"{path}: the recording is silent.")
        with self._lock:
            phones, tier = self._passes(path, pcm, words)
        _refuse_squeezed(path, phones)
        return _textgrid(phones, tier, duration_s)

    def _passes(
        self, path: Path, pcm: Pcm, words: Sequence[str]
    ) -> tuple[list[Interval], list[Interval]]:
        for width in range(len(_BEAMS)):
            decoder = self._decoder(width)
            keys = [self._key(word) for word in words]
            spans = _first_pass(decoder, pcm, keys)
            if [span.key.split("(")[0] for span in spans if span.key] == keys:
                break
        else:
            raise AlignmentError(
                f"{path}: no alignment was found; the transcript does not fit what is said."
            )
        phones: list[Interval] = []
        tier: list[Interval] = []
        for stretch in _stretches(spans):
            found = self._second_pass(decoder, pcm, stretch)
            if found is None:
                start_s = stretch[0].start * FRAME_S
                said = " ".join(self._labels[s.key][0] for s in stretch if s.key)
                raise AlignmentError(
                    f"{path}: no alignment was found near {start_s:.2f} s ({said!r})."
                )
            phones.extend(found[0])
            tier.extend(found[1])
        return phones, tier

    def _second_pass(
        self, decoder: Any, pcm: Pcm, stretch: Sequence[_Span]
    ) -> tuple[list[Interval], list[Interval]] | None:
        keys = [span.key for span in stretch if span.key]
        if not keys:
            return [], []
        offset, stop = stretch[0].start, stretch[-1].stop
        step = int(RATE_HZ * FRAME_S)
        data = pcm[offset * step : stop * step]
        try:
            decoder.set_align_text(" ".join(keys))
            _decode(decoder, data)
            decoder.set_alignment()
            _decode(decoder, data)
            alignment = decoder.get_alignment()
        except RuntimeError:
            return None
        frames: list[tuple[int, int]] = []
        names: list[str] = []
        for entry in alignment or ():
            if entry.name not in self._labels:
                continue
            names.append(entry.name)
            first = offset - _PAD_FRAMES
            frames.extend((first + p.start, first + p.start + p.duration) for p in entry)
        if len(names) != len(keys) or len(frames) > stop - offset:
            return None
        return self._intervals(names, _within(frames, offset, stop))

    def _intervals(
        self, names: Sequence[str], frames: Sequence[tuple[int, int]]
    ) -> tuple[list[Interval], list[Interval]]:
        """Phones and words from the decoder's words and the frames of their phones."""
        phones: list[Interval] = []
        words: list[Interval] = []
        for name in names:
            word, labels = self._labels[name]
            first = len(phones)
            for label in labels:
                start, stop = frames[len(phones)]
                phones.append(Interval(_time_s(start), _time_s(stop), label))
            words.append(Interval(phones[first].tmin_s, phones[-1].tmax_s, word))
        return phones, words

    def _decoder(self, width: int) -> Any:
        if width not in self._decoders:
            self._decoders[width] = _new_decoder(_BEAMS[width])
            for key, (_, labels) in self._labels.items():
                _teach(self._decoders[width], key, labels)
        return self._decoders[width]

    def _key(self, word: str) -> str:
        """The decoder's name of `word`, taught to every decoder when first met."""
        key = self._keys.get(word)
        if key is None:
            key = self._keys[word] = f"w{len(self._keys)}"
            for number, labels in enumerate(self._pronouncer.pronunciations(word), 1):
                variant = key if number == 1 else f"{key}({number})"
                self._labels[variant] = (word, labels)
                for decoder in self._decoders.values():
                    _teach(decoder, variant, labels)
        return key


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
        empty intervals. Boundaries stand on a grid of 10 ms, and no phone is shorter than 30 ms.

    Raises
    ------
    AlignmentError
        The transcript has no words, or does not fit the recording.
    AudioError
        The recording cannot be read.
    """
    return _shared_aligner(None if dictionary is None else Path(dictionary)).align(
        recording_path, text, channel
    )


@lru_cache(maxsize=2)
def _shared_aligner(dictionary: Path | None) -> Aligner:
    return Aligner(dictionary)


def _pcm(recording: Recording, channel: int | None) -> Pcm:
    """The recording as 16-bit mono at `RATE_HZ`, resampled block by block."""
    import soxr

    if recording.duration_s > MAX_DURATION_S:
        raise AlignmentError(
            f"{recording.path}: {recording.duration_s / 60:.1f} min are more than the "
            f"{MAX_DURATION_S / 60:.0f} min that can be aligned in one piece; cut it in parts."
        )
    if channel is not None and not 0 <= channel < recording.n_channels:
        raise AlignmentError(
            f"{recording.path}: there is no channel {channel + 1} (it has {recording.n_channels})."
        )
    resampler = None
    if recording.rate_hz != RATE_HZ:
        resampler = soxr.ResampleStream(recording.rate_hz, RATE_HZ, 1, dtype="float32")
    parts: list[Pcm] = []
    for start, block in recording.blocks():
        mono = to_mono(block, channel)
        if resampler is not None:
            mono = resampler.resample_chunk(mono, last=start + len(mono) >= recording.n_frames)
        parts.append(np.clip(np.rint(mono * 32767), -32768, 32767).astype(np.int16))
    return np.concatenate(parts)


def _new_decoder(beams: dict[str, float]) -> Any:
    import pocketsphinx

    # The decoder wants a dictionary file; the words of each transcript are taught later, which
    # spares it the 126,000 of CMU's.
    with tempfile.NamedTemporaryFile("w", suffix=".dict") as file:
        file.write("sil SIL\n")
        file.flush()
        return pocketsphinx.Decoder(
            # The best path through the word lattice may give a phone fewer frames than its model
            # has states, on which the second pass fails; the Viterbi path never does.
            lm=None,
            dict=file.name,
            samprate=RATE_HZ,
            bestpath=False,
            loglevel="FATAL",
            **beams,
        )


def _teach(decoder: Any, key: str, labels: Sequence[str]) -> None:
    decoder.add_word(key, " ".join(map(plain_phone, labels)), update=False)


def _decode(decoder: Any, data: Pcm) -> None:
    noise = np.random.default_rng(0).normal(
        0.0, _PAD_AMPLITUDE, (2, int(_PAD_FRAMES * FRAME_S * RATE_HZ))
    )
    before, after = np.rint(noise).astype(np.int16)
    decoder.start_utt()
    decoder.process_raw(np.concatenate((before, data, after)).tobytes(), full_utt=True)
    decoder.end_utt()


def _first_pass(decoder: Any, pcm: Pcm, keys: Sequence[str]) -> list[_Span]:
    try:
        decoder.set_align_text(" ".join(keys))
        _decode(decoder, pcm)
        if decoder.hyp() is None:
            return []
        segments = list(decoder.seg())
    except RuntimeError:
        return []
    n_frames = len(pcm) // int(FRAME_S * RATE_HZ)
    spans: list[_Span] = []
    for segment in segments:
        start = min(max(segment.start_frame - _PAD_FRAMES, 0), n_frames)
        stop = min(max(segment.end_frame + 1 - _PAD_FRAMES, 0), n_frames)
        if segment.word not in _FILLERS:
            spans.append(_Span(segment.word, start, stop))
        elif stop > start and segment.word not in _ENDS:
            spans.append(_Span("", start, stop))
    return spans


def _stretches(spans: Iterable[_Span]) -> Iterator[list[_Span]]:
    """Cut at silences, or between words where there is none, into stretches of about 15 s."""
    stretch: list[_Span] = []
    for span in spans:
        length = span.stop - stretch[0].start if stretch else 0
        if stretch and length > _STRETCH_FRAMES and (not span.key or length > 2 * _STRETCH_FRAMES):
            yield stretch
            stretch = []
        stretch.append(span)
    if stretch:
        yield stretch


def _within(frames: Sequence[tuple[int, int]], start: int, stop: int) -> list[tuple[int, int]]:
    """Phones moved out of the padding, in order, each with a frame at least to itself.

    Where a recording begins or ends in the middle of a word, phones that are cut off are laid
    over the padding.
    """
    spare = stop - start - len(frames)
    return [
        (
            start + min(max(first - start, index), spare + index),
            start + min(max(last - start, index + 1), spare + index + 1),
        )
        for index, (first, last) in enumerate(frames)
    ]


def _time_s(frame: int) -> float:
    """Where a phone that begins with `frame` begins; the first frame of all begins at 0."""
    return round(frame * FRAME_S + FRAME_CENTRE_S, 4) if frame else 0.0


def _refuse_squeezed(path: Path, phones: Sequence[Interval]) -> None:
    shortest_s = (_SHORTEST_FRAMES + 0.5) * FRAME_S
    squeezed = sum(phone.duration_s < shortest_s for phone in phones)
    if squeezed > _MAX_SQUEEZED * len(phones):
        raise AlignmentError(
            f"{path}: {squeezed} of {len(phones)} phones have the shortest length there is "
            "(30 ms), so the transcript says more than the recording."
        )


def _textgrid(phones: list[Interval], words: list[Interval], duration_s: float) -> TextGrid:
    tiers = tuple(
        IntervalTier(name, 0.0, duration_s, _tiled(intervals, duration_s))
        for name, intervals in (("words", words), ("phones", phones))
    )
    return TextGrid(0.0, duration_s, tiers)


def _tiled(intervals: Sequence[Interval], duration_s: float) -> tuple[Interval, ...]:
    """Fill the gaps with empty intervals, and let the last end with the recording at most."""
    tiled: list[Interval] = []
    at = 0.0
    for interval in intervals:
        if interval.tmin_s > at:
            tiled.append(Interval(at, interval.tmin_s))
        stop_s = min(interval.tmax_s, duration_s)
        tiled.append(Interval(interval.tmin_s, stop_s, interval.text))
        at = stop_s
    # A remainder shorter than a frame is no silence: the last phone sounds to the end.
    if duration_s - at >= 2 * FRAME_S:
        tiled.append(Interval(at, duration_s))
    elif tiled:
        last = tiled[-1]
        tiled[-1] = Interval(last.tmin_s, duration_s, last.text)
    return tuple(tiled)
