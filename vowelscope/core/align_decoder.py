"""PocketSphinx as an aligner of known words: frames in, frames out.

Times here are in frames of 10 ms of the sound that is given.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.core.pronounce import plain_phone

RATE_HZ = 16_000
FRAME_S = 0.01
FRAME_SAMPLES = 160
# A frame speaks for the middle of its 25.6 ms window, so a change seen between two frames lies half
# a window after the start of the second, less half a frame.
FRAME_CENTRE_S = 0.0256 / 2 - FRAME_S / 2
SHORTEST_FRAMES = 3
"""The shortest that the three-state models can make a phone."""

# Faint noise put around what is decoded: no end is found where the end of the sound cuts a word.
_PAD_FRAMES = 20
_PAD_AMPLITUDE = 3.0
# PocketSphinx counts in logarithms to the base 1.0001, cut by ten bits.
_NATS = float(np.log(1.0001)) * 1024
_ENDS = frozenset(("<s>", "</s>", "(NULL)", "<eps>"))
_FILLERS = _ENDS | {"<sil>", "[NOISE]", "[SPEECH]"}

Pcm = npt.NDArray[np.int16]
Phones = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A word in frames; `name` is "" for a silence."""

    name: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word with its phones.

    Attributes
    ----------
    name
        Which pronunciation was taken, as `WordDecoder.teach` named it.
    phones
        (start, stop) of each phone in frames.
    fit
        Mean log-likelihood of a frame under its phone, less that under the best of all phones'
        states, in nats: 0 is a perfect fit, and a word that was not said lies far below.
    """

    name: str
    phones: tuple[tuple[int, int], ...]
    fit: float


class WordDecoder:
    """A decoder that knows the words it was taught, and lays them over sound in a given order.

    Parameters
    ----------
    beam
        Paths whose likelihood is less than this part of the best one's are given up. PocketSphinx's
        own 1e-48 is made for recognition and loses the one path that alignment has.
    """

    def __init__(self, beam: float) -> None:
        import pocketsphinx

        # It wants a dictionary file; words are taught when they are met, which spares it the
        # 126,000 of CMU's. The best path through the word lattice may give a phone fewer frames
        # than its model has states, on which `find_phones` fails; the Viterbi path never does.
        handle, path = tempfile.mkstemp(suffix=".dict")
        try:
            with os.fdopen(handle, "w") as file:
                file.write("sil SIL\n")
            self._decoder: Any = pocketsphinx.Decoder(
                lm=None,
                dict=path,
                samprate=RATE_HZ,
                bestpath=False,
                loglevel="FATAL",
                beam=beam,
                pbeam=beam,
                wbeam=beam,
            )
        finally:
            os.unlink(path)  # noqa: PTH108
        self._labels: dict[str, Phones] = {}

    def teach(self, name: str, pronunciations: Sequence[Phones]) -> None:
        """Teach a word; its second and further pronunciations are ``name(2)`` and so on."""
        if name in self._labels:
            return
        for number, phones in enumerate(pronunciations, 1):
            variant = name if number == 1 else f"{name}({number})"
            self._decoder.add_word(variant, " ".join(map(plain_phone, phones)), update=False)
            self._labels[variant] = phones

    def labels(self, name: str) -> Phones:
        """The phones of a pronunciation as they were taught, stress and all."""
        return self._labels[name]

    def lay_words(self, pcm: Pcm, names: Sequence[str]) -> list[Span]:
        """Lay words over a sound in their order, with silences between; empty if it cannot be."""
        try:
            self._decoder.set_align_text(" ".join(names))
            self._decode(pcm)
            if self._decoder.hyp() is None:
                return []
            segments = list(self._decoder.seg())
        except RuntimeError:
            return []
        n_frames = len(pcm) // FRAME_SAMPLES
        spans: list[Span] = []
        for segment in segments:
            start = min(max(segment.start_frame - _PAD_FRAMES, 0), n_frames)
            stop = min(max(segment.end_frame + 1 - _PAD_FRAMES, 0), n_frames)
            if segment.word not in _FILLERS:
                spans.append(Span(segment.word, start, stop))
            elif stop > start and segment.word not in _ENDS:
                spans.append(Span("", start, stop))
        said = [base_name(span.name) for span in spans if span.name]
        return spans if said == [base_name(name) for name in names] else []

    def find_phones(self, pcm: Pcm, names: Sequence[str]) -> list[FoundWord]:
        """The words in their order with their phones; empty if they cannot be found."""
        n_frames = len(pcm) // FRAME_SAMPLES
        try:
            self._decoder.set_align_text(" ".join(names))
            self._decode(pcm)
            self._decoder.set_alignment()
            self._decode(pcm)
            # Entries are windows on memory of the decoder's: nothing of them may be kept.
            alignment = self._decoder.get_alignment()
            words = [
                (entry.name, [(p.start - _PAD_FRAMES, p.duration, p.score) for p in entry])
                for entry in alignment or ()
                if entry.name in self._labels
            ]
        except RuntimeError:
            return []
        flat = [(start, start + length) for _, phones in words for start, length, _ in phones]
        if len(words) != len(names) or len(flat) > n_frames:
            return []
        within = iter(_within(flat, n_frames))
        return [
            FoundWord(
                name,
                tuple(next(within) for _ in phones),
                _NATS * sum(p[2] for p in phones) / max(1, sum(p[1] for p in phones)),
            )
            for name, phones in words
        ]

    def _decode(self, pcm: Pcm) -> None:
        noise = np.random.default_rng(0).normal(
            0.0, _PAD_AMPLITUDE, (2, _PAD_FRAMES * FRAME_SAMPLES)
        )
        before, after = np.rint(noise).astype(np.int16)
        self._decoder.start_utt()
        self._decoder.process_raw(np.concatenate((before, pcm, after)).tobytes(), full_utt=True)
        self._decoder.end_utt()


def base_name(name: str) -> str:
    """The name of the word of which `name` is a pronunciation: ``w1(2)`` is ``w1``."""
    return name.split("(")[0]


def _within(frames: Sequence[tuple[int, int]], n_frames: int) -> list[tuple[int, int]]:
    """Phones moved out of the padding, in order, each with a frame at least to itself.

    Where a sound begins or ends in the middle of a word, phones that are cut off are laid over
    the padding.
    """
    spare = n_frames - len(frames)
    return [
        (
            min(max(start, index), spare + index),
            min(max(stop, index + 1), spare + index + 1),
        )
        for index, (start, stop) in enumerate(frames)
    ]
