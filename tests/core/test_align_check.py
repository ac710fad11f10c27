"""Doubts about alignments: one that is right raises none, each fault raises its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile as sf

from vowelscope.core.align import AlignedWord, Alignment, shared_aligner
from vowelscope.core.align_check import doubts
from vowelscope.core.textgrid import Interval

TEXT = "We see the father's cat in the blue bird house."


def with_phones(alignment: Alignment, lengths_s: list[float]) -> Alignment:
    """One word whose phones have these lengths, from 0.2 s on."""
    at, phones = 0.2, []
    for length_s in lengths_s:
        phones.append(Interval(at, at + length_s, "AA"))
        at += length_s
    return replace(alignment, words=(AlignedWord("word", tuple(phones), -1.0),))


def test_a_right_alignment_raises_no_doubt(speech) -> None:
    assert doubts(speech.wav, shared_aligner().align(speech.wav, TEXT)) == []


def test_squeezed_and_endless_phones_are_named(speech) -> None:
    alignment = shared_aligner().align(speech.wav, TEXT)
    squeezed = doubts(speech.wav, with_phones(alignment, [0.03] * 6 + [0.1] * 6))
    assert any("6 of 12 phones have the shortest length" in doubt for doubt in squeezed)
    endless = doubts(speech.wav, with_phones(alignment, [0.1, 1.4, 0.1]))
    assert any("AA at 0.30 s lasts 1.40 s" in doubt for doubt in endless)


def test_words_that_were_said_and_not_written_are_found(speech, tmp_path: Path) -> None:
    samples, rate_hz = sf.read(speech.wav)
    path = tmp_path / "twice.wav"
    sf.write(path, np.concatenate((samples, samples)), rate_hz)
    alignment = shared_aligner().align(speech.wav, TEXT)
    longer = replace(alignment, duration_s=sf.info(path).duration)
    assert any("has no words" in doubt for doubt in doubts(path, longer))


def test_a_poor_fit_is_said(speech) -> None:
    alignment = shared_aligner().align(speech.wav, TEXT)
    words = tuple(replace(word, fit=-3.5) for word in alignment.words)
    assert any("do not fit" in d for d in doubts(speech.wav, replace(alignment, words=words)))
    one = (replace(alignment.words[0], fit=-9.0), *alignment.words[1:])
    found = doubts(speech.wav, replace(alignment, words=one))
    assert len(found) == 1
    assert "'we'" in found[0]
