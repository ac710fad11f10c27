"""Alignment of real sound, judged by flite's own segmentation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.align import Aligner, Alignment, align, shared_aligner
from vowelscope.core.errors import AlignmentError, AudioError
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid

TEXT = "We see the father's cat in the blue bird house."
WORDS = ["we", "see", "the", "father's", "cat", "in", "the", "blue", "bird", "house"]


def tier_of(textgrid: TextGrid, name: str) -> IntervalTier:
    index = textgrid.tier_index(name)
    assert index is not None
    tier = textgrid.tiers[index]
    assert isinstance(tier, IntervalTier)
    return tier


def labelled(textgrid: TextGrid, name: str) -> list[Interval]:
    return [interval for interval in tier_of(textgrid, name).intervals if interval.text]


def assert_tiles(textgrid: TextGrid, duration_s: float) -> None:
    for tier in textgrid.tiers:
        assert isinstance(tier, IntervalTier)
        at = 0.0
        for interval in tier.intervals:
            assert interval.tmin_s == at
            assert interval.tmax_s > at
            at = interval.tmax_s
        assert at == tier.tmax_s == textgrid.tmax_s == duration_s


def test_phones_lie_where_flite_put_them(speech) -> None:
    found = labelled(align(speech.wav, TEXT), "phones")
    truth = labelled(read_textgrid(speech.textgrid).textgrid, "phones")
    assert [i.text for i in labelled(align(speech.wav, TEXT), "words")] == WORDS
    # flite reduces vowels where the dictionary does not, so labels may differ: count is enough.
    assert len(found) == len(truth)
    starts = np.array([a.tmin_s - b.tmin_s for a, b in zip(found, truth, strict=True)])
    assert np.median(np.abs(starts)) <= 0.015
    assert abs(np.median(starts)) <= 0.008
    vowels = [
        b.tmin_s < a.midpoint_s < b.tmax_s
        for a, b in zip(found, truth, strict=True)
        if a.text[0] in "AEIOU"
    ]
    assert len(vowels) == 11
    assert np.mean(vowels) >= 0.8


def test_result_tiles_the_recording_and_words_hold_their_phones(speech) -> None:
    textgrid = align(speech.wav, TEXT)
    assert_tiles(textgrid, sf.info(speech.wav).duration)
    phones = labelled(textgrid, "phones")
    for word in labelled(textgrid, "words"):
        inside = [p for p in phones if word.tmin_s <= p.midpoint_s <= word.tmax_s]
        assert (inside[0].tmin_s, inside[-1].tmax_s) == (word.tmin_s, word.tmax_s)
    assert not tier_of(textgrid, "phones").intervals[0].text  # flite begins with a pause


def test_same_times_from_another_rate_and_channel(speech, tmp_path: Path) -> None:
    samples, rate_hz = sf.read(speech.wav)
    up = np.interp(np.arange(0, len(samples), rate_hz / 44_100), np.arange(len(samples)), samples)
    noise = np.random.default_rng(1).normal(0, 0.1, len(up))
    path = tmp_path / "stereo.flac"
    sf.write(path, np.column_stack((noise, up)), 44_100)
    here = labelled(align(speech.wav, TEXT), "phones")
    there = labelled(align(path, TEXT, channel=1), "phones")
    assert [p.text for p in here] == [p.text for p in there]
    apart = [abs(a.tmin_s - b.tmin_s) for a, b in zip(here, there, strict=True)]
    assert np.median(apart) <= 0.01


@pytest.mark.parametrize(("start_s", "stop_s"), [(0.3, 2.6), (0.2, 2.2), (0.0, 2.45)])
def test_recording_that_cuts_words_off_still_tiles(
    speech, tmp_path: Path, start_s: float, stop_s: float
) -> None:
    samples, rate_hz = sf.read(speech.wav)
    path = tmp_path / "cut.wav"
    sf.write(path, samples[round(start_s * rate_hz) : round(stop_s * rate_hz)], rate_hz)
    textgrid = align(path, TEXT)
    assert_tiles(textgrid, sf.info(path).duration)
    assert [word.text for word in labelled(textgrid, "words")] == WORDS


def test_long_recording_is_done_in_stretches(speech, tmp_path: Path) -> None:
    samples, rate_hz = sf.read(speech.wav)
    path = tmp_path / "long.wav"
    n_times = 8  # 21 s: more than a stretch of 15 s
    sf.write(path, np.tile(samples, n_times), rate_hz)
    textgrid = align(path, " ".join([TEXT] * n_times))
    assert [word.text for word in labelled(textgrid, "words")] == WORDS * n_times
    assert_tiles(textgrid, sf.info(path).duration)
    once = labelled(align(speech.wav, TEXT), "phones")
    period_s = len(samples) / rate_hz
    late = labelled(textgrid, "phones")[-len(once) :]
    shift_s = (n_times - 1) * period_s
    apart = [abs(b.tmin_s - shift_s - a.tmin_s) for a, b in zip(once, late, strict=True)]
    assert np.median(apart) <= 0.01
    assert max(apart) < 0.06


def test_user_dictionary_goes_first_and_keeps_its_stress(speech, tmp_path: Path) -> None:
    dictionary = tmp_path / "own.dict"
    dictionary.write_text("cat K AE1 T\nkhatt K AE1 T\n")
    text = TEXT.replace("cat", "Khatt")
    textgrid = align(speech.wav, text, dictionary=dictionary)
    labels = [phone.text for phone in labelled(textgrid, "phones")]
    assert labels[labels.index("AE1") - 1 : labels.index("AE1") + 2] == ["K", "AE1", "T"]
    assert "khatt" in [word.text for word in labelled(textgrid, "words")]
    assert not any(label[-1].isdigit() for label in labels if label != "AE1")


def test_a_variant_is_chosen_by_the_sound(tmp_path: Path, speech) -> None:
    dictionary = tmp_path / "own.dict"
    dictionary.write_text("house G UH K M AA P\nhouse(2) HH AW S\n")
    labels = [p.text for p in labelled(align(speech.wav, TEXT, dictionary), "phones")]
    assert labels[-3:] == ["HH", "AW", "S"]


def test_a_word_that_was_not_said_is_doubtful(speech) -> None:
    aligner = shared_aligner()
    right = aligner.align(speech.wav, TEXT)
    assert not [word.text for word in right.words if word.is_doubtful]
    wrong = aligner.align(speech.wav, TEXT.replace("blue bird", "shipping"))
    assert "shipping" in [word.text for word in wrong.words if word.is_doubtful]
    assert wrong.fit < right.fit < 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has no words"),
        ("?! ... —", "has no words"),
        ("日本語", "no pronunciation"),
        ("never mind what they told you about seven oceans", "does not fit"),
        ("word " * 60, "too short"),
    ],
)
def test_transcript_that_cannot_be_aligned_is_refused(speech, text: str, reason: str) -> None:
    with pytest.raises(AlignmentError, match=reason):
        align(speech.wav, text)


def test_silence_and_missing_files_and_channels_are_refused(speech, tmp_path: Path) -> None:
    silent = tmp_path / "silent.wav"
    sf.write(silent, np.zeros(32_000), 16_000)
    with pytest.raises(AlignmentError, match="is silent"):
        align(silent, "hello")
    with pytest.raises(AlignmentError, match="no channel 3"):
        align(speech.wav, TEXT, channel=2)
    with pytest.raises(AudioError, match="no such file"):
        align(tmp_path / "none.wav", TEXT)


def test_noise_is_not_speech(tmp_path: Path) -> None:
    path = tmp_path / "noise.wav"
    sf.write(path, np.random.default_rng(0).normal(0, 0.1, 48_000), 16_000)
    with pytest.raises(AlignmentError):
        align(path, "hello there everyone")


def test_a_recording_of_more_than_an_hour_is_refused(
    speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vowelscope.core.align.MAX_DURATION_S", 2.0)
    with pytest.raises(AlignmentError, match="cut it in parts"):
        align(speech.wav, TEXT)


def test_an_aligner_gives_the_same_for_the_same(speech) -> None:
    aligner = Aligner()
    first: Alignment = aligner.align(speech.wav, TEXT)
    aligner.align(speech.wav, TEXT.replace("blue", "big"))
    assert aligner.align(speech.wav, TEXT) == first


def test_boundaries_near_those_of_another_aligner(shared_data: Path) -> None:
    """Real speech, with the Montreal Forced Aligner's TextGrid as a second opinion."""
    root = shared_data / "ljspeech"
    text = next(
        line.split("|")[-1]
        for line in (root / "metadata.csv").read_text(encoding="utf-8").splitlines()
        if line.startswith("LJ001-0002|")
    )
    truth = labelled(read_textgrid(root / "textgrids/LJ001-0002.TextGrid").textgrid, "words")
    found = labelled(align(root / "wavs/LJ001-0002.wav", text), "words")
    assert [w.text for w in found] == [w.text for w in truth]
    apart = [abs(a.tmin_s - b.tmin_s) for a, b in zip(found, truth, strict=True)]
    assert np.median(apart) <= 0.03
